"""Needs that found no day, as pages show them."""

from dataclasses import dataclass
from datetime import date

from outreach.domain.places import Coordinates
from outreach.domain.sheets import VehicleSign
from outreach.domain.visits import ServiceKind


@dataclass(frozen=True, slots=True)
class NearDay:
    """A day on which a need would find a place if one rule gave way by `amount`; `words` end the sentence `text`."""

    rule: str
    amount: int  # in the unit of the rule
    day: date
    vehicle: VehicleSign
    words: str
    text: str


@dataclass(frozen=True, slots=True)
class UnservedRow:
    """A need that found no day, with its reasons as sentences in the reader's language."""

    need_id: int
    site_id: int
    site_name: str
    commune: str
    at: Coordinates
    service: ServiceKind
    missing: int
    quota: int
    codes: tuple[str, ...]
    reasons: tuple[str, ...]
    nearest: tuple[NearDay, ...] = ()


@dataclass(frozen=True, slots=True)
class MovedVisit:
    """A visit that a fix moves or drops, and a sentence that says so."""

    need_id: int
    site_name: str
    day: date
    start_s: int
    vehicle: VehicleSign
    to_day: date | None  # None: it is dropped
    to_start_s: int
    to_vehicle: VehicleSign | None
    text: str


@dataclass(frozen=True, slots=True)
class FixRow:
    """A change with which a need would be served: what changes as a sentence, the visit, its cost, whom it disturbs."""

    kind: str  # who would give way
    rule: str  # "" where nothing has to give
    amount: int  # in the unit of the rule
    day: date
    vehicle: VehicleSign
    start_s: int
    end_s: int
    drive_s: int  # of the whole plan, more than before
    moved: tuple[MovedVisit, ...]
    text: str
    cost: str

    @property
    def drops(self) -> bool:
        """Whether another visit is lost."""
        return any(visit.to_day is None for visit in self.moved)


@dataclass(frozen=True, slots=True)
class NeedFixes:
    """All fixes of a need, the smallest change first; they hold for `version` of the plan and no other."""

    need_id: int
    site_id: int
    site_name: str
    missing: int
    version: int
    fixes: tuple[FixRow, ...]

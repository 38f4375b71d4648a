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

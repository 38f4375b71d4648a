"""Sites that look like one site entered twice: the same name in one commune, or a similar one on one spot."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.names import board_name, search_key
from outreach.domain.places import Coordinates, SiteKind, metres_between
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Site

NEAR_M = 100.0
ALIKE = 0.8  # as difflib counts: "TH Khanh Binh 1" and "TH Khanh Binh"
CELL = 0.001  # degrees, not less than 100 m from south to north
SAME_NAME_M = 5_000.0  # where no commune is known: two schools of one name farther apart are two schools
PAIRS_MOST = 200
COMPARED = 20  # of the sites on one spot, those whose names stand next to each other


@dataclass(frozen=True, slots=True)
class Twin:
    """A site of a pair."""

    id: int
    version: int
    code: str
    name: str
    kind: SiteKind
    commune: str
    at: Coordinates


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sites that may be one; `same_name` in the same commune, else near each other with similar names."""

    first: Twin
    second: Twin
    same_name: bool
    apart_m: float


def duplicates(session: Session) -> tuple[Pair, ...]:
    """Pairs of sites in use that look alike, the nearest first; so many as a person can look at."""
    columns = (Site.id, Site.version, Site.code, Site.name, Site.kind, AdminUnit.name, Site.lat, Site.lon)
    asked = select(*columns).outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
    twins = [
        Twin(number, version, code, name, kind, commune or "", Coordinates(lat=lat, lon=lon))
        for number, version, code, name, kind, commune, lat, lon in session.execute(
            asked.where(Site.active.is_(True)).order_by(Site.id)
        )
    ]
    keys = {twin.id: _key(twin.name) for twin in twins}
    found: dict[frozenset[int], Pair] = {}
    for pair in (*_same_names(twins, keys), *_neighbours(twins, keys)):
        found.setdefault(frozenset((pair.first.id, pair.second.id)), pair)
    nearest = sorted(found.values(), key=lambda pair: (pair.apart_m, pair.first.id, pair.second.id))
    return tuple(nearest[:PAIRS_MOST])


def _key(name: str) -> str:
    """A name without marks, capitals and the words that are written short or long: "TH Khanh Binh"."""
    return search_key(board_name(name))


def _same_names(twins: Sequence[Twin], keys: dict[int, str]) -> Iterator[Pair]:
    groups: dict[tuple[str, str], list[Twin]] = defaultdict(list)
    for twin in twins:
        groups[twin.commune, keys[twin.id]].append(twin)
    for (commune, _), group in groups.items():
        for one, other in pairwise(group):
            metres = metres_between(one.at, other.at)
            if commune or metres <= SAME_NAME_M:
                yield Pair(one, other, same_name=True, apart_m=metres)


def _neighbours(twins: Sequence[Twin], keys: dict[int, str]) -> Iterator[Pair]:
    """Pairs of one kind: two schools often share a yard and a name, but for their level."""
    cells: dict[tuple[SiteKind, int, int], list[Twin]] = defaultdict(list)
    for twin in sorted(twins, key=lambda twin: keys[twin.id]):
        row, column = int(twin.at.lat // CELL), int(twin.at.lon // CELL)
        for up in (-1, 0, 1):
            for right in (-1, 0, 1):
                cells[twin.kind, row + up, column + right].append(twin)
    seen: set[tuple[int, int]] = set()
    for spot in cells.values():
        for place, one in enumerate(spot):
            for other in spot[place + 1 : place + 1 + COMPARED]:
                if (one.id, other.id) in seen:
                    continue
                seen.add((one.id, other.id))
                metres = metres_between(one.at, other.at)
                if metres <= NEAR_M and _similar(keys[one.id], keys[other.id]):
                    yield Pair(one, other, same_name=False, apart_m=metres)


def _similar(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE

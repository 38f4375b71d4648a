"""Sites that look like one site entered twice: the same name in one commune, or nearly the same on one spot."""

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
COMPARED = 20  # of the sites on one spot, those whose names stand next to each other


@dataclass(frozen=True, slots=True)
class Alike:
    """A site of a pair."""

    id: int
    code: str
    name: str
    kind: SiteKind
    commune: str
    at: Coordinates


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sites that may be one; `same_name` in the same commune, else near each other with similar names."""

    one: Alike
    other: Alike
    same_name: bool
    metres: float


def duplicates(session: Session) -> tuple[Pair, ...]:
    """Pairs of sites in use that look alike, the nearest first."""
    columns = (Site.id, Site.code, Site.name, Site.kind, AdminUnit.name, Site.lat, Site.lon)
    asked = select(*columns).outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
    sites = [
        Alike(number, code, name, kind, commune or "", Coordinates(lat=lat, lon=lon))
        for number, code, name, kind, commune, lat, lon in session.execute(
            asked.where(Site.active.is_(True)).order_by(Site.id)
        )
    ]
    keys = {site.id: _key(site.name) for site in sites}
    found: dict[tuple[int, int], Pair] = {}
    for pair in (*_same_names(sites, keys), *_neighbours(sites, keys)):
        found.setdefault((min(pair.one.id, pair.other.id), max(pair.one.id, pair.other.id)), pair)
    return tuple(sorted(found.values(), key=lambda pair: (pair.metres, pair.one.id, pair.other.id)))


def _key(name: str) -> str:
    """A name without marks, capitals and the words that are written short or long: "TH Khanh Binh"."""
    return search_key(board_name(name))


def _same_names(sites: Sequence[Alike], keys: dict[int, str]) -> Iterator[Pair]:
    groups: dict[tuple[str, str], list[Alike]] = defaultdict(list)
    for site in sites:
        if site.commune:
            groups[site.commune, keys[site.id]].append(site)
    for group in groups.values():
        for one, other in pairwise(group):
            yield Pair(one, other, same_name=True, metres=metres_between(one.at, other.at))


def _neighbours(sites: Sequence[Alike], keys: dict[int, str]) -> Iterator[Pair]:
    """Pairs of one kind: two schools often share a yard and a name, but for their level."""
    cells: dict[tuple[SiteKind, int, int], list[Alike]] = defaultdict(list)
    for site in sorted(sites, key=lambda site: keys[site.id]):
        row, column = int(site.at.lat // CELL), int(site.at.lon // CELL)
        for up in (-1, 0, 1):
            for right in (-1, 0, 1):
                cells[site.kind, row + up, column + right].append(site)
    seen: set[tuple[int, int]] = set()
    for spot in cells.values():
        for place, one in enumerate(spot):
            for other in spot[place + 1 : place + 1 + COMPARED]:
                if (one.id, other.id) in seen:
                    continue
                seen.add((one.id, other.id))
                metres = metres_between(one.at, other.at)
                if metres <= NEAR_M and _similar(keys[one.id], keys[other.id]):
                    yield Pair(one, other, same_name=False, metres=metres)


def _similar(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE

"""Two rows for one place: likely pairs of sites, and one site put into the other with everything that hangs on it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from outreach.domain.errors import InvalidValue, NotFound, StaleEdit
from outreach.domain.names import search_key
from outreach.domain.places import Coordinates, metres_between
from outreach.domain.roles import Actor, Right, require
from outreach.services import audit
from outreach.store.organisations import AdminUnit
from outreach.store.plans import Stop, UnservedNeed
from outreach.store.requests import Request
from outreach.store.sites import Need, Site
from outreach.store.visits import VisitRecord

SAME_PLACE_M = 30  # less than a school yard
SAME_NAME_M = 5_000  # two schools of one name in neighbouring communes are two schools
PAIRS_MOST = 100
CROWD = 20  # sites in one cell of the grid that are compared with each other
Unit = aliased(AdminUnit)


@dataclass(frozen=True, slots=True)
class Twin:
    """One site of a pair."""

    id: int
    version: int
    code: str
    name: str
    commune: str
    at: Coordinates


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sites that may be one, and how far they are apart."""

    first: Twin
    second: Twin
    apart_m: int
    same_name: bool


def likely_pairs(session: Session) -> tuple[Pair, ...]:
    """Active sites at one spot, or of one name nearby; the nearest first."""
    wanted = select(Site, Unit.name).outerjoin(Unit, Unit.id == Site.admin_unit_id).where(Site.active.is_(True))
    twins = [
        Twin(site.id, site.version, site.code, site.name, commune or "", Coordinates(lat=site.lat, lon=site.lon))
        for site, commune in session.execute(wanted.order_by(Site.sort_key, Site.id))
    ]
    found: dict[tuple[int, int], Pair] = {}
    for one, other in _neighbours(twins):
        pair = _pair(one, other)
        if pair is not None:
            found[one.id, other.id] = pair
    return tuple(sorted(found.values(), key=lambda pair: (not pair.same_name, pair.apart_m))[:PAIRS_MOST])


def _pair(one: Twin, other: Twin) -> Pair | None:
    apart = round(metres_between(one.at, other.at))
    same = search_key(one.name) == search_key(other.name)
    return Pair(one, other, apart, same) if apart <= (SAME_NAME_M if same else SAME_PLACE_M) else None


def _neighbours(twins: Iterable[Twin]) -> Iterator[tuple[Twin, Twin]]:
    """Pairs worth comparing: of one name, or in cells of a grid that touch."""
    by_name: dict[str, list[Twin]] = defaultdict(list)
    cells: dict[tuple[int, int], list[Twin]] = defaultdict(list)
    for twin in twins:
        by_name[search_key(twin.name)].append(twin)
        cells[round(twin.at.lat * 1000), round(twin.at.lon * 1000)].append(twin)
    for same in by_name.values():
        yield from combinations(same[:CROWD], 2)
    for (row, column), here in cells.items():
        yield from combinations(here[:CROWD], 2)
        for step in ((0, 1), (1, -1), (1, 0), (1, 1)):
            there = cells.get((row + step[0], column + step[1]), [])
            yield from ((one, other) for one in here[:CROWD] for other in there[:CROWD])


def merge_sites(session: Session, actor: Actor, *, keep: tuple[int, int], gone: tuple[int, int]) -> str:
    """Put the second site (id, version) into the first: needs, visits, planned stops and requests move along.

    The second one is archived and remembers where it went. Raises NotFound, StaleEdit, InvalidValue. Returns the
    name of the site that stays.
    """
    require(actor, Right.EDIT_REGISTERS)
    if keep[0] == gone[0]:
        raise InvalidValue("Không gộp được một điểm vào chính nó.", field="")
    rows = {
        site.id: site
        for site in session.scalars(
            select(Site).where(Site.id.in_((keep[0], gone[0]))).order_by(Site.id).with_for_update()
        )
    }
    if len(rows) != 2:
        raise NotFound("Không có điểm phục vụ này.")
    stays, goes = rows[keep[0]], rows[gone[0]]
    if (stays.version, goes.version) != (keep[1], gone[1]) or not goes.active:
        raise StaleEdit("Người khác vừa sửa một trong hai điểm này.")
    moved = _move(session, stays.id, goes.id)
    goes.active, goes.merged_into_id, goes.version = False, stays.id, goes.version + 1
    stays.version += 1
    session.flush()
    session.expire_all()
    changes: dict[str, list[object]] = {
        "code": [goes.code, stays.code],
        **{name: [None, count] for name, count in moved.items() if count},
    }
    audit.record(session, actor, "merge-sites", "sites", stays.id, stays.name, changes)
    return stays.name


def _move(session: Session, stays: int, goes: int) -> dict[str, int]:
    """Give everything of one site to the other; a need that both have becomes one."""
    own = {_key(need): need for need in session.scalars(select(Need).where(Need.site_id == stays))}
    needs = 0
    for need in session.scalars(select(Need).where(Need.site_id == goes)):
        same = own.get(_key(need))
        if same is None:
            need.site_id, need.version = stays, need.version + 1
            needs += 1
        else:
            _join(session, same, need)
    session.flush()
    moved = {"needs": needs}
    for name, table in (("visits", VisitRecord), ("requests", Request), ("stops", Stop)):
        moving = update(table).where(table.site_id == goes).values(site_id=stays)
        done: Any = session.execute(moving.execution_options(synchronize_session=False))
        moved[name] = done.rowcount
    return moved


def _key(need: Need) -> tuple[Any, ...]:
    return need.service, need.first_day, need.last_day


def _join(session: Session, same: Need, need: Need) -> None:
    for left in session.scalars(select(UnservedNeed).where(UnservedNeed.need_id == need.id)):
        of_plan = UnservedNeed.plan_id == left.plan_id
        twin = session.scalar(select(UnservedNeed).where(of_plan, UnservedNeed.need_id == same.id))
        if twin is None:
            left.need_id = same.id
        else:
            twin.missing += left.missing
            session.delete(left)
    session.flush()
    for table in (Stop, Request):
        moving = update(table).where(table.need_id == need.id).values(need_id=same.id)
        session.execute(moving.execution_options(synchronize_session=False))
    same.quota = max(same.quota, need.quota)
    same.version += 1
    session.delete(need)

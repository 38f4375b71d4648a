"""Two sites that are one: what hangs on the duplicate goes over to the other, and the duplicate is put away.

It cannot be taken back by a button: afterwards nobody can tell which needs and visits came from which of the two.
The duplicate itself stays, put away, and the log says what went over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotFound, StaleEdit, WrongState
from outreach.domain.roles import Actor, Right, require
from outreach.domain.visits import PlanState, RunState, ServiceKind
from outreach.services import audit
from outreach.services.registers.register import Values
from outreach.services.registers.sites import Sites
from outreach.store.base import utc_now
from outreach.store.plans import Plan, Stop, Tour, UnservedNeed
from outreach.store.requests import Request
from outreach.store.runs import Run
from outreach.store.sites import Need, Site
from outreach.store.visits import VisitRecord

SITES = Sites()
# what the kept site learns from the duplicate where it knows nothing itself
LEARNED = (
    "commune", "former_district", "people", "contact", "access_note", "max_length_m", "max_height_m", "max_weight_kg",
    "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clash:
    """Both sites ask for the same service on the same days: the kept site's need stays, with the larger quota."""

    service: ServiceKind
    first_day: date
    last_day: date
    kept_quota: int
    dropped_quota: int
    kept_id: int
    dropped_id: int

    @property
    def quota(self) -> int:
        """What the need asks for afterwards: no wish shrinks."""
        return max(self.kept_quota, self.dropped_quota)


@dataclass(frozen=True, slots=True)
class Merging:
    """What a merge does, or would do."""

    duplicate_id: int
    duplicate_name: str
    kept_id: int
    kept_name: str
    needs: int  # that go over; those of `clashes` are dropped
    clashes: tuple[Clash, ...]
    stops: int
    visits: int
    same_visits: int  # of one day and service on both sides: most likely one visit entered twice
    requests: int
    learned: Values  # field -> value that the kept site takes from the duplicate


def preview_merge(session: Session, actor: Actor, *, duplicate_id: int, kept_id: int) -> Merging:
    """What merging would do. Raises NotFound, and InvalidValue or WrongState when these two cannot be merged."""
    require(actor, Right.EDIT_REGISTERS)
    duplicate, kept = _pair(session, duplicate_id, kept_id)
    return _weigh(session, duplicate, kept)


def merge_sites(
    session: Session, actor: Actor, *, duplicate_id: int, kept_id: int, versions: tuple[int, int] | None = None
) -> Merging:
    """Merge a duplicate into the site that is kept; `versions` are those of both, as the person saw them.

    Raises NotFound, InvalidValue, WrongState as `preview_merge`, and StaleEdit when a site is newer.
    """
    require(actor, Right.EDIT_REGISTERS)
    numbers = sorted((duplicate_id, kept_id))
    session.execute(select(Site.id).where(Site.id.in_(numbers)).order_by(Site.id).with_for_update())
    duplicate, kept = _pair(session, duplicate_id, kept_id)
    if versions is not None and versions != (duplicate.version, kept.version):
        raise StaleEdit("Người khác vừa lưu một trong hai điểm này trước bạn.")
    merging = _weigh(session, duplicate, kept)
    _refuse_running(session)
    _touch_plans(session, duplicate_id)
    _drop_needs(session, merging.clashes)
    for column in (Need.site_id, Stop.site_id, VisitRecord.site_id, Request.site_id):
        _go_over(session, column, duplicate_id, kept_id)
    _move_nights(session, duplicate_id, kept_id)
    _go_over(session, Site.merged_into_id, duplicate_id, kept_id)
    if merging.learned:
        SITES.update(session, [(kept_id, merging.learned)])
    put_away = update(Site).where(Site.id == duplicate_id)
    _run(session, put_away.values(active=False, merged_into_id=kept_id, version=Site.version + 1))
    session.expire_all()
    _log(session, actor, merging)
    return merging


def _pair(session: Session, duplicate_id: int, kept_id: int) -> tuple[Site, Site]:
    if duplicate_id == kept_id:
        raise InvalidValue("không gộp được một điểm vào chính nó", field="kept_id", value=kept_id)
    asked = select(Site).where(Site.id.in_((duplicate_id, kept_id))).execution_options(populate_existing=True)
    found = {site.id: site for site in session.scalars(asked)}
    duplicate, kept = found.get(duplicate_id), found.get(kept_id)
    if duplicate is None or kept is None:
        raise NotFound("Không có điểm phục vụ này.")
    if duplicate.merged_into_id is not None:
        raise WrongState("Điểm “{name}” đã được gộp từ trước.", name=duplicate.name)
    if not kept.active:
        raise WrongState("Điểm “{name}” đã cất; hãy dùng lại điểm ấy rồi mới gộp vào.", name=kept.name)
    return duplicate, kept


def _weigh(session: Session, duplicate: Site, kept: Site) -> Merging:
    clashes = _clashes(session, duplicate.id, kept.id)
    counted = {
        column: session.scalar(select(func.count()).where(column == duplicate.id)) or 0
        for column in (Need.site_id, Stop.site_id, VisitRecord.site_id, Request.site_id)
    }
    return Merging(
        duplicate.id, duplicate.name, kept.id, kept.name,
        needs=counted[Need.site_id] - len(clashes), clashes=clashes, stops=counted[Stop.site_id],
        visits=counted[VisitRecord.site_id], same_visits=_same_visits(session, duplicate.id, kept.id),
        requests=counted[Request.site_id], learned=_learned(session, duplicate.id, kept.id),
    )  # fmt: skip


def _clashes(session: Session, duplicate_id: int, kept_id: int) -> tuple[Clash, ...]:
    asked = select(Need).where(Need.site_id.in_((duplicate_id, kept_id))).order_by(Need.first_day, Need.id)
    needs = list(session.scalars(asked.execution_options(populate_existing=True)))
    there = {(need.service, need.first_day, need.last_day): need for need in needs if need.site_id == kept_id}
    return tuple(
        Clash(need.service, need.first_day, need.last_day, kept.quota, need.quota, kept.id, need.id)
        for need in needs
        if need.site_id == duplicate_id and (kept := there.get((need.service, need.first_day, need.last_day)))
    )


def _same_visits(session: Session, duplicate_id: int, kept_id: int) -> int:
    asked = select(VisitRecord.site_id, VisitRecord.day, VisitRecord.service)
    days: dict[int, set[tuple[date, ServiceKind]]] = {duplicate_id: set(), kept_id: set()}
    for site_id, day, service in session.execute(asked.where(VisitRecord.site_id.in_(days))):
        days[site_id].add((day, service))
    return len(days[duplicate_id] & days[kept_id])


def _learned(session: Session, duplicate_id: int, kept_id: int) -> Values:
    records = SITES.load(session, [duplicate_id, kept_id])
    theirs, ours = records[duplicate_id].values, records[kept_id].values
    learned = {name: theirs[name] for name in LEARNED if theirs[name] not in (None, "") and ours[name] in (None, "")}
    if "commune" in learned:
        learned["commune_code"] = theirs["commune_code"]
    return learned


def _refuse_running(session: Session) -> None:
    """A run that thinks of the duplicate would save stops at a place that is put away."""
    running = select(Run.id).where(Run.state.in_((RunState.QUEUED, RunState.RUNNING))).limit(1)
    if session.scalar(running) is not None:
        raise WrongState("Đang xếp lịch; hãy đợi xong hoặc dừng lại rồi mới gộp điểm.")


def _touch_plans(session: Session, duplicate_id: int) -> None:
    """Plans that visit the duplicate have changed for whoever has them open."""
    visiting = select(Tour.plan_id).join(Stop, Stop.tour_id == Tour.id).where(Stop.site_id == duplicate_id)
    open_plans = update(Plan).where(Plan.id.in_(visiting), Plan.state != PlanState.CLOSED)
    _run(session, open_plans.values(version=Plan.version + 1, updated_at=utc_now()))


def _drop_needs(session: Session, clashes: Sequence[Clash]) -> None:
    """Needs of the duplicate that the kept site has as well; what speaks of them speaks of the kept ones."""
    for clash in clashes:
        if clash.quota != clash.kept_quota:
            grown = update(Need).where(Need.id == clash.kept_id)
            _run(session, grown.values(quota=clash.quota, version=Need.version + 1))
        for column in (Stop.need_id, Request.need_id):
            _go_over(session, column, clash.dropped_id, clash.kept_id)
        there = select(UnservedNeed.plan_id).where(UnservedNeed.need_id == clash.kept_id)
        dropped = UnservedNeed.need_id == clash.dropped_id
        _run(session, delete(UnservedNeed).where(dropped, UnservedNeed.plan_id.in_(there)))
        _go_over(session, UnservedNeed.need_id, clash.dropped_id, clash.kept_id)
        _count_missing(session, clash)
    _run(session, delete(Need).where(Need.id.in_([clash.dropped_id for clash in clashes])))


def _count_missing(session: Session, clash: Clash) -> None:
    """In each plan the need lacks its quota less the visits of both."""
    planned = select(Tour.plan_id, func.count(Stop.id)).join(Tour, Tour.id == Stop.tour_id)
    visits = dict(iter(session.execute(planned.where(Stop.need_id == clash.kept_id).group_by(Tour.plan_id))))
    left = select(UnservedNeed).where(UnservedNeed.need_id == clash.kept_id).execution_options(populate_existing=True)
    for row in session.scalars(left):
        row.missing = clash.quota - visits.get(row.plan_id, 0)
        if row.missing <= 0:
            session.delete(row)
    session.flush()


def _go_over(session: Session, column: Any, before: int, after: int) -> None:  # noqa: ANN401 - any column
    changes: dict[Any, Any] = {column: after}
    if hasattr(column.class_, "version"):
        changes[column.class_.version] = column.class_.version + 1
    _run(session, update(column.class_).where(column == before).values(changes))


def _move_nights(session: Session, duplicate_id: int, kept_id: int) -> None:
    """Tours that end or begin at the duplicate, the crew sleeping there."""
    for column in (Tour.start_place, Tour.end_place):
        _run(session, update(Tour).where(column == f"site:{duplicate_id}").values({column: f"site:{kept_id}"}))


def _run(session: Session, statement: Any) -> None:  # noqa: ANN401 - an update or a deletion
    session.execute(statement.execution_options(synchronize_session=False))


def _log(session: Session, actor: Actor, merging: Merging) -> None:
    counts = {"needs": merging.needs, "stops": merging.stops, "records": merging.visits, "requests": merging.requests}
    changes: dict[str, list[Any]] = {"merged": [merging.duplicate_name, merging.kept_name]}
    changes |= {f"moved_{name}": [None, count] for name, count in counts.items() if count}
    if merging.clashes:
        quotas = [(f"{one.kept_quota} + {one.dropped_quota}", str(one.quota)) for one in merging.clashes]
        changes["same_needs"] = ["; ".join(pair[side] for pair in quotas) for side in (0, 1)]
    changes |= {name: [None, value] for name, value in merging.learned.items() if name != "commune_code"}
    audit.record(session, actor, "merge-sites", SITES.name, merging.kept_id, merging.kept_name, changes)

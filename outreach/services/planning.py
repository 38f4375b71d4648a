"""Plans and their way: draft, submitted, approved, published, closed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, StaleEdit, WrongState
from outreach.domain.roles import Actor, Right, require
from outreach.domain.times import Period
from outreach.domain.visits import PlanState
from outreach.i18n import day as day_text
from outreach.i18n import moment
from outreach.services import audit
from outreach.services.calendars import ready_calendar
from outreach.services.judging import judge
from outreach.services.runs import active_run, start_run, stop_run, take_progress
from outreach.services.saving import has_trips, load_plan_row, refuse_breaches, save_solution
from outreach.store.base import utc_now
from outreach.store.organisations import Organisation
from outreach.store.plans import Plan

__all__ = [
    "approve_plan", "close_plan", "create_plan", "delete_draft", "publish_plan", "reopen_plan", "save_solution",
    "start_run", "stop_run", "submit_plan", "take_progress",
]  # fmt: skip

NAME_MAX = 200
YEARS = (2000, 2100)  # anything else is a slip of the keyboard
TRIP_DAYS_MOST = 7
NIGHTS_MOST = 31
DAYS_MAX = 400  # two half-years and a bit; longer ones are two plans


def create_plan(
    session: Session,
    actor: Actor,
    *,
    name: str,
    period: Period,
    trip_days_max: int = 1,
    nights_per_month_max: int | None = None,
) -> Plan:
    """A new empty draft; its trips last so many days at most, and a post is so many nights of a month away."""
    require(actor, Right.PLAN)
    tidy = plan_name(name)
    if not 1 <= trip_days_max <= TRIP_DAYS_MOST:
        raise InvalidValue(
            "Chuyến dài nhất cần từ 1 đến {most} ngày, không phải {value}.",
            field="trip_days_max",
            value=trip_days_max,
            most=TRIP_DAYS_MOST,
        )
    if nights_per_month_max is not None and not 0 <= nights_per_month_max <= NIGHTS_MOST:
        raise InvalidValue(
            "Số đêm xa nhà trong tháng cần từ 0 đến {most}, không phải {value}.",
            field="nights_per_month_max",
            value=nights_per_month_max,
            most=NIGHTS_MOST,
        )
    if len(period) > DAYS_MAX:
        raise InvalidValue(
            "Kế hoạch dài nhất {most} ngày; khoảng này có {days} ngày.",
            field="last",
            value=period.last,
            most=DAYS_MAX,
            days=len(period),
        )
    if not YEARS[0] <= period.first.year <= period.last.year <= YEARS[1]:
        raise InvalidValue(
            "Kế hoạch cần nằm trong các năm từ {early} đến {late}.",
            field="first",
            value=period.first,
            early=str(YEARS[0]),
            late=str(YEARS[1]),
        )
    plan = Plan(
        organisation_id=actor.organisation_id,
        name=tidy,
        first_day=period.first,
        last_day=period.last,
        state=PlanState.DRAFT,
        trip_days_max=trip_days_max,
        nights_per_month_max=nights_per_month_max,
        figures={},
    )
    session.add(plan)
    session.flush()
    ready_calendar(session, actor.organisation_id, range(period.first.year, period.last.year + 1))
    audit.record(session, actor, "create-plan", "plan", plan.id, plan.name, {"days": [None, _days(plan)]})
    return plan


def plan_name(name: str) -> str:
    """`name` as a plan keeps it; raises InvalidValue for none and for one that is too long."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > NAME_MAX:
        raise InvalidValue("Tên kế hoạch cần có từ 1 đến {most} ký tự.", field="name", value=name, most=NAME_MAX)
    return tidy


def submit_plan(session: Session, actor: Actor, plan_id: int, *, version: int) -> Plan:
    """Hand a draft that holds trips, and no breach, to the person who approves. Raises BrokenPlan."""
    require(actor, Right.PLAN)
    plan = _open(session, plan_id, version, PlanState.DRAFT)
    _refuse_active_run(session, plan)
    if not has_trips(session, plan_id):
        raise WrongState("Kế hoạch chưa có chuyến nào. Xin xếp lịch trước khi trình duyệt.")
    refuse_breaches(session, judge(session, plan_id))
    plan.breaches = []
    return _move(session, actor, plan, PlanState.SUBMITTED, deed="submit-plan", changes={})


def reopen_plan(session: Session, actor: Actor, plan_id: int, *, version: int) -> Plan:
    """Take a submitted or approved plan back to draft, so that it can be planned again; the approval is void."""
    require(actor, Right.PLAN)
    plan = _open(session, plan_id, version, PlanState.SUBMITTED, PlanState.APPROVED)
    number = plan.approval_number
    plan.approval_number, plan.approved_on, plan.approved_by = "", None, None
    return _move(
        session, actor, plan, PlanState.DRAFT, deed="reopen-plan", changes={"approval": [number, ""]} if number else {}
    )


def approve_plan(session: Session, actor: Actor, plan_id: int, *, version: int, number: str, day: date) -> Plan:
    """Record the approval: the document's number and day."""
    require(actor, Right.APPROVE)
    plan = _open(session, plan_id, version, PlanState.SUBMITTED)
    tidy = " ".join(number.split())
    if not tidy or len(tidy) > 80:
        raise InvalidValue("Xin ghi số văn bản phê duyệt (tối đa 80 ký tự).", field="number", value=number)
    plan.approval_number, plan.approved_on, plan.approved_by = tidy, day, actor.user_id
    changes = {"approval": ["", f"{tidy}, {day_text(day)}"]}
    return _move(session, actor, plan, PlanState.APPROVED, deed="approve-plan", changes=changes)


def publish_plan(session: Session, actor: Actor, plan_id: int, *, version: int, now: datetime) -> Plan:
    """Make an approved plan the timetable that everybody sees.

    The judge looks once more, at the sites and vehicles as they are now: raises BrokenPlan. Raises
    WrongState when another published plan holds some of the same days.
    """
    require(actor, Right.PUBLISH)
    plan = _open(session, plan_id, version, PlanState.APPROVED)
    _refuse_overlap(session, plan)
    refuse_breaches(session, judge(session, plan_id))
    plan.published_at, plan.published_by = now, actor.user_id
    return _move(session, actor, plan, PlanState.PUBLISHED, deed="publish-plan", changes={})


def close_plan(session: Session, actor: Actor, plan_id: int, *, version: int) -> Plan:
    """End a published plan: it leaves the timetable and makes room for another one over the same days."""
    require(actor, Right.PUBLISH)
    plan = _open(session, plan_id, version, PlanState.PUBLISHED)
    return _move(session, actor, plan, PlanState.CLOSED, deed="close-plan", changes={})


def delete_draft(session: Session, actor: Actor, plan_id: int, *, version: int) -> None:
    """Throw a draft away with everything in it."""
    require(actor, Right.PLAN)
    plan = _open(session, plan_id, version, PlanState.DRAFT)
    _refuse_active_run(session, plan)
    audit.record(session, actor, "delete-plan", "plan", plan.id, plan.name, {"days": [_days(plan), None]})
    session.delete(plan)
    session.flush()


def _days(plan: Plan) -> str:
    return f"{day_text(plan.first_day)} - {day_text(plan.last_day)}"


def _open(session: Session, plan_id: int, version: int, *states: PlanState) -> Plan:
    """The plan, locked, if the person saw its newest version and it is in one of `states`."""
    plan = load_plan_row(session, plan_id, lock=True)
    if plan.version != version:
        raise _stale(session, plan, version)
    if plan.state not in states:
        raise WrongState("Kế hoạch đang ở trạng thái không cho phép việc này. Xin tải lại trang.", state=plan.state)
    return plan


def _stale(session: Session, plan: Plan, version: int) -> StaleEdit:
    entries, _ = audit.list_audit(session, subject_kind="plan", subject_id=plan.id, page=1, size=1)
    who = entries[0].who if entries else "-"
    zone = session.scalar(select(Organisation.time_zone).where(Organisation.id == plan.organisation_id))
    return StaleEdit(
        "Bạn đang xem bản {seen}, nhưng {who} đã lưu bản {newest} lúc {at}. Xin tải lại trang để xem bản mới.",
        seen=version,
        newest=plan.version,
        who=who,
        at=moment(plan.updated_at, zone or "Asia/Ho_Chi_Minh"),
    )


def _move(
    session: Session, actor: Actor, plan: Plan, state: PlanState, *, deed: str, changes: dict[str, list[Any]]
) -> Plan:
    before = plan.state
    plan.state = state
    plan.updated_at = utc_now()
    session.flush()
    audit.record(session, actor, deed, "plan", plan.id, plan.name, {"state": [before.value, state.value], **changes})
    return plan


def _refuse_active_run(session: Session, plan: Plan) -> None:
    if active_run(session, plan.id) is not None:
        raise WrongState("Lịch của kế hoạch này đang được xếp. Xin chờ xong hoặc dừng lần xếp đó trước.")


def _refuse_overlap(session: Session, plan: Plan) -> None:
    other = session.scalars(
        select(Plan)
        .where(
            Plan.state == PlanState.PUBLISHED,
            Plan.id != plan.id,
            Plan.first_day <= plan.last_day,
            Plan.last_day >= plan.first_day,
        )
        .limit(1)
    ).first()
    if other is not None:
        raise WrongState(
            "Kế hoạch “{other}” đã công bố cho những ngày này. Xin kết thúc kế hoạch đó trước.", other=other.name
        )

"""The first page of a signed-in person: today, this week, what wants a look, coverage and figures."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound
from outreach.domain.places import Terrain
from outreach.domain.sheets import Alert, Overview, PlanRow, SiteFilter, SiteRow
from outreach.domain.times import HalfYear, Period, half_year_of
from outreach.domain.visits import PlanState, RunState
from outreach.i18n import day as day_text
from outreach.i18n import number, translate
from outreach.services.boards import board
from outreach.services.day_sheets import day_sheets
from outreach.services.plan_rows import list_plans
from outreach.services.sites import list_sites
from outreach.services.standstills import Standstills
from outreach.services.visit_counts import counted, visit_counts
from outreach.store.fleet import Vehicle
from outreach.store.organisations import Organisation
from outreach.store.plans import UnservedNeed
from outreach.store.runs import Run
from outreach.store.sites import Site
from outreach.store.visits import VisitRecord

LONGEST_SHOWN = 8
COMING_SHOWN = 5
COMING_DAYS = 60
ENDS_SOON_DAYS = 30
TERRAINS = {
    Terrain.MOUNTAIN: "Miền núi",
    Terrain.HILLS: "Vùng đồi, trung du",
    Terrain.COAST: "Ven biển và đồng bằng",
}


def overview(session: Session, *, today: date) -> Overview:
    """Everything the first page shows, with a constant number of statements."""
    half_year = half_year_of(today, _organisation(session).half_year_kind)
    period = half_year.period
    plans = list_plans(session)
    plan = _plan_in_view(plans, today)
    running = plan is not None and plan.state is PlanState.PUBLISHED and today in plan.period
    weeks = board(session, plan.id, first=today, last=today) if plan and running else ()
    reached_by_terrain = _reached(session, period)
    visits, readers = _counts(session, period.first, min(today, period.last))
    visits_before, readers_before = _same_period(session, half_year, today)
    return Overview(
        today=today,
        plan=plan,
        sheets=day_sheets(session, plan.id, today) if plan and running else (),
        week=weeks[0] if weeks else None,
        alerts=_alerts(session, plans, today),
        coming=_coming(session, plans, half_year, today),
        period=period,
        reached=sum(reached for _, reached, _ in reached_by_terrain),
        sites=sum(all_sites for _, _, all_sites in reached_by_terrain),
        coverage=reached_by_terrain,
        longest_waiting=_longest_waiting(session, plan, today),
        visits=visits,
        visits_before=visits_before,
        readers=readers,
        readers_before=readers_before,
    )


def _organisation(session: Session) -> Organisation:
    found = session.get(Organisation, session.info["organisation_id"])
    if found is None:
        raise NotFound("Không có thư viện này.")
    return found


def _plan_in_view(plans: tuple[PlanRow, ...], today: date) -> PlanRow | None:
    """The published plan of today; else the one that comes next, published before others; else the latest."""
    published = [plan for plan in plans if plan.state is PlanState.PUBLISHED]
    now = next((plan for plan in published if today in plan.period), None)
    if now:
        return now
    ahead = [plan for plan in plans if plan.period.last >= today and plan.state is not PlanState.CLOSED]
    ahead.sort(key=lambda plan: (plan.state is not PlanState.PUBLISHED, plan.period.first, -plan.id))
    return ahead[0] if ahead else next(iter(plans), None)


def _alerts(session: Session, plans: tuple[PlanRow, ...], today: date) -> tuple[Alert, ...]:
    """What wants a look, the most pressing first; each names the plan in which the way out lies."""
    open_plans = [plan for plan in plans if plan.period.last >= today and plan.state is not PlanState.CLOSED]
    alerts = [*_failed_runs(session, open_plans)]
    missing: dict[int, int] = dict(
        session.execute(
            select(UnservedNeed.plan_id, func.count(UnservedNeed.id))
            .where(UnservedNeed.plan_id.in_([plan.id for plan in open_plans]))
            .group_by(UnservedNeed.plan_id)
        ).all()
    )
    for plan in open_plans:
        if count := missing.get(plan.id):
            title = translate("{count} nhu cầu chưa xếp được", count=number(count))
            alerts.append(Alert("unserved", title, translate("{plan}. Xem lý do từng nơi.", plan=plan.name), plan.id))
        if plan.state is PlanState.SUBMITTED:
            text = translate("{plan} đã trình, chờ số văn bản phê duyệt.", plan=plan.name)
            alerts.append(Alert("approve", translate("Kế hoạch chờ duyệt"), text, plan.id))
        if plan.state is PlanState.APPROVED:
            text = translate("{plan} đã duyệt. Công bố thì mọi người mới xem được lịch.", plan=plan.name)
            alerts.append(Alert("publish", translate("Kế hoạch chờ công bố"), text, plan.id))
    return (*alerts, *_ending(open_plans, today))


def _failed_runs(session: Session, plans: list[PlanRow]) -> list[Alert]:
    latest = select(func.max(Run.id)).where(Run.plan_id.in_([plan.id for plan in plans])).group_by(Run.plan_id)
    statement = select(Run).where(Run.id.in_(latest), Run.state == RunState.FAILED)
    names = {plan.id: plan.name for plan in plans}
    return [
        Alert(
            "run-failed",
            translate("Lần xếp lịch gần nhất dừng giữa chừng"),
            translate("{plan}. Lịch đã lưu còn nguyên; bạn có thể xếp lại.", plan=names[run.plan_id]),
            run.plan_id,
        )
        for run in session.scalars(statement)
    ]


def _ending(plans: list[PlanRow], today: date) -> list[Alert]:
    """The published plan ends soon and nothing follows it."""
    for plan in plans:
        soon = plan.period.last - today <= timedelta(days=ENDS_SOON_DAYS)
        if plan.state is PlanState.PUBLISHED and today in plan.period and soon:
            if any(other.period.last > plan.period.last for other in plans):
                return []
            text = translate(
                "Lịch hiện tại hết ngày {day}. Chưa có kế hoạch tiếp theo.", day=day_text(plan.period.last)
            )
            return [Alert("expiring", translate("Sắp hết lịch đã công bố"), text, None)]
    return []


def _coming(
    session: Session, plans: tuple[PlanRow, ...], half_year: HalfYear, today: date
) -> tuple[tuple[date, str], ...]:
    """The next days off, vehicles away, ends and beginnings."""
    last = today + timedelta(days=COMING_DAYS)
    stand = Standstills(session, Period(today + timedelta(days=1), last))
    names: dict[int, str] = dict(session.execute(select(Vehicle.id, Vehicle.name)).all())
    found = list(stand.coming(stand.period.first, last))
    for vehicle_id, days, reason in stand.absences(stand.period.first, last):
        why = reason or translate("không chạy")
        found.append((days.first, translate("{vehicle}: {reason}", vehicle=names[vehicle_id], reason=why)))
    found.append((half_year.period.last, translate("Hết kỳ báo cáo")))
    found += [
        (plan.period.first, translate("Bắt đầu {plan}", plan=plan.name))
        for plan in plans
        if plan.state is PlanState.PUBLISHED
    ]
    return tuple(sorted(entry for entry in set(found) if today < entry[0] <= last)[:COMING_SHOWN])


def _reached(session: Session, period: Period) -> tuple[tuple[str, int, int], ...]:
    """Terrain, sites reached in `period` by checked visits, and all sites."""
    reached = (
        select(VisitRecord.site_id)
        .where(
            *counted(),
            VisitRecord.day.between(period.first, period.last),
        )
        .distinct()
        .subquery()
    )
    statement = (
        select(Site.terrain, func.count(reached.c.site_id), func.count(Site.id))
        .outerjoin(reached, reached.c.site_id == Site.id)
        .where(Site.active)
        .group_by(Site.terrain)
    )
    rows = {terrain: (met, total) for terrain, met, total in session.execute(statement)}
    return tuple((translate(name), *rows[terrain]) for terrain, name in TERRAINS.items() if terrain in rows)


def _longest_waiting(session: Session, plan: PlanRow | None, today: date) -> tuple[SiteRow, ...]:
    """Sites never visited first, then those whose last visit lies longest back."""
    rows = list_sites(session, SiteFilter(), plan_id=plan.id if plan else None, today=today)
    waiting = sorted(rows, key=lambda row: (row.last_visit is not None, row.last_visit or date.min))
    return tuple(waiting[:LONGEST_SHOWN])


def _counts(session: Session, first: date, last: date) -> tuple[int, int]:
    """Visits and readers between two days; nothing when the period has not begun."""
    if last < first:
        return 0, 0
    found = visit_counts(session, Period(first, last))
    return found.visits, found.readers


def _same_period(session: Session, half_year: HalfYear, today: date) -> tuple[int | None, int | None]:
    """The figures of the same period of the year before, up to the same day; None where nothing was recorded."""
    before = HalfYear(half_year.year - 1, half_year.half, half_year.kind).period
    passed = today - half_year.period.first
    visits, readers = _counts(session, before.first, min(before.first + passed, before.last))
    return (visits, readers) if visits else (None, None)

"""Plans as rows and in figures, and their runs."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound
from outreach.domain.sheets import CurvePoint, PlanFigures, PlanRow, RunView, VehicleShare, VehicleSign
from outreach.domain.times import HalfYear, HalfYearKind, Period, half_year_of
from outreach.domain.visits import RunState
from outreach.i18n import translate
from outreach.store.fleet import Base, Vehicle
from outreach.store.organisations import Organisation
from outreach.store.plans import Plan, Stop, Tour, Trip, UnservedNeed
from outreach.store.runs import Run
from outreach.store.sites import Need, Site

ACTIVE = (RunState.QUEUED, RunState.RUNNING)


def load_plan(session: Session, plan_id: int) -> Plan:
    """The plan's row; raises NotFound for a plan of another organisation."""
    plan = session.scalar(select(Plan).where(Plan.id == plan_id))
    if plan is None:
        raise NotFound("Không có kế hoạch này.")
    return plan


def list_plans(session: Session) -> tuple[PlanRow, ...]:
    """All plans, the latest period first."""
    plans = session.scalars(select(Plan).order_by(Plan.first_day.desc(), Plan.id.desc())).all()
    return _rows(session, plans)


def plan_row(session: Session, plan_id: int) -> PlanRow:
    """One plan; raises NotFound."""
    return _rows(session, [load_plan(session, plan_id)])[0]


def _rows(session: Session, plans: Iterable[Plan]) -> tuple[PlanRow, ...]:
    plans = list(plans)
    ids = [plan.id for plan in plans]
    visits: dict[int, int] = dict(
        session.execute(
            select(Tour.plan_id, func.count(Stop.id))
            .join(Stop, Stop.tour_id == Tour.id)
            .where(Tour.plan_id.in_(ids))
            .group_by(Tour.plan_id)
        ).all()
    )
    missing: dict[int, int] = dict(
        session.execute(
            select(UnservedNeed.plan_id, func.sum(UnservedNeed.missing))
            .where(UnservedNeed.plan_id.in_(ids))
            .group_by(UnservedNeed.plan_id)
        ).all()
    )
    # a plan without a timetable yet wants what the needs of its period ask for
    asked: dict[int, int] = dict(
        session.execute(
            select(Plan.id, func.sum(Need.quota))
            .join(Need, (Need.first_day <= Plan.last_day) & (Need.last_day >= Plan.first_day))
            .join(Site, (Site.id == Need.site_id) & Site.active)
            .where(Plan.id.in_([plan_id for plan_id in ids if plan_id not in visits and plan_id not in missing]))
            .group_by(Plan.id)
        ).all()
    )
    runs: dict[int, int] = dict(
        session.execute(
            select(Run.plan_id, func.max(Run.id))
            .where(Run.plan_id.in_(ids), Run.state.in_(ACTIVE))
            .group_by(Run.plan_id)
        ).all()
    )
    return tuple(
        PlanRow(
            id=plan.id,
            name=plan.name,
            period=Period(plan.first_day, plan.last_day),
            state=plan.state,
            version=plan.version,
            visits=visits.get(plan.id, 0),
            wanted=asked.get(plan.id, visits.get(plan.id, 0) + missing.get(plan.id, 0)),
            updated_at=plan.updated_at,
            run_id=runs.get(plan.id),
            approval=plan.approval_number,
            approved_on=plan.approved_on,
            origin=plan.origin,
            breaches=len(plan.breaches),
        )
        for plan in plans
    )


def plan_figures(session: Session, plan_id: int) -> PlanFigures:
    """The plan counted from its own rows."""
    row = plan_row(session, plan_id)
    shares, weeks = _shares(session, plan_id), _work_by_week(session, plan_id)
    sites_reached, service_s = session.execute(
        select(func.count(func.distinct(Stop.site_id)), func.coalesce(func.sum(Stop.end_s - Stop.start_s), 0))
        .join(Tour, Tour.id == Stop.tour_id)
        .where(Tour.plan_id == plan_id)
    ).one()
    with_nights = func.coalesce(func.sum(case((Trip.last_day > Trip.first_day, 1), else_=0)), 0)
    trips, trips_with_nights = session.execute(
        select(func.count(Trip.id), with_nights).where(Trip.plan_id == plan_id)
    ).one()
    longest = session.scalar(
        select(func.coalesce(func.max(Tour.return_s - Tour.leave_s), 0)).where(Tour.plan_id == plan_id)
    )
    bounds = _bounds(session, plan_id, visits=row.visits, drive_s=sum(share.drive_s for share in shares))
    return PlanFigures(
        visits=row.visits,
        wanted=row.wanted,
        sites_reached=sites_reached,
        sites_total=session.scalar(select(func.count(Site.id)).where(Site.active)) or 0,
        trips=trips,
        trips_with_nights=trips_with_nights,
        tours=sum(share.tours for share in shares),
        distance_m=sum(share.distance_m for share in shares),
        drive_s=sum(share.drive_s for share in shares),
        service_s=service_s,
        longest_day_s=longest or 0,
        shares=shares,
        weeks=len(weeks),
        busiest_week_s=max(weeks, default=0),
        quietest_week_s=min(weeks, default=0),
        served_bound=bounds.get("served_bound"),
        driving_bound_s=bounds.get("driving_bound_s"),
    )


def _bounds(session: Session, plan_id: int, *, visits: int, drive_s: int) -> dict[str, int | None]:
    """What the planner proved, as long as the plan is the one it was proven of."""
    told = session.scalar(select(Plan.figures).where(Plan.id == plan_id)) or {}
    if (told.get("visits"), told.get("drive_s")) != (visits, drive_s):
        return {}
    return {name: told.get(name) for name in ("served_bound", "driving_bound_s")}


def _work_by_week(session: Session, plan_id: int) -> list[int]:
    """Seconds from leaving to returning of all vehicles, of each week in which one drives."""
    work: Counter[tuple[int, int]] = Counter()
    days = select(Tour.day, func.sum(Tour.return_s - Tour.leave_s)).where(Tour.plan_id == plan_id).group_by(Tour.day)
    for day, work_s in session.execute(days):
        year, week, _ = day.isocalendar()
        work[year, week] += work_s
    return list(work.values())


def _shares(session: Session, plan_id: int) -> tuple[VehicleShare, ...]:
    """What each vehicle in use, or driven by the plan, does in it."""
    visits: dict[int, int] = dict(
        session.execute(
            select(Tour.vehicle_id, func.count(Stop.id))
            .join(Stop, Stop.tour_id == Tour.id)
            .where(Tour.plan_id == plan_id)
            .group_by(Tour.vehicle_id)
        ).all()
    )
    statement = (
        select(
            Vehicle,
            Base.short_name,
            func.count(Tour.id),
            func.coalesce(func.sum(Tour.return_s - Tour.leave_s), 0),
            func.coalesce(func.sum(Tour.drive_s), 0),
            func.coalesce(func.sum(Tour.distance_m), 0),
        )
        .join(Base, Base.id == Vehicle.base_id)
        .outerjoin(Tour, (Tour.vehicle_id == Vehicle.id) & (Tour.plan_id == plan_id))
        .group_by(Vehicle.id, Base.short_name)
        .having(Vehicle.active | (func.count(Tour.id) > 0))
        .order_by(Vehicle.sign)
    )
    return tuple(
        VehicleShare(
            vehicle=VehicleSign(vehicle.id, vehicle.name, vehicle.sign, base_name),
            visits=visits.get(vehicle.id, 0),
            tours=tours,
            work_s=work_s,
            drive_s=drive_s,
            distance_m=distance_m,
        )
        for vehicle, base_name, tours, work_s, drive_s, distance_m in session.execute(statement)
    )


def run_view(session: Session, run_id: int, *, now: datetime) -> RunView:
    """A run as its page shows it; raises NotFound."""
    found = session.execute(
        select(Run, Plan.name).join(Plan, Plan.id == Run.plan_id).where(Run.id == run_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Không có lần xếp lịch này.")
    run, plan_name = found
    ahead = 0
    if run.state is RunState.QUEUED:
        ahead = session.scalar(select(func.count(Run.id)).where(Run.state.in_(ACTIVE), Run.id < run.id)) or 0
    elapsed_s = run.elapsed_s
    if run.state is RunState.RUNNING and run.started_at is not None:
        elapsed_s = max(elapsed_s, (now - run.started_at).total_seconds())
    counts: dict[str, int] = run.problem or {}
    return RunView(
        id=run.id,
        plan_id=run.plan_id,
        plan_name=plan_name,
        state=run.state,
        phase=run.phase,
        queue_position=ahead,
        elapsed_s=elapsed_s,
        limit_s=run.limit_s,
        seed=run.seed,
        rounds=run.rounds,
        processes=run.processes,
        versions=tuple(run.versions.items()),
        wanted=counts.get("wanted", 0),
        sites=counts.get("sites", 0),
        needs=counts.get("needs", 0),
        vehicles=counts.get("vehicles", 0),
        working_days=counts.get("working_days", 0),
        curve=tuple(
            CurvePoint(elapsed, int(visits), int(distance_m), int(drive_s))
            for elapsed, visits, distance_m, drive_s in run.curve or []
        ),
        error=translate(run.error),
        stopping=run.wish if run.state is RunState.RUNNING else "",
    )


def coming_half_years(session: Session, *, today: date) -> tuple[HalfYear, ...]:
    """The half-year of today and the two after it, by the organisation's own cut-off days."""
    organisation = session.get(Organisation, session.info["organisation_id"])
    kind = organisation.half_year_kind if organisation else HalfYearKind.ADMINISTRATIVE
    now = half_year_of(today, kind)
    return now, now.next(), now.next().next()

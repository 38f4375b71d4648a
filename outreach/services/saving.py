"""A solution into the tables of a plan and back; the judge stands at the door."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from outreach.domain.errors import BrokenPlan, NotFound, WrongState
from outreach.domain.roles import Actor
from outreach.domain.visits import PlanOrigin, PlanState, ServiceKind
from outreach.routing.checks import check
from outreach.routing.formats import figures_to_json
from outreach.routing.objective import measure
from outreach.routing.problem import Problem
from outreach.routing.solution import Breach, Solution, Unserved
from outreach.routing.solution import Stop as RoutingStop
from outreach.routing.solution import Tour as RoutingTour
from outreach.routing.solution import Trip as RoutingTrip
from outreach.services import audit
from outreach.services.near_misses import nearest_in, reasons_in, reasons_to_json
from outreach.services.reasons import breach_text, breach_to_json, load_all_names
from outreach.store.base import utc_now
from outreach.store.plans import Plan, Stop, Tour, Trip, UnservedNeed


def load_plan_row(session: Session, plan_id: int, *, lock: bool = False) -> Plan:
    """The plan as it stands in the database now; `lock` keeps other writers out until the commit."""
    statement = select(Plan).where(Plan.id == plan_id).execution_options(populate_existing=True)
    plan = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if plan is None:
        raise NotFound("Không có kế hoạch này.")
    return plan


def refuse_breaches(session: Session, breaches: tuple[Breach, ...]) -> None:
    """Raise BrokenPlan with the first broken rules in words."""
    if breaches:
        names = load_all_names(session)
        first = "; ".join(breach_text(breach, names) for breach in breaches[:3])
        raise BrokenPlan("Lịch vi phạm {count} quy tắc: {first}", count=len(breaches), first=first)


def save_solution(session: Session, plan_id: int, problem: Problem, solution: Solution, *, actor: Actor) -> Plan:
    """Put `solution` in the place of whatever the draft plan held; all or nothing.

    Raises BrokenPlan when the judge finds a breach and WrongState when the plan is no draft any more.
    """
    refuse_breaches(session, check(problem, solution))
    plan = load_plan_row(session, plan_id, lock=True)
    if plan.state is not PlanState.DRAFT:
        raise WrongState("Kế hoạch không còn là bản nháp nên lịch mới không được lưu.")
    visits_before = plan.figures.get("visits", 0)
    _store(session, plan, problem, solution, origin=PlanOrigin.PLANNED, breaches=())
    visits = [visits_before, plan.figures["visits"]]
    audit.record(session, actor, "save-plan", "plan", plan.id, plan.name, {"visits": visits})
    return plan


def save_written(
    session: Session,
    actor: Actor,
    plan: Plan,
    *,
    problem: Problem,
    solution: Solution,
    breaches: Sequence[Breach],
    needs_made: int,
) -> None:
    """Fill an empty draft with a timetable that people made; what the judge finds in it is kept beside it."""
    _store(session, plan, problem, solution, origin=PlanOrigin.SHEET, breaches=breaches)
    changes = {"visits": [0, plan.figures["visits"]], "breaches": [0, len(breaches)], "needs": [0, needs_made]}
    audit.record(session, actor, "import-plan", "plan", plan.id, plan.name, changes)


def _store(
    session: Session,
    plan: Plan,
    problem: Problem,
    solution: Solution,
    *,
    origin: PlanOrigin,
    breaches: Sequence[Breach],
) -> None:
    _clear(session, plan.id)
    _add_trips(session, plan.id, problem, solution)
    for unserved in solution.unserved:
        session.add(_unserved_row(plan.id, unserved))
    plan.origin, plan.breaches = origin, [breach_to_json(breach) for breach in breaches]
    plan.seed = solution.seed
    plan.travel_engine = problem.travel.engine if problem.travel else "great-circle"
    plan.estimated = problem.travel is None or problem.travel.quality == "estimate"
    plan.figures = figures_to_json(measure(problem, solution))
    plan.updated_at = utc_now()
    session.flush()


def _clear(session: Session, plan_id: int) -> None:
    session.execute(delete(Trip).where(Trip.plan_id == plan_id))  # tours and stops follow by their foreign keys
    session.execute(delete(UnservedNeed).where(UnservedNeed.plan_id == plan_id))
    session.expire_all()


def _add_trips(session: Session, plan_id: int, problem: Problem, solution: Solution) -> None:
    services = {need.id: ServiceKind(need.service) for need in problem.needs}
    ordered = sorted(solution.trips, key=lambda trip: (trip.tours[0].day, int(trip.vehicle_id)))
    trips = [
        Trip(
            plan_id=plan_id,
            number=number,
            vehicle_id=int(trip.vehicle_id),
            first_day=trip.tours[0].day,
            last_day=trip.tours[-1].day,
        )
        for number, trip in enumerate(ordered, start=1)
    ]
    session.add_all(trips)
    session.flush()
    tours = [
        (_tour_row(plan_id, row.id, tour), tour)
        for row, trip in zip(trips, ordered, strict=True)
        for tour in trip.tours
    ]
    session.add_all(row for row, _ in tours)
    session.flush()
    session.add_all(
        _stop_row(row.id, position, stop, services[stop.need_id])
        for row, tour in tours
        for position, stop in enumerate(tour.stops, start=1)
    )


def _tour_row(plan_id: int, trip_id: int, tour: RoutingTour) -> Tour:
    return Tour(
        plan_id=plan_id,
        trip_id=trip_id,
        vehicle_id=int(tour.vehicle_id),
        day=tour.day,
        start_place=tour.start_place_id,
        end_place=tour.end_place_id,
        leave_s=tour.leave_s,
        return_s=tour.return_s,
        lunch_start_s=tour.lunch_start_s,
        lunch_end_s=tour.lunch_end_s,
        drive_s=tour.drive_s,
        distance_m=tour.distance_m,
    )


def _stop_row(tour_id: int, position: int, stop: RoutingStop, service: ServiceKind) -> Stop:
    return Stop(
        tour_id=tour_id,
        position=position,
        need_id=int(stop.need_id),
        site_id=int(stop.site_id),
        service=service,
        arrive_s=stop.arrive_s,
        start_s=stop.start_s,
        end_s=stop.end_s,
        depart_s=stop.depart_s,
        drive_s=stop.drive_s,
        distance_m=stop.distance_m,
    )


def _unserved_row(plan_id: int, unserved: Unserved) -> UnservedNeed:
    need_id, kept = int(unserved.need_id), reasons_to_json(unserved)
    return UnservedNeed(plan_id=plan_id, need_id=need_id, missing=unserved.missing, reasons=kept)


def load_solution(session: Session, plan_id: int) -> Solution:
    """The plan's trips, tours, stops and unserved needs as routing knows them."""
    plan = load_plan_row(session, plan_id)
    stops: dict[int, list[RoutingStop]] = {}
    rows = session.scalars(
        select(Stop).join(Tour, Tour.id == Stop.tour_id).where(Tour.plan_id == plan_id).order_by(Stop.position)
    )
    for stop in rows:
        stops.setdefault(stop.tour_id, []).append(
            RoutingStop(
                need_id=str(stop.need_id),
                site_id=str(stop.site_id),
                arrive_s=stop.arrive_s,
                start_s=stop.start_s,
                end_s=stop.end_s,
                depart_s=stop.depart_s,
                drive_s=stop.drive_s,
                distance_m=stop.distance_m,
            )
        )
    tours: dict[int, list[RoutingTour]] = {}
    for tour in session.scalars(select(Tour).where(Tour.plan_id == plan_id).order_by(Tour.day)):
        tours.setdefault(tour.trip_id, []).append(
            RoutingTour(
                vehicle_id=str(tour.vehicle_id),
                day=tour.day,
                start_place_id=tour.start_place,
                end_place_id=tour.end_place,
                leave_s=tour.leave_s,
                return_s=tour.return_s,
                stops=tuple(stops.get(tour.id, ())),
                drive_s=tour.drive_s,
                distance_m=tour.distance_m,
                lunch_start_s=tour.lunch_start_s,
                lunch_end_s=tour.lunch_end_s,
            )
        )
    trips = session.scalars(select(Trip).where(Trip.plan_id == plan_id).order_by(Trip.number))
    unserved = session.scalars(select(UnservedNeed).where(UnservedNeed.plan_id == plan_id).order_by(UnservedNeed.id))
    return Solution(
        trips=tuple(RoutingTrip(str(trip.vehicle_id), tuple(tours.get(trip.id, ()))) for trip in trips),
        unserved=tuple(
            Unserved(str(row.need_id), row.missing, reasons_in(row.reasons), nearest_in(row.reasons))
            for row in unserved
        ),
        seed=plan.seed,
    )


def has_trips(session: Session, plan_id: int) -> bool:
    """Whether the plan holds any trip."""
    return bool(session.scalar(select(func.count(Trip.id)).where(Trip.plan_id == plan_id)))

"""A timetable drawn up in memory: needs matched, tours timed, the judge heard. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.times import HalfYearKind, Period
from outreach.routing.checks import check
from outreach.routing.expand import Horizon
from outreach.routing.explain import explain_standing, in_step
from outreach.routing.objective import measure
from outreach.routing.problem import Need, Problem
from outreach.routing.solution import Breach, Figures, Solution, Stop, Tour, Trip, Unserved
from outreach.routing.travel.great_circle import estimate
from outreach.routing.written import Scribe, WrittenVisit
from outreach.services.problems import problem_of, site_place
from outreach.services.timetable_intake.matching import Kind, match_needs
from outreach.services.timetable_intake.rows import VisitRow, in_order, period_of
from outreach.store.organisations import Organisation
from outreach.store.sites import Need as NeedRow

EXPLAINED_MOST = 200_000  # needs times days of vehicles; the demonstration's half-year has 60,000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A timetable as a plan that is not written yet; `made` are needs of the problem that the tables do not have."""

    period: Period
    problem: Problem
    solution: Solution
    breaches: tuple[Breach, ...]
    made: tuple[Need, ...]
    of_row: Mapping[int, Need]  # by the row's number

    @property
    def figures(self) -> Figures:
        """The plan in figures."""
        return measure(self.problem, self.solution)

    def with_needs(self, ids: Mapping[str, str]) -> "Drawn":
        """The same with the needs that were made under their ids in the tables."""

        def renamed(stop: Stop) -> Stop:
            return replace(stop, need_id=ids.get(stop.need_id, stop.need_id))

        def tour(one: Tour) -> Tour:
            return replace(one, stops=tuple(renamed(stop) for stop in one.stops))

        trips = tuple(Trip(trip.vehicle_id, tuple(tour(one) for one in trip.tours)) for trip in self.solution.trips)
        needs = tuple(replace(need, id=ids.get(need.id, need.id)) for need in self.problem.needs)
        return replace(
            self,
            problem=replace(self.problem, needs=needs),
            solution=replace(self.solution, trips=trips),
            breaches=tuple(replace(breach, where=ids.get(breach.where, breach.where)) for breach in self.breaches),
        )


def half_year_kind(session: Session) -> HalfYearKind:
    """How the library counts half-years."""
    kind = select(Organisation.half_year_kind).where(Organisation.id == session.info["organisation_id"])
    return session.scalars(kind).one()


def draw(session: Session, rows: Sequence[VisitRow], *, name: str, period: Period | None = None) -> Drawn:
    """`rows` as a plan of `period` (the half-years they touch when not given), judged as it was written.

    Raises InvalidValue for no rows, for rows that lie too far apart for one plan, and for a site or vehicle not in use.
    """
    if not rows:
        raise InvalidValue("Bảng không có buổi nào.", field="rows", value=0)
    period = period or period_of(rows, half_year_kind(session))
    problem = _within_reach(problem_of(session, name, period), rows)
    _refuse_strangers(problem, rows)
    matching = match_needs(problem, rows, usual=_usual_minutes(session, rows))
    problem = replace(problem, needs=(*problem.needs, *matching.made))
    solution = Solution(_trips(problem, rows, matching.of_row))
    longest = max((len(trip.tours) for trip in solution.trips), default=1)
    problem = replace(problem, rules=replace(problem.rules, trip_days_max=longest))
    solution = replace(solution, unserved=_left_out(problem, solution))
    return Drawn(period, problem, solution, check(problem, solution), matching.made, matching.of_row)


def _left_out(problem: Problem, solution: Solution) -> tuple[Unserved, ...]:
    """What the timetable leaves out, with reasons where finding them is a matter of seconds."""
    choices = len(problem.needs) * len(problem.vehicles) * len(problem.horizon)
    return explain_standing(problem, solution) if choices <= EXPLAINED_MOST else in_step(problem, solution).unserved


def _within_reach(problem: Problem, rows: Sequence[VisitRow]) -> Problem:
    """The problem without sites that nobody visits or asks for, its distances worked out once."""
    wanted = {need.site_id for need in problem.needs} | {str(row.site_id) for row in rows}
    sites = tuple(site for site in problem.sites if site.id in wanted)
    kept = {site.place_id for site in sites} | {site_place(row.night_id) for row in rows if row.night_id is not None}
    dropped = {site.place_id for site in problem.sites} - kept - set(problem.lodgings)
    places = tuple(place for place in problem.places if place.id not in dropped)
    return replace(problem, sites=sites, places=places, travel=problem.travel or estimate(places))


def _refuse_strangers(problem: Problem, rows: Sequence[VisitRow]) -> None:
    sites, vehicles = {site.id for site in problem.sites}, {vehicle.id for vehicle in problem.vehicles}
    for row in rows:
        if str(row.site_id) not in sites:
            raise InvalidValue("dòng {row}: điểm này không còn dùng", field="site", value=row.site_id, row=row.number)
        if str(row.vehicle_id) not in vehicles:
            raise InvalidValue(
                "dòng {row}: xe này không còn dùng", field="vehicle", value=row.vehicle_id, row=row.number
            )


def _usual_minutes(session: Session, rows: Sequence[VisitRow]) -> dict[Kind, int]:
    """How long a visit lasts by the newest need of each site and service."""
    sites = {row.site_id for row in rows}
    asked = session.execute(
        select(NeedRow.site_id, NeedRow.service, NeedRow.minutes).order_by(NeedRow.last_day, NeedRow.id)
    )
    return {(str(site_id), service.value): minutes for site_id, service, minutes in asked if site_id in sites}


def _trips(problem: Problem, rows: Sequence[VisitRow], of_row: Mapping[int, Need]) -> tuple[Trip, ...]:
    """A trip for each bus and day, in the order of days and buses; days with a night away between them are one."""
    scribe = Scribe(Horizon(problem))
    vehicles = {vehicle.id: vehicle for vehicle in problem.vehicles}
    by_day: dict[tuple[date, str], list[VisitRow]] = defaultdict(list)
    for row in rows:
        by_day[row.day, str(row.vehicle_id)].append(row)
    nights = _nights(by_day)
    trips: list[Trip] = []
    last: dict[str, int] = {}  # by vehicle: its newest trip
    for (day, vehicle_id), visits in sorted(by_day.items(), key=lambda item: (item[0][0], int(item[0][1]))):
        written = [
            WrittenVisit(need, row.service_s if row.service_s is not None else need.service_s, row.start_s)
            for row in in_order(visits)
            for need in [of_row[row.number]]
        ]
        before, after = nights.get((day - timedelta(days=1), vehicle_id)), nights.get((day, vehicle_id))
        tour = scribe.tour(vehicles[vehicle_id], day, written, start=before, end=after)
        if before:
            trips[last[vehicle_id]] = Trip(vehicle_id, (*trips[last[vehicle_id]].tours, tour))
        else:
            last[vehicle_id] = len(trips)
            trips.append(Trip(vehicle_id, (tour,)))
    return tuple(trips)


def _nights(by_day: Mapping[tuple[date, str], Sequence[VisitRow]]) -> dict[tuple[date, str], str]:
    """By day and vehicle: the place of the night after it, where the vehicle drives on from there the next day."""
    found = {}
    for (day, vehicle_id), visits in by_day.items():
        stays = [row.night_id for row in visits if row.night_id is not None]
        if stays and (day + timedelta(days=1), vehicle_id) in by_day:
            found[day, vehicle_id] = site_place(stays[-1])
    return found

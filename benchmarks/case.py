"""One instance as every planner gets it: legs, tours and visits in its own units, and the checker that judges all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from outreach.domain.places import Coordinates
from outreach.domain.times import Period
from outreach.routing.objective import Prices
from outreach.routing.problem import Absence, Need, Place, Problem, Rules, Site, SiteWindow, Travel, Vehicle
from outreach.routing.solution import Solution

FIRST_DAY = date(2024, 1, 1)  # a Monday; instances count days from 0
EVERY_DAY = frozenset(range(7))
DAY_S = 86_400
SLACK = 1e-6

Routes = Mapping[int, Sequence[int]]  # visits in order, by tour


class Unusable(Exception):
    """What was given cannot be measured; the sentence says what would be right."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a planner found and, where it tells so, how it came there."""

    routes: Routes
    rounds: int | None = None  # of its search
    rounds_s: float | None = None  # what those took
    trace: tuple[tuple[float, float], ...] = ()  # seconds and cost of each better plan


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checker says of an answer: cost, visits made, what is broken, and the planner's own remark."""

    cost: float
    served: int
    faults: list[str]
    note: str = ""
    regular: float | None = None  # share of the series of a regular timetable that are regular
    moved: int | None = None  # announced visits not made on their day
    lost: int | None = None  # announced visits that could not stay


@dataclass(frozen=True, slots=True)
class Slot:
    """A tour that can be driven: one vehicle on one day."""

    vehicle: str
    day: int
    depot: int  # row of the legs behind those of the visits


@dataclass(frozen=True, slots=True)
class Visit:
    """A place to be visited once on one of some days, or on all days of one of some patterns."""

    service: float
    demand: float = 0.0
    window: tuple[float, float] | None = None  # of the start of the service
    days: tuple[int, int] | None = None  # first and last
    vehicles: frozenset[str] | None = None
    patterns: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """An instance. Legs are square, visits first and then depots; driving is what a plan costs."""

    name: str
    variant: str
    legs: npt.NDArray[np.float64]
    slots: tuple[Slot, ...]
    visits: tuple[Visit, ...]
    unit: int = 1  # whole seconds in one unit of the legs, for planners that count in whole numbers
    limit: float = float("inf")  # driving, service and waiting of a tour
    capacity: tuple[float, ...] = ()  # by slot; (): none
    horizon: float = float("inf")  # end of a day
    best_known: float | None = None
    actual: float | None = None  # driving of the timetable as it was

    def judged(self, answer: Answer) -> Verdict:
        """What the checker says of an answer."""
        return check(self, answer.routes)

    @property
    def key(self) -> str:
        """Name and variant."""
        return f"{self.name} {self.variant}".strip()

    def allowed(self, v: int) -> list[int]:
        """The slots that visit `v` may be in."""
        visit = self.visits[v]
        return [
            k
            for k, slot in enumerate(self.slots)
            if (visit.days is None or visit.days[0] <= slot.day <= visit.days[1])
            and (visit.vehicles is None or slot.vehicle in visit.vehicles)
            and (not visit.patterns or any(slot.day in pattern for pattern in visit.patterns))
        ]


def driving(case: Case, k: int, route: Sequence[int]) -> float:
    """What a route costs."""
    if not route:
        return 0.0
    depot = len(case.visits) + case.slots[k].depot
    stops = [depot, *route, depot]
    return float(case.legs[stops[:-1], stops[1:]].sum())


def _length(case: Case, k: int, route: Sequence[int]) -> float:
    """The shortest time from leaving to returning that keeps all windows; infinite if there is none.

    Forward with the earliest times gives the earliest return; the slack that the departure can be put off by is the
    least over all visits of what can be waited for until then (Savelsbergh 1992).
    """
    now, waited, slack, here = 0.0, 0.0, float("inf"), len(case.visits) + case.slots[k].depot
    depot = here
    for v in route:
        visit = case.visits[v]
        now += case.legs[here, v]
        early, late = visit.window or (0.0, float("inf"))
        waited += max(early - now, 0.0)
        now = max(now, early)
        if now > late + SLACK:
            return float("inf")
        slack = min(slack, late - now + waited)
        now += visit.service
        here = v
    now += case.legs[here, depot]
    if now > case.horizon + SLACK:
        return float("inf")
    return now - min(waited, max(slack, 0.0))


def cost_of(case: Case, routes: Routes) -> float:
    """What all routes cost."""
    return sum(driving(case, k, route) for k, route in routes.items())


def check(case: Case, routes: Routes) -> Verdict:
    """Cost, visits made and what is broken; every planner's routes pass here and nowhere else."""
    faults: list[str] = []
    days: dict[int, list[int]] = {}
    for k, route in routes.items():
        length = _length(case, k, route)
        if length > case.limit + SLACK:
            faults.append(f"tour {k} takes {length:.3f}, limit {case.limit}")
        if case.capacity and sum(case.visits[v].demand for v in route) > case.capacity[k] + SLACK:
            faults.append(f"tour {k} is overloaded")
        for v in route:
            days.setdefault(v, []).append(case.slots[k].day)
            if k not in case.allowed(v):
                faults.append(f"visit {v} may not be in tour {k}")
    for v, visit in enumerate(case.visits):
        found = days.get(v, [])
        if visit.patterns:
            if frozenset(found) not in visit.patterns or len(set(found)) != len(found):
                faults.append(f"visit {v} is made on days {found}")
        elif len(found) != 1:
            faults.append(f"visit {v} is made {len(found)} times")
    return Verdict(cost_of(case, routes), sum(len(route) for route in routes.values()), faults)


def problem_of(case: Case) -> Problem:
    """The instance as a problem of ours; only driving is priced, and every visit is wanted."""
    last = max(slot.day for slot in case.slots)
    horizon = Period(FIRST_DAY, FIRST_DAY + timedelta(days=last))
    # where time is limited a leg is never shorter than it is; else only its share of the cost matters
    whole = np.rint if case.limit == float("inf") else np.ceil
    legs = whole(case.legs * case.unit - SLACK).astype(np.int32)
    visits = len(case.visits)
    depots = range(visits, len(legs))
    ids = tuple(f"{row}" for row in range(len(legs)))
    end = DAY_S if case.horizon == float("inf") else int(case.horizon * case.unit)
    limit = end if case.limit == float("inf") else min(int(case.limit * case.unit + SLACK), end)
    return Problem(
        name=case.key,
        horizon=horizon,
        places=tuple(Place(row, row, Coordinates(lat=0.0, lon=0.0)) for row in ids),
        vehicles=_vehicles(case, horizon, depots),
        staff=(),
        sites=tuple(_site(case, v) for v in range(visits)),
        needs=tuple(_need(case, v) for v in range(visits)),
        rules=Rules(leave_earliest_s=0, return_latest_s=end, shift_max_s=limit, drive_max_s=end, lunch_s=0, step_s=1),
        travel=Travel(ids, legs, legs),
        prices=Prices(missed_visit_s=1_000_000, priority_s=0, remote_s=0, waiting_s=0, tour_s=0, work_percent=0),
    )


def _vehicles(case: Case, horizon: Period, depots: Sequence[int]) -> tuple[Vehicle, ...]:
    days: dict[str, set[int]] = {}
    first: dict[str, int] = {}
    for k, slot in enumerate(case.slots):
        days.setdefault(slot.vehicle, set()).add(slot.day)
        first.setdefault(slot.vehicle, k)
    found = []
    for vehicle, out in days.items():
        home = [FIRST_DAY + timedelta(days=day) for day in range(len(horizon)) if day not in out]
        k = first[vehicle]
        found.append(
            Vehicle(
                id=vehicle,
                name=vehicle,
                depot_id=str(depots[case.slots[k].depot]),
                kind=vehicle,
                weekdays=EVERY_DAY,
                absences=tuple(Absence(Period(day, day)) for day in home),
                set_up_s=0,
                capacity=int(case.capacity[k]) if case.capacity else None,
            )
        )
    return tuple(found)


def _site(case: Case, v: int) -> Site:
    visit = case.visits[v]
    hours = SiteWindow(0, DAY_S, EVERY_DAY)
    if visit.window is not None:
        opens, closes = visit.window
        start = int(np.ceil(opens * case.unit - SLACK))
        hours = SiteWindow(start, int(closes * case.unit + SLACK) + _service(case, v), EVERY_DAY)
    vehicles = visit.vehicles or frozenset(slot.vehicle for slot in case.slots)
    return Site(str(v), str(v), str(v), "stop", (hours,), reached_by=vehicles)


def _service(case: Case, v: int) -> int:
    return int(np.ceil(case.visits[v].service * case.unit - SLACK))


def _need(case: Case, v: int) -> Need:
    visit = case.visits[v]
    days = [FIRST_DAY + timedelta(days=day) for day in visit.days or ()]
    return Need(
        id=str(v),
        site_id=str(v),
        quota=len(visit.patterns[0]) if visit.patterns else 1,
        service="stop",
        service_s=_service(case, v),
        first=days[0] if days else None,
        last=days[1] if days else None,
        load=int(np.ceil(visit.demand)),
        patterns=tuple(frozenset(FIRST_DAY + timedelta(days=day) for day in pattern) for pattern in visit.patterns),
    )


def slot_numbers(case: Case) -> dict[tuple[str, date], int]:
    """The instance's tours by vehicle and date of ours."""
    return {(slot.vehicle, FIRST_DAY + timedelta(days=slot.day)): k for k, slot in enumerate(case.slots)}


def routes_of(case: Case, solution: Solution) -> Routes:
    """A solution of ours as routes of the instance."""
    numbers = slot_numbers(case)
    return {numbers[tour.vehicle_id, tour.day]: [int(stop.need_id) for stop in tour.stops] for tour in solution.tours()}

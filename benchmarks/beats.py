"""A regular timetable by our own planner: weekdays by rhythms as rules, times by difference constraints.

A plan of the planner keeps weekdays; whether one time for each series can be found for its orders is a system of
difference constraints (Bellman 1958, Ford 1956). It has an answer or there is none, so nothing is guessed. From the
real timetable on, some series at a time are set free while all others keep their very times as windows: what the
planner makes of that is taken if it has times and drives no more.
"""

import itertools
import random
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from benchmarks.case import DAY_S, EVERY_DAY, FIRST_DAY, Case, Routes, cost_of, problem_of, slot_numbers
from benchmarks.regular import RegularAnswer, RegularCase, Starts
from outreach.routing.problem import Need, Problem, Rhythm, Site, SiteWindow
from outreach.routing.solution import Solution, Stop, Tour, Trip
from outreach.routing.solve import solve

FROM_S = 14 * 3600  # tours are timed from here on: room before and behind, and all of it in one half of the day
SHOWN_S = 5 * 3600  # earlier is what is told: the day has no hours of its own
ROUNDS_A_VISIT = 60  # of one step
ROUNDS_LEAST = 3_000
FREE_MOST = 6  # series set free in one step,
ALL_SHARE = 0.1  # but all of them in so many steps
FIRST_SHARE = 0.3  # of the time for a plan with all series free, before those steps


@dataclass(frozen=True, slots=True)
class Timed:
    """Routes for which every series has one time."""

    routes: Routes
    starts: Starts
    cost: float


def regular(asked: RegularCase, *, seconds: float, seed: int) -> RegularAnswer:
    """The cheapest regular timetable found in so many seconds."""
    until, chance = time.monotonic() + seconds, random.Random(seed)  # noqa: S311
    best = timed(asked, asked.driven)
    if best is None:
        return RegularAnswer({}, {}, "the real timetable has no regular times by this travel")
    problem = _problem(asked, best, range(len(asked.series)))
    found = solve(problem, seconds=seconds * (FIRST_SHARE if asked.series else 1.0), seed=seed, prove=False)
    best = _better(asked, found, best)
    steps = taken = 0
    while asked.series and time.monotonic() < until:
        problem = _problem(asked, best, _some(asked, chance))
        rounds = max(ROUNDS_A_VISIT * len(asked.case.visits), ROUNDS_LEAST)
        found = solve(problem, rounds=rounds, seed=seed + steps, start=_solution(asked, problem, best))
        new = _better(asked, found, best)
        steps, taken, best = steps + 1, taken + (new.cost < best.cost), new
    starts = {v: start - SHOWN_S for v, start in best.starts.items()}
    return RegularAnswer(best.routes, starts, f"{taken} of {steps} steps cheaper")


def _better(asked: RegularCase, found: Solution, best: Timed) -> Timed:
    """What the planner found, if it is whole, has times and drives no more, else `best`."""
    new = None if found.unserved else timed(asked, _routes(asked, found))
    return new if new and new.cost <= best.cost else best


def _some(asked: RegularCase, chance: random.Random) -> list[int]:
    """A series by chance and some of those nearest to it; none now and then, for the other stops alone."""
    count = len(asked.series) if chance.random() < ALL_SHARE else chance.randint(0, FREE_MOST)
    centre = chance.choice(asked.series)[0]
    near = sorted(range(len(asked.series)), key=lambda s: asked.case.legs[centre, asked.series[s][0]])
    return near[:count]


def timed(asked: RegularCase, routes: Routes) -> Timed | None:
    """The earliest times with which tours are short enough and each series has one time; None if there are none."""
    case = asked.case
    clock_of = {v: visits[0] for visits in asked.series for v in visits}
    days = {v: case.slots[k].day % 7 for k, route in routes.items() for v in route}
    if any(len({days.get(v) for v in visits}) > 1 for visits in asked.series):
        return None
    edges: list[tuple[int, int, int]] = []  # from, to, at least so much later
    for k, route in routes.items():
        if not route:
            continue
        depot, clocks = len(case.visits) + case.slots[k].depot, [clock_of.get(v, v) for v in route]
        for (a, b), (before, after) in zip(itertools.pairwise(route), itertools.pairwise(clocks), strict=True):
            edges.append((before, after, int(case.visits[a].service + case.legs[a, b])))
        ways = case.legs[depot, route[0]] + case.visits[route[-1]].service + case.legs[route[-1], depot]
        edges.append((clocks[-1], clocks[0], -int(case.limit - ways)))
    at = dict.fromkeys((clock_of.get(v, v) for route in routes.values() for v in route), FROM_S)
    for _ in range(len(at) + 1):
        late = [(b, at[a] + by) for a, b, by in edges if at[a] + by > at[b]]
        if not late:
            starts = {v: at[clock_of.get(v, v)] for route in routes.values() for v in route}
            return Timed(routes, starts, cost_of(case, routes))
        for b, start in late:
            at[b] = max(at[b], start)
    return None  # a circle in which each would have to be later than itself


def _days(case: Case, visits: Sequence[int], routes: Routes) -> list[date]:
    on = {v: case.slots[k].day for k, route in routes.items() for v in route}
    return [FIRST_DAY + timedelta(days=on[v]) for v in visits]


def _problem(asked: RegularCase, best: Timed, free: Collection[int]) -> Problem:
    """The instance with the series of `free` as rhythms and all others at their times."""
    base, case = problem_of(asked.case), asked.case
    needs = {need.id: need for need in base.needs}
    sites = {site.id: site for site in base.sites}
    for s, visits in enumerate(asked.series):
        for v, day in zip(visits, _days(case, visits, best.routes), strict=True):
            service = needs[str(v)].service_s
            hour = SiteWindow(best.starts[v], best.starts[v] + max(service, 1), EVERY_DAY)
            needs[str(v)] = replace(needs[str(v)], first=day, last=day)
            sites[str(v)] = replace(sites[str(v)], windows=(hour,))
        if s in free and (rhythm := _rhythm(asked, s)):
            for v in visits:
                del needs[str(v)]
            needs[f"series {s}"] = rhythm
            sites[str(visits[0])] = _always(sites[str(visits[0])])
    rules = replace(base.rules, leave_earliest_s=0, return_latest_s=DAY_S)
    return replace(base, needs=tuple(needs.values()), sites=tuple(sites.values()), rules=rules)


def _always(site: Site) -> Site:
    return replace(site, windows=(SiteWindow(DAY_S // 2, DAY_S, EVERY_DAY),))


def _rhythm(asked: RegularCase, s: int) -> Need | None:
    """A series as one need with a rhythm as rule; None where its weekdays are given or its weeks are not even."""
    visits, case = asked.series[s], asked.case
    spans = [case.visits[v].days for v in visits]
    weeks = [span[0] // 7 for span in spans if span]
    steps = {b - a for a, b in itertools.pairwise(weeks)}
    if len(weeks) < len(visits) or len(steps) != 1 or any(span and span[1] - span[0] != 6 for span in spans):
        return None
    return Need(
        f"series {s}",
        str(visits[0]),
        quota=len(visits),
        service="stop",
        service_s=int(case.visits[visits[0]].service),
        first=FIRST_DAY + timedelta(days=7 * weeks[0]),
        last=FIRST_DAY + timedelta(days=7 * weeks[-1] + 6),
        rhythm=Rhythm(steps.pop(), rule=True),
    )


def _names(asked: RegularCase, problem: Problem) -> dict[int, str]:
    """By visit: the need that stands for it."""
    own = {need.id for need in problem.needs}
    names = {v: str(v) for v in range(len(asked.case.visits))}
    for s, visits in enumerate(asked.series):
        names |= dict.fromkeys(visits, f"series {s}") if f"series {s}" in own else {}
    return names


def _routes(asked: RegularCase, solution: Solution) -> Routes:
    """A solution as routes of the instance: a visit of a series is that of its week."""
    numbers, routes = slot_numbers(asked.case), defaultdict[int, list[int]](list)
    of_week = {
        (s, (asked.case.visits[v].days or (0, 0))[0] // 7): v for s, visits in enumerate(asked.series) for v in visits
    }
    for tour, stop in solution.stops():
        week = (tour.day - FIRST_DAY).days // 7
        name = stop.need_id
        v = of_week[int(name.removeprefix("series ")), week] if name.startswith("series ") else int(name)
        routes[numbers[tour.vehicle_id, tour.day]].append(v)
    return dict(routes)


def _solution(asked: RegularCase, problem: Problem, best: Timed) -> Solution:
    """The plan so far, as a solution of `problem`."""
    names, trips = _names(asked, problem), []
    sites: Mapping[str, str] = {need.id: need.site_id for need in problem.needs}
    for k, route in best.routes.items():
        slot = asked.case.slots[k]
        day, depot = FIRST_DAY + timedelta(days=slot.day), str(len(asked.case.visits) + slot.depot)
        stops = tuple(
            Stop(names[v], sites[names[v]], start, start, start + 1, start + 1, 0, 0)
            for v in route
            for start in [int(best.starts[v])]
        )
        if stops:
            tour = Tour(slot.vehicle, day, depot, depot, stops[0].start_s, stops[-1].end_s, stops, 0, 0)
            trips.append(Trip(slot.vehicle, (tour,)))
    return Solution(tuple(trips))

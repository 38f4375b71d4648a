"""A published province plan and a disruption by chance: how few announced visits move, and how many are still made.

Ten disruptions a size: a vehicle away for a week or a fortnight, a post ill, sites closed, roads closed, buses that
start later, urgent needs, and several at once. `anew` plans the same problem again from the published plan, its past
kept, but with no thought of what was announced.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from benchmarks.case import Unusable, Verdict
from benchmarks.province import SIZES, province
from outreach.domain.times import Period
from outreach.routing.checks import check
from outreach.routing.disruptions import (
    CrewIll,
    Disruption,
    LaterStart,
    RoadClosed,
    SiteClosed,
    UrgentNeed,
    VehicleAway,
    disturbed,
)
from outreach.routing.mending import Mended, announced_from, mend
from outreach.routing.problem import Need, Problem
from outreach.routing.solution import Solution
from outreach.routing.solve import solve

EACH = 10
PUBLISH_S = {"166": 45.0, "700": 90.0}  # for the plan that is published
MEND_S = 10.0
ANEW_S = {"166": 30.0, "700": 60.0}
FIRST_WEEK, LAST_WEEK = 5, 16  # of the half-year, in which today lies
H, MINUTE = 3_600, 60


@dataclass(frozen=True, slots=True)
class RepairCase:
    """What was published, what happened, and the first day that may change."""

    name: str
    problem: Problem
    published: Solution
    disruptions: tuple[Disruption, ...]
    today: date
    variant: str = ""
    best_known: float | None = None
    actual: float | None = None

    @property
    def size(self) -> str:
        """Sites of the province."""
        return self.name.partition("-")[0]

    @property
    def after(self) -> Problem:
        """The problem as it is after the disruptions, its past kept."""
        return disturbed(announced_from(self.problem, self.published, self.today), self.disruptions)

    def judged(self, answer: Mended | Solution) -> Verdict:
        """Driving, visits made, announced visits not made on their day, and what the judge says."""
        solution = answer.solution if isinstance(answer, Mended) else answer
        faults = [f"{breach.rule} at {breach.where}" for breach in check(self.after, solution)]
        made = {(stop.need_id, tour.day) for tour, stop in solution.stops()}
        told = {(stop.need_id, tour.day) for tour, stop in self.published.stops() if tour.day >= self.today}
        return Verdict(
            cost=sum(tour.drive_s for tour in solution.tours()),
            served=len(made),
            faults=faults,
            note=", ".join(sorted({one.kind.value for one in self.disruptions})),
            moved=len(told - made),
            lost=answer.lost if isinstance(answer, Mended) else None,
        )


def cases(only: Sequence[str]) -> Iterator[RepairCase]:
    """The ten disruptions of each size named, or single ones such as 166-3."""
    for name in only or PUBLISH_S:
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", name)
        if found is None or found[1] not in PUBLISH_S or int(found[2] or 1) not in range(1, EACH + 1):
            raise Unusable(f"there is no {name}; sizes are {', '.join(PUBLISH_S)}, one disruption is like 166-3")
        for number in [int(found[2])] if found[2] else range(1, EACH + 1):
            yield repair_case(found[1], number)


def repair_case(size: str, number: int) -> RepairCase:
    """One disruption of the published plan of a size."""
    problem, plan = published(size)
    weeks = random.Random(f"replan {size} {number}").randint(FIRST_WEEK, LAST_WEEK)  # noqa: S311
    today = problem.horizon.first + timedelta(weeks=weeks)
    return RepairCase(f"{size}-{number}", problem, plan, tuple(happened(size, number, problem, today)), today)


@cache
def published(size: str) -> tuple[Problem, Solution]:
    """The province of a size and its plan, made once a run."""
    problem = province(*SIZES[size], 1)
    return problem, solve(problem, seconds=PUBLISH_S[size], seed=1)


def happened(size: str, number: int, problem: Problem, today: date) -> Iterator[Disruption]:
    """The kinds go by number; who, when and for how long by chance."""
    chance = random.Random(f"what {size} {number}")  # noqa: S311
    vehicle, post = chance.choice(problem.vehicles), chance.choice(problem.staff)

    def soon(most: int, days: int) -> Period:
        first = today + timedelta(days=chance.randint(0, most))
        return Period(first, first + timedelta(days=days - 1))

    if number in (1, 2, 7, 10):
        yield VehicleAway(vehicle.id, soon(14, (0, 5, 12, 0, 0, 0, 0, 3, 0, 0, 5)[number]))
    if number in (3, 7):
        yield CrewIll(post.id, soon(10, 10 if number == 3 else 5))
    if number in (4, 7):
        for site in chance.sample(problem.sites, 5):
            yield SiteClosed(site.id, soon(0, 60))
    if number in (5, 10):
        for site in chance.sample(problem.sites, 4):
            yield RoadClosed(problem.vehicles[0].depot_id, site.place_id, soon(0, 60))
    if number == 6:
        yield LaterStart(vehicle.id, soon(7, 30), 8 * H + 30 * MINUTE)
    if number in (8, 10):
        for i, site in enumerate(chance.sample(problem.sites, 4)):
            last = today + timedelta(days=30)
            yield UrgentNeed(Need(f"urgent-{i}", site.id, service_s=90 * MINUTE, priority=5, first=today, last=last))
    if number == 9:
        away = soon(20, 2)
        for one in problem.vehicles:
            yield VehicleAway(one.id, away)


def mended(case: RepairCase, *, seconds: float, seed: int) -> Mended:
    """Ours: `outreach.routing.mend`."""
    return mend(case.problem, case.published, case.disruptions, today=case.today, seconds=seconds, seed=seed)


def anew(case: RepairCase, *, seconds: float, seed: int) -> Solution:
    """The same problem planned again from the published plan, as if nothing had been announced."""
    return solve(replace(case.after, announced=()), seconds=seconds, seed=seed, start=case.published)

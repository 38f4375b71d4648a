"""Days by chance: one bus, 8 to 25 stops of which more than half have hours, a lunch break, a price on each stop."""

import random
import re
from collections import Counter
from dataclasses import dataclass
from math import ceil, hypot

import numpy as np

from benchmarks.case import FIRST_DAY, Unusable, Verdict
from outreach.domain.places import Coordinates
from outreach.domain.times import Period
from outreach.routing.checks import check
from outreach.routing.objective import Prices
from outreach.routing.problem import Need, Place, Problem, Rules, Site, SiteWindow, Travel, Vehicle
from outreach.routing.solution import Solution, Unserved

SIZES = (8, 12, 16, 20, 25)
EACH = 3
WITH_HOURS = 0.6
DAY_S = 0.5  # for our planner
PROOF_S = 10  # for the exact model
H, MINUTE = 3_600, 60
RULES = Rules(
    leave_earliest_s=8 * H,
    return_latest_s=17 * H,
    shift_max_s=9 * H,
    lunch_s=45 * MINUTE,
    lunch_from_s=11 * H,
    lunch_to_s=13 * H + 45 * MINUTE,
)
NAMES = tuple(f"day-{size}-{number}" for size in SIZES for number in range(1, EACH + 1))


@dataclass(frozen=True, slots=True)
class DayCase:
    """One vehicle-day; what it costs is its driving and the price of every stop left out, in seconds of driving."""

    name: str
    problem: Problem
    variant: str = ""
    best_known: float | None = None
    actual: float | None = None

    @property
    def nothing(self) -> Solution:
        """The day before anything is planned."""
        return Solution((), tuple(Unserved(need.id, 1, ()) for need in self.problem.needs))

    def judged(self, answer: "DayAnswer") -> Verdict:
        """Cost, visits and what is broken: the judge of all plans, and starts at full steps, which it does not ask."""
        problem, solution = self.problem, answer.solution
        faults = [f"{breach.rule} at {breach.where}" for breach in check(problem, solution)]
        faults += [f"odd start at {stop.site_id}" for _, stop in solution.stops() if stop.start_s % RULES.step_s]
        made = Counter(stop.need_id for _, stop in solution.stops())
        sites = {site.id: site for site in problem.sites}
        missed = (need for need in problem.needs if not made[need.id])
        cost = sum(tour.drive_s for tour in solution.tours()) + sum(
            problem.prices.of_missing(need, sites[need.site_id], problem.horizon.first) for need in missed
        )
        return Verdict(cost, made.total(), faults, answer.note)


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """A planned day, and what its planner says of it."""

    solution: Solution
    note: str = ""


def day_case(name: str) -> DayCase:
    """The day of this name, `day-STOPS-NUMBER`: always the same one."""
    if not (found := re.fullmatch(r"day-(\d+)-\d+", name)):
        raise Unusable(f"there is no day {name}; days are called day-STOPS-NUMBER, such as {NAMES[0]}")
    size = int(found[1])
    chance = random.Random(name)  # noqa: S311
    points = [(chance.uniform(0, 25), chance.uniform(0, 25)) for _ in range(size + 1)]  # minutes of driving
    legs = [[ceil(hypot(a[0] - b[0], a[1] - b[1]) * MINUTE) for b in points] for a in points]
    ids = ("base", *(str(i) for i in range(1, size + 1)))
    seconds = np.array(legs, dtype=np.int32)
    sites = tuple(Site(i, i, i, "stop", _hours(chance)) for i in ids[1:])
    needs = tuple(
        Need(i, i, service_s=chance.choice((5, 10, 15, 20)) * MINUTE, priority=chance.randint(1, 5)) for i in ids[1:]
    )
    problem = Problem(
        name=name,
        horizon=Period(FIRST_DAY, FIRST_DAY),
        places=tuple(Place(i, i, Coordinates(lat=0.0, lon=0.0)) for i in ids),
        vehicles=(Vehicle("bus", "bus", "base", pack_up_s=2 * MINUTE),),
        staff=(),
        sites=sites,
        needs=needs,
        rules=RULES,
        travel=Travel(ids, seconds, seconds * 10),
        prices=Prices(tour_s=0, work_percent=0),
    )
    return DayCase(name, problem)


def _hours(chance: random.Random) -> tuple[SiteWindow, ...]:
    """None to speak of, or one stretch of one and a half to three hours, or one before and one after noon."""
    if chance.random() >= WITH_HOURS:
        return (SiteWindow(RULES.leave_earliest_s, RULES.return_latest_s),)
    if chance.random() < 1 / 3:
        morning, noon = chance.randint(16, 18) * H // 2, chance.randint(27, 29) * H // 2
        return (SiteWindow(morning, morning + 3 * H // 2), SiteWindow(noon, noon + 3 * H // 2))
    opens = chance.randint(16, 29) * H // 2
    return (SiteWindow(opens, opens + chance.randint(3, 6) * H // 2),)

"""Small provinces solved to proven optimality by CP-SAT, with a watch and a calendar of its own.

Every tour of a vehicle-day is listed, timed in all orders and with lunch at every place, and CP-SAT picks. Nothing of
the planner is used but the problem's own words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import combinations, pairwise, permutations
from random import Random

import numpy as np
from ortools.sat.python import cp_model

from outreach.domain.places import Coordinates
from outreach.domain.times import Period
from outreach.routing.objective import Prices
from outreach.routing.problem import (
    Absence,
    Need,
    Place,
    Problem,
    Rules,
    Site,
    SiteWindow,
    StaffMember,
    Travel,
    Vehicle,
)
from tests.routing.small import MONDAY, H

DAYS = 10
MOST_STOPS = 3
NEVER = 10**9
RULES = Rules(shift_max_s=12 * H, stops_max=MOST_STOPS)  # as long as from the earliest leaving to the latest return
PRICES = Prices(remote_s=0, waiting_s=0, tour_s=0, work_percent=0, wrong_week_s=0)  # visits, and then driving
MORNING, AFTERNOON = (27_000, 37_800), (48_600, 59_400)


@dataclass(frozen=True)
class Best:
    """What there is to reach: the visits of each need and the least driving with the least price."""

    visits: dict[str, int]
    drive_s: int


def small_province(seed: int) -> Problem:
    """Five to eight sites, one or two buses on three or four days a week, one or two bases."""
    chance = Random(seed)
    bases = ("north", "south")[: chance.choice((1, 1, 2))]
    names = [f"s{i}" for i in range(chance.randint(5, 8))]
    points = [(chance.uniform(0, 60), chance.uniform(0, 60)) for _ in (*bases, *names)]
    away = [[round(90 * ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5) for b in points] for a in points]
    seconds = np.array(away, dtype=np.int32)
    ids = (*bases, *names)
    return Problem(
        name=f"small-{seed}",
        horizon=Period(MONDAY, MONDAY + timedelta(days=DAYS - 1)),
        places=tuple(Place(name, name, Coordinates(lat=12.0, lon=109.0)) for name in ids),
        vehicles=tuple(_bus(i, bases[i % len(bases)], chance) for i in range(chance.choice((1, 2)))),
        staff=tuple(_posts(bases, chance)) if chance.random() < 0.6 else (),
        sites=tuple(_site(name, chance) for name in names),
        needs=tuple(_need(name, chance) for name in names),
        rules=RULES,
        travel=Travel(ids, seconds, seconds * 10),
        prices=PRICES,
    )


def _bus(i: int, base: str, chance: Random) -> Vehicle:
    weekdays = frozenset(chance.sample(range(5), chance.choice((2, 3))))
    return Vehicle(f"bus {i}", "bus", base, weekdays=weekdays, set_up_s=900, pack_up_s=900, length_m=(7.0, 11.0)[i])


def _posts(bases: Sequence[str], chance: Random) -> Iterator[StaffMember]:
    for base in bases:
        for i, post in enumerate(("driver", "librarian", "librarian")):
            day = MONDAY + timedelta(days=chance.randrange(DAYS))
            yield StaffMember(f"{base} {i}", base, post, absences=(Absence(Period(day, day)),))


def _site(name: str, chance: Random) -> Site:
    hours = chance.choice(((MORNING, AFTERNOON), (MORNING, AFTERNOON), (MORNING,), (AFTERNOON,), ((28_800, 57_600),)))
    open_on = frozenset(range(5)) - {chance.choice((0, 1, 2, 3, 4, 9))}
    blocked = MONDAY + timedelta(days=chance.randrange(DAYS))
    return Site(
        name,
        name,
        name,
        "school_primary",
        tuple(SiteWindow(start, end, open_on) for start, end in hours),
        blocked=(Absence(Period(blocked, blocked + timedelta(days=1))),),
        max_length_m=8.0 if chance.random() < 0.15 else None,
    )


def _need(name: str, chance: Random) -> Need:
    quota = chance.choice((1, 1, 2))
    return Need(
        f"need {name}",
        name,
        quota=quota,
        service_s=60 * chance.choice((60, 90, 120)),
        min_gap_days=chance.choice((0, 3, 5)) if quota > 1 else 0,
        max_gap_days=chance.choice((None, 7)) if quota > 1 else None,
        priority=chance.randint(1, 5),
    )


class Exact:
    """One small province as a model."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.sites = {site.id: site for site in problem.sites}
        self.model = cp_model.CpModel()
        self.days = [problem.horizon.first + timedelta(days=i) for i in range(DAYS)]
        self.tour_drive: list[tuple[cp_model.IntVar, int]] = []
        self.out: dict[tuple[str, date], list[cp_model.IntVar]] = {}
        self.made: dict[tuple[str, date], list[cp_model.IntVar]] = {}
        self.timed = cache(self._timed)

    def best(self) -> Best:
        """The proven optimum."""
        for vehicle in self.problem.vehicles:
            for day in self.days:
                if day.weekday() in vehicle.weekdays:
                    self._choose_a_tour(vehicle, day)
        self._man_the_buses()
        missed = [self._keep_to_need(need) for need in self.problem.needs]
        self.model.minimize(sum(missed) + sum(drive * picked for picked, drive in self.tour_drive))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers, solver.parameters.linearization_level = 1, 2
        assert solver.solve(self.model) == cp_model.OPTIMAL
        visits = {need.id: 0 for need in self.problem.needs}
        for (need_id, _), picked in self.made.items():
            visits[need_id] += sum(solver.value(each) for each in picked)
        return Best(visits, sum(drive for picked, drive in self.tour_drive if solver.value(picked)))

    def _choose_a_tour(self, vehicle: Vehicle, day: date) -> None:
        open_then = [need for need in self.problem.needs if self._receives(vehicle, need, day)]
        picked = []
        for size in range(1, MOST_STOPS + 1):
            for group in combinations(open_then, size):
                drive = min(self.timed(vehicle.depot_id, order) for order in permutations(group))
                if drive < NEVER:
                    picked.append(self.model.new_bool_var(""))
                    self.tour_drive.append((picked[-1], drive))
                    for need in group:
                        self.made.setdefault((need.id, day), []).append(picked[-1])
        self.model.add_at_most_one(picked)
        self.out.setdefault((vehicle.depot_id, day), []).extend(picked)

    def _receives(self, vehicle: Vehicle, need: Need, day: date) -> bool:
        site = self.sites[need.site_id]
        fits = site.max_length_m is None or vehicle.length_m <= site.max_length_m
        blocked = any(block.period.first <= day <= block.period.last for block in site.blocked)
        return fits and not blocked and any(day.weekday() in window.weekdays for window in site.windows)

    def _man_the_buses(self) -> None:
        if not self.problem.staff:
            return
        for (base, day), picked in self.out.items():
            there = [
                post.post
                for post in self.problem.staff
                if post.depot_id == base
                and day.weekday() in post.weekdays
                and not any(away.period.first <= day <= away.period.last for away in post.absences)
            ]
            self.model.add(sum(picked) <= min(there.count("driver"), there.count("librarian") // 2))

    def _keep_to_need(self, need: Need) -> cp_model.LinearExpr:
        """Quota and gaps; what the missing visits cost."""
        on = []
        for day in self.days:
            on.append(self.model.new_bool_var(""))
            self.model.add(sum(self.made.get((need.id, day), [])) == on[-1])
        for i, j in combinations(range(DAYS), 2):
            if j - i < need.min_gap_days:
                self.model.add_at_most_one(on[i], on[j])
            if need.max_gap_days is not None and j - i > need.max_gap_days:
                self.model.add(on[i] + on[j] - sum(on[i + 1 : j]) <= 1)
        self.model.add(sum(on) <= need.quota)
        return (need.quota - sum(on)) * (PRICES.missed_visit_s + PRICES.priority_s * (need.priority - 1))

    def _timed(self, base: str, order: tuple[Need, ...]) -> int:
        """Seconds of driving if this order can be driven; the hours of a site are the same on all its days."""
        ways = [base, *(self.sites[need.site_id].place_id for need in order), base]
        index, seconds = self.problem.travel.index, self.problem.travel.seconds
        legs = [int(seconds[index[a], index[b]]) for a, b in pairwise(ways)]
        early, late = RULES.leave_earliest_s, RULES.return_latest_s
        ways_to_eat = [
            self._back(order, legs, early) <= RULES.lunch_to_s,  # home before lunch is owed
            self._back(order, legs, RULES.lunch_from_s) <= late,  # left when it is owed no more
            *(self._back(order, legs, early, lunch_at=place) <= late for place in range(2 * len(order))),
        ]
        return sum(legs) if any(ways_to_eat) and sum(legs) <= RULES.drive_max_s else NEVER

    def _back(self, order: Sequence[Need], legs: Sequence[int], leave: int, *, lunch_at: int | None = None) -> int:
        """When the bus is back; lunch before setting up at a stop (2 i) or after packing up there (2 i + 1)."""
        now = leave
        for i, need in enumerate(order):
            now += legs[i]
            if lunch_at == 2 * i:
                now = self._eaten(now)
            now += 900
            starts = [
                -(-max(now, window.start_s) // 300) * 300
                for window in self.sites[need.site_id].windows
                if -(-max(now, window.start_s) // 300) * 300 + need.service_s <= window.end_s
            ]
            now = min(starts, default=NEVER) + need.service_s + 900
            if lunch_at == 2 * i + 1:
                now = self._eaten(now)
        return now + legs[-1]

    @staticmethod
    def _eaten(now: int) -> int:
        end = max(now, RULES.lunch_from_s) + RULES.lunch_s
        return end if end <= RULES.lunch_to_s else NEVER

"""A lower bound on the driving of every plan that makes at least the same visits: a column LP over single-day tours.

The LP (GLOP) only proposes what each visit is worth. The bound is reckoned from those worths in whole numbers, so it
holds whatever the LP says and whenever it is stopped; docs/bounds.md has the proof.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from math import inf

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from outreach.routing.bounds.alike import Alike, lodging_rows
from outreach.routing.bounds.columns import Column, Tours
from outreach.routing.bounds.pricing import UNIT
from outreach.routing.draft import Desk
from outreach.routing.solution import Solution

NEVER_S = 10**9
MISSED_S = 100_000  # a visit that no column makes yet, in seconds of driving: more than any tour of a day
LP_S = 0.8  # of one solution at most: a stop is heard in between
CLOSE = 0.0005  # of the driving: nearer to the LP's value nothing is gained
SMOOTH = 0.5  # of the best worths so far in those that are tried


def driving_bound(alike: Alike, solution: Solution, *, seconds: float) -> int | None:
    """Seconds that every plan drives which makes at least as many visits of each need; None where nothing is proven.

    Nothing is claimed where tours may begin or end away from their base, and where visits take no time.
    """
    until = time.monotonic() + seconds
    if alike.horizon.problem.rules.trip_days_max > 1 and lodging_rows(alike.horizon):
        return None
    made = Counter(stop.need_id for _, stop in solution.stops())
    if not made:
        return 0
    desk = Desk(alike.horizon)
    lots = [Tours(alike, desk, kind) for kind in range(len(alike.kinds))]
    if not all(lot.priced for lot in lots):
        return None
    wanted = np.array([made[need.id] for need in alike.needs], dtype=np.int64)
    return _Bound(alike, lots, wanted).reckoned(_columns_of(alike, solution), until=until)


def _columns_of(alike: Alike, solution: Solution) -> list[Column]:
    """The tours of a plan."""
    numbers = {need.id: u for u, need in enumerate(alike.needs)}
    kinds = {k: kind for kind, tours in enumerate(alike.tours_of) for k in tours}
    places = {(vd.vehicle.id, vd.day): kinds[k] for k, vd in enumerate(alike.horizon.vehicle_days)}
    return [
        Column(places[tour.vehicle_id, tour.day], tuple(numbers[stop.need_id] for stop in tour.stops), tour.drive_s)
        for tour in solution.tours()
        if (tour.vehicle_id, tour.day) in places and tour.stops
    ]


class _Bound:
    def __init__(self, alike: Alike, lots: Sequence[Tours], wanted: npt.NDArray[np.int64]) -> None:
        self.lots, self.wanted = lots, wanted
        self.master = Master(wanted, [len(tours) for tours in alike.tours_of])
        self.best = 0  # in UNIT
        self.worth = np.zeros(len(wanted), dtype=np.int64)  # with which it was reckoned, or a first guess
        self.ways = _ways(alike)

    def reckoned(self, start: Iterable[Column], *, until: float) -> int | None:
        """The best bound until a moment of time.monotonic; None where none is above nothing."""
        start = list(start)
        self.master.add(start)
        self._guess(start)
        turn = 0
        while time.monotonic() < until:
            answer = self.master.solve(seconds=min(LP_S, max(until - time.monotonic(), 0.01)))
            if answer is None:
                break
            value, duals, prices = answer
            if not self._improve(duals, prices, turn=turn, until=until) or self.best >= value * UNIT * (1 - CLOSE):
                break
            turn += 1
        return -(-self.best // UNIT) or None  # driving is in whole seconds

    def _guess(self, start: Iterable[Column]) -> None:
        """What visits may be worth before the LP says it: the driving of their tours, by how far out each one is."""
        shares, times = np.zeros(len(self.wanted)), np.zeros(len(self.wanted))
        for column in start:
            own = list(column.needs)
            away = self.ways[column.kind][own] + 1
            shares[own] += UNIT * column.drive_s * away / away.sum()
            times[own] += 1
        self.worth = (shares / np.maximum(times, 1)).astype(np.int64)

    def _improve(self, duals: npt.NDArray[np.int64], prices: Sequence[int], *, turn: int, until: float) -> bool:
        """Search for columns by smoothed worths, then by those of the LP; whether any was new."""
        for share in (SMOOTH, 0.0) if turn else (1.0, SMOOTH, 0.0):
            worth = (share * self.worth + (1 - share) * duals).astype(np.int64)
            new, total = [], int((worth * self.wanted).sum())
            for kind, lot in enumerate(self.lots):
                if time.monotonic() >= until:
                    return False
                found = lot.search(worth, min(-1, prices[kind] - 1) if not share else -1, first=turn * 37)
                new += found.columns
                total += self.master.limits[kind] * min(found.least, 0)
            if total > self.best:
                self.best, self.worth = total, worth
            if self.master.add(new):
                return True
        return False


def _ways(alike: Alike) -> list[npt.NDArray[np.int64]]:
    """By kind and need the driving there and back."""
    return [(reach.drive_there.astype(np.int64) + reach.drive_back) for reach in alike.reach]


class Master:
    """The LP: the cheapest shares of tours that make all visits, with no more tours of a kind than there can be."""

    def __init__(self, wanted: npt.NDArray[np.int64], limits: Sequence[int]) -> None:
        self.limits = limits
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SuppressOutput()
        self.solver.Objective().SetMinimization()
        self.visits = {}
        for u in wanted.nonzero()[0].tolist():
            self.visits[u] = self.solver.Constraint(float(wanted[u]), inf)
            self._variable(MISSED_S, [self.visits[u]])
        self.tours = [self.solver.Constraint(-inf, float(limit)) for limit in limits]
        self.count = len(wanted)
        self.known: dict[tuple[int, frozenset[int]], int] = {}

    def _variable(self, cost: float, rows: Iterable[pywraplp.Constraint]) -> None:
        variable = self.solver.NumVar(0.0, inf, "")
        self.solver.Objective().SetCoefficient(variable, cost)
        for row in rows:
            row.SetCoefficient(variable, 1.0)

    def add(self, columns: Iterable[Column]) -> bool:
        """Take in those that are new or cheaper; whether there were any."""
        new = False
        for column in columns:
            key = (column.kind, frozenset(column.needs))
            if column.drive_s < self.known.get(key, NEVER_S):
                self.known[key], new = column.drive_s, True
                self._variable(
                    column.drive_s, [self.tours[column.kind], *(self.visits[u] for u in key[1] if u in self.visits)]
                )
        return new

    def solve(self, *, seconds: float) -> tuple[float, npt.NDArray[np.int64], list[int]] | None:
        """Its value, what a visit of each need is worth and what one more tour of each kind costs (UNIT)."""
        self.solver.SetTimeLimit(max(int(seconds * 1000), 1))
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        worth = np.zeros(self.count, dtype=np.int64)
        for u, row in self.visits.items():
            worth[u] = max(int(row.dual_value() * UNIT), 0)
        prices = [min(int(row.dual_value() * UNIT), 0) for row in self.tours]
        return self.solver.Objective().Value(), worth, prices

"""Single-day tours of one kind of vehicle-day: searched by what their visits are worth, and clocked exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outreach.routing.bounds.alike import NO_WAY_S, NOWHERE, Alike
from outreach.routing.bounds.pricing import DEEPEST, FAR, UNIT, cheap_tours, completions, lags_of, least, starts_of
from outreach.routing.draft import Desk
from outreach.routing.problem import NO_ROAD
from outreach.routing.timeline import Failure

GRID_S = 300  # of the look ahead; shorter where visits are
SHORTEST_GRID_S = 30
MOST_FOUND = 2_000  # tours from one search
MOST_TAKEN = 400  # of these, the best ones
STEPS = 3_000_000  # of one search: a few hundredths of a second
BITS = 62  # days in one word


@dataclass(frozen=True, slots=True)
class Column:
    """A tour of a kind: its needs in order and its driving."""

    kind: int
    needs: tuple[int, ...]
    drive_s: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives: tours, and a sum that no tour of the kind is below (driving less worth, in UNIT)."""

    columns: list[Column]
    least: int


class Tours:
    """All tours of one kind of vehicle-day."""

    def __init__(self, alike: Alike, desk: Desk, kind: int) -> None:
        self.alike, self.desk, self.kind = alike, desk, kind
        own, self.days = alike.kinds[kind], alike.tours_of[kind]
        self.rows = alike.rows[:, self.days]
        self.members = (self.rows != NOWHERE).any(axis=1).nonzero()[0]  # needs that can be served at all
        needs, sites = [alike.needs[u] for u in self.members], alike.site
        places = [*alike.places[self.members].tolist(), own.depot]
        seconds = alike.horizon.travel.seconds[np.ix_(places, places)].astype(np.int64)
        self.legs = np.where(seconds == NO_ROAD, NO_WAY_S, seconds)
        alone = np.bincount(alike.places, minlength=len(alike.horizon.travel.seconds))[alike.places[self.members]] == 1
        self.stop = np.array(
            [(own.set_up_s + sites(n).extra_set_up_s, n.service_s, own.pack_up_s, n.load) for n in needs],
            dtype=np.int64,
        ).reshape(len(needs), 4)
        self.stop[~alone, 0] = self.stop[~alone, 2] = 0  # several needs of one place may be served in one stop
        self.windows = self._windows()
        self.common = self._days()
        self.grid = self._grid()
        rules, free = own.rules, alike.horizon.shares_stops  # then the number of visits is not that of stops
        self.begin, self.end, self.step = rules.leave_earliest_s, rules.return_latest_s, rules.step_s
        limits = (
            rules.drive_max_s,
            rules.shift_max_s,
            len(needs) if free or rules.stops_max is None else rules.stops_max,
        )
        lunch = (rules.lunch_s, rules.lunch_from_s, rules.lunch_to_s)
        capacity = FAR if own.capacity is None else own.capacity
        self.law = np.array((self.begin, self.end, *limits, capacity, *lunch, self.step, self.grid), dtype=np.int64)
        if self.priced:
            times = (self.end - self.begin) // self.grid + 1
            self.starts = starts_of(self.windows, self.stop, self.begin, times, self.grid, self.step)
            self.lags = lags_of(self.legs, self.stop, self.grid)
        self._clocked: dict[tuple[int, ...], bool] = {}

    @property
    def priced(self) -> bool:
        """Whether the search knows these tours: their visits take some time each."""
        return self.grid >= SHORTEST_GRID_S

    def _windows(self) -> npt.NDArray[np.int64]:
        """[need, window] when a need may be served on one of the days or another."""
        found = []
        for u in range(len(self.members)):
            rows = set(self.rows[self.members[u]].tolist()) - {NOWHERE}
            found.append(sorted({(w.start_s, w.end_s) for row in rows for w in self.alike.hours[row]}))
        table = np.full((len(found), max(map(len, found), default=0) + 1, 2), FAR, dtype=np.int64)
        for u, windows in enumerate(found):
            if windows:
                table[u, : len(windows)] = windows
        return table

    def _days(self) -> npt.NDArray[np.int64]:
        """[need, word] the vehicle-days on which a need may be served, as bits."""
        words = max(-(-len(self.days) // BITS), 1)
        table = np.zeros((len(self.members), words), dtype=np.int64)
        for day in range(len(self.days)):
            open_then = self.rows[self.members, day] != NOWHERE
            table[open_then, day // BITS] |= 1 << (day % BITS)
        return table

    def _grid(self) -> int:
        """Seconds of a slot of the look ahead: two of them pass from a service to the next one at least."""
        if not len(self.members):
            return GRID_S
        legs = self.legs[:-1, :-1] + np.where(np.eye(len(self.members), dtype=bool), NO_WAY_S, 0)
        after = self.stop[:, 1] + self.stop[:, 2] + (legs + self.stop[None, :, 0]).min(axis=1)
        return int(min(GRID_S, after.min() // 2))

    def search(self, worth: npt.NDArray[np.int64], limit: int, *, first: int = 0) -> Found:
        """Tours whose driving less the worth of their visits (UNIT; by need) is below `limit`, at most 0."""
        if not len(self.members):
            return Found([], 0)
        own = np.ascontiguousarray(worth[self.members])
        frame = (self.legs, self.stop, self.windows, own)
        rest = completions(self.legs, self.stop, self.starts, self.lags, own, self.end - self.begin, self.grid)
        bound = int(least(*frame, self.begin, self.grid, self.step, rest))
        if bound >= limit:
            return Found([], bound)
        below = min(limit, bound // 2)
        while True:
            orders, costs = np.zeros((MOST_FOUND, DEEPEST), dtype=np.int32), np.zeros(MOST_FOUND, dtype=np.int64)
            tables = (*frame, self.common, self.law, rest)
            number, whole = cheap_tours(*tables, below, first % len(own), STEPS, orders, costs)
            columns, lowest = self._clock(orders[:number], costs[:number], below)
            if columns or not whole or below >= limit:
                break
            below = min(below // 2 if below < -UNIT else limit, limit)
        # all tours below `below` were seen: the cheapest that can be driven, or none of them
        return Found(columns, max(lowest, bound) if whole else bound)

    def _clock(
        self, orders: npt.NDArray[np.int32], costs: npt.NDArray[np.int64], none: int
    ) -> tuple[list[Column], int]:
        """Those that can be driven on one of the days, the cheapest order of each set; the least cost, or `none`."""
        best: dict[frozenset[int], Column] = {}
        lowest = none
        for i in np.argsort(costs, kind="stable").tolist():
            local = tuple(int(u) for u in orders[i] if u >= 0)
            needs = tuple(int(self.members[u]) for u in local)
            if frozenset(needs) in best or not self.drivable(local):
                continue
            lowest = min(lowest, int(costs[i]))
            ways = [len(self.members), *local, len(self.members)]
            if len(best) == MOST_TAKEN:
                break
            best[frozenset(needs)] = Column(self.kind, needs, int(self.legs[ways[:-1], ways[1:]].sum()))
        return list(best.values()), lowest

    def drivable(self, order: tuple[int, ...]) -> bool:
        """Whether the clock takes this order on some day on which all its needs may be served."""
        if order not in self._clocked:
            self._clocked[order] = self._find_day(order)
        return self._clocked[order]

    def _find_day(self, order: Sequence[int]) -> bool:
        needs = self.members[list(order)]
        seen = set()
        for day in (self.rows[needs] != NOWHERE).all(axis=0).nonzero()[0].tolist():
            hours = tuple(self.rows[needs, day].tolist())
            if hours in seen:
                continue
            seen.add(hours)
            k = self.days[day]
            calls = [self.desk.call(self.alike.needs[u], k) for u in needs.tolist()]
            if not isinstance(self.desk.clock_of(k).times(self.desk.home[k], calls), Failure):
                return True
        return False


def get_ready() -> None:
    """Compile the search for tours, or load it."""
    legs, stop = np.array([[0, 60], [60, 0]], dtype=np.int64), np.array([[0, 600, 0, 0]], dtype=np.int64)
    windows, worth = np.array([[[0, 3_600], [FAR, FAR]]], dtype=np.int64), np.array([100 * UNIT], dtype=np.int64)
    law = np.array((0, 7_200, 3_600, 7_200, 1, FAR, 0, 0, 0, 300, 300), dtype=np.int64)
    starts, lags = starts_of(windows, stop, 0, 25, 300, 300), lags_of(legs, stop, 300)
    rest = completions(legs, stop, starts, lags, worth, 7_200, 300)
    limit = int(least(legs, stop, windows, worth, 0, 300, 300, rest))
    orders, costs = np.zeros((1, DEEPEST), dtype=np.int32), np.zeros(1, dtype=np.int64)
    cheap_tours(legs, stop, windows, worth, np.ones((1, 1), dtype=np.int64), law, rest, limit, 0, 10, orders, costs)

"""An upper bound on the visits of any plan: the best use of half-days, buses and crew days, as if days were all alike.

What is relaxed and why no plan can be better stands in docs/bounds.md. The model is solved by SCIP; where time is up
before it is solved, its own bound counts, rounded down.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, inf

from ortools.linear_solver import pywraplp

from outreach.routing.bounds.alike import NO_WAY_S, NOWHERE, Alike, lodging_rows
from outreach.routing.bounds.spacing import most_visits
from outreach.routing.problem import NO_ROAD

SLACK = 1e-6  # what a solver may be wrong by before a bound is rounded down
MOST_SHARES = 6  # of a stretch, up to which items that need more than a share are counted
NO_BOUND = 10**9
MOST_CHOICES = 80_000  # of need, class and stretch; with more the days are no longer told apart
DayType = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """A visit of need `u` in stretch `part` of a class of vehicle-days, possible on so many of them."""

    u: int
    part: int
    days: int


@dataclass(frozen=True, slots=True)
class _Class:
    """Vehicle-days of one kind on days of one type."""

    kind: int
    day_type: DayType
    tours: tuple[int, ...]
    parts: tuple[tuple[int, int], ...]  # stretches of the day in which services lie, none overlapping another
    items: tuple[_Item, ...]


def counts(alike: Alike) -> list[int]:
    """By need the most visits that its own days allow."""
    days = [vd.day for vd in alike.horizon.vehicle_days]
    found = []
    for u, need in enumerate(alike.needs):
        own = sorted({days[k] for k in (alike.rows[u] != NOWHERE).nonzero()[0].tolist()})
        found.append(most_visits(need, own))
    return found


def served_bound(alike: Alike, *, made: int = 0, seconds: float) -> int:
    """No plan makes more visits; at most `seconds` are spent, none where `made` visits show that more is not there."""
    until = time.monotonic() + seconds
    most = counts(alike)
    if sum(most) <= made or time.monotonic() >= until:
        return sum(most)
    classes = _classes(alike, together=False)
    if sum(len(found.items) for found in classes) > MOST_CHOICES:
        classes = _classes(alike, together=True)
    model = _Model(alike, classes, most)
    return min(sum(most), model.bound(seconds=until - time.monotonic()))


def _day_type(alike: Alike, day: date) -> DayType:
    """What decides the hours of most sites on a day; days blocked for a single one are not told apart."""
    problem = alike.horizon.problem
    closed = tuple(i for i, closure in enumerate(problem.closures) if day in closure.period)
    spans = sorted({(w.first, w.last) for site in problem.sites for w in site.windows}, key=str)
    running = tuple(i for i, (a, b) in enumerate(spans) if (a is None or a <= day) and (b is None or day <= b))
    return day.weekday(), day in problem.rules.extra_days, closed, running


def _classes(alike: Alike, *, together: bool) -> list[_Class]:
    types: dict[date, DayType] = {}
    found: defaultdict[tuple[int, DayType], list[int]] = defaultdict(list)
    for kind, tours in enumerate(alike.tours_of):
        for k in tours:
            day = alike.horizon.vehicle_days[k].day
            if day not in types:
                types[day] = () if together else _day_type(alike, day)
            found[kind, types[day]].append(k)
    return [_class(alike, kind, day_type, tours) for (kind, day_type), tours in found.items()]


def _class(alike: Alike, kind: int, day_type: DayType, tours: Sequence[int]) -> _Class:
    rows = alike.rows[:, tours]
    used = sorted({row for row in rows.ravel().tolist() if row != NOWHERE})
    parts = _stretches((w.start_s, w.end_s) for row in used for w in alike.hours[row])
    parts_of = {
        row: {next(i for i, (a, b) in enumerate(parts) if a <= w.start_s and w.end_s <= b) for w in alike.hours[row]}
        for row in used
    }
    items = []
    for u in (rows != NOWHERE).any(axis=1).nonzero()[0].tolist():
        by_part: Counter[int] = Counter()
        for row, times in Counter(rows[u].tolist()).items():
            for part in parts_of.get(row, ()):
                by_part[part] += times
        items += [_Item(u, part, days) for part, days in sorted(by_part.items())]
    return _Class(kind, day_type, tuple(tours), parts, tuple(items))


def _stretches(windows: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Windows that overlap put together."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


class _Model:
    """The relaxation as a model of SCIP: visits of each need by class and stretch, tours by class."""

    def __init__(self, alike: Alike, classes: Sequence[_Class], most: Sequence[int]) -> None:
        self.alike = alike
        self.solver = pywraplp.Solver.CreateSolver("SCIP")
        self.solver.SuppressOutput()
        self.shared = _shared(alike)
        self.outs: list[pywraplp.Variable] = []  # tours by class
        of_need: defaultdict[int, list[pywraplp.Variable]] = defaultdict(list)
        for found in classes:
            own = [(item, self.solver.IntVar(0, min(most[item.u], item.days), "")) for item in found.items]
            for item, visits in own:
                self.solver.Objective().SetCoefficient(visits, 1)
                of_need[item.u].append(visits)
            self.outs.append(self.solver.IntVar(0, len(found.tours), ""))
            self._keep_to_the_day(found, own, out=self.outs[-1])
        for u, visits in of_need.items():
            self._row(most[u], dict.fromkeys(visits, 1))
        self.crews_suffice(classes)
        self.solver.Objective().SetMaximization()

    def _row(self, limit: float, terms: Mapping[pywraplp.Variable, float]) -> None:
        row = self.solver.Constraint(-inf, limit)
        for variable, times in terms.items():
            row.SetCoefficient(variable, times)

    def _keep_to_the_day(
        self, found: _Class, own: Sequence[tuple[_Item, pywraplp.Variable]], *, out: pywraplp.Variable
    ) -> None:
        """What the tours of a class can hold: stops, load, the time of each stretch and of the whole day."""
        kind, needs = self.alike.kinds[found.kind], self.alike.needs
        if kind.rules.stops_max is not None:
            lonely = (visits for item, visits in own if not (kind.rules.shared_set_up and self.shared[item.u]))
            self._row(0, {out: -kind.rules.stops_max, **dict.fromkeys(lonely, 1)})
        if kind.capacity is not None:
            self._row(0, {out: -kind.capacity, **{v: needs[item.u].load for item, v in own}})
        gaps = self._gaps(found, sorted({item.u for item, _ in own}))
        for part, (start, end) in enumerate(found.parts):
            here = [(item.u, visits) for item, visits in own if item.part == part]
            if here:
                usual = sorted(gaps[u] for u, _ in here)[len(here) // 2]
                sizes = [(needs[u].service_s + min(gaps[u], usual), visits) for u, visits in here]
                self._pack(end - start + usual, sizes, out=out)
        whole = [(needs[item.u].service_s + gaps[item.u], visits) for item, visits in own]
        rules = kind.rules
        self._pack(min(rules.shift_max_s, rules.return_latest_s - rules.leave_earliest_s), whole, out=out)

    def _gaps(self, found: _Class, used: Sequence[int]) -> dict[int, int]:
        """By need the least time from the end of the service before it, or from the start of the tour, to its own."""
        kind, seconds = self.alike.kinds[found.kind], self.alike.horizon.travel.seconds
        starts = {kind.depot, *lodging_rows(self.alike.horizon)}
        froms = sorted(starts | {int(self.alike.places[u]) for u in used})
        gaps = dict.fromkeys(used, 0)  # needs of one place may be served in one stop
        for u in used:
            here = int(self.alike.places[u])
            if self.shared[u] or here in starts:
                continue
            legs = seconds[[row for row in froms if row != here], here]
            set_up = kind.set_up_s + self.alike.site(self.alike.needs[u]).extra_set_up_s
            gaps[u] = kind.pack_up_s + set_up + int(legs[legs != NO_ROAD].min(initial=NO_WAY_S))
        return gaps

    def _pack(self, room: int, sizes: Sequence[tuple[int, pywraplp.Variable]], *, out: pywraplp.Variable) -> None:
        """Things of these sizes in as many rooms as tours are out.

        Beside the sum, for k = 1, 2, ...: in a room that is full at k + 1 shares a thing of more than j shares counts
        j, and no more than k are in it (the dual feasible functions of Fekete and Schepers 2001).
        """
        if room <= 0:
            return
        self._row(0, {out: -room, **{visits: size for size, visits in sizes}})
        for k in range(1, MOST_SHARES + 1):
            worth = {
                visits: size * k / room if (k + 1) * size % room == 0 else (k + 1) * size // room
                for size, visits in sizes
            }
            if any(worth.values()):
                self._row(0, {out: -k, **worth})

    def crews_suffice(self, classes: Sequence[_Class]) -> None:
        """No more tours of a base, on all days of a type together, than it has crews on them."""
        if not self.alike.horizon.problem.staff:
            return
        outs: defaultdict[tuple[str, DayType], list[int]] = defaultdict(list)
        for number, found in enumerate(classes):
            depot_id = self.alike.horizon.vehicle_days[found.tours[0]].depot_id
            outs[depot_id, found.day_type].append(number)
        for (depot, _), numbers in outs.items():
            tours = [k for number in numbers for k in classes[number].tours]
            days = {self.alike.horizon.vehicle_days[k].day for k in tours}
            crews = sum(self.alike.horizon.crews_at(depot, day) for day in days)
            if crews < len(tours):
                self._row(crews, dict.fromkeys((self.outs[number] for number in numbers), 1))

    def bound(self, *, seconds: float) -> int:
        """What no choice of visits can exceed; the solver's own bound where it is not done."""
        if seconds <= 0:
            return NO_BOUND
        self.solver.SetTimeLimit(max(int(seconds * 1000), 1))
        status = self.solver.Solve()
        if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE, pywraplp.Solver.NOT_SOLVED):
            return NO_BOUND
        best = self.solver.Objective().BestBound()
        return floor(best + SLACK * max(best, 1)) if 0 <= best < NO_BOUND else NO_BOUND


def _shared(alike: Alike) -> list[bool]:
    """By need whether another one is served at the same place."""
    at = Counter(alike.places.tolist())
    return [at[place] > 1 for place in alike.places.tolist()]

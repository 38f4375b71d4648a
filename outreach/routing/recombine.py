"""Tours met on the way put together anew: the cheapest choice of a pool of tours, by OR-Tools' SCIP.

A set partition (Balinski and Quandt 1964): each tour of the pool is a column with the needs it serves, and a plan is
a choice of columns in which every need has its visits, no vehicle-day has two tours, and days keep the gaps or the
allowed sets of each need. What the search has seen in different plans is combined as no single round could.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Any

from ortools.linear_solver import pywraplp

from outreach.routing.kernel.world import NOWHERE, RULE, World

MOST_COLUMNS = 3_000
OWN = ("day", "column", "pool", "before", "after", "stay")  # of a vehicle-day's law: what makes it no other kind of day

Column = tuple[int, frozenset[int]]  # a class of alike vehicle-days and the needs of a tour


class Pool:
    """Tours seen by the search: the cheapest order of each set of needs on each kind of vehicle-day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.class_of, self.tours_of = _classes(world)
        self.columns: dict[Column, tuple[int, tuple[int, ...]]] = {}

    def add(self, rounds: Mapping[int, Sequence[int]], costs: Mapping[int, int]) -> None:
        """Remember the tours of a plan, with their costs in the kernel's price; the newest are last."""
        for k, needs in rounds.items():
            key = (self.class_of[k], frozenset(needs))
            known = self.columns.pop(key, None)
            new = (costs[k], tuple(needs))
            self.columns[key] = min(known, new) if known else new

    def recombine(
        self, best: Mapping[int, Sequence[int]], *, away: frozenset[int], seconds: float
    ) -> dict[int, tuple[int, ...]] | None:
        """The cheapest choice of the newest columns, those of `best` among them; None if there is none in time.

        The tours `away` are parts of trips with nights: they stay as they are.
        """
        keys = list(self.columns)[-MOST_COLUMNS:]
        chosen = {(self.class_of[k], frozenset(needs)) for k, needs in best.items() if k not in away}
        keys += [key for key in chosen - set(keys) if key in self.columns]
        stay = {k: tuple(best[k]) for k in away if k in best}
        free = [[k for k in tours if k not in stay] for tours in self.tours_of]
        model = _Model(self.world, free, keys, [self.columns[key][0] for key in keys], stay=stay)
        picked = model.solve(chosen, seconds=seconds)
        return None if picked is None else {**stay, **self._assign(picked, free)}

    def _assign(self, picked: Sequence[Column], free: Sequence[Sequence[int]]) -> dict[int, tuple[int, ...]]:
        """Give the tours of each class to its free vehicle-days."""
        left = [list(tours) for tours in free]
        return {left[key[0]].pop(0): self.columns[key][1] for key in picked}


def _classes(world: World) -> tuple[list[int], list[list[int]]]:
    """Vehicle-days that are alike for every need; where days are linked, or crews short, each one is its own class."""
    tours, forms = world.number("tours"), world.number("forms")
    rules, table = world["rule"], world["need"]
    rows = world["hour"]["row"].reshape(forms, tours)
    linked = bool((table["count"] > 1).any() or (table["pattern"] < table["pattern_end"]).any())
    wanted = dict.fromkeys(range(len(world["crew"])), 0)
    for pool in rules["pool"].tolist():
        wanted[pool] += 1
    crews = world["crew"]["left"].tolist()
    visits = world.number("visits")
    numbers: dict[Any, int] = {}
    class_of: list[int] = []
    tours_of: list[list[int]] = []
    for k in range(tours):
        rule = rules[k]
        depot = (int(world["node"]["place"][visits + k]), int(world["node"]["into"][visits + k]))
        law = tuple(int(rule[name]) for name in RULE.names or () if name not in OWN)
        short = wanted[int(rule["pool"])] > crews[int(rule["pool"])]
        alone = k if linked or short or world.number("priced") else None
        key = (depot, law, rows[:, k].tobytes(), alone)
        if key not in numbers:
            numbers[key] = len(tours_of)
            tours_of.append([])
        class_of.append(numbers[key])
        tours_of[numbers[key]].append(k)
    return class_of, tours_of


def _of_open_classes(
    tours_of: Sequence[Sequence[int]], keys: Sequence[Column], costs: Sequence[int]
) -> tuple[list[Column], list[int]]:
    """The columns of classes that still have a vehicle-day."""
    kept = [(key, cost) for key, cost in zip(keys, costs, strict=True) if tours_of[key[0]]]
    return [key for key, _ in kept], [cost for _, cost in kept]


class _Model:
    """The set partition; one method a rule."""

    def __init__(
        self,
        world: World,
        tours_of: Sequence[Sequence[int]],
        keys: Sequence[Column],
        costs: Sequence[int],
        *,
        stay: Mapping[int, Sequence[int]],
    ) -> None:
        keys, costs = _of_open_classes(tours_of, keys, costs)
        self.world, self.tours_of, self.keys, self.stay = world, tours_of, keys, stay
        self.solver = pywraplp.Solver.CreateSolver("SCIP")
        self.solver.SuppressOutput()
        self.picked = [self.solver.BoolVar("") for _ in keys]
        self.visits: dict[int, list[tuple[int, Any]]] = defaultdict(list)  # by need: the day and the column
        self.on_beat: dict[tuple[int, int], list[Any]] = defaultdict(list)  # by half-day of a need and day
        form_of, table = world["form"]["need"].tolist(), world["need"]
        day_of, column_of = world["rule"]["day"].tolist(), world["rule"]["column"].tolist()
        dear = world["day_price"]["price"] if world.number("priced") else None
        for (number, needs), column, cost in zip(keys, self.picked, costs, strict=True):
            first = tours_of[number][0]
            for form in needs:
                u, day = form_of[form], day_of[first]
                self.visits[u].append((day, column))
                if form != u:
                    self.on_beat[form, day].append(column)
                elif table[u]["halves"] != NOWHERE:
                    cost += int(table[u]["off"])  # noqa: PLW2901 - of the whole column
                cost += 0 if dear is None else int(dear[u * world.number("columns") + column_of[first]])  # noqa: PLW2901
            self.solver.Objective().SetCoefficient(column, cost)
        for k, stays in stay.items():
            one = self.solver.IntVar(1, 1, "")
            for u in stays:
                self.visits[u].append((day_of[k], one))
        self.every_need_has_its_visits()
        self.no_vehicle_day_twice()
        self.crews_suffice()
        self.days_keep_their_rules()
        self.solver.Objective().SetMinimization()

    def row(self, least: float, most: float, *terms: tuple[int, Iterable[Any]]) -> None:
        """A constraint: so many times each column, from `least` to `most`; sums of expressions are far slower."""
        row = self.solver.Constraint(least, most)
        for times, columns in terms:
            for column in columns:
                row.SetCoefficient(column, times)

    def every_need_has_its_visits(self) -> None:
        """As many as are asked for; one left out is paid for."""
        counts, prices = self.world["need"]["count"].tolist(), self.world["need"]["missing"].tolist()
        for u, (count, price) in enumerate(zip(counts, prices, strict=True)):
            missing = self.solver.IntVar(0, count, "")
            self.solver.Objective().SetCoefficient(missing, price)
            self.row(count, count, (1, (column for _, column in self.visits[u])), (1, [missing]))

    def no_vehicle_day_twice(self) -> None:
        """Of alike vehicle-days no more tours than there are."""
        by_class: dict[int, list[Any]] = defaultdict(list)
        for (number, _), column in zip(self.keys, self.picked, strict=True):
            by_class[number].append(column)
        for number, columns in by_class.items():
            if len(columns) > len(self.tours_of[number]):
                self.row(0, len(self.tours_of[number]), (1, columns))

    def crews_suffice(self) -> None:
        """No more tours of a depot on a day than it has crews."""
        crews, pools = _all_crews(self.world), self.world["rule"]["pool"].tolist()
        for k in self.stay:
            crews[pools[k]] -= 1
        out: dict[int, list[Any]] = defaultdict(list)
        for (number, _), column in zip(self.keys, self.picked, strict=True):
            if len(self.tours_of[number]) == 1:
                out[pools[self.tours_of[number][0]]].append(column)
        for pool, columns in out.items():
            if len(columns) > crews[pool]:
                self.row(0, crews[pool], (1, columns))

    def days_keep_their_rules(self) -> None:
        """Visits of one need: the days of one allowed set, or never nearer and never farther than its gaps."""
        table, dates = self.world["need"], self.world["day"]["date"].tolist()
        days = self.world.number("days")
        holds = self.world["pattern"]["holds"].reshape(-1, max(days, 1))
        for u in range(len(table)):
            entry = table[u]
            if entry["count"] == 1 and entry["pattern"] == entry["pattern_end"]:
                continue
            by_day: dict[int, list[Any]] = defaultdict(list)
            for day, column in self.visits[u]:
                by_day[day].append(column)
            if entry["pattern"] < entry["pattern_end"]:
                rows = [(self.solver.BoolVar(""), at) for at in range(entry["pattern"], entry["pattern_end"])]
                self.row(0, 1, (1, (row for row, _ in rows)))
                for day in range(days):
                    chosen = [row for row, at in rows if holds[at, day]]
                    if by_day[day] or chosen:
                        self.row(0, 0, (1, by_day[day]), (-1, chosen))
            else:
                self._beat(entry)
                self._gaps(by_day, dates, least=int(entry["least"]), most=int(entry["most"]))

    def _beat(self, entry: Any) -> None:  # noqa: ANN401 - a row of the table of needs
        """Visits on the beat are on days of one run of open days, in its half of the day."""
        if entry["beat"] == entry["beat_end"]:
            return
        runs: list[Any] = []
        holds: dict[tuple[int, int], list[Any]] = defaultdict(list)  # by half-day and day
        days, count = self.world["beat"]["day"].tolist(), int(entry["count"])
        for half, begin, end in (
            (0, entry["beat"], entry["beat_noon"]),
            (1, entry["beat_noon"], entry["beat_end"]),
        ):
            for days_of_beat in _split(days[begin:end]):
                for i in range(max(len(days_of_beat) - count, 0) + 1):
                    runs.append(self.solver.BoolVar(""))
                    for day in days_of_beat[i : i + count]:
                        holds[int(entry["halves"]) + half, day].append(runs[-1])
        self.row(0, 1, (1, runs))
        for key, columns in self.on_beat.items():
            if key[0] in (entry["halves"], entry["halves"] + 1):
                self.row(-inf, 0, (1, columns), (-1, holds[key]))

    def _gaps(self, by_day: Mapping[int, list[Any]], dates: Sequence[int], *, least: int, most: int) -> None:
        found = sorted(day for day, columns in by_day.items() if columns)
        for i, day in enumerate(found):
            near = [column for other in found[i:] if dates[other] - dates[day] < least for column in by_day[other]]
            if len(near) > 1:
                self.row(0, 1, (1, near))
            for j in range(i + 1, len(found)) if most else ():
                if dates[found[j]] - dates[day] > most:
                    between = [column for other in found[i + 1 : j] for column in by_day[other]]
                    self.row(-inf, 1, (1, by_day[day]), (1, by_day[found[j]]), (-1, between))

    def solve(self, start: set[Column], *, seconds: float) -> list[Column] | None:
        """The chosen columns, from the plan `start` on."""
        self.solver.SetHint(self.picked, [float(key in start) for key in self.keys])
        self.solver.SetTimeLimit(max(int(seconds * 1000), 1))
        if self.solver.Solve() not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return None
        return [key for key, column in zip(self.keys, self.picked, strict=True) if column.solution_value() > 0.5]


def _split(days: Sequence[int]) -> Iterator[list[int]]:
    """The days of each beat, which NOWHERE ends."""
    found: list[int] = []
    for day in days:
        if day == NOWHERE:
            yield found
            found = []
        else:
            found.append(day)


def _all_crews(world: World) -> list[int]:
    """[pool] crews in all, those of tours that are out now included."""
    crews = world["crew"]["left"].tolist()
    for pool, size in zip(world["rule"]["pool"].tolist(), world["tour"]["size"].tolist(), strict=True):
        crews[pool] += size > 0
    return crews

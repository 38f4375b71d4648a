"""British services as regular timetables: a stop of several weeks has one weekday and one time; the checker of that.

A series is a stop with its visits of several weeks of the cycle. A stop that is visited more than once a week has a
series for each of these visits, on the weekdays it has. All other stops may come on any day, as in `uk`.
"""

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import readers
from benchmarks.case import Case, Routes, Verdict, check

Starts = Mapping[int, int]  # seconds after midnight, by visit


@dataclass(frozen=True, slots=True)
class RegularAnswer:
    """Routes with the start of each visit, and what the planner has to say of them."""

    routes: Routes
    starts: Starts
    note: str = ""


@dataclass(frozen=True, slots=True)
class RegularCase:
    """A service, its series of visits, and the tours of the real timetable."""

    case: Case
    series: tuple[tuple[int, ...], ...]
    driven: Routes

    @property
    def name(self) -> str:
        """As the file is called."""
        return self.case.name

    @property
    def variant(self) -> str:
        """With a depot or without."""
        return self.case.variant

    @property
    def visits(self) -> Sequence[object]:
        """All visits."""
        return self.case.visits

    @property
    def slots(self) -> Sequence[object]:
        """Vehicle-days."""
        return self.case.slots

    @property
    def actual(self) -> float | None:
        """Driving of the real timetable."""
        return self.case.actual

    best_known = None

    def judged(self, answer: RegularAnswer) -> Verdict:
        """What is said of any routes, then of every start, then of every series."""
        plain = check(self.case, answer.routes)
        irregular = _irregular(self, answer)
        faults = [*plain.faults, *_mistimed(self.case, answer), *(f"series {s} is not regular" for s in irregular)]
        count = len(self.series)
        share = (count - len(irregular)) / count if count else 1.0
        note = f"{100 * share:g} % of {count} series regular; {answer.note}"
        return Verdict(plain.cost, plain.served, faults, note, share)


def _mistimed(case: Case, answer: RegularAnswer) -> list[str]:
    """Visits that cannot be reached by their start, and tours that are out for too long, waiting included."""
    faults = []
    for k, route in answer.routes.items():
        if not route:
            continue
        depot = len(case.visits) + case.slots[k].depot
        for before, after in itertools.pairwise(route):
            ready = answer.starts[before] + case.visits[before].service + case.legs[before, after]
            if answer.starts[after] < ready:
                faults.append(f"visit {after} starts {ready - answer.starts[after]:.0f} s too early")
        leave = answer.starts[route[0]] - case.legs[depot, route[0]]
        back = answer.starts[route[-1]] + case.visits[route[-1]].service + case.legs[route[-1], depot]
        if back - leave > case.limit or leave < 0 or back > case.horizon:
            faults.append(f"tour {k} is out from {leave:.0f} to {back:.0f} s, limit {case.limit:.0f}")
    return faults


def _irregular(regular: RegularCase, answer: RegularAnswer) -> list[int]:
    """The series with a visit on another weekday, at another second, or not made at all."""
    days = {v: regular.case.slots[k].day for k, route in answer.routes.items() for v in route}
    return [
        s
        for s, visits in enumerate(regular.series)
        if any(v not in days for v in visits)
        or len({(days[v] % 7, answer.starts[v]) for v in visits}) > 1
        or len({days[v] for v in visits}) < len(visits)
    ]


def read_regular(folder: Path, name: str, variant: str, *, set_up_s: int = 0) -> RegularCase:
    """A service as a regular timetable."""
    case, rows = readers.read_timetable(folder, name, variant, set_up_s=set_up_s), readers.timetable_rows(folder, name)
    by_stop: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    tours: dict[tuple[str, str], list[int]] = {}
    for v, row in enumerate(rows):
        by_stop[row["service"], row["stop_id"]].append(v)
        tours.setdefault((row["service"], row["tour"]), []).append(v)
    series: list[tuple[int, ...]] = []
    for visits in by_stop.values():
        by_week: defaultdict[int, list[int]] = defaultdict(list)
        for v in sorted(visits, key=lambda v: (int(rows[v]["weekday"]), v)):
            by_week[int(rows[v]["week"])].append(v)
        if len(by_week) > 1 and len({len(own) for own in by_week.values()}) == 1:
            series += zip(*(by_week[week] for week in sorted(by_week)), strict=True)
    return RegularCase(case, tuple(series), dict(enumerate(tours.values())))

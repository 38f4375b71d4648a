"""Whose wish each visit of a timetable meets: the site's own needs first, new ones for what is left over."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from outreach.routing.problem import Need, Problem
from outreach.services.timetable_intake.rows import VisitRow

MINUTES = 120  # of a visit about which neither the sheet nor the register says anything
QUOTA_MOST = 60
NEW = "new:"  # before the number of a need that is not in the tables yet

Kind = tuple[str, str]  # site and service


@dataclass(frozen=True, slots=True)
class Matching:
    """The need of each row (by the row's number), and the needs that had to be made."""

    of_row: Mapping[int, Need]
    made: tuple[Need, ...]


def match_needs(problem: Problem, rows: Sequence[VisitRow], *, usual: Mapping[Kind, int]) -> Matching:
    """Give each row a need of its site and service that is open on its day and not used up, else a new one.

    `usual` are the minutes a visit of a site and service usually lasts.
    """
    matcher = _Matcher(problem)
    ordered = sorted(rows, key=lambda row: (row.day, row.number))
    left = [row for row in ordered if not matcher.take(row)]
    made = _made(left, matcher.found, usual=usual)
    return Matching(matcher.found, made)


class _Matcher:
    """Hands out the needs of a problem, those that end first before the others."""

    def __init__(self, problem: Problem) -> None:
        self.horizon = problem.horizon
        self.of_kind: dict[Kind, list[Need]] = defaultdict(list)
        for need in problem.needs:
            self.of_kind[need.site_id, need.service].append(need)
        self.used: Counter[str] = Counter()
        self.days: set[tuple[str, date]] = set()
        self.found: dict[int, Need] = {}

    def take(self, row: VisitRow) -> bool:
        """Find a need for `row`; two visits of one day go to two needs where there are two."""
        fitting = [
            need
            for need in self.of_kind[str(row.site_id), row.service.value]
            if self.used[need.id] < need.quota
            and (need.first or self.horizon.first) <= row.day <= (need.last or self.horizon.last)
        ]
        if not fitting:
            return False
        need = min(
            fitting, key=lambda one: ((one.id, row.day) in self.days, one.last or self.horizon.last, int(one.id))
        )
        self.used[need.id] += 1
        self.days.add((need.id, row.day))
        self.found[row.number] = need
        return True


def _made(left: Sequence[VisitRow], found: dict[int, Need], *, usual: Mapping[Kind, int]) -> tuple[Need, ...]:
    """New needs for the rows `left`: for each site and service one, or more where a need cannot hold them all."""
    shelves: dict[Kind, list[list[VisitRow]]] = defaultdict(list)
    for row in left:
        shelf_of_kind = shelves[str(row.site_id), row.service.value]
        for shelf in shelf_of_kind:
            if len(shelf) < QUOTA_MOST and shelf[-1].day != row.day:  # a need is met once a day at most
                shelf.append(row)
                break
        else:
            shelf_of_kind.append([row])
    made: list[Need] = []
    for kind, shelf in ((kind, shelf) for kind, found_shelves in shelves.items() for shelf in found_shelves):
        said = [row.service_s for row in shelf if row.service_s is not None]
        need = Need(
            id=f"{NEW}{len(made) + 1}",
            site_id=kind[0],
            service=kind[1],
            quota=len(shelf),
            service_s=min(said, default=usual.get(kind, MINUTES) * 60) // 60 * 60,
        )
        made.append(need)
        found.update({row.number: need for row in shelf})
    return tuple(made)

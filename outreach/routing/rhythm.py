"""The beat of a need: one weekday, one half of the day, every so many weeks; its open days and who is on it.

A series is a run of as many consecutive open days of one beat as visits are asked for. A visit of it may be missing
and the others keep the beat; a day on which the site cannot receive a bus or nobody drives is passed over.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING

from outreach.domain.times import DAY_S, TimeWindow
from outreach.routing.problem import Need, Pin, Problem, Rules
from outreach.routing.solution import Solution

if TYPE_CHECKING:
    from outreach.routing.expand import Horizon

NOON_S = 12 * 3600  # where there are no lunch hours


class Half(IntEnum):
    """A half of the day; a visit belongs to the one it starts in."""

    MORNING = 0
    AFTERNOON = 1


@dataclass(frozen=True, slots=True)
class Form:
    """A need as it is looked for: at any hour, or in one half of the day on the beat it has."""

    need_id: str
    half: Half | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """The open days of one beat in order, and where in this order each stands."""

    half: Half
    days: tuple[date, ...]
    places: Mapping[date, int]

    def holds(self, days: Iterable[date], quota: int) -> bool:
        """Whether visits on `days` can belong to one series of so many visits."""
        at = [self.places.get(day, -1) for day in days]
        return not at or (min(at) >= 0 and max(at) - min(at) < quota)


def has_beat(need: Need) -> bool:
    """Whether a rhythm says anything: a single visit is always on its beat."""
    return need.rhythm is not None and need.quota > 1


def noon_of(rules: Rules) -> int:
    """When the afternoon begins: the first full step from the middle of the lunch hours, or from 12:00."""
    middle = (rules.lunch_from_s + rules.lunch_to_s) // 2 if rules.lunch_s else NOON_S
    return -(-middle // rules.step_s) * rules.step_s


def half_of(start_s: int, rules: Rules) -> Half:
    """The half of the day in which a service that starts then lies."""
    return Half.AFTERNOON if start_s >= noon_of(rules) else Half.MORNING


def hours_of(half: Half, service_s: int, rules: Rules) -> tuple[int, int]:
    """Between when a service that starts in `half` lies."""
    noon = noon_of(rules)
    return (noon, DAY_S) if half is Half.AFTERNOON else (0, min(noon - 1 + service_s, DAY_S))


def cut(windows: Iterable[TimeWindow], half: Half | None, need: Need, rules: Rules) -> tuple[TimeWindow, ...]:
    """`windows` as far as a visit of `need` that starts in `half` can use them."""
    if half is None:
        return tuple(windows)
    first, last = hours_of(half, need.service_s, rules)
    spans = ((max(window.start_s, first), min(window.end_s, last)) for window in windows)
    return tuple(TimeWindow(start, end) for start, end in spans if start < end and end - start >= need.service_s)


def halves_left(horizon: "Horizon", need: Need, made: Mapping[date, Half], day: date) -> tuple[Half | None, ...]:
    """In which half-days a visit on `day`, were it open, would keep the rhythm of those `made`; None: at any hour."""
    if not has_beat(need) or need.rhythm is None or not need.rhythm.rule:
        return (None,)
    first, last, beat = min((*made, day)), max((*made, day)), day.toordinal() % step_days(need)
    if any(other.toordinal() % step_days(need) != beat for other in made):
        return ()
    found = []
    for half in set(made.values()) or Half:
        own = horizon.beats(need).get((half, beat))
        run = {other for other in own.days if first <= other <= last} if own else set()
        if len(run | {day}) <= need.quota:
            found.append(half)
    return tuple(found)


def step_days(need: Need) -> int:
    """Days from one visit to the next."""
    assert need.rhythm is not None
    return 7 * need.rhythm.weeks


def beats_of(horizon: "Horizon", need: Need) -> dict[tuple[Half, int], Beat]:
    """The beats that `need` may have, by half-day and day of the step; mornings first, then by day."""
    suiting = {vehicle.id for vehicle in horizon.problem.vehicles if horizon.suits(vehicle, need)}
    driven = {day for vehicle_id in suiting for day in horizon.driving_days.get(vehicle_id, ())}
    site, found = horizon.sites[need.site_id], defaultdict[tuple[Half, int], list[date]](list)
    for day in sorted(driven):
        gone = horizon.is_past(day) and not any(pin.day == day for pin in horizon.pins.get(need.id, ()))
        if horizon.may_be_asked_on(need, day) and not gone:
            windows = horizon.windows_on(site, day)
            for half in Half:
                if cut(windows, half, need, horizon.rules):
                    found[half, day.toordinal() % step_days(need)].append(day)
    beats = sorted(found.items(), key=lambda item: (item[0][0], item[1][0]))
    return {key: Beat(key[0], tuple(days), {day: i for i, day in enumerate(days)}) for key, days in beats}


Visits = Sequence[tuple[date, int]]  # days and starts


def on_beat(horizon: "Horizon", need: Need, visits: Visits) -> dict[date, Half]:
    """Which of these visits make the largest part of one series, each with its half-day."""
    best: dict[date, Half] = {}
    by_beat = defaultdict[tuple[Half, int], list[date]](list)
    for day, start_s in sorted(visits):
        by_beat[half_of(start_s, horizon.rules), day.toordinal() % step_days(need)].append(day)
    for key, days in by_beat.items():
        beat = horizon.beats(need).get(key)
        for i in range(len(days)) if beat else ():
            run = [day for day in days[i:] if beat and beat.holds((days[i], day), need.quota)]
            if len(run) > len(best):
                best = dict.fromkeys(run, key[0])
    return best


def halves_in(horizon: "Horizon", solution: Solution) -> dict[str, dict[date, Half]]:
    """By need: its visits of `solution` that are on the beat, each with its half-day."""
    visits: defaultdict[str, list[tuple[date, int]]] = defaultdict(list)
    for tour, stop in solution.stops():
        visits[stop.need_id].append((tour.day, stop.start_s))
    asked = (need for need in horizon.problem.needs if has_beat(need) and visits[need.id])
    return {need.id: on_beat(horizon, need, visits[need.id]) for need in asked}


def settled(problem: Problem, horizon: "Horizon", solution: Solution) -> Problem:
    """`problem` with each beat as `solution` has it, as allowed days and hours: for planning a few days again.

    A wish that `solution` does not keep is left out, and so is the half-day of a need without a visit.
    """
    if not any(has_beat(need) for need in problem.needs):
        return problem
    made = halves_in(horizon, solution)
    count = defaultdict[str, int](int)
    for _, stop in solution.stops():
        count[stop.need_id] += 1
    needs, pins = [], list(problem.pins)
    for need in problem.needs:
        own = made.get(need.id, {})
        if has_beat(need) and need.rhythm and (need.rhythm.rule or (own and len(own) == count[need.id])):
            needs.append(replace(need, rhythm=None, patterns=_series(horizon, need, own)))
            if own:
                first, last = hours_of(next(iter(own.values())), need.service_s, problem.rules)
                pins.append(Pin(need.id, from_s=first, to_s=last))
        else:
            needs.append(replace(need, rhythm=None))
    return replace(problem, needs=tuple(needs), pins=tuple(pins))


def _series(horizon: "Horizon", need: Need, own: Mapping[date, Half]) -> tuple[frozenset[date], ...]:
    """Every series that holds the visits `own`."""
    found: dict[frozenset[date], None] = {}
    for beat in horizon.beats(need).values():
        if set(own.values()) <= {beat.half} and beat.holds(own, need.quota):
            for i in range(max(len(beat.days) - need.quota, 0) + 1):
                run = frozenset(beat.days[i : i + need.quota])
                if run.issuperset(own):
                    found[run] = None
    return tuple(found) or (frozenset(own),)

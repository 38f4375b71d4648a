"""A timetable that people wrote, as tours: the times they gave stay, the missing ones are found around them.

Nothing is made nicer than it was written. Where the times given cannot hold, they stand as they are and the judge
names the rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from outreach.domain.times import DAY_S, TimeWindow
from outreach.routing.expand import Horizon, base_of
from outreach.routing.problem import Need, Rules, Vehicle
from outreach.routing.solution import Tour
from outreach.routing.timeline import Call, Clock, Ends, Failure, Times, call_of, earliest_start


@dataclass(frozen=True, slots=True)
class WrittenVisit:
    """A visit as it was written: how long it lasts and, if that was said, when it begins."""

    need: Need
    service_s: int
    start_s: int | None = None


class Scribe:
    """Turns the written visits of a vehicle's day, in their order, into a tour."""

    def __init__(self, horizon: Horizon) -> None:
        self.horizon = horizon

    def tour(
        self,
        vehicle: Vehicle,
        day: date,
        visits: Sequence[WrittenVisit],
        *,
        start: str | None = None,
        end: str | None = None,
    ) -> Tour:
        """The tour: as the planner would time it where the written times hold, else as they stand.

        `start` and `end` are the places of the nights before and after it, None: its base.
        """
        index, base = self.horizon.travel.index, base_of(vehicle, day)
        ends = index[start or base], index[end or base]
        clock = Clock(self.horizon, self.horizon.rules_on(vehicle, day))
        calls = clock.joined([self._call(vehicle, day, visit) for visit in visits])
        times: Times | Failure | None = None
        if all(visit.start_s is None or visit.start_s + visit.service_s <= DAY_S for visit in visits):
            pinned = [_pin(call, visit) for call, visit in zip(calls, visits, strict=True)]
            times = clock.times(ends, pinned)
        if times is None or isinstance(times, Failure):
            times = self._as_written(clock.rules, ends, calls, [visit.start_s for visit in visits])
        return clock.tour(vehicle, day, ends, calls, times)

    def _call(self, vehicle: Vehicle, day: date, visit: WrittenVisit) -> Call:
        return replace(call_of(self.horizon, visit.need, vehicle, day), service_s=visit.service_s)

    def _leg(self, here: int, there: int) -> int:
        return max(self.horizon.seconds[here][there], 0)  # a leg without a road takes no time here; the judge names it

    def _as_written(self, rules: Rules, ends: Ends, calls: Sequence[Call], given: Sequence[int | None]) -> Times:
        """Each visit at its time, or as soon as the bus is there; the bus waits where it is, arriving just in time."""
        starts: list[int] = []
        now, here = rules.leave_earliest_s, ends[0]
        for call, start in zip(calls, given, strict=True):
            ready = now + self._leg(here, call.place) + call.set_up_s
            starts.append(_soonest(call, ready, rules.step_s) if start is None else start)
            now, here = starts[-1] + call.service_s + call.pack_up_s, call.place
        places = [ends[0], *(call.place for call in calls)]
        legs = [self._leg(here, there) for here, there in pairwise(places)]
        arrive = [max(start - call.set_up_s, 0) for call, start in zip(calls, starts, strict=True)]
        done = [start + call.service_s + call.pack_up_s for call, start in zip(calls, starts, strict=True)]
        depart = [max(end, after - leg) for end, after, leg in zip(done, arrive[1:], legs[1:], strict=False)] + done[
            -1:
        ]
        day = _Day(arrive, depart, done, legs, home_s=self._leg(calls[-1].place, ends[1]))
        day.have_lunch(rules)
        return Times(
            leave_s=day.leave_s,
            return_s=day.return_s,
            arrive_s=tuple(day.arrive),
            start_s=tuple(starts),
            depart_s=tuple(day.depart),
            drive_s=sum(legs) + day.home_s,
            lunch_at=None,
            lunch_start_s=day.lunch_start_s,
        )


@dataclass(slots=True)
class _Day:
    """The times of a written day while lunch is looked for."""

    arrive: list[int]
    depart: list[int]
    done: list[int]  # served and packed up
    legs: list[int]  # the drive to each stop
    home_s: int
    lunch_start_s: int | None = None

    @property
    def leave_s(self) -> int:
        return max(self.arrive[0] - self.legs[0], 0)

    @property
    def return_s(self) -> int:
        return self.depart[-1] + self.home_s

    def have_lunch(self, rules: Rules) -> None:
        """Put the break, if it is due, into a gap between two visits, else where it makes the day least longer."""
        if not (rules.lunch_s and self.leave_s < rules.lunch_from_s and self.return_s > rules.lunch_to_s):
            return
        last = len(self.arrive) - 1
        if any(self._after(i, rules) or self._before(i + 1, rules) for i in range(last)):
            return
        end = max(self.done[last], rules.lunch_from_s) + rules.lunch_s  # after the last visit
        start = min(self.arrive[0], rules.lunch_to_s) - rules.lunch_s  # or before the first
        after_s = end - self.depart[last] if end <= rules.lunch_to_s else DAY_S
        before_s = self.arrive[0] - start if start >= rules.lunch_from_s else DAY_S
        if before_s < after_s:
            self.lunch_start_s = self.arrive[0] = start
        elif after_s < DAY_S:
            self.lunch_start_s, self.depart[last] = end - rules.lunch_s, end
        # else no gap is long enough: the judge says so

    def _after(self, i: int, rules: Rules) -> bool:
        """Lunch at stop `i` after serving, as late as the next stop allows."""
        start = min(self.depart[i], rules.lunch_to_s) - rules.lunch_s
        if start < max(self.done[i], rules.lunch_from_s):
            return False
        self.lunch_start_s = start
        return True

    def _before(self, i: int, rules: Rules) -> bool:
        """Lunch at stop `i` before serving, as late as the service allows."""
        start = min(self.arrive[i], rules.lunch_to_s) - rules.lunch_s
        if start < max(self.done[i - 1] + self.legs[i], rules.lunch_from_s):
            return False
        self.lunch_start_s = self.arrive[i] = start
        self.depart[i - 1] = start - self.legs[i]
        return True


def _pin(call: Call, visit: WrittenVisit) -> Call:
    """The call at its written time and at no other."""
    if visit.start_s is None:
        return call
    return replace(call, windows=(TimeWindow(visit.start_s, visit.start_s + visit.service_s),))


def _soonest(call: Call, ready_s: int, step_s: int) -> int:
    """The first start the host allows, else the first full step."""
    start = earliest_start(call, ready_s, step_s)
    return -(-ready_s // step_s) * step_s if isinstance(start, Failure) else start

"""One vehicle-day walked through minute by minute: from an order of stops to a tour, or why it cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from outreach.domain.times import TimeWindow
from outreach.routing.expand import Horizon
from outreach.routing.problem import NO_ROAD, Need, Rules, Turn, Vehicle
from outreach.routing.rhythm import Half, cut
from outreach.routing.solution import Stop, Tour

FAR_S = 10**8  # seconds: later than any day
SPARE_S = 1_800  # between the end of a service and the host's closing, so that a late bus need not cut it short


Ends = tuple[int, int]  # rows of the travel arrays: where a tour starts and where it ends


class Misfit(StrEnum):
    """What does not let an order of stops be a tour."""

    NO_ROAD = "no-road"
    WINDOW = "window"
    SHIFT = "shift"
    DRIVE = "drive"
    STOPS = "stops"
    LOAD = "load"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Failure:
    """The first misfit met and by how many seconds (or stops) it is missed, where that is known."""

    misfit: Misfit
    over_s: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A visit as the day sees it: place, set-up, service, pack-up and the windows of that day.

    Calls are made once and compared as objects: they are looked up a million times a minute.
    """

    need_id: str
    site_id: str
    place: int  # row of the travel arrays
    set_up_s: int
    service_s: int
    pack_up_s: int
    windows: tuple[TimeWindow, ...]
    load: int = 0
    turn: Turn | None = None
    follows: str | None = None  # the need that must be served right before
    half: Half | None = None  # of the beat it is on


@dataclass(frozen=True, slots=True)
class Times:
    """The exact times of an order of calls; lunch_at is 2 i on arrival at call i, 2 i + 1 after serving it."""

    leave_s: int
    return_s: int
    arrive_s: tuple[int, ...]
    start_s: tuple[int, ...]
    depart_s: tuple[int, ...]
    drive_s: int
    lunch_at: int | None
    lunch_start_s: int | None


def call_of(horizon: Horizon, need: Need, vehicle: Vehicle, day: date, *, half: Half | None = None) -> Call:
    """`need` as a call of `vehicle` on `day`, in `half` of it if one is given."""
    site, pin = horizon.sites[need.site_id], horizon.order_pin(need, day)
    return Call(
        need_id=need.id,
        site_id=site.id,
        place=horizon.travel.index[site.place_id],
        set_up_s=vehicle.set_up_s + site.extra_set_up_s,
        service_s=need.service_s,
        pack_up_s=vehicle.pack_up_s,
        windows=cut(horizon.windows_for(need, vehicle, day), half, need, horizon.rules),
        load=need.load,
        turn=pin.turn if pin else None,
        follows=pin.after if pin else None,
        half=half,
    )


def keeps_order(calls: Sequence[Call]) -> bool:
    """Whether what is pinned to come first, last or right after another does."""
    return all(
        (call.turn is not Turn.FIRST or i == 0)
        and (call.turn is not Turn.LAST or i == len(calls) - 1)
        and (call.follows is None or (i > 0 and calls[i - 1].need_id == call.follows))
        for i, call in enumerate(calls)
        if call.turn or call.follows
    )


class Clock:
    """Turns orders of calls into times under the rules of a problem, or those of one vehicle-day."""

    def __init__(self, horizon: Horizon, rules: Rules | None = None) -> None:
        self.rules = rules or horizon.rules
        self.seconds = horizon.seconds
        self.metres = horizon.metres
        self.place_ids = horizon.travel.place_ids

    def drive_of(self, ends: Ends, calls: Sequence[Call]) -> int:
        """Seconds of driving of the whole round; -1 where a leg has no road."""
        total, here = 0, ends[0]
        for place in (*(call.place for call in calls), ends[1]):
            leg = self.seconds[here][place]
            if leg == NO_ROAD:
                return NO_ROAD
            total += leg
            here = place
        return total

    def joined(self, calls: Sequence[Call]) -> Sequence[Call]:
        """The calls as they are made: of those of one stop the first is set up for, the last is packed up after."""
        if not self.rules.shared_set_up or self.stops_of(calls) == len(calls):
            return calls
        found = list(calls)
        for i, (before, after) in enumerate(pairwise(calls)):
            if before.site_id == after.site_id:
                found[i] = replace(found[i], pack_up_s=0)
                found[i + 1] = replace(after, set_up_s=0)
        return found

    def stops_of(self, calls: Sequence[Call]) -> int:
        """How many stops these calls are."""
        if not self.rules.shared_set_up:
            return len(calls)
        return len(calls) - sum(before.site_id == after.site_id for before, after in pairwise(calls))

    def times(self, ends: Ends, calls: Sequence[Call]) -> Times | Failure:
        """The best times for `calls` in this order: back as early and out as late as the shift allows.

        The earliest return is tried first, then later departures that give another one; so no working day that is
        short enough is passed over, and none is found where there is none.
        """
        rules, drive = self.rules, self._drive_allowed(ends, calls)
        if isinstance(drive, Failure):
            return drive
        calls = self.joined(calls)
        work = drive + sum(call.set_up_s + call.service_s + call.pack_up_s for call in calls)
        leave, over = rules.leave_earliest_s, max(work - rules.shift_max_s, 0)
        while work <= rules.shift_max_s:
            found = self._return(ends, calls, leave)
            if isinstance(found, Failure):
                return Failure(Misfit.SHIFT, over) if over else found
            return_s, lunch_at = found
            last = self._last_leave(ends, calls, return_s)
            if return_s - last <= rules.shift_max_s:
                return self._settle(ends, calls, last, return_s=return_s, drive=drive, lunch_at=lunch_at)
            over = min(over or FAR_S, return_s - last - rules.shift_max_s)
            owed = rules.lunch_s if lunch_at is not None else 0
            leave = last + 1
            if return_s - last == work + owed:  # no waiting: only a lunch that is not owed could make it shorter
                if not owed:
                    break
                leave = rules.lunch_from_s
        return Failure(Misfit.SHIFT, over)

    def _drive_allowed(self, ends: Ends, calls: Sequence[Call]) -> int | Failure:
        """Seconds of driving, or what is wrong with these calls in this order whatever the time."""
        rules = self.rules
        if rules.stops_max is not None and (stops := self.stops_of(calls)) > rules.stops_max:
            return Failure(Misfit.STOPS, stops - rules.stops_max)
        if not keeps_order(calls):
            return Failure(Misfit.ORDER)
        drive = self.drive_of(ends, calls)
        if drive == NO_ROAD:
            return Failure(Misfit.NO_ROAD)
        return Failure(Misfit.DRIVE, drive - rules.drive_max_s) if drive > rules.drive_max_s else drive

    def lunch_due(self, leave_s: int, return_s: int) -> bool:
        """Whether a tour between these times owes its crew a lunch break."""
        rules = self.rules
        return rules.lunch_s > 0 and leave_s < rules.lunch_from_s and return_s > rules.lunch_to_s

    def _noon(self, ready_s: int) -> int:
        """When a break that can begin at `ready_s` ends; FAR_S if it would end after the lunch hours."""
        end = max(ready_s, self.rules.lunch_from_s) + self.rules.lunch_s
        return end if ready_s < FAR_S and end <= self.rules.lunch_to_s else FAR_S

    def _return(self, ends: Ends, calls: Sequence[Call], leave_s: int) -> tuple[int, int | None] | Failure:
        """The earliest return of a tour that leaves at `leave_s` or later, and where lunch is had.

        Two clocks are walked: one of a crew that has lunch still to come, one of a crew that had it, or owes none
        because it leaves after the lunch hours have begun.
        """
        rules = self.rules
        hungry = leave_s if rules.lunch_s else FAR_S
        fed, lunch_at = (max(leave_s, rules.lunch_from_s) if rules.lunch_s else leave_s), None
        here = ends[0]
        for i, call in enumerate(calls):
            leg = self.seconds[here][call.place]
            hungry, fed = hungry + leg, fed + leg
            if (noon := self._noon(hungry)) < fed:
                fed, lunch_at = noon, 2 * i
            starts = [earliest_start(call, now + call.set_up_s, self.rules.step_s) for now in (hungry, fed)]
            missed = [start for start in starts if isinstance(start, Failure)]
            if len(missed) == len(starts):
                return min(missed, key=lambda failure: failure.over_s)
            departs = [
                FAR_S if isinstance(start, Failure) else start + call.service_s + call.pack_up_s for start in starts
            ]
            hungry, fed = departs
            if (noon := self._noon(hungry)) < fed:
                fed, lunch_at = noon, 2 * i + 1
            here = call.place
        leg = self.seconds[here][ends[1]]
        if hungry + leg <= min(rules.return_latest_s, rules.lunch_to_s) and hungry <= fed:
            return hungry + leg, None
        if fed + leg <= rules.return_latest_s:
            return fed + leg, lunch_at
        return Failure(Misfit.SHIFT, min(hungry, fed) + leg - rules.return_latest_s)

    def _last_leave(self, ends: Ends, calls: Sequence[Call], return_s: int) -> int:
        """The latest that a tour can leave to be back at `return_s`, on the same two clocks walked backward."""
        rules = self.rules
        hungry = min(return_s, rules.lunch_to_s) if rules.lunch_s else -FAR_S
        fed, there = return_s, ends[1]
        for call in reversed(calls):
            leg = self.seconds[call.place][there]
            hungry, fed = max(hungry - leg, self._before_noon(fed - leg)), fed - leg
            hungry, fed = (_latest(call, by - call.pack_up_s - call.service_s, 0, rules.step_s) for by in (hungry, fed))
            hungry, fed = hungry - call.set_up_s, fed - call.set_up_s
            hungry, there = max(hungry, self._before_noon(fed)), call.place
        leg = self.seconds[ends[0]][there]
        late = fed - leg if not rules.lunch_s or fed - leg >= rules.lunch_from_s else -FAR_S
        return max(hungry - leg, late)

    def _before_noon(self, by_s: int) -> int:
        """The latest that a break can begin to end at `by_s`; -FAR_S if that is before the lunch hours."""
        start = min(by_s, self.rules.lunch_to_s) - self.rules.lunch_s
        return start if self.rules.lunch_s and start >= self.rules.lunch_from_s else -FAR_S

    def _settle(
        self, ends: Ends, calls: Sequence[Call], last: int, *, return_s: int, drive: int, lunch_at: int | None
    ) -> Times:
        """Backward from the return: leave late, but leave the hosts some time to spare where the shift allows it."""
        rules = self.rules
        starts = self._starts(ends, calls, rules.leave_earliest_s, lunch_at)
        early = self._backward(ends, calls, starts, return_s=return_s, lunch_at=lunch_at, spare_s=SPARE_S)
        hungry = lunch_at is None and self.lunch_due(early.leave_s, return_s)
        if return_s - early.leave_s > rules.shift_max_s or early.leave_s < rules.leave_earliest_s or hungry:
            again = self._return(ends, calls, last)  # leaving later, lunch may be elsewhere or not owed
            lunch_at = None if isinstance(again, Failure) else again[1]
            starts = self._starts(ends, calls, last, lunch_at)
            early = self._backward(ends, calls, starts, return_s=return_s, lunch_at=lunch_at, spare_s=0)
        return replace(early, drive_s=drive)

    def _starts(self, ends: Ends, calls: Sequence[Call], leave_s: int, lunch_at: int | None) -> list[int]:
        """Earliest starts of a tour that leaves at `leave_s` with its lunch at a place known to hold."""
        starts, now, here = [], leave_s, ends[0]
        for i, call in enumerate(calls):
            now += self.seconds[here][call.place]
            if lunch_at == 2 * i:
                now = max(now, self.rules.lunch_from_s) + self.rules.lunch_s
            start = earliest_start(call, now + call.set_up_s, self.rules.step_s)
            starts.append(0 if isinstance(start, Failure) else start)
            now = starts[-1] + call.service_s + call.pack_up_s
            if lunch_at == 2 * i + 1:
                now = max(now, self.rules.lunch_from_s) + self.rules.lunch_s
            here = call.place
        return starts

    def _backward(
        self,
        ends: Ends,
        calls: Sequence[Call],
        starts: list[int],
        *,
        return_s: int,
        lunch_at: int | None,
        spare_s: int,
    ) -> Times:
        """Each start as late as it can be without returning later, `spare_s` before its window closes if possible."""
        rules = self.rules
        arrive, depart = [0] * len(calls), [0] * len(calls)
        lunch_start = None
        latest, here = return_s, ends[1]
        for i in range(len(calls) - 1, -1, -1):
            call = calls[i]
            depart[i] = latest - self.seconds[call.place][here]
            end_by = depart[i] - call.pack_up_s
            if lunch_at == 2 * i + 1:
                lunch_start = min(depart[i], rules.lunch_to_s) - rules.lunch_s
                end_by = lunch_start - call.pack_up_s
            starts[i] = max(starts[i], _latest(call, end_by - call.service_s, spare_s, rules.step_s))
            arrive[i] = starts[i] - call.set_up_s
            if lunch_at == 2 * i:
                lunch_start = min(arrive[i], rules.lunch_to_s) - rules.lunch_s
                arrive[i] = lunch_start
            latest, here = arrive[i], call.place
        leave_s = latest - self.seconds[ends[0]][here] if calls else return_s
        return Times(leave_s, return_s, tuple(arrive), tuple(starts), tuple(depart), 0, lunch_at, lunch_start)

    def tour(self, vehicle: Vehicle, day: date, ends: Ends, calls: Sequence[Call], times: Times) -> Tour:
        """The tour that `times` describe; the bus waits at a stop rather than on the road."""
        stops = []
        here, metres = ends[0], 0
        for call, arrive, start, depart in zip(calls, times.arrive_s, times.start_s, times.depart_s, strict=True):
            leg_s, leg_m = self.seconds[here][call.place], self.metres[here][call.place]
            stops.append(
                Stop(
                    need_id=call.need_id,
                    site_id=call.site_id,
                    arrive_s=arrive,
                    start_s=start,
                    end_s=start + call.service_s,
                    depart_s=depart,
                    drive_s=leg_s,
                    distance_m=leg_m,
                )
            )
            here, metres = call.place, metres + leg_m
        lunch = times.lunch_start_s
        return Tour(
            vehicle_id=vehicle.id,
            day=day,
            start_place_id=self.place_ids[ends[0]],
            end_place_id=self.place_ids[ends[1]],
            leave_s=times.leave_s,
            return_s=times.return_s,
            stops=tuple(stops),
            drive_s=times.drive_s,
            distance_m=metres + self.metres[here][ends[1]],
            lunch_start_s=lunch,
            lunch_end_s=None if lunch is None else lunch + self.rules.lunch_s,
        )


def earliest_start(call: Call, ready_s: int, step_s: int) -> int | Failure:
    """The first start at a full step, not before `ready_s`, that lets the service end inside a window."""
    over = 0
    for window in call.windows:
        start = -(-max(window.start_s, ready_s) // step_s) * step_s
        if start + call.service_s > window.end_s and ready_s <= window.start_s:
            start = window.start_s  # a window as long as the service is used from its very opening
        if start + call.service_s <= window.end_s:
            return start
        over = start + call.service_s - window.end_s
    return Failure(Misfit.WINDOW, over)


def _latest(call: Call, by_s: int, spare_s: int, step_s: int) -> int:
    """The last start, not after `by_s`, from which the service ends `spare_s` before a window does; else -FAR_S."""
    for window in reversed(call.windows):
        by = min(by_s, window.end_s - spare_s - call.service_s)
        start = by // step_s * step_s
        if start >= window.start_s:
            return start
        first_step = -(-window.start_s // step_s) * step_s
        if by >= window.start_s and first_step + call.service_s > window.end_s:
            return window.start_s
    return -FAR_S

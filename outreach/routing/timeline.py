"""One vehicle-day walked through minute by minute: from an order of stops to a tour, or why it cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from outreach.domain.times import TimeWindow
from outreach.routing.expand import STEP_S, Horizon
from outreach.routing.problem import NO_ROAD, Need, Vehicle
from outreach.routing.solution import Stop, Tour

SPARE_S = 1_800  # between the end of a service and the host's closing, so that a late bus need not cut it short


class Misfit(StrEnum):
    """What does not let an order of stops be a tour."""

    NO_ROAD = "no-road"
    WINDOW = "window"
    SHIFT = "shift"
    DRIVE = "drive"
    STOPS = "stops"


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


def call_of(horizon: Horizon, need: Need, vehicle: Vehicle, day: date) -> Call:
    """`need` as a call of `vehicle` on `day`."""
    site = horizon.sites[need.site_id]
    return Call(
        need_id=need.id,
        site_id=site.id,
        place=horizon.travel.index[site.place_id],
        set_up_s=vehicle.set_up_s + site.extra_set_up_s,
        service_s=need.service_s,
        pack_up_s=vehicle.pack_up_s,
        windows=horizon.windows_on(site, day),
    )


class Clock:
    """Turns orders of calls into times under the rules of a problem."""

    def __init__(self, horizon: Horizon) -> None:
        self.rules = horizon.rules
        self.seconds: list[list[int]] = horizon.travel.seconds.tolist()
        self.metres: list[list[int]] = horizon.travel.metres.tolist()

    def drive_of(self, depot: int, calls: Sequence[Call]) -> int:
        """Seconds of driving of the whole round; -1 where a leg has no road."""
        total, here = 0, depot
        for place in (*(call.place for call in calls), depot):
            leg = self.seconds[here][place]
            if leg == NO_ROAD:
                return NO_ROAD
            total += leg
            here = place
        return total

    def times(self, depot: int, calls: Sequence[Call]) -> Times | Failure:
        """The best times for `calls` in this order, leaving late and returning early."""
        rules = self.rules
        if rules.stops_max is not None and len(calls) > rules.stops_max:
            return Failure(Misfit.STOPS, len(calls) - rules.stops_max)
        drive = self.drive_of(depot, calls)
        if drive == NO_ROAD:
            return Failure(Misfit.NO_ROAD)
        if drive > rules.drive_max_s:
            return Failure(Misfit.DRIVE, drive - rules.drive_max_s)
        plain = self._walk(depot, calls, drive, None)
        if isinstance(plain, Failure) or not self.lunch_due(plain.leave_s, plain.return_s):
            return plain
        best: Times | Failure = Failure(Misfit.SHIFT)
        for lunch_at in self._lunch_places(depot, calls):
            found = self._walk(depot, calls, drive, lunch_at)
            if isinstance(found, Failure):
                if isinstance(best, Failure) and (best.over_s == 0 or 0 < found.over_s < best.over_s):
                    best = found
            elif isinstance(best, Failure) or found.return_s - found.leave_s < best.return_s - best.leave_s:
                best = found
        return best

    def _lunch_places(self, depot: int, calls: Sequence[Call]) -> list[int]:
        """Where the break can be without loss: the last gap before the lunch hours, and each gap inside them.

        An earlier gap would only wait for the lunch hours with more work still ahead.
        """
        rules = self.rules
        gaps = []
        now, here = rules.leave_earliest_s, depot
        for i, call in enumerate(calls):
            now += self.seconds[here][call.place]
            gaps.append((now, 2 * i))
            start = earliest_start(call, now + call.set_up_s)
            if isinstance(start, Failure):
                break
            now = start + call.service_s + call.pack_up_s
            gaps.append((now, 2 * i + 1))
            here = call.place
        before = [place for at, place in gaps if at <= rules.lunch_from_s]
        inside = [place for at, place in gaps if rules.lunch_from_s < at <= rules.lunch_to_s - rules.lunch_s]
        return before[-1:] + inside

    def lunch_due(self, leave_s: int, return_s: int) -> bool:
        """Whether a tour between these times owes its crew a lunch break."""
        rules = self.rules
        return rules.lunch_s > 0 and leave_s < rules.lunch_from_s and return_s > rules.lunch_to_s

    def _walk(self, depot: int, calls: Sequence[Call], drive: int, lunch_at: int | None) -> Times | Failure:
        """Earliest times forward, then everything as late as the earliest return allows."""
        rules = self.rules
        now, here = rules.leave_earliest_s, depot
        starts: list[int] = []
        lunch_end = 0
        for i, call in enumerate(calls):
            now += self.seconds[here][call.place]
            if lunch_at == 2 * i:
                now = lunch_end = max(now, rules.lunch_from_s) + rules.lunch_s
            start = earliest_start(call, now + call.set_up_s)
            if isinstance(start, Failure):
                return start
            starts.append(start)
            now = start + call.service_s + call.pack_up_s
            if lunch_at == 2 * i + 1:
                now = lunch_end = max(now, rules.lunch_from_s) + rules.lunch_s
            here = call.place
        if lunch_at is not None and lunch_end > rules.lunch_to_s:
            return Failure(Misfit.SHIFT, lunch_end - rules.lunch_to_s)
        return_s = now + self.seconds[here][depot]
        if return_s > rules.return_latest_s:
            return Failure(Misfit.SHIFT, return_s - rules.return_latest_s)
        return self._settle(depot, calls, starts, return_s=return_s, drive=drive, lunch_at=lunch_at)

    def _settle(
        self, depot: int, calls: Sequence[Call], starts: list[int], *, return_s: int, drive: int, lunch_at: int | None
    ) -> Times | Failure:
        """Backward from the return: leave late, but leave the hosts some time to spare where the shift allows it."""
        early = self._backward(depot, calls, list(starts), return_s=return_s, lunch_at=lunch_at, spare_s=SPARE_S)
        late = early
        if return_s - early.leave_s > self.rules.shift_max_s:
            late = self._backward(depot, calls, list(starts), return_s=return_s, lunch_at=lunch_at, spare_s=0)
        over = return_s - late.leave_s - self.rules.shift_max_s
        return Failure(Misfit.SHIFT, over) if over > 0 else replace(late, drive_s=drive)

    def _backward(
        self,
        depot: int,
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
        latest, here = return_s, depot
        for i in range(len(calls) - 1, -1, -1):
            call = calls[i]
            depart[i] = latest - self.seconds[call.place][here]
            end_by = depart[i] - call.pack_up_s
            if lunch_at == 2 * i + 1:
                lunch_start = min(depart[i], rules.lunch_to_s) - rules.lunch_s
                end_by = lunch_start - call.pack_up_s
            starts[i] = max(starts[i], _latest(call, end_by - call.service_s, spare_s))
            arrive[i] = starts[i] - call.set_up_s
            if lunch_at == 2 * i:
                lunch_start = min(arrive[i], rules.lunch_to_s) - rules.lunch_s
                arrive[i] = lunch_start
            latest, here = arrive[i], call.place
        leave_s = latest - self.seconds[depot][here] if calls else return_s
        return Times(leave_s, return_s, tuple(arrive), tuple(starts), tuple(depart), 0, lunch_at, lunch_start)

    def tour(self, vehicle: Vehicle, day: date, depot: int, calls: Sequence[Call], times: Times) -> Tour:
        """The tour that `times` describe; the bus waits at a stop rather than on the road."""
        stops = []
        here, metres = depot, 0
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
            start_place_id=vehicle.depot_id,
            end_place_id=vehicle.depot_id,
            leave_s=times.leave_s,
            return_s=times.return_s,
            stops=tuple(stops),
            drive_s=times.drive_s,
            distance_m=metres + self.metres[here][depot],
            lunch_start_s=lunch,
            lunch_end_s=None if lunch is None else lunch + self.rules.lunch_s,
        )


def earliest_start(call: Call, ready_s: int) -> int | Failure:
    """The first start at a full step, not before `ready_s`, that lets the service end inside a window."""
    over = 0
    for window in call.windows:
        start = -(-max(window.start_s, ready_s) // STEP_S) * STEP_S
        if start + call.service_s > window.end_s and ready_s <= window.start_s:
            start = window.start_s  # a window as long as the service is used from its very opening
        if start + call.service_s <= window.end_s:
            return start
        over = start + call.service_s - window.end_s
    return Failure(Misfit.WINDOW, over)


def _latest(call: Call, by_s: int, spare_s: int) -> int:
    """The last full step, not after `by_s`, from which the service ends `spare_s` before a window does; else -1."""
    for window in reversed(call.windows):
        start = min(by_s, window.end_s - spare_s - call.service_s) // STEP_S * STEP_S
        if start >= window.start_s:
            return start
    return -1

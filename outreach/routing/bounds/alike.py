"""What both bounds are reckoned from: vehicle-days of one kind, and the hours in which each need can be served there.

Everything here errs on the side of what is possible: a tour that keeps all rules is never left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from outreach.domain.times import TimeWindow
from outreach.routing.expand import Horizon
from outreach.routing.problem import NO_ROAD, Need, Rules, Site

NOWHERE = -1
NO_WAY_S = 10**8  # seconds: longer than any day

Ints = npt.NDArray[np.int32]
Hours = tuple[TimeWindow, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Vehicle-days with the same base, working rules and vehicle, whatever the day."""

    depot: int  # row of the travel table
    rules: Rules
    set_up_s: int
    pack_up_s: int
    capacity: int | None
    gets: tuple[object, ...]  # what decides which sites it gets to


@dataclass(frozen=True, slots=True)
class Reach:
    """By need the least seconds on the way there and back, stops on the way included, and the driving alone."""

    there: Ints
    drive_there: Ints
    back: Ints
    drive_back: Ints


class Alike:
    """A horizon's vehicle-days by kind, and by need and vehicle-day the hours in which a visit alone is possible."""

    def __init__(self, horizon: Horizon) -> None:
        self.horizon = horizon
        self.needs = horizon.problem.needs
        self.places = np.array([horizon.travel.index[self.site(need).place_id] for need in self.needs], dtype=np.intp)
        self.kinds: list[Kind] = []
        self.tours_of: list[list[int]] = []  # vehicle-days by kind
        self._sort_by_kind()
        self.hours: list[Hours] = []
        self._numbers: dict[Hours, int] = {}
        self.rows = self._open()  # [need, vehicle-day] a number of `hours`, or NOWHERE
        self.reach = [self._reach(kind, tours) for kind, tours in zip(self.kinds, self.tours_of, strict=True)]
        self._leave_out_what_is_too_far()

    def site(self, need: Need) -> Site:
        """The site of a need."""
        return self.horizon.sites[need.site_id]

    def _sort_by_kind(self) -> None:
        numbers: dict[Kind, int] = {}
        for k, vd in enumerate(self.horizon.vehicle_days):
            vehicle = vd.vehicle
            kind = Kind(
                self.horizon.travel.index[vd.depot_id],
                self.horizon.rules_on(vehicle, vd.day),
                vehicle.set_up_s,
                vehicle.pack_up_s,
                vehicle.capacity,
                (vehicle.kind, vehicle.length_m, vehicle.height_m, vehicle.weight_kg, vehicle.equipment),
            )
            if kind not in numbers:
                numbers[kind] = len(self.kinds)
                self.kinds.append(kind)
                self.tours_of.append([])
            self.tours_of[numbers[kind]].append(k)

    def _number(self, hours: Hours) -> int:
        if not hours:
            return NOWHERE
        if hours not in self._numbers:
            self._numbers[hours] = len(self.hours)
            self.hours.append(hours)
        return self._numbers[hours]

    def _open(self) -> Ints:
        """[need, vehicle-day] when the host receives this vehicle, as far as the need's dates and pins leave it."""
        horizon, days = self.horizon, sorted({vd.day for vd in self.horizon.vehicle_days})
        at = {day: i for i, day in enumerate(days)}
        day_of = np.array([at[vd.day] for vd in horizon.vehicle_days], dtype=np.intp)
        rows = np.full((len(self.needs), len(day_of)), NOWHERE, dtype=np.int32)
        if not len(day_of):
            return rows
        for u, need in enumerate(self.needs):
            carried = {v.id: horizon.suits(v, need) for v in horizon.problem.vehicles}
            on_day = np.array([self._number(self._hours_on(need, day)) for day in days], dtype=np.int32)
            gets = np.array([carried[vd.vehicle.id] for vd in horizon.vehicle_days], dtype=bool)
            rows[u] = np.where(gets, on_day[day_of], NOWHERE)
        if horizon.pins or horizon.frozen:
            for u, k in np.argwhere(rows != NOWHERE).tolist():
                vd = horizon.vehicle_days[k]
                rows[u, k] = self._number(horizon.windows_for(self.needs[u], vd.vehicle, vd.day))
        return rows

    def _hours_on(self, need: Need, day: date) -> Hours:
        if need.patterns and not any(day in pattern for pattern in need.patterns):
            return ()
        return self.horizon.windows_on(self.site(need), day) if self.horizon.may_be_asked_on(need, day) else ()

    def _reach(self, kind: Kind, tours: Sequence[int]) -> Reach:
        """The shortest ways of a tour of this kind from where it can begin, and to where it can end.

        A way may lead over other stops, since the road over them can be shorter than the direct one; each of them is
        served, which takes time.
        """
        ends, seconds = [kind.depot, *lodging_rows(self.horizon)], self.horizon.travel.seconds
        stays = np.full(len(seconds), NO_WAY_S, dtype=np.int64)
        lonely = np.bincount(self.places, minlength=len(seconds)) == 1  # several needs may be served in one stop
        for u in (self.rows[:, tours] != NOWHERE).any(axis=1).nonzero()[0].tolist():
            need, place = self.needs[u], self.places[u]
            handling = kind.set_up_s + self.site(need).extra_set_up_s + kind.pack_up_s if lonely[place] else 0
            stays[place] = min(stays[place], need.service_s + handling)
        passed = np.where(stays < NO_WAY_S, 0, NO_WAY_S)
        ways = [shortest(legs, ends, stay)[self.places] for legs in (seconds, seconds.T) for stay in (stays, passed)]
        return Reach(*ways)

    def _leave_out_what_is_too_far(self) -> None:
        """Keep the windows in which a visit could be the only one of its tour."""
        for kind, tours, reach in zip(self.kinds, self.tours_of, self.reach, strict=True):
            columns = np.array(tours, dtype=np.intp)
            for u in range(len(self.needs)):
                own = self.rows[u, columns]
                for row in np.unique(own[own != NOWHERE]).tolist():
                    kept = self._number(self._possible(kind, reach, u, self.hours[row]))
                    if kept != row:
                        self.rows[u, columns[own == row]] = kept

    def _possible(self, kind: Kind, reach: Reach, u: int, hours: Hours) -> Hours:
        """The windows of `hours` in which need `u` can be served by a tour of this kind."""
        need, rules = self.needs[u], kind.rules
        there, back = int(reach.there[u]), int(reach.back[u])
        set_up = kind.set_up_s + self.site(need).extra_set_up_s
        away = there + set_up + need.service_s + kind.pack_up_s + back
        drive = int(reach.drive_there[u]) + int(reach.drive_back[u])
        too_much = kind.capacity is not None and need.load > kind.capacity
        if too_much or drive > rules.drive_max_s or away > rules.shift_max_s:
            return ()
        ready = rules.leave_earliest_s + there + set_up
        done = rules.return_latest_s - back - kind.pack_up_s
        return tuple(w for w in hours if max(w.start_s, ready) + need.service_s <= min(w.end_s, done))


def lodging_rows(horizon: Horizon) -> list[int]:
    """Where a tour may begin or end beside its base; nothing where nobody sleeps away."""
    problem = horizon.problem
    away = problem.lodgings if problem.rules.trip_days_max > 1 else ()
    return [horizon.travel.index[place] for place in away]


def shortest(seconds: Ints, starts: Sequence[int], stays: npt.NDArray[np.int64]) -> Ints:
    """The shortest way from any of `starts` to each place, with these stays on the way (Dijkstra 1959)."""
    legs = np.where(seconds == NO_ROAD, NO_WAY_S, seconds).astype(np.int64)
    away = legs[list(starts)].min(axis=0)
    away[list(starts)] = 0
    done = np.zeros(len(away), dtype=bool)
    passed = away + stays  # when the bus can go on from there
    for _ in range(len(away)):
        here = int(passed.argmin())
        if passed[here] >= NO_WAY_S:
            break
        np.minimum(away, passed[here] + legs[here], out=away)
        done[here] = True
        passed = np.where(done, NO_WAY_S, away + stays)
    return np.minimum(away, NO_WAY_S).astype(np.int32)

"""A plan in the making: which visits each vehicle-day holds, in which order, and what one more would cost."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, permutations
from math import inf

from outreach.domain.times import TimeWindow
from outreach.routing.expand import Horizon
from outreach.routing.objective import WRONG_WEEK, price_of_missing, price_of_tour
from outreach.routing.problem import NO_ROAD, Need
from outreach.routing.solution import Ending, Solution, Tour, Trip
from outreach.routing.timeline import Call, Clock, Failure, Misfit, Times, call_of

ALL_ORDERS_UP_TO = 3  # visits; beyond that an insertion keeps the order of the others


@dataclass(frozen=True, slots=True)
class Round:
    """The visits of one vehicle-day in order, with their times and price."""

    calls: tuple[Call, ...]
    times: Times
    price: float


class Desk:
    """What never changes while planning: vehicle-days, what each need may use, and every round looked at.

    Each need looks at its days in an order of its own, drawn from `seed`: of days that cost the same
    the first one seen is taken, and a plan should not crowd into the first weeks.
    """

    def __init__(self, horizon: Horizon, *, seed: int = 1) -> None:
        self.horizon = horizon
        self.clock = Clock(horizon)
        self.vehicle_days = horizon.vehicle_days
        self.depots = [horizon.travel.index[vd.vehicle.depot_id] for vd in self.vehicle_days]
        self.crew_of = [(vd.vehicle.depot_id, vd.day) for vd in self.vehicle_days]
        self._rounds: dict[object, Round | Failure] = {}
        self._calls: dict[tuple[str, str, tuple[TimeWindow, ...]], Call] = {}
        self.call: dict[tuple[str, int], Call] = {}
        self.alone: dict[Call, Round | Failure] = {}  # the round of a vehicle-day that holds nothing else
        self.allowed: dict[str, list[int]] = {}
        rng = random.Random(seed)  # noqa: S311
        for need in horizon.problem.needs:
            self.allowed[need.id] = [k for k in range(len(self.vehicle_days)) if self._can_alone(need, k)]
            rng.shuffle(self.allowed[need.id])

    def _can_alone(self, need: Need, k: int) -> bool:
        """Whether `need` could be the only visit of vehicle-day `k`; remembers its call."""
        place = self.vehicle_days[k]
        site = self.horizon.sites[need.site_id]
        if not self.horizon.can_carry(place.vehicle, site) or not self.horizon.may_be_asked_on(need, place.day):
            return False
        windows = self.horizon.windows_on(site, place.day)
        if not any(window.end_s - window.start_s >= need.service_s for window in windows):
            return False
        key = (need.id, place.vehicle.id, windows)
        if key not in self._calls:
            call = self._calls[key] = call_of(self.horizon, need, place.vehicle, place.day)
            self.alone[call] = self.round_of(k, (call,))
        self.call[need.id, k] = self._calls[key]
        return isinstance(self.alone[self._calls[key]], Round)

    def round_of(self, k: int, calls: tuple[Call, ...]) -> Round | Failure:
        """The best round of vehicle-day `k` with these calls; of many calls, in the order given."""
        depot = self.depots[k]
        small = len(calls) <= ALL_ORDERS_UP_TO
        key = (depot, frozenset(calls) if small else calls)
        found = self._rounds.get(key)
        if found is None:
            orders = permutations(calls) if small else [calls]
            found = self._rounds[key] = self._best(depot, orders)
        return found

    def _best(self, depot: int, orders: Iterable[tuple[Call, ...]]) -> Round | Failure:
        best: Round | Failure | None = None
        for order in orders:
            times = self.clock.times(depot, order)
            if isinstance(times, Failure):
                if best is None or (isinstance(best, Failure) and 0 < times.over_s < best.over_s):
                    best = times
                continue
            price = price_of_tour(times.drive_s, times.return_s - times.leave_s)
            if not isinstance(best, Round) or price < best.price:
                best = Round(tuple(order), times, price)
        assert best is not None
        return best

    def with_call(self, k: int, old: Round | None, call: Call, *, limit: float = inf) -> Round | Failure:
        """`old` with one more call at its best position.

        Gives up before looking at times where the detour alone, in the order of `old`, costs `limit` or more.
        """
        if old is None:
            return self.alone[call]
        detours = self._detours(k, old, call)
        if min(detours) >= limit:
            return Failure(Misfit.DRIVE)
        if len(old.calls) < ALL_ORDERS_UP_TO:
            return self.round_of(k, (*old.calls, call))
        best: Round | Failure = Failure(Misfit.SHIFT)
        for position, detour in enumerate(detours):
            if detour >= limit or detour == inf:
                continue
            found = self.round_of(k, (*old.calls[:position], call, *old.calls[position:]))
            if isinstance(best, Failure) or (isinstance(found, Round) and found.price < best.price):
                best = found
        return best

    def _detours(self, k: int, old: Round, call: Call) -> list[float]:
        """Seconds of driving that `call` adds at each position of `old`; infinite where no road leads."""
        seconds, place = self.clock.seconds, call.place
        from_call = seconds[place]
        detours: list[float] = []
        before = depot = self.depots[k]
        for after in (*(other.place for other in old.calls), depot):
            to, on = seconds[before][place], from_call[after]
            detours.append(inf if NO_ROAD in (to, on) else to + on - seconds[before][after])
            before = after
        return detours

    def without(self, k: int, old: Round, need_id: str) -> Round | None:
        """`old` without the visit of a need; None if nothing is left or what is left cannot be driven."""
        calls = tuple(call for call in old.calls if call.need_id != need_id)
        found = self.round_of(k, calls) if calls else None
        return found if isinstance(found, Round) else None


class Draft:
    """Rounds by vehicle-day and days by need; every change keeps all hard rules."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.needs = desk.horizon.needs
        self.rounds: dict[int, Round] = {}
        self.days: dict[str, tuple[date, ...]] = dict.fromkeys(self.needs, ())
        self.out: Counter[tuple[str, date]] = Counter()
        self.price = float(sum(need.quota * price_of_missing(need) for need in self.needs.values()))

    def copy(self) -> "Draft":
        """An independent copy; rounds themselves never change."""
        other = Draft.__new__(Draft)
        other.desk, other.needs, other.price = self.desk, self.needs, self.price
        other.rounds, other.days, other.out = dict(self.rounds), dict(self.days), self.out.copy()
        return other

    def missing(self) -> list[str]:
        """The need of each visit that has no day yet, once per visit."""
        return [need.id for need in self.needs.values() for _ in range(need.quota - len(self.days[need.id]))]

    def spacing_allows(self, need: Need, day: date) -> bool:
        """Whether one more visit of `need` on `day` keeps its minimum and maximum gaps."""
        days = self.days[need.id]
        if not days:
            return True
        least = max(need.min_gap_days, 1)
        if any(abs((day - other).days) < least for other in days):
            return False
        if need.max_gap_days is None:
            return True
        return all((after - before).days <= need.max_gap_days for before, after in pairwise(sorted((*days, day))))

    def crew_allows(self, k: int) -> bool:
        """Whether vehicle-day `k` is out already or a crew is left for it."""
        if k in self.rounds:
            return True
        depot, day = self.desk.crew_of[k]
        return self.out[depot, day] < self.desk.horizon.crews_at(depot, day)

    def price_of_adding(self, need: Need, k: int, *, limit: float = inf) -> tuple[float, Round] | None:
        """What a visit of `need` in vehicle-day `k` costs, and the new round; None if it cannot be."""
        day = self.desk.vehicle_days[k].day
        if self.days[need.id] and not self.spacing_allows(need, day):  # never twice on one day
            return None
        old = self.rounds.get(k)
        if old is None and not self.crew_allows(k):
            return None
        found = self.desk.with_call(k, old, self.desk.call[need.id, k], limit=limit)
        if isinstance(found, Failure):
            return None
        price = found.price - old.price if old is not None else found.price
        return price + (week_price(need, day) if need.preferred_weeks else 0.0), found

    def add(self, need: Need, k: int, new: Round) -> None:
        """Put a visit of `need` into vehicle-day `k`, whose round becomes `new`."""
        self._set_round(k, new)
        day = self.desk.vehicle_days[k].day
        self.days[need.id] = tuple(sorted((*self.days[need.id], day)))
        self.price += week_price(need, day) - price_of_missing(need)

    def remove(self, need_id: str, k: int) -> None:
        """Take the visit of a need out of vehicle-day `k`, and with it whatever cannot stay without it."""
        old = self.rounds[k]
        new = self.desk.without(k, old, need_id)
        kept = {call.need_id for call in new.calls} if new else set()
        self._set_round(k, new)
        day = self.desk.vehicle_days[k].day
        for call in old.calls:
            if call.need_id not in kept:
                self._forget(self.needs[call.need_id], day)

    def _forget(self, need: Need, day: date) -> None:
        self.days[need.id] = tuple(other for other in self.days[need.id] if other != day)
        self.price -= week_price(need, day) - price_of_missing(need)
        days = self.days[need.id]
        if need.max_gap_days is not None and any(
            (after - before).days > need.max_gap_days for before, after in pairwise(days)
        ):
            for k in list(self.rounds):
                now = self.rounds.get(k)  # taking one out may already have taken out others
                if now is not None and any(c.need_id == need.id for c in now.calls):
                    self.remove(need.id, k)

    def _set_round(self, k: int, new: Round | None) -> None:
        old = self.rounds.get(k)
        key = self.desk.crew_of[k]
        if new is None:
            if old is not None:
                del self.rounds[k]
                self.out[key] -= 1
        else:
            self.rounds[k] = new
            self.out[key] += old is None
        self.price += (new.price if new else 0.0) - (old.price if old else 0.0)

    def replace_order(self, k: int, new: Round) -> None:
        """Give vehicle-day `k` the same visits in a better order."""
        self._set_round(k, new)

    def solution(self, *, seed: int, ending: Ending) -> Solution:
        """The draft as a solution of one-day trips, by day; what is missing carries no reasons yet."""
        desk = self.desk
        trips = []
        for k in sorted(self.rounds):
            place, round_ = desk.vehicle_days[k], self.rounds[k]
            tour: Tour = desk.clock.tour(place.vehicle, place.day, desk.depots[k], round_.calls, round_.times)
            trips.append(Trip(place.vehicle.id, (tour,)))
        return Solution(trips=tuple(trips), seed=seed, ending=ending)


def draft_from(desk: Desk, solution: Solution) -> Draft:
    """A draft with every visit of `solution` that its vehicle-day can still take."""
    numbers = {(vd.vehicle.id, vd.day): k for k, vd in enumerate(desk.vehicle_days)}
    draft = Draft(desk)
    for tour, stop in solution.stops():
        k = numbers.get((tour.vehicle_id, tour.day), -1)
        if (stop.need_id, k) not in desk.call or k not in desk.allowed[stop.need_id]:
            continue
        need = draft.needs[stop.need_id]
        found = draft.price_of_adding(need, k) if len(draft.days[need.id]) < need.quota else None
        if found is not None:
            draft.add(need, k, found[1])
    return draft


def week_price(need: Need, day: date) -> float:
    """The price of a day outside the weeks a host wished for."""
    if not need.preferred_weeks or day - timedelta(days=day.weekday()) in need.preferred_weeks:
        return 0.0
    return WRONG_WEEK

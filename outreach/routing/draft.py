"""A plan in the making: which visits each vehicle-day holds, in which order, and what one more would cost."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, permutations
from math import inf

from outreach.domain.errors import BrokenPlan
from outreach.routing.expand import Horizon
from outreach.routing.problem import NO_ROAD, Need
from outreach.routing.shares import Ledger, Shares
from outreach.routing.solution import Ending, Solution, Tour, Trip
from outreach.routing.timeline import Call, Clock, Ends, Failure, Misfit, Times, call_of

ALL_ORDERS_UP_TO = 3  # visits; beyond that an insertion keeps the order of the others


@dataclass(frozen=True, slots=True)
class Round:
    """The visits of one vehicle-day in order, with their times and price."""

    calls: tuple[Call, ...]
    times: Times
    price: float

    @property
    def work_s(self) -> int:
        """Seconds from leaving to returning."""
        return self.times.return_s - self.times.leave_s


class Desk:
    """What never changes while planning: vehicle-days, what each need may use, and every round looked at.

    Each need looks at its days in an order of its own, drawn from `seed`: of days that cost the same
    the first one seen is taken, and a plan should not crowd into the first weeks.
    """

    def __init__(self, horizon: Horizon, *, seed: int = 1) -> None:
        self.horizon = horizon
        self.vehicle_days = horizon.vehicle_days
        self.shares = Shares(horizon)
        rules = [horizon.rules_on(vd.vehicle, vd.day) for vd in self.vehicle_days]
        laws = list(dict.fromkeys(rules))
        self.laws = [laws.index(own) for own in rules]  # by number: vehicle-days with the same rules
        self._clocks = [Clock(horizon, own) for own in laws]
        self.numbers = {(vd.vehicle.id, vd.day): k for k, vd in enumerate(self.vehicle_days)}
        depots = [horizon.travel.index[vd.depot_id] for vd in self.vehicle_days]
        self.home: list[Ends] = [(depot, depot) for depot in depots]
        self.crew_of = [(vd.depot_id, vd.day) for vd in self.vehicle_days]
        self.after = horizon.nights
        self.before = {after: k for k, after in horizon.nights.items()}
        self._lodgings = [horizon.travel.index[place] for place in horizon.problem.lodgings]
        self._seed = seed
        self._rounds: dict[object, Round | Failure] = {}
        self._calls: dict[object, Call] = {}
        self._alone: dict[tuple[Call, int, Ends], Round | Failure] = {}
        self._allowed: dict[str, list[int]] = {}

    def clock_of(self, k: int) -> Clock:
        """The clock with the working rules of vehicle-day `k`."""
        return self._clocks[self.laws[k]]

    def call(self, need: Need, k: int) -> Call:
        """`need` as a call of vehicle-day `k`, whether it fits there or not; the same object for the same windows."""
        place = self.vehicle_days[k]
        windows = self.horizon.windows_for(need, place.vehicle, place.day)
        key = (need.id, place.vehicle.id, windows, self.horizon.order_pin(need, place.day))
        if key not in self._calls:
            self._calls[key] = call_of(self.horizon, need, place.vehicle, place.day)
        return self._calls[key]

    def alone(self, k: int, call: Call) -> Round | Failure:
        """The round of vehicle-day `k` that holds nothing but `call`, with nights away around it where they help."""
        capacity = self.vehicle_days[k].vehicle.capacity
        if capacity is not None and call.load > capacity:
            return Failure(Misfit.LOAD)
        ends = self.nearest_ends(k, call)
        key = (call, self.laws[k], ends)
        if key not in self._alone:
            self._alone[key] = self.round_of(k, (call,), ends)
        return self._alone[key]

    def nearest_ends(self, k: int, call: Call) -> Ends:
        """Where vehicle-day `k` would start and end for nothing but `call`: at home, or at a lodging that is nearer."""
        start, end = self.home[k]
        seconds, place = self.horizon.seconds, call.place
        if k in self.before:
            start = min((start, *self._lodgings), key=lambda here: _way(seconds[here][place]))
        if k in self.after:
            end = min((end, *self._lodgings), key=lambda there: _way(seconds[place][there]))
        return start, end

    def allowed(self, need: Need) -> list[int]:
        """The vehicle-days of which `need` could be the only visit."""
        if need.id not in self._allowed:
            found = [k for k in range(len(self.vehicle_days)) if self.may_use(need, k)]
            random.Random(f"{self._seed} {need.id}").shuffle(found)  # noqa: S311
            self._allowed[need.id] = found
        return self._allowed[need.id]

    def may_use(self, need: Need, k: int) -> bool:
        """Whether `need` could be the only visit of vehicle-day `k`."""
        place = self.vehicle_days[k]
        if not self.horizon.suits(place.vehicle, need) or not self.horizon.may_be_asked_on(need, place.day):
            return False
        if not self.horizon.windows_for(need, place.vehicle, place.day):
            return False
        call = self.call(need, k)
        return call.follows is not None or isinstance(self.alone(k, call), Round)

    def round_of(self, k: int, calls: tuple[Call, ...], ends: Ends | None = None) -> Round | Failure:
        """The best round of vehicle-day `k` with these calls between `ends` (None: from home to home).

        Of many calls in the order given.
        """
        small = len(calls) <= ALL_ORDERS_UP_TO
        ends = ends or self.home[k]
        key = (ends, self.laws[k], frozenset(calls) if small else calls)
        found = self._rounds.get(key)
        if found is None:
            orders = permutations(calls) if small else [calls]
            found = self._rounds[key] = self._best(k, orders, ends)
        return found

    def _best(self, k: int, orders: Iterable[tuple[Call, ...]], ends: Ends) -> Round | Failure:
        clock = self.clock_of(k)
        best: Round | Failure | None = None
        for order in orders:
            times = clock.times(ends, order)
            if isinstance(times, Failure):
                if best is None or (isinstance(best, Failure) and 0 < times.over_s < best.over_s):
                    best = times
                continue
            price = self.horizon.problem.prices.of_tour(times.drive_s, times.return_s - times.leave_s)
            if not isinstance(best, Round) or price < best.price:
                best = Round(tuple(order), times, price)
        assert best is not None
        return best

    def with_call(
        self, k: int, old: Round | None, call: Call, *, ends: Ends | None = None, limit: float = inf
    ) -> Round | Failure:
        """`old` with one more call at its best position, between `ends` (None: from home to home).

        Gives up before looking at times where the detour alone, in the order of `old`, costs `limit` or more.
        """
        ends, others = ends or self.home[k], old.calls if old else ()
        capacity = self.vehicle_days[k].vehicle.capacity
        if capacity is not None and call.load + sum(other.load for other in others) > capacity:
            return Failure(Misfit.LOAD)
        if old is None:
            return self.round_of(k, (call,), ends)
        detours = self._detours(ends, old, call)
        if min(detours) >= limit:
            return Failure(Misfit.DRIVE)
        if len(old.calls) < ALL_ORDERS_UP_TO:
            return self.round_of(k, (*old.calls, call), ends)
        best: Round | Failure = Failure(Misfit.SHIFT)
        for position, detour in enumerate(detours):
            if detour >= limit or detour == inf:
                continue
            found = self.round_of(k, (*old.calls[:position], call, *old.calls[position:]), ends)
            if isinstance(best, Failure) or (isinstance(found, Round) and found.price < best.price):
                best = found
        return best

    def _detours(self, ends: Ends, old: Round, call: Call) -> list[float]:
        """Seconds of driving that `call` adds at each position of `old`; infinite where no road leads."""
        seconds, place = self.horizon.seconds, call.place
        from_call = seconds[place]
        detours: list[float] = []
        before = ends[0]
        for after in (*(other.place for other in old.calls), ends[1]):
            to, on = seconds[before][place], from_call[after]
            detours.append(inf if NO_ROAD in (to, on) else to + on - seconds[before][after])
            before = after
        return detours


class Draft:
    """Rounds by vehicle-day and days by need; every change keeps all hard rules."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.needs = desk.horizon.needs
        self.rounds: dict[int, Round] = {}
        self.nights: dict[int, int] = {}  # by vehicle-day: row of the place where the night after it is spent
        self.days: dict[str, tuple[date, ...]] = dict.fromkeys(self.needs, ())
        self.out: Counter[tuple[str, date]] = Counter()
        self.ledger = Ledger(desk.shares)
        self.price = float(sum(need.quota * desk.horizon.price_of_missing(need) for need in self.needs.values()))

    def ends(self, k: int) -> Ends:
        """Where vehicle-day `k` starts and ends."""
        home, before = self.desk.home[k], self.desk.before.get(k, -1)
        return self.nights.get(before, home[0]), self.nights.get(k, home[1])

    def stay_away(self, k: int, place: int) -> None:
        """Spend the night after vehicle-day `k` at `place`; neither day holds a visit yet."""
        self.nights[k] = place
        self.price += self.desk.horizon.problem.prices.night_s

    def missing(self) -> list[str]:
        """The need of each visit that has no day yet, once per visit."""
        return [need.id for need in self.needs.values() for _ in range(need.quota - len(self.days[need.id]))]

    def spacing_allows(self, need: Need, day: date) -> bool:
        """Whether one more visit of `need` on `day` keeps its gaps, or its allowed sets of days."""
        days = self.days[need.id]
        if need.patterns and not any(pattern.issuperset((*days, day)) for pattern in need.patterns):
            return False
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

    def may_stay(self, ks: Sequence[int]) -> bool:
        """Whether the nights after the vehicle-days `ks` may be spent away as well: posts and months allow it."""
        desk, horizon = self.desk, self.desk.horizon
        more = [*self.nights, *ks]
        overnight = Counter(desk.crew_of[k] for k in more)
        if any(count > horizon.crews_overnight(*key) for key, count in overnight.items()):
            return False
        months = Counter((depot, (day.year, day.month)) for depot, day in map(desk.crew_of.__getitem__, more))
        left = {key: horizon.nights_left(*key) for key in months}
        return all(most is None or months[key] <= most for key, most in left.items())

    def price_of_adding(self, need: Need, k: int, *, limit: float = inf) -> tuple[float, Round] | None:
        """What a visit of `need` in vehicle-day `k` costs, and the new round; None if it cannot be."""
        day = self.desk.vehicle_days[k].day
        if (self.days[need.id] or need.patterns) and not self.spacing_allows(need, day):  # never twice on one day
            return None
        old = self.rounds.get(k)
        if old is None and not self.crew_allows(k):
            return None
        wish = self.desk.horizon.price_of_visit(need, self.desk.vehicle_days[k])
        found = self.desk.with_call(k, old, self.desk.call(need, k), ends=self.ends(k), limit=limit - wish)
        if isinstance(found, Failure):
            return None
        price = found.price - old.price if old is not None else found.price
        return price + wish + self.ledger.price_of_visit(k, need.id) + self._price_of_work(k, found), found

    def _price_of_work(self, k: int, new: Round) -> float:
        """What it costs the shares of vehicle-day `k` that its round becomes `new`."""
        old = self.rounds.get(k)
        return self.ledger.price_of_work(k, new.work_s - (old.work_s if old else 0))

    def price_of_replacing(self, k: int, new: Round) -> float:
        """What it costs that the round of vehicle-day `k` becomes `new`, with the same visits."""
        return new.price - self.rounds[k].price + self._price_of_work(k, new)

    def add(self, need: Need, k: int, new: Round) -> None:
        """Put a visit of `need` into vehicle-day `k`, whose round becomes `new`."""
        self._set_round(k, new)
        self._count(need, k)

    def _count(self, need: Need, k: int) -> None:
        horizon, place = self.desk.horizon, self.desk.vehicle_days[k]
        self.days[need.id] = tuple(sorted((*self.days[need.id], place.day)))
        self.price += horizon.price_of_visit(need, place) - horizon.price_of_missing(need)
        self.price += self.ledger.visit(k, need.id)

    def _set_round(self, k: int, new: Round) -> None:
        old = self.rounds.get(k)
        self.rounds[k] = new
        self.out[self.desk.crew_of[k]] += old is None
        self.price += new.price - (old.price if old else 0.0)
        self.price += self.ledger.work(k, new.work_s - (old.work_s if old else 0))

    def take_round(self, k: int, new: Round) -> None:
        """Put a whole round on vehicle-day `k`, which holds none."""
        self._set_round(k, new)
        for call in new.calls:
            self._count(self.needs[call.need_id], k)

    def replace_order(self, k: int, new: Round) -> None:
        """Give vehicle-day `k` the same visits in a better order."""
        self._set_round(k, new)

    def solution(self, *, seed: int, ending: Ending) -> Solution:
        """The draft as a solution, trips by their first day; what is missing carries no reasons yet."""
        desk, trips = self.desk, []
        for first in sorted(k for k in self.rounds if desk.before.get(k) not in self.nights):
            days = [first]
            while days[-1] in self.nights:
                days.append(desk.after[days[-1]])
            trips.append(Trip(desk.vehicle_days[first].vehicle.id, tuple(self.tour(k) for k in days)))
        return Solution(trips=tuple(trips), seed=seed, ending=ending)

    def tour(self, k: int) -> Tour:
        """The tour of vehicle-day `k`, which holds visits."""
        place, round_ = self.desk.vehicle_days[k], self.rounds[k]
        return self.desk.clock_of(k).tour(place.vehicle, place.day, self.ends(k), round_.calls, round_.times)


def take_over(draft: Draft, solution: Solution) -> None:
    """Put into `draft` every visit of `solution` that its vehicle-day can still take, trips with nights first."""
    for trip in solution.trips:
        if len(trip.tours) > 1:
            _take_trip(draft, trip)
    for tour, stop in solution.stops():
        k, need = draft.desk.numbers.get((tour.vehicle_id, tour.day), -1), draft.needs.get(stop.need_id)
        if k < 0 or need is None or tour.day in draft.days[need.id] or not _has_room(draft, need, k):
            continue
        found = draft.price_of_adding(need, k)
        if found is not None:
            draft.add(need, k, found[1])


def _has_room(draft: Draft, need: Need, k: int) -> bool:
    return len(draft.days[need.id]) < need.quota and draft.desk.may_use(need, k)


def _take_trip(draft: Draft, trip: Trip) -> None:
    """Put a trip of several days into `draft` as it is, if all its days and nights still hold."""
    desk, rounds = draft.desk, dict[int, Round]()
    ks = [desk.numbers.get((trip.vehicle_id, tour.day), -1) for tour in trip.tours]
    index, lodgings = desk.horizon.travel.index, desk.horizon.problem.lodgings
    places = [tour.end_place_id for tour in trip.tours[:-1]]
    together = all(desk.after.get(k) == after for k, after in pairwise(ks))
    if not together or len(ks) > desk.horizon.rules.trip_days_max or not set(places) <= set(lodgings):
        return
    if any(k in draft.rounds or not draft.crew_allows(k) for k in ks) or not draft.may_stay(ks[:-1]):
        return
    away = [index[place] for place in places]
    starts, stops = [desk.home[ks[0]][0], *away], [*away, desk.home[ks[-1]][1]]
    for k, ends, tour in zip(ks, zip(starts, stops, strict=True), trip.tours, strict=True):
        needs = [draft.needs[stop.need_id] for stop in tour.stops if stop.need_id in draft.needs]
        if len(needs) < len(tour.stops) or not needs or not all(_has_room(draft, need, k) for need in needs):
            return
        found = desk.round_of(k, tuple(desk.call(need, k) for need in needs), ends)
        if isinstance(found, Failure) or not all(draft.spacing_allows(need, tour.day) for need in needs):
            return
        rounds[k] = found
    for k, place in zip(ks, away, strict=False):
        draft.stay_away(k, place)
    for k, found in rounds.items():
        draft.take_round(k, found)


def draft_of(desk: Desk, rounds: Mapping[int, Sequence[str]], nights: Mapping[int, int] | None = None) -> Draft:
    """The draft with these needs, in this order, on these vehicle-days; BrokenPlan where a day cannot be driven.

    `nights` says, by vehicle-day, the row of the place at which the night after it is spent.
    """
    draft = Draft(desk)
    for k, place in (nights or {}).items():
        draft.stay_away(k, place)
    for k, need_ids in sorted(rounds.items()):
        calls = tuple(desk.call(draft.needs[need_id], k) for need_id in need_ids)
        found = desk.round_of(k, calls, draft.ends(k))
        if isinstance(found, Failure):
            raise BrokenPlan(
                "Kế hoạch vừa xếp vi phạm quy tắc {rule} tại {where}; không được lưu",
                rule=found.misfit.value,
                where=f"{desk.vehicle_days[k].vehicle.id} {desk.vehicle_days[k].day}",
            )
        draft.take_round(k, found)
    return draft


def fill(draft: Draft) -> None:
    """Insert everything missing at its cheapest place, the most constrained and most urgent first."""

    def urgency(need_id: str) -> tuple[int, int, int]:
        need = draft.needs[need_id]
        return (len(draft.desk.allowed(need)) // 10, -need.priority, -need.service_s)

    for need_id in sorted(draft.missing(), key=urgency):
        need = draft.needs[need_id]
        best: tuple[float, Round] | None = None
        best_k = -1
        for k in draft.desk.allowed(need):
            found = draft.price_of_adding(need, k, limit=best[0] if best else inf)
            if found is not None and (best is None or found[0] < best[0]):
                best, best_k = found, k
        if best is not None:
            draft.add(need, best_k, best[1])


def _way(seconds: int) -> float:
    return inf if seconds == NO_ROAD else seconds

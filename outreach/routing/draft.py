"""A plan in the making: which visits each vehicle-day holds, in which order, and what one more would cost."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, permutations
from math import inf

from outreach.routing.expand import Horizon
from outreach.routing.problem import NO_ROAD, Need
from outreach.routing.rhythm import Half, has_beat, step_days
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

    def call(self, need: Need, k: int, *, half: Half | None = None) -> Call:
        """`need` as a call of vehicle-day `k`, whether it fits there or not; the same object for the same windows."""
        place = self.vehicle_days[k]
        windows = self.horizon.windows_for(need, place.vehicle, place.day)
        key = (need.id, place.vehicle.id, windows, self.horizon.order_pin(need, place.day), half)
        if key not in self._calls:
            self._calls[key] = call_of(self.horizon, need, place.vehicle, place.day, half=half)
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
        self.halves: dict[str, dict[date, Half]] = {}  # by need with a beat: its visits that are on it
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
        if has_beat(need) and not any(True for _ in self.forms(need, day)):
            return False
        if not days:
            return True
        least = max(need.min_gap_days, 1)
        if any(abs((day - other).days) < least for other in days):
            return False
        if need.max_gap_days is None:
            return True
        return all((after - before).days <= need.max_gap_days for before, after in pairwise(sorted((*days, day))))

    def forms(self, need: Need, day: date) -> Iterator[Half | None]:
        """In which half-days one more visit of `need` would be on its beat; None: at any hour."""
        if has_beat(need) and need.rhythm:
            made = self.halves.get(need.id, {})
            for half in Half:
                beat = self.desk.horizon.beats(need).get((half, day.toordinal() % step_days(need)))
                if beat and set(made.values()) <= {half} and beat.holds((*made, day), need.quota):
                    yield half
            if need.rhythm.rule:
                return
        yield None

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

    def price_of_adding(
        self, need: Need, k: int, *, limit: float = inf, halves: tuple[Half | None, ...] | None = None
    ) -> tuple[float, Round] | None:
        """What a visit of `need` in vehicle-day `k` costs, and the new round; None if it cannot be.

        `halves`: only on the beat in these half-days, or off it where None stands among them.
        """
        day = self.desk.vehicle_days[k].day
        if (self.days[need.id] or need.patterns) and not self.spacing_allows(need, day):  # never twice on one day
            return None
        if self.rounds.get(k) is None and not self.crew_allows(k):
            return None
        best = None
        for half in self.forms(need, day):
            if halves is not None and half not in halves:
                continue
            found = self._price_of_form(need, k, half=half, limit=best[0] if best else limit)
            best = found if found and (best is None or found[0] < best[0]) else best
        return best

    def _price_of_form(self, need: Need, k: int, *, half: Half | None, limit: float) -> tuple[float, Round] | None:
        old, horizon = self.rounds.get(k), self.desk.horizon
        wish = horizon.price_of_visit(need, self.desk.vehicle_days[k]) + horizon.price_of_form(need, half)
        found = self.desk.with_call(k, old, self.desk.call(need, k, half=half), ends=self.ends(k), limit=limit - wish)
        if isinstance(found, Failure):
            return None
        price = found.price - (old.price if old is not None else 0.0)
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
        self._note(need, k, new)

    def _note(self, need: Need, k: int, new: Round) -> None:
        """The visit of `need` in `new` has its day, and its place on the beat."""
        horizon, place = self.desk.horizon, self.desk.vehicle_days[k]
        self.days[need.id] = tuple(sorted((*self.days[need.id], place.day)))
        self.price += horizon.price_of_visit(need, place) - horizon.price_of_missing(need)
        if has_beat(need):
            half = next((call.half for call in new.calls if call.need_id == need.id), None)
            self.price += horizon.price_of_form(need, half)
            if half is not None:
                self.halves.setdefault(need.id, {})[place.day] = half
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
            self._note(self.needs[call.need_id], k, new)

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

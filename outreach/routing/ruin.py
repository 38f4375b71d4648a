"""A few vehicle-days by ruin and recreate in plain Python: visits are taken out and put back where they cost least.

The compiled search does so for a whole period, but must be compiled or loaded first; a hand edit cannot wait for it.
"""

import random
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import inf, log

from outreach.routing.draft import Desk, Round
from outreach.routing.problem import NO_ROAD, Need, Rules
from outreach.routing.timeline import FAR_S, Call

MOST_OUT = 6  # visits taken out in one round
HOT_S, COLD_S = 300.0, 1.0  # typically dearer by so much is still gone on from, at first and at last
VARIED = (0.8, 1.2)  # prices and hours are taken for so much of what they are when visits are lined up
NEVER = frozenset[int]()

Order = tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """Visits of one need: the sets of vehicle-days that may hold one each; the empty set where none need be made."""

    need: Need
    sets: frozenset[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be changed: vehicle-days, by the desk's numbers, and what they may hold.

    `crews` is how many of these tours one base may send out on one day, by `desk.crew_of`; none: all.
    """

    desk: Desk
    ks: tuple[int, ...]
    wishes: tuple[Wish, ...]
    crews: Mapping[tuple[str, date], int] = field(default_factory=dict)

    def rules_of(self, k: int) -> Rules:  # noqa: ARG002 - one set of rules for all vehicle-days
        """The working rules of vehicle-day `k`."""
        return self.desk.clock.rules

    def worth(self, need: Need, k: int) -> float:
        """What a visit saves by being made on vehicle-day `k`, before its driving."""
        horizon = self.desk.horizon
        return horizon.price_of_missing(need) - horizon.problem.prices.of_day(need, self.desk.vehicle_days[k].day)

    def price_of(self, rounds: Mapping[int, Round]) -> float:
        """What these rounds cost, in seconds of driving, less what their visits would cost if they were missed."""
        needs = self.desk.horizon.needs
        return sum(
            found.price - sum(self.worth(needs[call.need_id], k) for call in found.calls) for k, found in rounds.items()
        )

    def holds(self, rounds: Mapping[int, Round]) -> bool:
        """Whether every need has an allowed set of vehicle-days and every tour a crew."""
        held = days_held({k: found.calls for k, found in rounds.items()})
        out = Counter(self.desk.crew_of[k] for k in rounds)
        return all(held.get(wish.need.id, NEVER) in wish.sets for wish in self.wishes) and all(
            count <= self.crews.get(key, count) for key, count in out.items()
        )


def days_held(orders: Mapping[int, Order]) -> dict[str, frozenset[int]]:
    """The vehicle-days that hold a visit, by need."""
    held: dict[str, frozenset[int]] = {}
    for k, calls in orders.items():
        for call in calls:
            held[call.need_id] = held.get(call.need_id, NEVER) | {k}
    return held


def _after_lunch(now: int, rules: Rules) -> int:
    """When a break that can begin at `now` ends; FAR_S if that is after the lunch hours or there is none."""
    end = max(now, rules.lunch_from_s) + rules.lunch_s
    return end if rules.lunch_s and end <= rules.lunch_to_s else FAR_S


def starts_of(call: Call, step_s: int) -> list[int]:
    """Every start the clock may give: full steps, or the very opening of a window in which none fits."""
    found: set[int] = set()
    for window in call.windows:
        last = window.end_s - call.service_s
        steps = range(-(-max(window.start_s, call.set_up_s) // step_s) * step_s, last + 1, step_s)
        found.update(steps or ([window.start_s] if call.set_up_s <= window.start_s <= last else []))
    return sorted(found)


class Ruin:
    """Rounds of ruin and recreate with simulated annealing; the clock times and prices what each round comes to."""

    def __init__(self, choice: Choice, *, seed: int = 1) -> None:
        self.choice, self.desk = choice, choice.desk
        self.chance = random.Random(seed)  # noqa: S311
        needs = {wish.need.id: wish.need for wish in choice.wishes}
        self.sets = {wish.need.id: wish.sets for wish in choice.wishes}
        self.most = {need_id: max(map(len, sets)) for need_id, sets in self.sets.items()}
        self.where = {need_id: sorted(NEVER.union(*sets)) for need_id, sets in self.sets.items()}
        self.worth = {(u, k): choice.worth(need, k) for u, need in needs.items() for k in self.where[u]}
        self.call = {(u, k): self.desk.call(need, k) for u, need in needs.items() for k in self.where[u]}
        self.starts = {call: starts_of(call, choice.rules_of(k).step_s) for (_, k), call in self.call.items()}
        self.prize = {u: max((self.worth[u, k] for k in ks), default=0.0) for u, ks in self.where.items()}
        self.open_s = {u: sum(len(self.starts[self.call[u, k]]) for k in ks) for u, ks in self.where.items()}
        self.known: dict[tuple[int, Order], tuple[list[int], list[int]]] = {}

    def best_from(self, start: Mapping[int, Round], *, seconds: float) -> dict[int, Round]:
        """The cheapest rounds found from `start` on; `start` itself if there were none."""
        began, best = time.monotonic(), dict(start)
        now = best
        price = best_price = self.choice.price_of(start) if self.choice.holds(start) else inf
        while (share := (time.monotonic() - began) / seconds) < 1:
            orders = self.ruined(now)
            self.recreate(orders)
            found = self.timed(orders)
            if found is None or not self.choice.holds(found):
                continue
            new = self.choice.price_of(found)
            heat = HOT_S * (1 - share) + COLD_S
            if new < price - heat * log(1 - self.chance.random()):
                now, price = found, new
            if new < best_price:
                best, best_price = found, new
        return best

    def timed(self, orders: Mapping[int, Order]) -> dict[int, Round] | None:
        """The rounds of these orders by the clock; None if it refuses one."""
        rounds = {}
        for k, calls in orders.items():
            found = self.desk.round_of(k, calls)
            if not isinstance(found, Round):
                return None
            rounds[k] = found
        return rounds

    def ruined(self, rounds: Mapping[int, Round]) -> dict[int, Order]:
        """The orders of `rounds` without a string of visits or those nearest to one."""
        visits = [(k, call) for k, found in rounds.items() for call in found.calls]
        if not visits:
            return {}
        k, centre = self.chance.choice(visits)
        count = self.chance.randint(1, MOST_OUT)
        if self.chance.random() < 0.5:
            calls = rounds[k].calls
            at = max(calls.index(centre) - self.chance.randrange(count), 0)
            out = {(k, call) for call in calls[at : at + count]}
        else:
            away = self.desk.clock.seconds[centre.place]
            out = set(sorted(visits, key=lambda visit: away[visit[1].place])[:count])
        orders = {k: tuple(call for call in found.calls if (k, call) not in out) for k, found in rounds.items()}
        return {k: calls for k, calls in orders.items() if calls}

    def recreate(self, orders: dict[int, Order]) -> None:
        """Put every visit that is out where its detour is least, one after the other, if it is worth it there."""
        held = days_held(orders)
        for need_id in self.lined_up(held):
            days = held.get(need_id, NEVER)
            best, best_k, best_order = 0.0, -1, Order()
            for k in self.where[need_id]:
                if k in days or days | {k} not in self.sets[need_id] or not self.has_crew(k, orders):
                    continue
                found = self.with_call(k, orders.get(k, ()), self.call[need_id, k])
                if found is not None and (price := found[0] - self.worth[need_id, k]) < best:
                    best, best_k, best_order = price, k, found[1]
            if best_order:
                orders[best_k] = best_order
                held[need_id] = days | {best_k}

    def lined_up(self, held: Mapping[str, frozenset[int]]) -> list[str]:
        """The need of each visit that is out: by chance, the dearest first, or those with the shortest hours first."""
        out = [u for u, most in self.most.items() for _ in range(most - len(held.get(u, NEVER)))]
        self.chance.shuffle(out)
        match self.chance.randrange(3):
            case 0:
                out.sort(key=lambda u: -self.prize[u] * self.chance.uniform(*VARIED))
            case 1:
                out.sort(key=lambda u: self.open_s[u] * self.chance.uniform(*VARIED))
        return out

    def has_crew(self, k: int, orders: Mapping[int, Order]) -> bool:
        """Whether vehicle-day `k` is out already or a crew is left for it."""
        key = self.desk.crew_of[k]
        most = self.choice.crews.get(key, len(self.choice.ks))
        return k in orders or sum(self.desk.crew_of[other] == key for other in orders) < most

    def with_call(self, k: int, calls: Order, call: Call) -> tuple[float, Order] | None:
        """Price of the detour and `calls` with one more, at the position of the least detour at which it fits."""
        prices, rules = self.desk.horizon.problem.prices, self.choice.rules_of(k)
        capacity = self.desk.vehicle_days[k].vehicle.capacity
        if rules.stops_max is not None and len(calls) >= rules.stops_max:
            return None
        if capacity is not None and call.load + sum(other.load for other in calls) > capacity:
            return None
        for detour, at in sorted(self.positions(k, calls, call)):
            order = (*calls[:at], call, *calls[at:])
            if self.fits(k, order):
                return prices.of_tour(detour, detour) - (prices.tour_s if calls else 0), order
        return None

    def fits(self, k: int, calls: Order) -> bool:
        """Whether a tour can make these calls in this order: as the clock walks it, but for the times themselves.

        Of a crew with lunch still to come and of one that had it, or owes none as it leaves late, the earliest times.
        """
        rules, seconds, here = self.choice.rules_of(k), self.desk.clock.seconds, self.desk.depots[k]
        leave, drive = rules.leave_earliest_s, 0
        hungry, fed = (leave, max(leave, rules.lunch_from_s)) if rules.lunch_s else (FAR_S, leave)
        for call in calls:
            leg = seconds[here][call.place]
            drive, here = drive + leg, call.place
            hungry, fed = hungry + leg, min(fed + leg, _after_lunch(hungry + leg, rules))
            hungry, fed = self.done(call, hungry), self.done(call, fed)
            fed = min(fed, _after_lunch(hungry, rules))
            if fed >= FAR_S and hungry >= FAR_S:
                return False
        leg = seconds[here][self.desk.depots[k]]
        back = (hungry if hungry + leg <= rules.lunch_to_s else fed) + leg
        if back > rules.return_latest_s or drive + leg > rules.drive_max_s:
            return False
        return back - leave <= rules.shift_max_s or isinstance(self.desk.round_of(k, calls), Round)

    def done(self, call: Call, now: int) -> int:
        """When a crew that is there at `now` has packed up again; FAR_S if the host closes before."""
        starts = self.starts[call]
        first = bisect_left(starts, now + call.set_up_s)
        return starts[first] + call.service_s + call.pack_up_s if first < len(starts) else FAR_S

    def positions(self, k: int, calls: Order, call: Call) -> Iterator[tuple[int, int]]:
        """Detour and position where `call` would do for a crew without lunch; most that cannot be fall away here."""
        seconds, depot = self.desk.clock.seconds, self.desk.depots[k]
        free, late = self.slack(k, calls)
        starts, handling = self.starts[call], call.service_s + call.pack_up_s
        here = depot
        for at, ready in enumerate(free):
            there = calls[at].place if at < len(calls) else depot
            to, on = seconds[here][call.place], seconds[call.place][there]
            if NO_ROAD not in (to, on):
                first = bisect_left(starts, ready + to + call.set_up_s)
                if first < len(starts) and starts[first] + handling + on <= late[at]:
                    yield to + on - seconds[here][there], at
            here = there

    def slack(self, k: int, calls: Order) -> tuple[list[int], list[int]]:
        """Without lunch: when a tour is free at the earliest before each call and home, and due there at the latest."""
        if (k, calls) in self.known:
            return self.known[k, calls]
        seconds, depot, rules = self.desk.clock.seconds, self.desk.depots[k], self.choice.rules_of(k)
        free, here = [rules.leave_earliest_s], depot
        for call in calls:
            starts = self.starts[call]
            first = starts[bisect_left(starts, free[-1] + seconds[here][call.place] + call.set_up_s)]
            free.append(first + call.service_s + call.pack_up_s)
            here = call.place
        late, there = [rules.return_latest_s], depot
        for call in reversed(calls):
            starts = self.starts[call]
            by = late[-1] - seconds[call.place][there] - call.service_s - call.pack_up_s
            late.append(starts[bisect_right(starts, by) - 1] - call.set_up_s)
            there = call.place
        self.known[k, calls] = free, late[::-1]
        return self.known[k, calls]

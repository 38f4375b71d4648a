"""How near a visit without a day came: on every vehicle-day one rule at a time gives way, by as little as can be."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise, permutations

from outreach.routing.draft import ALL_ORDERS_UP_TO, Draft
from outreach.routing.expand import base_of, pinned_hours
from outreach.routing.hurdles import CHECKS, ELASTIC, Lack, Spot, Windows, Wish, at_home, fewest_stops, usual_hours
from outreach.routing.problem import NO_ROAD, Need, Rules, Site, Vehicle
from outreach.routing.rhythm import Half, cut, halves_left
from outreach.routing.solution import Hurdle, NearMiss, Reason, ReasonCode, Unserved
from outreach.routing.timeline import Call, Clock, Ends, Times, call_of

LOOKS_MOST = 60_000  # vehicle-days looked at and orders of stops walked through, of all needs: a second or two
RANK = {hurdle: place for place, hurdle in enumerate(Hurdle)}


def with_nearest(
    draft: Draft, unserved: Iterable[Unserved], *, taken: frozenset[int] = frozenset()
) -> tuple[Unserved, ...]:
    """`unserved` with the nearest ways in, the dearest needs first for as long as `LOOKS_MOST` lasts.

    A need for which no rule alone is enough gets that as its last reason; one that fits as things are is left alone.
    """
    unserved = tuple(unserved)
    search = WaysIn(draft, taken)
    dearest = sorted(unserved, key=lambda entry: -draft.desk.horizon.price_of_missing(draft.needs[entry.need_id]))
    found: dict[str, Unserved] = {}
    for entry in dearest:
        if search.looks >= LOOKS_MOST or any(reason.code is ReasonCode.LEFT_OUT for reason in entry.reasons):
            continue
        nearest = search.nearest(draft.needs[entry.need_id])
        reasons = entry.reasons if nearest else (*entry.reasons, Reason(ReasonCode.TWO_RULES))
        found[entry.need_id] = replace(entry, reasons=reasons, nearest=nearest)
    return tuple(found.get(entry.need_id, entry) for entry in unserved)


class WaysIn:
    """The vehicle-days of a draft, and one need after the other held against them."""

    def __init__(self, draft: Draft, taken: frozenset[int]) -> None:
        self.draft, self.horizon = draft, draft.desk.horizon
        self.looks = 0
        self._clocks: dict[Rules, Clock] = {}
        self.spots = [
            self._spot(vehicle, day)
            for day in self.horizon.problem.horizon.days()
            for vehicle in self.horizon.problem.vehicles
            if draft.desk.numbers.get((vehicle.id, day)) not in taken and not self.horizon.is_past(day)
        ]

    def _spot(self, vehicle: Vehicle, day: date) -> Spot:
        k = self.draft.desk.numbers.get((vehicle.id, day))
        round_ = None if k is None else self.draft.rounds.get(k)
        rules = replace(self.horizon.rules_on(vehicle, day), stops_max=None)
        return Spot(
            vehicle=vehicle,
            day=day,
            ends=self._ends(k, vehicle, day),
            calls=round_.calls if round_ else (),
            clock=self.clock(rules),
            rules=rules,
            lacks=tuple(at_home(self.draft, vehicle, day)) if round_ is None else (),
        )

    def _ends(self, k: int | None, vehicle: Vehicle, day: date) -> Ends:
        if k is not None:
            return self.draft.ends(k)
        depot = self.horizon.travel.index[base_of(vehicle, day)]
        return depot, depot

    def clock(self, rules: Rules) -> Clock:
        """The clock under these rules."""
        if rules not in self._clocks:
            self._clocks[rules] = Clock(self.horizon, rules)
        return self._clocks[rules]

    def nearest(self, need: Need) -> tuple[NearMiss, ...]:
        """For each rule that alone would let a visit of `need` in, where it has to give least; the nearest first."""
        wish = self.wish(need)
        best: dict[Hurdle, tuple[Lack, Spot]] = {}
        for spot in self.spots:
            for lack in self._ways_in(wish, spot, best):
                best[lack.hurdle] = lack, spot
        ranked = sorted(best.values(), key=lambda found: (found[0].share, RANK[found[0].hurdle]))
        return tuple(
            NearMiss(lack.hurdle, lack.amount, spot.vehicle.id, spot.day, lack.other_day, lack.other_need)
            for lack, spot in ranked
        )

    def wish(self, need: Need) -> Wish:
        """`need` with its site and the days its visits are on."""
        return Wish(need, self.horizon.sites[need.site_id], self.draft.days[need.id])

    def _ways_in(
        self, wish: Wish, spot: Spot, best: dict[Hurdle, tuple[Lack, Spot]], *, ties: bool = False
    ) -> Iterator[Lack]:
        """The rules that alone keep the visit off `spot` and give less there than on any spot of `best`, or no more."""
        self.looks += 1
        lacks = self._lacks(wish, spot)
        mended_by_room = all(lack.hurdle in (Hurdle.STOPS, Hurdle.LOAD) for lack in lacks)
        if len(lacks) > 1 and not mended_by_room:
            return
        if not wish.may_come(spot.day) or not self._has_road(wish.site, spot):
            return
        pins = self.horizon.pins_on(wish.need, spot.day)
        windows = self.horizon.windows_on(wish.site, spot.day) or usual_hours(wish.site, spot.day)
        half = self._half(wish, spot)
        call = call_of(self.horizon, wish.need, spot.vehicle, spot.day)
        unpinned = replace(call, windows=self._cut(wish, windows, half), turn=None, follows=None)
        any_hour = replace(call, windows=pinned_hours(pins, windows))
        call = replace(call, windows=self._cut(wish, any_hour.windows, half))
        alone = lacks[:1]
        if not lacks:
            yield from self._stretched(wish, spot, call=call, windows=windows, half=half, best=best, ties=ties)
            alone = [Lack(Hurdle.PINNED)] * bool(pins) + [Lack(Hurdle.RHYTHM)] * (half is not None)
        eased = {Hurdle.PINNED: unpinned, Hurdle.RHYTHM: any_hour}
        for lack in alone if len(lacks) <= 1 else ():
            nearer = lack.hurdle not in best or lack.amount < best[lack.hurdle][0].amount + ties
            if nearer and self._fits(spot, spot.calls, eased.get(lack.hurdle, call)):
                yield lack
        if mended_by_room and not ties:
            yield from self._swapped(wish, spot, call, best.get(Hurdle.ROOM))

    def _cut(self, wish: Wish, windows: Windows, half: Half | None) -> Windows:
        return cut(windows, half, wish.need, self.horizon.rules)

    def _half(self, wish: Wish, spot: Spot) -> Half | None:
        """The only half of the day that a rhythm leaves, if there is one."""
        halves = halves_left(self.horizon, wish.need, self.draft.halves.get(wish.need.id, {}), spot.day)
        return halves[0] if len(halves) == 1 else None

    def _call(self, wish: Wish, spot: Spot) -> Call:
        call = call_of(self.horizon, wish.need, spot.vehicle, spot.day)
        return replace(call, windows=self._cut(wish, call.windows, self._half(wish, spot)))

    def as_near(self, wish: Wish, spot: Spot, best: dict[Hurdle, tuple[Lack, Spot]]) -> Iterator[Lack]:
        """The rules, but no visit's place, that alone keep the visit off and give no more there than in `best`."""
        return self._ways_in(wish, spot, best, ties=True)

    def is_open(self, wish: Wish, spot: Spot) -> bool:
        """Whether no rule at all keeps the visit off `spot`."""
        if self._lacks(wish, spot) or not wish.may_come(spot.day) or not self._has_road(wish.site, spot):
            return False
        return self._fits(spot, spot.calls, self._call(wish, spot))

    def givers(self, wish: Wish, spot: Spot) -> Iterator[Call]:
        """The visits of `spot` whose place would be enough for one of `wish`, the one least missed first."""
        lacks = [lack for lack in self._lacks(wish, spot) if lack.hurdle not in (Hurdle.STOPS, Hurdle.LOAD)]
        if lacks or not wish.may_come(spot.day) or not self._has_road(wish.site, spot):
            return
        call = self._call(wish, spot)
        for other in sorted(spot.calls, key=lambda other: self._price(other.need_id)):
            if self._gives_place(wish, spot, call, other):
                yield other

    def _lacks(self, wish: Wish, spot: Spot) -> list[Lack]:
        lacks = [*spot.lacks]
        for check in CHECKS:
            lacks += check(self.draft, wish, spot)
        return lacks

    def _has_road(self, site: Site, spot: Spot) -> bool:
        place, seconds = self.horizon.travel.index[site.place_id], spot.clock.seconds
        return NO_ROAD not in (seconds[spot.ends[0]][place], seconds[place][spot.ends[1]])

    def _fits(self, spot: Spot, others: Sequence[Call], call: Call, rules: Rules | None = None) -> bool:
        """Whether `call` can join `others` in some order; of many, in the order they have."""
        if not call.windows:
            return False
        clock = self.clock(rules) if rules else spot.clock
        if len(others) < ALL_ORDERS_UP_TO:
            orders: Iterable[tuple[Call, ...]] = permutations((*others, call))
        else:
            orders = ((*others[:at], call, *others[at:]) for at in range(len(others) + 1))
        most = max(self.horizon.rules.stops_max or 0, fewest_stops(self.horizon, (*others, call)))
        for order in orders:
            if self.horizon.rules.stops_max is not None and clock.stops_of(order) > most:
                continue  # one stop made two
            self.looks += 1
            if isinstance(clock.times(spot.ends, order), Times):
                return True
        return False

    def _stretched(
        self,
        wish: Wish,
        spot: Spot,
        *,
        call: Call,
        windows: Windows,
        half: Half | None,
        best: dict[Hurdle, tuple[Lack, Spot]],
        ties: bool,
    ) -> Iterator[Lack]:
        """The limits of time, each eased second by second; nothing else is in the way."""
        pins = self.horizon.pins_on(wish.need, spot.day)
        limits = {
            hurdle: best[hurdle][0].amount - 1 + ties if hurdle in best else max(elastic.most(spot.rules, windows), 0)
            for hurdle, elastic in ELASTIC.items()
        }

        def fits(by: dict[Hurdle, int]) -> bool:
            rules, eased = spot.rules, windows
            for hurdle, amount in by.items():
                rules, eased = ELASTIC[hurdle].eased(rules, eased, amount)
            eased = self._cut(wish, pinned_hours(pins, eased), half)
            return self._fits(spot, spot.calls, replace(call, windows=eased), rules)

        if not fits(limits):
            return  # not even all of them together let it in by as little
        for hurdle, limit in limits.items():
            if limit > 0 and fits({hurdle: limit}):
                tied = ties and hurdle in best and not fits({hurdle: limit - 1})
                amount = limit if tied else _least(lambda by, hurdle=hurdle: fits({hurdle: by}), limit)  # type: ignore[misc]
                yield Lack(hurdle, amount, amount / ELASTIC[hurdle].whole(spot.rules, windows))

    def _swapped(self, wish: Wish, spot: Spot, call: Call, best: tuple[Lack, Spot] | None) -> Iterator[Lack]:
        """Another visit of the day, no more urgent, gives its place; the one least missed."""
        least = self._price(best[0].other_need) if best else None
        for other in sorted(spot.calls, key=lambda other: self._price(other.need_id)):
            if self.draft.needs[other.need_id].priority > wish.need.priority:
                continue
            if least is not None and self._price(other.need_id) >= least:
                return
            if self._gives_place(wish, spot, call, other):
                yield Lack(Hurdle.ROOM, other_need=other.need_id)
                return

    def _gives_place(self, wish: Wish, spot: Spot, call: Call, other: Call) -> bool:
        """Whether `call` fits once `other` is gone, and `other` may go."""
        need = self.draft.needs[other.need_id]
        if need.id == wish.need.id or any(pin.day == spot.day for pin in self.horizon.pins.get(need.id, ())):
            return False
        others = tuple(left for left in spot.calls if left is not other)
        load = wish.need.load + sum(left.load for left in others)
        if spot.vehicle.capacity is not None and load > spot.vehicle.capacity:
            return False
        most = self.horizon.rules.stops_max
        if self.horizon.shares_stops and most is not None and fewest_stops(self.horizon, (*others, call)) > most:
            return False
        return _may_lose(need, self.draft.days[need.id], spot.day) and self._fits(spot, others, call)

    def _price(self, need_id: str) -> int:
        return self.horizon.price_of_missing(self.draft.needs[need_id])


def _least(fits: Callable[[int], bool], enough: int) -> int:
    """The least amount that fits, where 0 does not and `enough` does."""
    too_little = 0
    while enough - too_little > 1:
        middle = (too_little + enough) // 2
        if fits(middle):
            enough = middle
        else:
            too_little = middle
    return enough


def _may_lose(need: Need, days: tuple[date, ...], day: date) -> bool:
    """Whether the other visits of `need` keep its longest gap without the one on `day`."""
    left = [other for other in days if other != day]
    return need.max_gap_days is None or all((b - a).days <= need.max_gap_days for a, b in pairwise(left))

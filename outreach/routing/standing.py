"""What of a published plan still holds in a problem that has changed, and at its hours where it can."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, permutations

from outreach.domain.times import TimeWindow
from outreach.routing.draft import Desk, Round
from outreach.routing.expand import Hours
from outreach.routing.problem import Need
from outreach.routing.solution import Solution, Stop, Tour
from outreach.routing.timeline import Call, Failure, Times

ALL_ORDERS_UP_TO = 4  # visits of a day; of more the order stays


@dataclass(frozen=True, slots=True)
class Standing:
    """The visits that stay, by the desk's vehicle-days and in order, the hours some of them keep, and the lost ones."""

    rounds: Mapping[int, tuple[str, ...]]
    hours: Mapping[Hours, TimeWindow]
    lost: frozenset[tuple[str, date]]


def what_stands(desk: Desk, published: Solution) -> Standing:
    """As much of `published` as each vehicle-day can still take, the dearest visits first, and as there are crews."""
    rounds: dict[int, tuple[Need, ...]] = {}
    hours: dict[Hours, TimeWindow] = {}
    for tour in published.tours():
        k = desk.numbers.get((tour.vehicle_id, tour.day))
        if k is None:
            continue
        found, held = _what_fits(desk, k, tour)
        if found:
            rounds[k] = found
            own = {stop.need_id: stop for stop in tour.stops}
            for need in found if held else ():
                hours[need.id, tour.vehicle_id, tour.day] = TimeWindow(own[need.id].start_s, own[need.id].end_s)
    for k in _without_crew(desk, rounds):
        del rounds[k]
    there = {(need.id, desk.vehicle_days[k].day) for k, found in rounds.items() for need in found}
    told = {(stop.need_id, tour.day) for tour, stop in published.stops() if not desk.horizon.is_past(tour.day)}
    names = {k: tuple(need.id for need in found) for k, found in rounds.items()}
    return Standing(
        names, {key: one for key, one in hours.items() if (key[0], key[2]) in there}, frozenset(told - there)
    )


def _what_fits(desk: Desk, k: int, tour: Tour) -> tuple[tuple[Need, ...], bool]:
    """The visits of a tour that its day still takes, in their order where it can be, and whether at their hours."""
    horizon, needs = desk.horizon, desk.horizon.needs
    stops = [stop for stop in tour.stops if stop.need_id in needs and desk.may_use(needs[stop.need_id], k)]
    while stops:
        visits = tuple(needs[stop.need_id] for stop in stops)
        if timed(desk, k, [desk.call(need, k) for need in visits], stops) is not None:
            return visits, True
        found = desk.round_of(k, tuple(desk.call(need, k) for need in visits))
        if isinstance(found, Round):
            return tuple(needs[call.need_id] for call in found.calls), False
        stops.remove(min(stops, key=lambda stop: horizon.price_of_missing(needs[stop.need_id])))
    return (), False


def _without_crew(desk: Desk, rounds: Mapping[int, Sequence[Need]]) -> Iterator[int]:
    """Of each base and day with more tours than crews, the tours that are worth least."""
    out: defaultdict[tuple[str, date], list[int]] = defaultdict(list)
    for k in rounds:
        out[desk.crew_of[k]].append(k)
    for (depot_id, day), ks in out.items():
        short = len(ks) - desk.horizon.crews_at(depot_id, day)
        worth = {k: sum(desk.horizon.price_of_missing(need) for need in rounds[k]) for k in ks}
        yield from sorted(ks, key=lambda k: worth[k])[: max(short, 0)]


def timed(desk: Desk, k: int, calls: Sequence[Call], held: Sequence[Stop]) -> tuple[tuple[Call, ...], Times] | None:
    """The cheapest tour of `calls` with each visit of `held` at its very hour; None if there is none."""
    at = {stop.need_id: TimeWindow(stop.start_s, stop.end_s) for stop in held}
    pinned = [_at(call, at[call.need_id]) if call.need_id in at else call for call in calls]
    if any(not call.windows for call in pinned):
        return None
    prices, best = desk.horizon.problem.prices, None
    for order in permutations(pinned) if len(pinned) <= ALL_ORDERS_UP_TO else [tuple(pinned)]:
        times = desk.clock_of(k).times(desk.home[k], order)
        if isinstance(times, Failure):
            continue
        price = prices.of_tour(times.drive_s, times.return_s - times.leave_s)
        if best is None or price < best[0]:
            best = price, order, times
    return None if best is None else (best[1], best[2])


def _at(call: Call, hour: TimeWindow) -> Call:
    """The call at this hour and no other; without windows where its host does not receive it then."""
    inside = any(window.start_s <= hour.start_s and hour.end_s <= window.end_s for window in call.windows)
    return replace(call, windows=(hour,) if inside else ())


def tour_at_hours(desk: Desk, k: int, round_: Round, old: Tour | None) -> Tour:
    """The round as a tour in which as many visits as can be keep the hours they had in `old`."""
    there = {call.need_id for call in round_.calls}
    known = [stop for stop in old.stops if stop.need_id in there] if old else []
    few = len(round_.calls) <= ALL_ORDERS_UP_TO
    for size in range(len(known), 0, -1) if few else [len(known)] * bool(known):
        for held in combinations(known, size):
            found = timed(desk, k, round_.calls, held)
            if found is not None:
                return _tour(desk, k, *found)
    return _tour(desk, k, round_.calls, round_.times)


def _tour(desk: Desk, k: int, calls: Sequence[Call], times: Times) -> Tour:
    place = desk.vehicle_days[k]
    return desk.clock_of(k).tour(place.vehicle, place.day, desk.home[k], calls, times)

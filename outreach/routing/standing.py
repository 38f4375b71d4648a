"""What of a published plan still holds in a problem that has changed, and at its hours where it can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, permutations

from outreach.domain.times import TimeWindow
from outreach.routing.draft import Desk, Draft, Round
from outreach.routing.expand import Hours
from outreach.routing.redraft import nights_of
from outreach.routing.solution import Solution, Stop, Tour, Trip
from outreach.routing.timeline import Call, Ends, Failure, Times

ALL_ORDERS_UP_TO = 4  # visits of a day; of more the order stays


@dataclass(frozen=True, slots=True)
class Standing:
    """What stays, as a draft of the desk, the hours that some of it keeps, and the visits that lost their place."""

    draft: Draft
    hours: Mapping[Hours, TimeWindow]
    lost: frozenset[tuple[str, date]]


def what_stands(desk: Desk, published: Solution) -> Standing:
    """As much of `published` as each vehicle-day can still take and there are crews for, the dearest trips first."""
    draft, hours = _taken(desk, published, frozenset())
    apart = _out_of_step(draft)
    if apart:
        draft, hours = _taken(desk, published, apart)
    there = {(need_id, day) for need_id, days in draft.days.items() for day in days}
    told = {(stop.need_id, tour.day) for tour, stop in published.stops() if not desk.horizon.is_past(tour.day)}
    return Standing(draft, hours, frozenset(told - there))


def _taken(
    desk: Desk, published: Solution, apart: frozenset[tuple[str, date]]
) -> tuple[Draft, dict[Hours, TimeWindow]]:
    """A draft of what still holds but the visits `apart`, and the hours that are kept."""
    draft, hours = Draft(desk), dict[Hours, TimeWindow]()
    worth = {id(trip): _worth(desk, trip) for trip in published.trips}
    for trip in sorted(published.trips, key=lambda trip: worth[id(trip)], reverse=True):
        hours |= _take(draft, trip, apart)
    return draft, hours


def _out_of_step(draft: Draft) -> frozenset[tuple[str, date]]:
    """Visits too far from the others of their need since one between them is lost, or too near to them."""
    apart = set()
    for need_id, days in draft.days.items():
        need, runs = draft.needs[need_id], [[days[0]]] if days else []
        for day in days[1:]:
            gap = (day - runs[-1][-1]).days
            if need.max_gap_days is not None and gap > need.max_gap_days:
                runs.append([day])
            elif gap >= need.min_gap_days:
                runs[-1].append(day)
        pinned = {pin.day for pin in draft.desk.horizon.pins.get(need_id, ())}
        kept = max(runs, key=lambda run: (len(pinned.intersection(run)), len(run)), default=[])
        apart |= {(need_id, day) for day in days if day not in kept}
    return frozenset(apart)


def _worth(desk: Desk, trip: Trip) -> tuple[bool, int]:
    """Whether something is pinned to the trip, and what it would cost to miss all of it."""
    horizon = desk.horizon
    visits = [(stop.need_id, tour.day) for tour in trip.tours for stop in tour.stops if stop.need_id in horizon.needs]
    pinned = any(pin.day == day for need_id, day in visits for pin in horizon.pins.get(need_id, ()))
    return pinned, sum(horizon.price_of_missing(horizon.needs[need_id]) for need_id, _ in visits)


def _take(draft: Draft, trip: Trip, apart: frozenset[tuple[str, date]]) -> dict[Hours, TimeWindow]:
    """Put into the draft what of a trip still holds, its nights with it or none of it; the hours it keeps."""
    desk, hours = draft.desk, dict[Hours, TimeWindow]()
    ks = [desk.numbers.get((trip.vehicle_id, tour.day), -1) for tour in trip.tours]
    away = nights_of(desk, trip, ks)
    if -1 in ks or away is None or not all(draft.crew_allows(k) for k in ks) or not draft.may_stay(ks[:-1]):
        return {}
    starts, stops = [desk.home[ks[0]][0], *away], [*away, desk.home[ks[-1]][1]]
    found = [
        _what_fits(draft, k, tour, ends, apart) for k, tour, *ends in zip(ks, trip.tours, starts, stops, strict=True)
    ]
    rounds = [one for one in found if one is not None]
    if len(rounds) < len(ks):
        return {}
    for k, place in zip(ks, away, strict=False):
        draft.stay_away(k, place)
    for k, tour, (round_, held) in zip(ks, trip.tours, rounds, strict=True):
        draft.take_round(k, round_)
        for stop in held:
            hours[stop.need_id, tour.vehicle_id, tour.day] = TimeWindow(stop.start_s, stop.end_s)
    return hours


def _what_fits(
    draft: Draft, k: int, tour: Tour, ends: Sequence[int], apart: frozenset[tuple[str, date]]
) -> tuple[Round, list[Stop]] | None:
    """The visits of a tour that its day still takes, and those of them that keep their hours."""
    desk, needs, there = draft.desk, draft.needs, (ends[0], ends[1])
    stops = [
        stop
        for stop in tour.stops
        if stop.need_id in needs
        and desk.may_use(needs[stop.need_id], k)
        and len(draft.days[stop.need_id]) < needs[stop.need_id].quota
        and (stop.need_id, tour.day) not in apart
    ]
    while stops:
        calls = [desk.call(needs[stop.need_id], k) for stop in stops]
        at_hours = timed(desk, k, calls, stops, there)
        if at_hours is not None:
            return _round(desk, calls, *at_hours), stops
        found = desk.round_of(k, tuple(calls), there)
        if isinstance(found, Round):
            return found, []
        stops.remove(min(stops, key=lambda stop: desk.horizon.price_of_missing(needs[stop.need_id])))
    return None


def _round(desk: Desk, calls: Sequence[Call], order: Sequence[Call], times: Times) -> Round:
    """The round of `calls` in this order of theirs and at these times."""
    own = {call.need_id: call for call in calls}
    price = desk.horizon.problem.prices.of_tour(times.drive_s, times.return_s - times.leave_s)
    return Round(tuple(own[call.need_id] for call in order), times, price)


def timed(
    desk: Desk, k: int, calls: Sequence[Call], held: Sequence[Stop], ends: Ends
) -> tuple[tuple[Call, ...], Times] | None:
    """The cheapest tour of `calls` with each visit of `held` at its very hour; None if there is none."""
    at = {stop.need_id: TimeWindow(stop.start_s, stop.end_s) for stop in held}
    pinned = [_at(call, at[call.need_id]) if call.need_id in at else call for call in calls]
    if any(not call.windows for call in pinned):
        return None
    prices, best = desk.horizon.problem.prices, None
    for order in permutations(pinned) if len(pinned) <= ALL_ORDERS_UP_TO else [tuple(pinned)]:
        times = desk.clock_of(k).times(ends, order)
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


def tour_at_hours(draft: Draft, k: int, old: Tour | None) -> Tour:
    """The tour of vehicle-day `k` in which as many visits as can be keep the hours they had in `old`."""
    desk, round_, ends = draft.desk, draft.rounds[k], draft.ends(k)
    there = {call.need_id for call in round_.calls}
    known = [stop for stop in old.stops if stop.need_id in there] if old else []
    few = len(round_.calls) <= ALL_ORDERS_UP_TO
    for size in range(len(known), 0, -1) if few else [len(known)] * bool(known):
        for held in combinations(known, size):
            found = timed(desk, k, round_.calls, held, ends)
            if found is not None:
                place = desk.vehicle_days[k]
                return desk.clock_of(k).tour(place.vehicle, place.day, ends, *found)
    return draft.tour(k)

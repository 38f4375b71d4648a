"""Plans that stand already as drafts: what of a solution still fits, and the tours that the search found."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from outreach.domain.errors import BrokenPlan
from outreach.routing.draft import Desk, Draft, Round
from outreach.routing.problem import Need
from outreach.routing.rhythm import Form, Half, halves_in, has_beat
from outreach.routing.solution import Solution, Trip
from outreach.routing.timeline import Failure


def take_over(draft: Draft, solution: Solution) -> None:
    """Put into `draft` every visit of `solution` that its vehicle-day can still take, trips with nights first."""
    made = halves_in(draft.desk.horizon, solution)
    for trip in solution.trips:
        if len(trip.tours) > 1:
            _take_trip(draft, trip, made)
    for tour, stop in solution.stops():
        k, need = draft.desk.numbers.get((tour.vehicle_id, tour.day), -1), draft.needs.get(stop.need_id)
        if k < 0 or need is None or tour.day in draft.days[need.id] or not _has_room(draft, need, k):
            continue
        found = draft.price_of_adding(need, k, halves=(made[need.id].get(tour.day),) if has_beat(need) else None)
        if found is not None:
            draft.add(need, k, found[1])


def _has_room(draft: Draft, need: Need, k: int) -> bool:
    return len(draft.days[need.id]) < need.quota and draft.desk.may_use(need, k)


def _take_trip(draft: Draft, trip: Trip, made: Mapping[str, Mapping[date, Half]]) -> None:
    """Put a trip of several days into `draft` as it is, if all its days and nights still hold."""
    desk, rounds = draft.desk, dict[int, Round]()
    ks = [desk.numbers.get((trip.vehicle_id, tour.day), -1) for tour in trip.tours]
    away = nights_of(desk, trip, ks)
    if away is None or any(k in draft.rounds or not draft.crew_allows(k) for k in ks) or not draft.may_stay(ks[:-1]):
        return
    starts, stops = [desk.home[ks[0]][0], *away], [*away, desk.home[ks[-1]][1]]
    for k, ends, tour in zip(ks, zip(starts, stops, strict=True), trip.tours, strict=True):
        needs = [draft.needs[stop.need_id] for stop in tour.stops if stop.need_id in draft.needs]
        if len(needs) < len(tour.stops) or not needs or not all(_has_room(draft, need, k) for need in needs):
            return
        halves = (made[need.id].get(tour.day) if has_beat(need) else None for need in needs)
        calls = tuple(desk.call(need, k, half=half) for need, half in zip(needs, halves, strict=True))
        found = desk.round_of(k, calls, ends)
        if isinstance(found, Failure) or not all(draft.spacing_allows(need, tour.day) for need in needs):
            return
        rounds[k] = found
    for k, place in zip(ks, away, strict=False):
        draft.stay_away(k, place)
    for k, found in rounds.items():
        draft.take_round(k, found)


def nights_of(desk: Desk, trip: Trip, ks: Sequence[int]) -> list[int] | None:
    """The rows of the places at which the nights of a trip are spent; None where they can no longer be."""
    index, lodgings = desk.horizon.travel.index, desk.horizon.problem.lodgings
    places = [tour.end_place_id for tour in trip.tours[:-1]]
    together = all(desk.after.get(k) == after for k, after in pairwise(ks))
    if not together or len(ks) > desk.horizon.rules.trip_days_max or not set(places) <= set(lodgings):
        return None
    return [index[place] for place in places]


def rounds_of(desk: Desk, solution: Solution) -> dict[int, list[Form]]:
    """The vehicle-days of `solution` with their visits in order, those on a beat in their half of the day."""
    made = halves_in(desk.horizon, solution)
    return {
        desk.numbers[tour.vehicle_id, tour.day]: [
            Form(stop.need_id, made.get(stop.need_id, {}).get(tour.day)) for stop in tour.stops
        ]
        for tour in solution.tours()
    }


def all_nights_of(desk: Desk, solution: Solution) -> dict[int, int]:
    """By vehicle-day: the row of the place at which the night after it is spent."""
    index = desk.horizon.travel.index
    return {
        desk.numbers[tour.vehicle_id, tour.day]: index[tour.end_place_id]
        for trip in solution.trips
        for tour in trip.tours[:-1]
    }


def forms_of(draft: Draft) -> dict[int, tuple[int, ...]]:
    """The visits of each vehicle-day in order, as the search counts them."""
    numbers = draft.desk.horizon.form_numbers
    return {
        k: tuple(numbers[Form(call.need_id, call.half)] for call in found.calls) for k, found in draft.rounds.items()
    }


def draft_of(
    desk: Desk, rounds: Mapping[int, Sequence[str] | Sequence[Form]], nights: Mapping[int, int] | None = None
) -> Draft:
    """The draft with these needs, in this order, on these vehicle-days; BrokenPlan where a day cannot be driven.

    `nights` says, by vehicle-day, the row of the place at which the night after it is spent.
    """
    draft = Draft(desk)
    for k, place in (nights or {}).items():
        draft.stay_away(k, place)
    for k, visits in sorted(rounds.items()):
        forms = [Form(visit) if isinstance(visit, str) else visit for visit in visits]
        calls = tuple(desk.call(draft.needs[form.need_id], k, half=form.half) for form in forms)
        found = desk.round_of(k, calls, draft.ends(k))
        if isinstance(found, Failure):
            raise BrokenPlan(
                "Kế hoạch vừa xếp vi phạm quy tắc {rule} tại {where}; không được lưu",
                rule=found.misfit.value,
                where=f"{desk.vehicle_days[k].vehicle.id} {desk.vehicle_days[k].day}",
            )
        draft.take_round(k, found)
    return draft

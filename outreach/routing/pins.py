"""What people have fixed is put in before all else; pins that contradict each other are named."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from math import inf

from outreach.domain.errors import InvalidValue
from outreach.routing.draft import Desk, Draft, Round
from outreach.routing.expand import Horizon
from outreach.routing.problem import Pin
from outreach.routing.redraft import draft_of, forms_of
from outreach.routing.rhythm import Form
from outreach.routing.solution import Solution
from outreach.routing.team import Schedule

TRY_ROUNDS = 3_000  # of the search on nothing but the pinned needs


def put_pins(draft: Draft, standing: Solution | None) -> Draft:
    """`draft`, which holds nothing yet, with every dated pin; where `standing` keeps a pin, as it is there.

    Raises InvalidValue with the fewest pins found that cannot be kept together.
    """
    desk = draft.desk
    for k, place in _nights(desk).items():
        draft.stay_away(k, place)
    pins = [pin for pin in desk.horizon.problem.pins if pin.day is not None]
    there: dict[tuple[str, date | None], str] = {}
    for tour, stop in standing.stops() if standing else ():
        there[stop.need_id, tour.day] = tour.vehicle_id
    for pin in _in_order(pins):
        _put(draft, pin, there.get((pin.need_id, pin.day)))
    if not _broken(draft, pins):
        return draft
    found = _search(desk, pins)
    if found is not None:
        return found
    raise _contradiction(desk, pins, _broken(draft, pins))


def _nights(desk: Desk) -> dict[int, int]:
    """By vehicle-day: the row of the place at which the night after a frozen one is spent."""
    index = desk.horizon.travel.index
    return {
        desk.numbers[frozen.vehicle_id, frozen.day]: index[frozen.night_at]
        for frozen in desk.horizon.problem.frozen
        if frozen.night_at is not None
    }


def _in_order(pins: Sequence[Pin]) -> list[Pin]:
    """Each pin after the one it follows."""
    by_need = {(pin.need_id, pin.day): pin for pin in pins}

    def depth(pin: Pin) -> int:
        steps, seen = 0, {pin.need_id}
        while pin.after and pin.after not in seen and (pin.after, pin.day) in by_need:
            seen.add(pin.after)
            pin, steps = by_need[pin.after, pin.day], steps + 1
        return steps

    return sorted(pins, key=depth)


def _put(draft: Draft, pin: Pin, vehicle_id: str | None) -> None:
    """The visit of `pin` at its cheapest place, in `vehicle_id` if that can be."""
    desk, need = draft.desk, draft.needs[pin.need_id]
    best: tuple[bool, float, int, Round] | None = None
    for k, vehicle_day in enumerate(desk.vehicle_days):
        if vehicle_day.day != pin.day or not desk.may_use(need, k):
            continue
        found = draft.price_of_adding(need, k, limit=inf)
        if found is not None:
            offer = (vehicle_day.vehicle.id != vehicle_id, found[0], k, found[1])
            best = offer if best is None or offer[:2] < best[:2] else best
    if best is not None:
        draft.add(need, best[2], best[3])


def _broken(draft: Draft, pins: Iterable[Pin]) -> list[Pin]:
    return [pin for pin in pins if pin.day not in draft.days[pin.need_id]]


def _search(desk: Desk, pins: Sequence[Pin]) -> Draft | None:
    """A draft of `desk` that keeps `pins`, found by the search with nothing else to do; None if it found none."""
    from outreach.routing.search import Budget, Search  # noqa: PLC0415 - numba and the kernel: rarely needed here

    pinned = {pin.need_id for pin in pins}
    problem = desk.horizon.problem
    needs = tuple(need for need in problem.needs if need.id in pinned)
    own = tuple(pin for pin in problem.pins if pin in pins or (pin.day is None and pin.need_id in pinned))
    horizon = Horizon(replace(problem, needs=needs, pins=own))
    small = Desk(horizon)
    draft = Draft(small)
    for k, place in _nights(desk).items():
        draft.stay_away(k, place)
    for pin in _in_order(pins):
        _put(draft, pin, None)
    if _broken(draft, pins):
        search = Search(horizon, seed=1)
        search.load(Schedule(forms_of(draft), draft.nights))
        search.run(Budget(TRY_ROUNDS), hot_s=search.full_heat_s(), look=lambda _: None)
        forms, best = horizon.forms, search.best()
        draft = draft_of(small, {k: [forms[f] for f in order] for k, order in best.rounds.items()}, best.nights)
    if _broken(draft, pins):
        return None
    rounds = {k: [Form(call.need_id, call.half) for call in round_.calls] for k, round_ in draft.rounds.items()}
    return draft_of(desk, rounds, draft.nights)


def _contradiction(desk: Desk, pins: Sequence[Pin], broken: Sequence[Pin]) -> InvalidValue:
    """An error about as few pins as possible: one after the other is left out while the rest still cannot be kept."""
    days, needs = {pin.day for pin in broken}, {pin.need_id for pin in broken}
    guilty = [pin for pin in pins if pin.day in days or pin.need_id in needs]
    for pin in list(guilty):
        rest = [other for other in guilty if other is not pin and other.after != pin.need_id]
        if rest and _search(desk, rest) is None:
            guilty = rest
    numbers = {id(pin): i for i, pin in enumerate(desk.horizon.problem.pins)}
    field = ", ".join(f"pins[{numbers[id(pin)]}]" for pin in guilty)
    said = ", ".join(f"{pin.need_id} {pin.day:%d/%m/%Y}" for pin in guilty)
    if len(guilty) == 1:
        return InvalidValue("{field}: không xếp được buổi {value} như đã ghim", field=field, value=said)
    return InvalidValue("{field}: các buổi {value} không cùng giữ được như đã ghim", field=field, value=said)

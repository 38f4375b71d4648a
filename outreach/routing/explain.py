"""Why a visit is not in the plan: every vehicle-day is tried again, and the rule that stops it is named."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

from outreach.routing.checks import check
from outreach.routing.draft import Desk, Draft, Round
from outreach.routing.expand import Horizon, Standstill
from outreach.routing.nearest import with_nearest
from outreach.routing.problem import NO_ROAD, Need, Problem, Site, Vehicle
from outreach.routing.redraft import all_nights_of, draft_of, rounds_of, take_over
from outreach.routing.rhythm import halves_in
from outreach.routing.solution import Reason, ReasonCode, Solution, Unserved
from outreach.routing.timeline import Call, Failure, Misfit

DECISIVE = (ReasonCode.FULL, ReasonCode.TIME, ReasonCode.LOAD, ReasonCode.NO_CREW, ReasonCode.PINNED)


def explain(draft: Draft, *, nearest: bool = True) -> tuple[Unserved, ...]:
    """Each need with missing visits and its reasons, the deciding one first; `nearest` also how near it came."""
    found = tuple(
        Unserved(need.id, missing, reasons_of(draft, need))
        for need in draft.needs.values()
        if (missing := need.quota - len(draft.days[need.id])) > 0
    )
    return with_nearest(draft, found) if nearest else found


def in_step(problem: Problem, solution: Solution) -> Solution:
    """`solution` with what is missing counted by the needs of `problem`; reasons stay where they are known."""
    served = Counter(stop.need_id for _, stop in solution.stops())
    reasons = {unserved.need_id: unserved.reasons for unserved in solution.unserved}
    unserved = tuple(
        Unserved(need.id, missing, reasons.get(need.id, ()))
        for need in problem.needs
        if (missing := need.quota - served[need.id]) > 0
    )
    return replace(solution, unserved=unserved)


def explained(problem: Problem, solution: Solution) -> Solution:
    """A plan as it is told while a run goes on, with how near what it leaves out came; one with breaches as it is."""
    if check(problem, solution):
        return solution
    desk = Desk(Horizon(problem))
    rounds = rounds_of(desk, solution)
    return replace(solution, unserved=explain(draft_of(desk, rounds, all_nights_of(desk, solution))))


def explain_standing(problem: Problem, solution: Solution) -> tuple[Unserved, ...]:
    """What a plan that people made leaves out, sound or not, and why; it may have left out what would fit."""
    served = Counter(stop.need_id for _, stop in solution.stops())
    if all(served[need.id] >= need.quota for need in problem.needs):
        return ()
    draft, taken = standing(problem, solution)
    found = tuple(
        Unserved(need.id, missing, reasons_of(draft, need, taken=taken))
        for need in draft.needs.values()
        if (missing := need.quota - len(draft.days[need.id])) > 0
    )
    return with_nearest(draft, found, taken=taken)


def standing(problem: Problem, solution: Solution) -> tuple[Draft, frozenset[int]]:
    """A plan as a draft, sound or not, and its vehicle-days that the draft could not take over as they are."""
    days: defaultdict[str, list[date]] = defaultdict(list)
    for tour, stop in solution.stops():
        days[stop.need_id].append(tour.day)
    draft = Draft(Desk(Horizon(problem)))
    take_over(draft, solution)
    draft.days = {need_id: tuple(sorted(days[need_id])) for need_id in draft.needs}
    draft.halves = halves_in(draft.desk.horizon, solution)
    taken = _out_otherwise(draft, solution)
    for k in taken - draft.rounds.keys():
        draft.out[draft.desk.crew_of[k]] += 1
    return draft, taken


def _out_otherwise(draft: Draft, solution: Solution) -> frozenset[int]:
    """The vehicle-days that `solution` uses for visits the draft could not take over: nothing more is put there."""
    found = set()
    for tour in solution.tours():
        k = draft.desk.numbers.get((tour.vehicle_id, tour.day))
        if k is not None and len(tour.stops) != (len(draft.rounds[k].calls) if k in draft.rounds else 0):
            found.add(k)
    return frozenset(found)


def reasons_of(draft: Draft, need: Need, *, taken: frozenset[int] = frozenset()) -> tuple[Reason, ...]:
    """The reasons why `need` has no further day in `draft`; nothing is put on the vehicle-days `taken`."""
    horizon = draft.desk.horizon
    site = horizon.sites[need.site_id]
    vehicles = list(horizon.problem.vehicles)
    by_kind = [vehicle for vehicle in vehicles if vehicle.kind in site.reached_by and _has_road(draft, vehicle, site)]
    if not by_kind:
        return (Reason(ReasonCode.NO_ROAD),)
    fitting = [vehicle for vehicle in by_kind if horizon.fits(vehicle, site)]
    if not fitting:
        return (_too_big(by_kind, site),)
    equipped = [vehicle for vehicle in fitting if need.equipment <= vehicle.equipment]
    if not equipped:
        missing = min((need.equipment - vehicle.equipment for vehicle in fitting), key=len)
        return (_reason(ReasonCode.NO_EQUIPMENT, missing=", ".join(sorted(missing))),)
    longest = max(
        (
            window.end_s - window.start_s
            for day in horizon.problem.horizon.days()
            for window in horizon.windows_on(site, day)
        ),
        default=0,
    )
    if 0 < longest < need.service_s:
        return (_reason(ReasonCode.SERVICE_TOO_LONG, service_s=need.service_s, window_s=longest),)
    return _reasons_by_day(draft, need, site, fitting=equipped, taken=taken)


def _has_road(draft: Draft, vehicle: Vehicle, site: Site) -> bool:
    index, seconds = draft.desk.horizon.travel.index, draft.desk.horizon.seconds
    place, problem = index[site.place_id], draft.desk.horizon.problem
    bases = {vehicle.depot_id, *(loan.depot_id for loan in vehicle.loans)}
    ends = [index[end] for end in (*bases, *(problem.lodgings if draft.desk.after else ()))]
    there, back = ({seconds[end][place] for end in ends}, {seconds[place][end] for end in ends})
    return there != {NO_ROAD} and back != {NO_ROAD}


def _reason(code: ReasonCode, **details: int | str) -> Reason:
    return Reason(code, tuple(details.items()))


def _too_big(vehicles: list[Vehicle], site: Site) -> Reason:
    """The measure by which even the smallest vehicle is too large, in centimetres or kilograms."""
    measures = (
        ("length_cm", [v.length_m for v in vehicles], site.max_length_m, 100),
        ("height_cm", [v.height_m for v in vehicles], site.max_height_m, 100),
        ("weight_kg", [v.weight_kg for v in vehicles], site.max_weight_kg, 1),
    )
    for name, sizes, limit, unit in measures:
        known = [size for size in sizes if size is not None]
        if limit is not None and known and min(known) > limit:
            return _reason(
                ReasonCode.VEHICLE_TOO_BIG, measure=name, size=round(min(known) * unit), limit=round(limit * unit)
            )
    return Reason(ReasonCode.VEHICLE_TOO_BIG)


def _reasons_by_day(
    draft: Draft, need: Need, site: Site, *, fitting: list[Vehicle], taken: frozenset[int]
) -> tuple[Reason, ...]:
    """Count, over all days the site is open, what stands in the way; then the reasons from most to least days."""
    horizon, desk = draft.desk.horizon, draft.desk
    open_days = [day for day in horizon.problem.horizon.days() if horizon.windows_on(site, day)]
    ahead = [day for day in open_days if not horizon.is_past(day)]
    wished = [day for day in ahead if (not need.first or day >= need.first) and (not need.last or day <= need.last)]
    stands = Counter(horizon.standstill(vehicle, day) for vehicle in fitting for day in wished)
    driving = [desk.numbers[v.id, day] for v in fitting for day in wished if (v.id, day) in desk.numbers]
    if not driving:
        if stands[Standstill.NO_CREW]:
            return (_reason(ReasonCode.NO_CREW, days=stands[Standstill.NO_CREW]),)
        return (_reason(ReasonCode.NO_OPEN_DAY, open_days=len(open_days)),)
    counts: Counter[ReasonCode] = Counter()
    least_over = {ReasonCode.TOO_FAR: 0, ReasonCode.TIME: 0}
    for k in driving:
        code, over = _what_stops(draft, need, k, taken=k in taken)
        counts[code] += 1
        if over and code in least_over and (not least_over[code] or over < least_over[code]):
            least_over[code] = over
    if counts[ReasonCode.LEFT_OUT]:
        return (_reason(ReasonCode.LEFT_OUT, days=counts[ReasonCode.LEFT_OUT]),)
    decisive = [code for code in DECISIVE if counts[code]]
    order = sorted(decisive, key=lambda code: -counts[code])
    order += [code for code in (ReasonCode.RHYTHM, ReasonCode.SPACING, ReasonCode.TOO_FAR) if counts[code]]
    if counts[ReasonCode.TOO_FAR] > len(driving) / 2:  # on most days it cannot even be the only stop
        order.sort(key=lambda code: code is not ReasonCode.TOO_FAR)
    return tuple(_with_details(draft, need, code, counts[code], least_over.get(code, 0)) for code in order)


def _what_stops(draft: Draft, need: Need, k: int, *, taken: bool) -> tuple[ReasonCode, int]:
    """The rule that keeps `need` off vehicle-day `k`, and by how many seconds where that is known."""
    desk = draft.desk
    vehicle_day = desk.vehicle_days[k]
    forms = list(draft.forms(need, vehicle_day.day))
    if not forms and desk.horizon.may_be_asked_on(need, vehicle_day.day):
        return ReasonCode.RHYTHM, 0
    if not _spaced(draft, need, vehicle_day.day):
        return ReasonCode.SPACING, 0
    if not desk.horizon.windows_for(need, vehicle_day.vehicle, vehicle_day.day):
        return ReasonCode.PINNED, 0
    found = [_what_stops_form(draft, k, desk.call(need, k, half=half), taken=taken) for half in forms]
    return max(found, key=lambda stop: (stop[0] is ReasonCode.LEFT_OUT, stop[0] in DECISIVE))


def _what_stops_form(draft: Draft, k: int, call: Call, *, taken: bool) -> tuple[ReasonCode, int]:
    """The rule that keeps a visit off vehicle-day `k` at these hours."""
    desk = draft.desk
    if not call.windows:
        return ReasonCode.RHYTHM, 0
    alone = desk.alone(k, call)
    if isinstance(alone, Failure):
        return (ReasonCode.LOAD, 0) if alone.misfit is Misfit.LOAD else (ReasonCode.TOO_FAR, alone.over_s)
    if taken or not draft.crew_allows(k):
        return ReasonCode.FULL if taken else ReasonCode.NO_CREW, 0
    round_ = draft.rounds.get(k)
    if round_ is None or isinstance(found := desk.with_call(k, round_, call, ends=draft.ends(k)), Round):
        return ReasonCode.LEFT_OUT, 0  # never in a plan of the planner, which fills such places
    return _what_is_full(round_, call, found)


def _what_is_full(round_: Round, call: Call, found: Failure) -> tuple[ReasonCode, int]:
    """Whether a round that cannot take `call` lacks room, hours or time."""
    free = any(
        all(start + other.service_s <= window.start_s or start >= window.end_s for other, start in _served(round_))
        for window in call.windows
    )
    if found.misfit is Misfit.LOAD:
        return ReasonCode.LOAD, 0
    if free and found.misfit is not Misfit.STOPS:
        return ReasonCode.TIME, found.over_s
    return ReasonCode.FULL, 0


def _spaced(draft: Draft, need: Need, day: date) -> bool:
    return draft.desk.horizon.may_be_asked_on(need, day) and draft.spacing_allows(need, day)


def _served(round_: Round) -> list[tuple[Call, int]]:
    return list(zip(round_.calls, round_.times.start_s, strict=True))


def _with_details(draft: Draft, need: Need, code: ReasonCode, days: int, over_s: int) -> Reason:
    rules = draft.desk.horizon.rules
    match code:
        case ReasonCode.TOO_FAR:
            return _reason(code, days=days, drive_s=_drive_alone(draft, need), over_s=over_s, shift_s=rules.shift_max_s)
        case ReasonCode.TIME:
            return _reason(code, days=days, over_s=over_s)
        case ReasonCode.SPACING:
            return _reason(code, days=days, min_gap_days=need.min_gap_days)
        case ReasonCode.RHYTHM:
            return _reason(code, days=days, weeks=need.rhythm.weeks if need.rhythm else 0)
        case ReasonCode.FULL:
            return _reason(code, days=days, priority=need.priority)
        case _:
            return _reason(code, days=days)


def _drive_alone(draft: Draft, need: Need) -> int:
    """Seconds there and back from the nearest depot."""
    horizon, seconds = draft.desk.horizon, draft.desk.horizon.seconds
    place = horizon.travel.index[horizon.sites[need.site_id].place_id]
    depots = {home[0] for home in draft.desk.home}
    return min(seconds[depot][place] + seconds[place][depot] for depot in depots)

"""A problem with one rule eased, and whether a visit then fits: how near misses are proven."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

from outreach.routing.checks import check
from outreach.routing.draft import ALL_ORDERS_UP_TO, Desk, Draft, fill
from outreach.routing.expand import Horizon
from outreach.routing.explain import explain
from outreach.routing.hurdles import usual_hours
from outreach.routing.pins import put_pins
from outreach.routing.problem import Need, Problem, Rules, Site, SiteWindow, StaffMember, Vehicle, WorkingHours
from outreach.routing.rhythm import Half, halves_in, has_beat
from outreach.routing.solution import Ending, Hurdle, NearMiss, Solution, Trip, Unserved
from outreach.routing.timeline import Clock, Times, call_of

ALL_WEEK = frozenset(range(7))
LIMITS = ("leave_earliest_s", "return_latest_s", "shift_max_s", "drive_max_s")
KINDS = frozenset({"bus", "van", "boat"})
DAY_S = 24 * 3600


def planned(asked: Problem) -> Solution:
    """The first plan, without the compiled search, with its reasons and near misses."""
    draft = put_pins(Draft(Desk(Horizon(asked))), None)
    fill(draft)
    solution = replace(draft.solution(seed=1, ending=Ending.FINISHED), unserved=explain(draft))
    assert check(asked, solution) == ()
    return solution


# What changes when a rule is eased by an amount; of a yes or no, any amount but 0.
Changes = dict[str, object]
RULES: dict[Hurdle, Callable[[Rules, int], Changes]] = {
    Hurdle.SHIFT: lambda old, by: {"shift_max_s": old.shift_max_s + by},
    Hurdle.LEAVE_EARLIER: lambda old, by: {"leave_earliest_s": old.leave_earliest_s - by},
    Hurdle.RETURN_LATER: lambda old, by: {"return_latest_s": old.return_latest_s + by},
    Hurdle.DRIVE: lambda old, by: {"drive_max_s": old.drive_max_s + by},
    Hurdle.LUNCH: lambda old, by: {"lunch_s": old.lunch_s - by},
    Hurdle.STOPS: lambda old, by: {"stops_max": old.stops_max and old.stops_max + by},
}
SITES: dict[Hurdle, Callable[[Site, int], Changes]] = {
    Hurdle.OPENS_EARLIER: lambda old, by: {
        "windows": tuple(replace(w, start_s=max(w.start_s - by, 0)) for w in old.windows)
    },
    Hurdle.CLOSES_LATER: lambda old, by: {
        "windows": tuple(replace(w, end_s=min(w.end_s + by, DAY_S)) for w in old.windows)
    },
    Hurdle.LENGTH: lambda old, by: {"max_length_m": old.max_length_m and round(old.max_length_m + by / 100, 2)},
    Hurdle.HEIGHT: lambda old, by: {"max_height_m": old.max_height_m and round(old.max_height_m + by / 100, 2)},
    Hurdle.WEIGHT: lambda old, by: {"max_weight_kg": old.max_weight_kg and old.max_weight_kg + by},
    Hurdle.VEHICLE_KIND: lambda old, by: {"reached_by": KINDS if by else old.reached_by},
}
NEEDS: dict[Hurdle, Callable[[Need, int], Changes]] = {
    Hurdle.NEED_DATES: lambda old, by: {
        "first": old.first and old.first - timedelta(days=by),
        "last": old.last and old.last + timedelta(days=by),
    },
    Hurdle.TOO_NEAR: lambda old, by: {"min_gap_days": old.min_gap_days - by},
    Hurdle.TOO_FAR_APART: lambda old, by: {"max_gap_days": old.max_gap_days and old.max_gap_days + by},
}
VEHICLES: dict[Hurdle, Callable[[Vehicle, int], Changes]] = {
    Hurdle.LOAD: lambda old, by: {"capacity": old.capacity and old.capacity + by},
    Hurdle.VEHICLE_WEEKDAY: lambda old, by: {"weekdays": ALL_WEEK if by else old.weekdays},
    Hurdle.VEHICLE_AWAY: lambda old, by: {"absences": () if by else old.absences},
}


def eased(asked: Problem, hurdle: Hurdle, need: Need, by: int, *, days: tuple[date, ...]) -> list[Problem]:
    """`asked` with nothing but the rule of `hurdle` eased by `by`; `days` are those of the need's other visits."""
    if hurdle is Hurdle.CREW:
        return [_with_staff(asked, drivers=some, librarians=by - some) for some in range(by + 1)]
    return [_eased(asked, hurdle, need, by, days=days)]


def _eased(  # noqa: PLR0911 - one return a kind of rule
    asked: Problem, hurdle: Hurdle, need: Need, by: int, *, days: tuple[date, ...]
) -> Problem:
    if hurdle in RULES:
        vehicles = tuple(replace(one, hours=_eased_hours(one, hurdle, by)) for one in asked.vehicles)
        return replace(asked, rules=replace(asked.rules, **RULES[hurdle](asked.rules, by)), vehicles=vehicles)
    if hurdle in SITES:
        changed = (replace(one, **SITES[hurdle](one, by)) if one.id == need.site_id else one for one in asked.sites)
        return replace(asked, sites=tuple(changed))
    if hurdle in NEEDS:
        return _with_need(asked, replace(need, **NEEDS[hurdle](need, by)))
    if hurdle in VEHICLES:
        return replace(asked, vehicles=tuple(replace(one, **VEHICLES[hurdle](one, by)) for one in asked.vehicles))
    if hurdle is Hurdle.EQUIPMENT:
        more = {one.id: sorted(need.equipment - one.equipment)[:by] for one in asked.vehicles}
        vehicles = (replace(one, equipment=one.equipment.union(more[one.id])) for one in asked.vehicles)
        return replace(asked, vehicles=tuple(vehicles))
    if hurdle in (Hurdle.DRIVERS, Hurdle.LIBRARIANS):
        drivers = by if hurdle is Hurdle.DRIVERS else 0
        return _with_staff(asked, drivers=drivers, librarians=by - drivers)
    if not by:
        return asked
    if hurdle is Hurdle.PATTERN:
        more = [frozenset({*days, day}) for day in asked.horizon.days()] if need.patterns else []
        return _with_need(asked, replace(need, patterns=(*need.patterns, *more)))
    if hurdle is Hurdle.RHYTHM:
        return _with_need(asked, replace(need, rhythm=None))
    if hurdle is Hurdle.PINNED:
        return replace(asked, pins=tuple(pin for pin in asked.pins if pin.need_id != need.id))
    if hurdle is Hurdle.DAY_FROZEN:
        return replace(asked, frozen=())
    if hurdle is Hurdle.DAY_OFF:
        return replace(asked, closures=tuple(replace(one, stops_vehicles=False) for one in asked.closures))
    assert hurdle is Hurdle.SITE_CLOSED
    return _always_open(asked, need.site_id)


def _eased_hours(vehicle: Vehicle, hurdle: Hurdle, by: int) -> tuple[WorkingHours, ...]:
    """The vehicle's own hours where they say more than the rules do, eased alike."""
    eased = []
    for own in vehicle.hours:
        said = Rules(**{name: value for name in LIMITS if (value := getattr(own, name)) is not None})
        changes = {
            name: value for name, value in RULES[hurdle](said, by).items() if getattr(own, name, None) is not None
        }
        eased.append(replace(own, **changes))
    return tuple(eased)


def _with_need(asked: Problem, changed: Need) -> Problem:
    return replace(asked, needs=tuple(changed if one.id == changed.id else one for one in asked.needs))


def _with_staff(asked: Problem, *, drivers: int, librarians: int) -> Problem:
    """So many more posts at each depot, always there; where no posts are counted it stays so."""
    if not asked.staff:
        return asked
    more = [
        StaffMember(f"{depot} {post} more {i}", depot, post, weekdays=ALL_WEEK)
        for depot in sorted({vehicle.depot_id for vehicle in asked.vehicles})
        for post, count in (("driver", drivers), ("librarian", librarians))
        for i in range(count)
    ]
    return replace(asked, staff=(*asked.staff, *more))


def _always_open(asked: Problem, site_id: str) -> Problem:
    """No closure and no blocked day for this site, and its usual hours on each day on which it was closed."""
    horizon = Horizon(asked)
    site = horizon.sites[site_id]
    more = [
        SiteWindow(hours.start_s, hours.end_s, frozenset({day.weekday()}), day, day)
        for day in asked.horizon.days()
        if not horizon.windows_on(site, day)
        for hours in usual_hours(site, day)
    ]
    opened = replace(site, kind="open", blocked=(), windows=(*site.windows, *more))
    kinds = frozenset(one.kind for one in asked.sites)
    closures = tuple(replace(c, site_kinds=kinds if c.site_kinds is None else c.site_kinds) for c in asked.closures)
    return replace(asked, sites=tuple(opened if one is site else one for one in asked.sites), closures=closures)


class Proof:
    """A plan under changed rules: takes it one more visit, and does the judge accept that?"""

    def __init__(self, asked: Problem, solution: Solution) -> None:
        self.asked, self.solution = asked, solution
        self.horizon = Horizon(asked)
        self.tours = {(tour.vehicle_id, tour.day): tour for tour in solution.tours()}
        self.halves = halves_in(self.horizon, solution)

    def takes(self, need_id: str, vehicle_id: str, day: date, *, without: str = "") -> bool:
        """Whether the visit can join those of the vehicle-day, but the one of `without`."""
        vehicle = self.horizon.vehicles[vehicle_id]
        clock, there = Clock(self.horizon, self.horizon.rules_on(vehicle, day)), self.tours.get((vehicle_id, day))
        depot = self.horizon.travel.index[vehicle.depot_id]
        ids = [stop.need_id for stop in there.stops if stop.need_id != without] if there else []
        others = [
            call_of(self.horizon, self.horizon.needs[one], vehicle, day, half=self._half(one, day)) for one in ids
        ]
        wanted = self.horizon.needs[need_id]
        for half in Half if has_beat(wanted) else (None,):
            call = call_of(self.horizon, wanted, vehicle, day, half=half)
            if len(others) < ALL_ORDERS_UP_TO:
                orders = list(permutations((*others, call)))
            else:
                orders = [(*others[:at], call, *others[at:]) for at in range(len(others) + 1)]
            for order in orders:
                times = clock.times((depot, depot), order)
                if isinstance(times, Times):
                    tour = clock.tour(vehicle, day, (depot, depot), order, times)
                    kept = (trip for trip in self.solution.trips if trip.tours[0] is not there)
                    if self._is_sound(replace(self.solution, trips=(*kept, Trip(vehicle_id, (tour,))))):
                        return True
                    if half is None:
                        return False
        return False

    def _half(self, need_id: str, day: date) -> Half | None:
        """The half of the day in which a need with a beat is served then."""
        return self.halves.get(need_id, {}).get(day)

    def _is_sound(self, solution: Solution) -> bool:
        served = Counter(stop.need_id for _, stop in solution.stops())
        missing = [(need.id, need.quota - served[need.id]) for need in self.asked.needs]
        unserved = tuple(Unserved(need_id, left, ()) for need_id, left in missing if left)
        return check(self.asked, replace(solution, unserved=unserved)) == ()


def days_of(solution: Solution, need_id: str) -> tuple[date, ...]:
    return tuple(sorted(tour.day for tour, stop in solution.stops() if stop.need_id == need_id))


def opened(asked: Problem, solution: Solution, miss: NearMiss, need: Need, *, less: int = 0) -> bool:
    """Whether easing the rule of `miss` by its amount, or by `less` than that, lets the visit in where it says."""
    if miss.rule is Hurdle.ROOM:
        without = "" if less else miss.other_need_id
        return Proof(asked, solution).takes(need.id, miss.vehicle_id, miss.day, without=without)
    changed = eased(asked, miss.rule, need, miss.amount - less, days=days_of(solution, need.id))
    return any(Proof(one, solution).takes(need.id, miss.vehicle_id, miss.day) for one in changed)


def fits_somewhere(asked: Problem, solution: Solution, need: Need) -> bool:
    """Whether any vehicle-day of the horizon takes the visit."""
    proof = Proof(asked, solution)
    return any(proof.takes(need.id, vehicle.id, day) for day in asked.horizon.days() for vehicle in asked.vehicles)

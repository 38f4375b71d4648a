"""The horizon taken apart: which vehicle can drive on which day, and when each site receives it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np

from outreach.domain.times import DAY_S, TimeWindow
from outreach.routing.objective import PINNED_S
from outreach.routing.problem import Absence, Need, Pin, Problem, Rules, Site, StaffMember, Vehicle
from outreach.routing.rhythm import Beat, Form, Half, beats_of, has_beat
from outreach.routing.travel.great_circle import estimate

DAY = timedelta(days=1)
Hours = tuple[str, str, date]  # a need, a vehicle and a day


class Standstill(StrEnum):
    """Why a vehicle does not drive on a day."""

    DAY_OFF = "day-off"
    WEEKDAY = "weekday"
    AWAY = "away"
    NO_CREW = "no-crew"


@dataclass(frozen=True, slots=True)
class VehicleDay:
    """A vehicle on a day on which it can drive, and the base it is stationed at then."""

    vehicle: Vehicle
    day: date
    depot_id: str


def absent_on(absences: tuple[Absence, ...], day: date) -> Absence | None:
    """The absence that covers `day`, if any."""
    return next((absence for absence in absences if day in absence.period), None)


def base_of(vehicle: Vehicle, day: date) -> str:
    """The base at which `vehicle` is stationed on `day`."""
    return next((loan.depot_id for loan in vehicle.loans if day in loan.period), vehicle.depot_id)


def pinned_hours(pins: Iterable[Pin], windows: tuple[TimeWindow, ...]) -> tuple[TimeWindow, ...]:
    """`windows` as far as the hours of `pins` leave them."""
    for pin in pins:
        first, last = pin.from_s or 0, DAY_S if pin.to_s is None else pin.to_s
        cut = ((max(window.start_s, first), min(window.end_s, last)) for window in windows)
        windows = tuple(TimeWindow(start, end) for start, end in cut if start < end)
    return windows


class Horizon:
    """A problem with its days taken apart; every question is answered once and kept."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.hours: Mapping[Hours, TimeWindow] = {}  # at which a visit begins and ends if it is made there
        self.rules = problem.rules
        self.travel = problem.travel or estimate(problem.places)
        self.sites = {site.id: site for site in problem.sites}
        self.needs = {need.id: need for need in problem.needs}
        self.vehicles = {vehicle.id: vehicle for vehicle in problem.vehicles}
        self._windows: dict[tuple[str, date], tuple[TimeWindow, ...]] = {}
        self._rules: dict[tuple[int | None, ...], Rules] = {}
        self._beats: dict[str, dict[tuple[Half, int], Beat]] = {}
        self.pins: defaultdict[str, list[Pin]] = defaultdict(list)  # by need
        for pin in problem.pins:
            self.pins[pin.need_id].append(pin)
        self.frozen = frozenset((frozen.vehicle_id, frozen.day) for frozen in problem.frozen)
        self.announced = {(told.need_id, told.day): told.vehicle_id for told in problem.announced}
        self.told_days: defaultdict[str, list[date]] = defaultdict(list)  # by need
        for told in problem.announced:
            self.told_days[told.need_id].append(told.day)

    def with_hours(self, hours: Mapping[Hours, TimeWindow]) -> "Horizon":
        """The same horizon in which some visits keep their hours where they are."""
        held = copy(self)
        held.hours = hours
        return held

    @cached_property
    def shares_stops(self) -> bool:
        """Whether visits may be made in one stop: the rule is on and some site has several needs."""
        return self.rules.shared_set_up and len({need.site_id for need in self.problem.needs}) < len(self.needs)

    @cached_property
    def seconds(self) -> list[memoryview]:
        """[from][to] seconds of driving; rows of the travel table, read as whole numbers of Python."""
        return [memoryview(row) for row in np.ascontiguousarray(self.travel.seconds)]

    @cached_property
    def metres(self) -> list[memoryview]:
        """[from][to] metres."""
        return [memoryview(row) for row in np.ascontiguousarray(self.travel.metres)]

    @cached_property
    def days_off(self) -> frozenset[date]:
        """Days on which nobody drives."""
        return frozenset(
            day for closure in self.problem.closures if closure.stops_vehicles for day in closure.period.days()
        )

    @cached_property
    def closed_by_kind(self) -> dict[str | None, frozenset[date]]:
        """Days closed for a kind of site; the key None holds days closed for all."""
        days: dict[str | None, set[date]] = {None: set()}
        for closure in self.problem.closures:
            for kind in (None,) if closure.site_kinds is None else closure.site_kinds:
                days.setdefault(kind, set()).update(closure.period.days())
        return {kind: frozenset(found) for kind, found in days.items()}

    @cached_property
    def crews(self) -> dict[tuple[str, date], int]:
        """Complete crews per depot and day; a depot without any staff listed is not limited by crews."""
        depots = {member.depot_id for member in self.problem.staff}
        crews = {}
        for depot in depots:
            for day in self.problem.horizon.days():
                crews[depot, day] = self._crews_of(self.posts_at(depot, day))
        return crews

    def _crews_of(self, posts: Counter[str]) -> int:
        rules = self.rules
        wanted = (("driver", rules.drivers_per_vehicle), ("librarian", rules.librarians_per_vehicle))
        return min((posts[post] // each for post, each in wanted if each), default=len(self.problem.vehicles))

    def posts_at(self, depot_id: str, *days: date) -> Counter[str]:
        """How many posts of each kind are at `depot_id` on all of `days`."""
        return Counter(
            member.post
            for member in self.problem.staff
            if member.depot_id == depot_id and all(self.is_at_work(member, day) for day in days)
        )

    def is_at_work(self, member: StaffMember, day: date) -> bool:
        """Whether a post works on `day`."""
        works = day.weekday() in member.weekdays or day in self.rules.extra_days
        return works and not absent_on(member.absences, day)

    def crews_at(self, depot_id: str, day: date) -> int:
        """How many vehicles the posts at `depot_id` can man on `day`."""
        if not self.problem.staff:
            return len(self.problem.vehicles)
        return self.crews.get((depot_id, day), 0)

    def standstill(self, vehicle: Vehicle, day: date) -> Standstill | None:
        """Why `vehicle` does not drive on `day`; None if it can."""
        if day in self.days_off:
            return Standstill.DAY_OFF
        if day.weekday() not in vehicle.weekdays and day not in self.rules.extra_days:
            return Standstill.WEEKDAY
        if absent_on(vehicle.absences, day):
            return Standstill.AWAY
        if self.crews_at(base_of(vehicle, day), day) < 1:
            return Standstill.NO_CREW
        return None

    @cached_property
    def vehicle_days(self) -> tuple[VehicleDay, ...]:
        """Every vehicle on every day it can drive, by day, then in the vehicles' order."""
        return tuple(
            VehicleDay(vehicle, day, base_of(vehicle, day))
            for day in self.problem.horizon.days()
            for vehicle in self.problem.vehicles
            if self.standstill(vehicle, day) is None
        )

    @cached_property
    def nights(self) -> dict[int, int]:
        """By number: vehicle-days after which a night may be spent away, and the same vehicle's next day from there."""
        if self.rules.trip_days_max < 2 or not self.problem.lodgings:
            return {}
        numbers = {(vd.vehicle.id, vd.day): k for k, vd in enumerate(self.vehicle_days)}
        found = {}
        for k, vd in enumerate(self.vehicle_days):
            after = numbers.get((vd.vehicle.id, vd.day + DAY))
            if after is not None and self.vehicle_days[after].depot_id == vd.depot_id:
                found[k] = after
        return found

    def crews_overnight(self, depot_id: str, day: date) -> int:
        """How many crews of `depot_id` can be away from `day` to the next, the same posts on both."""
        if not self.problem.staff:
            return len(self.problem.vehicles)
        return self._crews_of(self.posts_at(depot_id, day, day + DAY))

    def nights_left(self, depot_id: str, month: tuple[int, int]) -> int | None:
        """Nights that the posts of `depot_id` can be away in a month (year, month), all together; None: no limit."""
        most = self.rules.nights_per_month_max
        if most is None or not self.problem.staff:
            return None
        days = [day for day in self.problem.horizon.days() if (day.year, day.month) == month]
        posts = Counter(
            member.post
            for member in self.problem.staff
            if member.depot_id == depot_id and any(self.is_at_work(member, day) for day in days)
        )
        rules = self.rules
        wanted = (("driver", rules.drivers_per_vehicle), ("librarian", rules.librarians_per_vehicle))
        able = [most * posts[post] // each for post, each in wanted if each]
        return min(able, default=None)

    @cached_property
    def driving_days(self) -> dict[str, list[date]]:
        """By vehicle: the days on which it can drive."""
        found: defaultdict[str, list[date]] = defaultdict(list)
        for vehicle_day in self.vehicle_days:
            found[vehicle_day.vehicle.id].append(vehicle_day.day)
        return dict(found)

    def beats(self, need: Need) -> dict[tuple[Half, int], Beat]:
        """The beats that `need` may have, by half-day and day of its step."""
        if need.id not in self._beats:
            self._beats[need.id] = beats_of(self, need)
        return self._beats[need.id]

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """What visits are planned as: each need in their order, then the two half-days of each one with a beat."""
        needs = self.problem.needs
        halves = (Form(need.id, half) for need in needs if has_beat(need) for half in Half)
        return (*(Form(need.id) for need in needs), *halves)

    @cached_property
    def form_numbers(self) -> dict[Form, int]:
        """Where each form stands in `forms`."""
        return {form: number for number, form in enumerate(self.forms)}

    def windows_on(self, site: Site, day: date) -> tuple[TimeWindow, ...]:
        """When `site` receives a bus on `day`; empty if it is closed."""
        key = (site.id, day)
        if key not in self._windows:
            self._windows[key] = self._find_windows(site, day)
        return self._windows[key]

    def _find_windows(self, site: Site, day: date) -> tuple[TimeWindow, ...]:
        closed = self.closed_by_kind
        if day in closed[None] or day in closed.get(site.kind, ()) or absent_on(site.blocked, day):
            return ()
        made_up = day in self.rules.extra_days and day.weekday() >= 5
        found = set()
        for window in site.windows:
            if (window.first and day < window.first) or (window.last and day > window.last):
                continue
            # on a made-up Saturday or Sunday a host keeps the hours of the last day of its week
            weekday = max(window.weekdays, default=-1) if made_up else day.weekday()
            if weekday in window.weekdays:
                found.add((window.start_s, window.end_s))
        return tuple(TimeWindow(start, end) for start, end in sorted(found))

    def windows_for(self, need: Need, vehicle: Vehicle, day: date) -> tuple[TimeWindow, ...]:
        """When `vehicle` may serve `need` on `day`: the hours of its site, as far as pins leave them."""
        windows = self.windows_on(self.sites[need.site_id], day)
        if not self.pins and not self.frozen and not self.problem.today:
            return windows
        held = self.hours.get((need.id, vehicle.id, day))
        if held is not None and any(w.start_s <= held.start_s and held.end_s <= w.end_s for w in windows):
            windows = (held,)
        if self.is_pinned_off(need, vehicle, day) or self.is_frozen_to(need, vehicle, day):
            return ()
        return pinned_hours(self.pins_on(need, day), windows)

    def pins_on(self, need: Need, day: date) -> tuple[Pin, ...]:
        """The pins that speak of a visit of `need` on `day`."""
        return tuple(pin for pin in self.pins.get(need.id, ()) if pin.day in (None, day))

    def is_pinned_off(self, need: Need, vehicle: Vehicle, day: date) -> bool:
        """Whether pins hold every visit of `need` to other days, or that of `day` to another vehicle."""
        days = [pin.day for pin in self.pins.get(need.id, ()) if pin.day]
        if len(days) >= need.quota and day not in days:
            return True
        return any(pin.vehicle_id not in (None, vehicle.id) for pin in self.pins_on(need, day))

    def is_frozen_to(self, need: Need, vehicle: Vehicle, day: date) -> bool:
        """Whether `vehicle` is frozen on `day`, or the day is past, with no visit of `need` pinned to it."""
        if (vehicle.id, day) not in self.frozen and not self.is_past(day):
            return False
        return not any(pin.day == day and pin.vehicle_id == vehicle.id for pin in self.pins.get(need.id, ()))

    def is_past(self, day: date) -> bool:
        """Whether `day` is before today, where that is said."""
        return self.problem.today is not None and day < self.problem.today

    def order_pin(self, need: Need, day: date) -> Pin | None:
        """The pin that says where in its tour the visit of `need` on `day` comes."""
        own = (pin for pin in self.pins.get(need.id, ()) if pin.day == day and (pin.turn or pin.after))
        return next(own, None)

    def rules_on(self, vehicle: Vehicle, day: date) -> Rules:
        """The working rules of `vehicle` on `day`; the same object for the same rules."""
        own = next(
            (h for h in vehicle.hours if day.weekday() in h.weekdays and (h.period is None or day in h.period)), None
        )
        if own is None:
            return self.rules
        limits = (own.leave_earliest_s, own.return_latest_s, own.shift_max_s, own.drive_max_s)
        if limits not in self._rules:
            as_ever = self.rules
            usual = (as_ever.leave_earliest_s, as_ever.return_latest_s, as_ever.shift_max_s, as_ever.drive_max_s)
            leave, back, shift, drive = (u if o is None else o for u, o in zip(usual, limits, strict=True))
            self._rules[limits] = replace(
                as_ever, leave_earliest_s=leave, return_latest_s=back, shift_max_s=shift, drive_max_s=drive
            )
        return self._rules[limits]

    def can_carry(self, vehicle: Vehicle, site: Site) -> bool:
        """Whether `vehicle` is of a kind and size that gets to `site`."""
        return vehicle.kind in site.reached_by and self.fits(vehicle, site)

    def suits(self, vehicle: Vehicle, need: Need) -> bool:
        """Whether `vehicle` gets to the site of `need` with all the equipment asked for."""
        return need.equipment <= vehicle.equipment and self.can_carry(vehicle, self.sites[need.site_id])

    @staticmethod
    def fits(vehicle: Vehicle, site: Site) -> bool:
        """Whether the road and gate of `site` are large enough; unknown sizes fit."""
        pairs = (
            (vehicle.length_m, site.max_length_m),
            (vehicle.height_m, site.max_height_m),
            (vehicle.weight_kg, site.max_weight_kg),
        )
        return all(size is None or limit is None or size <= limit for size, limit in pairs)

    def price_of_missing(self, need: Need) -> int:
        """What leaving out one visit of `need` costs, in seconds of driving."""
        return self.problem.prices.of_missing(need, self.sites[need.site_id], self.problem.horizon.first)

    def price_of_form(self, need: Need, half: Half | None) -> int:
        """What a visit of `need` costs for being on its beat in `half`, or for being on none."""
        return self.problem.prices.off_beat_s if half is None and has_beat(need) else 0

    def price_of_visit(self, need: Need, place: VehicleDay) -> int:
        """What a visit of `need` costs there beside its driving; a pinned one is worth more than all else."""
        pinned = any(pin.day == place.day for pin in self.pins.get(need.id, ()))
        return self.price_of_wishes(need, place) - PINNED_S * pinned

    def price_of_wishes(self, need: Need, place: VehicleDay) -> int:
        """What a visit of `need` costs there by the host's weeks and by what was announced.

        To keep an announced day saves what moving would cost: then a missed visit is one that was moved, too. On
        another day it costs more the farther that is from the nearest announced one of the need.
        """
        prices = self.problem.prices
        price, told = prices.of_day(need, place.day), self.announced.get((need.id, place.day))
        if told is None:
            days = self.told_days.get(need.id)
            return price + prices.of_distance(min(abs((place.day - one).days) for one in days)) if days else price
        ahead = (place.day - (self.problem.today or self.problem.horizon.first)).days
        return price - prices.of_moving(ahead) + prices.other_vehicle_s * (told != place.vehicle.id)

    def may_be_asked_on(self, need: Need, day: date) -> bool:
        """Whether `day` lies in the need's own dates and far enough from its last visit."""
        if (need.first and day < need.first) or (need.last and day > need.last):
            return False
        return need.last_visit is None or (day - need.last_visit).days >= max(need.min_gap_days, 1)

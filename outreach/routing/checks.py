"""The independent judge: walks every tour with a watch and names each broken rule.

It shares no code with the search: it reads the problem itself, so that a mistake in the planner's
reading of a rule shows up here instead of being repeated.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from outreach.routing.problem import NO_ROAD, Need, Pin, Problem, Rules, Site, StaffMember, Travel, Turn, Vehicle
from outreach.routing.rhythm_check import RhythmJudge
from outreach.routing.solution import Breach, RuleName, Solution, Stop, Tour, Trip
from outreach.routing.travel.great_circle import estimate


def check(problem: Problem, solution: Solution) -> tuple[Breach, ...]:
    """Every breach of a hard rule in `solution`; empty if it is sound."""
    return tuple(_Judge(problem).breaches(solution))


class _Judge:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.rules = problem.rules
        self.travel: Travel = problem.travel or estimate(problem.places)
        self.sites: dict[str, Site] = {site.id: site for site in problem.sites}
        self.needs: dict[str, Need] = {need.id: need for need in problem.needs}
        self.vehicles: dict[str, Vehicle] = {vehicle.id: vehicle for vehicle in problem.vehicles}

    def breaches(self, solution: Solution) -> Iterator[Breach]:
        """All rules in turn."""
        for trip in solution.trips:
            yield from self.trip_holds_together(trip)
        for tour in solution.tours():
            yield from self.tour_is_allowed(tour)
            yield from self.load_is_carried(tour)
            yield from self.tour_keeps_time(tour)
            for i in range(len(tour.stops)):
                yield from self.stop_is_known(tour, i)
        yield from self.pins_are_kept(solution)
        yield from self.one_tour_a_day(solution)
        yield from self.crews_suffice(solution)
        yield from self.nights_are_allowed(solution)
        yield from self.needs_are_met(solution)
        yield from RhythmJudge(self).rhythms_are_kept(solution)

    def trip_holds_together(self, trip: Trip) -> Iterator[Breach]:
        """A trip has 1 to N consecutive days of one vehicle, starts and ends at its base, sleeps where it stopped."""
        if not trip.tours or len(trip.tours) > self.rules.trip_days_max:
            yield Breach(RuleName.BROKEN_TRIP, trip.vehicle_id, len(trip.tours))
        vehicle = self.vehicles.get(trip.vehicle_id)
        for before, after in pairwise(trip.tours):
            if after.day - before.day != timedelta(days=1) or before.end_place_id != after.start_place_id:
                yield Breach(RuleName.BROKEN_TRIP, trip.vehicle_id, (after.day - before.day).days, after.day)
            if before.end_place_id not in self.problem.lodgings:
                yield Breach(RuleName.NO_LODGING, before.end_place_id, 0, before.day)
        if trip.tours and vehicle:
            first, last = trip.tours[0], trip.tours[-1]
            ends = (first.start_place_id, last.end_place_id)
            homes = (self.base_of(vehicle, first.day), self.base_of(vehicle, last.day))
            if ends != homes or any(t.vehicle_id != vehicle.id for t in trip.tours):
                yield Breach(RuleName.BROKEN_TRIP, trip.vehicle_id, 0, first.day)

    @staticmethod
    def base_of(vehicle: Vehicle, day: date) -> str:
        """Where the vehicle is stationed on the day: at its base, or where it is on loan."""
        for loan in vehicle.loans:
            if day in loan.period:
                return loan.depot_id
        return vehicle.depot_id

    def nights_are_allowed(self, solution: Solution) -> Iterator[Breach]:
        """The same posts are there on both days of a night, and none need be away too many nights of a month."""
        most = self.rules.nights_per_month_max
        nights = [
            (self.base_of(self.vehicles[before.vehicle_id], before.day), before.day)
            for trip in solution.trips
            for before in trip.tours[:-1]
            if before.vehicle_id in self.vehicles
        ]
        if not self.problem.staff:
            return
        wanted = {"driver": self.rules.drivers_per_vehicle, "librarian": self.rules.librarians_per_vehicle}
        for (depot_id, day), count in Counter(nights).items():
            for post, each in wanted.items():
                both = (day, day + timedelta(days=1))
                there = sum(all(self.works(member, one) for one in both) for member in self.posts(depot_id, post))
                if there < count * each:
                    yield Breach(RuleName.NO_CREW, depot_id, count * each - there, day)
        for (depot_id, year, month), count in Counter((depot, day.year, day.month) for depot, day in nights).items():
            for post, each in wanted.items() if most is not None else ():
                days = self.days_of(year, month)
                able = sum(any(self.works(member, day) for day in days) for member in self.posts(depot_id, post))
                if most is not None and count * each > most * able:
                    yield Breach(RuleName.TOO_MANY_NIGHTS, depot_id, count * each - most * able, date(year, month, 1))

    def posts(self, depot_id: str, post: str) -> list[StaffMember]:
        """The posts of a kind at a base."""
        return [member for member in self.problem.staff if member.depot_id == depot_id and member.post == post]

    def works(self, member: StaffMember, day: date) -> bool:
        """Whether the post is at work on the day."""
        usual = day.weekday() in member.weekdays or day in self.rules.extra_days
        return usual and not any(day in absence.period for absence in member.absences)

    def days_of(self, year: int, month: int) -> list[date]:
        """The days of the horizon in a month."""
        return [day for day in self.problem.horizon.days() if (day.year, day.month) == (year, month)]

    def tour_is_allowed(self, tour: Tour) -> Iterator[Breach]:
        """The vehicle exists, may drive on that day, and the day belongs to the horizon."""
        day = tour.day
        vehicle = self.vehicles.get(tour.vehicle_id)
        if day not in self.problem.horizon:
            yield Breach(RuleName.OUTSIDE_HORIZON, tour.vehicle_id, 0, day)
        if any(closure.stops_vehicles and day in closure.period for closure in self.problem.closures):
            yield Breach(RuleName.DAY_OFF, tour.vehicle_id, 0, day)
        if vehicle is None:
            yield Breach(RuleName.UNKNOWN_VEHICLE, tour.vehicle_id, 0, day)
            return
        works = day.weekday() in vehicle.weekdays or day in self.rules.extra_days
        if not works or any(day in absence.period for absence in vehicle.absences):
            yield Breach(RuleName.VEHICLE_AWAY, vehicle.id, 0, day)
        stops = len(tour.stops) - sum(self.is_one_stop(before, after) for before, after in pairwise(tour.stops))
        if self.rules.stops_max is not None and stops > self.rules.stops_max:
            yield Breach(RuleName.TOO_MANY_STOPS, vehicle.id, stops - self.rules.stops_max, day)

    def load_is_carried(self, tour: Tour) -> Iterator[Breach]:
        """What all visits of a day take along fits into the vehicle."""
        vehicle = self.vehicles.get(tour.vehicle_id)
        if vehicle is None or vehicle.capacity is None:
            return
        load = sum(self.needs[stop.need_id].load for stop in tour.stops if stop.need_id in self.needs)
        if load > vehicle.capacity:
            yield Breach(RuleName.OVERLOADED, vehicle.id, load - vehicle.capacity, tour.day)

    def tour_keeps_time(self, tour: Tour) -> Iterator[Breach]:
        """Shift, driving, lunch, and that the bus can be where it is said to be."""
        rules, where, day = self.rules_of(tour), tour.vehicle_id, tour.day
        if tour.leave_s < rules.leave_earliest_s:
            yield Breach(RuleName.SHIFT_TOO_EARLY, where, rules.leave_earliest_s - tour.leave_s, day)
        if tour.return_s > rules.return_latest_s:
            yield Breach(RuleName.SHIFT_TOO_LATE, where, tour.return_s - rules.return_latest_s, day)
        if tour.return_s - tour.leave_s > rules.shift_max_s:
            yield Breach(RuleName.SHIFT_TOO_LONG, where, tour.return_s - tour.leave_s - rules.shift_max_s, day)
        yield from self.lunch_is_had(tour)
        place, now, drive_s, distance_m = tour.start_place_id, tour.leave_s, 0, 0
        for stop in tour.stops:
            site = self.sites.get(stop.site_id)
            if site is None:
                return  # stop_is_known names it; how far it is nobody can say
            seconds, metres = self.leg(place, site.place_id)
            yield from self.leg_is_true(tour, stop.site_id, (stop.drive_s, stop.distance_m), (seconds, metres))
            if stop.arrive_s < now + seconds:
                yield Breach(RuleName.LATE, stop.site_id, now + seconds - stop.arrive_s, day)
            place, now = site.place_id, stop.depart_s
            drive_s, distance_m = drive_s + seconds, distance_m + metres
        seconds, metres = self.leg(place, tour.end_place_id)
        if tour.return_s < now + seconds:
            yield Breach(RuleName.LATE, tour.end_place_id, now + seconds - tour.return_s, day)
        drive_s, distance_m = drive_s + seconds, distance_m + metres
        yield from self.leg_is_true(tour, where, (tour.drive_s, tour.distance_m), (drive_s, distance_m))
        if drive_s > rules.drive_max_s:
            yield Breach(RuleName.DRIVE_TOO_LONG, where, drive_s - rules.drive_max_s, day)

    def rules_of(self, tour: Tour) -> Rules:
        """The working rules of the vehicle on that day."""
        vehicle = self.vehicles.get(tour.vehicle_id)
        for hours in vehicle.hours if vehicle else ():
            if tour.day.weekday() in hours.weekdays and (hours.period is None or tour.day in hours.period):
                usual = self.rules
                return replace(
                    usual,
                    leave_earliest_s=_or(hours.leave_earliest_s, usual.leave_earliest_s),
                    return_latest_s=_or(hours.return_latest_s, usual.return_latest_s),
                    shift_max_s=_or(hours.shift_max_s, usual.shift_max_s),
                    drive_max_s=_or(hours.drive_max_s, usual.drive_max_s),
                )
        return self.rules

    def leg(self, start: str, end: str) -> tuple[int, int]:
        """Seconds and metres between two places as travel has them; a place nobody knows counts as no road."""
        index = self.travel.index
        if start not in index or end not in index:
            return NO_ROAD, NO_ROAD
        row, column = index[start], index[end]
        return int(self.travel.seconds[row, column]), int(self.travel.metres[row, column])

    def leg_is_true(self, tour: Tour, where: str, said: tuple[int, int], true: tuple[int, int]) -> Iterator[Breach]:
        """What a tour says of its driving is what travel says."""
        if NO_ROAD in true or said != true:
            yield Breach(RuleName.WRONG_DRIVE, where, said[0] - true[0], tour.day)

    def lunch_is_had(self, tour: Tour) -> Iterator[Breach]:
        """A tour out from before the lunch hours till after them has its whole break inside, and at a stop."""
        rules = self.rules
        due = rules.lunch_s > 0 and tour.leave_s < rules.lunch_from_s and tour.return_s > rules.lunch_to_s
        start, end = tour.lunch_start_s, tour.lunch_end_s
        if start is None or end is None:
            if due:
                yield Breach(RuleName.NO_LUNCH, tour.vehicle_id, rules.lunch_s, tour.day)
            return
        if end - start < rules.lunch_s or start < rules.lunch_from_s or end > rules.lunch_to_s:
            yield Breach(RuleName.NO_LUNCH, tour.vehicle_id, rules.lunch_s - (end - start), tour.day)
            return
        for i, stop in enumerate(tour.stops):
            set_up, pack_up = self.handling(tour, i)
            before = stop.arrive_s <= start and end + set_up <= stop.start_s
            after = stop.end_s + pack_up <= start and end <= stop.depart_s
            if before or after:
                return
        yield Breach(RuleName.NO_LUNCH, tour.vehicle_id, rules.lunch_s, tour.day)

    def is_one_stop(self, before: Stop, after: Stop) -> bool:
        """Whether two visits right after each other are made without packing up in between."""
        return self.rules.shared_set_up and before.site_id == after.site_id

    def handling(self, tour: Tour, i: int) -> tuple[int, int]:
        """Seconds of setting up and packing up at stop `i` of a tour."""
        stop, stops = tour.stops[i], tour.stops
        vehicle, site = self.vehicles.get(tour.vehicle_id), self.sites.get(stop.site_id)
        if vehicle is None or site is None:
            return 0, 0
        stands = i > 0 and self.is_one_stop(stops[i - 1], stop)
        stays = i + 1 < len(stops) and self.is_one_stop(stop, stops[i + 1])
        return 0 if stands else vehicle.set_up_s + site.extra_set_up_s, 0 if stays else vehicle.pack_up_s

    def stop_is_known(self, tour: Tour, i: int) -> Iterator[Breach]:
        """Site and need exist and belong together, the vehicle can get there, the host receives it then."""
        stop, day = tour.stops[i], tour.day
        site, need = self.sites.get(stop.site_id), self.needs.get(stop.need_id)
        vehicle = self.vehicles.get(tour.vehicle_id)
        if site is None:
            yield Breach(RuleName.UNKNOWN_SITE, stop.site_id, 0, day)
            return
        if need is None or need.site_id != site.id:
            yield Breach(RuleName.UNKNOWN_NEED, stop.need_id, 0, day)
            return
        if vehicle is not None and not self.can_get_there(vehicle, site):
            yield Breach(RuleName.WRONG_VEHICLE, site.id, 0, day)
        if vehicle is not None and not need.equipment <= vehicle.equipment:
            yield Breach(RuleName.NO_EQUIPMENT, site.id, len(need.equipment - vehicle.equipment), day)
        set_up, pack_up = self.handling(tour, i)
        if stop.start_s - stop.arrive_s < set_up:
            yield Breach(RuleName.NO_SET_UP, site.id, set_up - (stop.start_s - stop.arrive_s), day)
        if stop.depart_s - stop.end_s < pack_up:
            yield Breach(RuleName.NO_SET_UP, site.id, pack_up - (stop.depart_s - stop.end_s), day)
        if stop.end_s - stop.start_s < need.service_s:
            yield Breach(RuleName.SHORT_SERVICE, site.id, need.service_s - (stop.end_s - stop.start_s), day)
        if (need.first and day < need.first) or (need.last and day > need.last):
            yield Breach(RuleName.NEED_OUTSIDE_DATES, need.id, 0, day)
        if self.is_closed(site, day):
            yield Breach(RuleName.SITE_CLOSED, site.id, 0, day)
            return
        misses = [max(start - stop.start_s, stop.end_s - end, 0) for start, end in self.hours(site, day)]
        if not misses or min(misses) > 0:
            yield Breach(RuleName.OUTSIDE_WINDOW, site.id, min(misses, default=0), day)

    @staticmethod
    def can_get_there(vehicle: Vehicle, site: Site) -> bool:
        """Kind and every known size."""
        if vehicle.kind not in site.reached_by:
            return False
        if site.max_length_m is not None and vehicle.length_m is not None and vehicle.length_m > site.max_length_m:
            return False
        if site.max_height_m is not None and vehicle.height_m is not None and vehicle.height_m > site.max_height_m:
            return False
        return not (
            site.max_weight_kg is not None and vehicle.weight_kg is not None and vehicle.weight_kg > site.max_weight_kg
        )

    def is_closed(self, site: Site, day: date) -> bool:
        """Whether the site or its kind is closed on the day."""
        closed = any(
            day in closure.period and (closure.site_kinds is None or site.kind in closure.site_kinds)
            for closure in self.problem.closures
        )
        return closed or any(day in block.period for block in site.blocked)

    def hours(self, site: Site, day: date) -> list[tuple[int, int]]:
        """The host's hours of the day; a made-up weekend day has those of the last day of each window's week."""
        found = []
        for window in site.windows:
            if (window.first and day < window.first) or (window.last and day > window.last) or not window.weekdays:
                continue
            weekend = day in self.rules.extra_days and day.weekday() >= 5
            if weekend or day.weekday() in window.weekdays:
                found.append((window.start_s, window.end_s))
        return found

    def pins_are_kept(self, solution: Solution) -> Iterator[Breach]:
        """What people fixed of a visit holds; a frozen or past day has the visits pinned to it alone."""
        made = defaultdict(list)
        for tour in solution.tours():
            for i, stop in enumerate(tour.stops):
                made[stop.need_id].append((tour, i))
        for pin in self.problem.pins:
            found = [(tour, i) for tour, i in made[pin.need_id] if pin.day in (None, tour.day)]
            if pin.day is not None and not found:
                yield Breach(RuleName.PIN_BROKEN, pin.need_id, 1, pin.day)
            for tour, i in found:
                if not self.pin_holds(pin, tour, i):
                    yield Breach(RuleName.PIN_BROKEN, pin.need_id, 0, tour.day)
        pinned = {(pin.vehicle_id, pin.day, pin.need_id) for pin in self.problem.pins}
        frozen = {(frozen.vehicle_id, frozen.day) for frozen in self.problem.frozen}
        for tour, stop in solution.stops():
            own = (tour.vehicle_id, tour.day)
            past = self.problem.today is not None and tour.day < self.problem.today
            if (own in frozen or past) and (*own, stop.need_id) not in pinned:
                yield Breach(RuleName.DAY_FROZEN, tour.vehicle_id, 0, tour.day)

    @staticmethod
    def pin_holds(pin: Pin, tour: Tour, i: int) -> bool:
        """Whether stop `i` of the tour is as its pin says."""
        stop = tour.stops[i]
        before = tour.stops[i - 1].need_id if i else None
        return (
            pin.vehicle_id in (None, tour.vehicle_id)
            and (pin.from_s is None or stop.start_s >= pin.from_s)
            and (pin.to_s is None or stop.end_s <= pin.to_s)
            and (pin.turn is not Turn.FIRST or i == 0)
            and (pin.turn is not Turn.LAST or i == len(tour.stops) - 1)
            and (pin.after is None or pin.after == before)
        )

    def one_tour_a_day(self, solution: Solution) -> Iterator[Breach]:
        """No vehicle is in two places on one day."""
        for (vehicle_id, day), count in Counter((t.vehicle_id, t.day) for t in solution.tours()).items():
            if count > 1:
                yield Breach(RuleName.TWO_TOURS, vehicle_id, count, day)

    def crews_suffice(self, solution: Solution) -> Iterator[Breach]:
        """Each vehicle that is out has its posts: drivers and librarians of its depot who are there."""
        if not self.problem.staff:
            return
        out = Counter(
            (self.base_of(self.vehicles[tour.vehicle_id], tour.day), tour.day)
            for tour in solution.tours()
            if tour.vehicle_id in self.vehicles
        )
        wanted = {"driver": self.rules.drivers_per_vehicle, "librarian": self.rules.librarians_per_vehicle}
        for (depot_id, day), count in out.items():
            for post, each in wanted.items():
                there = sum(self.works(member, day) for member in self.posts(depot_id, post))
                if there < count * each:
                    yield Breach(RuleName.NO_CREW, depot_id, count * each - there, day)

    def needs_are_met(self, solution: Solution) -> Iterator[Breach]:
        """Quota, spacing, and that served and unserved add up."""
        days = defaultdict(list)
        for tour, stop in solution.stops():
            days[stop.need_id].append(tour.day)
        missing = {unserved.need_id: unserved.missing for unserved in solution.unserved}
        listed = Counter(unserved.need_id for unserved in solution.unserved)
        for need_id, times in listed.items():
            if need_id not in self.needs:
                yield Breach(RuleName.UNKNOWN_NEED, need_id)
            elif times > 1:
                yield Breach(RuleName.WRONG_COUNT, need_id, times - 1)
        for need in self.problem.needs:
            visits = sorted(days[need.id])
            if len(visits) > need.quota:
                yield Breach(RuleName.OVER_QUOTA, need.id, len(visits) - need.quota)
            elif len(visits) + missing.get(need.id, 0) != need.quota:
                yield Breach(RuleName.WRONG_COUNT, need.id, need.quota - len(visits) - missing.get(need.id, 0))
            if need.patterns and not any(pattern.issuperset(visits) for pattern in need.patterns):
                yield Breach(RuleName.WRONG_PATTERN, need.id, len(visits), visits[0])
            chain = [need.last_visit, *visits] if need.last_visit else visits
            for before, after in pairwise(chain):
                gap = (after - before).days
                if gap < max(need.min_gap_days, 1):
                    yield Breach(RuleName.TOO_NEAR, need.id, max(need.min_gap_days, 1) - gap, after)
            for before, after in pairwise(visits):
                if need.max_gap_days is not None and (after - before).days > need.max_gap_days:
                    yield Breach(RuleName.TOO_FAR_APART, need.id, (after - before).days - need.max_gap_days, after)


def _or(own: int | None, usual: int) -> int:
    return usual if own is None else own

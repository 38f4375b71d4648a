"""What may keep a visit off a vehicle-day, rule by rule, and by how much.

A rule is one small function: a check that says by how much it is broken where the visit would go (`CHECKS`), or,
where only a walk through the day can tell, a way to ease it second by second (`ELASTIC`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from outreach.domain.times import DAY_S, TimeWindow
from outreach.routing.draft import Draft
from outreach.routing.expand import Horizon, absent_on, base_of
from outreach.routing.problem import Need, Rules, Site, Vehicle
from outreach.routing.rhythm import halves_left
from outreach.routing.solution import Hurdle
from outreach.routing.timeline import Call, Clock, Ends

MONTH_DAYS = 30  # a wish for days that is moved by so much has given way as a whole

Windows = tuple[TimeWindow, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """A rule broken where a visit would go: by how much, and as a share of its limit (a yes or no is a whole)."""

    hurdle: Hurdle
    amount: int = 1
    share: float = 1.0
    other_day: date | None = None
    other_need: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A vehicle-day of the horizon, driven or not, with the visits it holds and what keeps the vehicle at home."""

    vehicle: Vehicle
    day: date
    ends: Ends
    calls: tuple[Call, ...]
    clock: Clock  # without a limit of stops: that is counted, not walked
    rules: Rules
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A need with its site and the days its other visits are on."""

    need: Need
    site: Site
    days: tuple[date, ...]

    @property
    def neighbours(self) -> tuple[date, ...]:
        """All days that a new visit must keep its distance from."""
        return self.days if self.need.last_visit is None else (self.need.last_visit, *self.days)

    def may_come(self, day: date) -> bool:
        """Whether a visit on `day` is thinkable: the need has none on it, and its last one lies before."""
        last = self.need.last_visit
        return day not in self.days and (last is None or day > last)


def usual_hours(site: Site, day: date) -> Windows:
    """When `site` would receive a bus on a day it is closed: as on that weekday, else as on its other days."""
    in_term = [w for w in site.windows if (not w.first or w.first <= day) and (not w.last or day <= w.last)]
    found = in_term or site.windows
    found = [w for w in found if day.weekday() in w.weekdays] or found
    return tuple(TimeWindow(start, end) for start, end in sorted({(w.start_s, w.end_s) for w in found}))


# what keeps a vehicle at home


def at_home(draft: Draft, vehicle: Vehicle, day: date) -> Iterator[Lack]:
    """Each rule that keeps `vehicle` from driving on `day`, seen that it does not drive yet."""
    horizon = draft.desk.horizon
    if day in horizon.days_off:
        yield Lack(Hurdle.DAY_OFF)
    if day.weekday() not in vehicle.weekdays and day not in horizon.rules.extra_days:
        yield Lack(Hurdle.VEHICLE_WEEKDAY)
    if absent_on(vehicle.absences, day):
        yield Lack(Hurdle.VEHICLE_AWAY)
    yield from _crew(draft, base_of(vehicle, day), day)


def _crew(draft: Draft, depot_id: str, day: date) -> Iterator[Lack]:
    """The posts that one more vehicle of the depot would need; both kinds of post together are one lack."""
    horizon = draft.desk.horizon
    if not horizon.problem.staff:
        return
    rules, out = horizon.rules, draft.out[depot_id, day] + 1
    there = horizon.posts_at(depot_id, day)
    drivers = max(out * rules.drivers_per_vehicle - there["driver"], 0)
    librarians = max(out * rules.librarians_per_vehicle - there["librarian"], 0)
    if missing := drivers + librarians:
        hurdle = Hurdle.CREW if drivers and librarians else Hurdle.DRIVERS if drivers else Hurdle.LIBRARIANS
        yield Lack(hurdle, missing, missing / (rules.drivers_per_vehicle + rules.librarians_per_vehicle))


# what keeps a visit off a vehicle-day, whatever the time


def _site_closed(draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    if not draft.desk.horizon.windows_on(wish.site, spot.day):
        yield Lack(Hurdle.SITE_CLOSED)


def _kind(_draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    if spot.vehicle.kind not in wish.site.reached_by:
        yield Lack(Hurdle.VEHICLE_KIND)


def _size(_draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    """Centimetres and kilograms over what road and gate take."""
    vehicle, site = spot.vehicle, wish.site
    for hurdle, size, limit, units in (
        (Hurdle.LENGTH, vehicle.length_m, site.max_length_m, 100),
        (Hurdle.HEIGHT, vehicle.height_m, site.max_height_m, 100),
        (Hurdle.WEIGHT, vehicle.weight_kg, site.max_weight_kg, 1),
    ):
        if size is not None and limit is not None and size > limit:
            over = -int(-round((size - limit) * units, 3) // 1)  # rounded up, but not for the last bit of a float
            yield Lack(hurdle, max(over, 1), (size - limit) / limit)


def _equipment(_draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    wanted = wish.need.equipment
    if missing := wanted - spot.vehicle.equipment:
        yield Lack(Hurdle.EQUIPMENT, len(missing), len(missing) / len(wanted))


def _pinned(draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    """Pinned to another vehicle or other days; pinned hours are walked, for they may be in the way or not."""
    if draft.desk.horizon.is_pinned_off(wish.need, spot.vehicle, spot.day):
        yield Lack(Hurdle.PINNED)


def _frozen(draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    if draft.desk.horizon.is_frozen_to(wish.need, spot.vehicle, spot.day):
        yield Lack(Hurdle.DAY_FROZEN)


def _dates(_draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    """Days before the first or after the last day asked for."""
    early = (wish.need.first - spot.day).days if wish.need.first else 0
    late = (spot.day - wish.need.last).days if wish.need.last else 0
    if (days := max(early, late)) > 0:
        yield Lack(Hurdle.NEED_DATES, days, days / MONTH_DAYS)


def _too_near(_draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    if not wish.neighbours:
        return
    gap, other = min((abs((spot.day - day).days), day) for day in wish.neighbours)
    if (days := wish.need.min_gap_days - gap) > 0:
        yield Lack(Hurdle.TOO_NEAR, days, days / wish.need.min_gap_days, other_day=other)


def _too_far_apart(_draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    most = wish.need.max_gap_days
    gaps = [((b - a).days, a if b == spot.day else b) for a, b in pairwise(sorted((*wish.days, spot.day)))]
    if most is not None and gaps and (widest := max(gaps))[0] > most:
        yield Lack(Hurdle.TOO_FAR_APART, widest[0] - most, (widest[0] - most) / most, other_day=widest[1])


def _pattern(_draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    patterns = wish.need.patterns
    if patterns and not any(pattern.issuperset((*wish.days, spot.day)) for pattern in patterns):
        yield Lack(Hurdle.PATTERN)


def fewest_stops(horizon: Horizon, calls: Sequence[Call]) -> int:
    """In how few stops these visits can be made, whatever their hours."""
    return len({call.site_id for call in calls}) if horizon.shares_stops else len(calls)


def _rhythm(draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    """No half of the day is on the beat; where one is, only a walk can tell whether it is in the way."""
    if not halves_left(draft.desk.horizon, wish.need, draft.halves.get(wish.need.id, {}), spot.day):
        yield Lack(Hurdle.RHYTHM)


def _stops(draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    horizon, joins = draft.desk.horizon, any(call.site_id == wish.site.id for call in spot.calls)
    most, stops = horizon.rules.stops_max, fewest_stops(horizon, spot.calls)
    if most is not None and (over := stops + 1 - (joins and horizon.shares_stops) - most) > 0:
        yield Lack(Hurdle.STOPS, over, over / most)


def _load(_draft: Draft, wish: Wish, spot: Spot) -> Iterator[Lack]:
    capacity = spot.vehicle.capacity
    if capacity is not None and (over := wish.need.load + sum(call.load for call in spot.calls) - capacity) > 0:
        yield Lack(Hurdle.LOAD, over, over / max(capacity, 1))


CHECKS: tuple[Callable[[Draft, Wish, Spot], Iterator[Lack]], ...] = (
    _site_closed, _kind, _size, _equipment, _pinned, _frozen,
    _dates, _too_near, _too_far_apart, _pattern, _rhythm, _stops, _load,
)  # fmt: skip


# what a walk through the day must tell


@dataclass(frozen=True, slots=True)
class Elastic:
    """A limit that gives way by seconds: the most a day has, what a share is a share of, and the eased limit."""

    most: Callable[[Rules, Windows], int]
    whole: Callable[[Rules, Windows], int]
    eased: Callable[[Rules, Windows, int], tuple[Rules, Windows]]


def _longest(_rules: Rules, windows: Windows) -> int:
    return max(window.end_s - window.start_s for window in windows)


def _working_day(rules: Rules, _windows: Windows) -> int:
    return rules.return_latest_s - rules.leave_earliest_s


def _open_earlier(rules: Rules, windows: Windows, by: int) -> tuple[Rules, Windows]:
    return rules, tuple(TimeWindow(max(window.start_s - by, 0), window.end_s) for window in windows)


def _close_later(rules: Rules, windows: Windows, by: int) -> tuple[Rules, Windows]:
    return rules, tuple(TimeWindow(window.start_s, min(window.end_s + by, DAY_S)) for window in windows)


def _longer_shift(rules: Rules, windows: Windows, by: int) -> tuple[Rules, Windows]:
    return replace(rules, shift_max_s=rules.shift_max_s + by), windows


def _leave_earlier(rules: Rules, windows: Windows, by: int) -> tuple[Rules, Windows]:
    return replace(rules, leave_earliest_s=rules.leave_earliest_s - by), windows


def _return_later(rules: Rules, windows: Windows, by: int) -> tuple[Rules, Windows]:
    return replace(rules, return_latest_s=rules.return_latest_s + by), windows


def _drive_longer(rules: Rules, windows: Windows, by: int) -> tuple[Rules, Windows]:
    return replace(rules, drive_max_s=rules.drive_max_s + by), windows


def _shorter_lunch(rules: Rules, windows: Windows, by: int) -> tuple[Rules, Windows]:
    return replace(rules, lunch_s=rules.lunch_s - by), windows


ELASTIC = {
    Hurdle.OPENS_EARLIER: Elastic(lambda _, windows: windows[-1].start_s, _longest, _open_earlier),
    Hurdle.CLOSES_LATER: Elastic(lambda _, windows: DAY_S - windows[0].end_s, _longest, _close_later),
    Hurdle.SHIFT: Elastic(
        lambda rules, _: DAY_S - rules.shift_max_s, lambda rules, _: rules.shift_max_s, _longer_shift
    ),
    Hurdle.LEAVE_EARLIER: Elastic(lambda rules, _: rules.leave_earliest_s, _working_day, _leave_earlier),
    Hurdle.RETURN_LATER: Elastic(lambda rules, _: DAY_S - rules.return_latest_s, _working_day, _return_later),
    Hurdle.DRIVE: Elastic(
        lambda rules, _: DAY_S - rules.drive_max_s, lambda rules, _: rules.drive_max_s, _drive_longer
    ),
    Hurdle.LUNCH: Elastic(lambda rules, _: rules.lunch_s, lambda rules, _: rules.lunch_s, _shorter_lunch),
}

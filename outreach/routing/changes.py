"""What would have to change for a visit to fit, as data: which rule, for whom, on which day, from what to what."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from outreach.domain.times import DAY_S, TimeWindow
from outreach.routing.draft import Draft
from outreach.routing.expand import base_of
from outreach.routing.hurdles import Lack, Spot, Wish, usual_hours
from outreach.routing.solution import Hurdle

H = 3600
MINUTE_S = 60


class ChangeKind(StrEnum):
    """Who would have to give way."""

    NONE = "none"  # nobody: there is room as things are
    ROOM = "room"  # another visit
    WINDOW = "window"  # the host: earlier, later, or on another day
    WORKDAY = "workday"  # the crew's hours: shift, leave, return, driving, lunch, stops
    DATES = "dates"  # the dates and gaps asked for
    CREW = "crew"  # one more post on that day
    VEHICLE = "vehicle"  # what kind, size, load and equipment may be
    VEHICLE_DAY = "vehicle-day"  # a vehicle drives on one day more
    PINS = "pins"  # what people fixed


KIND_OF: dict[Hurdle | None, ChangeKind] = {
    None: ChangeKind.NONE,
    Hurdle.ROOM: ChangeKind.ROOM,
    **dict.fromkeys((Hurdle.OPENS_EARLIER, Hurdle.CLOSES_LATER, Hurdle.SITE_CLOSED), ChangeKind.WINDOW),
    **dict.fromkeys(
        (Hurdle.SHIFT, Hurdle.LEAVE_EARLIER, Hurdle.RETURN_LATER, Hurdle.DRIVE, Hurdle.LUNCH, Hurdle.STOPS),
        ChangeKind.WORKDAY,
    ),
    **dict.fromkeys(
        (Hurdle.NEED_DATES, Hurdle.TOO_NEAR, Hurdle.TOO_FAR_APART, Hurdle.PATTERN, Hurdle.RHYTHM), ChangeKind.DATES
    ),
    **dict.fromkeys((Hurdle.LIBRARIANS, Hurdle.DRIVERS, Hurdle.CREW), ChangeKind.CREW),
    **dict.fromkeys(
        (Hurdle.LENGTH, Hurdle.HEIGHT, Hurdle.WEIGHT, Hurdle.VEHICLE_KIND, Hurdle.EQUIPMENT, Hurdle.LOAD),
        ChangeKind.VEHICLE,
    ),
    **dict.fromkeys((Hurdle.VEHICLE_WEEKDAY, Hurdle.VEHICLE_AWAY, Hurdle.DAY_OFF), ChangeKind.VEHICLE_DAY),
    **dict.fromkeys((Hurdle.PINNED, Hurdle.DAY_FROZEN), ChangeKind.PINS),
}

# What nobody is asked for, whatever it would win: the limit as it would then be.
ASKED_AT_MOST = {
    Hurdle.CLOSES_LATER: 21 * H,
    Hurdle.RETURN_LATER: 22 * H,
    Hurdle.SHIFT: 13 * H,  # twelve hours of work and overtime (Labour Code 2019, art. 107) and an hour of lunch
    Hurdle.DRIVE: 10 * H,  # a driver's day (Law on Road Traffic Order and Safety 2024, art. 64)
}
ASKED_AT_LEAST = {
    Hurdle.OPENS_EARLIER: 5 * H,
    Hurdle.LEAVE_EARLIER: 4 * H,
    Hurdle.LUNCH: 1800,  # the break of a working day (Labour Code 2019, art. 109)
}


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that gives way for a visit of `need_id` on `day` with `vehicle_id`: what it is, and what it would be.

    `before` and `after` are the limit now and then, in the unit of the rule; of a time of day seconds after midnight.
    """

    rule: Hurdle | None  # None: nothing has to give
    need_id: str
    vehicle_id: str
    day: date
    amount: int = 0
    before: int | None = None
    after: int | None = None
    hours: tuple[TimeWindow, ...] = ()  # when the site would also receive a bus on that day
    posts: tuple[str, ...] = ()  # more at the vehicle's base on that day
    equipment: tuple[str, ...] = ()  # more on board
    days: tuple[date, ...] = ()  # one more allowed set of days
    other_day: date | None = None  # of the visit that is too near or too far, or the date of the need that moves
    other_need_id: str = ""  # whose visit gives its place

    @property
    def kind(self) -> ChangeKind:
        """Who would have to give way."""
        return KIND_OF[self.rule]


# what a lack asks for


def changes_of(draft: Draft, lack: Lack, spot: Spot, wish: Wish) -> Iterator[Change]:
    """The changes that would mend `lack`, rounder ones first; none where nobody should be asked for so much."""
    at = Change(lack.hurdle, wish.need.id, spot.vehicle.id, spot.day, lack.amount, other_day=lack.other_day)
    if lack.hurdle in (Hurdle.OPENS_EARLIER, Hurdle.CLOSES_LATER):
        found = _of_windows(draft, lack, spot, wish, at)
    elif lack.hurdle in _LIMITS:
        found = _of_limits(lack, spot, wish, at)
    elif lack.hurdle in (Hurdle.CREW, Hurdle.DRIVERS, Hurdle.LIBRARIANS):
        found = iter((replace(at, posts=_posts(draft, spot)),))
    else:
        found = _of_others(lack, spot, wish, at)
    most, least = ASKED_AT_MOST.get(lack.hurdle, DAY_S), ASKED_AT_LEAST.get(lack.hurdle, 0)
    for change in found:
        if lack.hurdle not in _TIMES or (change.after is not None and least <= change.after <= most):
            yield change


_TIMES = ASKED_AT_MOST.keys() | ASKED_AT_LEAST.keys()


def _steps(amount: int) -> tuple[int, ...]:
    """Whole minutes where they do, else seconds."""
    round_ = -(-amount // MINUTE_S) * MINUTE_S
    return (round_,) if round_ == amount else (round_, amount)


def _of_windows(draft: Draft, lack: Lack, spot: Spot, wish: Wish, at: Change) -> Iterator[Change]:
    """One window of the day, longer at one end."""
    for by in _steps(lack.amount):
        for window in draft.desk.horizon.windows_on(wish.site, spot.day):
            if lack.hurdle is Hurdle.OPENS_EARLIER:
                before, after, end = window.start_s, window.start_s - by, window.end_s
                wider = (after, end)
            else:
                before, after = window.end_s, window.end_s + by
                wider = (window.start_s, after)
            if 0 <= wider[0] < wider[1] <= DAY_S:
                yield replace(at, amount=by, before=before, after=after, hours=(TimeWindow(*wider),))


_LIMITS: dict[Hurdle, tuple[Callable[[Spot, Wish], int | None], int]] = {
    Hurdle.SHIFT: (lambda spot, _: spot.rules.shift_max_s, 1),
    Hurdle.DRIVE: (lambda spot, _: spot.rules.drive_max_s, 1),
    Hurdle.RETURN_LATER: (lambda spot, _: spot.rules.return_latest_s, 1),
    Hurdle.LEAVE_EARLIER: (lambda spot, _: spot.rules.leave_earliest_s, -1),
    Hurdle.LUNCH: (lambda spot, _: spot.rules.lunch_s, -1),
    Hurdle.TOO_NEAR: (lambda _, wish: wish.need.min_gap_days, -1),
    Hurdle.TOO_FAR_APART: (lambda _, wish: wish.need.max_gap_days, 1),
    Hurdle.LOAD: (lambda spot, _: spot.vehicle.capacity, 1),
    Hurdle.LENGTH: (lambda _, wish: _units(wish.site.max_length_m, 100), 1),
    Hurdle.HEIGHT: (lambda _, wish: _units(wish.site.max_height_m, 100), 1),
    Hurdle.WEIGHT: (lambda _, wish: _units(wish.site.max_weight_kg, 1), 1),
}


def _units(size: float | None, units: int) -> int | None:
    return None if size is None else round(size * units)


def _of_limits(lack: Lack, spot: Spot, wish: Wish, at: Change) -> Iterator[Change]:
    """A number that is raised or lowered."""
    limit, sign = _LIMITS[lack.hurdle]
    before = limit(spot, wish)
    if before is not None:
        for by in _steps(lack.amount) if lack.hurdle in _TIMES else (lack.amount,):
            yield replace(at, amount=by, before=before, after=before + sign * by)


def _of_others(lack: Lack, spot: Spot, wish: Wish, at: Change) -> Iterator[Change]:
    """What only holds or not."""
    need = wish.need
    match lack.hurdle:
        case Hurdle.NEED_DATES:
            yield replace(at, other_day=need.first if need.first and spot.day < need.first else need.last)
        case Hurdle.SITE_CLOSED:
            yield replace(at, hours=usual_hours(wish.site, spot.day))
        case Hurdle.EQUIPMENT:
            yield replace(at, equipment=tuple(sorted(need.equipment - spot.vehicle.equipment)))
        case Hurdle.PATTERN:
            for pattern in need.patterns:  # the set is as large as the others, whatever days the rest will be on
                rest = sorted(pattern - {*wish.days, spot.day})
                days = sorted([*wish.days, spot.day, *rest][: need.quota])
                yield replace(at, days=tuple(days))
        case _:
            yield at


def _posts(draft: Draft, spot: Spot) -> tuple[str, ...]:
    """The posts that are missing for one vehicle more of the depot."""
    horizon, depot = draft.desk.horizon, base_of(spot.vehicle, spot.day)
    there, out = horizon.posts_at(depot, spot.day), draft.out[depot, spot.day] + 1
    wanted = {"driver": spot.rules.drivers_per_vehicle, "librarian": spot.rules.librarians_per_vehicle}
    return tuple(post for post, each in wanted.items() for _ in range(out * each - there[post]))

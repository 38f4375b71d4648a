"""A problem with one thing changed and nothing else, so that a visit fits; where it can be, on one day alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from outreach.domain.times import Period
from outreach.routing.changes import Change
from outreach.routing.expand import Horizon, base_of
from outreach.routing.problem import (
    EVERY_DAY,
    Absence,
    Closure,
    Need,
    Problem,
    Rules,
    Site,
    SiteWindow,
    StaffMember,
    Vehicle,
    WorkingHours,
)
from outreach.routing.solution import Hurdle


def changed(problem: Problem, change: Change) -> Problem:
    """`problem` with exactly this changed: where it can be on that one day, for that vehicle or that site alone."""
    return problem if change.rule is None else _EASED.get(change.rule, _same)(problem, change)


def _same(problem: Problem, _change: Change) -> Problem:
    return problem


def _with_need(problem: Problem, change: Change, new: Callable[[Need], Need]) -> Problem:
    needs = (new(need) if need.id == change.need_id else need for need in problem.needs)
    return replace(problem, needs=tuple(needs))


def _with_site(problem: Problem, change: Change, new: Callable[[Site], Site]) -> Problem:
    site_id = next(need.site_id for need in problem.needs if need.id == change.need_id)
    return replace(problem, sites=tuple(new(site) if site.id == site_id else site for site in problem.sites))


def _with_vehicle(problem: Problem, change: Change, new: Callable[[Vehicle], Vehicle]) -> Problem:
    vehicles = (new(vehicle) if vehicle.id == change.vehicle_id else vehicle for vehicle in problem.vehicles)
    return replace(problem, vehicles=tuple(vehicles))


def _windows_of(change: Change) -> tuple[SiteWindow, ...]:
    on = frozenset({change.day.weekday()})
    return tuple(SiteWindow(hours.start_s, hours.end_s, on, change.day, change.day) for hours in change.hours)


def _more_hours(problem: Problem, change: Change) -> Problem:
    return _with_site(problem, change, lambda site: replace(site, windows=(*site.windows, *_windows_of(change))))


def _opened(problem: Problem, change: Change) -> Problem:
    """Open on a day on which it is closed: a kind of its own, so that closures of that day pass it by."""
    site_id = next(need.site_id for need in problem.needs if need.id == change.need_id)
    site = next(site for site in problem.sites if site.id == site_id)
    own, kinds = f"{site.kind} {site.id}", frozenset(other.kind for other in problem.sites if other.id != site.id)
    closures: list[Closure] = []
    for closure in problem.closures:
        closes = closure.site_kinds is None or site.kind in closure.site_kinds
        also = closure.site_kinds if closure.site_kinds is None or not closes else closure.site_kinds | {own}
        if not closes or change.day not in closure.period:
            closures.append(replace(closure, site_kinds=also))
            continue
        closures += [replace(closure, period=part, site_kinds=also) for part in _without(closure.period, change.day)]
        closures.append(replace(closure, period=Period(change.day, change.day), site_kinds=closure.site_kinds or kinds))
    blocked = tuple(_not_on(site.blocked, change.day))
    opened = replace(site, kind=own, blocked=blocked, windows=(*site.windows, *_windows_of(change)))
    return replace(_with_site(problem, change, lambda _: opened), closures=tuple(closures))


def _without(period: Period, day: date) -> Iterator[Period]:
    """`period` less one of its days."""
    if period.first < day:
        yield Period(period.first, day - timedelta(days=1))
    if day < period.last:
        yield Period(day + timedelta(days=1), period.last)


def _not_on(absences: tuple[Absence, ...], day: date) -> Iterator[Absence]:
    for absence in absences:
        if day in absence.period:
            yield from (replace(absence, period=part) for part in _without(absence.period, day))
        else:
            yield absence


def _there(problem: Problem, change: Change) -> Problem:
    return _with_vehicle(problem, change, lambda old: replace(old, absences=tuple(_not_on(old.absences, change.day))))


def _that_weekday(problem: Problem, change: Change) -> Problem:
    """The vehicle drives on this one day of a weekday that is not its own."""
    weekday = change.day.weekday()
    others = tuple(
        Absence(Period(day, day))
        for day in problem.horizon.days()
        if day.weekday() == weekday and day != change.day and day not in problem.rules.extra_days
    )
    return _with_vehicle(
        problem, change, lambda old: replace(old, weekdays=old.weekdays | {weekday}, absences=(*old.absences, *others))
    )


def _day_on(problem: Problem, change: Change) -> Problem:
    """Vehicles may drive on a day off; whoever is closed stays so."""
    closures: list[Closure] = []
    for closure in problem.closures:
        if not closure.stops_vehicles or change.day not in closure.period:
            closures.append(closure)
            continue
        closures += [replace(closure, period=part) for part in _without(closure.period, change.day)]
        closures.append(replace(closure, period=Period(change.day, change.day), stops_vehicles=False))
    return replace(problem, closures=tuple(closures))


def _own_hours(field: str) -> Callable[[Problem, Change], Problem]:
    """One of the vehicle's limits on that day; the others as they are."""

    def eased(problem: Problem, change: Change) -> Problem:
        horizon = Horizon(problem)
        usual = horizon.rules_on(horizon.vehicles[change.vehicle_id], change.day)
        rules = replace(usual, **{field: change.after})  # type: ignore[arg-type]
        own = WorkingHours(
            EVERY_DAY, Period(change.day, change.day), rules.leave_earliest_s, rules.return_latest_s,
            rules.shift_max_s, rules.drive_max_s,
        )  # fmt: skip
        return _with_vehicle(problem, change, lambda old: replace(old, hours=(own, *old.hours)))

    return eased


def _with_rules(problem: Problem, rules: Rules) -> Problem:
    return replace(problem, rules=rules)


def _more_posts(problem: Problem, change: Change) -> Problem:
    """Posts at the vehicle's base that are there on that day alone."""
    vehicle = next(vehicle for vehicle in problem.vehicles if vehicle.id == change.vehicle_id)
    depot = base_of(vehicle, change.day)
    away = tuple(Absence(part) for part in _without(problem.horizon, change.day))
    more = (
        StaffMember(f"{depot} {post} {change.day} {i}", depot, post, frozenset({change.day.weekday()}), away)
        for i, post in enumerate(change.posts, start=1)
    )
    return replace(problem, staff=(*problem.staff, *more))


def _dates(problem: Problem, change: Change) -> Problem:
    def new(need: Need) -> Need:
        if need.first and change.day < need.first:
            return replace(need, first=change.day)
        return replace(need, last=change.day)

    return _with_need(problem, change, new)


def _reached(problem: Problem, change: Change) -> Problem:
    kind = next(vehicle.kind for vehicle in problem.vehicles if vehicle.id == change.vehicle_id)
    return _with_site(problem, change, lambda site: replace(site, reached_by=site.reached_by | {kind}))


def _size(field: str, units: int) -> Callable[[Problem, Change], Problem]:
    def eased(problem: Problem, change: Change) -> Problem:
        """As large as the vehicle is: what is said in whole units may be a bit more."""
        vehicle = next(vehicle for vehicle in problem.vehicles if vehicle.id == change.vehicle_id)
        size = getattr(vehicle, field)
        assert change.after is not None
        new = max(change.after / units, size)
        return _with_site(problem, change, lambda site: replace(site, **{f"max_{field}": new}))

    return eased


_EASED: dict[Hurdle, Callable[[Problem, Change], Problem]] = {
    Hurdle.OPENS_EARLIER: _more_hours,
    Hurdle.CLOSES_LATER: _more_hours,
    Hurdle.SITE_CLOSED: _opened,
    Hurdle.SHIFT: _own_hours("shift_max_s"),
    Hurdle.DRIVE: _own_hours("drive_max_s"),
    Hurdle.LEAVE_EARLIER: _own_hours("leave_earliest_s"),
    Hurdle.RETURN_LATER: _own_hours("return_latest_s"),
    Hurdle.LUNCH: lambda problem, change: _with_rules(problem, replace(problem.rules, lunch_s=change.after or 0)),
    Hurdle.STOPS: lambda problem, change: _with_rules(
        problem, replace(problem.rules, stops_max=(problem.rules.stops_max or 0) + change.amount)
    ),
    Hurdle.NEED_DATES: _dates,
    Hurdle.TOO_NEAR: lambda problem, change: _with_need(
        problem, change, lambda need: replace(need, min_gap_days=change.after or 0)
    ),
    Hurdle.TOO_FAR_APART: lambda problem, change: _with_need(
        problem, change, lambda need: replace(need, max_gap_days=change.after)
    ),
    Hurdle.PATTERN: lambda problem, change: _with_need(
        problem, change, lambda need: replace(need, patterns=(*need.patterns, frozenset(change.days)))
    ),
    Hurdle.RHYTHM: lambda problem, change: _with_need(problem, change, lambda need: replace(need, rhythm=None)),
    Hurdle.DRIVERS: _more_posts,
    Hurdle.LIBRARIANS: _more_posts,
    Hurdle.CREW: _more_posts,
    Hurdle.LOAD: lambda problem, change: _with_vehicle(
        problem, change, lambda old: replace(old, capacity=change.after)
    ),
    Hurdle.LENGTH: _size("length_m", 100),
    Hurdle.HEIGHT: _size("height_m", 100),
    Hurdle.WEIGHT: _size("weight_kg", 1),
    Hurdle.EQUIPMENT: lambda problem, change: _with_vehicle(
        problem, change, lambda old: replace(old, equipment=old.equipment.union(change.equipment))
    ),
    Hurdle.VEHICLE_KIND: _reached,
    Hurdle.VEHICLE_WEEKDAY: _that_weekday,
    Hurdle.VEHICLE_AWAY: _there,
    Hurdle.DAY_OFF: _day_on,
    Hurdle.PINNED: lambda problem, change: replace(
        problem, pins=tuple(pin for pin in problem.pins if pin.need_id != change.need_id)
    ),
    Hurdle.DAY_FROZEN: lambda problem, change: replace(
        problem,
        frozen=tuple(one for one in problem.frozen if (one.vehicle_id, one.day) != (change.vehicle_id, change.day)),
    ),
}

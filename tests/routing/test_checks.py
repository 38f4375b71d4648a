"""The judge: from a sound plan, one change a rule, and it names exactly that rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.domain.times import Period
from outreach.routing.checks import check
from outreach.routing.problem import (
    Absence,
    Closure,
    FrozenDay,
    Pin,
    Problem,
    Rhythm,
    Rules,
    Turn,
    WorkingHours,
)
from outreach.routing.solution import RuleName, Solution, Stop, Tour, Trip, Unserved
from outreach.routing.solve import solve
from tests.routing.small import MONDAY, H, crew, need, problem, site, two_schools_one_bus

Case = tuple[Problem, Solution]


@pytest.fixture(scope="module")
def sound() -> Case:
    asked = two_schools_one_bus()
    solution = solve(asked, seconds=1)
    assert check(asked, solution) == ()
    return asked, solution


def tour_of(solution: Solution) -> Tour:
    return next(iter(solution.tours()))


def with_tour(solution: Solution, **changes: object) -> Solution:
    tour = replace(tour_of(solution), **changes)
    return replace(solution, trips=(Trip(tour.vehicle_id, (tour,)),))


def with_stop(solution: Solution, position: int, **changes: object) -> Solution:
    stops = list(tour_of(solution).stops)
    stops[position] = replace(stops[position], **changes)
    return with_tour(solution, stops=tuple(stops))


def shifted(solution: Solution, seconds: int) -> Solution:
    """The whole day later or earlier, windows apart."""
    tour = tour_of(solution)
    stops = tuple(
        replace(
            stop,
            arrive_s=stop.arrive_s + seconds,
            start_s=stop.start_s + seconds,
            end_s=stop.end_s + seconds,
            depart_s=stop.depart_s + seconds,
        )
        for stop in tour.stops
    )
    return with_tour(solution, stops=stops, leave_s=tour.leave_s + seconds, return_s=tour.return_s + seconds)


def on_day(solution: Solution, days: int) -> Solution:
    return with_tour(solution, day=tour_of(solution).day + timedelta(days=days))


def with_night(p: Problem, s: Solution, change: Callable[[Problem], Problem]) -> Case:
    """The day as the second of a trip: the bus was at the first school the night before and did nothing there."""
    tour = tour_of(s)
    at, before = tour.stops[0].site_id, tour.day - timedelta(days=1)
    away = int(p.travel.seconds[p.travel.index["base"], p.travel.index[at]])
    metres = int(p.travel.metres[p.travel.index["base"], p.travel.index[at]])
    out = Tour("bus", before, "base", at, 15 * H, 15 * H + away, (), away, metres)
    stops = (replace(tour.stops[0], drive_s=0, distance_m=0), *tour.stops[1:])
    less = {"drive_s": tour.drive_s - away, "distance_m": tour.distance_m - metres}
    back = replace(tour, start_place_id=at, stops=stops, **less)
    asked = replace(p, lodgings=(at,), rules=replace(p.rules, trip_days_max=2), horizon=Period(before, p.horizon.last))
    asked = replace(asked, closures=(), vehicles=tuple(replace(v, weekdays=frozenset(range(7))) for v in p.vehicles))
    asked = replace(asked, staff=tuple(replace(m, weekdays=frozenset(range(7))) for m in p.staff))
    trip = replace(s, trips=(Trip("bus", (out, back)),))
    assert check(asked, trip) == ()
    return change(asked), trip


MUTATIONS: dict[RuleName, Callable[[Problem, Solution], Case]] = {
    RuleName.UNKNOWN_VEHICLE: lambda p, s: (
        replace(p, staff=()), replace(s, trips=(Trip("x", (replace(tour_of(s), vehicle_id="x"),)),))),
    RuleName.OUTSIDE_HORIZON: lambda p, s: (
        replace(p, horizon=Period(MONDAY + timedelta(days=14), MONDAY + timedelta(days=20))), s),
    RuleName.DAY_OFF: lambda p, s: (
        replace(p, closures=(Closure(Period(tour_of(s).day, tour_of(s).day), "lễ", frozenset({"nobody"}), True),)), s),
    RuleName.SITE_CLOSED: lambda p, s: (
        replace(p, sites=(replace(p.sites[0], blocked=(Absence(p.horizon, "sửa"),)), p.sites[1])), s),
    RuleName.VEHICLE_AWAY: lambda p, s: (
        replace(p, vehicles=(replace(p.vehicles[0], absences=(Absence(p.horizon, "xưởng"),)),)), s),
    RuleName.WRONG_VEHICLE: lambda p, s: (
        replace(p, sites=(replace(p.sites[0], reached_by=frozenset({"boat"})), p.sites[1])), s),
    RuleName.OVERLOADED: lambda p, s: (
        replace(p, vehicles=(replace(p.vehicles[0], capacity=3),), needs=tuple(replace(n, load=2) for n in p.needs)),
        s),
    RuleName.WRONG_PATTERN: lambda p, s: (
        replace(p, needs=(replace(p.needs[0], patterns=(frozenset({MONDAY + timedelta(days=40)}),)), p.needs[1])),
        s),
    RuleName.WRONG_RHYTHM: lambda p, s: (
        replace(p, needs=tuple(replace(n, quota=2, rhythm=Rhythm(1, rule=True)) for n in p.needs)),
        replace(s, trips=(*s.trips, *on_day(s, -1 if tour_of(s).day.weekday() else 1).trips))),
    RuleName.NO_EQUIPMENT: lambda p, s: (
        replace(p, needs=(replace(p.needs[0], equipment=frozenset({"projector"})), p.needs[1])), s),
    RuleName.PIN_BROKEN: lambda p, s: (replace(p, pins=(Pin("need a", MONDAY + timedelta(days=40)),)), s),
    RuleName.DAY_FROZEN: lambda p, s: (
        replace(p, frozen=(FrozenDay("bus", tour_of(s).day),), pins=(Pin("need a", tour_of(s).day, "bus"),)), s),
    RuleName.SHORT_SERVICE: lambda p, s: (p, with_stop(s, 0, end_s=tour_of(s).stops[0].end_s - 60)),
    RuleName.NO_SET_UP: lambda p, s: (p, with_stop(s, 0, arrive_s=tour_of(s).stops[0].start_s - 600)),
    RuleName.NO_LUNCH: lambda p, s: (p, with_tour(s, lunch_start_s=None, lunch_end_s=None)),
    RuleName.SHIFT_TOO_LONG: lambda p, s: (replace(p, rules=replace(p.rules, shift_max_s=6 * H)), s),
    RuleName.SHIFT_TOO_EARLY: lambda p, s: (replace(p, rules=replace(p.rules, leave_earliest_s=12 * H)), s),
    RuleName.SHIFT_TOO_LATE: lambda p, s: (replace(p, rules=replace(p.rules, return_latest_s=15 * H)), s),
    RuleName.DRIVE_TOO_LONG: lambda p, s: (replace(p, rules=replace(p.rules, drive_max_s=600)), s),
    RuleName.TOO_MANY_STOPS: lambda p, s: (replace(p, rules=replace(p.rules, stops_max=1)), s),
    RuleName.WRONG_DRIVE: lambda p, s: (p, with_tour(s, distance_m=1)),
    RuleName.LATE: lambda p, s: (p, with_tour(s, leave_s=tour_of(s).leave_s + 60)),
    RuleName.NO_CREW: lambda p, s: (replace(p, staff=crew(librarians=1)), s),
    RuleName.TWO_TOURS: lambda p, s: (
        replace(p, staff=()), replace(s, trips=(*s.trips, Trip("bus", (replace(
            tour_of(s), stops=(), leave_s=12 * H, return_s=12 * H, drive_s=0, distance_m=0,
            lunch_start_s=None, lunch_end_s=None),))))),
    RuleName.BROKEN_TRIP: lambda p, s: (p, replace(s, trips=(*s.trips, Trip("bus", ())))),
    RuleName.NO_LODGING: lambda p, s: with_night(p, s, lambda asked: replace(asked, lodgings=())),
    RuleName.TOO_MANY_NIGHTS: lambda p, s: with_night(
        p, s, lambda asked: replace(asked, rules=replace(asked.rules, nights_per_month_max=0))),
    RuleName.WRONG_COUNT: lambda p, s: (p, replace(s, unserved=(Unserved("need a", 1, ()),))),
    RuleName.NEED_OUTSIDE_DATES: lambda p, s: (
        replace(p, needs=(replace(p.needs[0], last=MONDAY - timedelta(days=1)), p.needs[1])), s),
    RuleName.TOO_NEAR: lambda p, s: (
        replace(p, needs=(replace(p.needs[0], min_gap_days=60, last_visit=MONDAY - timedelta(days=9)), p.needs[1])), s),
}  # fmt: skip


@pytest.mark.parametrize("rule", MUTATIONS, ids=lambda rule: rule.value)
def test_one_broken_rule_is_named(sound, rule):
    """Exactly the rule that was broken, nothing else."""
    asked, solution = MUTATIONS[rule](*sound)
    assert {breach.rule for breach in check(asked, solution)} == {rule}


def test_service_outside_the_hosts_hours_is_named(sound):
    """The whole day an hour later: the morning service ends after 10:30, the afternoon one after 16:30."""
    asked, solution = sound
    rules = {breach.rule for breach in check(asked, shifted(solution, H))}
    assert RuleName.OUTSIDE_WINDOW in rules


def test_site_nobody_knows_is_named(sound):
    """A stop at a site that is not in the problem; the needs no longer add up either."""
    asked, solution = sound
    rules = [breach.rule for breach in check(asked, with_stop(solution, 0, site_id="nowhere"))]
    assert RuleName.UNKNOWN_SITE in rules


def test_unknown_site_does_not_hide_a_missing_lunch(sound):
    """Two faults in one tour: both are named."""
    asked, solution = sound
    broken = with_stop(with_tour(solution, lunch_start_s=None, lunch_end_s=None), 0, site_id="nowhere")
    rules = {breach.rule for breach in check(asked, broken)}
    assert {RuleName.UNKNOWN_SITE, RuleName.NO_LUNCH} <= rules


def test_need_nobody_knows_is_named(sound):
    """A stop for a need that is not in the problem."""
    asked, solution = sound
    rules = [breach.rule for breach in check(asked, with_stop(solution, 0, need_id="nobody"))]
    assert RuleName.UNKNOWN_NEED in rules


def test_unserved_entry_of_a_need_nobody_knows_is_named(sound):
    """Whoever is said to be left out must have asked."""
    asked, solution = sound
    astray = replace(solution, unserved=(Unserved("nobody", 1, ()),))
    assert [(breach.rule, breach.where) for breach in check(asked, astray)] == [(RuleName.UNKNOWN_NEED, "nobody")]


def test_need_listed_twice_as_unserved_is_named(sound):
    """Nothing is planned; the second entry of a need says the truth, the first one seven visits too many."""
    asked, _ = sound
    entries = [Unserved("need a", 7, ()), Unserved("need a", 1, ()), Unserved("need b", 1, ())]
    assert [(breach.rule, breach.where) for breach in check(asked, Solution((), tuple(entries)))] == [
        (RuleName.WRONG_COUNT, "need a")
    ]


PINS = {
    "bus": {"vehicle_id": "other"},
    "from": {"from_s": 12 * H},
    "till": {"to_s": 8 * H},
    "last": {"turn": Turn.LAST},
    "after": {"after": "need b"},
}


@pytest.mark.parametrize("pin", PINS.values(), ids=PINS)
def test_each_part_of_a_pin_is_looked_at(sound, pin):
    """A visit before another in the morning: a pin of its own bus, hours and turn holds, another one is broken."""
    asked, solution = sound
    tour = tour_of(solution)
    stop, later = tour.stops
    held = Pin(stop.need_id, tour.day, "bus", stop.start_s, stop.end_s, Turn.FIRST)
    assert check(replace(asked, pins=(held, Pin(later.need_id, tour.day, after=stop.need_id))), solution) == ()
    pin = {**pin, "after": later.need_id} if "after" in pin else pin
    broken = check(replace(asked, pins=(Pin(stop.need_id, tour.day, **pin),)), solution)
    assert [(breach.rule, breach.where) for breach in broken] == [(RuleName.PIN_BROKEN, stop.need_id)]


def test_own_hours_of_a_vehicle_stand_before_the_rules(sound):
    """The bus must be back by 15:00 on the tour's weekday; on other weekdays that says nothing."""
    asked, solution = sound
    weekday = tour_of(solution).day.weekday()
    for other, rules in ((weekday, [RuleName.SHIFT_TOO_LATE]), ((weekday + 1) % 7, [])):
        hours = WorkingHours(weekdays=frozenset({other}), return_latest_s=15 * H)
        own = replace(asked, vehicles=(replace(asked.vehicles[0], hours=(hours,)),))
        assert [breach.rule for breach in check(own, solution)] == rules


def twice(gap_days: int) -> Case:
    """One school asked for twice, served on two days `gap_days` apart."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=2)], days=26)
    single = replace(asked, needs=(need("a"),))
    first = tour_of(solve(single, seconds=0.5))
    tours = [replace(first, day=MONDAY), replace(first, day=MONDAY + timedelta(days=gap_days))]
    return asked, Solution(tuple(Trip("bus", (tour,)) for tour in tours))


def test_visits_too_near_or_too_far_apart_are_named():
    """Seven days apart: too near for fourteen, too far for three."""
    asked, solution = twice(7)
    assert check(asked, solution) == ()
    for change, rule in (({"min_gap_days": 14}, RuleName.TOO_NEAR), ({"max_gap_days": 3}, RuleName.TOO_FAR_APART)):
        strict = replace(asked, needs=(replace(asked.needs[0], **change),))
        assert [breach.rule for breach in check(strict, solution)] == [rule]


def test_more_visits_than_asked_are_named():
    """Asked once, served twice."""
    asked, solution = twice(7)
    once = replace(asked, needs=(need("a"),))
    assert [breach.rule for breach in check(once, solution)] == [RuleName.OVER_QUOTA]


def test_trip_with_a_night_away_is_sound_when_it_starts_where_it_slept():
    """Two days: out and sleep at the school, serve in the morning, home; refused where trips last one day."""
    asked = replace(problem({"base": 0, "a": 100}, sites=[site("a")], needs=[need("a")]), rules=Rules(trip_days_max=2))
    asked = replace(asked, lodgings=("a",))
    out = Tour("bus", MONDAY, "base", "a", 15 * H, 15 * H + 6000, (), 6000, 100_000)
    stop = Stop("need a", "a", 7 * H, 7 * H + 1800, 9 * H + 1800, 9 * H + 2700, 0, 0)
    home = Tour("bus", MONDAY + timedelta(days=1), "a", "base", 7 * H, 9 * H + 8700, (stop,), 6000, 100_000)
    trip = Solution((Trip("bus", (out, home)),))
    assert check(asked, trip) == ()
    assert RuleName.BROKEN_TRIP in {b.rule for b in check(replace(asked, rules=Rules()), trip)}
    elsewhere = Solution((Trip("bus", (out, replace(home, start_place_id="base"))),))
    assert RuleName.BROKEN_TRIP in {b.rule for b in check(asked, elsewhere)}


def test_every_rule_of_the_judge_has_a_test():
    """A rule added without a case here is noticed."""
    elsewhere = {RuleName.OUTSIDE_WINDOW, RuleName.UNKNOWN_SITE, RuleName.UNKNOWN_NEED,
                 RuleName.TOO_FAR_APART, RuleName.OVER_QUOTA}  # fmt: skip
    assert set(MUTATIONS) | elsewhere == set(RuleName)

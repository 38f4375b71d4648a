"""No plan makes more visits than the bound says; small cases a person can count."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from outreach.routing.bounds.alike import Alike
from outreach.routing.bounds.proof import bounds_of
from outreach.routing.bounds.served import counts, served_bound
from outreach.routing.bounds.spacing import most_visits
from outreach.routing.expand import Horizon
from outreach.routing.problem import Rules, SiteWindow
from outreach.routing.solve import solve
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, bus, crew, need, problem, site
from tests.routing.test_properties import provinces


def bound(asked, *, seconds=10.0):
    return served_bound(Alike(Horizon(asked)), seconds=seconds)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces())
def test_no_plan_makes_more_visits_than_the_bound(asked):
    """Windows, gaps, crews, loads, sizes, equipment, hours of a vehicle: the bound knows of nothing that cannot be."""
    plan = solve(asked, rounds=1_000)
    visits = sum(1 for _ in plan.stops())
    assert visits <= bound(asked)
    assert visits <= bound(asked, seconds=0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces())
def test_no_trip_with_nights_makes_more_visits_than_the_bound(asked):
    """Crews may sleep at the first site; of driving nothing is claimed then."""
    away = replace(asked, lodgings=("s0",), rules=replace(asked.rules, trip_days_max=3))
    plan = solve(away, rounds=1_000)
    bounds = bounds_of(away, plan, seconds=5)
    assert bounds.visits <= bounds.served_bound
    assert bounds.driving_bound_s is None


def test_what_is_too_far_for_a_day_is_counted_where_crews_may_stay_near_it():
    """280 minutes out: not within a day, but from a lodging beside it."""
    home = problem(
        {"base": 0, "lodging": 270, "a": 280}, sites=[site("a")], needs=[need("a")], days=3, vehicles=[bus()]
    )
    away = replace(home, lodgings=("lodging",), rules=replace(home.rules, trip_days_max=2))
    assert (bound(home), bound(away)) == (0, 1)


def one_day(count, *, windows=(MORNING, AFTERNOON), service_s=2 * H, **more):
    """So many schools around a base, one day, one bus."""
    names = [f"s{i}" for i in range(count)]
    return problem(
        {"base": 0, **{name: 2.0 * i + 2 for i, name in enumerate(names)}},
        sites=[site(name, windows=windows) for name in names],
        needs=[need(name, service_s=service_s) for name in names],
        days=1,
        **more,
    )


def test_one_bus_serves_two_schools_a_day():
    """Three hours in the morning and three after noon, two hours each: a third school waits for another day."""
    assert bound(one_day(5)) == 2
    assert bound(one_day(5, vehicles=[bus("one"), bus("two")])) == 4


def test_one_crew_mans_one_of_two_buses():
    """Two buses, one crew: the half-days of one bus."""
    assert bound(one_day(5, vehicles=[bus("one"), bus("two")], staff=crew())) == 2


def test_setting_up_and_packing_up_take_room_between_two_visits():
    """In three hours 75 + 15 + 15 + 2 + 75 minutes are too much, 70 twice are not."""
    assert bound(one_day(5, windows=[MORNING], service_s=75 * 60)) == 1
    assert bound(one_day(5, windows=[MORNING], service_s=70 * 60)) == 2


@pytest.mark.parametrize(("stops", "visits"), [(1, 1), (None, 2)])
def test_no_more_stops_than_a_tour_may_have(stops, visits):
    assert bound(one_day(5, rules=Rules(stops_max=stops))) == visits


def test_what_is_too_far_for_a_day_is_not_counted():
    """280 minutes there and back leave no time; 120 minutes do."""
    far, near = (
        problem({"base": 0, "a": km}, sites=[site("a")], needs=[need("a")], days=3, vehicles=[bus()])
        for km in (280, 120)
    )
    assert (bound(far), bound(near)) == (0, 1)


def test_two_needs_at_one_place_may_share_a_morning():
    """Where nothing lies between two services no time is taken off for it: an hour and a half twice fit."""
    asked = problem(
        {"base": 0, "a": 2},
        sites=[site("a", windows=[MORNING])],
        needs=[need("a", service_s=90 * 60)],
        days=1,
    )
    twice = problem(
        {"base": 0, "a": 2},
        sites=asked.sites,
        needs=[*asked.needs, replace(asked.needs[0], id="other")],
        days=1,
    )
    assert (bound(asked), bound(twice)) == (1, 2)


@pytest.mark.parametrize(
    ("more", "days", "visits"),
    [
        ({"quota": 5, "min_gap_days": 3}, range(10), 4),
        ({"quota": 2, "min_gap_days": 3}, range(10), 2),
        ({"quota": 5, "min_gap_days": 1, "max_gap_days": 2}, (0, 1, 5, 6, 8), 3),
        ({"quota": 5}, (), 0),
        ({"quota": 2, "patterns": (frozenset({MONDAY, MONDAY + timedelta(days=2)}),)}, (0, 1), 1),
    ],
)
def test_days_of_a_need_allow_so_many_visits(more, days, visits):
    """Least and largest gaps, quota, allowed sets."""
    assert most_visits(need("a", **more), [MONDAY + timedelta(days=day) for day in days]) == visits


def test_days_blocked_for_a_site_are_not_counted():
    """A host that receives on Mondays only, two weeks, three wishes."""
    asked = problem(
        {"base": 0, "a": 2},
        sites=[site("a", windows=[SiteWindow(8 * H, 11 * H, frozenset({0}))])],
        needs=[need("a", quota=3)],
        days=12,
    )
    assert counts(Alike(Horizon(asked))) == [2]
    assert bound(asked) == 2

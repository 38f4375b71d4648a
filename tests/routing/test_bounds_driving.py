"""No plan with the same visits drives less than the bound says; small cases a person can reckon."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from outreach.routing.bounds.alike import Alike
from outreach.routing.bounds.driving import driving_bound
from outreach.routing.bounds.proof import bounds_of
from outreach.routing.expand import Horizon
from outreach.routing.objective import Prices, measure
from outreach.routing.problem import Problem, SiteWindow
from outreach.routing.solution import Bounds, Solution
from outreach.routing.solve import solve
from tests.routing.small import AFTERNOON, MORNING, H, bus, need, problem, site, two_schools_one_bus
from tests.routing.test_properties import provinces

ONLY_DRIVING = Prices(tour_s=0, work_percent=0, wrong_week_s=0)


def bound(asked: Problem, plan: Solution, seconds: float = 20.0) -> int | None:
    return driving_bound(Alike(Horizon(asked)), plan, seconds=seconds)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces())
def test_no_found_plan_drives_less_than_its_bound(asked):
    """Whatever the hours, gaps, crews, loads and limits: the plan itself is one of those the bound speaks of."""
    plan = solve(asked, rounds=2_000)
    found = bounds_of(asked, plan, seconds=5)
    figures = measure(asked, plan)
    assert found.served_bound >= figures.visits
    assert found.driving_bound_s is None or found.driving_bound_s <= figures.drive_s


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces())
def test_bound_of_a_plan_holds_for_plans_that_make_the_same_visits_otherwise(asked):
    """A search that looks at driving alone finds nothing below it either."""
    plan = solve(asked, rounds=300)
    least = bound(asked, plan)
    other = solve(replace(asked, prices=ONLY_DRIVING), rounds=2_000, start=plan)
    made, again = (sorted(stop.need_id for _, stop in found.stops()) for found in (plan, other))
    assert made != again or (least or 0) <= measure(asked, other).drive_s


def test_two_schools_on_one_road_are_one_tour():
    """12 km out and back, a minute a kilometre: 24 minutes, and the bound knows it."""
    asked = two_schools_one_bus()
    assert bound(asked, solve(asked, rounds=100)) == 24 * 60


def test_schools_that_receive_in_the_morning_only_are_two_tours():
    """10 and 12 km out, both in the morning: 20 and 24 minutes, on two days."""
    asked = problem(
        {"base": 0, "a": 10, "b": 12},
        sites=[site("a", windows=[MORNING]), site("b", windows=[MORNING])],
        needs=[need("a"), need("b")],
    )
    assert bound(asked, solve(asked, rounds=100)) == 44 * 60


def test_three_schools_pair_by_their_ways():
    """Two a day: the two farthest, 20 and 18 km out, together (40), the nearest alone (4); not 40 and 36."""
    asked = problem(
        {"base": 0, "a": 20, "b": 18, "c": 2},
        sites=[site(name) for name in "abc"],
        needs=[need(name) for name in "abc"],
    )
    assert bound(asked, solve(asked, rounds=500)) == 44 * 60


def test_a_bus_that_stands_elsewhere_is_used_only_as_often_as_it_may():
    """The near bus has one day, the far one four: only one of two mornings can be had for 10 minutes, not for 110."""
    asked = problem(
        {"near": 0, "a": 5, "b": 5.5, "far": 60},
        sites=[site(name, windows=[MORNING]) for name in "ab"],
        needs=[need(name) for name in "ab"],
        vehicles=[bus("one", "near", weekdays=frozenset({0})), bus("two", "far")],
    )
    plan = solve(asked, rounds=500)
    assert bound(asked, plan) == pytest.approx((10 + 109) * 60, abs=2)


def test_days_on_which_two_hosts_never_both_receive_share_no_tour():
    """Monday mornings and Tuesday afternoons: two tours of 20 minutes, though the hours of the day would do."""
    on = [SiteWindow(8 * H, 11 * H, frozenset({0})), SiteWindow(13 * H, 16 * H, frozenset({1}))]
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=[site(name, windows=[window]) for name, window in zip("ab", on, strict=True)],
        needs=[need(name) for name in "ab"],
    )
    assert bound(asked, solve(asked, rounds=100)) == 40 * 60


def test_lunch_that_leaves_no_time_for_the_way_is_known():
    """From 10:45 in a, 10 km out, to 13:15 in b, 120 km out: 110 minutes of road, and no hour for lunch beside them."""
    asked = problem(
        {"base": 0, "a": 10, "b": 120},
        sites=[
            site("a", windows=[SiteWindow(8 * H, 10 * H + 1800)]),
            site("b", windows=[SiteWindow(13 * H + 1800, 15 * H + 1800)]),
        ],
        needs=[need("a", service_s=9_000), need("b", service_s=2 * H)],
    )
    without = replace(asked, rules=replace(asked.rules, lunch_s=0))
    assert bound(asked, solve(asked, rounds=300)) == 260 * 60
    assert bound(without, solve(without, rounds=300)) == 240 * 60


def test_nothing_is_claimed_where_visits_take_no_time_or_nothing_is_driven():
    asked = two_schools_one_bus()
    still = replace(
        asked,
        needs=tuple(replace(need, service_s=0) for need in asked.needs),
        vehicles=(replace(asked.vehicles[0], set_up_s=0, pack_up_s=0),),
        travel=replace(asked.travel, seconds=asked.travel.seconds * 0),
    )
    assert bound(still, solve(still, rounds=50)) is None
    assert bound(asked, Solution(())) == 0


@pytest.mark.parametrize("seconds", [0.0, 1e-3])
def test_bound_without_time_claims_nothing_wrong(seconds):
    asked = problem(
        {"base": 0, **{f"s{i}": 3.0 * i + 3 for i in range(9)}},
        sites=[site(f"s{i}", windows=[(MORNING, AFTERNOON)[i % 2]]) for i in range(9)],
        needs=[need(f"s{i}", service_s=H) for i in range(9)],
    )
    plan = solve(asked, rounds=1_000)
    assert (bound(asked, plan, seconds) or 0) <= measure(asked, plan).drive_s


@pytest.mark.parametrize(
    ("bounds", "served", "driving"),
    [
        (Bounds(98, 1_050, 100, 1_000), 0.02, 0.05),
        (Bounds(98, 1_050), None, None),
        (Bounds(0, 0, 0, 0), 1.0, None),
    ],
)
def test_gaps_are_shares_of_the_best_there_can_be(bounds, served, driving):
    for gap, said in zip((bounds.served_gap, bounds.driving_gap), (served, driving), strict=True):
        assert gap == (said if said is None else pytest.approx(said))

"""The one door: small plans that can be checked by hand."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest

from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.routing.checks import check
from outreach.routing.problem import Absence, Closure, Problem, Rules, SiteWindow
from outreach.routing.solution import Phase, Progress, Solution
from outreach.routing.solve import solve
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, bus, crew, need, problem, site, two_schools_one_bus


def plan(asked: Problem, rounds: int = 3_000, **more: object) -> Solution:
    solution = solve(asked, rounds=rounds, **more)
    assert check(asked, solution) == ()
    return solution


def days_of(solution: Solution, need_id: str) -> list[date]:
    return sorted(tour.day for tour, stop in solution.stops() if stop.need_id == need_id)


def test_two_near_schools_share_one_day_with_lunch_between():
    """Two days would drive 44 km instead of 24 and send the crew out twice."""
    solution = plan(two_schools_one_bus())
    (tour,) = solution.tours()
    assert len(tour.stops) == 2
    assert (tour.drive_s, tour.distance_m) == (24 * 60, 24_000)
    assert tour.lunch_start_s is not None
    assert tour.stops[0].end_s <= 10 * H + 1800
    assert tour.stops[1].start_s >= 13 * H + 1800


def test_lone_morning_visit_needs_no_lunch():
    """The bus is home before the lunch hours are over."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a", windows=[MORNING])], needs=[need("a")])
    (tour,) = plan(asked).tours()
    assert tour.lunch_start_s is None


def test_two_visits_of_one_need_keep_their_gap():
    """Fourteen days at least between two visits, within three weeks."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=2, min_gap_days=14)], days=19)
    first, second = days_of(plan(asked), "need a")
    assert second - first >= timedelta(days=14)


def test_maximum_gap_pulls_visits_together():
    """At most three days apart although the horizon has four weeks."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=3, max_gap_days=3)], days=26)
    days = days_of(plan(asked), "need a")
    assert len(days) == 3
    assert all((after - before).days <= 3 for before, after in itertools.pairwise(days))


@pytest.mark.parametrize("quota", [5, 6])
def test_long_chains_of_visits_keep_their_gaps(quota):
    """Three schools want five or six visits each in two weeks; a chain that loses its middle is still a plan."""
    wanted = [
        need("a", quota=quota, min_gap_days=2, max_gap_days=4),
        need("b", quota=quota, max_gap_days=4),
        need("c", quota=5),
    ]
    kilometres = {"base": 0, "a": 10, "b": 11, "c": 50}
    asked = problem(kilometres, sites=[site("a"), site("b"), site("c")], needs=wanted, days=12)
    days = days_of(plan(asked, seconds=0.7), "need a")
    assert all(2 <= (after - before).days <= 4 for before, after in itertools.pairwise(days))


def test_far_site_of_low_priority_is_visited_when_the_rules_allow_it():
    """Eleven hours and forty minutes on the road cost more than a missed visit, yet the bus has nothing else to do."""
    rules = Rules(leave_earliest_s=0, return_latest_s=24 * H, shift_max_s=24 * H, drive_max_s=13 * H, lunch_s=0)
    asked = problem(
        {"base": 0, "a": 350},
        sites=[site("a", windows=[SiteWindow(7 * H, 18 * H)])],
        needs=[need("a", priority=1)],
        rules=rules,
    )
    solution = plan(asked, seconds=0.5)
    assert [tour.drive_s for tour in solution.tours()] == [700 * 60]
    assert solution.unserved == ()


def test_gap_counts_from_the_last_visit_before_the_horizon():
    """Visited on the Friday before: ten days later is the Monday of the second week."""
    asked = problem(
        {"base": 0, "a": 10},
        sites=[site("a")],
        needs=[need("a", min_gap_days=10, last_visit=MONDAY - timedelta(days=3))],
        days=12,
    )
    (day,) = days_of(plan(asked), "need a")
    assert day >= MONDAY + timedelta(days=7)


def test_holiday_workshop_and_closed_site_leave_one_day():
    """Monday holiday, bus away Tuesday and Wednesday, site closed Thursday: Friday is left."""
    asked = problem(
        {"base": 0, "a": 10},
        sites=[site("a", blocked=(Absence(Period(MONDAY + timedelta(days=3), MONDAY + timedelta(days=3)), "họp"),))],
        needs=[need("a")],
        vehicles=[bus(absences=(Absence(Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)), "xưởng"),))],
        closures=[Closure(Period(MONDAY, MONDAY), "lễ", stops_vehicles=True)],
    )
    assert days_of(plan(asked), "need a") == [MONDAY + timedelta(days=4)]


def test_made_up_saturday_is_worked_with_friday_hours():
    """A site that receives on Fridays only, in a week whose Friday is off but whose Saturday is made up."""
    friday, saturday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)
    asked = problem(
        {"base": 0, "a": 10},
        sites=[site("a", windows=[SiteWindow(7 * H + 1800, 10 * H + 1800, weekdays=frozenset({4}))])],
        needs=[need("a")],
        closures=[Closure(Period(friday, friday), "nghỉ bù", stops_vehicles=True)],
        staff=crew(),
        days=7,
        rules=Rules(extra_days=frozenset({saturday})),
    )
    assert days_of(plan(asked), "need a") == [saturday]


def test_one_crew_for_two_buses_sends_one_out_a_day():
    """Four schools, each filling a day's mornings; one crew, two buses, five days: four days are used."""
    names = ["a", "b", "c", "d"]
    asked = problem(
        {"base": 0, "a": 10, "b": 11, "c": 12, "d": 13},
        sites=[site(name, windows=[MORNING]) for name in names],
        needs=[need(name, service_s=2 * H + 1800) for name in names],
        vehicles=[bus("one"), bus("two")],
        staff=crew(),
    )
    days = [tour.day for tour in plan(asked).tours()]
    assert len(days) == len(set(days)) == 4


def test_scarce_days_go_to_the_higher_priority():
    """One afternoon for two schools."""
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=[site("a", windows=[AFTERNOON]), site("b", windows=[AFTERNOON])],
        needs=[need("a", priority=2), need("b", priority=4)],
        days=1,
    )
    solution = plan(asked)
    assert [stop.need_id for _, stop in solution.stops()] == ["need b"]
    assert [(u.need_id, u.missing) for u in solution.unserved] == [("need a", 1)]


def test_wished_week_is_kept_where_it_costs_little():
    """Free in both weeks, the second is wished for."""
    monday = MONDAY + timedelta(days=7)
    asked = problem(
        {"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", preferred_weeks=frozenset({monday}))], days=12
    )
    (day,) = days_of(plan(asked), "need a")
    assert day >= monday


def test_british_day_of_seven_short_stops_fits_one_tour():
    """Seven stops of 20 minutes, 3 km apart, one long window: one round, driven out and back once."""
    names = [f"s{i}" for i in range(7)]
    asked = problem(
        {"base": 0, **{name: 3.0 * (i + 1) for i, name in enumerate(names)}},
        sites=[site(name, windows=[SiteWindow(9 * H, 17 * H)]) for name in names],
        needs=[need(name, service_s=1200) for name in names],
        vehicles=[bus(set_up_s=240, pack_up_s=0)],
        rules=Rules(leave_earliest_s=8 * H, lunch_s=1800, lunch_from_s=12 * H, lunch_to_s=14 * H),
        days=5,
    )
    (tour,) = plan(asked).tours()
    assert len(tour.stops) == 7
    assert tour.distance_m == 42_000


def test_every_plan_told_on_the_way_is_sound_and_never_worse():
    """The listener hears of plans in order of price; each passes the judge."""
    heard: list[Progress] = []
    asked = two_schools_one_bus()
    last = plan(asked, report=heard.append)
    plans = [progress for progress in heard if progress.solution is not None]
    assert plans
    assert all(check(asked, progress.solution) == () for progress in plans)
    visits = [progress.figures.visits for progress in plans]
    assert visits == sorted(visits)
    assert plans[-1].solution == last


def test_the_last_plan_of_the_search_is_told_before_its_days_are_put_in_order():
    """However soon it came after the one before: whoever stops the run now keeps all that the search has found."""
    heard: list[Progress] = []
    names = {f"s{i}": float(29 * i * i % 83 - 41) for i in range(40)}
    asked = problem(
        {"base": 0, **names}, sites=[site(name) for name in names], needs=[need(name) for name in names], days=26
    )
    plan(asked, report=heard.append)
    times = next(i for i, progress in enumerate(heard) if progress.phase is Phase.TIMES)
    assert heard[times - 1].figures == heard[-1].figures
    assert heard[times - 1].solution.rounds == heard[-1].solution.rounds == 3_000


def test_a_plan_names_what_it_was_made_with():
    """Seed, rounds, and the versions of all that decides how they turn out."""
    solution = plan(two_schools_one_bus(), rounds=200, seed=7)
    assert (solution.seed, solution.rounds, solution.processes) == (7, 200, 1)
    assert [name for name, _ in solution.versions] == ["outreach", "python", "numba", "numpy", "ortools", "kernel"]
    assert all(version for _, version in solution.versions)


def test_estimate_is_used_when_no_travel_is_given():
    """Without a table the great circle answers; all points are one, so nothing is driven."""
    asked = replace(two_schools_one_bus(), travel=None)
    assert all(tour.drive_s == 0 for tour in plan(asked).tours())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda p: replace(p, needs=(replace(p.needs[0], site_id="nowhere"),)), "needs[0].site_id"),
        (lambda p: replace(p, needs=(replace(p.needs[0], quota=0),)), "needs[0].quota"),
        (lambda p: replace(p, sites=(p.sites[0], p.sites[0])), "sites"),
        (lambda p: replace(p, vehicles=()), "vehicles"),
        (lambda p: replace(p, vehicles=(replace(p.vehicles[0], depot_id="x"),)), "vehicles[0].depot_id"),
    ],
)
def test_problem_that_does_not_fit_together_is_named(wrong, field):
    """The field that is wrong stands in the error."""
    with pytest.raises(InvalidValue) as caught:
        solve(wrong(two_schools_one_bus()), rounds=10)
    assert caught.value.field == field


def test_standing_plan_is_never_replaced_by_a_dearer_one():
    """A plan whose days were chosen with care, given again with no time to search: the same driving or less."""
    names = {f"s{i}": km for i, km in enumerate((70, -64, 58, -71, 66, -59))}
    asked = problem(
        {"base": 0, **names}, sites=[site(name) for name in names], needs=[need(name) for name in names], days=5
    )
    good = plan(asked)
    again = plan(asked, rounds=1, start=good)
    assert again.unserved == good.unserved == ()
    assert sum(tour.drive_s for tour in again.tours()) <= sum(tour.drive_s for tour in good.tours())


def test_standing_plan_keeps_what_still_holds():
    """Its Monday has become a holiday and one need is gone: the rest is planned anew, nothing unknown stays."""
    asked = two_schools_one_bus()
    good = plan(asked)
    day = next(iter(good.tours())).day
    changed = replace(asked, needs=asked.needs[:1], closures=(Closure(Period(day, day), "lễ", stops_vehicles=True),))
    again = plan(changed, start=good)
    assert [stop.need_id for _, stop in again.stops()] == ["need a"]
    assert next(iter(again.tours())).day != day

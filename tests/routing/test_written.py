"""Written timetables as tours: given times stay, missing ones are found, and the judge says what cannot hold."""

from dataclasses import replace

import pytest

from outreach.routing.checks import check
from outreach.routing.expand import Horizon
from outreach.routing.explain import explain_standing
from outreach.routing.problem import Problem, SiteWindow
from outreach.routing.solution import Breach, ReasonCode, RuleName, Solution, Tour, Trip, Unserved
from outreach.routing.solve import solve
from outreach.routing.written import Scribe, WrittenVisit
from tests.routing.small import MONDAY, H, bus, crew, need, problem, site, two_schools_one_bus

ALL_DAY = (SiteWindow(8 * H, 17 * H),)


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * H + int(minutes) * 60


def write(asked: Problem, *visits: tuple[str, str | None, int]) -> Tour:
    """The tour of the first vehicle on Monday; a visit is (site, start, minutes)."""
    needs = {one.site_id: one for one in asked.needs}
    rows = [WrittenVisit(needs[name], minutes * 60, clock(start) if start else None) for name, start, minutes in visits]
    return Scribe(Horizon(asked)).tour(asked.vehicles[0], MONDAY, rows)


def plan_of(asked: Problem, tour: Tour) -> Solution:
    served = [stop.need_id for stop in tour.stops]
    left = tuple(
        Unserved(one.id, one.quota - served.count(one.id), ())
        for one in asked.needs
        if one.quota > served.count(one.id)
    )
    return Solution((Trip(tour.vehicle_id, (tour,)),), left)


def judged(asked: Problem, tour: Tour) -> list[tuple[RuleName, str, int]]:
    return [(breach.rule, breach.where, breach.amount) for breach in check(asked, plan_of(asked, tour))]


def times_of(tour: Tour) -> list[tuple[int, int, int, int]]:
    return [(stop.arrive_s, stop.start_s, stop.end_s, stop.depart_s) for stop in tour.stops]


def test_times_that_hold_are_kept_and_the_rest_is_found_around_them():
    """10 km to a, 2 km on to b: leave 15 minutes of set-up and the drive early, eat between the two."""
    asked = two_schools_one_bus()
    tour = write(asked, ("a", "7:45", 120), ("b", "13:40", 120))
    assert [stop.start_s for stop in tour.stops] == [clock("7:45"), clock("13:40")]
    assert (tour.leave_s, tour.return_s) == (clock("7:20"), clock("16:07"))
    assert tour.lunch_start_s is not None
    assert judged(asked, tour) == []


def test_what_the_planner_made_comes_out_the_same_when_its_starts_are_written_down():
    asked = two_schools_one_bus()
    made = next(solve(asked, seconds=0.3).tours())
    rows = [(stop.site_id, f"{stop.start_s // H}:{stop.start_s % H // 60:02d}", 120) for stop in made.stops]
    assert write(asked, *rows) == replace(made, day=MONDAY)


def test_odd_minutes_are_not_rounded():
    asked = two_schools_one_bus()
    tour = write(asked, ("a", "7:33", 121))
    assert times_of(tour) == [(clock("7:18"), clock("7:33"), clock("9:34"), clock("9:49"))]
    assert judged(asked, tour) == []


def test_visits_without_times_get_the_planners_in_the_order_written():
    asked = two_schools_one_bus()
    tour = write(asked, ("b", None, 120), ("a", None, 120))
    assert [stop.site_id for stop in tour.stops] == ["b", "a"]
    assert judged(asked, tour) == []


def test_a_missing_time_is_found_beside_a_given_one():
    asked = two_schools_one_bus()
    tour = write(asked, ("a", None, 120), ("b", "14:00", 120))
    assert tour.stops[1].start_s == clock("14:00")
    assert judged(asked, tour) == []


def test_two_visits_too_close_stay_as_written_and_the_second_is_late_by_what_is_missing():
    """Served at a till 09:45, 15 minutes packing, 2 of road, 15 setting up: 10:17, and written is 10:00."""
    asked = problem(
        {"base": 0, "a": 10, "b": 12},
        sites=[site("a", windows=ALL_DAY), site("b", windows=ALL_DAY)],
        needs=[need("a", service_s=H), need("b", service_s=H)],
    )
    tour = write(asked, ("a", "8:45", 60), ("b", "10:00", 60))
    assert [(stop.start_s, stop.end_s) for stop in tour.stops] == [
        (clock("8:45"), clock("9:45")),
        (clock("10:00"), clock("11:00")),
    ]
    assert judged(asked, tour) == [(RuleName.LATE, "b", 17 * 60)]


def test_overlapping_visits_are_late_and_nothing_is_moved():
    asked = two_schools_one_bus()
    tour = write(asked, ("a", "7:30", 120), ("b", "8:30", 120))
    assert [stop.start_s for stop in tour.stops] == [clock("7:30"), clock("8:30")]
    assert (RuleName.LATE, "b", 60 * 60 + 32 * 60) in judged(asked, tour)


def test_no_gap_for_lunch_is_said_and_none_is_made_up():
    """Served without a gap of an hour from 10:00 till 14:00."""
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=[site("a", windows=ALL_DAY), site("b", windows=ALL_DAY)],
        needs=[need("a"), need("b")],
    )
    tour = write(asked, ("a", "10:00", 120), ("b", "12:30", 120))
    assert tour.lunch_start_s is None
    assert judged(asked, tour) == [(RuleName.NO_LUNCH, "bus", H)]


@pytest.mark.parametrize(
    ("second", "lunch", "where"),
    [("13:45", "12:28", "a"), ("14:30", "12:30", "a")],  # as late as the way on allows, and never after 13:30
)
def test_lunch_is_put_into_the_gap_of_a_day_that_breaks_another_rule(second: str, lunch: str, where: str):
    """A first visit so early that the bus leaves before six."""
    asked = problem(
        {"base": 0, "a": 10, "b": 12},
        sites=[site("a", windows=ALL_DAY), site("b", windows=ALL_DAY)],
        needs=[need("a"), need("b")],
    )
    tour = write(asked, ("a", "6:00", 120), ("b", second, 60))
    assert tour.lunch_start_s == clock(lunch)
    rules = {rule for rule, *_ in judged(asked, tour)}
    assert RuleName.SHIFT_TOO_EARLY in rules
    assert RuleName.NO_LUNCH not in rules


def test_lunch_may_come_after_the_last_visit_or_before_the_first():
    """Two hours from the base; a stops-limit of none lets a day break a rule without touching lunch."""
    far = problem({"base": 0, "a": 160}, sites=[site("a", windows=ALL_DAY)], needs=[need("a")])
    early = write(replace(far, rules=replace(far.rules, shift_max_s=6 * H)), ("a", "9:00", 120))
    assert (early.lunch_start_s, early.return_s) == (clock("11:15"), clock("14:55"))
    late = write(replace(far, rules=replace(far.rules, shift_max_s=6 * H)), ("a", "13:30", 60))
    assert (late.lunch_start_s, late.leave_s) == (clock("12:15"), clock("9:35"))


def test_a_day_outside_every_hour_of_the_host_is_named():
    asked = two_schools_one_bus()
    tour = write(asked, ("a", "17:00", 120))
    assert [rule for rule, *_ in judged(asked, tour)] == [RuleName.SHIFT_TOO_LATE, RuleName.OUTSIDE_WINDOW]


def test_a_bus_cannot_leave_before_midnight():
    asked = two_schools_one_bus()
    tour = write(asked, ("a", "0:10", 60))
    assert tour.leave_s == 0
    assert (RuleName.LATE, "a", 10 * 60) in judged(asked, tour)


def test_more_than_fits_a_day_runs_on_in_the_order_written():
    """Five visits of two hours without times: the clock finds no way, so they follow one another."""
    names = "abcde"
    asked = problem(
        {"base": 0, **{name: 10 + i for i, name in enumerate(names)}},
        sites=[site(name) for name in names],
        needs=[need(name) for name in names],
    )
    tour = write(asked, *((name, None, 120) for name in names))
    starts = [stop.start_s for stop in tour.stops]
    assert starts == sorted(starts)
    assert judged(asked, tour)


def test_seven_short_stops_as_in_britain_hold():
    """15 to 20 minutes each, a few kilometres apart, set up in four; lunch is after the third."""
    names = "abcdefg"
    asked = problem(
        {"base": 0, **{name: 8 + 3 * i for i, name in enumerate(names)}},
        sites=[site(name, windows=(SiteWindow(9 * H, 16 * H),)) for name in names],
        needs=[need(name, service_s=900) for name in names],
        vehicles=[bus(set_up_s=240, pack_up_s=0)],
    )
    starts = ["9:30", "10:00", "10:30", "12:15", "12:45", "13:15", "13:45"]
    tour = write(asked, *((name, start, 20 if name in "be" else 15) for name, start in zip(names, starts, strict=True)))
    assert [stop.start_s for stop in tour.stops] == [clock(start) for start in starts]
    assert [(stop.end_s - stop.start_s) // 60 for stop in tour.stops] == [15, 20, 15, 15, 20, 15, 15]
    assert judged(asked, tour) == []


# ---- what a written plan leaves out


def test_a_visit_that_a_free_day_would_take_is_left_out():
    asked = two_schools_one_bus()
    plan = plan_of(asked, write(asked, ("a", "7:45", 120)))
    (found,) = explain_standing(asked, plan)
    assert (found.need_id, found.missing) == ("need b", 1)
    assert [(reason.code, dict(reason.details)) for reason in found.reasons] == [(ReasonCode.LEFT_OUT, {"days": 5})]


def test_a_day_full_of_what_cannot_hold_takes_nothing_more():
    """One day, and its two written visits overlap: the planner could not take both over, yet the bus is out."""
    asked = problem(
        {"base": 0, "a": 10, "b": 12, "c": 9},
        sites=[site("a"), site("b"), site("c")],
        needs=[need("a"), need("b"), need("c")],
        days=1,
    )
    plan = plan_of(asked, write(asked, ("a", "7:30", 120), ("b", "8:00", 120)))
    (found,) = explain_standing(asked, plan)
    assert (found.need_id, found.reasons[0].code) == ("need c", ReasonCode.FULL)


def test_a_plan_of_the_planner_is_explained_alike_from_outside():
    """Two buses' worth of visits for one bus: what the run says of its own plan, a reader of the plan says too."""
    names = "abcdef"
    asked = problem(
        {"base": 0, **{name: 10 + i for i, name in enumerate(names)}},
        sites=[site(name) for name in names],
        needs=[need(name) for name in names],
        days=2,
        staff=crew(),
    )
    plan = solve(asked, seconds=0.5)
    assert plan.unserved
    assert explain_standing(asked, plan) == plan.unserved


# ---- planning from a written plan


def test_planning_starts_from_a_plan_with_breaches_and_ends_without():
    asked = two_schools_one_bus()
    plan = plan_of(asked, write(asked, ("a", "7:30", 120), ("b", "8:30", 120)))
    assert check(asked, plan)
    better = solve(asked, seconds=0.4, start=plan)
    assert check(asked, better) == ()
    assert len(list(better.stops())) == 2


def test_planning_survives_a_plan_of_sites_needs_and_vehicles_that_are_gone():
    asked = two_schools_one_bus()
    tour = write(asked, ("a", "7:30", 120), ("b", "8:30", 120))
    stops = (replace(tour.stops[0], need_id="gone", site_id="gone"), tour.stops[1])
    odd = Solution(
        (
            Trip("bus", (replace(tour, stops=stops),)),
            Trip("no bus", (replace(tour, vehicle_id="no bus"),)),
            Trip("bus", (replace(tour, day=MONDAY.replace(year=2020)), replace(tour, stops=()))),
        ),
        (Unserved("gone", 3, ()),),
    )
    assert check(asked, solve(asked, seconds=0.3, start=odd)) == ()


def test_a_breach_is_never_adopted_even_when_nothing_else_fits():
    """The only day is Monday and the written start is outside the host's hours: the run moves it inside."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a")], days=1)
    plan = plan_of(asked, write(asked, ("a", "11:00", 120)))
    assert Breach(RuleName.OUTSIDE_WINDOW, "a", 9000, MONDAY) in check(asked, plan)
    better = solve(asked, seconds=0.3, start=plan)
    assert check(asked, better) == ()
    assert len(list(better.stops())) == 1

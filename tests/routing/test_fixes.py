"""Fixes: each kind in a case a person can work out; all of them are proven on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.domain.errors import BrokenPlan, InvalidValue
from outreach.domain.times import Period, TimeWindow
from outreach.routing.changes import ChangeKind
from outreach.routing.checks import check
from outreach.routing.fixes import applied, apply, fixes_for
from outreach.routing.problem import Absence, Closure, FrozenDay, Pin, Problem, Rules, SiteWindow, WorkingHours
from outreach.routing.solution import Hurdle, RuleName, Solution
from tests.routing.near import planned
from tests.routing.proven import fixes, unserved
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, bus, crew, need, problem, site
from tests.routing.test_nearest import FRIDAY, TUESDAY, WEDNESDAY, lone_school

NINE = 9 * H
BOTH = {"base": 0, "a": 10, "b": 10}


def told(asked: Problem, name: str = "need a") -> dict[object, tuple[object, ...]]:
    """Of each rule: from what to what, the day, the start and the road."""
    return {
        fix.change.rule: (fix.change.before, fix.change.after, fix.change.day, fix.start_s, fix.drive_s)
        for fix in fixes(asked, name)
    }


def test_host_that_is_open_too_short_is_asked_for_half_an_hour_at_either_end():
    """Three and a half hours of service, open from 7:30 to 10:30, ten minutes of road each way."""
    first, second = fixes(lone_school(needs=[need("a", service_s=3 * H + 1800)]))
    assert (first.change.rule, first.change.hours) == (Hurdle.OPENS_EARLIER, (TimeWindow(7 * H, 10 * H + 1800),))
    assert (first.start_s, first.end_s, first.drive_s, first.disturbed) == (7 * H, 10 * H + 1800, 1200, ())
    assert (second.change.rule, second.change.hours) == (Hurdle.CLOSES_LATER, (TimeWindow(7 * H + 1800, 11 * H),))
    assert {first.change.kind, second.change.kind} == {ChangeKind.WINDOW}


def test_longer_hours_hold_for_that_day_alone():
    """A second visit of the same school would be too long again."""
    asked = lone_school(days=5, needs=[need("a", service_s=3 * H + 1800, quota=2)])
    plan = planned(asked)
    fix = fixes(asked, solution=plan)[0]
    once = applied(asked, plan, fix)
    assert {one.change.rule for one in fixes(apply(asked, fix), solution=once)} == {
        Hurdle.OPENS_EARLIER, Hurdle.CLOSES_LATER,
    }  # fmt: skip


def test_seconds_are_said_as_whole_minutes():
    """An hour and 10 minutes and 30 seconds of road: set up by 7:30 means away at 6:04:30, allowed from 6:05 on."""
    asked = lone_school(
        kilometres=70.5,
        sites=[site("a", windows=[SiteWindow(7 * H + 1800, 9 * H + 1800)])],
        rules=Rules(leave_earliest_s=6 * H + 300),
    )
    assert told(asked)[Hurdle.LEAVE_EARLIER] == (6 * H + 300, 6 * H + 240, MONDAY, 7 * H + 1800, 8460)


def test_long_day_asks_the_crew_for_ten_minutes():
    """200 minutes there, two hours and a half with set-up and pack-up, 200 back: 550 minutes, 9 hours allowed."""
    asked = lone_school(
        kilometres=200, sites=[site("a", windows=[SiteWindow(6 * H, 18 * H)])], rules=Rules(shift_max_s=NINE, lunch_s=0)
    )
    (fix,) = fixes(asked)
    assert (fix.change.kind, fix.change.before, fix.change.after) == (ChangeKind.WORKDAY, NINE, NINE + 600)
    assert fix.drive_s == 24_000
    hours = apply(asked, fix).vehicles[0].hours
    assert hours[0].period == Period(MONDAY, MONDAY)


def test_driving_is_asked_for_up_to_a_drivers_lawful_day():
    """250 minutes each way are 20 minutes too many; 301 would be more than ten hours."""
    wide, rules = [site("a", windows=[SiteWindow(6 * H, 18 * H)])], Rules(shift_max_s=13 * H, lunch_s=0)
    assert told(lone_school(kilometres=250, sites=wide, rules=rules))[Hurdle.DRIVE][:2] == (8 * H, 8 * H + 1200)
    assert fixes(lone_school(kilometres=301, sites=wide, rules=replace(rules, return_latest_s=20 * H))) == []


def test_own_hours_of_a_vehicle_are_what_gives():
    """Back by 10:00 on Mondays; served 7:30 to 9:30, packed up at 9:45, half an hour of road."""
    half_day = (WorkingHours(frozenset({0}), return_latest_s=10 * H),)
    found = told(lone_school(kilometres=30, vehicles=[bus(hours=half_day)]))
    assert found[Hurdle.RETURN_LATER][:2] == (10 * H, 10 * H + 900)


def test_lunch_gives_way_but_never_below_half_an_hour():
    """Served 9:00 to 11:00 and 12:30 to 14:30 at one place: 15 minutes of packing and 15 of setting up leave 60."""
    sites = [
        site("a", windows=[SiteWindow(NINE, 11 * H)]), site("b", windows=[SiteWindow(12 * H + 1800, 14 * H + 1800)])
    ]  # fmt: skip
    asked = problem(
        BOTH, sites=sites, needs=[need("a", priority=2), need("b", priority=4)], days=1, rules=Rules(lunch_s=H + 600)
    )
    assert told(asked)[Hurdle.LUNCH][:2] == (H + 600, H)
    soon = replace(sites[1], windows=(SiteWindow(11 * H + 50 * 60, 13 * H + 50 * 60),))
    tight = replace(asked, sites=(sites[0], soon))
    assert Hurdle.LUNCH not in told(tight)  # twenty minutes would be left


def test_closed_host_and_bus_at_home_are_asked_for_one_day():
    """Received on Fridays, the bus drives Monday to Thursday."""
    fridays = site("a", windows=[replace(MORNING, weekdays=frozenset({4}))])
    asked = lone_school(days=12, sites=[fridays], vehicles=[bus(weekdays=frozenset(range(4)))])
    plan = planned(asked)
    host, vehicle = fixes(asked, solution=plan)
    assert (host.change.rule, host.change.day, host.change.kind) == (Hurdle.SITE_CLOSED, MONDAY, ChangeKind.WINDOW)
    assert (vehicle.change.rule, vehicle.change.day) == (Hurdle.VEHICLE_WEEKDAY, FRIDAY)
    later = replace(apply(asked, vehicle), needs=(replace(asked.needs[0], first=FRIDAY + timedelta(days=1)),))
    assert unserved(planned(later)) == {"need a": 1}  # the Friday of the next week is none of the bus


def test_school_in_its_holidays_opens_alone_and_for_that_day_alone():
    """Schools are closed all week; one of two would open on Monday."""
    holidays = Closure(Period(MONDAY, FRIDAY), "nghỉ", None)
    asked = problem(
        BOTH, sites=[site("a", windows=[MORNING]), site("b", windows=[AFTERNOON])],
        needs=[need("a", quota=2), need("b")], closures=[holidays],
    )  # fmt: skip
    plan = planned(asked)
    (fix,) = fixes(asked, solution=plan)
    assert (fix.change.rule, fix.change.day) == (Hurdle.SITE_CLOSED, MONDAY)
    assert unserved(planned(apply(asked, fix))) == {"need a": 1, "need b": 1}


def test_dates_of_a_need_move_to_the_first_day_of_the_bus():
    """Wished for on Monday or Tuesday; the bus is back on Wednesday."""
    away = Absence(Period(MONDAY, TUESDAY), "xưởng")
    asked = lone_school(days=5, needs=[need("a", last=TUESDAY)], vehicles=[bus(absences=(away,))])
    found = {fix.change.rule: fix for fix in fixes(asked)}
    dates, back = found[Hurdle.NEED_DATES], found[Hurdle.VEHICLE_AWAY]
    assert (dates.change.day, dates.change.other_day, dates.change.amount) == (WEDNESDAY, TUESDAY, 1)
    assert apply(asked, dates).needs[0].last == WEDNESDAY
    assert apply(asked, back).vehicles[0].absences == (replace(away, period=Period(TUESDAY, TUESDAY)),)
    assert back.change.kind is ChangeKind.VEHICLE_DAY


def test_gap_between_visits_is_asked_to_be_shorter():
    """Four days between visits, from Monday the first to Friday: two days from both on Wednesday."""
    (fix,) = fixes(lone_school(days=5, needs=[need("a", quota=3, min_gap_days=4)]))
    assert (fix.change.rule, fix.change.before, fix.change.after) == (Hurdle.TOO_NEAR, 4, 2)
    assert (fix.change.day, fix.change.other_day) == (WEDNESDAY, MONDAY)


def test_one_more_allowed_set_of_days_is_as_large_as_the_others():
    """Monday and Tuesday are the only days allowed, and Monday is a day off."""
    off = Closure(Period(MONDAY, MONDAY), "họp", frozenset(), stops_vehicles=True)
    wanted = need("a", quota=2, patterns=(frozenset({MONDAY, TUESDAY}),))
    found = {fix.change.rule: fix for fix in fixes(lone_school(days=3, needs=[wanted], closures=[off]))}
    assert found[Hurdle.PATTERN].change.days == (TUESDAY, WEDNESDAY)
    assert found[Hurdle.DAY_OFF].change.day == MONDAY


@pytest.mark.parametrize(
    ("drivers", "librarians", "posts"),
    [(1, 1, ("librarian",)), (0, 2, ("driver",)), (0, 1, ("driver", "librarian"))],
)
def test_posts_that_are_missing_are_named_and_come_for_one_day(drivers, librarians, posts):
    """One driver and two librarians go with the bus."""
    asked = lone_school(days=5, staff=crew(drivers=drivers, librarians=librarians), needs=[need("a", quota=2)])
    plan = planned(asked)
    (fix,) = fixes(asked, solution=plan)
    assert (fix.change.posts, fix.change.kind) == (posts, ChangeKind.CREW)
    assert unserved(planned(apply(asked, fix))) == {"need a": 1}


@pytest.mark.parametrize(
    ("vehicle", "limit", "rule", "figures"),
    [
        ({"length_m": 9.2}, {"max_length_m": 7.1}, Hurdle.LENGTH, (710, 920)),
        ({"height_m": 3.405}, {"max_height_m": 3.4}, Hurdle.HEIGHT, (340, 341)),
        ({"weight_kg": 8900.0}, {"max_weight_kg": 8000.0}, Hurdle.WEIGHT, (8000, 8900)),
        ({"kind": "van"}, {"reached_by": frozenset({"bus"})}, Hurdle.VEHICLE_KIND, (None, None)),
    ],
)
def test_gate_that_takes_a_larger_vehicle_is_a_fix(vehicle, limit, rule, figures):
    """The road is looked at again, or another vehicle is allowed."""
    (fix,) = fixes(lone_school(vehicles=[bus(**vehicle)], sites=[site("a", windows=[MORNING], **limit)]))
    assert (fix.change.rule, fix.change.before, fix.change.after) == (rule, *figures)
    assert fix.change.kind is ChangeKind.VEHICLE


def test_equipment_to_take_along_is_named():
    """A projector and a lift are asked for; one bus has the lift, the other nothing."""
    wanted = need("a", equipment=frozenset({"projector", "lift"}))
    vehicles = [bus("one"), bus("two", equipment=frozenset({"lift"}))]
    (fix,) = fixes(lone_school(needs=[wanted], vehicles=vehicles))
    assert (fix.change.vehicle_id, fix.change.equipment) == ("two", ("projector",))


def test_more_boxes_and_more_stops_are_asked_for_by_number():
    """Three boxes and four, five fit; and two stops where one is allowed."""
    sites = [site("a"), site("b")]
    load = problem(
        BOTH, sites=sites, needs=[need("a", load=3, priority=2), need("b", load=4)], vehicles=[bus(capacity=5)], days=1
    )
    assert told(load)[Hurdle.LOAD][:2] == (5, 7)
    stops = problem(BOTH, sites=sites, needs=[need("a", priority=2), need("b")], days=1, rules=Rules(stops_max=1))
    (fix,) = fixes(stops)
    assert (fix.change.rule, fix.change.amount, fix.disturbed) == (Hurdle.STOPS, 1, ())


@pytest.mark.parametrize(
    ("fixed", "rule"),
    [
        ({"pins": (Pin("need a", from_s=NINE, to_s=10 * H),)}, Hurdle.PINNED),
        ({"frozen": (FrozenDay("bus", MONDAY),)}, Hurdle.DAY_FROZEN),
    ],
)
def test_what_people_fixed_is_asked_to_be_loosened(fixed, rule):
    """Pinned to an hour for a service of two; or the day is frozen."""
    (fix,) = fixes(replace(lone_school(), **fixed))
    assert (fix.change.rule, fix.change.kind) == (rule, ChangeKind.PINS)


def test_visit_that_would_be_dropped_is_named_and_comes_last():
    """One visit a day; the other school is as urgent. One more stop is asked for before anybody is dropped."""
    seen = MONDAY - timedelta(days=30)
    asked = problem(
        BOTH, sites=[site("a"), site("b")], needs=[need("b"), need("a", last_visit=seen)], days=1,
        rules=Rules(stops_max=1),
    )  # fmt: skip
    stops, room = fixes(asked)
    assert stops.change.rule is Hurdle.STOPS
    assert (room.change.rule, room.drops) == (Hurdle.ROOM, True)
    assert [one.need_id for one in room.disturbed] == ["need b"]
    urgent = replace(asked, needs=(replace(asked.needs[0], priority=4), asked.needs[1]))
    assert [fix.change.rule for fix in fixes(urgent)] == [Hurdle.STOPS]


def swapping_mornings() -> tuple[Problem, Solution]:
    """One visit a day; `b` takes Monday, the only day of `a`, and could come on Tuesday as well."""
    asked = problem(
        BOTH, sites=[site("a"), site("b")], needs=[need("b", priority=5), need("a", last=MONDAY)], days=2,
        rules=Rules(stops_max=1),
    )  # fmt: skip
    first = planned(replace(asked, needs=(replace(asked.needs[0], last=MONDAY), asked.needs[1])))
    return asked, first


def test_visit_that_can_go_elsewhere_makes_room_whatever_its_priority():
    """The more urgent visit moves to Tuesday at no loss, which nobody need allow; so it comes first."""
    asked, plan = swapping_mornings()
    fix = fixes(asked, solution=plan)[0]
    assert (fix.change.rule, fix.share, fix.drops, fix.drive_s) == (Hurdle.ROOM, 0.0, False, 1200)
    ((one),) = fix.disturbed
    assert (one.need_id, one.day, one.to_day) == ("need b", MONDAY, TUESDAY)


def test_visit_that_a_plan_left_out_although_it_fits_asks_for_nothing():
    """An empty plan of a week that has room."""
    asked = lone_school(days=2)
    empty = Solution((), unserved=())
    (fix,) = fixes_for(asked, empty, "need a")
    assert (fix.change.rule, fix.change.kind, fix.drive_s) == (None, ChangeKind.NONE, 1200)
    assert check(asked, applied(asked, empty, fix)) == ()


def test_other_visits_keep_their_hours_where_they_can():
    """Alone, `b` is served from 7:30 on; planned anew with `a` in the afternoon it would begin as late as it can."""
    asked = problem(
        BOTH, sites=[site("a", windows=[AFTERNOON]), site("b")], needs=[need("b", priority=5), need("a")], days=1,
        rules=Rules(stops_max=1),
    )  # fmt: skip
    (fix,) = fixes(asked)
    assert fix.disturbed == ()
    anew = {stop.need_id: stop.start_s for _, stop in planned(apply(asked, fix)).stops()}
    assert anew["need b"] > 7 * H + 1800


def test_first_day_that_may_change_is_kept():
    """A week in which Monday and Tuesday are over."""
    asked = lone_school(days=5, needs=[need("a", service_s=3 * H + 1800)])
    found = fixes_for(asked, planned(asked), "need a", first=WEDNESDAY)
    assert {fix.change.day for fix in found} == {WEDNESDAY}


def test_two_rules_in_the_way_have_no_fix():
    """A gate too low for the bus, and four hours of service in three hours of opening."""
    low = site("a", windows=[MORNING], max_height_m=3.0)
    assert fixes(lone_school(sites=[low], needs=[need("a", service_s=4 * H)], vehicles=[bus(height_m=3.4)])) == []


def test_need_that_misses_nothing_has_no_fixes_and_an_unknown_one_is_refused():
    asked = lone_school()
    plan = planned(asked)
    assert fixes_for(asked, plan, "need a") == ()
    with pytest.raises(InvalidValue, match="need z"):
        fixes_for(asked, plan, "need z")


def test_plan_that_went_on_refuses_an_old_fix():
    """The fix puts the visit into an empty day, which the plan has filled since with the same visit."""
    asked = lone_school(days=2, needs=[need("a", service_s=3 * H + 1800)])
    plan = planned(asked)
    fix = fixes(asked, solution=plan)[0]
    later = applied(asked, plan, fix)
    other = replace(fix, tours=(replace(fix.tours[0], day=TUESDAY),))
    with pytest.raises(BrokenPlan):
        applied(asked, later, other)


def test_unsound_plan_gets_fixes_that_break_no_more():
    """A timetable that people made starts too early on Monday; on Tuesday the visit would fit."""
    asked = lone_school(days=2, needs=[need("a", quota=2, min_gap_days=1)])
    plan = planned(asked)
    early = replace(plan.trips[0].tours[0], leave_s=0)
    broken = Solution((replace(plan.trips[0], tours=(early,)),))
    rules = {breach.rule for breach in check(asked, broken)} - {RuleName.WRONG_COUNT}
    assert rules == {RuleName.SHIFT_TOO_EARLY, RuleName.SHIFT_TOO_LONG, RuleName.NO_LUNCH} & rules
    found = fixes_for(asked, broken, "need a")
    assert found
    assert all(fix.change.day != early.day for fix in found)

"""The horizon taken apart: who drives on which day, and when a site receives the bus."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from outreach.domain.times import Period, TimeWindow
from outreach.routing.expand import Horizon, Standstill
from outreach.routing.problem import Absence, Closure, Rules, SiteWindow, StaffMember
from tests.routing.small import MONDAY, MORNING, SCHOOL_DAY, H, bus, crew, need, problem, site

TUESDAY, FRIDAY, SATURDAY, SUNDAY = (MONDAY + timedelta(days=days) for days in (1, 4, 5, 6))
WEEK = Period(MONDAY, SUNDAY)


def week(**more: object) -> Horizon:
    """One school, one bus, Monday to Sunday."""
    return Horizon(problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a")], days=7, **more))


def driving(horizon: Horizon) -> list[date]:
    return [found.day for found in horizon.vehicle_days]


def test_bus_drives_on_its_weekdays():
    """Monday, Wednesday, Friday."""
    horizon = week(vehicles=[bus(weekdays=frozenset({0, 2, 4}))])
    assert driving(horizon) == [MONDAY, MONDAY + timedelta(days=2), FRIDAY]
    assert horizon.standstill(horizon.vehicles["bus"], TUESDAY) is Standstill.WEEKDAY


def test_made_up_saturday_is_driven_sunday_is_not():
    """Only the day that is made up opens."""
    assert driving(week(rules=Rules(extra_days=frozenset({SATURDAY}))))[-1] == SATURDAY


def test_bus_in_the_workshop_stands_still():
    """Away Monday and Tuesday, both days included."""
    horizon = week(vehicles=[bus(absences=(Absence(Period(MONDAY, TUESDAY), "xưởng"),))])
    assert driving(horizon)[0] == TUESDAY + timedelta(days=1)
    assert horizon.standstill(horizon.vehicles["bus"], TUESDAY) is Standstill.AWAY


@pytest.mark.parametrize("stops_vehicles", [True, False])
def test_closure_keeps_buses_at_home_only_where_it_says_so(stops_vehicles):
    """Exams close the schools; a holiday stops the buses too."""
    horizon = week(closures=[Closure(WEEK, "đóng cửa", frozenset({"prison"}), stops_vehicles=stops_vehicles)])
    assert (driving(horizon) == []) is stops_vehicles
    assert horizon.windows_on(horizon.sites["a"], MONDAY)


def test_closure_of_a_kind_shuts_that_kind_alone():
    """Schools have exams, the library receives."""
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=[site("a"), replace(site("b"), kind="commune_library")],
        needs=[need("a")],
        closures=[Closure(WEEK, "thi", frozenset({"school_primary"}))],
    )
    horizon = Horizon(asked)
    assert horizon.windows_on(horizon.sites["a"], MONDAY) == ()
    assert len(horizon.windows_on(horizon.sites["b"], MONDAY)) == 2


@pytest.mark.parametrize(("kinds", "is_open"), [(frozenset(), True), (None, False)])
def test_closure_of_no_kind_shuts_nobody_and_one_of_all_kinds_everybody(kinds, is_open):
    """An empty list of kinds is not the same as none given."""
    horizon = week(closures=[Closure(WEEK, "lễ", kinds)])
    assert bool(horizon.windows_on(horizon.sites["a"], MONDAY)) is is_open


def test_site_has_its_windows_in_order_on_its_weekdays():
    """Afternoon given first, morning comes first; nothing on Saturday."""
    horizon = Horizon(
        problem({"base": 0, "a": 10}, sites=[site("a", windows=SCHOOL_DAY[::-1])], needs=[need("a")], days=7)
    )
    half_hour = H // 2
    assert horizon.windows_on(horizon.sites["a"], MONDAY) == (
        TimeWindow(7 * H + half_hour, 10 * H + half_hour),
        TimeWindow(13 * H + half_hour, 16 * H + half_hour),
    )
    assert horizon.windows_on(horizon.sites["a"], SATURDAY) == ()


def test_blocked_day_has_no_window():
    """The host said no to Tuesday."""
    asked = site("a", blocked=(Absence(Period(TUESDAY, TUESDAY), "họp"),))
    horizon = Horizon(problem({"base": 0, "a": 10}, sites=[asked], needs=[need("a")]))
    assert [bool(horizon.windows_on(asked, day)) for day in (MONDAY, TUESDAY)] == [True, False]


def test_window_of_a_term_holds_from_its_first_to_its_last_day():
    """From Tuesday to Friday, both included."""
    asked = site("a", windows=[replace(MORNING, first=TUESDAY, last=FRIDAY, weekdays=frozenset(range(7)))])
    horizon = Horizon(problem({"base": 0, "a": 10}, sites=[asked], needs=[need("a")], days=7))
    opened = [day for day in WEEK.days() if horizon.windows_on(asked, day)]
    assert (opened[0], opened[-1]) == (TUESDAY, FRIDAY)


def test_made_up_saturday_has_the_hours_of_friday():
    """Open mornings Monday to Friday, on a made-up Saturday the same; on a made-up Friday nothing changes."""
    asked = site("a", windows=[SiteWindow(8 * H, 11 * H)])
    rules = Rules(extra_days=frozenset({FRIDAY, SATURDAY}))
    horizon = Horizon(problem({"base": 0, "a": 10}, sites=[asked], needs=[need("a")], days=7, rules=rules))
    hours = (TimeWindow(8 * H, 11 * H),)
    assert [horizon.windows_on(asked, day) for day in (FRIDAY, SATURDAY, SUNDAY)] == [hours, hours, ()]


def test_posts_make_whole_crews():
    """Two drivers and five librarians man two buses; without the one driver who works Mondays only, one."""
    staff = (*crew(librarians=5), StaffMember("monday", "base", "driver", weekdays=frozenset({0})))
    horizon = week(staff=staff)
    assert [horizon.crews_at("base", day) for day in (MONDAY, TUESDAY)] == [2, 1]
    assert horizon.crews_at("elsewhere", MONDAY) == 0


def test_bus_without_a_crew_stands_still():
    """One librarian where two are due."""
    horizon = week(staff=crew(librarians=1))
    assert driving(horizon) == []
    assert horizon.standstill(horizon.vehicles["bus"], MONDAY) is Standstill.NO_CREW


def test_problem_without_any_staff_is_not_limited_by_crews():
    """Whoever lists no posts does not plan by posts."""
    assert len(driving(week())) == 5


@pytest.mark.parametrize(
    ("limits", "fits"),
    [({"max_length_m": 8.0}, True), ({"max_length_m": 7.9}, False), ({"max_height_m": 2.0}, True), ({}, True)],
)
def test_unknown_size_fits_and_a_known_one_up_to_the_limit(limits, fits):
    """The bus is 8 m long, its height is unknown."""
    assert Horizon.fits(bus(length_m=8.0), site("a", **limits)) is fits


def test_need_keeps_its_dates_and_the_gap_to_its_last_visit():
    """Asked for from Tuesday to Friday, last visited three days before Wednesday with a gap of four."""
    horizon = week()
    asked = need("a", first=TUESDAY, last=FRIDAY, min_gap_days=4, last_visit=MONDAY - timedelta(days=1))
    assert [day for day in WEEK.days() if horizon.may_be_asked_on(asked, day)] == [
        MONDAY + timedelta(days=3),
        FRIDAY,
    ]

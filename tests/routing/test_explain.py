"""Why a visit is not in the plan: each reason in a case where a person sees that it is true."""

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.domain.times import Period
from outreach.routing.checks import check
from outreach.routing.expand import Horizon
from outreach.routing.problem import NO_ROAD, Absence, Closure, Problem, Rules, SiteWindow, StaffMember, Travel
from outreach.routing.solution import Reason, ReasonCode, Solution, Unserved
from outreach.routing.solve import solve
from outreach.routing.timeline import Clock, Times, call_of
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, bus, crew, need, problem, site

WEEK = Period(MONDAY, MONDAY + timedelta(days=4))


def unserved(asked: Problem) -> tuple[Solution, Unserved]:
    """The plan and the only need that is not met in it."""
    solution = solve(asked, seconds=0.7)
    assert check(asked, solution) == ()
    (found,) = solution.unserved
    return solution, found


def first(found: Unserved) -> tuple[ReasonCode, dict[str, int | str]]:
    reason: Reason = found.reasons[0]
    return reason.code, dict(reason.details)


def lone_school(**more: object) -> Problem:
    """One school 10 km out, one bus, Monday to Friday."""
    return problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a")], **more)


def test_island_is_said_to_have_no_road():
    """Reached by boat alone, and the fleet has a bus."""
    asked = lone_school()
    island = replace(asked, sites=(replace(asked.sites[0], reached_by=frozenset({"boat"})),))
    assert first(unserved(island)[1]) == (ReasonCode.NO_ROAD, {})


def test_place_the_table_leads_no_road_to_is_said_so():
    """A way there but none back."""
    asked = lone_school()
    assert isinstance(asked.travel, Travel)
    seconds = asked.travel.seconds.copy()
    seconds[1, 0] = NO_ROAD
    cut_off = replace(asked, travel=replace(asked.travel, seconds=seconds))
    assert first(unserved(cut_off)[1]) == (ReasonCode.NO_ROAD, {})


def test_narrow_gate_names_the_measure():
    """The smallest bus is 9.50 m long, the gate takes 8 m."""
    asked = lone_school(vehicles=[bus("one", length_m=11.0), bus("two", length_m=9.5)])
    narrow = replace(asked, sites=(replace(asked.sites[0], max_length_m=8.0),))
    assert first(unserved(narrow)[1]) == (
        ReasonCode.VEHICLE_TOO_BIG,
        {"measure": "length_cm", "size": 950, "limit": 800},
    )


def test_far_village_says_how_far():
    """250 km: 30,000 s there and back, 1,200 s more than eight hours of driving."""
    asked = problem({"base": 0, "a": 250}, sites=[site("a")], needs=[need("a")])
    code, details = first(unserved(asked)[1])
    assert code is ReasonCode.TOO_FAR
    assert (details["drive_s"], details["over_s"], details["shift_s"]) == (30_000, 1_200, 11 * H)


def test_service_longer_than_every_window_is_said_so():
    """Four hours asked for, three hours open at a time."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", service_s=4 * H)])
    assert first(unserved(asked)[1]) == (ReasonCode.SERVICE_TOO_LONG, {"service_s": 4 * H, "window_s": 3 * H})


def test_site_open_only_when_the_bus_is_not_has_no_open_day():
    """The host receives on Fridays, the bus drives Monday to Thursday."""
    fridays = site("a", windows=[SiteWindow(8 * H, 11 * H, weekdays=frozenset({4}))])
    asked = problem(
        {"base": 0, "a": 10}, sites=[fridays], needs=[need("a")], vehicles=[bus(weekdays=frozenset(range(4)))]
    )
    assert first(unserved(asked)[1]) == (ReasonCode.NO_OPEN_DAY, {"open_days": 1})


def test_site_closed_all_the_time_has_no_open_day():
    """Exams from the first to the last day."""
    asked = lone_school(closures=[Closure(WEEK, "thi", frozenset({"school_primary"}))])
    assert first(unserved(asked)[1]) == (ReasonCode.NO_OPEN_DAY, {"open_days": 0})


def test_third_visit_in_a_week_is_too_near():
    """Asked three times with three days between: Monday, Thursday, and no third day left."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=3, min_gap_days=3)])
    solution, found = unserved(asked)
    assert found.missing == 1
    code, details = first(found)
    assert (code, details["min_gap_days"]) == (ReasonCode.SPACING, 3)
    assert len(list(solution.stops())) == 2


def test_buses_without_a_crew_are_said_to_lack_one():
    """Buses stand ready all week, but only one of two librarians is there."""
    asked = lone_school(staff=crew(librarians=1))
    assert first(unserved(asked)[1]) == (ReasonCode.NO_CREW, {"days": 5})


def test_second_bus_without_a_second_crew_is_said_to_lack_one():
    """One day, two buses, one crew, two schools too far apart for one bus."""
    mornings = [site("a", windows=[MORNING]), site("b", windows=[MORNING])]
    asked = problem(
        {"base": 0, "a": 10, "b": 11},
        sites=mornings,
        needs=[need("a", priority=4), need("b", priority=2)],
        vehicles=[bus("one"), bus("two")],
        staff=crew(),
        days=1,
    )
    _, found = unserved(asked)
    assert found.need_id == "need b"
    assert ReasonCode.NO_CREW in {reason.code for reason in found.reasons}


def test_full_days_hold_nothing_of_lower_priority():
    """One morning, two schools: the one left out is told of a full day, and the day holds the more urgent one."""
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=[site("a", windows=[MORNING]), site("b", windows=[MORNING])],
        needs=[need("a", priority=2), need("b", priority=4)],
        days=1,
    )
    solution, found = unserved(asked)
    assert first(found) == (ReasonCode.FULL, {"days": 1, "priority": 2})
    priorities = {wanted.id: wanted.priority for wanted in asked.needs}
    assert all(priorities[stop.need_id] >= priorities[found.need_id] for _, stop in solution.stops())


def test_free_afternoon_out_of_reach_is_a_matter_of_time():
    """Morning 100 km to one side, afternoon 100 km to the other: 400 minutes of driving, six hours are allowed."""
    asked = problem(
        {"base": 0, "a": 100, "b": -100},
        sites=[site("a", windows=[MORNING]), site("b", windows=[AFTERNOON])],
        needs=[need("a", priority=4), need("b", priority=2)],
        days=1,
        rules=Rules(drive_max_s=6 * H),
    )
    code, details = first(unserved(asked)[1])
    assert code is ReasonCode.TIME
    assert details["over_s"] == 400 * 60 - 6 * H


def test_every_need_left_out_really_fits_nowhere():
    """Ten schools on three half-open days: each one left out is tried in every order on every day, and fails."""
    names = [f"s{i}" for i in range(10)]
    asked = problem(
        {"base": 0, **{name: 20.0 + 13 * i for i, name in enumerate(names)}},
        sites=[site(name) for name in names],
        needs=[need(name, priority=1 + i % 5) for i, name in enumerate(names)],
        vehicles=[bus(absences=(Absence(Period(MONDAY, MONDAY + timedelta(days=1)), "xưởng"),))],
    )
    solution = solve(asked, seconds=1.5)
    assert check(asked, solution) == ()
    horizon = Horizon(asked)
    clock, depot = Clock(horizon), horizon.travel.index["base"]
    assert solution.unserved
    for entry in solution.unserved:
        assert entry.reasons
        for vehicle_day in horizon.vehicle_days:
            there = [stop.need_id for tour, stop in solution.stops() if tour.day == vehicle_day.day]
            calls = [
                call_of(horizon, horizon.needs[need_id], vehicle_day.vehicle, vehicle_day.day)
                for need_id in (*there, entry.need_id)
            ]
            for position in range(len(calls)):
                order = [*calls[:-1][:position], calls[-1], *calls[:-1][position:]]
                assert not isinstance(clock.times((depot, depot), order), Times)


@pytest.mark.parametrize("post", ["driver", "librarian"])
def test_absent_post_on_the_only_open_day_is_a_lack_of_crew(post):
    """Open on Monday alone, when somebody of the crew is away."""
    mondays = site("a", windows=[SiteWindow(8 * H, 11 * H, weekdays=frozenset({0}))])
    away = (Absence(Period(MONDAY, MONDAY), "tập huấn"),)
    staff = tuple(StaffMember(m.id, m.depot_id, m.post, absences=away if m.post == post else ()) for m in crew())
    asked = problem({"base": 0, "a": 10}, sites=[mondays], needs=[need("a")], staff=staff)
    assert first(unserved(asked)[1])[0] is ReasonCode.NO_CREW

"""Published plans mended: what lost its place finds another, nothing else moves, the past never does."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.routing.checks import check
from outreach.routing.differences import VisitChangeKind
from outreach.routing.disruptions import (
    CrewIll,
    Disruption,
    LaterStart,
    RoadClosed,
    SiteClosed,
    UrgentNeed,
    VehicleAway,
)
from outreach.routing.mending import Mended, mend
from outreach.routing.problem import Announced, Pin, Problem, Rules
from outreach.routing.solution import Solution
from outreach.routing.solve import solve
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, bus, crew, need, problem, site
from tests.routing.test_properties import DAYS, periods, provinces

STEADY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
ROUNDS = 300


def on(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def during(first: int, last: int) -> Period:
    return Period(on(first), on(last))


def one_school_a_day(**more: object) -> tuple[Problem, Solution]:
    """Three schools in mornings of the first week, on Monday, Tuesday and Thursday, as published."""
    told = (Announced("need a", on(0), "bus"), Announced("need b", on(1), "bus"), Announced("need c", on(3), "bus"))
    asked = problem(
        {"base": 0, "a": 10, "b": 11, "c": 12},
        sites=[site(name, windows=[MORNING]) for name in "abc"],
        needs=[need(name) for name in "abc"],
        staff=crew(),
        **more,
    )
    plan = solve(replace(asked, announced=told), rounds=ROUNDS)
    assert slots(plan) == {"need a": on(0), "need b": on(1), "need c": on(3)}
    return asked, plan


def slots(solution: Solution) -> dict[str, date]:
    return {stop.need_id: tour.day for tour, stop in solution.stops()}


def mended(asked: Problem, plan: Solution, *disruptions: Disruption, today: int = 0) -> Mended:
    found = mend(asked, plan, disruptions, today=on(today), rounds=ROUNDS)
    assert not check(found.problem, found.solution)
    return found


def told(found: Mended) -> list[tuple[VisitChangeKind, str, int | None, str | None]]:
    return [(change.kind, change.need_id, change.disruption, change.for_need) for change in found.changes]


def test_nothing_changes_where_nothing_happened():
    """Not a minute: the tours are those that were published."""
    asked, plan = one_school_a_day()
    found = mended(asked, plan)
    assert (found.changes, found.lost) == ((), 0)
    assert found.solution.trips == plan.trips


def test_a_visit_of_a_day_without_the_bus_finds_another_day():
    """Tuesday falls away; Wednesday and Friday are free, and the other two stay."""
    asked, plan = one_school_a_day()
    found = mended(asked, plan, VehicleAway("bus", during(1, 1)))
    assert told(found) == [(VisitChangeKind.MOVED, "need b", 0, None)]
    assert slots(found.solution)["need b"] in {on(2), on(4)}
    assert (found.lost, found.moved) == (1, 1)


def test_a_visit_of_a_closed_site_finds_a_day_when_it_is_open():
    """Thursday and Friday it is closed, so Wednesday is left."""
    asked, plan = one_school_a_day()
    found = mended(asked, plan, SiteClosed("c", during(3, 4)))
    assert told(found) == [(VisitChangeKind.MOVED, "need c", 0, None)]
    assert slots(found.solution)["need c"] == on(2)


def test_a_visit_behind_a_closed_road_waits_until_it_is_open():
    asked, plan = one_school_a_day()
    found = mended(asked, plan, RoadClosed("base", "a", during(0, 3)))
    assert told(found) == [(VisitChangeKind.MOVED, "need a", 0, None)]
    assert slots(found.solution)["need a"] == on(4)


def test_an_ill_driver_of_another_day_changes_that_day_alone():
    """The second disruption is the one that hits."""
    asked, plan = one_school_a_day()
    found = mended(asked, plan, CrewIll("base driver 0", during(2, 2)), CrewIll("base driver 0", during(0, 0)))
    assert told(found) == [(VisitChangeKind.MOVED, "need a", 1, None)]
    assert slots(found.solution)["need a"] == on(4)


def test_an_urgent_need_takes_a_free_day():
    asked, plan = one_school_a_day()
    urgent = replace(need("a"), id="urgent", priority=5, first=on(1))
    found = mended(asked, plan, UrgentNeed(urgent))
    assert told(found) == [(VisitChangeKind.ADDED, "urgent", 0, None)]


def test_an_urgent_need_for_a_taken_morning_moves_the_visit_there():
    """It must be on Thursday; the school of Thursday is moved to make room for it, and only that one."""
    asked, plan = one_school_a_day()
    urgent = replace(need("a"), id="urgent", priority=5, first=on(3), last=on(3))
    found = mended(asked, plan, UrgentNeed(urgent))
    kinds = {change.need_id: (change.kind, change.disruption, change.for_need) for change in found.changes}
    assert kinds == {
        "urgent": (VisitChangeKind.ADDED, 0, None),
        "need c": (VisitChangeKind.MOVED, None, "urgent"),
    }


def test_a_later_start_changes_the_hour_and_not_the_day():
    """Out at eight instead of about seven: 10 minutes of road and 15 of setting up, so not before 8:25."""
    asked, plan = one_school_a_day()
    asked = replace(asked, vehicles=(bus(),))
    before = {stop.need_id: stop.start_s for _, stop in plan.stops()}
    found = mended(asked, plan, LaterStart("bus", during(0, 0), 8 * H))
    after = {stop.need_id: stop.start_s for _, stop in found.solution.stops()}
    assert slots(found.solution) == slots(plan)
    assert after["need a"] >= 8 * H + 25 * 60
    assert (after["need b"], after["need c"]) == (before["need b"], before["need c"])


def test_another_hour_is_told_beyond_the_tolerance_alone():
    """Out at eight it begins so much later: with just that tolerance it is no change, with a second less it is."""
    asked, plan = one_school_a_day()
    later = LaterStart("bus", during(0, 0), 8 * H)
    after = mended(asked, plan, later).solution
    first, second = ({stop.need_id: stop.start_s for _, stop in one.stops()}["need a"] for one in (plan, after))
    assert second > first
    kept = mend(asked, plan, [later], today=on(0), rounds=ROUNDS, tolerance_s=second - first)
    moved = mend(asked, plan, [later], today=on(0), rounds=ROUNDS, tolerance_s=second - first - 1)
    assert (told(kept), told(moved)) == ([], [(VisitChangeKind.OTHER_TIME, "need a", 0, None)])


def test_a_visit_without_any_place_is_dropped_and_its_disruption_named():
    """The school is closed for good."""
    asked, plan = one_school_a_day()
    found = mended(asked, plan, SiteClosed("b", during(0, 60)))
    assert told(found) == [(VisitChangeKind.DROPPED, "need b", 0, None)]
    assert [unserved.need_id for unserved in found.solution.unserved] == ["need b"]


def test_another_bus_comes_on_the_same_day_where_one_is_left():
    """The day was told; the bus that stands idle comes instead of the one that is away."""
    asked, plan = one_school_a_day()
    two = replace(asked, vehicles=(bus(), bus("other")), staff=crew(drivers=2, librarians=4))
    found = mended(two, plan, VehicleAway("bus", during(1, 1)))
    assert told(found) == [(VisitChangeKind.OTHER_VEHICLE, "need b", 0, None)]
    assert found.moved == 0


def test_a_visit_before_today_never_changes():
    """On Tuesday the bus of Monday is reported away since Monday: Monday was driven, Tuesday's visit is moved."""
    asked, plan = one_school_a_day()
    found = mended(asked, plan, VehicleAway("bus", during(0, 1)), today=1)
    assert told(found) == [(VisitChangeKind.MOVED, "need b", 0, None)]
    assert found.solution.trips[0] == plan.trips[0]


def test_a_past_that_was_unsound_is_named():
    """The plan drove on a day on which the bus was away."""
    asked, plan = one_school_a_day()
    asked = replace(asked, vehicles=(bus(weekdays=frozenset({1, 2, 3, 4})),))
    with pytest.raises(InvalidValue) as raised:
        mend(asked, plan, [], today=on(2), rounds=ROUNDS)
    assert raised.value.values["rule"] == "vehicle-away"


def test_a_pin_that_a_disruption_makes_impossible_is_named():
    asked, plan = one_school_a_day()
    asked = replace(asked, pins=(Pin("need b", on(1)),))
    with pytest.raises(InvalidValue) as raised:
        mend(asked, plan, [VehicleAway("bus", during(1, 1))], today=on(0), rounds=ROUNDS)
    assert raised.value.field == "pins[0]"


@st.composite
def disruptions(draw: st.DrawFn, asked: Problem) -> list[Disruption]:
    """One to three of those that take something away."""
    found: list[Disruption] = []
    for _ in range(draw(st.integers(1, 3))):
        kinds: list[Disruption] = [
            VehicleAway(draw(st.sampled_from(asked.vehicles)).id, draw(periods())),
            LaterStart(
                draw(st.sampled_from(asked.vehicles)).id, draw(periods()), draw(st.sampled_from([8 * H, 10 * H]))
            ),
        ]
        if asked.staff:
            kinds.append(CrewIll(draw(st.sampled_from(asked.staff)).id, draw(periods())))
        if asked.sites:
            kinds.append(SiteClosed(draw(st.sampled_from(asked.sites)).id, draw(periods())))
        found.append(draw(st.sampled_from(kinds)))
    return found


@STEADY
@given(provinces(), st.data())
def test_past_frozen_and_pinned_visits_never_move(asked, data):
    """Visits before today are as they were, pinned ones stay or are named, and the judge finds nothing."""
    try:
        plan = solve(asked, rounds=100)
    except InvalidValue:
        assume(False)
    today = on(data.draw(st.integers(0, DAYS)))
    happened = data.draw(disruptions(asked))
    try:
        found = mend(asked, plan, happened, today=today, rounds=100)
    except InvalidValue:  # a pin that can no longer be kept, or a start after the return
        assume(False)
    assert not check(found.problem, found.solution)
    past = [trip for trip in plan.trips if trip.tours[0].day < today]
    assert [trip for trip in found.solution.trips if trip.tours[0].day < today] == past
    there = {(stop.need_id, tour.day) for tour, stop in found.solution.stops()}
    assert {(pin.need_id, pin.day) for pin in asked.pins if pin.day} <= there
    frozen = {(one.vehicle_id, one.day) for one in asked.frozen}
    pinned = {(pin.vehicle_id, pin.day, pin.need_id) for pin in found.problem.pins}
    held = {(tour.vehicle_id, tour.day, stop.need_id) for tour, stop in found.solution.stops()}
    assert {one for one in held if one[:2] in frozen} <= pinned


@STEADY
@given(provinces(), st.integers(0, DAYS))
def test_mending_without_a_disruption_moves_nothing(asked, today):
    """No announced visit moves, changes its bus or is dropped; one may be added where a place was left."""
    try:
        plan = solve(asked, rounds=100)
    except InvalidValue:
        assume(False)
    found = mend(asked, plan, [], today=on(today), rounds=100)
    assert {change.kind for change in found.changes} <= {VisitChangeKind.ADDED}
    assert found.lost == 0


@STEADY
@given(provinces(), st.data())
def test_changes_add_up_to_the_new_plan(asked, data):
    """The published visits less those taken away and with those that came are the visits of the new plan."""
    try:
        plan = solve(asked, rounds=100)
        found = mend(asked, plan, data.draw(disruptions(asked)), today=on(3), rounds=100)
    except InvalidValue:
        assume(False)
    places = {(stop.need_id, tour.vehicle_id, tour.day) for tour, stop in plan.stops()}
    for change in found.changes:
        if change.was:
            places.remove((change.need_id, change.was.vehicle_id, change.was.day))
    for change in found.changes:
        if change.now:
            places.add((change.need_id, change.now.vehicle_id, change.now.day))
    assert places == {(stop.need_id, tour.vehicle_id, tour.day) for tour, stop in found.solution.stops()}


def test_a_moved_visit_stays_near_its_day():
    """Tuesday falls away in the first of four weeks: whatever is free, Wednesday or Friday is nearest."""
    asked, plan = one_school_a_day()
    longer = replace(asked, horizon=Period(MONDAY, on(27)))
    found = mended(longer, plan, VehicleAway("bus", during(1, 1)))
    assert slots(found.solution)["need b"] == on(2)


def far_schools() -> tuple[Problem, Solution]:
    """Two schools 200 km out, served on two days with a night between them at a lodging next to them."""
    asked = problem(
        {"base": 0, "inn": 198, "a": 200, "b": 202, "c": 10},
        sites=[site(name, windows=[MORNING, AFTERNOON]) for name in "abc"],
        needs=[need(name, priority=5, service_s=2 * H) for name in "abc"],
        staff=crew(),
        rules=Rules(trip_days_max=2),
    )
    asked = replace(asked, lodgings=("inn",), needs=tuple(replace(one, service_s=150 * 60) for one in asked.needs))
    plan = solve(asked, rounds=2_000)
    assert any(len(trip.tours) == 2 for trip in plan.trips)
    return asked, plan


def test_a_trip_with_a_night_stays_as_it_was_where_nothing_happened():
    """Its nights, its days, its hours."""
    asked, plan = far_schools()
    found = mended(asked, plan)
    assert found.changes == ()
    assert sorted(found.solution.trips, key=str) == sorted(plan.trips, key=str)


def test_a_trip_that_is_under_way_goes_on_as_it_was():
    """On its second day nothing of it changes, whatever else does."""
    asked, plan = far_schools()
    away = next(trip for trip in plan.trips if len(trip.tours) == 2)
    found = mended(asked, plan, SiteClosed("c", during(0, 60)), today=(away.tours[1].day - MONDAY).days)
    assert away in found.solution.trips


def test_a_trip_whose_second_day_falls_away_is_made_on_other_days():
    """The bus is away on the second day; both schools are served all the same."""
    asked, plan = far_schools()
    away = next(trip for trip in plan.trips if len(trip.tours) == 2)
    hit = away.tours[1].day
    longer = replace(asked, horizon=Period(MONDAY, on(11)))
    found = mended(longer, plan, VehicleAway("bus", Period(hit, hit)))
    assert slots(found.solution).keys() == slots(plan).keys()
    assert hit not in {tour.day for tour in found.solution.tours()}


def linked_visits() -> tuple[Problem, Solution]:
    """School a on Monday, Friday and Tuesday, never more than four days apart; b and c share its first and last day."""
    told = [("a", 0), ("a", 4), ("a", 8), ("b", 0), ("c", 8)]
    asked = problem(
        {"base": 0, "a": 10, "b": 11, "c": 12},
        sites=[site(name) for name in "abc"],
        needs=[need("a", quota=3, min_gap_days=3, max_gap_days=4), need("b"), need("c")],
        staff=crew(),
        days=12,
    )
    said = tuple(Announced(f"need {name}", on(offset), "bus") for name, offset in told)
    plan = solve(replace(asked, announced=said), rounds=2_000)
    assert {(stop.need_id, tour.day) for tour, stop in plan.stops()} == {(one.need_id, one.day) for one in said}
    return asked, plan


def test_visits_tied_by_their_longest_gap_all_stand():
    """Whichever day is taken over first."""
    asked, plan = linked_visits()
    found = mended(asked, plan)
    assert (found.lost, found.changes) == (0, ())


def test_where_the_visit_between_two_others_is_lost_they_cannot_both_stand():
    """Friday falls away: Wednesday or Thursday would tie nothing together but with another first or last day."""
    asked, plan = linked_visits()
    found = mended(asked, plan, VehicleAway("bus", during(4, 4)))
    days = sorted(tour.day for tour, stop in found.solution.stops() if stop.need_id == "need a")
    assert all(3 <= (after - before).days <= 4 for before, after in pairwise(days))
    assert found.lost == 2  # Friday's, and one of those it held together

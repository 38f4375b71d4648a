"""Pins: what people fixed stays, and pins that cannot be kept together are named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.domain.errors import InvalidValue
from outreach.routing.checks import check
from outreach.routing.problem import FrozenDay, Pin, Problem, Rules, SiteWindow, Turn
from outreach.routing.solution import ReasonCode, Solution
from outreach.routing.solve import solve
from tests.routing.small import MONDAY, H, bus, need, problem, site, two_schools_one_bus

TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)
ALL_DAY = SiteWindow(6 * H, 18 * H)
NAMES = "abcd"


def street(*pins: Pin, frozen: tuple[FrozenDay, ...] = (), **more: object) -> Problem:
    """Four stops of half an hour on one road, two buses."""
    asked = problem(
        {"base": 0, **{name: 5 * (i + 1) for i, name in enumerate(NAMES)}},
        sites=[site(name, windows=[ALL_DAY]) for name in NAMES],
        needs=[need(name, service_s=1800, **more) for name in NAMES],
        vehicles=[bus("one"), bus("two")],
        rules=Rules(lunch_s=0),
    )
    return replace(asked, pins=pins, frozen=frozen)


def plan(asked: Problem, rounds: int = 2_000) -> Solution:
    solution = solve(asked, rounds=rounds)
    assert check(asked, solution) == ()
    return solution


def where(solution: Solution, name: str) -> tuple[object, ...]:
    """Day, bus, place in the tour and start of the visit of a stop."""
    for tour in solution.tours():
        for i, stop in enumerate(tour.stops):
            if stop.site_id == name:
                return tour.day, tour.vehicle_id, i, stop.start_s
    return ()


def test_day_bus_and_hour_are_kept():
    """Alone on Friday with bus two at 14:10, although one tour for all four would be far cheaper."""
    solution = plan(street(Pin("need b", FRIDAY, "two", 14 * H + 600, 14 * H + 2400), Pin("need a", MONDAY)))
    assert where(solution, "b")[:2] == (FRIDAY, "two")
    assert where(solution, "b")[3] == 14 * H + 600
    assert where(solution, "a")[0] == MONDAY


def test_pin_without_a_day_holds_for_every_visit():
    """Three visits a need, all of b's in the afternoon and by bus two."""
    asked = street(Pin("need b", None, "two", from_s=13 * H), quota=3)
    visits = [(tour, stop) for tour, stop in plan(asked).stops() if stop.need_id == "need b"]
    assert len(visits) == 3
    assert all(tour.vehicle_id == "two" and stop.start_s >= 13 * H for tour, stop in visits)


def test_order_is_kept_against_the_road():
    """The nearest stop last, the farthest right after the second: 5, 10, 15 and 20 km out on one road."""
    pins = (
        Pin("need b", MONDAY, "one", turn=Turn.FIRST),
        Pin("need d", MONDAY, "one", after="need b"),
        Pin("need a", MONDAY, "one", turn=Turn.LAST),
        Pin("need c", MONDAY, "one"),
    )
    (tour,) = plan(street(*pins)).tours()
    assert [stop.site_id for stop in tour.stops] == ["b", "d", "c", "a"]


def test_frozen_day_takes_what_is_pinned_and_no_more():
    """Bus one's Monday is frozen with b on it; the others would join, and go elsewhere."""
    solution = plan(street(Pin("need b", MONDAY, "one"), frozen=(FrozenDay("one", MONDAY), FrozenDay("two", MONDAY))))
    assert [len(tour.stops) for tour in solution.tours() if tour.day == MONDAY] == [1]
    assert all(where(solution, name) for name in NAMES)


def test_need_whose_days_are_frozen_is_told_so():
    """One bus, one week, each day frozen and nothing on it."""
    asked = two_schools_one_bus()
    frozen = tuple(FrozenDay("bus", day) for day in asked.horizon.days())
    solution = plan(replace(asked, frozen=frozen))
    assert [entry.reasons[0].code for entry in solution.unserved] == [ReasonCode.PINNED, ReasonCode.PINNED]


def test_pinned_day_of_a_linked_need_pulls_the_others():
    """Three visits, two weeks apart at least, one pinned to the second Friday: the others keep away from it."""
    asked = problem(
        {"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=3, min_gap_days=14, max_gap_days=21)], days=52
    )
    pinned = FRIDAY + timedelta(days=7)
    days = sorted(tour.day for tour, _ in plan(replace(asked, pins=(Pin("need a", pinned),))).stops())
    assert pinned in days
    assert len(days) == 3


def test_pins_between_which_a_visit_is_due_are_kept():
    """Pinned 28 days apart with at most 21 between two visits: the third one is put between them."""
    asked = problem(
        {"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=3, min_gap_days=7, max_gap_days=21)], days=40
    )
    pins = (Pin("need a", MONDAY), Pin("need a", MONDAY + timedelta(days=28)))
    assert len(list(plan(replace(asked, pins=pins)).stops())) == 3


def named(asked: Problem) -> str:
    with pytest.raises(InvalidValue) as caught:
        solve(asked, rounds=100)
    return caught.value.field


def test_pins_at_one_time_contradict_each_other():
    """Two visits by one bus at nine o'clock are named; the one that has nothing to do with it is not."""
    nine = {"vehicle_id": "one", "from_s": 9 * H, "to_s": 9 * H + 1800}
    pins = (Pin("need a", TUESDAY, **nine), Pin("need c", TUESDAY, "two"), Pin("need b", TUESDAY, **nine))
    assert named(street(*pins)) == "pins[0], pins[2]"


def test_pin_that_cannot_be_kept_alone_is_named():
    """The farthest stop at 06:00, twenty minutes from the base that nobody may leave before six."""
    early = Pin("need d", MONDAY, from_s=6 * H, to_s=6 * H + 1800)
    assert named(street(Pin("need a", MONDAY), early)) == "pins[1]"


def test_pins_nearer_than_the_gap_contradict_each_other():
    """Pinned a day apart, two weeks at least between them."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=2, min_gap_days=14)], days=26)
    assert named(replace(asked, pins=(Pin("need a", MONDAY), Pin("need a", TUESDAY)))) == "pins[0], pins[1]"


def test_two_visits_cannot_both_come_right_after_a_third():
    """Nor can two be first."""
    followers = [Pin(f"need {name}", MONDAY, "one", after="need a") for name in "bc"]
    assert named(street(Pin("need a", MONDAY, "one"), *followers)) == "pins[0], pins[1], pins[2]"
    assert named(street(*(Pin(f"need {name}", MONDAY, "one", turn=Turn.FIRST) for name in "bc"))) == "pins[0], pins[1]"


@pytest.mark.parametrize(
    ("pin", "field"),
    [
        (Pin("nobody"), "pins[0].need_id"),
        (Pin("need a", MONDAY, "three"), "pins[0].vehicle_id"),
        (Pin("need a", MONDAY - timedelta(days=1)), "pins[0].day"),
        (Pin("need a", MONDAY, from_s=9 * H, to_s=9 * H), "pins[0].to_s"),
        (Pin("need a", turn=Turn.FIRST), "pins[0].day"),
        (Pin("need a", MONDAY, "one", after="need b"), "pins[0].after"),
    ],
)
def test_pin_that_makes_no_sense_is_named(pin, field):
    """Before anything is planned."""
    assert named(street(pin)) == field

"""Closeness to what was announced: what a moved visit costs, that search and draft agree on it, and the past."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.domain.errors import InvalidValue
from outreach.routing.checks import check
from outreach.routing.draft import Desk
from outreach.routing.expand import Horizon
from outreach.routing.formats import problem_from_json, problem_to_json
from outreach.routing.kernel.world import UNIT
from outreach.routing.objective import Prices
from outreach.routing.problem import Announced, Pin, Problem
from outreach.routing.redraft import draft_of
from outreach.routing.replan import replan
from outreach.routing.search import Budget, Search
from outreach.routing.solution import RuleName, Solution
from outreach.routing.solve import solve
from tests.routing.small import MONDAY, bus, crew, need, problem, site, two_schools_one_bus
from tests.routing.test_properties import provinces

STEADY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def on(offset: int) -> date:
    """The day so many days after the first Monday."""
    return MONDAY + timedelta(days=offset)


def told(name: str, offset: int, vehicle: str = "bus") -> Announced:
    return Announced(f"need {name}", on(offset), vehicle)


def slots(solution: Solution) -> dict[str, tuple[str, date]]:
    return {stop.need_id: (tour.vehicle_id, tour.day) for tour, stop in solution.stops()}


def two_buses() -> Problem:
    """One school and two buses that are the same."""
    return problem(
        {"base": 0, "a": 10}, sites=[site("a")], needs=[need("a")], vehicles=[bus("bus"), bus("other")],
        staff=crew(drivers=2, librarians=4),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ahead", "seconds"), [(400, 1_000), (30, 1_000), (15, 2_000), (3, 2_800), (0, 3_000), (-2, 3_000)]
)
def test_moving_costs_more_the_sooner_the_visit_is(ahead, seconds):
    """1,000 s a month ahead or more; up to two thousand more, by fifteenths a day; never more than today."""
    assert Prices(moved_s=1_000).of_moving(ahead) == seconds


def test_announced_visits_keep_their_days_where_one_tour_less_would_be_cheaper():
    """Two schools next to each other share a day, unless one was told Tuesday and the other Thursday."""
    asked = two_schools_one_bus()
    assert len(solve(asked, rounds=300).trips) == 1
    said = replace(asked, announced=(told("a", 1), told("b", 3)))
    assert slots(solve(said, rounds=300)) == {"need a": ("bus", on(1)), "need b": ("bus", on(3))}


def test_an_announced_day_is_left_where_driving_is_dearer_than_moving():
    """A second tour costs 2,400 s and some driving; for 100 s nobody drives it."""
    said = replace(two_schools_one_bus(), announced=(told("a", 1), told("b", 3)), prices=Prices(moved_s=100))
    assert len(solve(said, rounds=300).trips) == 1


@pytest.mark.parametrize("vehicle", ["bus", "other"])
def test_of_two_alike_buses_the_announced_one_comes(vehicle):
    """The same day, the same price but for what was said."""
    said = replace(two_buses(), announced=(told("a", 2, vehicle),))
    assert slots(solve(said, rounds=200)) == {"need a": (vehicle, on(2))}


def test_replanning_a_day_keeps_the_announced_bus():
    """Both buses' Wednesdays are planned again; the visit goes back to the bus that was named."""
    asked = two_buses()
    standing = solve(replace(asked, announced=(told("a", 2, "other"),)), rounds=200)
    said = replace(asked, announced=(told("a", 2, "bus"),))
    again = replan(said, standing, [("bus", on(2)), ("other", on(2))])
    assert slots(again) == {"need a": ("bus", on(2))}


@STEADY
@given(provinces(), st.data())
def test_search_and_draft_price_announced_visits_alike(asked, data):
    """Whatever was announced, the search's price of its best plan less that of its tours is the draft's."""
    horizon = Horizon(asked)
    places = [(wanted.id, vd.day, vd.vehicle.id) for wanted in asked.needs for vd in horizon.vehicle_days]
    drawn = (
        data.draw(st.lists(st.sampled_from(places), max_size=6, unique_by=lambda place: place[:2])) if places else []
    )
    today = data.draw(st.none() | st.integers(-3, 5).map(on))
    said = replace(asked, announced=tuple(Announced(*place) for place in drawn), today=today)
    search = Search(Horizon(said), seed=1)
    search.run(Budget(rounds=300), hot_s=1_000.0, look=lambda _: None)
    ids = [wanted.id for wanted in said.needs]
    draft = draft_of(Desk(Horizon(said)), {k: [ids[u] for u in order] for k, order in search.best_rounds().items()})
    search.back_to_best()
    tours = search.world["tour"]["cost"].sum() / UNIT  # the clock may leave hosts more time and so work longer
    assert draft.price - sum(one.price for one in draft.rounds.values()) == search.best_price - tours


def test_nothing_is_put_on_past_days():
    """Today is Wednesday: both schools are visited from then on."""
    asked = replace(two_schools_one_bus(), today=on(2))
    plan = solve(asked, rounds=300)
    assert {day >= on(2) for _, day in slots(plan).values()} == {True}
    assert not check(asked, plan)


def test_the_judge_refuses_a_visit_on_a_past_day_that_is_not_pinned_there():
    """The same plan is sound before the day and with its pins, and not without them."""
    asked = two_schools_one_bus()
    plan = solve(asked, rounds=300)
    later = replace(asked, today=on(5))
    assert {breach.rule for breach in check(later, plan)} == {RuleName.DAY_FROZEN}
    pins = tuple(Pin(need_id, day, vehicle_id) for need_id, (vehicle_id, day) in slots(plan).items())
    assert not check(replace(later, pins=pins), plan)


def test_what_is_left_out_is_not_explained_by_past_days():
    """One day is left and it is taken: one day counts, and no near miss lies in the past."""
    asked = problem(
        {"base": 0, "a": 10, "b": 11, "c": 12}, sites=[site("a"), site("b"), site("c")],
        needs=[need("a"), need("b"), need("c")], staff=crew(),
    )  # fmt: skip
    plan = solve(replace(asked, today=on(4)), rounds=300)
    (left,) = plan.unserved
    assert dict(left.reasons[0].details)["days"] == 1
    assert {miss.day for miss in left.nearest if miss.rule.value != "need-dates"} <= {on(4)}


def test_announced_visits_are_read_and_written():
    """As all else in a problem."""
    said = replace(two_schools_one_bus(), announced=(told("a", 1),), today=on(1))
    assert problem_from_json(problem_to_json(said)).announced == said.announced
    assert problem_from_json(problem_to_json(said)).today == on(1)


@pytest.mark.parametrize(
    ("announced", "field"),
    [
        ((told("z", 1),), "announced[0].need_id"),
        ((told("a", 1, "boat"),), "announced[0].vehicle_id"),
        ((told("a", 9),), "announced[0].day"),
        ((told("a", 1), told("a", 1)), "announced[0]"),
    ],
)
def test_what_cannot_have_been_announced_is_named(announced, field):
    """The first that does not fit, by its field."""
    with pytest.raises(InvalidValue) as raised:
        solve(replace(two_schools_one_bus(), announced=announced), rounds=10)
    assert raised.value.values["field"] == field

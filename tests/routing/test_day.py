"""One day by OR-Tools: the best order, checked against trying all of them."""

from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.routing.choice import Choice, Wish
from outreach.routing.day import EASY_STOPS, best_order, improved
from outreach.routing.draft import Desk, Draft, Round, fill
from outreach.routing.expand import Horizon
from outreach.routing.problem import Need, Pin, Problem, Rules, SiteWindow, Turn
from tests.routing.small import MONDAY, H, bus, need, problem, site, two_schools_one_bus

ALL_DAY = SiteWindow(8 * H, 17 * H)
MAY = frozenset({frozenset(), frozenset({0})})  # be made on the only vehicle-day, or not


def one_day(kilometres: dict[str, float], *, needs: list[Need] | None = None, rules: Rules, **more: object) -> Problem:
    """Sites at these kilometres, open from 8 to 17, half an hour each, one bus, one day."""
    return problem(
        {"base": 0, **kilometres},
        sites=[site(name, windows=[ALL_DAY]) for name in kilometres],
        needs=needs or [need(name, service_s=1800) for name in kilometres],
        vehicles=[bus(**more)],
        rules=rules,
        days=1,
    )


def improved_day(asked: Problem) -> tuple[Choice, dict[int, Round]]:
    """What the day planner makes of a day that may hold every need, from one filled by cheapest insertion."""
    desk = Desk(Horizon(asked))
    draft = Draft(desk)
    fill(draft)
    choice = Choice(desk, (0,), tuple(Wish(one, MAY) for one in asked.needs if desk.may_use(one, 0)))
    return choice, improved(choice, draft.rounds)


def sites_of(rounds: dict[int, Round]) -> set[str]:
    return {call.site_id for found in rounds.values() for call in found.calls}


def test_order_follows_the_road_not_the_list():
    """Given far, near, middle and so on; driven up the road and down again: 32 km either way, 64 in all."""
    names = {f"km {km}": km for km in (20, 5, 32, 10, 26, 15)}
    desk = Desk(Horizon(one_day(names, rules=Rules(lunch_s=0, shift_max_s=12 * H))))
    calls = [desk.call(desk.horizon.needs[f"need {name}"], 0) for name in names]
    assert len(calls) > EASY_STOPS
    found = best_order(desk, 0, calls)
    assert found is not None
    assert found.times.drive_s == 64 * 60


def test_lone_visit_needs_no_solver():
    """One call is its own order."""
    desk = Desk(Horizon(two_schools_one_bus()))
    call = desk.call(desk.horizon.needs["need a"], 0)
    found = best_order(desk, 0, [call])
    assert found is not None
    assert found.calls == (call,)


def test_day_that_cannot_be_driven_has_no_order():
    """Two sites open in the same hour, an hour of service each."""
    hour = SiteWindow(9 * H, 10 * H)
    asked = problem(
        {"base": 0, "a": 1, "b": 2},
        sites=[site("a", windows=[hour]), site("b", windows=[hour])],
        needs=[need("a", service_s=H), need("b", service_s=H)],
        days=1,
    )
    desk = Desk(Horizon(asked))
    assert best_order(desk, 0, [desk.call(one, 0) for one in asked.needs]) is None


def test_stops_that_are_too_many_fall_away_the_least_urgent_first():
    """Two stops at most: of priorities 1, 4 and 5 the first stays out, however near it is."""
    names = {"near": 1.0, "far": 30.0, "farther": 40.0}
    needs = [need(name, service_s=1800, priority=priority) for name, priority in zip(names, (1, 4, 5), strict=True)]
    choice, rounds = improved_day(one_day(names, needs=needs, rules=Rules(stops_max=2)))
    assert sites_of(rounds) == {"far", "farther"}
    assert choice.holds(rounds)


def test_what_a_bus_carries_limits_its_day():
    """Ten boxes, four for each stop: two stops."""
    names = {"a": 1.0, "b": 2.0, "c": 3.0}
    needs = [need(name, service_s=1800, load=4) for name in names]
    _, rounds = improved_day(one_day(names, needs=needs, rules=Rules(), capacity=10))
    assert len(sites_of(rounds)) == 2


def test_lunch_costs_the_day_a_stop():
    """An hour with handling, a minute of road, full steps: a stop takes 65 minutes, from 8:00 to 16:05 the eighth.

    With an hour for lunch at 12:00 after the fourth the seventh is from 15:30 to 16:00, and no eighth ends by 17:00.
    """
    names = {f"km {km}": float(km) for km in range(10)}
    _, hungry = improved_day(one_day(names, rules=Rules(lunch_s=0)))
    _, fed = improved_day(one_day(names, rules=Rules(lunch_s=H)))
    assert (len(sites_of(hungry)), len(sites_of(fed))) == (8, 7)
    assert fed[0].times.lunch_start_s is not None


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(-30, 30), st.sampled_from([8, 10, 12])), min_size=2, max_size=6))
def test_found_order_is_the_best_of_all_or_no_dearer_than_the_one_given(stops):
    """All orders tried by hand: up to five stops none is cheaper; beyond, the one given is where the search begins."""
    names = {f"s{i}": km for i, (km, _) in enumerate(stops)}
    asked = problem(
        {"base": 0, **names},
        sites=[
            site(name, windows=[SiteWindow(opens * H, (opens + 5) * H)])
            for name, (_, opens) in zip(names, stops, strict=True)
        ],
        needs=[need(name, service_s=1200) for name in names],
        vehicles=[bus(set_up_s=240, pack_up_s=0)],
        rules=Rules(lunch_s=0),
        days=1,
    )
    desk = Desk(Horizon(asked))
    calls = [desk.call(desk.horizon.needs[f"need {name}"], 0) for name in names]
    rounds = [found for order in permutations(calls) if isinstance(found := desk.round_of(0, order), Round)]
    if not rounds:
        assert best_order(desk, 0, calls) is None
        return
    given_round = max(rounds, key=lambda found: found.price)
    found = best_order(desk, 0, given_round.calls, seconds=0.1)
    assert found is not None
    assert set(found.calls) == set(calls)
    assert found.price <= (min(rounds, key=lambda one: one.price) if len(calls) <= EASY_STOPS else given_round).price


def test_no_time_leaves_a_day_what_it_was():
    names = {"a": 1.0, "b": 2.0}
    desk = Desk(Horizon(one_day(names, rules=Rules())))
    choice = Choice(desk, (0,), tuple(Wish(one, MAY) for one in desk.horizon.needs.values()))
    found = desk.round_of(0, tuple(desk.call(one, 0) for one in desk.horizon.needs.values()))
    assert isinstance(found, Round)
    assert improved(choice, {0: found}, seconds=1e-9) == {0: found}


def test_pinned_order_is_kept_by_the_model():
    """Up the road and down again would be 64 km; with the last, the first and a pair pinned it is longer."""
    names = [f"km {km}" for km in (5, 10, 15, 20, 26, 32)]
    pins = (
        Pin("need km 32", MONDAY, turn=Turn.FIRST),
        Pin("need km 26", MONDAY, turn=Turn.LAST),
        Pin("need km 20", MONDAY, after="need km 5"),
    )
    asked = one_day({name: float(name[3:]) for name in names}, rules=Rules(lunch_s=0))
    _, rounds = improved_day(replace(asked, pins=pins))
    order = [call.site_id for call in rounds[0].calls]
    assert (order[0], order[-1]) == ("km 32", "km 26")
    assert order.index("km 20") == order.index("km 5") + 1
    assert rounds[0].times.drive_s == (32 + 27 + 21 + 26) * 60

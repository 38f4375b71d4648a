"""Several services in one stop: set up once, packed up once, one stop on the road; only where the rule asks for it."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.routing.bounds.proof import bounds_of
from outreach.routing.checks import check
from outreach.routing.choice import Choice, Wish
from outreach.routing.day import improved
from outreach.routing.draft import Desk, Round
from outreach.routing.expand import Horizon
from outreach.routing.kernel.clock import earliest_return, first_departures, working_day
from outreach.routing.kernel.world import NOWHERE
from outreach.routing.model import world_of
from outreach.routing.objective import Prices, measure
from outreach.routing.problem import Need, Problem, Rules, SiteWindow
from outreach.routing.search import Budget, Search
from outreach.routing.solution import Hurdle, RuleName, Solution, Tour
from outreach.routing.solve import solve
from outreach.routing.timeline import Clock, Failure, Misfit, call_of
from outreach.routing.written import Scribe, WrittenVisit
from tests.routing.small import MONDAY, H, bus, need, problem, site
from tests.routing.test_properties import provinces

SHARED = Rules(shared_set_up=True)
STEADY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def school(window: SiteWindow, *service_s: int, rules: Rules = SHARED, days: int = 1) -> Problem:
    """One school 10 km out that wants so many services, each once."""
    needs = tuple(need("a", service_s=seconds) for seconds in service_s)
    asked = problem({"base": 0, "a": 10}, sites=[site("a", windows=[window])], needs=(), rules=rules, days=days)
    return replace(asked, needs=tuple(replace(one, id=f"n{i}") for i, one in enumerate(needs)))


def plan(asked: Problem, rounds: int = 1_000) -> Solution:
    solution = solve(asked, rounds=rounds)
    assert check(asked, solution) == ()
    return solution


def only_tour(asked: Problem) -> Tour:
    (tour,) = plan(asked).tours()
    return tour


def test_visit_support_and_boxes_at_one_school_are_one_stop():
    """2 h, 1 h and 20 min from 7:30 on: over at 10:50, while each with its own half hour would take until 11:50."""
    window = SiteWindow(7 * H + 1800, 10 * H + 3000)
    tour = only_tour(school(window, 2 * H, H, 1200))
    assert tour.stops[0].start_s == 7 * H + 1800
    assert all(
        before.depart_s == before.end_s == after.arrive_s == after.start_s
        for before, after in itertools.pairwise(tour.stops)
    )
    assert tour.stops[-1].end_s == 10 * H + 3000
    assert (tour.leave_s, tour.return_s) == (7 * H + 1800 - 1500, 10 * H + 3000 + 1500)
    apart = school(window, 2 * H, H, 1200, rules=Rules())
    assert plan(apart).unserved


def test_other_site_between_two_services_means_setting_up_again():
    """Morning and afternoon at one school, a commune library at noon in between: each is a stop of its own."""
    asked = problem(
        {"base": 0, "a": 10, "b": 12},
        sites=[site("a", windows=[SiteWindow(7 * H, 8 * H), SiteWindow(16 * H, 17 * H)]), site("b")],
        needs=[replace(need("a", service_s=H), id=f"n{i}") for i in range(2)] + [need("b", service_s=H)],
        rules=replace(SHARED, lunch_s=0),
        days=1,
    )
    tour = only_tour(asked)
    assert [stop.site_id for stop in tour.stops] == ["a", "b", "a"]
    assert all(stop.start_s - stop.arrive_s >= 900 and stop.depart_s - stop.end_s >= 900 for stop in tour.stops)


def test_one_stop_counts_once():
    """One stop a day: three services of one school fit, and one of another school does not."""
    window = SiteWindow(7 * H, 11 * H)
    rules = replace(SHARED, stops_max=1)
    assert len(only_tour(school(window, H, H, 1800, rules=rules)).stops) == 3
    two = problem(
        {"base": 0, "a": 10, "b": 11}, sites=[site("a"), site("b")], needs=[need("a"), need("b")], days=1, rules=rules
    )
    (left,) = plan(two).unserved
    assert (Hurdle.STOPS, 1) in {(miss.rule, miss.amount) for miss in left.nearest}


def test_what_keeps_a_third_service_off_is_not_the_number_of_stops():
    """One stop a day and hours for two of three services: the school would have to close half an hour later."""
    (left,) = plan(school(SiteWindow(7 * H, 10 * H), H, H, 5400, rules=replace(SHARED, stops_max=1))).unserved
    rules = {miss.rule: miss.amount for miss in left.nearest}
    assert Hurdle.STOPS not in rules
    assert rules[Hurdle.CLOSES_LATER] == 1800


def test_lunch_between_two_services_needs_no_packing_up():
    """8 to 11 and, after an hour's lunch, 12 to 14: the bus stays as it is."""
    rules = replace(SHARED, lunch_from_s=11 * H, lunch_to_s=12 * H)
    tour = only_tour(school(SiteWindow(8 * H, 14 * H), 3 * H, 2 * H, rules=rules))
    assert {(stop.start_s, stop.end_s) for stop in tour.stops} == {(8 * H, 11 * H), (12 * H, 14 * H)}
    assert (tour.lunch_start_s, tour.lunch_end_s) == (11 * H, 12 * H)
    later = replace(rules, lunch_from_s=11 * H + 60, lunch_to_s=12 * H + 60)
    assert plan(school(SiteWindow(8 * H, 14 * H), 3 * H, 2 * H, rules=later)).unserved


def test_the_judge_wants_setting_up_where_the_stop_is_not_shared():
    """The same plan without the rule has no set-up before its second service and no pack-up after its first."""
    asked = school(SiteWindow(7 * H, 11 * H), H, H)
    solution = plan(asked)
    breaches = check(replace(asked, rules=Rules()), solution)
    assert [(breach.rule, breach.amount) for breach in breaches] == [(RuleName.NO_SET_UP, 900)] * 2
    one = replace(asked, rules=replace(SHARED, stops_max=1))
    assert check(one, solution) == ()
    assert RuleName.TOO_MANY_STOPS in {b.rule for b in check(replace(one, rules=Rules(stops_max=1)), solution)}


def test_clock_counts_stops_and_says_by_how_many_they_are_too_many():
    """a, a, b, a are three stops."""
    asked = problem(
        {"base": 0, "a": 10, "b": 11},
        sites=[site("a", windows=[SiteWindow(6 * H, 18 * H)]), site("b", windows=[SiteWindow(6 * H, 18 * H)])],
        needs=[Need(f"n{i}", name, service_s=600) for i, name in enumerate("aaba")],
        rules=replace(SHARED, stops_max=2),
    )
    horizon = Horizon(asked)
    clock = Clock(horizon)
    calls = [call_of(horizon, one, asked.vehicles[0], MONDAY) for one in asked.needs]
    assert clock.times((0, 0), calls) == Failure(Misfit.STOPS, 1)
    assert not isinstance(clock.times((0, 0), [calls[0], calls[1], calls[3], calls[2]]), Failure)


def test_written_timetable_of_two_services_at_one_school_is_taken_as_it_stands():
    """8:00 to 9:00 and 9:00 to 10:00 in a sheet: sound with the rule."""
    asked = school(SiteWindow(7 * H, 11 * H), H, H)
    first, second = asked.needs
    visits = [WrittenVisit(first, H, 8 * H), WrittenVisit(second, H, 9 * H)]
    tour = Scribe(Horizon(asked)).tour(asked.vehicles[0], MONDAY, visits)
    assert [(stop.start_s, stop.end_s) for stop in tour.stops] == [(8 * H, 9 * H), (9 * H, 10 * H)]
    assert [(stop.arrive_s, stop.depart_s) for stop in tour.stops] == [(8 * H - 900, 9 * H), (9 * H, 10 * H + 900)]


def test_day_planned_again_by_the_model_alone_shares_stops():
    """RoutingModel finds the two services of one school in one stop, with another school's after lunch."""
    asked = problem(
        {"base": 0, "a": 10, "b": 12},
        sites=[site("a", windows=[SiteWindow(7 * H, 10 * H)]), site("b")],
        needs=[Need("n0", "a", service_s=H), Need("n1", "a", service_s=2 * H), Need("n2", "b", service_s=2 * H)],
        rules=replace(SHARED, stops_max=2),
        days=1,
    )
    desk = Desk(Horizon(asked))
    may = frozenset({frozenset[int](), frozenset({0})})
    found = improved(Choice(desk, (0,), tuple(Wish(one, may) for one in asked.needs)), {}, seconds=0.3)
    assert isinstance(found[0], Round)
    assert {call.need_id for call in found[0].calls[:2]} == {"n0", "n1"}
    assert len(found[0].calls) == 3


def doubled(asked: Problem, *, stops_max: int | None) -> Problem:
    """A province in which each site wants up to two services more, the rule on."""
    more = tuple(
        replace(one, id=f"{one.id} {part}", service_s=one.service_s // (part + 1), quota=1, max_gap_days=None)
        for one in asked.needs
        for part in (1, 2)
    )
    rules = replace(asked.rules, shared_set_up=True, stops_max=stops_max)
    return replace(asked, needs=(*asked.needs, *more), rules=rules)


@STEADY
@given(provinces(), st.sampled_from([None, 1, 2]), st.sampled_from([1, 1_500]))
def test_every_plan_with_shared_stops_is_sound(asked, stops_max, rounds):
    """The judge, who reads the rule for himself, finds nothing."""
    asked = doubled(asked, stops_max=stops_max)
    assert check(asked, solve(asked, rounds=rounds)) == ()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces(), st.sampled_from([None, 1, 2]))
def test_bounds_hold_where_stops_are_shared(asked, stops_max):
    """No plan makes more visits, and none with the same visits drives less."""
    asked = doubled(asked, stops_max=stops_max)
    plan_found = solve(asked, rounds=1_000)
    found, figures = bounds_of(asked, plan_found, seconds=2), measure(asked, plan_found)
    assert found.served_bound >= figures.visits
    assert found.driving_bound_s is None or found.driving_bound_s <= figures.drive_s


@STEADY
@given(provinces(), st.sampled_from([11 * H, 7 * H, 5 * H]))
def test_kernel_and_plain_clock_agree_where_stops_are_shared(asked, shift):
    """Up to three visits in any order: both find a day or neither, and the kernel's is no longer."""
    asked = doubled(asked, stops_max=None)
    asked = replace(asked, rules=replace(asked.rules, shift_max_s=shift))
    horizon = Horizon(asked)
    world = world_of(horizon, seed=1)
    stops, rows = world["stop"], world["hour"]["row"].reshape(world.number("forms"), world.number("tours"))
    for k, vd in enumerate(horizon.vehicle_days[:3]):
        rules = horizon.rules_on(vd.vehicle, vd.day)
        clock, depot = Clock(horizon, rules), horizon.travel.index[vd.vehicle.depot_id]
        may = [u for u in range(len(asked.needs)) if rows[u, k] != NOWHERE]
        for order in itertools.chain.from_iterable(itertools.permutations(may[-4:], n) for n in (1, 2, 3)):
            calls = [call_of(horizon, asked.needs[u], vd.vehicle, vd.day) for u in order]
            times = clock.times((depot, depot), calls)
            stops["need"][: len(order)], stops["row"][: len(order)] = order, rows[list(order), k]
            leave = first_departures(world.record, rules.leave_earliest_s)
            back, state = earliest_return(world.record, k, len(order), 0, *leave)
            drive = clock.drive_of((depot, depot), calls)
            work = drive + sum(call.set_up_s + call.service_s + call.pack_up_s for call in clock.joined(calls))
            day = working_day(world.record, k, len(order), work, back, state)
            if isinstance(times, Failure):
                assert day == NOWHERE or drive > rules.drive_max_s
            else:
                assert NOWHERE < day <= times.return_s - times.leave_s <= rules.shift_max_s


@STEADY
@given(provinces(), st.sampled_from([None, 1, 2]), st.integers(1, 3))
def test_the_search_believes_what_shared_stops_take(asked, stops_max, seed):
    """After hundreds of rounds, most taken back: handling and joints are those of the tours as they stand."""
    asked = doubled(asked, stops_max=stops_max)
    search = Search(Horizon(asked), seed=seed)
    search.run(Budget(400), hot_s=3_000.0, look=lambda _: None)
    for k, order in search.rounds().items():
        vd = search.horizon.vehicle_days[k]
        clock = Clock(search.horizon, search.horizon.rules_on(vd.vehicle, vd.day))
        calls = [call_of(search.horizon, asked.needs[u], vd.vehicle, vd.day) for u in order]
        handling = sum(call.set_up_s + call.service_s + call.pack_up_s for call in clock.joined(calls))
        assert search.world["tour"]["handling"][k] == handling
        assert search.world["tour"]["joints"][k] == len(calls) - clock.stops_of(calls)
    assert not search.world["tour"]["joints"][search.world["tour"]["size"] == 0].any()


@pytest.mark.parametrize(("group_s", "days"), [(0, 2), (20_000, 1)])
def test_wish_for_one_tour_is_a_group_of_one_site(group_s, days):
    """Two services of one school that wish for different weeks: for the price of a group they come on one day."""
    asked = school(SiteWindow(7 * H, 11 * H), H, H, days=12)
    weeks = (frozenset({MONDAY}), frozenset({MONDAY.fromordinal(MONDAY.toordinal() + 7)}))
    needs = tuple(replace(one, preferred_weeks=week) for one, week in zip(asked.needs, weeks, strict=True))
    sites = (replace(asked.sites[0], group="a"),)
    prices = Prices(group_s=group_s, wrong_week_s=15_000)
    solution = plan(replace(asked, needs=needs, sites=sites, prices=prices))
    assert len(list(solution.tours())) == days


def test_bus_with_a_slow_set_up_gains_most():
    """Set-ups of an hour: two services of two hours in one stop are a day of 6 h, apart they are 8 h and do not fit."""
    asked = school(SiteWindow(6 * H, 13 * H), 2 * H, 2 * H)
    asked = replace(asked, vehicles=(bus(set_up_s=H, pack_up_s=H),), rules=replace(SHARED, lunch_s=0))
    tour = only_tour(asked)
    assert tour.return_s - tour.leave_s == 6 * H + 2 * 600

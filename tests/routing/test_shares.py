"""Work shared between vehicles, weeks and days, and neighbours on one tour: each for a price, none without it."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.routing.checks import check
from outreach.routing.draft import Desk
from outreach.routing.expand import Horizon
from outreach.routing.objective import Prices, measure
from outreach.routing.problem import Problem, Rules, SiteWindow, Vehicle
from outreach.routing.redraft import draft_of
from outreach.routing.replan import replan
from outreach.routing.search import Budget, Search
from outreach.routing.shares import NONE, Ledger, Shares
from outreach.routing.solution import Solution
from outreach.routing.solve import solve
from tests.routing.small import MONDAY, MORNING, H, bus, need, problem, site
from tests.routing.test_properties import provinces

ALL_MORNING = 3 * H  # so that a tour has one visit
WEIGHED = Prices(balance_vehicles=20, balance_weeks=10, balance_days=15, long_day_s=5 * H, group_s=700)


def mornings(schools: dict[str, int], vehicles: list[Vehicle], *, days: int = 5, **prices: int) -> Problem:
    """Schools that take a whole morning each, so that every tour has one visit; bases stand at 0 and 10 km."""
    asked = problem(
        {"base": 0, "south": 10, **schools},
        sites=[site(name, windows=[MORNING]) for name in schools],
        needs=[need(name, service_s=ALL_MORNING) for name in schools],
        vehicles=vehicles,
        days=days,
    )
    return replace(asked, prices=Prices(**prices))


def plan(asked: Problem, rounds: int = 2_000) -> Solution:
    solution = solve(asked, rounds=rounds)
    assert check(asked, solution) == ()
    assert solution.unserved == ()
    return solution


def tours_by_vehicle(solution: Solution) -> dict[str, int]:
    return dict(Counter(tour.vehicle_id for tour in solution.tours()))


FOUR = {"a": 4, "b": 4, "c": 4, "d": 4}


@pytest.mark.parametrize(("percent", "tours"), [(0, {"north": 4}), (10, {"north": 2, "south": 2})])
def test_two_buses_share_the_work_although_one_is_nearer(percent, tours):
    """Four schools, 8 min of driving for one bus and 12 for the other, which saves 504 s in all if one bus does it.

    A fair share is 4 x 3.5 h x 5 of 10 days = 7 h; one bus would work 14 h 32, 7.53 h above it: 10 % of 7.53^2 / 5 h.
    """
    asked = mornings(FOUR, [bus("north"), bus("south", "south")], balance_vehicles=percent)
    assert tours_by_vehicle(plan(asked)) == tours


@pytest.mark.parametrize("longer", ["one", "two"])
def test_bus_with_half_the_days_does_half_the_work(longer):
    """Three schools, one bus that drives on four days and one that drives on two: two tours and one."""
    weekdays = {"one": frozenset({0, 1}), "two": frozenset({0, 1}), longer: frozenset({0, 1, 2, 3})}
    fleet = [bus(name, weekdays=days) for name, days in weekdays.items()]
    asked = mornings(dict.fromkeys("abc", 4), fleet, balance_vehicles=10)
    (other,) = weekdays.keys() - {longer}
    assert tours_by_vehicle(plan(asked)) == {longer: 2, other: 1}


@pytest.mark.parametrize(("percent", "weeks"), [(0, [4, 0]), (20, [2, 2])])
def test_two_weeks_share_the_work_although_one_is_wished_for(percent, weeks):
    """Four schools wish for the first week; 20 minutes of driving is the price of each that gets the second."""
    asked = mornings(FOUR, [bus()], days=12, balance_weeks=percent)
    asked = replace(asked, needs=tuple(replace(n, preferred_weeks=frozenset({MONDAY})) for n in asked.needs))
    days = [tour.day for tour in plan(asked).tours()]
    first = sum(day < MONDAY + timedelta(days=7) for day in days)
    assert [first, len(days) - first] == weeks
    work = dict(measure(asked, plan(asked)).work_s_by_week)
    assert list(work) == ["2027-W09", "2027-W10"]
    assert [seconds // (3 * H) for seconds in work.values()] == weeks


@pytest.mark.parametrize(("percent", "tours"), [(0, 1), (200, 2)])
def test_long_day_becomes_two(percent, tours):
    """Two schools an hour away: one day of 9 h 30 or two of 4 h 30, which cost 2 h 40 of driving and crew more.

    The long day is 1.5 h above a usual one: 200 % of 1.5^2 h.
    """
    asked = problem({"base": 0, "a": 60, "b": 60}, sites=[site("a"), site("b")], needs=[need("a"), need("b")])
    asked = replace(asked, prices=Prices(balance_days=percent))
    assert len(plan(asked).trips) == tours


@pytest.mark.parametrize(("group_s", "split", "kilometres"), [(0, 2, 48), (1_000, 2, 48), (1_600, 0, 88)])
def test_neighbours_of_a_group_get_one_tour_where_that_is_worth_the_way(group_s, split, kilometres):
    """Two groups with a school on each side of the base: together they take 40 km more, 2,520 s with the work."""
    at = {"a1": 10, "a2": -10, "b1": 12, "b2": -12}
    asked = problem(
        {"base": 0, **at}, sites=[site(name, group=name[0]) for name in at], needs=[need(name) for name in at]
    )
    asked = replace(asked, prices=Prices(group_s=group_s))
    found = measure(asked, plan(asked))
    assert (found.groups_split, found.distance_m) == (split, 1_000 * kilometres)


def test_share_costs_nothing_until_it_is_full_and_then_the_square():
    """One vehicle, one visit of 3.5 h: at 3.5 h a day nothing, an hour above 10 % of an hour, two hours four times."""
    (share,) = Shares(Horizon(mornings({"a": 4}, [bus()], days=1, balance_vehicles=10))).shares
    assert (share.key, share.days, share.fair_s) == (("vehicle", "bus"), 1, 7 * H // 2)
    assert [share.price(hours * H // 2) for hours in (0, 7, 9, 11)] == [0, 0, 360, 1_440]


def weighed(asked: Problem) -> Problem:
    """A province in which everything that is shared has a price, and every other site is of one of two groups."""
    sites = tuple(replace(s, group=("", "x", "y", "x")[i % 4]) for i, s in enumerate(asked.sites))
    return replace(asked, sites=sites, prices=WEIGHED)


STEADY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@STEADY
@given(provinces(), st.integers(1, 3))
def test_the_search_believes_what_its_plan_costs(asked, seed):
    """After hundreds of rounds, most of them taken back: tables and price are those of the tours as they stand."""
    asked = weighed(asked)
    search = Search(Horizon(asked), seed=seed)
    search.run(Budget(400), hot_s=3_000.0, look=lambda _: None)
    world, shares = search.world, Shares(search.horizon)
    rounds = {k: [asked.needs[u].id for u in order] for k, order in search.rounds().items()}
    works = world["tour"]["work"]
    ledger = Ledger(shares)
    together = sum(
        ledger.work(k, int(works[k])) + sum(ledger.visit(k, need_id) for need_id in order)
        for k, order in rounds.items()
    )
    assert all(works[k] == 0 for k in range(world.number("tours")) if k not in rounds)
    assert world["share"]["work"].tolist() == ledger.work_s
    assert world["bunch"]["tours"].tolist() == [ledger.tours[g] for g in range(len(shares.groups))]
    served = Counter(need_id for order in rounds.values() for need_id in order)
    missing = sum(
        search.horizon.price_of_missing(wanted) * (wanted.quota - served[wanted.id]) for wanted in asked.needs
    )
    days = sum(
        search.horizon.price_of_visit(search.horizon.needs[need_id], search.horizon.vehicle_days[k])
        for k, order in rounds.items()
        for need_id in order
    )
    tours = sum(WEIGHED.of_tour(int(world["tour"]["drive"][k]), int(works[k])) for k in rounds)
    few = 0.01 * (len(rounds) + 2 * len(shares.shares) + 1)  # whole hundredths
    assert world.number("cost") / 100 == pytest.approx(missing + days + tours + together, abs=few)


@STEADY
@given(provinces(), st.integers(1, 3))
def test_nights_and_shared_stops_leave_no_work_behind(asked, seed):
    """With trips of several days and several services at a site: shares and groups are those of the tours."""
    asked = weighed(asked)
    boxes = tuple(replace(n, id=f"{n.id} boxes", quota=1, max_gap_days=None, service_s=1_200) for n in asked.needs)
    asked = replace(
        asked,
        needs=(*asked.needs, *boxes),
        lodgings=tuple(place.id for place in asked.places)[1:4],
        rules=replace(asked.rules, shared_set_up=True, trip_days_max=3),
        prices=replace(WEIGHED, night_s=60),
    )
    search = Search(Horizon(asked), seed=seed)
    search.run(Budget(400), hot_s=3_000.0, look=lambda _: None)
    world, ledger = search.world, Ledger(Shares(search.horizon))
    for k, order in search.rounds().items():
        ledger.work(k, int(world["tour"]["work"][k]))
        for u in order:
            ledger.visit(k, asked.needs[u].id)
    assert world["share"]["work"].tolist() == ledger.work_s
    assert world["bunch"]["tours"].tolist() == [ledger.tours[g] for g in range(len(ledger.shares.groups))]
    believed = search.best_price
    search.back_to_best()
    assert search.best_price == believed
    assert check(asked, solve(asked, rounds=400, seed=seed)) == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_search_and_draft_agree_on_the_price_of_a_plan(seed):
    """Schools that are open all day, no lunch: every day is as short as it can be for both."""
    names = {f"s{i}": (3 + 5 * i) * (-1) ** i for i in range(10)}
    asked = problem(
        {"base": 0, "south": 10, **names},
        sites=[site(name, windows=[SiteWindow(6 * H, 18 * H)], group=f"{i % 4}") for i, name in enumerate(names)],
        needs=[need(name, quota=1 + i % 2, min_gap_days=2) for i, name in enumerate(names)],
        vehicles=[bus("north"), bus("south", "south", weekdays=frozenset({0, 2}))],
        days=12,
        rules=Rules(lunch_s=0, step_s=1),
    )
    asked = replace(asked, prices=WEIGHED)
    search = Search(Horizon(asked), seed=seed)
    search.run(Budget(2_000), hot_s=2_000.0, look=lambda _: None)
    rounds = {k: [asked.needs[u].id for u in order] for k, order in search.best_rounds().items()}
    draft = draft_of(Desk(search.horizon), rounds)
    assert draft.price == pytest.approx(search.best_price, abs=1)
    assert any(share.price(work) > 0 for share, work in zip(draft.desk.shares.shares, draft.ledger.work_s, strict=True))
    assert draft.ledger.tours.total() > len(draft.desk.shares.groups)


def test_tours_put_together_anew_are_never_dearer():
    """SCIP prices each tour for itself and so finds one bus for all four schools; the search's own price says no."""
    asked = mornings(FOUR, [bus("north"), bus("south", "south")], balance_vehicles=10)
    search = Search(Horizon(asked), seed=1)
    search.run(Budget(2_000), hot_s=500.0, look=lambda _: None)
    shared = search.best_price
    assert not search.recombine(seconds=1.0)
    assert search.best_price == pytest.approx(shared)
    assert Counter(search.horizon.vehicle_days[k].vehicle.id for k in search.best_rounds()) == {"north": 2, "south": 2}


def test_day_planned_again_knows_what_the_other_days_work():
    """One bus has worked all four mornings; of a Monday with both buses planned again the other one takes the visit."""
    fleet = [bus("north"), bus("south", "south")]
    asked = mornings(FOUR, fleet)
    old = plan(asked)
    day = next(iter(old.tours())).day
    chosen = [("north", day), ("south", day)]
    assert tours_by_vehicle(replan(asked, old, chosen)) == {"north": 4}
    new = replan(replace(asked, prices=Prices(balance_vehicles=10)), old, chosen)
    assert tours_by_vehicle(new) == {"north": 3, "south": 1}


def test_day_planned_again_knows_which_groups_the_other_days_visit():
    """The other school of the group is visited on another day: one more tour of the group is not a first one."""
    at = {"a1": 10, "b": -14, "a2": 10}
    asked = problem(
        {"base": 0, **at},
        sites=[site(name, windows=[MORNING], group=name[0]) for name in at],
        needs=[need(name, service_s=ALL_MORNING) for name in at],
    )
    asked = replace(asked, prices=Prices(group_s=500))
    shares = Shares(Horizon(asked))
    other_days = Ledger(shares)
    other_days.visit(0, "need a1")
    assert other_days.price_with({1: (0, ["need a2"])}) == 500
    assert other_days.price_with({1: (0, ["need b"])}) == 0
    assert other_days.price_with({1: (0, ["need a2"]), 2: (0, ["need a2"])}) == 1_000
    assert shares.of_tour[0] == (NONE, NONE)


def test_every_order_of_booking_costs_the_same():
    """The price of a plan does not depend on which of its tours comes first."""
    asked = replace(mornings(FOUR, [bus("north"), bus("south", "south")]), prices=WEIGHED)
    shares = Shares(Horizon(asked))
    works = [(0, 4 * H), (1, 9 * H), (2, 7 * H), (5, 3 * H)]
    totals = []
    for order in itertools.permutations(works):
        ledger = Ledger(shares)
        totals.append(sum(ledger.work(k, seconds) for k, seconds in order))
    assert totals == pytest.approx([totals[0]] * len(totals))
    assert totals[0] > 0

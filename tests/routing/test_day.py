"""One day by OR-Tools: the best order, checked against trying all of them."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.routing.day import best_order
from outreach.routing.draft import Desk, Round
from outreach.routing.expand import Horizon
from outreach.routing.problem import Rules, SiteWindow
from outreach.routing.timeline import Times
from tests.routing.small import H, bus, need, problem, site, two_schools_one_bus


def test_order_follows_the_road_not_the_list():
    """Given far, near, middle; driven near, middle, far or the other way: 40 km either way."""
    names = {"far": 20, "near": 5, "middle": 10}
    asked = problem(
        {"base": 0, **names},
        sites=[site(name, windows=[SiteWindow(8 * H, 17 * H)]) for name in names],
        needs=[need(name, service_s=1800) for name in names],
        rules=Rules(lunch_s=0),
        days=1,
    )
    desk = Desk(Horizon(asked))
    calls = [desk.call(desk.horizon.needs[f"need {name}"], 0) for name in names]
    order = best_order(desk.clock_of(0), desk.depots[0], calls)
    assert desk.clock_of(0).drive_of(desk.depots[0], order) == 40 * 60


def test_lone_visit_needs_no_solver():
    """One call is its own order."""
    desk = Desk(Horizon(two_schools_one_bus()))
    call = desk.call(desk.horizon.needs["need a"], 0)
    assert best_order(desk.clock_of(0), desk.depots[0], [call]) == (call,)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(-30, 30), st.sampled_from([8, 10, 12])), min_size=2, max_size=5))
def test_found_order_drives_no_more_than_the_best_of_all(stops):
    """All orders tried by hand: OR-Tools drives no more than any order the timeline accepts."""
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
    depot = desk.depots[0]
    times = [desk.clock_of(0).times(depot, order) for order in permutations(calls)]
    drives = [found.drive_s for found in times if isinstance(found, Times)]
    order = best_order(desk.clock_of(0), depot, calls)
    if drives:
        assert order is not None
        assert desk.clock_of(0).drive_of(depot, order) <= min(drives)
        if isinstance(desk.round_of(0, order), Round):
            assert desk.clock_of(0).drive_of(depot, order) == min(drives)

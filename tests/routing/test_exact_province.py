"""Fifty small provinces against a model of its own that proves its answer the best."""

from collections import Counter

import pytest

from outreach.routing.bounds.proof import bounds_of
from outreach.routing.checks import check
from outreach.routing.objective import measure
from outreach.routing.solve import solve
from tests.routing.exact_province import Exact, small_province

pytestmark = pytest.mark.usefixtures("warm_kernel")
ROUNDS = 20_000


@pytest.mark.parametrize("seed", range(50))
def test_small_province_is_planned_as_well_as_can_be(seed):
    """The same priorities served, driving at most 1 % above the least; and both bounds hold for the best plan."""
    asked = small_province(seed)
    plan, best = solve(asked, rounds=ROUNDS), Exact(asked).best()
    assert check(asked, plan) == ()
    made = Counter(stop.need_id for _, stop in plan.stops())
    priority = {need.id: need.priority for need in asked.needs}
    assert sum(priority[u] * n for u, n in made.items()) == sum(priority[u] * n for u, n in best.visits.items())
    figures, bounds = measure(asked, plan), bounds_of(asked, plan, seconds=20)
    assert figures.drive_s <= best.drive_s * 1.01
    assert bounds.served_bound >= sum(best.visits.values())
    if made == Counter({u: n for u, n in best.visits.items() if n}):
        assert (bounds.driving_bound_s or 0) <= best.drive_s <= figures.drive_s

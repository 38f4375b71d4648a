"""The page of figures says what is proven, of the very plan it was proven of and of no other."""

from dataclasses import replace

import pytest

from outreach.domain.roles import Actor, Role
from outreach.routing.bounds.proof import bounds_of
from outreach.routing.solve import solve
from outreach.services import planning
from outreach.services.problems import build_problem
from outreach.store.plans import Plan
from outreach.wiring import House
from tests.web.conftest import Browser, Province
from tests.web.planner.test_journey import BEFORE


@pytest.fixture
def proven(house: House, province: Province) -> int:
    """A plan that was saved with its bounds."""
    actor = Actor(province.users[Role.PLANNER], province.organisation_id, Role.PLANNER, "Người xếp")
    with house.session(organisation_id=province.organisation_id) as session:
        problem = build_problem(session, province.plan_id, today=BEFORE)
        plan = solve(problem, rounds=2_000)
        plan = replace(plan, bounds=bounds_of(problem, plan, seconds=60))
        planning.save_solution(session, province.plan_id, problem, plan, actor=actor)
    return province.plan_id


def test_figures_say_how_far_from_the_best_the_plan_is(planner: Browser, proven: int) -> None:
    page = planner.page(f"/ke-hoach/{proven}/so-lieu")
    assert "đã xếp 12 trong nhiều nhất 12 buổi có thể" in page
    assert "trên mức tốt nhất có thể" in page


def test_nothing_is_claimed_of_a_plan_that_is_another_by_now(
    house: House, planner: Browser, province: Province, proven: int
) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        plan = session.get_one(Plan, proven)
        plan.figures = {**plan.figures, "drive_s": plan.figures["drive_s"] + 1}
    page = planner.page(f"/ke-hoach/{proven}/so-lieu")
    assert "Kế hoạch bằng số" in page
    assert "trong nhiều nhất" not in page
    assert "trên mức tốt nhất" not in page

"""Published plans after disruptions: which instances there are, what happens in them, and what rows say in sum."""

from datetime import timedelta

import pytest

from benchmarks.case import Unusable
from benchmarks.province import province
from benchmarks.replan import EACH, RepairCase, cases, happened
from benchmarks.table import ANEW, OURS, Row, summary
from outreach.routing.disruptions import LaterStart, UrgentNeed, VehicleAway, disturbed
from outreach.routing.solution import Solution
from outreach.routing.solve import solve
from outreach.routing.validate import validate

PROBLEM = province(40, 2, 3)
TODAY = PROBLEM.horizon.first + timedelta(weeks=8)


@pytest.mark.parametrize("name", ["9", "166-11", "700-0", "two"])
def test_an_instance_that_is_not_there_is_named(name):
    with pytest.raises(Unusable, match=name):
        next(cases([name]))


@pytest.mark.parametrize("number", range(1, EACH + 1))
def test_what_happens_is_the_same_each_time_and_can_be(number):
    """The problem takes every disruption; the same number gives the same one, and something happens in each."""
    once, again = (tuple(happened("40", number, PROBLEM, TODAY)) for _ in range(2))
    assert once == again
    assert once
    validate(disturbed(PROBLEM, once))


def test_all_kinds_of_the_task_are_there():
    kinds = {type(one) for number in range(1, EACH + 1) for one in happened("40", number, PROBLEM, TODAY)}
    assert len(kinds) == 6
    assert {VehicleAway, LaterStart, UrgentNeed} <= kinds


def test_a_plan_left_as_it_was_has_moved_nothing_and_an_empty_one_everything():
    """Told from today on, as the case counts it, whatever the planner says of itself."""
    plan = solve(PROBLEM, rounds=100)
    case = RepairCase("40-1", PROBLEM, plan, (), TODAY)
    told = sum(tour.day >= TODAY for tour, _ in plan.stops())
    assert (case.judged(plan).moved, case.judged(plan).faults) == (0, [])
    empty = case.judged(Solution(()))
    assert empty.moved == told
    assert empty.faults


def row(instance: str, solver: str, *, served: int, moved: int, lost: int | None = None) -> Row:
    run = (10.0, 1, "v", 1.0, True, served, 7.25)
    return Row("replan", instance, "", solver, *run, moved=moved, lost=lost)


def test_rows_are_summed_up_by_size():
    rows = [
        row("166-1", OURS, served=99, moved=6, lost=5),
        row("166-1", ANEW, served=100, moved=80),
        row("166-2", OURS, served=100, moved=7, lost=5),
        row("166-2", ANEW, served=100, moved=90),
    ]
    moved, served = summary("replan", rows)
    assert moved == (
        "166 sites: 13 announced visits moved, 10 had lost their place (1.30); "
        "more than 1.2 times as many in 1 of 2; longest 7.2 s"
    )
    assert served == "166 sites: 199 visits made, planned anew 200 with 170 moved; worst -1.00 % (166-1)"

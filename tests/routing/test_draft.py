"""A plan in the making: visits come and go, and what is left keeps every rule."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from outreach.routing.checks import check
from outreach.routing.draft import Desk, Draft
from outreach.routing.expand import Horizon
from outreach.routing.objective import price_of_missing
from outreach.routing.solution import Ending, RuleName
from tests.routing.small import MONDAY, need, problem, site

CHAIN = (0, 2, 4, 7, 9)  # days after the first Monday, never more than three apart


def chain_of_five() -> Draft:
    """One school, five visits on the days of `CHAIN`, at most three days apart."""
    wanted = need("a", quota=5, max_gap_days=3)
    draft = Draft(Desk(Horizon(problem({"base": 0, "a": 10}, sites=[site("a")], needs=[wanted], days=12))))
    for k in vehicle_days(draft, CHAIN):
        found = draft.price_of_adding(wanted, k)
        assert found is not None
        draft.add(wanted, k, found[1])
    return draft


def vehicle_days(draft: Draft, offsets: Sequence[int]) -> list[int]:
    """The numbers of the vehicle-days so many days after the first Monday."""
    number = {vehicle_day.day: k for k, vehicle_day in enumerate(draft.desk.vehicle_days)}
    return [number[MONDAY + timedelta(days=offset)] for offset in offsets]


def rest(draft: Draft) -> tuple[date, ...]:
    return draft.days["need a"]


def test_chain_that_loses_its_middle_is_taken_out_whole():
    """From Wednesday to the next Monday is five days where three are allowed: nothing stays, everything is owed."""
    draft = chain_of_five()
    draft.remove("need a", *vehicle_days(draft, [4]))
    assert (rest(draft), draft.rounds) == ((), {})
    assert not +draft.out
    assert draft.price == pytest.approx(5 * price_of_missing(draft.needs["need a"]))


@pytest.mark.parametrize("offset", [CHAIN[0], CHAIN[-1]])
def test_chain_that_loses_an_end_keeps_the_rest(offset):
    """The other four are as near to each other as before; the judge misses only the visit that went."""
    draft = chain_of_five()
    draft.remove("need a", *vehicle_days(draft, [offset]))
    assert rest(draft) == tuple(MONDAY + timedelta(days=day) for day in CHAIN if day != offset)
    solution = draft.solution(seed=1, ending=Ending.FINISHED)
    breaches = check(draft.desk.horizon.problem, solution)
    assert [(breach.rule, breach.amount) for breach in breaches] == [(RuleName.WRONG_COUNT, 1)]


def test_visit_that_would_leave_too_long_a_gap_costs_nothing_because_it_cannot_be():
    """Monday is there; Friday is four days off where three are allowed, Thursday is not."""
    wanted = need("a", quota=2, max_gap_days=3)
    draft = Draft(Desk(Horizon(problem({"base": 0, "a": 10}, sites=[site("a")], needs=[wanted]))))
    monday, thursday, friday = vehicle_days(draft, [0, 3, 4])
    first = draft.price_of_adding(wanted, monday)
    assert first is not None
    draft.add(wanted, monday, first[1])
    assert draft.price_of_adding(wanted, friday) is None
    assert draft.price_of_adding(wanted, thursday) is not None

"""A plan in the making: what one more visit may cost, and where it cannot be."""

from collections.abc import Sequence
from datetime import timedelta

from outreach.routing.draft import Desk, Draft
from outreach.routing.expand import Horizon
from tests.routing.small import MONDAY, need, problem, site


def vehicle_days(draft: Draft, offsets: Sequence[int]) -> list[int]:
    """The numbers of the vehicle-days so many days after the first Monday."""
    number = {vehicle_day.day: k for k, vehicle_day in enumerate(draft.desk.vehicle_days)}
    return [number[MONDAY + timedelta(days=offset)] for offset in offsets]


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

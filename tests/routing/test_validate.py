"""A problem looked over before anything is planned: what cannot be is named by its field."""

from dataclasses import replace

import pytest

from outreach.domain.errors import InvalidValue
from outreach.routing.problem import Problem
from outreach.routing.validate import validate
from tests.routing.small import two_schools_one_bus


def with_vehicle(problem: Problem, **changes: object) -> Problem:
    return replace(problem, vehicles=(replace(problem.vehicles[0], **changes),))


def with_need(problem: Problem, **changes: object) -> Problem:
    return replace(problem, needs=(replace(problem.needs[0], **changes), *problem.needs[1:]))


def with_site(problem: Problem, **changes: object) -> Problem:
    return replace(problem, sites=(replace(problem.sites[0], **changes), *problem.sites[1:]))


def with_rules(problem: Problem, **changes: object) -> Problem:
    return replace(problem, rules=replace(problem.rules, **changes))


def with_prices(problem: Problem, **changes: object) -> Problem:
    return replace(problem, prices=replace(problem.prices, **changes))


def test_sound_problem_is_let_through():
    """Two schools and one bus have nothing wrong with them."""
    validate(two_schools_one_bus())


@pytest.mark.parametrize(
    ("spoil", "changes", "field"),
    [
        (with_vehicle, {"set_up_s": -900}, "vehicles[0].set_up_s"),
        (with_vehicle, {"pack_up_s": 86_401}, "vehicles[0].pack_up_s"),
        (with_vehicle, {"weekdays": frozenset({9})}, "vehicles[0].weekdays"),
        (with_site, {"extra_set_up_s": -60}, "sites[0].extra_set_up_s"),
        (with_need, {"min_gap_days": -5}, "needs[0].min_gap_days"),
        (with_need, {"min_gap_days": 7, "max_gap_days": 6}, "needs[0].max_gap_days"),
        (with_rules, {"stops_max": 0}, "rules.stops_max"),
        (with_rules, {"lunch_s": -60}, "rules.lunch_s"),
        (with_rules, {"drivers_per_vehicle": -1}, "rules.drivers_per_vehicle"),
        (with_prices, {"balance_vehicles": -1}, "prices.balance_vehicles"),
        (with_prices, {"balance_weeks": 1_001}, "prices.balance_weeks"),
        (with_prices, {"balance_days": -5}, "prices.balance_days"),
        (with_prices, {"long_day_s": 86_401}, "prices.long_day_s"),
        (with_prices, {"group_s": -600}, "prices.group_s"),
    ],
)
def test_value_that_cannot_be_is_named(spoil, changes, field):
    """One value is spoilt, and its field stands in the error."""
    with pytest.raises(InvalidValue) as caught:
        validate(spoil(two_schools_one_bus(), **changes))
    assert caught.value.field == field

"""One vehicle-day by the minute: when a service starts in a host's hours."""

import pytest

from outreach.routing.expand import Horizon
from outreach.routing.problem import Rules, SiteWindow
from outreach.routing.timeline import Clock, Failure, Misfit, Times, call_of
from tests.routing.small import MONDAY, H, bus, need, problem, site

OPENING = 7 * H + 31 * 60


def morning(hours: SiteWindow, rules: Rules | None = None) -> Times | Failure:
    """One school ten minutes out, two hours of service, a quarter of an hour of set-up."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a", windows=[hours])], needs=[need("a")], rules=rules)
    horizon = Horizon(asked)
    return Clock(horizon).times(horizon.travel.index["base"], [call_of(horizon, asked.needs[0], bus(), MONDAY)])


@pytest.mark.parametrize(
    ("minutes", "start"),
    [
        pytest.param(120, OPENING, id="as long as the service: from the opening"),
        pytest.param(123, OPENING, id="no full step fits: from the opening"),
        pytest.param(124, OPENING + 4 * 60, id="from 7:35 to 9:35 it fits: at the full step"),
        pytest.param(150, OPENING + 4 * 60, id="longer: at the first full step"),
    ],
)
def test_service_in_odd_hours_starts_at_a_full_step_where_one_fits(minutes, start):
    """The host opens at 7:31."""
    times = morning(SiteWindow(OPENING, OPENING + minutes * 60))
    assert isinstance(times, Times)
    assert times.start_s == (start,)


def test_service_as_long_as_the_hours_is_missed_by_a_bus_that_is_ready_after_the_opening():
    """Leaving at 7:10 it is ready at 7:35: four minutes too late."""
    late = Rules(leave_earliest_s=7 * H + 10 * 60)
    assert morning(SiteWindow(OPENING, OPENING + 2 * H), late) == Failure(Misfit.WINDOW, 4 * 60)

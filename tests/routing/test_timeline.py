"""One vehicle-day by the minute: when a service starts in a host's hours."""

import pytest

from outreach.routing.checks import check
from outreach.routing.expand import Horizon
from outreach.routing.problem import Rules, SiteWindow
from outreach.routing.solution import Solution, Trip
from outreach.routing.timeline import Clock, Failure, Misfit, Times, call_of
from tests.routing.small import MONDAY, H, bus, need, problem, site

OPENING = 7 * H + 31 * 60


def home(horizon: Horizon) -> tuple[int, int]:
    """From the base and back to it."""
    base = horizon.travel.index["base"]
    return base, base


def morning(hours: SiteWindow, rules: Rules | None = None) -> Times | Failure:
    """One school ten minutes out, two hours of service, a quarter of an hour of set-up."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a", windows=[hours])], needs=[need("a")], rules=rules)
    horizon = Horizon(asked)
    return Clock(horizon).times(home(horizon), [call_of(horizon, asked.needs[0], bus(), MONDAY)])


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


def test_crew_that_leaves_after_noon_to_keep_its_shift_has_no_lunch_on_the_way():
    """A shift of eight hours: out at 7:00 with lunch it would take over twelve; out at 11:40 no lunch is owed."""
    rules = Rules(leave_earliest_s=7 * H, return_latest_s=69_180, shift_max_s=8 * H, drive_max_s=4 * H)
    asked = problem(
        {"base": 0, "s0": 28, "s7": 95, "s1": 38},
        sites=[site("s0"), site("s7"), site("s1", windows=[SiteWindow(6 * H, 19 * H)])],
        needs=[need("s0", service_s=1800), need("s7", service_s=1800), need("s1", service_s=5400)],
        days=1,
        rules=rules,
    )
    horizon = Horizon(asked)
    clock, vehicle = Clock(horizon), horizon.vehicles["bus"]
    calls = [call_of(horizon, horizon.needs[f"need {name}"], vehicle, MONDAY) for name in ("s7", "s0", "s1")]
    times = clock.times(home(horizon), calls)
    assert isinstance(times, Times)
    assert times.lunch_at is None
    trip = Trip("bus", (clock.tour(vehicle, MONDAY, home(horizon), calls, times),))
    assert check(asked, Solution((trip,))) == ()

"""The last phase of a run with a time: what is proven comes with the plan, and never in its way."""

from dataclasses import replace

import pytest

from outreach.routing import solve as door
from outreach.routing.bounds import waiting
from outreach.routing.expand import Horizon
from outreach.routing.formats import figures_to_json, solution_from_json, solution_to_json
from outreach.routing.objective import measure
from outreach.routing.solution import Bounds, Phase
from tests.routing.small import two_schools_one_bus

pytestmark = pytest.mark.usefixtures("warm_kernel")
LONG_S = 60.0  # for a machine that must compile first


@pytest.fixture
def short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a second have a last phase too, and as long as they need for it."""
    monkeypatch.setattr(door, "BOUND_FROM_S", 1)
    monkeypatch.setattr(waiting, "LATE_S", LONG_S)
    waiting.Proof().of(Horizon(two_schools_one_bus()), door.solve(two_schools_one_bus(), rounds=1), seconds=LONG_S)


@pytest.mark.usefixtures("short_runs")
def test_run_ends_with_what_is_proven():
    """Both schools on one tour of 24 minutes: there is no more to do and no way to drive less."""
    asked, told = two_schools_one_bus(), []
    plan = door.solve(asked, seconds=1, report=told.append)
    assert plan.bounds == Bounds(visits=2, drive_s=1_440, served_bound=2, driving_bound_s=1_440)
    assert (plan.bounds.served_gap, plan.bounds.driving_gap) == (0, 0)
    judged, proving, proven = told[-3:]
    assert [step.phase for step in (judged, proving, proven)] == [Phase.JUDGING, Phase.BOUNDING, Phase.BOUNDING]
    assert (judged.solution, proven.solution) == (replace(plan, bounds=None), plan)
    assert figures_to_json(proven.figures)["driving_bound_s"] == 1_440


def test_runs_by_rounds_and_short_ones_prove_nothing():
    """Whoever asks for rounds wants the same plan byte for byte, and a run of seconds has none to spare."""
    asked = two_schools_one_bus()
    assert door.solve(asked, rounds=10).bounds is None
    assert door.solve(asked, seconds=0.5).bounds is None


@pytest.mark.usefixtures("short_runs")
def test_figures_of_a_plan_made_from_another_claim_nothing():
    """Half a plan with the bounds of the whole one: they speak of other visits."""
    asked = two_schools_one_bus()
    plan = door.solve(asked, seconds=1)
    tour = next(plan.tours())
    half = replace(plan, trips=(replace(plan.trips[0], tours=(replace(tour, stops=tour.stops[:1]),)),))
    assert measure(asked, plan).served_bound == 2
    assert (measure(asked, half).served_bound, measure(asked, half).driving_bound_s) == (None, None)


@pytest.mark.usefixtures("short_runs")
def test_bounds_stand_in_the_file_of_a_plan_and_may_be_missing_there():
    plan = door.solve(two_schools_one_bus(), seconds=1)
    written = solution_to_json(plan)
    assert solution_from_json(written) == plan
    del written["bounds"]
    assert solution_from_json(written).bounds is None


def test_what_is_not_done_in_time_is_not_claimed(monkeypatch):
    """No time at all: the answer is that nothing is known."""
    monkeypatch.setattr(waiting, "LATE_S", 0.0)
    asked = two_schools_one_bus()
    plan = door.solve(asked, rounds=1)
    assert waiting.Proof().of(Horizon(asked), plan, seconds=0.0) is None

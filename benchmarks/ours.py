"""Our own planner on an instance, through the door that everybody uses."""

import os
from pathlib import Path

from benchmarks.case import FIRST_DAY, Case, Routes, Slot, Visit, problem_of, routes_of
from benchmarks.day import DayAnswer, DayCase
from outreach.routing.replan import replan
from outreach.routing.solve import solve

os.environ.setdefault("OUTREACH_KERNEL_CACHE", str(Path(__file__).parents[1] / "build" / "kernel-cache"))


def outreach(case: Case, *, seconds: float, seed: int) -> Routes:
    """`outreach.routing.solve` in one process."""
    return routes_of(case, solve(problem_of(case), seconds=seconds, seed=seed))


def one_day(case: DayCase, *, seconds: float, seed: int) -> DayAnswer:  # noqa: ARG001 - it has its own time and seed
    """`outreach.routing.replan` on a day that holds nothing yet."""
    bus, wanted = case.problem.vehicles[0].id, [need.id for need in case.problem.needs]
    return DayAnswer(replan(case.problem, case.nothing, [(bus, FIRST_DAY)], needs=wanted))


def get_ready() -> None:
    """Compile the search, or load it, before the clock runs: a machine does so once after each new version."""
    import numpy as np  # noqa: PLC0415

    legs = np.ones((2, 2)) - np.eye(2)
    solve(problem_of(Case("ready", "", legs, (Slot("bus", 0, 0),), (Visit(1.0),), limit=3_600.0)), rounds=1)

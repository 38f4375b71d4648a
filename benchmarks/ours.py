"""Our own planner on an instance, through the door that everybody uses."""

import os
from pathlib import Path

from benchmarks.case import Case, Routes, Slot, Visit, problem_of, routes_of
from outreach.routing.solve import solve

os.environ.setdefault("OUTREACH_KERNEL_CACHE", str(Path(__file__).parents[1] / "build" / "kernel-cache"))


def outreach(case: Case, *, seconds: float, seed: int) -> Routes:
    """`outreach.routing.solve` in one process."""
    return routes_of(case, solve(problem_of(case), seconds=seconds, seed=seed))


def get_ready() -> None:
    """Compile the search, or load it, before the clock runs: a machine does so once after each new version."""
    import numpy as np  # noqa: PLC0415

    legs = np.ones((2, 2)) - np.eye(2)
    solve(problem_of(Case("ready", "", legs, (Slot("bus", 0, 0),), (Visit(1.0),), limit=3_600.0)), rounds=1)

"""Our own planner on an instance, through the door that everybody uses."""

import os
import time
from pathlib import Path

from benchmarks.case import FIRST_DAY, Answer, Case, Slot, Visit, cost_of, problem_of, routes_of, slot_numbers
from benchmarks.day import DayAnswer, DayCase
from benchmarks.province import PROCESSES, ProvinceCase
from outreach.routing.expand import Horizon
from outreach.routing.replan import replan
from outreach.routing.solution import Progress, Solution
from outreach.routing.solve import solve

ROUNDS = 200_000  # that are timed
ROUNDS_BEFORE = 50  # for each visit, to make that plan
WARM = 0.1  # of the full heat while they are timed

os.environ.setdefault("OUTREACH_KERNEL_CACHE", str(Path(__file__).parents[1] / "build" / "kernel-cache"))


def outreach(case: Case, *, seconds: float, seed: int) -> Answer:
    """`outreach.routing.solve` in one process."""
    began = time.monotonic()
    solution = solve(problem_of(case), seconds=seconds, seed=seed, prove=False)
    return Answer(routes_of(case, solution), solution.rounds or None, time.monotonic() - began)


def told(case: Case, *, seconds: float, seed: int) -> Answer:
    """The same, listening to every better plan that holds all visits; telling of plans takes it a little time."""
    trace: list[tuple[float, float]] = []

    def hear(progress: Progress) -> None:
        if progress.solution is not None and not progress.solution.unserved:
            trace.append((round(progress.elapsed_s, 2), cost_of(case, routes_of(case, progress.solution))))

    solution = solve(problem_of(case), seconds=seconds, seed=seed, report=hear, prove=False)
    return Answer(routes_of(case, solution), trace=tuple(trace))


def rounds(case: Case, *, seconds: float, seed: int) -> Answer:  # noqa: ARG001 - they take what they take
    """So many rounds of the search alone, in seconds of the processor, from a plan that is as good at every size."""
    from outreach.routing.search import Budget, Search  # noqa: PLC0415 - numba: only a child of the benchmark needs it

    search = Search(Horizon(problem_of(case)), seed=seed)
    hot_s = search.full_heat_s()
    search.run(Budget(ROUNDS_BEFORE * len(case.visits)), hot_s=hot_s, look=_nobody)
    began = time.process_time()  # who else is on the core does not matter
    search.run(Budget(ROUNDS), hot_s=WARM * hot_s, look=_nobody)
    took = time.process_time() - began
    tours, numbers = search.horizon.vehicle_days, slot_numbers(case)
    routes = {numbers[tours[k].vehicle.id, tours[k].day]: order for k, order in search.best_rounds().items()}
    return Answer(routes, ROUNDS, took)


def _nobody(_: object) -> None:
    """Look at a plan on the way, and do nothing."""


def one_day(case: DayCase, *, seconds: float, seed: int) -> DayAnswer:  # noqa: ARG001 - it has its own time and seed
    """`outreach.routing.replan` on a day that holds nothing yet."""
    bus, wanted = case.problem.vehicles[0].id, [need.id for need in case.problem.needs]
    return DayAnswer(replan(case.problem, case.nothing, [(bus, FIRST_DAY)], needs=wanted))


def province(case: ProvinceCase, *, seconds: float, seed: int) -> Solution:
    """`outreach.routing.solve` in as many processes as a small server has cores, bounds included."""
    return solve(case.problem, seconds=seconds, seed=seed, processes=PROCESSES)


def get_ready() -> None:
    """Compile the search, or load it, before the clock runs: a machine does so once after each new version."""
    import numpy as np  # noqa: PLC0415

    legs = np.ones((2, 2)) - np.eye(2)
    solve(problem_of(Case("ready", "", legs, (Slot("bus", 0, 0),), (Visit(1.0),), limit=3_600.0)), rounds=1)

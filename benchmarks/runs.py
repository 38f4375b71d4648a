"""One planner on one instance in a process of its own, ended by force when it does not end by itself."""

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from benchmarks import ours, peers
from benchmarks.case import Case, Routes, check
from benchmarks.table import OURS, Row, engine_version

SOLVERS: dict[str, Callable[..., Routes]] = {
    OURS: ours.outreach,
    "pyvrp": peers.pyvrp,
    "vroom": peers.vroom,
    "ortools": peers.ortools,
    "two-phases": peers.two_phases,
}
MERCY = 2.0  # times the seconds asked for, and START_S for everything before, until a planner is ended by force
START_S = 90.0


def measure(bench: str, case: Case, solver: str, *, seconds: float, seed: int) -> Row:
    """The row of one run; what came too late or broke has no cost and says why."""
    mine, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_answer, args=(theirs, case, solver, seconds, seed))
    process.start()
    theirs.close()
    routes: Routes | None = None
    took, note = 0.0, ""
    try:
        if mine.poll(MERCY * seconds + START_S):
            routes, took, note = mine.recv()
        else:
            note = "ended by force"
    except EOFError:
        note = "ended without an answer"
    process.kill()
    process.join()
    cost, served, faults = check(case, routes) if routes is not None else (None, 0, [note])
    return Row(
        bench=bench,
        instance=case.name,
        variant=case.variant,
        solver=solver,
        seconds=seconds,
        seed=seed,
        version=engine_version() if solver == OURS else "",
        cost=cost if cost is None else round(cost, 4),
        feasible=not faults,
        served=served,
        took=round(took, 2),
        note="; ".join(faults[:3]),
        best_known=case.best_known,
        actual=case.actual,
    )


def _answer(pipe: Connection, case: Case, solver: str, seconds: float, seed: int) -> None:
    """In the child: get ready, then plan against the clock."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})  # one core, whatever a planner would take
    ours.get_ready()
    began = time.monotonic()
    try:
        routes: Routes | None = SOLVERS[solver](case, seconds=seconds, seed=seed)
        note = ""
    except Exception as error:
        routes, note = None, f"{type(error).__name__}: {error}"
    pipe.send((routes, time.monotonic() - began, note))

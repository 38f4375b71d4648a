"""One planner on one instance in a process of its own, ended by force when it does not end by itself."""

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks import ours, peers
from benchmarks.case import Answer, Case, check
from benchmarks.table import OURS, OWN, ROUNDS, TRACED, Row, engine_version

SOLVERS: dict[str, Callable[..., Answer]] = {
    OURS: ours.outreach,
    ROUNDS: ours.rounds,
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
    planner = ours.told if bench == TRACED and solver == OURS else SOLVERS[solver]
    process = multiprocessing.get_context("spawn").Process(target=_answer, args=(theirs, case, planner, seconds, seed))
    process.start()
    theirs.close()
    answer: Answer | None = None
    took, peak_mb, note = 0.0, None, ""
    try:
        if mine.poll(MERCY * seconds + START_S):
            answer, took, peak_mb, note = mine.recv()
        else:
            note = "ended by force"
    except EOFError:
        note = "ended without an answer"
    process.kill()
    process.join()
    cost, served, faults = check(case, answer.routes) if answer is not None else (None, 0, [note])
    return Row(
        bench=bench,
        instance=case.name,
        variant=case.variant,
        solver=solver,
        seconds=seconds,
        seed=seed,
        version=engine_version() if solver in OWN else "",
        cost=cost if cost is None else round(cost, 4),
        feasible=not faults,
        served=served,
        took=round(took, 2),
        note="; ".join(faults[:3]),
        best_known=case.best_known,
        actual=case.actual,
        tours=len(case.slots),
        rounds=answer.rounds if answer else None,
        rounds_s=answer.rounds_s if answer else None,
        peak_mb=peak_mb,
        trace=answer.trace if answer and bench == TRACED else (),
    )


def _answer(pipe: Connection, case: Case, planner: Callable[..., Answer], seconds: float, seed: int) -> None:
    """In the child: get ready, then plan against the clock."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})  # one core, whatever a planner would take
    ours.get_ready()
    began = time.monotonic()
    try:
        answer: Answer | None = planner(case, seconds=seconds, seed=seed)
        note = ""
    except Exception as error:
        answer, note = None, f"{type(error).__name__}: {error}"
    pipe.send((answer, time.monotonic() - began, _peak_mb(), note))


def _peak_mb() -> float | None:
    """The most memory this process has held; None where the system does not say it.

    Not ru_maxrss: a process begins that with what its parent held.
    """
    path = Path("/proc/self/status")
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return next((round(int(line.split()[1]) / 1024, 1) for line in lines if line.startswith("VmHWM:")), None)

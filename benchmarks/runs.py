"""One planner on one instance in a process of its own, ended by force when it does not end by itself."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from math import inf
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks import beats, exact, ours, peers, replan
from benchmarks.case import Answer, Case, Verdict
from benchmarks.day import DayCase
from benchmarks.province import ProvinceCase
from benchmarks.regular import RegularCase
from benchmarks.replan import RepairCase
from benchmarks.table import ANEW, EXACT, OURS, OWN, PROVINCE, ROUNDS, TRACED, Row, engine_version
from outreach.routing.solution import Solution

PERIOD_SOLVERS: dict[str, Callable[..., Answer]] = {
    OURS: ours.outreach,
    ROUNDS: ours.rounds,
    "pyvrp": peers.pyvrp,
    "vroom": peers.vroom,
    "ortools": peers.ortools,
    "two-phases": peers.two_phases,
}
PROVINCE_SOLVERS: dict[str, Callable[..., Any]] = {OURS: ours.province}
DAY_SOLVERS: dict[str, Callable[..., Any]] = {OURS: ours.one_day, EXACT: exact.cp_sat}
REGULAR_SOLVERS: dict[str, Callable[..., Any]] = {OURS: beats.regular}
REPAIR_SOLVERS: dict[str, Callable[..., Any]] = {OURS: replan.mended, ANEW: replan.anew}
AnyCase = Case | RegularCase | DayCase | RepairCase | ProvinceCase
LOOK_EVERY_S = 0.2
MERCY = 2.0  # times the seconds asked for, and START_S for everything before, until a planner is ended by force
START_S = 90.0


def solvers(bench: str) -> dict[str, Callable[..., Any]]:
    """The planners of a benchmark by name."""
    by_bench = {"day": DAY_SOLVERS, "rhythm": REGULAR_SOLVERS, "replan": REPAIR_SOLVERS, PROVINCE: PROVINCE_SOLVERS}
    return by_bench.get(bench, PERIOD_SOLVERS)


def measure(bench: str, case: AnyCase, solver: str, *, seconds: float, seed: int) -> Row:
    """The row of one run; what came too late or broke has no cost and says why."""
    mine, theirs = multiprocessing.Pipe(duplex=False)
    planner = ours.told if bench == TRACED and solver == OURS else solvers(bench)[solver]
    process = multiprocessing.get_context("spawn").Process(target=_answer, args=(theirs, case, planner, seconds, seed))
    process.start()
    theirs.close()
    answer: Any = None
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
    bounds = answer.bounds if isinstance(answer, Solution) else None
    search = answer if isinstance(answer, Answer) else None  # a planned day tells nothing of its search
    verdict = Verdict(inf, 0, [note]) if answer is None else case.judged(answer)
    return Row(
        bench=bench,
        instance=case.name,
        variant=case.variant,
        solver=solver,
        seconds=seconds,
        seed=seed,
        version=engine_version() if solver in OWN else "",
        cost=None if answer is None else round(verdict.cost, 4),
        feasible=not verdict.faults,
        served=verdict.served,
        took=round(took, 2),
        note="; ".join(verdict.faults[:3]) or verdict.note,
        best_known=case.best_known,
        moved=verdict.moved,
        lost=verdict.lost,
        actual=case.actual,
        tours=len(case.slots) if isinstance(case, Case | RegularCase) else 1,
        rounds=search.rounds if search else None,
        rounds_s=search.rounds_s if search else None,
        served_bound=bounds.served_bound if bounds else None,
        driving_bound=bounds.driving_bound_s if bounds else None,
        peak_mb=peak_mb,
        regular=verdict.regular,
        trace=search.trace if search and bench == TRACED else (),
    )


def _answer(pipe: Connection, case: AnyCase, planner: Callable[..., Any], seconds: float, seed: int) -> None:
    """In the child: get ready, then plan against the clock."""
    if hasattr(os, "sched_setaffinity") and not isinstance(case, ProvinceCase):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[-1]})  # one core, whatever a planner would take
    ours.get_ready()
    family = Family()
    began = time.monotonic()
    try:
        answer, note = planner(case, seconds=seconds, seed=seed), ""
    except Exception as error:
        answer, note = None, f"{type(error).__name__}: {error}"
    pipe.send((answer, time.monotonic() - began, max(_peak_mb() or 0, family.most_mb) or None, note))


def _peak_mb() -> float | None:
    """The most memory this process has held; None where the system does not say it.

    Not ru_maxrss: a process begins that with what its parent held.
    """
    path = Path("/proc/self/status")
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return next((round(int(line.split()[1]) / 1024, 1) for line in lines if line.startswith("VmHWM:")), None)


class Family:
    """The most memory that this process and those it started have held together, as far as somebody looked."""

    def __init__(self) -> None:
        self.most_mb = 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.most_mb = max(self.most_mb, sum(map(_held_mb, _descendants(os.getpid()))))
            time.sleep(LOOK_EVERY_S)


def _descendants(pid: int) -> list[int]:
    """A process and all that it started; itself alone where the system does not say."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        children = [int(word) for word in path.read_text(encoding="ascii").split()]
    except OSError:
        children = []
    return [pid, *(each for child in children for each in _descendants(child))]


def _held_mb(pid: int) -> float:
    """What a process holds now, its share of what several hold together; nothing of one that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)

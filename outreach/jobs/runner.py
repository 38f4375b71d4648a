"""One planning run from claim to end: feeds the solver, writes its progress, hears a person's wish."""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from outreach.domain.errors import InvalidValue, OutreachError, Unavailable
from outreach.domain.visits import RunState
from outreach.jobs.child import SolverChild
from outreach.routing.explain import explained
from outreach.routing.formats import problem_to_json, solution_from_json, solution_to_json
from outreach.routing.problem import Problem
from outreach.routing.solution import Ending, Phase, Solution
from outreach.services import problems, runs, saving
from outreach.services.runs import Claim, RunStep, Wish
from outreach.wiring import House

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2  # for a person's wish
WRITE_EVERY_S = 0.25  # at most four short writes a second
BEAT_EVERY_S = 2.0  # though nothing new was said
BEST_EVERY_S = 2.0  # the whole best plan, for a worker that must go on after a crash
GRACE_S = 2.0  # after its time the solver is ended by force
START_S = 60.0  # to start up and say its first word
COMPILE_S = 600.0  # to compile the search, once after an update, on the slowest machine

CRASHED = "Bộ xếp lịch dừng giữa chừng. Lịch cũ của kế hoạch còn nguyên; xin xếp lại."
TOO_LATE = "Hết thời gian mà chưa tìm được lịch nào. Xin xếp lại với thời gian dài hơn."
UNEXPECTED = "Có lỗi ngoài dự kiến khi xếp lịch. Lịch cũ của kế hoạch còn nguyên; người quản trị xem nhật ký máy chủ."


class Lost(Exception):
    """This worker no longer holds the run."""


def run_job(house: House, job_id: int, *, organisation_id: int, closing: threading.Event) -> None:
    """Do a queued run, if nobody else has it. When `closing` is set the run goes back to the queue."""
    with house.session(organisation_id=organisation_id) as session:
        claim = runs.claim_run(session, job_id)
    if claim is None:
        return
    log.info("run %s: attempt %s", claim.run_id, claim.attempt)
    try:
        _Run(house, claim, closing).go()
    except Lost:
        log.info("run %s: taken over by somebody else", claim.run_id)
    except OutreachError as error:
        log.warning("run %s: %s", claim.run_id, error)
        _fail(house, claim, str(error))
    except Exception:
        # Whatever went wrong, the person who waits must hear of it; the log has the rest.
        log.exception("run %s", claim.run_id)
        _fail(house, claim, UNEXPECTED)


def _fail(house: House, claim: Claim, sentence: str) -> None:
    with house.session(organisation_id=claim.organisation_id) as session:
        runs.fail_run(session, claim, sentence)


class _Run:
    """The state of one attempt; `best` is the newest sound plan as JSON."""

    def __init__(self, house: House, claim: Claim, closing: threading.Event) -> None:
        self.house, self.claim, self.closing = house, claim, closing
        self.began = time.monotonic()
        self.solving_since: float | None = None
        self.best: dict[str, Any] | None = claim.best
        self.phase = ""
        self.points: list[tuple[float, int, int, int]] = []
        self.wrote_at = self.wrote_best_at = 0.0
        self.unsaved_best = False

    def go(self) -> None:
        """Build the problem, let the child solve it, end the run."""
        today = datetime.now(ZoneInfo(self.claim.time_zone)).date()
        with self.house.session(organisation_id=self.claim.organisation_id, write=False) as session:
            problem = problems.build_problem(session, self.claim.plan_id, today=today)
            standing = saving.load_solution(session, self.claim.plan_id)
        with self.house.session(organisation_id=self.claim.organisation_id) as session:
            runs.describe_problem(session, self.claim, problem)
        question = {
            "problem": problem_to_json(problem),
            "seconds": self.claim.limit_s,
            "seed": self.claim.seed,
            "processes": self.house.settings.searches,
            # what an attempt before this one had found, else what the plan holds: a run never ends with less
            "start": self.claim.best or (solution_to_json(standing) if standing.trips else None),
        }
        with SolverChild(question, kernel_cache=self.house.settings.kernel_cache_folder) as child:
            log.info("run %s: solver process %s", self.claim.run_id, child.pid)
            self._watch(child, problem)

    def _watch(self, child: SolverChild, problem: Problem) -> None:
        while True:
            heard = child.hear(LOOK_EVERY_S)
            for answer in heard or ():
                if self._take(answer):
                    self._end(problem, RunState.DONE, self.best)
                    return
            if heard is None:
                log.warning(
                    "run %s: solver ended with %s\n%s", self.claim.run_id, child.exit_code(), child.last_words()
                )
                _fail(self.house, self.claim, CRASHED)
                return
            if self.closing.is_set():
                child.kill()
                self._release()
                return
            if self._obey(child, problem, self._tell()):
                return
            if self._overdue():
                child.kill()
                self._run_out(problem)
                return

    def _take(self, answer: Mapping[str, Any]) -> bool:
        """Take one line of the child; True when it was the last."""
        if "error" in answer:
            raise InvalidValue(answer["error"]["message"].replace("{", "{{").replace("}", "}}"), field="problem")
        if self.solving_since is None:
            self.solving_since = time.monotonic()
        if answer.get("solution"):
            self.best, self.unsaved_best = answer["solution"], True
        if answer.get("done"):
            return True
        if self.phase == Phase.COMPILING:  # over now; it takes nothing from the time of the search
            self.solving_since = time.monotonic()
        self.phase = answer.get("phase") or self.phase
        if figures := answer.get("figures"):
            self.points.append((answer["elapsed_s"], figures["visits"], figures["distance_m"], figures["drive_s"]))
        return False

    def _tell(self) -> Wish:
        """Write what is new, or only look what a person wishes."""
        now = time.monotonic()
        due = now - self.wrote_at >= (WRITE_EVERY_S if self.points else BEAT_EVERY_S)
        if not due:
            with self.house.session(organisation_id=self.claim.organisation_id, write=False) as session:
                return runs.wish_of(session, self.claim)
        with_best = self.unsaved_best and now - self.wrote_best_at >= BEST_EVERY_S
        step = RunStep(
            phase=self.phase,
            elapsed_s=round(now - self.began, 2),
            points=tuple(self.points),
            best=self.best if with_best else None,
        )
        try:
            with self.house.session(organisation_id=self.claim.organisation_id) as session:
                wish = runs.take_progress(session, self.claim, step)
        except Unavailable as error:  # a busy database: the solver goes on, and what is new waits
            log.warning("run %s: %s", self.claim.run_id, error)
            return Wish.GO_ON
        self.points, self.wrote_at = [], now
        if with_best:
            self.wrote_best_at, self.unsaved_best = now, False
        return wish

    def _obey(self, child: SolverChild, problem: Problem, wish: Wish) -> bool:
        """Do what a person wishes; True when the run is over."""
        if wish is Wish.GO_ON:
            return False
        child.kill()
        if wish is Wish.LOST:
            raise Lost
        if wish is Wish.KEEP:
            self._end(problem, RunState.CANCELLED, self.best, ending=Ending.STOPPED)
        else:
            self._end(problem, RunState.DISCARDED, None)
        return True

    def _overdue(self) -> bool:
        now = time.monotonic()
        if self.phase == Phase.COMPILING:
            return now - self.began > COMPILE_S + self.claim.limit_s
        if self.solving_since is None:
            return now - self.began > START_S + self.claim.limit_s
        return now - self.solving_since > self.claim.limit_s + GRACE_S

    def _run_out(self, problem: Problem) -> None:
        if self.best is None:
            _fail(self.house, self.claim, TOO_LATE)
        else:
            self._end(problem, RunState.DONE, self.best, ending=Ending.TIME_UP)

    def _release(self) -> None:
        with self.house.session(organisation_id=self.claim.organisation_id) as session:
            runs.release_run(session, self.claim)
        log.info("run %s: put back, the server is closing", self.claim.run_id)

    def _end(
        self, problem: Problem, state: RunState, best: dict[str, Any] | None, *, ending: Ending | None = None
    ) -> None:
        solution: Solution | None = solution_from_json(best) if best is not None else None
        if solution is not None and ending is not None:
            solution = replace(explained(problem, solution), ending=ending)
        step = RunStep(self.phase, round(time.monotonic() - self.began, 2), tuple(self.points))
        with self.house.session(organisation_id=self.claim.organisation_id) as session:
            if runs.take_progress(session, self.claim, step) is Wish.LOST:
                raise Lost
            runs.finish_run(session, self.claim, problem, solution, state=state)
        log.info("run %s: %s", self.claim.run_id, state.value)

"""A run in a real solver process: told, stopped, crashed, put back."""

import logging
import os
import re
import signal
import sys
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from outreach.domain.visits import JobState, RunState
from outreach.jobs import child, runner
from outreach.services.saving import load_solution
from outreach.store.fleet import Vehicle
from outreach.store.sites import Site
from outreach.wiring import House
from tests.jobs.ground import Ground, joined, queued_run, wait_until, working

pytestmark = pytest.mark.usefixtures("warm_kernel")
ENDLESS = 300.0


def visits(ground: Ground) -> int:
    with ground.house.session(organisation_id=ground.actor.organisation_id, write=False) as session:
        return len(list(load_solution(session, ground.plan_id).stops()))


def test_a_run_tells_its_progress_and_saves_the_plan(both: House) -> None:
    ground = queued_run(both, limit_s=2)
    joined(working(ground))
    run = ground.run()
    assert ground.states() == (RunState.DONE, JobState.DONE)
    assert visits(ground) == 12
    assert run.problem == {"sites": 8, "needs": 8, "wanted": 12, "vehicles": 1, "working_days": 20}
    assert [point[1] for point in run.curve][-1] == 12
    assert (run.phase, run.best, run.error) == ("judging", None, "")
    assert (run.seed, run.processes) == (1, 1)
    assert list(run.versions) == ["outreach", "python", "numba", "numpy", "ortools", "kernel"]


def test_a_run_of_two_searches_is_stopped_with_its_best_plan(house: House) -> None:
    ground = queued_run(replace(house, settings=replace(house.settings, solver_processes="2")), limit_s=ENDLESS)
    thread = working(ground)
    wait_until(lambda: ground.run().curve)
    ground.stop(keep=True)
    joined(thread)
    assert ground.states() == (RunState.CANCELLED, JobState.DONE)
    assert ground.run().processes == 2
    assert visits(ground) > 0


def test_reasons_in_words_and_figures_come_back_from_the_solver(house: House) -> None:
    ground = queued_run(house, limit_s=1)
    with house.session(organisation_id=ground.actor.organisation_id) as session:
        session.scalars(select(Vehicle)).one().length_m = 9.5
        session.scalars(select(Site)).first().max_length_m = 8.0
    joined(working(ground))
    assert (ground.run().state, ground.run().error) == (RunState.DONE, "")
    with house.session(organisation_id=ground.actor.organisation_id, write=False) as session:
        reason = load_solution(session, ground.plan_id).unserved[0].reasons[0]
    assert dict(reason.details) == {"measure": "length_cm", "size": 950, "limit": 800}


def test_stopping_keeps_the_best_plan(house: House) -> None:
    ground = queued_run(house, limit_s=ENDLESS)
    thread = working(ground)
    wait_until(lambda: ground.run().curve)
    ground.stop(keep=True)
    joined(thread)
    assert ground.states() == (RunState.CANCELLED, JobState.DONE)
    assert visits(ground) > 0


def test_stopping_can_throw_the_result_away(house: House) -> None:
    ground = queued_run(house, limit_s=ENDLESS)
    thread = working(ground)
    wait_until(lambda: ground.run().curve)
    ground.stop(keep=False)
    joined(thread)
    assert ground.states() == (RunState.DISCARDED, JobState.DONE)
    assert visits(ground) == 0


def test_a_killed_solver_ends_as_a_sentence_and_the_plan_stays(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ground = queued_run(house, limit_s=ENDLESS)
    thread = working(ground)
    wait_until(lambda: ground.run().curve)
    os.kill(int(re.search(r"solver process (\d+)", caplog.text)[1]), signal.SIGKILL)
    joined(thread)
    assert ground.states() == (RunState.FAILED, JobState.FAILED)
    assert ground.run().error == runner.CRASHED
    assert visits(ground) == 0


def test_a_worker_that_closes_puts_the_run_back(house: House) -> None:
    ground = queued_run(house, limit_s=ENDLESS)
    closing = threading.Event()
    thread = working(ground, closing)
    wait_until(lambda: ground.run().curve)
    closing.set()
    joined(thread)
    assert ground.states() == (RunState.QUEUED, JobState.QUEUED)


def test_a_run_taken_over_is_left_alone(house: House) -> None:
    ground = queued_run(house, limit_s=ENDLESS)
    thread = working(ground)
    wait_until(lambda: ground.run().curve)
    with house.session(organisation_id=ground.actor.organisation_id) as session:
        job = session.merge(ground.job())
        job.attempt += 1
    joined(thread)
    assert ground.states() == (RunState.RUNNING, JobState.RUNNING)


def fake_solver(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(child, "COMMAND", (sys.executable, "-c", code))


def test_a_solver_that_never_ends_is_ended_after_its_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_solver(monkeypatch, 'import sys; print(\'{"phase": "days"}\', flush=True); sys.stdin.read()')
    ground = queued_run(house, limit_s=1)
    joined(working(ground))
    assert ground.states() == (RunState.FAILED, JobState.FAILED)
    assert ground.run().error == runner.TOO_LATE


def test_a_problem_the_solver_refuses_is_told_in_its_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_solver(monkeypatch, 'print(\'{"error": {"code": "invalid-value", "message": "xe {1} lạ"}}\')')
    ground = queued_run(house, limit_s=1)
    joined(working(ground))
    assert (ground.run().state, ground.run().error) == (RunState.FAILED, "xe {1} lạ")


def test_a_solver_that_breaks_a_rule_is_not_believed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = '{"done": true, "solution": {"trips": [], "unserved": [], "seed": 1, "ending": "finished"}}'
    fake_solver(monkeypatch, f"print('{empty}')")
    ground = queued_run(house, limit_s=1)
    joined(working(ground))
    assert ground.run().state is RunState.FAILED
    assert "quy tắc" in ground.run().error

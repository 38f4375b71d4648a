"""Real processes: a server killed in the middle of a run or a publish, and one that ends in good order."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from outreach.domain.visits import JobState, PlanState, RunState
from outreach.routing.solve import solve
from outreach.services import audit, planning, problems
from outreach.services.saving import has_trips, load_plan_row, load_solution
from outreach.settings import PROJECT, Settings
from outreach.store import schema
from outreach.wiring import House, open_house
from tests.jobs.ground import PATIENCE_S, Ground, queued_run, wait_until
from tests.services.test_planning import NOW, TODAY

pytestmark = pytest.mark.usefixtures("warm_kernel")


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """An installation with the tables as a real server makes them."""
    opened = open_house(settings)
    schema.upgrade(opened.engine)
    yield opened
    opened.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(settings: Settings, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "OUTREACH_INSTANCE": settings.instance,
        "OUTREACH_PORT": str(port),
        "PYTHONPATH": str(PROJECT),
        "PYTHONUNBUFFERED": "1",
    }


class Server:
    """`python -m outreach serve` with all it says in a file."""

    def __init__(self, settings: Settings, *, port: int | None = None) -> None:
        self.said_in = Path(settings.instance) / f"server-{free_port()}.log"
        with self.said_in.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "outreach", "serve"],
                env=environment(settings, port or free_port()),
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.said_in.read_text(encoding="utf-8")

    def solver_pid(self) -> int:
        return int(re.findall(r"solver process (\d+)", self.said())[-1])


@contextmanager
def server(settings: Settings, *, port: int | None = None) -> Iterator[Server]:
    started = Server(settings, port=port)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a process that has ended but that nobody has asked about is still listed
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def holds_trips(ground: Ground) -> bool:
    with ground.house.session(organisation_id=ground.actor.organisation_id, write=False) as session:
        return has_trips(session, ground.plan_id)


def test_a_run_outlives_a_killed_server(house: House) -> None:
    ground = queued_run(house, limit_s=300)
    with server(house.settings) as first:
        wait_until(lambda: ground.run().curve)
        solver = first.solver_pid()
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        wait_until(lambda: not alive(solver))
    assert ground.states() == (RunState.RUNNING, JobState.RUNNING)
    assert not holds_trips(ground)
    with server(house.settings):
        wait_until(lambda: ground.job().attempt == 2 and ground.run().curve)
        ground.stop(keep=True)
        wait_until(lambda: ground.run().state is RunState.CANCELLED)
    assert holds_trips(ground)


def test_a_server_told_to_end_ends_its_solver_and_keeps_the_run_for_later(house: House) -> None:
    ground = queued_run(house, limit_s=300)
    with server(house.settings) as running:
        wait_until(lambda: ground.run().curve)
        solver = running.solver_pid()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=PATIENCE_S) == 0
        assert not alive(solver)
        assert "Traceback" not in running.said()
    assert ground.states() == (RunState.QUEUED, JobState.QUEUED)


def test_a_busy_port_is_passed_over_and_a_second_server_on_the_folder_refused(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with server(house.settings, port=port) as first:
            wait_until(lambda: "thiet-lap" in first.said())
            assert f"Cổng {port} đang bận" in first.said()
            assert f"http://127.0.0.1:{port}/" not in first.said()
            second = Server(house.settings)
            assert second.process.wait(timeout=PATIENCE_S) == 2
            assert second.said().count("\n") == 1
            assert "đang chạy với thư mục" in second.said()


# What the server does, stopped just before its commit.
UNFINISHED = """
import sys
from outreach.domain.roles import Actor, Role
from outreach.services import planning, problems
from outreach.settings import read_settings
from outreach.wiring import open_house
from tests.services.test_planning import NOW, TODAY, solved
actor = Actor(None, {organisation}, Role.PLANNER, "")
with open_house(read_settings()).session(organisation_id={organisation}) as session:
    {deed}
    print("done, not committed", flush=True)
    sys.stdin.read()
"""
PUBLISH = "planning.publish_plan(session, actor, {plan}, version={version}, now=NOW)"
SAVE = "planning.save_solution(session, {plan}, *solved(session, session.get(planning.Plan, {plan})), actor=actor)"


def killed_before_its_commit(ground: Ground, deed: str) -> None:
    code = UNFINISHED.format(organisation=ground.actor.organisation_id, deed=deed)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env=environment(ground.house.settings, 1),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout.readline() == b"done, not committed\n"
        process.kill()


def approved(ground: Ground) -> int:
    """The version of the plan, planned and approved."""
    actor, plan_id = ground.actor, ground.plan_id
    ground.stop(keep=True)
    with ground.house.session(organisation_id=actor.organisation_id) as session:
        problem = problems.build_problem(session, plan_id, today=TODAY)
        plan = planning.save_solution(session, plan_id, problem, solve(problem, seconds=0.3), actor=actor)
        planning.submit_plan(session, actor, plan_id, version=plan.version)
        planning.approve_plan(session, actor, plan_id, version=plan.version, number="7/QĐ", day=TODAY)
        return plan.version


def test_a_kill_during_a_publish_leaves_an_approved_plan_that_can_be_published(house: House) -> None:
    ground = queued_run(house, limit_s=5)
    version = approved(ground)
    killed_before_its_commit(ground, PUBLISH.format(plan=ground.plan_id, version=version))
    with house.session(organisation_id=ground.actor.organisation_id) as session:
        plan = load_plan_row(session, ground.plan_id)
        assert (plan.state, plan.version, plan.published_at) == (PlanState.APPROVED, version, None)
        _, deeds = audit.list_audit(session, subject_kind="plan", subject_id=ground.plan_id)
        planning.publish_plan(session, ground.actor, ground.plan_id, version=version, now=NOW)
        assert plan.state is PlanState.PUBLISHED
        assert audit.list_audit(session, subject_kind="plan", subject_id=ground.plan_id)[1] == deeds + 1


def test_a_kill_during_a_save_leaves_the_plan_there_was(house: House) -> None:
    ground = queued_run(house, limit_s=5)
    killed_before_its_commit(ground, SAVE.format(plan=ground.plan_id))
    with house.session(organisation_id=ground.actor.organisation_id) as session:
        assert list(load_solution(session, ground.plan_id).stops()) == []
        assert load_plan_row(session, ground.plan_id).figures == {}

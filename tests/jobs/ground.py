"""A small province with a queued run, and a worker's work on it in a thread."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from outreach.domain.roles import Actor
from outreach.domain.visits import JobState, RunState
from outreach.jobs.runner import run_job
from outreach.services import planning
from outreach.store.jobs import Job
from outreach.store.runs import Run
from outreach.wiring import House
from tests.factories import make_actor, make_organisation, make_small_province

PATIENCE_S = 30.0  # a busy machine; nothing here waits that long by itself


@dataclass(frozen=True)
class Ground:
    house: House
    actor: Actor
    plan_id: int
    run_id: int
    job_id: int

    def run(self) -> Run:
        with self.house.session(organisation_id=self.actor.organisation_id, write=False) as session:
            return session.get(Run, self.run_id)

    def job(self) -> Job:
        with self.house.session(organisation_id=self.actor.organisation_id, write=False) as session:
            return session.get(Job, self.job_id)

    def states(self) -> tuple[RunState, JobState]:
        return self.run().state, self.job().state

    def stop(self, *, keep: bool) -> None:
        with self.house.session(organisation_id=self.actor.organisation_id) as session:
            planning.stop_run(session, self.actor, self.run_id, keep=keep)


def queued_run(house: House, *, limit_s: float) -> Ground:
    with house.session(everywhere=True) as start:
        organisation = make_organisation(start)
    with house.session(organisation_id=organisation.id) as session:
        actor = make_actor(session)
        plan = make_small_province(session)
        run = planning.start_run(session, actor, plan.id, limit_s=limit_s)
        assert run.job_id is not None
        return Ground(house, actor, plan.id, run.id, run.job_id)


def working(ground: Ground, closing: threading.Event | None = None) -> threading.Thread:
    thread = threading.Thread(
        target=run_job,
        args=(ground.house, ground.job_id),
        kwargs={"organisation_id": ground.actor.organisation_id, "closing": closing or threading.Event()},
    )
    thread.start()
    return thread


def wait_until(what: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def joined(thread: threading.Thread) -> None:
    thread.join(timeout=PATIENCE_S)
    assert not thread.is_alive()

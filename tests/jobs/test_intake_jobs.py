"""Steps of an intake whose worker vanishes, and sheets that do not wait behind a solve."""

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.roles import Actor, Role
from outreach.domain.visits import IntakeState, JobState, RunState
from outreach.jobs.intakes import run_intake
from outreach.jobs.queue import Lane, enqueue, open_queue, waiting_jobs, wake_task
from outreach.jobs.reaper import Reaper
from outreach.jobs.worker import Worker
from outreach.services.intake import intakes, steps
from outreach.services.intake.folders import new_folder
from outreach.services.registers.catalogue import REGISTERS
from outreach.store.intakes import Intake
from outreach.store.jobs import Job
from outreach.store.sites import Site
from outreach.wiring import House
from tests.factories import make_base, make_organisation
from tests.jobs.ground import queued_run, wait_until

SHEET = "Mã điểm;Tên điểm;Loại điểm;Tọa độ\nA1;Trường Một;Trường tiểu học;12,25 109,10\n"


@pytest.fixture
def actor(house: House) -> Actor:
    """An administrator of a library with one base."""
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere).id
    with house.session(organisation_id=number) as session:
        make_base(session)
    return Actor(None, number, Role.ADMIN, "Quản trị")


def sent(house: House, actor: Actor) -> int:
    """A sheet that waits to be read."""
    folder = new_folder(house.settings)
    folder.source.write_text(SHEET, encoding="utf-8")
    with house.session(organisation_id=actor.organisation_id) as session:
        return intakes.start_intake(
            session, actor, REGISTERS["sites"], file_name="diem.csv", folder=folder.path.name
        ).id


def row(house: House, number: int) -> Intake:
    with house.session(everywhere=True, write=False) as session:
        return session.get_one(Intake, number)


def job_of(house: House, number: int) -> Job:
    with house.session(everywhere=True, write=False) as session:
        job_id = session.get_one(Intake, number).job_id
        return session.get_one(Job, job_id)


def sites(house: House, actor: Actor) -> int:
    with house.session(organisation_id=actor.organisation_id, write=False) as session:
        return session.scalar(select(func.count(Site.id))) or 0


def ask(house: House, actor: Actor, number: int, step: Callable[[Session, Actor, int], object]) -> None:
    """Ask for the next step of an intake, as the page does."""
    with house.session(organisation_id=actor.organisation_id) as session:
        step(session, actor, number)


def work(house: House, actor: Actor, number: int) -> None:
    job_id = row(house, number).job_id
    assert job_id
    run_intake(house, job_id, organisation_id=actor.organisation_id, closing=threading.Event())


def vanish(house: House, actor: Actor, number: int) -> Lane | None:
    """A worker takes the step and is never seen again; the lane in which the reaper puts it back, None: it ended."""
    queues = {lane: open_queue(house.settings, lane) for lane in Lane}
    for queue in queues.values():
        wake_task(queue, print)
        queue.flush()
    with house.session(organisation_id=actor.organisation_id) as session:
        job_id = session.get_one(Intake, number).job_id
        assert job_id
        assert steps.claim_intake(session, job_id)
    Reaper(house, queues).sweep(all_dead=True)
    lane = next((lane for lane, queue in queues.items() if job_id in waiting_jobs(queue)), None)
    for queue in queues.values():
        queue.storage.close()
    return lane


def test_a_step_whose_worker_vanished_is_done_again_from_its_beginning(house: House, actor: Actor) -> None:
    number = sent(house, actor)
    assert vanish(house, actor, number) is Lane.SHORT
    work(house, actor, number)
    assert row(house, number).state is IntakeState.READY
    ask(house, actor, number, intakes.ask_to_write)
    assert vanish(house, actor, number) is Lane.SHORT
    assert sites(house, actor) == 0
    work(house, actor, number)
    assert (row(house, number).state, sites(house, actor)) == (IntakeState.APPLIED, 1)


def test_a_sheet_that_kills_its_worker_twice_is_given_up_with_a_sentence(house: House, actor: Actor) -> None:
    number = sent(house, actor)
    assert vanish(house, actor, number) is Lane.SHORT
    assert vanish(house, actor, number) is None
    assert (row(house, number).state, job_of(house, number).state) == (IntakeState.FAILED, JobState.FAILED)
    assert "hai lần" in row(house, number).error


def test_rows_that_were_not_written_twice_lead_back_to_the_preview(house: House, actor: Actor) -> None:
    number = sent(house, actor)
    work(house, actor, number)
    ask(house, actor, number, intakes.ask_to_write)
    vanish(house, actor, number)
    vanish(house, actor, number)
    assert (row(house, number).state, sites(house, actor)) == (IntakeState.READY, 0)


def test_an_undo_whose_worker_vanished_is_done_once(house: House, actor: Actor) -> None:
    number = sent(house, actor)
    work(house, actor, number)
    ask(house, actor, number, intakes.ask_to_write)
    work(house, actor, number)
    ask(house, actor, number, intakes.ask_to_undo)
    assert vanish(house, actor, number) is Lane.SHORT
    work(house, actor, number)
    assert (row(house, number).state, sites(house, actor)) == (IntakeState.UNDONE, 0)


def test_a_worker_taken_for_dead_writes_nothing_any_more(house: House, actor: Actor) -> None:
    """It claimed the step, was given up, and comes back when another one has done it."""
    number = sent(house, actor)
    with house.session(organisation_id=actor.organisation_id) as session:
        job_id = session.get_one(Intake, number).job_id
        assert job_id
        late = steps.claim_intake(session, job_id)
    assert late
    queues = {lane: open_queue(house.settings, lane) for lane in Lane}
    Reaper(house, queues).sweep(all_dead=True)
    work(house, actor, number)
    with house.session(organisation_id=actor.organisation_id) as session:
        assert not steps.take_progress(session, late, done=1, of=1)
        assert steps.held(session, late) is None
    assert row(house, number).state is IntakeState.READY


@pytest.fixture
def worker(house: House) -> Iterator[Worker]:
    found = Worker(house, alone=True)
    yield found
    found.close()


def test_a_sheet_does_not_wait_behind_a_solve(house: House, actor: Actor, worker: Worker) -> None:
    ground = queued_run(house, limit_s=30)
    worker.start()
    enqueue(house, ground.job_id)
    wait_until(lambda: ground.run().state is RunState.RUNNING)
    number = sent(house, actor)
    enqueue(house, row(house, number).job_id, Lane.SHORT)
    wait_until(lambda: row(house, number).state is IntakeState.READY)
    assert ground.run().state is RunState.RUNNING
    ground.stop(keep=False)

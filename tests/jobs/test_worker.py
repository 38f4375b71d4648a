"""Messages that are lost, workers that vanish, and a worker from start to close."""

from collections.abc import Iterator

import pytest

from outreach.domain.visits import JobState, RunState
from outreach.jobs.queue import Lane, enqueue, open_queue, waiting_jobs, wake_task
from outreach.jobs.reaper import SILENCE_S, Reaper
from outreach.jobs.worker import Worker
from outreach.services import runs
from outreach.wiring import House
from tests.jobs.ground import Ground, queued_run, wait_until

pytestmark = pytest.mark.usefixtures("warm_kernel")


class Clock:
    """A clock that a test moves on by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ground(house: House) -> Ground:
    return queued_run(house, limit_s=2)


def reaper(house: House, clock: Clock | None = None) -> Reaper:
    queues = {lane: open_queue(house.settings, lane) for lane in Lane}
    for queue in queues.values():
        wake_task(queue, print)
    return Reaper(house, queues, clock=clock or Clock())


def waiting(house: House, lane: Lane = Lane.LONG) -> frozenset[int]:
    queue = open_queue(house.settings, lane)
    wake_task(queue, print)
    found = waiting_jobs(queue)
    queue.storage.close()
    return found


def claimed(ground: Ground) -> runs.Claim:
    with ground.house.session(organisation_id=ground.actor.organisation_id) as session:
        claim = runs.claim_run(session, ground.job_id)
    assert claim is not None
    return claim


def test_a_message_is_the_number_of_a_job(ground: Ground) -> None:
    assert waiting(ground.house) == frozenset()
    enqueue(ground.house, ground.job_id)
    assert waiting(ground.house) == {ground.job_id}


def test_a_lost_message_is_sent_again_and_a_waiting_one_is_not_doubled(ground: Ground) -> None:
    sweeper = reaper(ground.house)
    sweeper.sweep()
    sweeper.sweep()
    queue = open_queue(ground.house.settings)
    assert queue.pending_count() == 1
    assert waiting(ground.house) == {ground.job_id}


def test_a_worker_that_beats_keeps_its_job_and_a_silent_one_loses_it(ground: Ground) -> None:
    clock = Clock()
    sweeper = reaper(ground.house, clock)
    claim = claimed(ground)
    sweeper.sweep()
    clock.now += SILENCE_S + 1
    with ground.house.session(organisation_id=ground.actor.organisation_id) as session:
        runs.take_progress(session, claim, runs.RunStep("days", 1.0))
    sweeper.sweep()
    assert ground.states() == (RunState.RUNNING, JobState.RUNNING)
    clock.now += SILENCE_S + 1
    sweeper.sweep()
    assert ground.states() == (RunState.QUEUED, JobState.QUEUED)
    assert waiting(ground.house) == {ground.job_id}


def test_a_wish_to_discard_is_honoured_when_the_worker_is_gone(ground: Ground) -> None:
    claimed(ground)
    ground.stop(keep=False)
    reaper(ground.house).sweep(all_dead=True)
    assert ground.states() == (RunState.DISCARDED, JobState.DONE)


@pytest.fixture
def worker(both: House) -> Iterator[Worker]:
    found = Worker(both, alone=True)
    yield found
    found.close()


def test_a_worker_takes_up_what_a_dead_one_left(both: House, worker: Worker) -> None:
    ground = queued_run(both, limit_s=1)
    claimed(ground)
    worker.start()
    wait_until(lambda: ground.run().state is RunState.DONE)
    assert ground.job().attempt == 2


def test_a_worker_does_what_it_is_woken_for(both: House, worker: Worker) -> None:
    worker.start()
    ground = queued_run(both, limit_s=1)
    enqueue(both, ground.job_id)
    wait_until(lambda: ground.run().state is RunState.DONE)
    assert ground.job().attempt == 1


def test_a_server_that_runs_for_days_is_backed_up_once_a_day(ground: Ground) -> None:
    tender = reaper(ground.house)
    tender.tend()
    tender.tend()
    assert len(list((ground.house.settings.instance_folder / "backups").glob("outreach-*.db"))) == 1

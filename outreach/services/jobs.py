"""Background work of any kind: a row of the jobs table, taken by one worker and fenced by its attempt.

Every write of a worker names its attempt: a worker that was taken for dead writes nothing any more.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from outreach.domain.visits import JobState
from outreach.store.base import utc_now
from outreach.store.jobs import Job

LOSSES_MAX = 2  # times a worker may vanish before the work is given up


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What a worker must know of a job before it takes it."""

    kind: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that is not over, as the reaper sees it."""

    id: int
    running: bool
    attempt: int
    beat: int
    kind: str = ""


def add_job(session: Session, organisation_id: int, kind: str, params: dict[str, Any]) -> Job:
    """A job that waits; enqueue its id after the commit."""
    job = Job(
        organisation_id=organisation_id, kind=kind, params={**params, "losses": 0}, state=JobState.QUEUED
    )  # fmt: skip
    session.add(job)
    session.flush()
    return job


def facts_of(session: Session, job_id: int) -> JobFacts | None:
    """Whose job it is and of what kind; for the worker, which knows the number only (session everywhere)."""
    row = session.execute(select(Job.kind, Job.organisation_id).where(Job.id == job_id)).one_or_none()
    return JobFacts(row.kind, row.organisation_id) if row is not None else None


def claim_job(session: Session, job_id: int) -> int | None:
    """Take a waiting job and return the attempt; None when somebody else has it or it is over."""
    return session.scalar(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .values(state=JobState.RUNNING, attempt=Job.attempt + 1, beat=Job.beat + 1)
        .returning(Job.attempt)
    )


def holds_job(session: Session, job_id: int, attempt: int, *, beat: bool = False) -> bool:
    """Whether this attempt still has the job; the row stays locked until the end of the transaction."""
    held = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.RUNNING, Job.attempt == attempt)
        .values(beat=Job.beat + (1 if beat else 0))
        .returning(Job.id)
    ).one_or_none()
    return held is not None


def end_job(session: Session, job_id: int | None, state: JobState, error: str = "") -> None:
    """The job is over."""
    session.execute(update(Job).where(Job.id == job_id).values(state=state, finished_at=utc_now(), error=error))


def requeue_job(session: Session, job_id: int, attempt: int) -> bool:
    """Put a running job back, if this attempt has it; whoever waits for it is told by the next sweep."""
    put = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.RUNNING, Job.attempt == attempt)
        .values(state=JobState.QUEUED)
        .returning(Job.id)
    ).one_or_none()
    return put is not None


def open_jobs(session: Session) -> tuple[OpenJob, ...]:
    """All jobs of the server that wait or run, oldest first (session everywhere)."""
    rows = session.scalars(select(Job).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING))).order_by(Job.id)).all()
    return tuple(OpenJob(row.id, row.state is JobState.RUNNING, row.attempt, row.beat, row.kind) for row in rows)


def take_from_lost_worker(session: Session, job: OpenJob) -> int | None:
    """Lock a running job whose worker was silent and count the loss; None when the worker has beaten since."""
    row = session.scalars(
        select(Job)
        .where(Job.id == job.id, Job.state == JobState.RUNNING, Job.attempt == job.attempt, Job.beat == job.beat)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    losses = int(row.params.get("losses", 0)) + 1
    row.params = {**row.params, "losses": losses}
    session.flush()
    return losses

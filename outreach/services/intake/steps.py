"""What a worker writes of an intake: claimed, told of while it lasts, and led to where a person goes on."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import OutreachError
from outreach.domain.roles import Actor, Role
from outreach.domain.visits import IntakeState, JobState
from outreach.exchange.reading import SheetFacts
from outreach.services import jobs
from outreach.services.intake.columns import Mapping_
from outreach.services.jobs import OpenJob
from outreach.store.intakes import Intake
from outreach.store.people import User

JOB_KIND = "intake"
# states in which a worker has something to do
WORKING = (IntakeState.READING, IntakeState.CHECKING, IntakeState.WRITING, IntakeState.UNDOING)
# states that are the end of an intake's files
ENDED = (IntakeState.APPLIED, IntakeState.UNDONE, IntakeState.DROPPED, IntakeState.FAILED)
LOST_TWICE = "Máy chủ dừng giữa chừng hai lần khi đang làm việc này. Dữ liệu còn nguyên; xin thử lại."


@dataclass(frozen=True, slots=True)
class Claim:
    """An intake in the hands of one worker; `attempt` fences the ones before."""

    job_id: int
    attempt: int
    intake_id: int
    organisation_id: int
    state: IntakeState
    register: str
    file_name: str
    folder: str
    language: str
    facts: dict[str, Any]
    mapping: Mapping_
    counts: dict[str, Any]
    actor: Actor  # in whose name rows are written


def claim_intake(session: Session, job_id: int) -> Claim | None:
    """Take the next step of an intake; None when somebody else has it or there is nothing to do."""
    attempt = jobs.claim_job(session, job_id)
    if attempt is None:
        return None
    intake = session.scalars(select(Intake).where(Intake.job_id == job_id)).one_or_none()
    if intake is None or intake.state not in WORKING:
        jobs.end_job(session, job_id, JobState.DONE)
        return None
    return _claim(session, intake, job_id, attempt)


def _claim(session: Session, intake: Intake, job_id: int, attempt: int) -> Claim:
    return Claim(
        job_id=job_id,
        attempt=attempt,
        intake_id=intake.id,
        organisation_id=intake.organisation_id,
        state=intake.state,
        register=intake.register,
        file_name=intake.file_name,
        folder=intake.folder,
        language=intake.language,
        facts=intake.facts,
        mapping=mapping_of(intake),
        counts=intake.counts,
        actor=_actor_behind(session, intake),
    )


def mapping_of(intake: Intake) -> Mapping_:
    """The mapping with whole numbers, which JSON keys are not."""
    return {int(index): name for index, name in intake.mapping.items()}


def _actor_behind(session: Session, intake: Intake) -> Actor:
    user = (
        session.scalars(select(User).where(User.id == intake.started_by)).one_or_none() if intake.started_by else None
    )
    if user is None:
        return Actor(None, intake.organisation_id, Role.ADMIN, "", intake.language)
    return Actor(user.id, intake.organisation_id, user.role, user.display_name, user.language)


def beat(session: Session, claim: Claim) -> bool:
    """Say that the worker lives; False: it no longer has the intake."""
    return jobs.holds_job(session, claim.job_id, claim.attempt, beat=True)


def take_progress(session: Session, claim: Claim, *, done: int, of: int) -> bool:
    """Write how far the step has come; False: somebody else has the intake, or a person left it."""
    intake = held(session, claim)
    if intake is None:
        return False
    intake.progress = [done, of]
    session.flush()
    return True


def held(session: Session, claim: Claim) -> Intake | None:
    """The intake, if this attempt still has it; locked until the end of the transaction."""
    if not jobs.holds_job(session, claim.job_id, claim.attempt, beat=True):
        return None
    asked = select(Intake).where(Intake.id == claim.intake_id).execution_options(populate_existing=True)
    return session.scalars(asked).one_or_none()


def keep_sheet(
    session: Session, claim: Claim, sheet: SheetFacts, *, mapping: Mapping_, clear: bool, asks: bool
) -> Claim | None:
    """What reading found; `asks`: a person must look at the columns. The claim of the next step, None: none."""
    intake = held(session, claim)
    if intake is None:
        return None
    intake.facts = {**asdict(sheet), "headings": list(sheet.headings), "notes": list(sheet.notes), "clear": clear}
    intake.mapping = {str(index): name for index, name in mapping.items()}
    return lead_to(session, claim, intake, IntakeState.MAPPING if asks else IntakeState.CHECKING)


def keep_counts(session: Session, claim: Claim, counts: dict[str, int], *, plan: dict[str, Any] | None = None) -> None:
    """The verdicts are there: a person looks at the preview. `plan` is what a timetable would be as one."""
    intake = held(session, claim)
    if intake is not None:
        intake.counts = counts
        if plan is not None:
            intake.facts = {**intake.facts, "plan": plan}
        lead_to(session, claim, intake, IntakeState.READY)


def check_again(session: Session, claim: Claim, error: OutreachError) -> Claim | None:
    """What is there has changed since the preview: the rows are compared anew."""
    intake = held(session, claim)
    if intake is None:
        return None
    intake.error = said(error)
    return lead_to(session, claim, intake, IntakeState.CHECKING)


def has_ended(session: Session, intake_id: int) -> bool:
    """Whether nobody needs the files of an intake any more."""
    state = session.scalar(select(Intake.state).where(Intake.id == intake_id))
    return state is None or state in ENDED


def fail(session: Session, claim: Claim, error: OutreachError) -> None:
    """End the step with a sentence; what was not yet written stays unwritten."""
    intake = held(session, claim)
    if intake is not None:
        intake.error = said(error)
        lead_to(session, claim, intake, _after_failure(intake.state))


def _after_failure(state: IntakeState) -> IntakeState:
    """Where a person goes on when a step failed."""
    return {IntakeState.WRITING: IntakeState.READY, IntakeState.UNDOING: IntakeState.APPLIED}.get(
        state, IntakeState.FAILED
    )


def lead_to(session: Session, claim: Claim, intake: Intake, state: IntakeState) -> Claim | None:
    """The next state; the job ends where a person goes on."""
    intake.state, intake.progress = state, []
    session.flush()
    if state in WORKING:
        return _claim(session, intake, claim.job_id, claim.attempt)
    jobs.end_job(session, claim.job_id, JobState.FAILED if state is IntakeState.FAILED else JobState.DONE)
    return None


def said(error: OutreachError) -> str:
    """An error as it is kept: its source text and values, told later in the reader's language."""
    return json.dumps([error.message, error.values], ensure_ascii=False, default=str)


def release(session: Session, claim: Claim) -> None:
    """Put the step back into the queue, because the worker is closing down in good order."""
    jobs.requeue_job(session, claim.job_id, claim.attempt)


def recover_intake(session: Session, job: OpenJob) -> bool:
    """Take a running step from a worker that vanished (session everywhere); True: it waits again."""
    losses = jobs.take_from_lost_worker(session, job)
    if losses is None:
        return False
    intake = session.scalars(select(Intake).where(Intake.job_id == job.id)).one_or_none()
    if intake is None or intake.state not in WORKING:
        jobs.end_job(session, job.id, JobState.DONE)
        return False
    if losses >= jobs.LOSSES_MAX:
        intake.error = said(OutreachError(LOST_TWICE))
        intake.state, intake.progress = _after_failure(intake.state), []
        jobs.end_job(session, job.id, JobState.FAILED, LOST_TWICE)
        session.flush()
        return False
    return jobs.requeue_job(session, job.id, job.attempt)

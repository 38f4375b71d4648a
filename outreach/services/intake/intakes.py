"""What a person does with an intake: starts it, says what columns are, has it written, leaves it, takes it back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound, SeveralFaults, WrongState
from outreach.domain.roles import Actor, require
from outreach.domain.visits import IntakeState, JobState
from outreach.i18n import current_language
from outreach.services import jobs
from outreach.services.intake import columns
from outreach.services.intake.columns import Mapping_
from outreach.services.intake.kinds import TIMETABLE, kind_called
from outreach.services.intake.plans import refuse_outline
from outreach.services.intake.steps import JOB_KIND, WORKING
from outreach.services.planning import plan_name
from outreach.services.registers.register import Register
from outreach.store.intakes import Intake

NOT_NOW = "Lần nhập này đã sang bước khác. Xin mở lại trang."


class WrongColumns(SeveralFaults):
    """A choice of columns with faults; the field of each is its input in the form."""


def start_intake(session: Session, actor: Actor, register: Register, *, file_name: str, folder: str) -> Intake:
    """Take in a file that lies in its folder already; enqueue `job_id` after the commit."""
    require(actor, register.write_right)
    intake = Intake(
        organisation_id=actor.organisation_id,
        register=register.name,
        file_name=file_name,
        folder=folder,
        state=IntakeState.READING,
        language=current_language(),
        started_by=actor.user_id,
    )
    session.add(intake)
    session.flush()
    _wake(session, intake)
    return intake


def _wake(session: Session, intake: Intake) -> None:
    """A job for the next step."""
    intake.job_id = jobs.add_job(session, intake.organisation_id, JOB_KIND, {"intake_id": intake.id}).id
    intake.progress = []
    session.flush()


def intake_row(session: Session, actor: Actor, intake_id: int, *, lock: bool = False) -> tuple[Intake, Register]:
    """The intake and its register; raises NotFound, NotAllowed."""
    asked = select(Intake).where(Intake.id == intake_id).execution_options(populate_existing=True)
    intake = session.scalars(asked.with_for_update() if lock else asked).one_or_none()
    if intake is None:
        raise NotFound("Không có lần nhập bảng này.")
    register = kind_called(intake.register)
    require(actor, register.write_right)
    return intake, register


def _in_state(session: Session, actor: Actor, intake_id: int, *states: IntakeState) -> tuple[Intake, Register]:
    intake, register = intake_row(session, actor, intake_id, lock=True)
    if intake.state not in states:
        raise WrongState(NOT_NOW)
    return intake, register


def choose_columns(session: Session, actor: Actor, intake_id: int, *, mapping: Mapping_, clear: bool) -> Intake:
    """Say which column is what, and check the rows accordingly. Raises WrongColumns, WrongState."""
    intake, register = _in_state(session, actor, intake_id, IntakeState.MAPPING, IntakeState.READY)
    faults = columns.faults_of(register, mapping)
    if faults:
        raise WrongColumns(list(faults.values()))
    intake.mapping = {str(index): name for index, name in mapping.items()}
    intake.facts = {**intake.facts, "clear": clear}
    intake.state, intake.error, intake.language = IntakeState.CHECKING, "", current_language()
    _wake(session, intake)
    return intake


def ask_to_write(session: Session, actor: Actor, intake_id: int, *, name: str = "", whole: bool = True) -> Intake:
    """Have the new and changed rows written; wrong ones stay out. Raises WrongState.

    Of a timetable: `name` is the name of the plan (empty: from the file), and `whole` gives it the half-years it
    touches; else it goes from its first to its last day. Raises InvalidValue for a name no plan can have.
    """
    intake, _ = _in_state(session, actor, intake_id, IntakeState.READY)
    if not writable(intake):
        raise WrongState("Không có dòng nào để nhập.")
    if intake.register == TIMETABLE:
        refuse_outline(intake)
        intake.facts = {**intake.facts, "wish": {"name": plan_name(name) if name.strip() else "", "whole": whole}}
    intake.state, intake.error = IntakeState.WRITING, ""
    intake.started_by = actor.user_id
    _wake(session, intake)
    return intake


def writable(intake: Intake) -> int:
    """How many rows would be written."""
    return int(intake.counts.get("new", 0)) + int(intake.counts.get("changed", 0))


def drop(session: Session, actor: Actor, intake_id: int) -> Intake:
    """Leave an intake of which nothing was written. Raises WrongState."""
    intake, _ = _in_state(
        session, actor, intake_id, IntakeState.READING, IntakeState.MAPPING, IntakeState.CHECKING, IntakeState.READY
    )
    if intake.state in WORKING:
        jobs.end_job(session, intake.job_id, JobState.DONE)
    intake.state = IntakeState.DROPPED
    session.flush()
    return intake


def ask_to_undo(session: Session, actor: Actor, intake_id: int) -> Intake:
    """Have an applied intake taken back. Raises WrongState."""
    intake, _ = _in_state(session, actor, intake_id, IntakeState.APPLIED)
    intake.state, intake.error = IntakeState.UNDOING, ""
    intake.started_by = actor.user_id
    _wake(session, intake)
    return intake

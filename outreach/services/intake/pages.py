"""Intakes as pages show them: the list, one intake in its state, and a page of its rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Actor, may
from outreach.domain.visits import IntakeState
from outreach.exchange.notes import SENTENCES, split_note
from outreach.i18n import translate
from outreach.services.intake import intakes
from outreach.services.intake.columns import FAULT_KEYS, Mapping_, heading_keys
from outreach.services.intake.folders import Folder
from outreach.services.intake.kinds import KINDS
from outreach.services.intake.mending import heading_of
from outreach.services.intake.plans import Outline, outline_view
from outreach.services.intake.steps import WORKING, mapping_of
from outreach.services.intake.verdicts import RowVerdict, Said, read_page
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register
from outreach.store.intakes import Intake, IntakeChange
from outreach.store.people import User

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class IntakeView:
    """One intake in the reader's language."""

    id: int
    register: Register
    file_name: str
    state: IntakeState
    who: str
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    rows: int
    counts: Mapping[str, int]
    progress: tuple[int, int]
    error: str
    obstacles: tuple[tuple[str, str], ...]  # subject, why
    said: tuple[str, ...]  # what reading the file noticed
    headings: tuple[str, ...]
    mapping: Mapping_
    clear: bool
    folder: str
    job_id: int | None
    plan_id: int | None = None
    outline: Outline | None = None  # of a timetable that waits for a person

    @property
    def busy(self) -> bool:
        """Whether a worker has something to do."""
        return self.state in WORKING

    @property
    def writable(self) -> int:
        """How many rows would be written."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)

    @property
    def unused(self) -> tuple[str, ...]:
        """Headings of columns that are not brought in."""
        keys = heading_keys(self.headings)
        return tuple(
            heading
            for index, heading in enumerate(self.headings)
            if heading and index not in self.mapping and keys[index] not in FAULT_KEYS
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a row: its heading, the cell, what it replaces or what is wrong with it."""

    heading: str
    text: str
    before: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of the preview."""

    row: int
    subject: str
    lines: tuple[Line, ...]
    notes: tuple[Line, ...] = ()
    fresh: bool = False  # the row was not there before


def view_of(session: Session, actor: Actor, intake_id: int) -> IntakeView:
    """One intake; raises NotFound, NotAllowed."""
    intake, register = intakes.intake_row(session, actor, intake_id)
    who = session.scalar(select(User.display_name).where(User.id == intake.started_by)) if intake.started_by else None
    view = _view(intake, register, who)
    found = outline_view(session, intake) if intake.state is IntakeState.READY else None
    return replace(view, outline=found and replace(found, error=_told(found.error)))


def list_intakes(session: Session, actor: Actor, *, page: int, size: int = 20) -> tuple[tuple[IntakeView, ...], int]:
    """Past intakes of registers that the actor may change, newest first, and how many there are."""
    names = [name for name, register in KINDS.items() if may(actor.role, register.write_right)]
    wanted = select(Intake).where(Intake.register.in_(names))
    total = session.scalar(wanted.with_only_columns(func.count(Intake.id))) or 0
    found = session.execute(
        wanted.outerjoin(User, User.id == Intake.started_by)
        .add_columns(User.display_name)
        .order_by(Intake.id.desc())
        .offset((max(page, 1) - 1) * size)
        .limit(size)
    )
    return tuple(_view(intake, KINDS[intake.register], who) for intake, who in found), total


def _view(intake: Intake, register: Register, who: str | None) -> IntakeView:
    done, of = (*intake.progress, 0, 0)[:2]
    return IntakeView(
        id=intake.id,
        register=register,
        file_name=intake.file_name,
        state=intake.state,
        who=who or translate("Dòng lệnh"),
        created_at=intake.created_at,
        applied_at=intake.applied_at,
        undone_at=intake.undone_at,
        rows=int(intake.facts.get("rows", 0)),
        counts=intake.counts,
        progress=(done, of),
        error=_told(intake.error),
        obstacles=tuple((one[0], translate(one[1], **one[2])) for one in intake.facts.get("obstacles", ())),
        said=tuple(_note(text) for text in intake.facts.get("notes", ())),
        headings=tuple(intake.facts.get("headings", ())),
        mapping=mapping_of(intake),
        clear=bool(intake.facts.get("clear")),
        folder=intake.folder,
        job_id=intake.job_id,
        plan_id=intake.plan_id,
    )


def _told(error: str) -> str:
    if not error:
        return ""
    message, values = json.loads(error)
    return translate(message, **values)


def _note(text: str) -> str:
    code, value = split_note(text)
    return translate(SENTENCES.get(code, code), value=value)


def preview_rows(session: Session, view: IntakeView, folder: Folder, verdict: str, *, page: int) -> list[RowView]:
    """One page of the rows of a verdict, in the reader's words."""
    looks = Lookups(session)
    return [_row(found, view.register, looks) for found in read_page(folder, verdict, page=page, size=PAGE_ROWS)]


def _row(found: RowVerdict, register: Register, looks: Lookups) -> RowView:
    if found.faults:
        lines = [
            Line(heading_of(register, fault.field), found.texts.get(fault.field, ""), said=str(fault))
            for fault in found.faults
        ]
    else:
        lines = [
            Line(heading_of(register, name), _shown(register, name, text, looks),
                 before=_shown(register, name, found.before.get(name, ""), looks))
            for name, text in found.texts.items()
        ]  # fmt: skip
    return RowView(found.row, found.subject, tuple(lines), tuple(_noted(note, register) for note in found.notes))


def _noted(note: Said, register: Register) -> Line:
    return Line(heading_of(register, note.field), "", said=str(note))


def _shown(register: Register, name: str, text: str, looks: Lookups) -> str:
    """A cell as it is kept (in the words of whoever sent the sheet), in the reader's words."""
    if not text:
        return ""
    field = register.field(name)
    if field.options is None and field.widget.value not in ("yes_no", "weekdays", "hours"):
        return text
    try:
        return field.text_of(field.value_of(text, looks), looks)
    except InvalidValue:
        return text


def changed_rows(session: Session, view: IntakeView, *, page: int) -> tuple[list[RowView], int]:
    """What an applied intake changed, one page, and how many rows there are."""
    mine = IntakeChange.intake_id == view.id
    total = session.scalar(select(func.count(IntakeChange.id)).where(mine)) or 0
    asked = select(IntakeChange).where(mine).order_by(IntakeChange.id)
    found: Sequence[Any] = session.scalars(asked.offset((max(page, 1) - 1) * PAGE_ROWS).limit(PAGE_ROWS)).all()
    looks = Lookups(session)
    records = view.register.load(session, [change.record_id for change in found])
    rows = []
    for change in found:
        texts, before = change.after["texts"], (change.before or {"texts": {}})["texts"]
        record = records.get(change.record_id)
        subject = view.register.subject(record.values, looks) if record else texts.get(view.register.key[0], "")
        lines = [
            Line(heading_of(view.register, name), _shown(view.register, name, text, looks),
                 before=_shown(view.register, name, before.get(name, ""), looks))
            for name, text in texts.items()
        ]  # fmt: skip
        rows.append(RowView(0, subject, tuple(lines), fresh=change.before is None))
    return rows, total

"""Checked rows written in one transaction: all of them or none, with what it takes to undo them."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, StaleEdit, WrongState
from outreach.domain.visits import IntakeState
from outreach.services import audit
from outreach.services.intake.folders import Folder
from outreach.services.intake.kinds import kind_called
from outreach.services.intake.plans import OVERTAKEN, write_plan
from outreach.services.intake.steps import Claim, held, lead_to
from outreach.services.intake.values import CellReader
from outreach.services.intake.verdicts import RowVerdict, Verdict, read_all
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register, Values
from outreach.services.timetable_intake.drawing import Drawn
from outreach.store.base import utc_now
from outreach.store.bulk import add_rows
from outreach.store.intakes import IntakeChange

AT_ONCE = 1_000
T = TypeVar("T")


def in_parts(rows: Iterator[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """The rows, so many at once."""
    while part := list(islice(rows, size)):
        yield part


def write_rows(session: Session, claim: Claim, folder: Folder, *, drawn: Drawn | None = None) -> bool:
    """Write what the preview showed; False: the worker no longer has the intake.

    A timetable comes `drawn` up: its rows become one plan. Raises StaleEdit when a row is newer than the preview
    or a new key is taken; then nothing may be committed.
    """
    intake = held(session, claim)
    if intake is None or intake.state is not IntakeState.WRITING:
        return False
    if drawn is not None:
        write_plan(session, claim, intake, drawn)
    else:
        _write_rows(session, claim, intake.id, folder)
    intake.applied_at, intake.error = utc_now(), ""
    lead_to(session, claim, intake, IntakeState.APPLIED)
    return True


def _write_rows(session: Session, claim: Claim, intake_id: int, folder: Folder) -> None:
    register = kind_called(claim.register)
    cells = CellReader(register, Lookups(session))
    try:
        changed = _write_changed(session, register, intake_id, folder, cells)
        new = _write_new(session, register, intake_id, folder, cells)
    except IntegrityError as error:  # a rule of the tables that the register does not know
        raise WrongState(
            "Bảng có dòng trùng với dữ liệu đang có nên chưa nhập gì. Xin bấm “Xem lại cột” để so lại."
        ) from error
    counts: dict[str, list[Any]] = {"new": [None, new], "changed": [None, changed]}
    audit.record(session, claim.actor, f"import-{register.name}", "intake", intake_id, claim.file_name, counts)


def _write_changed(session: Session, register: Register, intake_id: int, folder: Folder, cells: CellReader) -> int:
    written = 0
    for part in in_parts(read_all(folder, Verdict.CHANGED)):
        _refuse_newer(session, register, part)
        rows = [(_id(found), _values(cells, found)) for found in part]
        register.update(session, rows)
        _remember(session, intake_id, [
            (_id(found), {"texts": found.before}, {"texts": found.texts, "version": (found.version or 0) + 1})
            for found in part
        ])  # fmt: skip
        written += len(part)
    return written


def _write_new(session: Session, register: Register, intake_id: int, folder: Folder, cells: CellReader) -> int:
    written = 0
    taken = register.keys(session)
    defaults = register.defaults()
    for part in in_parts(read_all(folder, Verdict.NEW)):
        rows: list[Values] = [{**defaults, **_values(cells, found)} for found in part]
        if any(register.key_of(values) in taken for values in rows):
            raise StaleEdit(OVERTAKEN)
        ids = register.insert(session, rows)
        _remember(session, intake_id, [
            (number, None, {"texts": found.texts, "version": 1})
            for number, found in zip(ids, part, strict=True)
        ])  # fmt: skip
        written += len(part)
    return written


def _refuse_newer(session: Session, register: Register, part: Sequence[RowVerdict]) -> None:
    versions = versions_of(session, register, [_id(found) for found in part])
    if any(versions.get(_id(found)) != found.version for found in part):
        raise StaleEdit(OVERTAKEN)


def versions_of(session: Session, register: Register, ids: Sequence[int]) -> dict[int, int]:
    """The versions of rows that are there, held until the end of the transaction."""
    table = register.table
    asked = register.owned(select(table.id, table.version))  # type: ignore[attr-defined]
    return dict(iter(session.execute(asked.where(table.id.in_(ids)).with_for_update(of=table))))


def _id(found: RowVerdict) -> int:
    assert found.id is not None
    return found.id


def _values(cells: CellReader, found: RowVerdict) -> Values:
    try:
        return cells.values(found.texts)
    except InvalidValue as error:  # what a cell names has gone meanwhile
        raise StaleEdit(OVERTAKEN) from error


def _remember(
    session: Session, intake_id: int, rows: Sequence[tuple[int, dict[str, object] | None, dict[str, object]]]
) -> None:
    add_rows(session, IntakeChange, [
        {"intake_id": intake_id, "record_id": number, "before": before, "after": after}
        for number, before, after in rows
    ])  # fmt: skip

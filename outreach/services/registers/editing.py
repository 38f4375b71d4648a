"""One row of a register changed by hand: saved, archived, deleted, with the log beside it and nobody overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotFound, SeveralFaults, StaleEdit, WrongState
from outreach.domain.roles import Actor, require
from outreach.i18n import translate, use_language
from outreach.services import audit
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Reading, Record, Register, Said, Values


class RefusedRecord(SeveralFaults):
    """A row with faults; `reading` holds each of them by field."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.faults)
        self.reading = reading


class StillNeeded(WrongState):
    """Putting a row away would break a promise; a person who says so again may do it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A row as it was stored, with what a person should know of its values; `more` rows where one became several."""

    record: Record
    reading: Reading
    changed: bool
    more: tuple[Record, ...] = ()


def record_of(session: Session, register: Register, record_id: int) -> Record:
    """The row as it stands; raises NotFound for one of another library."""
    found = register.load(session, [record_id]).get(record_id)
    if found is None:
        raise NotFound("Không có {noun} này, hoặc đã bị xóa.", noun=translate(register.noun))
    return found


def save_texts(
    session: Session,
    actor: Actor,
    register: Register,
    texts: Mapping[str, str],
    *,
    record_id: int | None = None,
    version: int | None = None,
) -> Saved:
    """Store a row from the texts of a form; `record_id` None makes a new one.

    Raises RefusedRecord with every fault, StaleEdit when the row is newer than `version`, NotFound.
    """
    require(actor, register.write_right)
    looks = Lookups(session)
    before = _locked(session, register, record_id, version) if record_id is not None else None
    reading = register.read(texts, looks, known=before.values if before else None)
    if reading.faults:
        raise RefusedRecord(reading)
    rows = register.records_of(reading)
    if before is None:
        first, *others = _add(session, actor, register, reading, rows)
        return Saved(first, reading, changed=True, more=tuple(others))
    if len(rows) > 1:
        text = texts.get(register.spreads, "")
        reading.faults.append(InvalidValue("chỉ dùng khi thêm dòng mới", field=register.spreads, value=text))
        raise RefusedRecord(reading)
    return _change(session, actor, register, reading, before=before)


def save_values(
    session: Session,
    actor: Actor,
    register: Register,
    values: Values,
    *,
    record_id: int | None = None,
    version: int | None = None,
) -> Saved:
    """The same from typed values; they are written as texts and read again, so that every door checks alike."""
    looks = Lookups(session)
    texts: dict[str, str] = {}
    unknown = Reading({})
    for name, value in values.items():
        try:
            texts[name] = register.field(name).text_of(value, looks)
        except InvalidValue as error:  # the number of a row that this library does not have
            unknown.faults.append(error)
    if unknown.faults:
        raise RefusedRecord(unknown)
    return save_texts(session, actor, register, texts, record_id=record_id, version=version)


def _locked(session: Session, register: Register, record_id: int, version: int | None) -> Record:
    """The row, held until the end of the transaction, if it is still the one that the person saw."""
    session.execute(select(register.table.id).where(register.table.id == record_id).with_for_update())
    before = record_of(session, register, record_id)
    if version is not None and before.version != version:
        raise StaleEdit("Người khác vừa lưu {noun} này trước bạn.", noun=translate(register.noun))
    return before


def _add(session: Session, actor: Actor, register: Register, reading: Reading, rows: Sequence[Values]) -> list[Record]:
    wholes = [{**register.defaults(), **values} for values in rows]
    taken = register.keys(session, wholes)
    for whole in wholes:
        if register.key_of(whole) in taken:
            raise _twin(session, register, reading, whole)
    try:
        with session.begin_nested():
            ids = register.insert(session, wholes)
    except IntegrityError:  # somebody made the same row at the same moment
        raise _twin(session, register, reading, wholes[0]) from None
    looks = Lookups(session)
    empty = _logged(register, register.defaults(), looks)
    records = register.load(session, ids)
    for record in records.values():
        texts = _logged(register, record.values, looks)
        changes = {name: [None, text] for name, text in texts.items() if text and text != empty[name]}
        subject = register.subject(record.values, looks)
        audit.record(session, actor, f"add-{register.name}", register.name, record.id, subject, changes)
    return [records[number] for number in ids]


def _change(session: Session, actor: Actor, register: Register, reading: Reading, *, before: Record) -> Saved:
    changes = {name: value for name, value in reading.values.items() if value != before.values.get(name)}
    if not changes:
        return Saved(before, reading, changed=False)
    whole = {**before.values, **changes}
    if (
        set(register.key) & changes.keys()
        and register.keys(session).get(register.key_of(whole), before.id) != before.id
    ):
        raise _twin(session, register, reading, whole)
    needed = (
        _still_needed(session, register, before.id) if register.archives and changes.get("active") is False else None
    )
    if needed is not None:
        reading.faults.append(InvalidValue(needed[0], field="active", value="", **needed[1]))
        raise RefusedRecord(reading)
    old = _logged(register, before.values, Lookups(session))
    try:
        with session.begin_nested():
            register.update(session, [(before.id, changes)])
    except IntegrityError:
        raise _twin(session, register, reading, whole) from None
    session.expire_all()
    looks = Lookups(session)
    new = _logged(register, whole, looks)
    logged = {name: [old[name], new[name]] for name in changes if old[name] != new[name]}
    audit.record(
        session, actor, f"change-{register.name}", register.name, before.id, register.subject(whole, looks), logged
    )
    return Saved(record_of(session, register, before.id), reading, changed=True)


def _still_needed(session: Session, register: Register, record_id: int) -> Said | None:
    return register.still_needed(session, [record_id], today=date.today()).get(record_id)


def _logged(register: Register, values: Values, looks: Lookups) -> dict[str, str]:
    """The cells of a row as the log keeps them: in one language, whatever the person reads."""
    with use_language("vi"):
        return register.texts_of(values, looks)


def _twin(session: Session, register: Register, reading: Reading, whole: Values) -> RefusedRecord:
    name = register.key[0]
    text = register.field(name).text_of(whole.get(name), Lookups(session))
    reading.faults.append(InvalidValue("“{value}” đã có trong danh sách", field=name, value=text))
    return RefusedRecord(reading)


def archive_record(
    session: Session, actor: Actor, register: Register, record_id: int, *, version: int, active: bool,
    forced: bool = False,
) -> Record:  # fmt: skip
    """Put a row away (or take it back): it keeps its history and is planned no more.

    Raises StillNeeded, unless `forced`, when something is promised that needs it; StaleEdit, NotFound.
    """
    require(actor, register.write_right)
    if not register.archives:
        raise WrongState("Không cất được {noun}; hãy xóa.", noun=translate(register.noun))
    before = _locked(session, register, record_id, version)
    if before.values["active"] is active:
        return before
    needed = _still_needed(session, register, record_id)
    if needed is not None and not active and not forced:
        raise StillNeeded(needed[0], **needed[1])
    register.update(session, [(record_id, {"active": active})])
    session.expire_all()
    deed = f"{'restore' if active else 'archive'}-{register.name}"
    subject = register.subject(before.values, Lookups(session))
    audit.record(session, actor, deed, register.name, record_id, subject, {"active": [not active, active]})
    return record_of(session, register, record_id)


def delete_record(session: Session, actor: Actor, register: Register, record_id: int, *, version: int) -> None:
    """Delete a row on which nothing hangs; raises WrongState that says what does, StaleEdit, NotFound."""
    require(actor, register.write_right)
    before = _locked(session, register, record_id, version)
    hanging = register.in_use(session, [record_id]).get(record_id)
    if hanging is not None:
        raise WrongState(hanging)
    looks = Lookups(session)
    texts = {name: [text, None] for name, text in _logged(register, before.values, looks).items() if text}
    subject = register.subject(before.values, looks)
    try:
        with session.begin_nested():
            register.delete(session, [record_id])
    except IntegrityError:  # somebody hung something on it at the same moment
        raise WrongState("Còn dữ liệu thuộc {noun} này nên chưa xóa được.", noun=translate(register.noun)) from None
    session.expire_all()
    audit.record(session, actor, f"delete-{register.name}", register.name, record_id, subject, texts)

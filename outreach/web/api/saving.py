"""From a body to a saved row: values become the texts that every door reads, so that all doors check alike."""

from collections.abc import Mapping
from typing import Any

from flask import g

from outreach.domain.errors import InvalidValue, SeveralFaults
from outreach.i18n import translate
from outreach.services.registers import fields as f
from outreach.services.registers.editing import RefusedRecord, Saved, save_texts
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Record, Register
from outreach.services.registers.walk import dated
from outreach.web.api.models import row_of
from outreach.web.api.reading import Sent
from outreach.web.api.shapes import called, is_reference, name_of, shape_of

# texts, and the codes of choices, are read as they stand
_AS_SENT = (f.Widget.LINE, f.Widget.LINES, f.Widget.CHOICE)


def shown(register: Register, record_id: int) -> dict[str, Any]:
    """The JSON of a row as it stands; raises NotFound."""
    found = dated(g.session, register, record_id)
    return row_of(register, found.record, found.updated_at, looks=Lookups(g.session))


def save(register: Register, sent: Sent, *, before: Record | None = None) -> Saved:
    """Store a body as a new row, or as changes of the row `before`; raises SeveralFaults, StaleEdit."""
    looks = Lookups(g.session)
    faults, texts = list(sent.faults), {}
    for one in register.fields:
        try:
            text = _text(one, sent.values, looks)
        except InvalidValue as error:
            faults.append(error)
        else:
            if text is not None:
                texts[one.name] = text
    if faults:
        raise SeveralFaults(_together(register, sent, faults, texts, before=before))
    try:
        return save_texts(
            g.session, g.actor, register, texts,
            record_id=before.id if before else None, version=before.version if before else None,
        )  # fmt: skip
    except RefusedRecord as error:
        raise SeveralFaults([_as_sent(register, sent, fault) for fault in error.reading.faults]) from None


def _together(
    register: Register, sent: Sent, faults: list[InvalidValue], texts: Mapping[str, str], *, before: Record | None
) -> list[InvalidValue]:
    """The faults of types, and what the register finds in the rest."""
    named = {fault.field.split(".")[0] for fault in faults}
    reading = register.read(texts, Lookups(g.session), known=before.values if before else None)
    others = [_as_sent(register, sent, fault) for fault in reading.faults]
    return faults + [fault for fault in others if fault.field not in named]


def _text(one: f.Field, values: Mapping[str, Any], looks: Lookups) -> str | None:
    """The cell of a field; None when the body does not speak of it. Raises InvalidValue."""
    if is_reference(one):
        return _reference_text(one, values, looks)
    if name_of(one) not in values:
        return None
    value = values[name_of(one)]
    if value is None:
        return ""
    if isinstance(value, str) and one.widget in _AS_SENT:
        return value
    try:
        taken = shape_of(one).take(value)
    except InvalidValue as error:  # of a part: "0.last"
        raise error.about(f"{name_of(one)}.{error.field}", value=error.value) from None
    text = one.text_of(taken, looks)
    if one.widget is f.Widget.DAYS_OFF and {day.period for day in one.value_of(text, looks)} != {
        day.period for day in taken
    }:
        raise InvalidValue("lý do không được bắt đầu như một ngày", field=one.name, value=None)
    return text


def _reference_text(one: f.Field, values: Mapping[str, Any], looks: Lookups) -> str | None:
    """A row named by what it is called, by its number, or by both if they agree."""
    text, number = values.get(called(one)), values.get(one.name)
    if called(one) not in values and one.name not in values:
        return None
    if number is None:
        return text or ""
    try:
        by_number = one.text_of(number, looks)
    except (KeyError, InvalidValue):
        raise InvalidValue("không có mục mang số “{value}” trong thư viện này", field=one.name, value=number) from None
    if one.value_of(by_number if text is None else text, looks) != number:
        raise InvalidValue(
            "{name} và {field} chỉ hai mục khác nhau; gửi một trong hai", field=one.name, value=number,
            name=called(one),
        )  # fmt: skip
    return by_number


def _as_sent(register: Register, sent: Sent, fault: InvalidValue) -> InvalidValue:
    """A fault of the register under the name and with the value that the sender used."""
    one = next((one for one in register.fields if one.name == fault.field), None)
    name = fault.field
    if one is not None and (not is_reference(one) or one.name not in sent.raw):
        name = called(one) if is_reference(one) else name_of(one)
    moved = fault.about(name, value=fault.value)
    moved.value = sent.raw.get(name, fault.value)  # the sentence keeps the words that were read
    return moved


def notes_of(saved: Saved) -> list[dict[str, str]]:
    """What the sender should know of the values that were taken."""
    return [
        {"field": note.field, "message": translate(note.message, **note.values)} for note in saved.reading.notes
    ]  # fmt: skip

"""A register's fields as a form: values become inputs, and what a browser sends becomes texts for the fields."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from outreach.domain.cells import (
    DaysOff,
    ServiceHours,
    read_day,
    read_time,
    write_day,
    write_hours,
    write_time,
    write_weekdays,
)
from outreach.domain.errors import InvalidValue, OutreachError
from outreach.domain.words import TERM_KINDS
from outreach.i18n import translate
from outreach.services.registers.fields import Field, Widget
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register, Values

Form = MultiDict[str, str]

SPARE_ROWS = 2  # empty rows that stand ready for a reader without a script
ROWS_MOST = 60
SHOWN_MOST = 120  # letters of a wrong value that a sentence repeats
_ROW = re.compile(r"(?P<name>\w+)\.(?P<row>\d{1,3})\.(?P<part>\w+)")
TYPED = ("value", "seen")  # what a sentence repeats of what was typed


@dataclass(slots=True)
class Sent:
    """What a form said: the texts of the fields that stood on it, and faults by the name of their input."""

    texts: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)


# ---- from values to inputs


def form_of(register: Register, values: Values, looks: Lookups) -> Form:
    """The inputs of a row as it stands."""
    form: Form = MultiDict()
    for one in register.kept:
        _fill(form, one, values.get(one.name), looks)
    return form


def _fill(form: Form, one: Field, value: Any, looks: Lookups) -> None:  # noqa: ANN401 - each field has a type of its own
    if one.widget is Widget.WEEKDAYS:
        form.setlist(one.name, [str(day) for day in value or ()])
    elif one.widget is Widget.YES_NO:
        form[one.name] = "1" if value else "0"
    elif one.widget is Widget.HOURS:
        for number, hours in enumerate(value or ()):
            _fill_hours(form, f"{one.name}.{number}", hours)
    elif one.widget is Widget.DAYS_OFF:
        for number, days in enumerate(value or ()):
            _fill_days_off(form, f"{one.name}.{number}", days)
    elif one.widget is Widget.DAY:
        form[one.name] = value.isoformat() if isinstance(value, date) else ""
    elif one.options is not None and isinstance(value, str) and value in {way for way, _ in one.options(looks)}:
        form[one.name] = str(value)
    else:
        form[one.name] = one.text_of(value, looks)


def _fill_hours(form: Form, row: str, hours: ServiceHours) -> None:
    form.setlist(f"{row}.days", [str(day) for day in hours.weekdays])
    form[f"{row}.start"], form[f"{row}.end"] = write_time(hours.start_s), write_time(hours.end_s)
    form[f"{row}.term"] = hours.term


def _fill_days_off(form: Form, row: str, days: DaysOff) -> None:
    form[f"{row}.first"], form[f"{row}.last"] = days.period.first.isoformat(), days.period.last.isoformat()
    form[f"{row}.reason"] = days.reason


def rows_of(form: Form, name: str) -> tuple[int, ...]:
    """The numbers of the rows under `name` that hold something."""
    found = {
        int(match["row"])
        for key in form
        if (match := _ROW.fullmatch(key)) and match["name"] == name and any(text.strip() for text in form.getlist(key))
    }
    return tuple(sorted(found))[:ROWS_MOST]


def rows_shown(form: Form, name: str) -> tuple[int, ...]:
    """The rows to show: those in use, and spare ones after them."""
    used = rows_of(form, name)
    after = used[-1] + 1 if used else 0
    return (*used, *range(after, after + SPARE_ROWS))


# ---- from inputs to texts


def read_form(register: Register, form: Form) -> Sent:
    """Texts of the fields that stand on the form; a field that is not on it is left alone."""
    sent = Sent({})
    present = {key.split(".")[0] for key in form}
    for one in register.fields:
        if one.name in present:
            sent.texts[one.name] = _text(one, form, sent.faults)
    return sent


def _text(one: Field, form: Form, faults: dict[str, str]) -> str:
    if one.widget is Widget.YES_NO:
        return "1" if "1" in form.getlist(one.name) else "0"
    if one.widget is Widget.WEEKDAYS:
        days = _days(form.getlist(one.name))
        if not days:
            faults[one.name] = translate("Chọn ít nhất một thứ trong tuần.")
        return write_weekdays(days)
    if one.widget is Widget.HOURS:
        rows = (_hours_text(form, f"{one.name}.{row}", faults) for row in rows_of(form, one.name))
        return "; ".join(filter(None, rows))
    if one.widget is Widget.DAYS_OFF:
        rows = (_days_off_text(form, f"{one.name}.{row}", faults) for row in rows_of(form, one.name))
        return "; ".join(filter(None, rows))
    return _clock(form.get(one.name, "")) if one.widget is Widget.TIME else form.get(one.name, "")


def _clock(text: str) -> str:
    """A time as it was typed; "730" is how fingers write 7:30."""
    plain = text.strip()
    return f"{plain[:-2]}:{plain[-2:]}" if plain.isdigit() and len(plain) in (3, 4) else plain


def _days(sent: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({int(text) for text in sent if text in set("0123456")}))


def _hours_text(form: Form, row: str, faults: dict[str, str]) -> str:
    """One row of hours; a row with weekdays alone asks for nothing."""
    days = _days(form.getlist(f"{row}.days"))
    start, end = (_clock(form.get(f"{row}.{part}", "")) for part in ("start", "end"))
    if not start and not end:
        return ""
    if not days:
        faults[row] = translate("Chọn thứ trong tuần cho khung giờ này.")
    elif not start or not end:
        faults[row] = translate("Ghi đủ giờ bắt đầu và giờ kết thúc.")
    else:
        try:
            start_s, end_s = read_time(start), read_time(end)
        except InvalidValue as error:
            faults[row] = said(error)
        else:
            if start_s < end_s:
                term = form.get(f"{row}.term", "")
                return write_hours((ServiceHours(days, start_s, end_s, term if term in TERM_KINDS else ""),))
            faults[row] = translate("Giờ kết thúc phải sau giờ bắt đầu ({start}).", start=start)
    return ""


def _days_off_text(form: Form, row: str, faults: dict[str, str]) -> str:
    first, last = (form.get(f"{row}.{part}", "").strip() for part in ("first", "last"))
    reason = " ".join(form.get(f"{row}.reason", "").replace(";", ",").split())
    if not first and not last:
        faults[row] = translate("Chọn ngày cho lý do “{reason}”.", reason=reason[:SHOWN_MOST])
        return ""
    try:
        days = read_day(first or last), read_day(last or first)
    except InvalidValue as error:
        faults[row] = said(error)
        return ""
    if days[1] < days[0]:
        faults[row] = translate("Ngày cuối phải bằng hoặc sau ngày đầu.")
        return ""
    return f"{write_day(days[0])}-{write_day(days[1])} {reason}".strip()


# ---- what is wrong, in words


def said(error: OutreachError) -> str:
    """The sentence of a fault: begun with a capital, a long value cut."""
    values = {name: _cut(value) if name in TYPED else value for name, value in error.values.items()}
    sentence = translate(error.message, **values)
    return sentence[:1].upper() + sentence[1:]


def _cut(value: object) -> object:
    return value[:SHOWN_MOST] + "…" if isinstance(value, str) and len(value) > SHOWN_MOST else value


def errors_of(register: Register, sent: Sent, faults: Iterable[InvalidValue] = ()) -> dict[str, str]:
    """Every fault by the name of its input: those of the form's own rows, and those of the fields."""
    errors = {fault.field: said(fault) for fault in faults}
    for name, text in sent.faults.items():
        errors.pop(name.split(".")[0], None)  # the row says it more exactly
        errors[name] = text
    order = {one.name: place for place, one in enumerate(register.fields)}
    return dict(sorted(errors.items(), key=lambda item: order.get(item[0].split(".")[0], len(order))))


def summary_of(register: Register, errors: Mapping[str, str]) -> dict[str, str]:
    """The same for the top of the page: each sentence with the heading of its field."""
    headings = {one.name: translate(one.heading) for one in register.fields}
    return {
        name: translate("{heading}: {text}", heading=headings[base], text=text[:1].lower() + text[1:])
        if (base := name.split(".")[0]) in headings
        else text
        for name, text in errors.items()
    }


# ---- what the person saw


def seen_of(register: Register, values: Values, looks: Lookups) -> str:
    """The texts of a row as one hidden input: by them a stale form knows what the person changed."""
    return json.dumps(register.texts_of(values, looks), ensure_ascii=False, separators=(",", ":"))


def read_seen(text: str) -> dict[str, str]:
    """The texts that the form began with; empty when the browser lost them."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(value) for name, value in found.items()}

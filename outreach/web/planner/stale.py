"""Two people saved one row: what differs between their version and mine, and the form after choosing field by field."""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Record, Register
from outreach.web.planner.forms import Form, Sent, form_of

# fields that say one thing together and are taken from one version
TOGETHER = (("point", "lat", "lon"), ("commune", "commune_code"))
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field (or fields that belong together) in both versions; `both` people changed it, else `take` is clear."""

    name: str
    heading: str  # a Vietnamese source text
    mine: str
    theirs: str
    take: str
    both: bool


def _unit(name: str) -> tuple[str, ...]:
    return next((names for names in TOGETHER if name in names), (name,))


def my_texts(register: Register, record: Record, sent: Sent, looks: Lookups) -> dict[str, str]:
    """What I typed, written as the register would write it; what cannot be read stays as it was typed."""
    reading = register.read(sent.texts, looks, known=record.values)
    texts = {
        one.name: one.text_of(reading.values[one.name], looks) if one.name in reading.values else sent.texts[one.name]
        for one in register.kept
        if one.name in reading.values or one.name in sent.texts
    }
    faulty = {fault.field for fault in reading.faults} | {name.split(".")[0] for name in sent.faults}
    return texts | {name: sent.texts[name] for name in faulty if name in sent.texts}


def differences(
    register: Register, record: Record, sent: Sent, *, seen: Mapping[str, str], looks: Lookups
) -> tuple[Difference, ...]:
    """Where my version and the stored one part, in the order of the fields."""
    mine, theirs = my_texts(register, record, sent, looks), register.texts_of(record.values, looks)
    found: dict[str, Difference] = {}
    for one in register.kept:
        names = [name for name in _unit(one.name) if name in theirs]
        if names[0] in found or all(mine.get(name, theirs[name]) == theirs[name] for name in names):
            continue
        mine_changed = any(mine.get(name, seen.get(name)) != seen.get(name) for name in names)
        theirs_changed = any(theirs[name] != seen.get(name) for name in names)
        found[names[0]] = Difference(
            name=names[0],
            heading="Tọa độ" if names[0] == "lat" else register.field(names[0]).heading,
            mine="; ".join(filter(None, (mine.get(name, theirs[name]) for name in names))),
            theirs="; ".join(filter(None, (theirs[name] for name in names))),
            take=MINE if mine_changed else THEIRS,
            both=mine_changed and theirs_changed,
        )
    return tuple(found.values())


def chosen(register: Register, record: Record, form: Form, looks: Lookups) -> Form:
    """The form with the fields of the stored version where a person took theirs."""
    taken = {
        name
        for one in register.kept
        for name in _unit(one.name)
        if any(form.get(f"take.{first}") == THEIRS for first in _unit(one.name))
    }
    current = form_of(register, record.values, looks)
    kept = [(key, text) for key, text in form.items(multi=True) if key.split(".")[0] not in taken | {"take"}]
    theirs = [(key, text) for key, text in current.items(multi=True) if key.split(".")[0] in taken]
    return MultiDict(kept + theirs)

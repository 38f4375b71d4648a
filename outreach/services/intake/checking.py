"""Rows of a sheet held against the register: new, changed, the same, or wrong and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.maps.area import Area
from outreach.services.intake.columns import Mapping_
from outreach.services.intake.doubting import Doubter
from outreach.services.intake.verdicts import RowVerdict, Verdict, said_of_fault, said_of_note
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Reading, Record, Register, Said, Values

Key = tuple[Any, ...]
SheetRow = tuple[int, list[str]]  # number in the sheet, cells


@dataclass(slots=True)
class _Row:
    """One row on its way to a verdict."""

    number: int
    texts: dict[str, str]
    key: Key | None  # None: the key itself cannot be read
    id: int | None = None


class Checker:
    """Checks the rows of one sheet, part by part, in the order of the sheet; call `look` for all, then `check`.

    `clear`: an empty cell empties the value that is there; else it leaves the value alone.
    """

    def __init__(self, register: Register, mapping: Mapping_, *, clear: bool, area: Area | None = None) -> None:
        self._register, self._mapping, self._clear = register, mapping, clear
        self._doubter = Doubter(area) if register.name == "sites" else None
        self._looks: Lookups | None = None
        self._ids: dict[Key, int] = {}
        self._first: dict[Key, int] = {}  # row of the sheet in which a key comes first
        self._twins: dict[Key, list[int]] = {}
        self._needed: dict[int, Said] = {}  # rows of this part that should not be put away, and why
        self._taken: dict[Key, int] = {}  # keys of rows that were checked
        defaults = register.defaults()
        self._defaults = defaults
        self._default_texts: dict[str, str] = {}

    def look(self, session: Session, rows: Iterable[SheetRow]) -> None:
        """Remember which keys come more than once."""
        looks = self._in(session)
        for number, cells in rows:
            key = self._key_in(self._texts(cells), looks)
            if key is None:
                continue
            first = self._first.setdefault(key, number)
            if first != number:
                self._twins.setdefault(key, [first]).append(number)

    def check(self, session: Session, rows: Iterable[SheetRow]) -> list[RowVerdict]:
        """The verdict of each row; a row that stands for several records has one for each."""
        looks = self._in(session)
        coming = []
        for number, cells in rows:
            texts = self._texts(cells)
            key = self._key_in(texts, looks)
            coming.append(_Row(number, texts, key, self._ids.get(key) if key is not None else None))
        known = self._register.load(session, [row.id for row in coming if row.id is not None])
        putting_away = [row.id for row in coming if row.id is not None and row.texts.get("active", "").strip()]
        self._needed = self._register.still_needed(session, putting_away, today=date.today()) if putting_away else {}
        found = [one for row in coming for one in self._verdicts(session, row, known, looks)]
        session.expunge_all()  # a hundred thousand rows are not kept in memory
        return found

    def _in(self, session: Session) -> Lookups:
        """What the rows are called, read once; only the session changes from part to part."""
        if self._looks is None:
            self._looks = Lookups(session)
            self._ids = self._register.keys(session)
            self._default_texts = self._register.texts_of(self._defaults, self._looks)
        self._looks.session = session
        return self._looks

    def _texts(self, cells: Sequence[str]) -> dict[str, str]:
        return {name: cells[index] if index < len(cells) else "" for index, name in self._mapping.items()}

    def _key_in(self, texts: Mapping[str, str], looks: Lookups) -> Key | None:
        values = {}
        for name in self._register.key:
            try:
                values[name] = self._register.field(name).value_of(texts.get(name, ""), looks)
            except InvalidValue:
                return None
        return self._known_again(values)

    def _known_again(self, values: Values) -> Key | None:
        """The key of a row; None as long as it says nothing that tells it from others (it gets a number of its own)."""
        if all(values.get(name) in (None, "") for name in self._register.key):
            return None
        return self._register.key_of(values)

    def _verdicts(
        self, session: Session, row: _Row, known: Mapping[int, Record], looks: Lookups
    ) -> Iterator[RowVerdict]:
        first, reading = self._verdict(session, row, known, looks)
        yield first
        if not self._register.spreads or first.verdict is Verdict.WRONG:
            return
        for values in self._register.records_of(reading)[1:]:
            further = _Row(row.number, row.texts, self._register.key_of(values))
            one = Reading(values)
            number = self._ids.get(further.key) if further.key is not None else None
            self._refuse_twins(further, one)
            if one.faults:
                yield self._wrong(further, one)
            elif number is not None:
                yield self._known(further, one, self._register.load(session, [number])[number], looks)
            else:
                yield self._new(further, one, looks)

    def _verdict(
        self, session: Session, row: _Row, known: Mapping[int, Record], looks: Lookups
    ) -> tuple[RowVerdict, Reading]:
        record = known.get(row.id) if row.id is not None else None
        reading = self._read(row, record, looks)
        if record is None and not reading.faults:  # what was filled in may complete a key that is there
            key = self._known_again({**self._defaults, **reading.values})
            number = self._ids.get(key) if key is not None else None
            row.key = key
            if number is not None:
                record = self._register.load(session, [number])[number]
                reading = self._read(row, record, looks)
        self._refuse_twins(row, reading)
        self._refuse_promised(reading, record)
        if reading.faults:
            return self._wrong(row, reading), reading
        if self._doubter is not None:
            self._doubter.look(session, reading, looks, known=record)
        if record is None:
            return self._new(row, reading, looks), reading
        return self._known(row, reading, record, looks), reading

    def _read(self, row: _Row, record: Record | None, looks: Lookups) -> Reading:
        if record is None:
            return self._register.read(row.texts, looks)
        kept = row.texts if self._clear else {name: text for name, text in row.texts.items() if text.strip()}
        return self._register.read(kept, looks, known=record.values)

    def _refuse_twins(self, row: _Row, reading: Reading) -> None:
        if row.key is None:
            return
        others = [number for number in self._twins.get(row.key, ()) if number != row.number]
        taken = self._taken.setdefault(row.key, row.number)
        if not others and taken != row.number:
            others = [taken]
        if others:
            name = self._register.key[0]
            reading.faults.append(
                InvalidValue(
                    "trùng với dòng {rows} của bảng này; giữ một dòng, xóa dòng kia", field=name,
                    value=row.texts.get(name, ""), rows=", ".join(str(number) for number in others[:5]),
                )
            )  # fmt: skip

    def _refuse_promised(self, reading: Reading, record: Record | None) -> None:
        """What is promised to the public is not put away by a sheet, as it is not by a form."""
        needed = self._needed.get(record.id) if record is not None else None
        if record is None or needed is None:
            return
        if record.values["active"] and reading.values.get("active") is False:
            reading.faults.append(InvalidValue(needed[0], field="active", value="", **needed[1]))

    def _wrong(self, row: _Row, reading: Reading) -> RowVerdict:
        subject = " · ".join(
            text for name in dict.fromkeys((*self._register.key, "name")) if (text := row.texts.get(name, "").strip())
        )
        return RowVerdict(
            row.number,
            Verdict.WRONG,
            subject[:200],
            texts={fault.field: row.texts.get(fault.field, "") for fault in reading.faults},
            faults=tuple(said_of_fault(fault) for fault in reading.faults),
            notes=tuple(said_of_note(note) for note in reading.notes),
        )

    def _new(self, row: _Row, reading: Reading, looks: Lookups) -> RowVerdict:
        whole: Values = {**self._defaults, **reading.values}
        said = {}
        for field in self._register.kept:
            if whole.get(field.name) == self._defaults[field.name]:
                continue
            text = field.text_of(whole.get(field.name), looks)
            if text != self._default_texts[field.name]:
                said[field.name] = text
        return RowVerdict(
            row.number,
            Verdict.NEW,
            self._register.subject(whole, looks)[:200],
            texts=said,
            notes=tuple(said_of_note(note) for note in reading.notes),
        )

    def _known(self, row: _Row, reading: Reading, record: Record, looks: Lookups) -> RowVerdict:
        before, after = {}, {}
        for name, value in reading.values.items():
            if value == record.values.get(name):
                continue
            field = self._register.field(name)
            old, new = field.text_of(record.values.get(name), looks), field.text_of(value, looks)
            if old != new:
                before[name], after[name] = old, new
        return RowVerdict(
            row.number,
            Verdict.CHANGED if after else Verdict.SAME,
            self._register.subject({**record.values, **reading.values}, looks)[:200],
            texts=after,
            before=before,
            id=record.id,
            version=record.version,
            notes=tuple(said_of_note(note) for note in reading.notes) if after else (),
        )

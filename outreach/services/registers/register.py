"""A register: rows of one kind that people keep, with the same few verbs for every kind.

Sheets, forms and the API all read texts or values through the same fields and write through the same verbs,
so a value that one door takes is taken, refused and explained alike by the others.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import sqlalchemy
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Right
from outreach.services.registers.fields import Field
from outreach.services.registers.lookups import Lookups
from outreach.store.base import Owned, Table

Values = dict[str, Any]  # field name -> value


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know of a value that was taken: mended, doubtful, filled in."""

    field: str
    message: str  # a Vietnamese source text with {named} places
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """What the texts of one row gave: values of the fields that were read, faults and notes."""

    values: Values
    faults: list[InvalidValue] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands."""

    id: int
    version: int
    values: Values


class Register:
    """The verbs with what most registers need; a register of more than one table overrides `load` and the writers."""

    name: ClassVar[str]  # of command line, addresses and API: "sites"
    title: ClassVar[str]  # "Điểm phục vụ"
    noun: ClassVar[str]  # "điểm phục vụ", one of them
    table: ClassVar[type[Table]]
    fields: ClassVar[tuple[Field, ...]]
    key: ClassVar[tuple[str, ...]]  # fields by which a row is known again
    archives: ClassVar[bool] = False  # the table has `active`: rows with a history are archived, not deleted
    write_right: ClassVar[Right] = Right.EDIT_REGISTERS
    read_right: ClassVar[Right] = Right.SEE_SITES

    # ---- fields

    @property
    def kept(self) -> tuple[Field, ...]:
        """The fields that have a value of their own, in the order of a sheet."""
        return tuple(one for one in self.fields if not one.entry_only)

    def field(self, name: str) -> Field:
        """The field with this name."""
        return next(one for one in self.fields if one.name == name)

    def read(self, texts: Mapping[str, str], looks: Lookups, *, known: Values | None = None) -> Reading:
        """Values of `texts` (field name -> text; fields left out are not read), checked together.

        `known` are the values of the row that is changed; None for a new one, which must have all required fields.
        """
        reading = Reading({})
        for one in self.fields:
            if one.name not in texts and (known is not None or not one.required):
                continue
            try:
                reading.values[one.name] = one.value_of(texts.get(one.name, ""), looks)
            except InvalidValue as error:
                reading.faults.append(error)
        try:
            self.complete(reading, looks, known=known)
        except InvalidValue as error:
            reading.faults.append(error)
        for one in self.fields:
            if one.entry_only:
                reading.values.pop(one.name, None)
        return reading

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """Turn entry-only fields into others, fill in what follows, check fields against each other."""

    def key_of(self, values: Values) -> tuple[Any, ...]:
        """By what a row is known again."""
        return tuple(self._comparable(values.get(name)) for name in self.key)

    @staticmethod
    def _comparable(value: object) -> object:
        return value.casefold() if isinstance(value, str) else value

    def defaults(self) -> Values:
        """The values of a new row about which nothing was said."""
        return {one.name: one.empty for one in self.kept}

    def texts_of(self, values: Values, looks: Lookups) -> dict[str, str]:
        """The cells of a row."""
        return {one.name: one.text_of(values.get(one.name), looks) for one in self.kept}

    def subject(self, values: Values, looks: Lookups) -> str:  # noqa: ARG002 - others look names up
        """How the log and messages call a row."""
        return str(values.get(self.key[0], ""))

    # ---- rows

    def load(self, session: Session, ids: Sequence[int] | None = None) -> dict[int, Record]:
        """Rows by id, in the order of their ids; all of the library when `ids` is None."""
        names = [one.name for one in self.kept]
        columns = [getattr(self.table, name) for name in names]
        asked = self.owned(select(self.table.id, self.table.version, *columns)).order_by(self.table.id)  # type: ignore[attr-defined]
        if ids is not None:
            asked = asked.where(self.table.id.in_(ids))
        return {
            row[0]: Record(row[0], row[1], self.from_columns(dict(zip(names, row[2:], strict=True))))
            for row in session.execute(asked)
        }

    def owned(self, statement: Any) -> Any:  # noqa: ANN401 - any select
        """`statement` for the library of the session; tables of their own need nothing, children join their owner."""
        return statement

    def keys(self, session: Session) -> dict[tuple[Any, ...], int]:
        """Ids by key."""
        columns = [getattr(self.table, name) for name in self.key]
        return {
            tuple(self._comparable(value) for value in row[1:]): row[0]
            for row in session.execute(self.owned(select(self.table.id, *columns)))
        }

    def from_columns(self, columns: dict[str, Any]) -> Values:
        """Values of a row's columns."""
        return columns

    def to_columns(self, values: Values, session: Session) -> dict[str, Any]:  # noqa: ARG002 - others look things up
        """Columns of values."""
        return dict(values)

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Write new rows and return their ids in the same order."""
        if not rows:
            return []
        owner = {"organisation_id": session.info["organisation_id"]} if issubclass(self.table, Owned) else {}
        made = session.scalars(
            insert(self.table).returning(self.table.id, sort_by_parameter_order=True),
            [self.to_columns(values, session) | owner for values in rows],
        )
        return list(made)

    def update(self, session: Session, rows: Sequence[tuple[int, Values]]) -> None:
        """Change rows (id, the values that change) and let their versions grow."""
        table = cast("sqlalchemy.Table", self.table.__table__)
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(
            list
        )  # one statement for rows that change alike
        for number, values in rows:
            columns = self.to_columns(values, session)
            alike[tuple(columns)].append({"row_id": number} | {f"new_{name}": value for name, value in columns.items()})
        for names, parameters in alike.items():
            changed = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
            changing = update(table).where(table.c.id == bindparam("row_id"))
            session.execute(changing.values({**changed, "version": table.c.version + 1}), parameters)

    def delete(self, session: Session, ids: Sequence[int]) -> None:
        """Delete rows that nothing hangs on."""
        session.execute(delete(self.table).where(self.table.id.in_(ids)).execution_options(synchronize_session=False))

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:  # noqa: ARG002 - most are free to go
        """Rows that must not be deleted, each with what hangs on it (a Vietnamese source text)."""
        return {}


def entries(values: Values, names: Iterable[str]) -> Values:
    """The values of some fields."""
    return {name: values[name] for name in names if name in values}

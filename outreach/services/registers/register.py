"""A register: rows of one kind that people keep, with the same few verbs for every kind.

Sheets, forms and the API all read texts or values through the same fields and write through the same verbs,
so a value that one door takes is taken, refused and explained alike by the others.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Right
from outreach.services.registers.fields import Field
from outreach.services.registers.lookups import Lookups
from outreach.store.base import Owned, Table
from outreach.store.bulk import core_of, insert_rows
from outreach.store.session import GuardError

T = TypeVar("T")
Values = dict[str, Any]  # field name -> value
Said = tuple[str, dict[str, object]]  # a Vietnamese source text with {named} places, and what stands in them


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know of a value that was taken: mended, doubtful, filled in."""

    field: str
    message: str  # a Vietnamese source text with {named} places
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """What the texts of one row gave: values of the fields that were read, faults and notes.

    `entered` are the values of entry-only fields, as they were read.
    """

    values: Values
    faults: list[InvalidValue] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)
    entered: Values = dataclasses.field(default_factory=dict)


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
    exact: ClassVar[bool] = False  # capitals count in keys
    archives: ClassVar[bool] = False  # the table has `active`: rows with a history are archived, not deleted
    adds_only: ClassVar[bool] = False  # rows of a sheet are never rows that are there already
    spreads: ClassVar[str] = ""  # an entry-only field by which one row of a sheet becomes several (days from, to)
    owner: ClassVar[tuple[str, type[Table]] | None] = None  # of a table without organisation: column, whose part it is
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
            if one.entry_only and one.name in reading.values:
                reading.entered[one.name] = reading.values.pop(one.name)
        return reading

    def records_of(self, reading: Reading) -> list[Values]:
        """The rows that one reading without faults stands for: one, or several where the register `spreads`."""
        return [reading.values]

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """Turn entry-only fields into others, fill in what follows, check fields against each other."""

    def key_of(self, values: Values) -> tuple[Any, ...]:
        """By what a row is known again. One without a key (it gets a number when written) is like no other."""
        key = tuple(self._comparable(values.get(name)) for name in self.key)
        return key if any(part not in (None, "") for part in key) else (object(),)

    def _comparable(self, value: object) -> object:
        return value.casefold() if isinstance(value, str) and not self.exact else value

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
        return {
            row[0]: Record(row[0], row[1], self.from_columns(dict(zip(names, row[2:], strict=True))))
            for part in narrowed(asked, self.table.id, ids)
            for row in session.execute(part)
        }

    def owned(self, statement: Any) -> Any:  # noqa: ANN401 - any select
        """`statement` for the library of the session; tables of their own need nothing, children join their owner."""
        if self.owner is None:
            return statement
        column, parent = self.owner
        return statement.join(parent, parent.id == getattr(self.table, column))  # the session's guard narrows parents

    def _own(self, session: Session) -> ColumnElement[bool]:
        """The same as a condition, for statements that the session's guard does not reach."""
        library = session.info["organisation_id"]
        table = core_of(self.table)
        if self.owner is None:
            return cast("ColumnElement[bool]", table.c.organisation_id == library)
        column, parent = self.owner
        parents = core_of(parent)
        return table.c[column].in_(select(parents.c.id).where(parents.c.organisation_id == library))

    def _check_owner(self, session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
        """Children are given to rows of the session's library alone."""
        if self.owner is None:
            return
        column, parent = self.owner
        wanted = {row[column] for row in rows if column in row}
        for some in chunks(sorted(wanted)):
            wanted -= set(session.scalars(select(parent.id).where(parent.id.in_(some))))
        if wanted:
            raise GuardError(f"{column} {sorted(wanted)[:3]} of another organisation")

    def keys(self, session: Session, like: Sequence[Values] | None = None) -> dict[tuple[Any, ...], int]:
        """Ids by key: all of the library, or at least those that rows `like` these have, where that is quicker."""
        columns = [getattr(self.table, name) for name in self.key]
        asked = self.owned(select(self.table.id, *columns))
        for name, column in zip(self.key, columns, strict=True):
            wanted = {row.get(name) for row in like} if like else set()
            if 0 < len(wanted) <= IDS_AT_ONCE and all(self._sharp(value) for value in wanted):
                asked = asked.where(column.in_(wanted))
        return {tuple(self._comparable(value) for value in row[1:]): row[0] for row in session.execute(asked)}

    def _sharp(self, value: object) -> bool:
        """Whether the database compares a value as keys do."""
        return value is not None and (self.exact or not isinstance(value, str))

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
        columns = [self.to_columns(values, session) | owner for values in rows]
        self._check_owner(session, columns)
        return insert_rows(session, self.table, columns)

    def update(self, session: Session, rows: Sequence[tuple[int, Values]]) -> None:
        """Change rows (id, the values that change) and let their versions grow."""
        self.write_columns(session, [(number, self.to_columns(values, session)) for number, values in rows])

    def write_columns(self, session: Session, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        """Change columns of rows of this library; rows that change alike share one statement."""
        self._check_owner(session, [columns for _, columns in rows])
        table = core_of(self.table)
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for number, columns in rows:
            alike[tuple(columns)].append({"row_id": number} | {f"new_{name}": value for name, value in columns.items()})
        for names, parameters in alike.items():
            changed = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
            changing = update(table).where(table.c.id == bindparam("row_id"), self._own(session))
            session.execute(changing.values({**changed, "version": table.c.version + 1}), parameters)

    def delete(self, session: Session, ids: Sequence[int]) -> None:
        """Delete rows that nothing hangs on."""
        for some in chunks(ids):
            mine = (self.table.id.in_(some), self._own(session))
            session.execute(delete(self.table).where(*mine).execution_options(synchronize_session=False))

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:  # noqa: ARG002 - most are free to go
        """Rows that must not be deleted, each with what hangs on it (a Vietnamese source text)."""
        return {}

    def still_needed(self, session: Session, ids: Sequence[int], *, today: date) -> dict[int, Said]:  # noqa: ARG002
        """Rows that should not be put away just like that, each with what speaks against it."""
        return {}


IDS_AT_ONCE = 1000  # databases limit the places of one statement


def chunks(rows: Sequence[T], size: int = IDS_AT_ONCE) -> Iterator[Sequence[T]]:
    """`rows` (or ids) in parts that one statement can take."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def narrowed(statement: Any, column: Any, ids: Sequence[int] | None) -> Iterator[Any]:  # noqa: ANN401 - any select
    """`statement` once for each part of `ids` (in order), or as it is when `ids` is None."""
    if ids is None:
        yield statement
        return
    for some in chunks(sorted(ids)):
        yield statement.where(column.in_(some))


def hanging(session: Session, column: Any, ids: Sequence[int]) -> set[int]:  # noqa: ANN401 - any column
    """Those of `ids` that rows name in `column`."""
    found: set[int] = set()
    for part in narrowed(select(column).distinct(), column, ids):
        found.update(session.scalars(part))
    return found

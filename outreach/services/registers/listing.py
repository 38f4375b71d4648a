"""One page of a register: searched without marks, filtered, in order, with the words a list shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from outreach.domain.names import search_key, sort_key
from outreach.domain.places import SiteKind
from outreach.domain.times import Period
from outreach.services.registers.fields import Field, Widget
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Record, Register
from outreach.services.sites import matches
from outreach.store.sites import Site

SIZE = 50
PARTS = 400  # ids named in one statement


class Shelf(StrEnum):
    """Which rows of a register that archives: in use, put away, or both."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSpec:
    """How a register is listed: `title` is the field by which rows are found, `columns` follow it.

    Registers of rows about sites (`by_site`) are searched and ordered by the database, by the site; the others are
    small and are searched in their texts. `choices` are fields whose options serve as filters; `days` are the columns
    of a row's first and last day, which half-years (`by_half_year`) or else years narrow.
    """

    title: str
    columns: tuple[str, ...]
    choices: tuple[str, ...] = ()
    days: tuple[str, str] | None = None
    by_half_year: bool = False
    by_site: bool = False
    newest_first: bool = False
    order: str = ""  # a field by which rows stand when nobody says otherwise; else by the title, or the days


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader looks for; what cannot be read in `choices` is left out."""

    search: str = ""
    shelf: Shelf = Shelf.ACTIVE
    choices: Mapping[str, str] = field(default_factory=dict)
    period: Period | None = None
    site_kind: SiteKind | None = None
    order: str = ""  # a field's name, "-" before it for the reverse; "" is the register's own order
    page: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list; `detail` says where or what it is, `cells` follow the columns."""

    id: int
    title: str
    detail: str
    cells: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how many rows there are in all."""

    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int


def page_of(session: Session, register: Register, spec: ListSpec, asked: Asked, *, looks: Lookups) -> Page:
    """The page of the list that was asked for; one that is too high is the last."""
    wanted = _filtered(register, spec, asked, looks)
    if spec.by_site or register.table is Site:
        return _page_by_site(session, register, spec, asked, looks=looks, wanted=wanted)
    records = _in_words(session, register, asked, looks=looks, ids=list(session.scalars(wanted)))
    _order(records, register, spec, asked.order, looks)
    number, pages = _bounds(len(records), asked.page)
    shown = records[(number - 1) * SIZE : number * SIZE]
    return Page(_rows(session, register, spec, shown, looks=looks), len(records), number, pages)


def _bounds(total: int, page: int) -> tuple[int, int]:
    pages = max(1, -(-total // SIZE))
    return min(max(1, page), pages), pages


# ---- which rows


def _filtered(register: Register, spec: ListSpec, asked: Asked, looks: Lookups) -> Select[int]:
    table: Any = register.table
    wanted = register.owned(select(table.id))
    if spec.by_site:
        wanted = wanted.join(Site, Site.id == table.site_id)
    if register.archives and asked.shelf is not Shelf.ALL:
        wanted = wanted.where(table.active.is_(asked.shelf is Shelf.ACTIVE))
    for name in spec.choices:
        value = choice_value(register.field(name), asked.choices.get(name, ""), looks)
        if value is not None:
            wanted = wanted.where(getattr(table, name) == value)
    if asked.site_kind is not None and (spec.by_site or table is Site):
        wanted = wanted.where(Site.kind == asked.site_kind)
    if asked.period is not None and spec.days is not None:
        first, last = (getattr(table, name) for name in spec.days)
        wanted = wanted.where(first <= asked.period.last, last >= asked.period.first)
    return wanted  # type: ignore[no-any-return]


def choice_value(one: Field, text: str, looks: Lookups) -> Any:  # noqa: ANN401 - each field has a type of its own
    """The value of an option, None for a text that is none of the options."""
    known = {value for value, _ in one.options(looks)} if one.options else set()
    return one.read(text, looks) if text in known else None


def _page_by_site(
    session: Session, register: Register, spec: ListSpec, asked: Asked, *, looks: Lookups, wanted: Select[int]
) -> Page:
    for word in search_key(asked.search).split():
        wanted = wanted.where(matches(word))
    total = session.scalar(wanted.with_only_columns(func.count(register.table.id))) or 0
    number, pages = _bounds(total, asked.page)
    ordered = wanted.order_by(*_site_order(register, spec, asked.order)).offset((number - 1) * SIZE).limit(SIZE)
    ids = list(session.scalars(ordered))
    found = register.load(session, ids)
    records = [found[one] for one in ids if one in found]
    return Page(_rows(session, register, spec, records, looks=looks), total, number, pages)


def _site_order(register: Register, spec: ListSpec, order: str) -> Iterable[Any]:
    table: Any = register.table
    name = order.removeprefix("-")
    column = getattr(table, name, None) if name in (spec.title, *spec.columns) else None
    if name in (spec.title, "site_id") or (column is None and not spec.newest_first):
        column = Site.sort_key
    if column is None:
        column, order = getattr(table, (spec.days or ("id",))[0]), "-"
    return (column.desc() if order.startswith("-") else column.asc(), Site.sort_key, table.id)


def _in_words(
    session: Session, register: Register, asked: Asked, *, looks: Lookups, ids: Sequence[int]
) -> list[Record]:
    """The rows whose texts hold every word that was typed."""
    found: list[Record] = []
    for start in range(0, len(ids), PARTS):
        found += register.load(session, ids[start : start + PARTS]).values()
    words = search_key(asked.search).split()
    if not words:
        return found
    return [record for record in found if _holds(register, record, words, looks)]


def _holds(register: Register, record: Record, words: Iterable[str], looks: Lookups) -> bool:
    text = search_key(" ".join(register.texts_of(record.values, looks).values()))
    return all(word in text for word in words)


# ---- in which order


def _order(records: list[Record], register: Register, spec: ListSpec, order: str, looks: Lookups) -> None:
    """By the values of a column, texts in the order of the dictionary; rows without a value come last."""
    name = order.removeprefix("-")
    if name not in (spec.title, *spec.columns):
        usual = spec.order or (spec.days[0] if spec.days else spec.title)
        name, order = usual, "-" if spec.newest_first else ""
    by_title = _key(register.field(spec.title), looks)
    by_name = _key(register.field(name), looks)
    records.sort(key=lambda record: (by_title(record), record.id))
    records.sort(key=by_name, reverse=order.startswith("-"))
    records.sort(key=lambda record: record.values.get(name) in (None, ""))


def _key(one: Field, looks: Lookups) -> Callable[[Record], Any]:
    def key(record: Record) -> Any:  # noqa: ANN401 - numbers, days or texts, alike within one column
        value = record.values.get(one.name)
        if value is None or value == "":
            return (0, "")
        return (1, value) if _is_plain(value, one) else (1, sort_key(one.text_of(value, looks)))

    return key


def _is_plain(value: object, one: Field) -> bool:
    return isinstance(value, int | float | date) and one.widget is not Widget.CHOICE


# ---- what a line says


def _rows(
    session: Session, register: Register, spec: ListSpec, records: Sequence[Record], *, looks: Lookups
) -> tuple[Row, ...]:
    places = _places(session, [record.values.get("site_id") for record in records]) if spec.by_site else {}
    rows = []
    for record in records:
        texts = register.texts_of(record.values, looks)
        title, detail = texts[spec.title], texts.get("code", "") if register.table is Site else ""
        if record.values.get("site_id") in places and spec.title == "site_id":
            title, detail = places[record.values["site_id"]]
        cells = tuple(texts[name] for name in spec.columns)
        rows.append(Row(record.id, title, detail, cells, record.values.get("active", True) is not False))
    return tuple(rows)


def _places(session: Session, ids: Iterable[int | None]) -> dict[int, tuple[str, str]]:
    """Name and code of sites."""
    wanted = select(Site.id, Site.name, Site.code).where(Site.id.in_({one for one in ids if one is not None}))
    return {number: (name, code) for number, name, code in session.execute(wanted)}

"""Walking through a register portion by portion, for programs that copy it or ask what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound
from outreach.domain.names import search_key
from outreach.i18n import translate
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Record, Register
from outreach.services.sites import matches
from outreach.store.sites import Site


@dataclass(frozen=True, slots=True)
class Dated:
    """A row as it stands, and when it was last changed."""

    record: Record
    updated_at: datetime


def lies_on_days(register: Register) -> bool:
    """Whether each row of the register has a day of its own."""
    return hasattr(register.table, "day")


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows in the order of their ids; `last_id` is where the next portion goes on, None at the end."""

    rows: tuple[Dated, ...]
    total: int  # of all portions together
    last_id: int | None


def dated(session: Session, register: Register, record_id: int) -> Dated:
    """One row; raises NotFound for one of another library."""
    found = _load(session, register, [record_id])
    if not found:
        raise NotFound("Không có {noun} này, hoặc đã bị xóa.", noun=translate(register.noun))
    return found[0]


def whole(session: Session, register: Register) -> tuple[Dated, ...]:
    """All rows of a register that has few."""
    table: Any = register.table
    return _load(session, register, list(session.scalars(register.owned(select(table.id)).order_by(table.id))))


def portion(
    session: Session,
    register: Register,
    *,
    after_id: int = 0,
    limit: int = 50,
    search: str = "",
    updated_since: datetime | None = None,
    days: tuple[date | None, date | None] = (None, None),
    only: Sequence[ColumnElement[bool]] = (),
) -> Portion:
    """At most `limit` rows after the row `after_id`; `search` ignores diacritics, every word must be found.

    `days` are the first and last one, for tables whose rows lie on a day; `only` are further conditions.
    """
    table: Any = register.table
    wanted = register.owned(select(table.id))
    wanted = wanted.where(*only)
    if updated_since is not None:
        wanted = wanted.where(table.updated_at >= updated_since)
    first, last = days
    if first is not None:
        wanted = wanted.where(table.day >= first)
    if last is not None:
        wanted = wanted.where(table.day <= last)
    words = search_key(search).split()
    if words:
        wanted = _matching(session, register, wanted, words)
    total = session.scalar(wanted.with_only_columns(func.count(table.id))) or 0
    ids = list(session.scalars(wanted.where(table.id > after_id).order_by(table.id).limit(limit + 1)))
    shown = ids[:limit]
    return Portion(_load(session, register, shown), total, shown[-1] if len(ids) > limit else None)


def _load(session: Session, register: Register, ids: Sequence[int]) -> tuple[Dated, ...]:
    if not ids:
        return ()
    table: Any = register.table
    times: Mapping[int, datetime] = dict(
        session.execute(select(table.id, table.updated_at).where(table.id.in_(ids))).all()
    )
    return tuple(Dated(record, times[number]) for number, record in register.load(session, ids).items())


def _matching(session: Session, register: Register, wanted: Select[Any], words: Sequence[str]) -> Select[Any]:
    """Rows whose site holds every word; of registers that are not about sites, rows whose cells do."""
    table: Any = register.table
    if table is Site:
        return wanted.where(*(matches(word) for word in words))
    if hasattr(table, "site_id") and not table.__table__.c.site_id.nullable:
        sites = select(Site.id).where(*(matches(word) for word in words))
        return wanted.where(table.site_id.in_(sites))
    looks = Lookups(session)
    found = []
    for record in register.load(session, list(session.scalars(wanted))).values():
        text = search_key(" ".join(register.texts_of(record.values, looks).values()))
        if all(word in text for word in words):
            found.append(record.id)
    return wanted.where(table.id.in_(found))

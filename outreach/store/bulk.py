"""Many rows written at once: a sheet may bring a hundred thousand, and SQLite has one writer."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from outreach.store.base import Table


def insert_rows(session: Session, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write rows, all with the same columns and with their owner, and return their ids in the same order."""
    if not rows:
        return []
    core = core_of(table)
    if session.get_bind().dialect.name == "sqlite":
        # it returns ids in no certain order, so that SQLAlchemy would write row by row; but nobody else writes now
        first = (session.scalar(select(func.max(core.c.id))) or 0) + 1
        ids = list(range(first, first + len(rows)))
        session.execute(insert(core), [{**row, "id": number} for number, row in zip(ids, rows, strict=True)])
        return ids
    return list(session.scalars(insert(core).returning(core.c.id, sort_by_parameter_order=True), list(rows)))


def add_rows(session: Session, table: type[Table], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of which nobody asks the ids."""
    if rows:
        session.execute(insert(core_of(table)), list(rows))


def core_of(table: type[Table]) -> sqlalchemy.Table:
    """The table below its class."""
    return cast("sqlalchemy.Table", table.__table__)

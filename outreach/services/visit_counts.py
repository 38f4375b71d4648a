"""Recorded visits counted by period: the rule of every figure, and the months of a period."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, extract, func, select
from sqlalchemy.orm import Session

from outreach.domain.times import Period
from outreach.domain.visits import VisitOutcome
from outreach.store.visits import VisitRecord

SERVED = (VisitOutcome.DONE, VisitOutcome.PART)


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """What was recorded in a period."""

    period: Period
    visits: int
    readers_child: int
    readers_adult: int
    items: int
    sites: int  # that were visited at least once

    @property
    def readers(self) -> int:
        """Children and adults."""
        return self.readers_child + self.readers_adult


def counted() -> tuple[ColumnElement[bool], ...]:
    """Which records count: checked by a person, and the bus was there, at least for a part."""
    return VisitRecord.checked.is_(True), VisitRecord.outcome.in_(SERVED)


def visit_counts(session: Session, period: Period) -> VisitCounts:
    """The figures of a period."""
    found: tuple[int, ...] = tuple(session.execute(select(*_FIGURES).where(*_inside(period))).one())
    return VisitCounts(period, *found)


def monthly_counts(session: Session, period: Period) -> tuple[VisitCounts, ...]:
    """The figures of each month that the period touches, cut to the period; one statement for all of them."""
    month = (extract("year", VisitRecord.day), extract("month", VisitRecord.day))
    statement = select(*month, *_FIGURES).where(*_inside(period)).group_by(*month)
    found: dict[tuple[int, int], tuple[int, ...]] = {
        (row[0], row[1]): tuple(row[2:]) for row in session.execute(statement)
    }
    return tuple(
        VisitCounts(one, *found.get((one.first.year, one.first.month), _NOTHING)) for one in _months(period)
    )  # fmt: skip


def _inside(period: Period) -> tuple[ColumnElement[bool], ...]:
    return *counted(), VisitRecord.day.between(period.first, period.last)


def _months(period: Period) -> Iterator[Period]:
    first = period.first
    while first <= period.last:
        last = date(first.year, first.month, monthrange(first.year, first.month)[1])
        yield Period(first, min(last, period.last))
        first = last + timedelta(days=1)


_FIGURES: tuple[ColumnElement[Any], ...] = (
    func.count(VisitRecord.id),
    func.coalesce(func.sum(VisitRecord.readers_child), 0),
    func.coalesce(func.sum(VisitRecord.readers_adult), 0),
    func.coalesce(func.sum(VisitRecord.items), 0),
    func.count(func.distinct(VisitRecord.site_id)),
)
_NOTHING = (0, 0, 0, 0, 0)

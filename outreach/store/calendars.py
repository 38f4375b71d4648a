"""The calendar of an organisation: special days and school terms."""

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.visits import CalendarKind
from outreach.store.base import Edited, EnumText, Owned, Table


class CalendarDay(Edited, Owned, Table):
    """One special day; its kind says whom it closes (domain/calendar.py)."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("organisation_id", "day", "kind"),)

    day: Mapped[date]
    kind: Mapped[CalendarKind] = mapped_column(EnumText(CalendarKind))
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200), default="")


class Term(Edited, Owned, Table):
    """A stretch of the school year; `kind` is "term" or "summer"."""

    __tablename__ = "term"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days_in_order"),)

    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    first_day: Mapped[date]
    last_day: Mapped[date]

"""How far a library has come with its lists: counts of every register, and the order in which they are filled."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from outreach.domain.visits import Post
from outreach.services.registers.catalogue import REGISTERS
from outreach.store.base import Table
from outreach.store.calendars import CalendarDay
from outreach.store.fleet import Base, StaffMember, Vehicle
from outreach.store.plans import Plan
from outreach.store.sites import Need, Site

AHEAD = timedelta(days=183)  # a calendar that knows the coming half-year is enough to plan with


class Step(StrEnum):
    """What a library needs before it can plan, in this order."""

    BASE = "base"
    VEHICLE = "vehicle"
    CREW = "crew"
    SITES = "sites"
    NEEDS = "needs"
    CALENDAR = "calendar"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Started:
    """One step: how many there are, and whether that is enough to go on."""

    step: Step
    count: int
    done: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Rows of one register: in use and put away."""

    active: int
    archived: int


def counts(session: Session) -> dict[str, Count]:
    """How many rows each register has."""
    found: dict[str, Count] = {}
    for name, register in REGISTERS.items():
        table: Any = register.table
        asked = register.owned(select(func.count(table.id)))
        total = session.scalar(asked) or 0
        away = (session.scalar(asked.where(table.active.is_(False))) or 0) if register.archives else 0
        found[name] = Count(total - away, away)
    return found


def getting_started(session: Session, *, today: date) -> tuple[Started, ...]:
    """The steps with their ticks."""
    drivers = _count(session, StaffMember, StaffMember.active.is_(True), StaffMember.post == Post.DRIVER)
    staff = _count(session, StaffMember, StaffMember.active.is_(True))
    found = {
        Step.BASE: _count(session, Base, Base.active.is_(True)),
        Step.VEHICLE: _count(session, Vehicle, Vehicle.active.is_(True)),
        Step.CREW: staff,
        Step.SITES: _count(session, Site, Site.active.is_(True)),
        Step.NEEDS: _count(session, Need, Need.last_day >= today),
        Step.CALENDAR: _count(session, CalendarDay, CalendarDay.day >= today, CalendarDay.day <= today + AHEAD),
        Step.PLAN: _count(session, Plan),
    }
    done = {step: count > 0 for step, count in found.items()} | {Step.CREW: drivers > 0}
    return tuple(Started(step, found[step], done[step]) for step in Step)


def _count(session: Session, table: type[Table], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(table.id)).where(*conditions)) or 0

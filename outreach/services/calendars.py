"""The calendar of an organisation: holidays as a first draft, and closures for the planner."""

import re
from collections.abc import Iterable
from datetime import date

import holidays
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from outreach.domain.calendar import STOPS_VEHICLES, SpecialDay, TermSpan, closed_site_kinds, stretches
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind
from outreach.routing.problem import Closure
from outreach.store.calendars import CalendarDay, Term

SEED_SOURCE = "holidays"
# the package writes the weekend day that is worked in exchange into the name of the swapped day
_SWAPPED_FOR = re.compile(r"thay cho ngày (\d{2})/(\d{2})/(\d{4})")


def public_holidays(years: Iterable[int]) -> tuple[SpecialDay, ...]:
    """Vietnam's holidays, swapped days and made-up days of `years`, as the package `holidays` knows them."""
    found: list[SpecialDay] = []
    for day, name in holidays.country_holidays("VN", years=sorted(set(years)), language="vi").items():
        swapped = _SWAPPED_FOR.search(name)
        if swapped is None:
            found.append(SpecialDay(day, CalendarKind.HOLIDAY, name))
            continue
        worked = date(int(swapped[3]), int(swapped[2]), int(swapped[1]))
        found.append(SpecialDay(day, CalendarKind.SWAP_DAY, name))
        found.append(SpecialDay(worked, CalendarKind.MADE_UP_DAY, f"Làm bù cho ngày nghỉ {day:%d/%m/%Y}"))
    return tuple(sorted(found))


def add_special_days(session: Session, organisation_id: int, days: Iterable[SpecialDay], *, source: str) -> int:
    """Write the days that are not there yet and return how many; a row a person edited is left alone."""
    statement = select(CalendarDay.day, CalendarDay.kind).where(CalendarDay.organisation_id == organisation_id)
    known = {(day, kind) for day, kind in session.execute(statement)}
    rows = [
        {"organisation_id": organisation_id, "day": d.day, "kind": d.kind, "name": d.name, "source": source}
        for d in sorted({(d.day, d.kind): d for d in days}.values())
        if (d.day, d.kind) not in known
    ]
    if rows:
        session.execute(insert(CalendarDay), rows)
    return len(rows)


def seed_holidays(session: Session, organisation_id: int, years: Iterable[int]) -> int:
    """Fill the calendar with the public holidays of `years`; safe to repeat. Returns the number of new days."""
    return add_special_days(session, organisation_id, public_holidays(years), source=SEED_SOURCE)


def ready_calendar(session: Session, organisation_id: int, years: Iterable[int]) -> None:
    """Give each of `years` its public holidays, unless its calendar holds something already."""
    days = session.scalars(select(CalendarDay.day).where(CalendarDay.organisation_id == organisation_id))
    empty = set(years) - {day.year for day in days}
    if empty:
        seed_holidays(session, organisation_id, empty)


def special_days(session: Session, period: Period) -> tuple[SpecialDay, ...]:
    """The special days of `period` in order."""
    statement = (
        select(CalendarDay)
        .where(CalendarDay.day >= period.first, CalendarDay.day <= period.last)
        .order_by(CalendarDay.day, CalendarDay.kind)
    )
    return tuple(SpecialDay(row.day, row.kind, row.name) for row in session.scalars(statement))


def presumed_days(session: Session, period: Period) -> tuple[SpecialDay, ...]:
    """The special days of `period`; a year about which the calendar says nothing has its public holidays."""
    years = range(period.first.year, period.last.year + 1)
    known = {day.year for day in session.scalars(select(CalendarDay.day))}
    public = public_holidays(year for year in years if year not in known) if set(years) - known else ()
    return tuple(sorted([*special_days(session, period), *(special for special in public if special.day in period)]))


def terms(session: Session, period: Period) -> tuple[TermSpan, ...]:
    """The school terms and summers that touch `period`."""
    statement = (
        select(Term)
        .where(Term.first_day <= period.last, Term.last_day >= period.first)
        .order_by(Term.first_day, Term.id)
    )
    return tuple(TermSpan(row.kind, Period(row.first_day, row.last_day)) for row in session.scalars(statement))


def closures(session: Session, period: Period) -> tuple[Closure, ...]:
    """What the planner must keep free in `period`: holidays for everybody, breaks and exams for schools."""
    return closures_of(special_days(session, period))


def closures_of(days: Iterable[SpecialDay]) -> tuple[Closure, ...]:
    """The same of special days at hand."""
    found: list[Closure] = []
    for stretch in stretches(days):
        kinds = closed_site_kinds(stretch.kind)
        if kinds is None or kinds:
            stops = stretch.kind in STOPS_VEHICLES
            found.append(Closure(stretch.period, stretch.name, site_kinds=kinds, stops_vehicles=stops))
    return tuple(found)

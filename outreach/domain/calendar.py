"""Special days and school terms: whom a day closes, which days are worked, when a term's window is open."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from outreach.domain.places import SiteKind
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind

STOPS_VEHICLES = frozenset({CalendarKind.HOLIDAY, CalendarKind.SWAP_DAY})
CLOSES_SCHOOLS = frozenset({CalendarKind.SCHOOL_BREAK, CalendarKind.EXAM})
SCHOOLS = frozenset(kind.value for kind in SiteKind if kind.is_school)


@dataclass(frozen=True, slots=True, order=True)
class SpecialDay:
    """One day that differs from an ordinary one, and why."""

    day: date
    kind: CalendarKind
    name: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive special days of one kind and name."""

    period: Period
    kind: CalendarKind
    name: str


@dataclass(frozen=True, slots=True)
class TermSpan:
    """A part of the school year; `kind` is "term" or "summer"."""

    kind: str
    period: Period


def overlap(one: Period, other: Period) -> Period | None:
    """The days both have, or None."""
    first, last = max(one.first, other.first), min(one.last, other.last)
    return Period(first, last) if first <= last else None


def closed_site_kinds(kind: CalendarKind) -> frozenset[str] | None:
    """The kinds of site a special day closes: None means all of them, an empty set means none."""
    if kind in STOPS_VEHICLES:
        return None
    return SCHOOLS if kind in CLOSES_SCHOOLS else frozenset()


def working_days(period: Period, special_days: Iterable[SpecialDay]) -> tuple[date, ...]:
    """Monday to Friday without holidays and swapped days, and the weekend days worked in exchange."""
    off: set[date] = set()
    made_up: set[date] = set()
    for special in special_days:
        if special.kind in STOPS_VEHICLES:
            off.add(special.day)
        elif special.kind is CalendarKind.MADE_UP_DAY:
            made_up.add(special.day)
    return tuple(day for day in period.days() if day not in off and (day.weekday() < 5 or day in made_up))


def stretches(special_days: Iterable[SpecialDay]) -> tuple[Stretch, ...]:
    """Special days joined into runs of consecutive days of the same kind and name, by first day."""
    found: list[Stretch] = []
    for special in sorted(special_days, key=lambda d: (d.kind, d.name, d.day)):
        last = found[-1] if found else None
        same = last is not None and (last.kind, last.name) == (special.kind, special.name)
        if last is not None and same and special.day - last.period.last <= timedelta(days=1):
            found[-1] = Stretch(Period(last.period.first, special.day), last.kind, last.name)
        else:
            found.append(Stretch(Period(special.day, special.day), special.kind, special.name))
    return tuple(sorted(found, key=lambda s: (s.period.first, s.kind, s.name)))


def term_periods(term: str, terms: Collection[TermSpan], period: Period) -> tuple[Period, ...]:
    """The parts of `period` in which a window of `term` holds; an empty `term` holds always."""
    if not term:
        return (period,)
    parts = (overlap(span.period, period) for span in terms if span.kind == term)
    return tuple(sorted((part for part in parts if part), key=lambda part: part.first))

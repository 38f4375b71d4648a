"""The calendar by hand: a year as it is shown, and stretches of special days added, changed and deleted."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from outreach.domain.cells import read_text, write_day
from outreach.domain.errors import InvalidValue, NotFound, StaleEdit
from outreach.domain.roles import Actor, Right, require
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind
from outreach.domain.words import word_of
from outreach.i18n import translate
from outreach.services import audit
from outreach.services.calendars import SEED_SOURCE, public_holidays
from outreach.store.calendars import CalendarDay, Term

LONGEST_DAYS = 366
NAME_MOST = 200
# what closes more is named first on a day of several
WEIGHT = (
    CalendarKind.HOLIDAY, CalendarKind.SWAP_DAY, CalendarKind.MADE_UP_DAY, CalendarKind.SCHOOL_BREAK,
    CalendarKind.EXAM, CalendarKind.CAMPAIGN,
)  # fmt: skip
DAYS = "calendar-days"  # the register these rows belong to


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive days of one kind, name and source. `seen` tells which rows in which versions it was shown from."""

    id: int  # of its first day
    period: Period
    kind: CalendarKind
    name: str
    source: str
    seen: str


@dataclass(frozen=True, slots=True)
class TermRow:
    """A stretch of the school year."""

    id: int
    name: str
    kind: str
    period: Period


@dataclass(frozen=True, slots=True)
class Month:
    """A month as rows of weeks, Monday first; None where the week belongs to another month."""

    first: date
    weeks: tuple[tuple[date | None, ...], ...]


@dataclass(frozen=True, slots=True)
class YearPage:
    """A year with what is special in it."""

    year: int
    months: tuple[Month, ...]
    marks: dict[date, tuple[Stretch, ...]]
    stretches: tuple[Stretch, ...]
    terms: tuple[TermRow, ...]
    holidays_missing: int


def year_page(session: Session, year: int) -> YearPage:
    """Everything of one calendar year."""
    period = Period(date(year, 1, 1), date(year, 12, 31))
    rows = session.scalars(select(CalendarDay).where(CalendarDay.day.between(period.first, period.last))).all()
    stretches = _stretches(rows)
    marks: dict[date, list[Stretch]] = defaultdict(list)
    for stretch in sorted(stretches, key=lambda one: WEIGHT.index(one.kind)):
        for day in stretch.period.days():
            marks[day].append(stretch)
    touching = select(Term).where(Term.first_day <= period.last, Term.last_day >= period.first)
    known = {(row.day, row.kind) for row in rows}
    missing = [day for day in public_holidays([year]) if (day.day, day.kind) not in known and day.day in period]
    return YearPage(
        year=year,
        months=tuple(_month(year, month) for month in range(1, 13)),
        marks={day: tuple(found) for day, found in marks.items()},
        stretches=stretches,
        terms=tuple(
            TermRow(term.id, term.name, term.kind, Period(term.first_day, term.last_day))
            for term in session.scalars(touching.order_by(Term.first_day, Term.id))
        ),
        holidays_missing=len(missing),
    )


def _month(year: int, month: int) -> Month:
    first = date(year, month, 1)
    days: list[date | None] = [None] * first.weekday()
    days += [date(year, month, number) for number in range(1, monthrange(year, month)[1] + 1)]
    days += [None] * (-len(days) % 7)
    return Month(first, tuple(tuple(days[start : start + 7]) for start in range(0, len(days), 7)))


def _stretches(rows: Iterable[CalendarDay]) -> tuple[Stretch, ...]:
    """Rows joined into runs of consecutive days that say the same."""
    runs: list[list[CalendarDay]] = []
    for row in sorted(rows, key=lambda row: (row.kind, row.name, row.source, row.day)):
        last = runs[-1][-1] if runs else None
        same = last is not None and (last.kind, last.name, last.source) == (row.kind, row.name, row.source)
        if last is not None and same and row.day - last.day == timedelta(days=1):
            runs[-1].append(row)
        else:
            runs.append([row])
    found = [
        Stretch(
            run[0].id, Period(run[0].day, run[-1].day), run[0].kind, run[0].name, run[0].source,
            ",".join(f"{row.id}.{row.version}" for row in run),
        )
        for run in runs
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.period.first, one.kind, one.name)))


def stretch_of(session: Session, record_id: int) -> Stretch:
    """The stretch that a special day belongs to; raises NotFound."""
    row = session.scalar(select(CalendarDay).where(CalendarDay.id == record_id))
    if row is None:
        raise NotFound("Không có ngày này trong lịch, hoặc đã bị xóa.")
    same = select(CalendarDay).where(
        CalendarDay.kind == row.kind, CalendarDay.name == row.name, CalendarDay.source == row.source
    )
    return next(one for one in _stretches(session.scalars(same)) if row.day in one.period)


# ---- changing


@dataclass(frozen=True, slots=True)
class Added:
    """How many days are new, and which were there already and stay as they are."""

    new: int
    there: tuple[date, ...]


def add_stretch(session: Session, actor: Actor, period: Period, *, kind: CalendarKind, name: str, source: str) -> Added:
    """Special days for each day of `period`; those that the calendar has of this kind stay as they are."""
    require(actor, Right.EDIT_REGISTERS)
    name, source = _texts(period, name, source)
    taken = set(
        session.scalars(
            select(CalendarDay.day).where(CalendarDay.kind == kind, CalendarDay.day.between(period.first, period.last))
        )
    )
    new = [day for day in period.days() if day not in taken]
    ids = _insert(session, actor, new, kind=kind, name=name, source=source)
    if ids:
        changes = {"day": [None, _span(new)], "kind": [None, translate(word_of(kind))], "source": [None, source]}
        audit.record(session, actor, f"add-{DAYS}", DAYS, ids[0], name, changes)
    return Added(len(new), tuple(sorted(taken)))


def _insert(session: Session, actor: Actor, days: Sequence[date], *, kind: CalendarKind, name: str,
            source: str) -> list[int]:  # fmt: skip
    if not days:
        return []
    rows = [
        {"organisation_id": actor.organisation_id, "day": day, "kind": kind, "name": name, "source": source}
        for day in days
    ]
    return list(session.scalars(insert(CalendarDay).returning(CalendarDay.id, sort_by_parameter_order=True), rows))


def _texts(period: Period, name: str, source: str) -> tuple[str, str]:
    """Name and source as they are kept; raises InvalidValue."""
    if len(list(period.days())) > LONGEST_DAYS:
        raise InvalidValue("dài nhất {most} ngày; xem lại năm của hai ngày", field="last", value=write_day(period.last),
                           most=LONGEST_DAYS)  # fmt: skip
    if not name.strip():
        raise InvalidValue("chưa điền", field="name", value="")
    texts = {}
    for field, text in (("name", name), ("source", source)):
        try:
            texts[field] = read_text(text, most=NAME_MOST)
        except InvalidValue as error:
            error.field = error.values["field"] = field
            raise
    return texts["name"], texts["source"]


def _span(days: Sequence[date]) -> str:
    return write_day(days[0]) if len(days) == 1 else f"{write_day(days[0])} - {write_day(days[-1])}"


def swap_days(session: Session, actor: Actor, *, off: date, worked: date, source: str) -> None:
    """A working day off, and the weekend day worked instead; raises InvalidValue."""
    require(actor, Right.EDIT_REGISTERS)
    if worked.weekday() < 5:
        raise InvalidValue("{value} không phải thứ Bảy hay Chủ nhật", field="worked", value=write_day(worked))
    if off.weekday() > 4:
        raise InvalidValue("{value} vốn là ngày nghỉ cuối tuần", field="off", value=write_day(off))
    for day, kind, name in (
        (off, CalendarKind.SWAP_DAY, translate("Nghỉ hoán đổi, làm bù {day}", day=write_day(worked))),
        (worked, CalendarKind.MADE_UP_DAY, translate("Làm bù cho ngày nghỉ {day}", day=write_day(off))),
    ):
        added = add_stretch(session, actor, Period(day, day), kind=kind, name=name, source=source)
        if added.there:
            field = "off" if day == off else "worked"
            raise InvalidValue("{value} đã có trong lịch", field=field, value=write_day(day))


def change_stretch(
    session: Session, actor: Actor, record_id: int, *, seen: str, period: Period, kind: CalendarKind, name: str,
    source: str,
) -> Stretch:  # fmt: skip
    """Give a stretch other days, kind, name or source.

    Raises StaleEdit when it is no longer what was `seen`, InvalidValue where another stretch of this kind has a day.
    """
    require(actor, Right.EDIT_REGISTERS)
    before = _unchanged(session, record_id, seen)
    name, source = _texts(period, name, source)
    if (before.period, before.kind, before.name, before.source) == (period, kind, name, source):
        return before
    own = _ids(before.seen)
    taken = session.scalars(
        select(CalendarDay.day).where(
            CalendarDay.kind == kind,
            CalendarDay.day.between(period.first, period.last),
            CalendarDay.id.not_in(own),
        )
    ).first()
    if taken is not None:
        raise InvalidValue("{value} đã có trong lịch", field="first", value=write_day(taken))
    rows = {row.day: row for row in session.scalars(select(CalendarDay).where(CalendarDay.id.in_(own)))}
    session.execute(delete(CalendarDay).where(CalendarDay.id.in_([
        row.id for day, row in rows.items() if day not in period
    ])))  # fmt: skip
    for day, row in rows.items():
        if day in period:
            row.kind, row.name, row.source, row.version = kind, name, source, row.version + 1
    session.flush()
    _insert(session, actor, [day for day in period.days() if day not in rows], kind=kind, name=name, source=source)
    session.expire_all()
    _log_change(session, actor, before, period=period, kind=kind, name=name, source=source)
    kept = select(CalendarDay.id).where(CalendarDay.kind == kind, CalendarDay.day == period.first)
    return stretch_of(session, session.scalars(kept).one())


def _log_change(session: Session, actor: Actor, before: Stretch, *, period: Period, kind: CalendarKind, name: str,
                source: str) -> None:  # fmt: skip
    pairs = {
        "day": [_span(list(before.period.days())), _span(list(period.days()))],
        "kind": [translate(word_of(before.kind)), translate(word_of(kind))],
        "name": [before.name, name],
        "source": [before.source, source],
    }
    changes = {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
    audit.record(session, actor, f"change-{DAYS}", DAYS, before.id, name, changes)


def delete_stretch(session: Session, actor: Actor, record_id: int, *, seen: str) -> Stretch:
    """Delete every day of a stretch; raises StaleEdit."""
    require(actor, Right.EDIT_REGISTERS)
    before = _unchanged(session, record_id, seen)
    session.execute(delete(CalendarDay).where(CalendarDay.id.in_(_ids(before.seen))))
    changes = {"day": [_span(list(before.period.days())), None], "kind": [translate(word_of(before.kind)), None],
               "source": [before.source, None]}  # fmt: skip
    audit.record(session, actor, f"delete-{DAYS}", DAYS, before.id, before.name, changes)
    return before


def _unchanged(session: Session, record_id: int, seen: str) -> Stretch:
    """The stretch, held until the end of the transaction, if it still is what was seen."""
    found = stretch_of(session, record_id)
    session.execute(select(CalendarDay.id).where(CalendarDay.id.in_(_ids(found.seen))).with_for_update())
    if found.seen != seen:
        raise StaleEdit("Người khác vừa sửa đợt này trước bạn.")
    return found


def _ids(seen: str) -> list[int]:
    return [int(part.partition(".")[0]) for part in seen.split(",")]


def add_public_holidays(session: Session, actor: Actor, year: int) -> int:
    """The public holidays of a year that the calendar lacks, as the package `holidays` knows them; returns how many."""
    require(actor, Right.EDIT_REGISTERS)
    of_year = select(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
    known = {(row.day, row.kind) for row in session.scalars(of_year)}
    new = [day for day in public_holidays([year]) if (day.day, day.kind) not in known and day.day.year == year]
    for day in new:
        _insert(session, actor, [day.day], kind=day.kind, name=day.name, source=SEED_SOURCE)
    if new:
        name = translate("Nghỉ lễ năm {year}", year=year)
        audit.record(session, actor, f"add-{DAYS}", DAYS, None, name, {"day": [None, len(new)]})
    return len(new)

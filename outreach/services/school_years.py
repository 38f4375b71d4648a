"""A school-year decision turned into a proposal of terms and special days, each with its sentence, and saved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.cells import write_day
from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Actor, Right, require
from outreach.domain.school_words import FIRST_TERM_NAME, SECOND_TERM_NAME, SUMMER_NAME
from outreach.domain.school_years import Event, Found, SchoolYear, read_school_year
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind
from outreach.services.calendar_pages import add_stretch
from outreach.services.registers.calendars import Terms
from outreach.services.registers.editing import save_texts
from outreach.store.calendars import Term

TERM, SUMMER = "term", "summer"
USUAL_OPENING = (9, 5)
BEFORE_OPENING = timedelta(days=15)  # schools reopen at most two weeks before the opening
A_DAY = timedelta(days=1)

# why a line wants a second look; Vietnamese source texts
BEFORE = "Quyết định ghi “trước ngày”, nên lấy ngày hôm trước."
NO_YEAR = "Câu này không ghi năm; năm được suy ra."
NO_START = "Chưa thấy ngày bắt đầu, xin điền."
NO_END = "Chưa thấy ngày kết thúc, xin điền."
NEXT_YEAR = "Ngày cuối hè là tạm tính; sửa khi có quyết định của năm học sau."
AFTER_FIRST = "Không ghi ngày bắt đầu, nên lấy ngày làm việc sau học kỳ I."
NOT_PLACED = "Chưa rõ là gì; chọn loại nếu cần đưa vào lịch."
USED = "Đã dùng làm mốc của học kỳ."
CLOSES_NOTHING = "Việc của trường, không đóng ngày nào."

_KINDS = {Event.BREAK: CalendarKind.SCHOOL_BREAK, Event.EXAM: CalendarKind.EXAM, Event.HOLIDAY: CalendarKind.HOLIDAY}
_MARKS = frozenset({
    Event.OPENING, Event.REOPENING, Event.FIRST_TERM_END, Event.SECOND_TERM_START, Event.PROGRAMME_END, Event.YEAR_END,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a proposal. `target`: "term", "summer", a kind of special day, or "" for what is not saved."""

    target: str
    name: str
    first: date | None
    last: date | None
    sentence: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a decision would bring into the calendar; `cited` are dates of letters, `impossible` dates there are not."""

    source: str
    lines: tuple[Line, ...]
    cited: tuple[Found, ...]
    impossible: tuple[str, ...]


def propose(text: str) -> Proposal:
    """Terms and special days from the text of a decision, to be looked at by a person."""
    year = read_school_year(text)
    days = [day for day in year.days if day.event is not Event.CITED]
    return Proposal(
        source=year.decision,
        lines=(*_terms(year, days), *(_line(day) for day in days if not _is_term(day))),
        cited=tuple(day for day in year.days if day.event is Event.CITED),
        impossible=year.impossible,
    )


def _is_term(day: Found) -> bool:
    return day.event in (Event.FIRST_TERM, Event.SECOND_TERM, Event.SUMMER) and day.first != day.last


def _line(day: Found) -> Line:
    kind = _KINDS.get(day.event)
    notes = [NO_YEAR] if day.guessed else []
    if day.event in _MARKS:
        notes.append(USED)
    elif day.event is Event.OTHER:
        notes.append(CLOSES_NOTHING)
    elif kind is None:
        notes.append(NOT_PLACED)
    return Line(kind.value if kind else "", day.name, day.first, day.last, day.sentence, tuple(notes))


# ---- terms


def _terms(year: SchoolYear, days: Sequence[Found]) -> list[Line]:
    """First term, second term and summer, as far as the decision names any of their ends."""
    if year.years is None:
        return []
    first = _of(days, Event.FIRST_TERM) or _between(
        _of(days, Event.OPENING) or _of(days, Event.REOPENING, latest=True), _of(days, Event.FIRST_TERM_END)
    )
    end = _of(days, Event.YEAR_END) or _of(days, Event.PROGRAMME_END)
    second = _of(days, Event.SECOND_TERM) or _between(_of(days, Event.SECOND_TERM_START), end)
    lines = []
    if first is not None:
        lines.append(_term_line(FIRST_TERM_NAME.format(*year.years), TERM, first))
    if second is not None:
        line = _term_line(SECOND_TERM_NAME.format(*year.years), TERM, second)
        if line.first is None and lines and lines[0].last:
            notes = tuple(note for note in line.notes if note != NO_START)
            line = Line(line.target, line.name, _next_weekday(lines[0].last), line.last, line.sentence,
                        (*notes, AFTER_FIRST))  # fmt: skip
        lines.append(line)
    return lines + _summer(year.years, days, lines)


@dataclass(frozen=True, slots=True)
class _Ends:
    """The two ends of a term, either of which a decision may leave out."""

    start: Found | None
    end: Found | None


def _of(days: Iterable[Found], event: Event, *, latest: bool = False) -> Found | None:
    found = [day for day in days if day.event is event]
    return (max(found, key=lambda day: day.first) if latest else found[0]) if found else None


def _between(start: Found | None, end: Found | None) -> _Ends | None:
    return _Ends(start, end) if start or end else None


def _last(day: Found) -> date:
    return day.last - A_DAY if day.deadline else day.last


def _term_line(name: str, target: str, term: "Found | _Ends") -> Line:
    ends = _Ends(term, term) if isinstance(term, Found) else term
    notes = [NO_YEAR] if any(day.guessed for day in (ends.start, ends.end) if day) else []
    if ends.end is not None and ends.end.deadline:
        notes.append(BEFORE)
    notes += [NO_START] * (ends.start is None) + [NO_END] * (ends.end is None)
    sentences = dict.fromkeys(day.sentence for day in (ends.start, ends.end) if day)
    return Line(
        target, name, ends.start.first if ends.start else None, _last(ends.end) if ends.end else None,
        " … ".join(sentences), tuple(notes),
    )  # fmt: skip


def _next_weekday(day: date) -> date:
    following = day + A_DAY
    while following.weekday() > 4:
        following += A_DAY
    return following


def _summer(years: tuple[int, int], days: Sequence[Found], terms: Sequence[Line]) -> list[Line]:
    name = SUMMER_NAME.format(*years)
    told = _of(days, Event.SUMMER)
    if told is not None and told.first != told.last:
        return [_term_line(name, SUMMER, told)]
    end = terms[-1].last if terms and terms[-1].name == SECOND_TERM_NAME.format(*years) else None
    if end is None:
        return []
    last = date(years[1], *USUAL_OPENING) - BEFORE_OPENING
    return [Line(SUMMER, name, end + A_DAY, last, "", (NEXT_YEAR,))] if end < last else []


# ---- saving


@dataclass(frozen=True, slots=True)
class Brought:
    """What a proposal brought: terms new or changed, days new, days that were there already."""

    terms: int
    days: int
    there: int


def save_proposal(session: Session, actor: Actor, lines: Sequence[Line], *, source: str) -> Brought:
    """Write terms and special days; raises InvalidValue whose field is "first.N" or "last.N" of the faulty line."""
    require(actor, Right.EDIT_REGISTERS)
    for number, line in enumerate(lines):
        _check(line, number)
    terms = days = there = 0
    for line in lines:
        if line.first is None or line.last is None:
            continue
        if line.target in (TERM, SUMMER):
            terms += _save_term(session, actor, line)
        else:
            added = add_stretch(
                session, actor, Period(line.first, line.last), kind=CalendarKind(line.target), name=line.name,
                source=source,
            )  # fmt: skip
            days, there = days + added.new, there + len(added.there)
    return Brought(terms, days, there)


def _check(line: Line, number: int) -> None:
    if not line.name.strip():
        raise InvalidValue("chưa điền", field=f"name.{number}", value="")
    if line.first is None:
        raise InvalidValue("chưa điền", field=f"first.{number}", value="")
    if line.last is None:
        raise InvalidValue("chưa điền", field=f"last.{number}", value="")
    if line.last < line.first:
        raise InvalidValue("ngày cuối phải bằng hoặc sau ngày đầu", field=f"last.{number}", value=write_day(line.last))


def _save_term(session: Session, actor: Actor, line: Line) -> int:
    """A term known by its name is changed, another one is new; 1 when something was written."""
    assert line.first is not None
    assert line.last is not None
    known = session.scalar(select(Term.id).where(Term.name == line.name))
    texts = {"name": line.name, "kind": line.target, "first_day": write_day(line.first),
             "last_day": write_day(line.last)}  # fmt: skip
    return int(save_texts(session, actor, Terms(), texts, record_id=known).changed)

"""Values as people write them in cells and forms, read and written: dates, numbers, times, weekdays, hours, days off.

Every pair keeps the same promise: reading what was written gives the value back. What cannot be read
raises InvalidValue with a sentence that says what would be right; the caller knows the field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, wraps
from typing import TypeVar
from unicodedata import category, normalize

from outreach.domain.errors import InvalidValue
from outreach.domain.names import search_key
from outreach.domain.spellings import (
    AND,
    DAYS,
    HOURS,
    NO,
    NO_HOURS,
    NO_HOURS_WORDS,
    NO_TEXT,
    SPAN,
    TERM_TEXT,
    TERM_WORDS,
    WEEKDAY_LETTERS,
    WEEKDAYS,
    YES,
    YES_TEXT,
)
from outreach.domain.times import Period

YEARS = (1990, 2100)  # anything else is a slip of the keyboard
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_TIME = re.compile(r"(\d{1,2})(?:[:hHg.](\d{2})?)?(?::(\d{2}))?")
_DIGITS = re.compile(r"[+-]?\d+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d+")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)")
_DIGITS_MOST = 40  # more of them are no number anybody meant
_PART_MOST = 300  # characters of one stretch of hours or days
T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class ServiceHours:
    """When a host receives the bus: weekdays (0 is Monday), seconds after midnight; `term`: "term", "summer", ""."""

    weekdays: tuple[int, ...]
    start_s: int
    end_s: int
    term: str = ""


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days on which something is closed or away, and why."""

    period: Period
    reason: str = ""


def _wrong(message: str, text: str, **values: object) -> InvalidValue:
    return InvalidValue(message, field="", value=text, **values)


def _remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """`read`, which works a text out once: the rows of a sheet repeat the same few."""
    once = lru_cache(maxsize=2048)(read)

    @wraps(read)
    def reading(text: str) -> T:
        return once(text) if len(text) <= _PART_MOST else read(text)

    return reading


def visible(text: str) -> str:
    """`text` without characters that show nothing and hide things: NUL, zero-width spaces, changes of direction."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char.isprintable() or char.isspace() or char in _JOINERS or _shows(char))


_JOINERS = "\u200c\u200d"  # they shape letters of some scripts


def _shows(char: str) -> bool:
    return category(char) not in {"Cc", "Cf", "Cs"}


def tidy(text: str) -> str:
    """`text` in NFC on one line, spaces squeezed."""
    return normalize("NFC", " ".join(visible(text).split()))


def read_text(text: str, *, most: int) -> str:
    """A line of at most `most` characters."""
    line = tidy(text)
    if len(line) > most:
        raise _wrong("dài {length} ký tự, nhiều nhất {most}", text, length=len(line), most=most)
    return line


def read_long_text(text: str, *, most: int = 4000) -> str:
    """Lines of at most `most` characters in all."""
    lines = normalize("NFC", "\n".join(" ".join(line.split()) for line in visible(text).strip().splitlines()))
    if len(lines) > most:
        raise _wrong("dài {length} ký tự, nhiều nhất {most}", text, length=len(lines), most=most)
    return lines


def read_whole(text: str, *, least: int, most: int) -> int:
    """A whole number; dots may group thousands: "1.250"."""
    plain = text.replace(" ", "").replace("\u00a0", "")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "")
    if plain.endswith((".0", ",0")):
        plain = plain[:-2]
    if len(plain) > 12 or not _DIGITS.fullmatch(plain):
        raise _wrong("“{value}” không phải số nguyên; ghi như 120", text)
    value = int(plain)
    if not least <= value <= most:
        raise _wrong("{value} nằm ngoài khoảng từ {least} đến {most}", text, least=least, most=most)
    return value


def read_number(text: str, *, least: float, most: float) -> float:
    """A number with comma or point for decimals: "8,1", "8.1", "1.234,5", "1,234.5"."""
    plain = text.replace(" ", "").replace("\u00a0", "")[: _DIGITS_MOST + 1]
    if _ENGLISH.fullmatch(plain):
        plain = plain.replace(",", "")
    elif "," in plain:
        plain = plain.replace(".", "").replace(",", ".", 1)
    if len(plain) > _DIGITS_MOST or not _NUMBER.fullmatch(plain):
        raise _wrong("“{value}” không phải số; ghi như 8,1", text)
    value = float(plain)
    if not least <= value <= most:
        raise _wrong("{value} nằm ngoài khoảng từ {least} đến {most}", text, least=f"{least:g}", most=f"{most:g}")
    return value


def write_number(value: float) -> str:
    """The shortest text that reads back as `value`, with a decimal comma."""
    plain = format(Decimal(repr(value)), "f")  # never 1e-05
    return (plain.removesuffix(".0") if "." in plain else plain).replace(".", ",")


@_remembered
def read_yes_no(text: str) -> bool:
    """ "có" or "không", and the other ways people tick a cell."""
    key = search_key(text)
    if key in YES or key in NO:
        return key in YES
    raise _wrong("“{value}” không rõ; ghi “có” hoặc “không”", text)


def write_yes_no(value: bool) -> str:
    """ "có" or "không"."""
    return YES_TEXT if value else NO_TEXT


@_remembered
def read_day(text: str) -> date:
    """dd/MM/yyyy (also with - or .), or yyyy-MM-dd."""
    plain = text.strip()
    found = _DAY.fullmatch(plain)
    numbers = (found[3], found[2], found[1]) if found else None
    if numbers is None and (iso := _ISO.fullmatch(plain)):
        numbers = (iso[1], iso[2], iso[3])
    if numbers is None:
        raise _wrong("“{value}” không phải ngày; ghi ngày/tháng/năm như 05/03/2027", text)
    try:
        day = date(*(int(number) for number in numbers))
    except ValueError:
        raise _wrong("không có ngày {value}; ghi ngày/tháng/năm như 05/03/2027", text) from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise _wrong("năm của {value} nằm ngoài khoảng {early} đến {late}", text, early=YEARS[0], late=YEARS[1])
    return day


def write_day(value: date) -> str:
    """dd/MM/yyyy."""
    return value.strftime("%d/%m/%Y")


@_remembered
def read_time(text: str) -> int:
    """Wall-clock time as seconds after midnight: "07:30", "7h30", "7g", "13.30"."""
    found = _TIME.fullmatch(text.strip())
    if found:
        hours, minutes, seconds = int(found[1]), int(found[2] or 0), int(found[3] or 0)
        if hours < 24 and minutes < 60 and seconds < 60:
            return hours * 3600 + minutes * 60 + seconds
    raise _wrong("“{value}” không phải giờ; ghi như 07:30", text)


def write_time(seconds: int) -> str:
    """HH:MM, with seconds only where there are some."""
    clock = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
    return f"{clock}:{seconds % 60:02d}" if seconds % 60 else clock


@_remembered
def read_weekdays(text: str) -> tuple[int, ...]:
    """Weekdays, 0 is Monday: "T2-T6", "T2, T4", "thứ Ba và thứ Năm", "Mon-Fri"."""
    days: set[int] = set()
    if len(text) > _PART_MOST:
        raise _wrong("“{value}” không rõ là những thứ nào; ghi như T2-T6 hoặc T2, T4", text)
    for part in AND.split(text):
        ends = [WEEKDAYS.get(search_key(end)) for end in SPAN.split(part.strip()) if end]
        if not part.strip():
            continue
        if len(ends) not in (1, 2) or None in ends or (len(ends) == 2 and ends[0] > ends[1]):  # type: ignore[operator]
            raise _wrong("“{value}” không rõ là những thứ nào; ghi như T2-T6 hoặc T2, T4", text)
        days.update(range(ends[0], ends[-1] + 1))  # type: ignore[operator, arg-type]
    if not days:
        raise _wrong("“{value}” không rõ là những thứ nào; ghi như T2-T6 hoặc T2, T4", text)
    return tuple(sorted(days))


def write_weekdays(days: tuple[int, ...], *, language: str = "vi") -> str:
    """ "T2-T6" (or "Mon-Fri") for three days in a row or more, else "T2, T4"."""
    letters = WEEKDAY_LETTERS[language]
    inside = sorted(days)
    if len(inside) > 2 and inside == list(range(inside[0], inside[-1] + 1)):
        return f"{letters[inside[0]]}-{letters[inside[-1]]}"
    return ", ".join(letters[day] for day in inside)


@_remembered
def read_hours(text: str) -> tuple[ServiceHours, ...]:
    """Service hours, parted by semicolons: "T2-T6 07:30-10:30; T3 13:30-16:30 (trong năm học)"; "không nhận": none."""
    if search_key(text[:_PART_MOST]) in NO_HOURS_WORDS:
        return ()
    found: list[ServiceHours] = []
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    for part in filter(None, (piece.strip() for piece in re.split(r"[;\n]", text))):
        hours = HOURS.fullmatch(part) if len(part) <= _PART_MOST else None
        term = TERM_WORDS.get(search_key(hours["term"] or "")) if hours else None
        if hours is None or term is None:
            raise _wrong("“{value}” không rõ giờ nhận; ghi như T2-T6 07:30-10:30; T3 13:30-16:30", part)
        if hours["days"].strip(" :,"):
            days = read_weekdays(hours["days"].strip(" :,"))
        start_s, end_s = read_time(hours["start"]), read_time(hours["end"])
        if start_s >= end_s:
            raise _wrong("giờ kết thúc trong “{value}” phải sau giờ bắt đầu", part)
        found.append(ServiceHours(days, start_s, end_s, term))
    return tuple(sorted(set(found)))


def write_hours(hours: tuple[ServiceHours, ...], *, language: str = "vi") -> str:
    """Service hours on one line, each with its weekdays; said aloud when there are none."""
    if not hours:
        return NO_HOURS[language]
    return "; ".join(
        f"{write_weekdays(one.weekdays, language=language)} {write_time(one.start_s)}-{write_time(one.end_s)}"
        f"{TERM_TEXT[language][one.term]}"
        for one in sorted(hours)
    )


@_remembered
def read_days_off(text: str) -> tuple[DaysOff, ...]:
    """Days off, parted by semicolons: "01/05/2027-10/05/2027 sửa sân; 20/11/2027"."""
    found: list[DaysOff] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[;\n]", text))):
        days = DAYS.match(part) if len(part) <= _PART_MOST else None
        ends = re.findall(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}|\d{4}-\d{2}-\d{2}", days[0]) if days else []
        if days is None or len(ends) not in (1, 2):
            raise _wrong("“{value}” không rõ ngày nào; ghi như 01/05/2027-10/05/2027 sửa sân; 20/11/2027", part)
        first, last = read_day(ends[0]), read_day(ends[-1])
        if last < first:
            raise _wrong("ngày cuối trong “{value}” phải bằng hoặc sau ngày đầu", part)
        found.append(DaysOff(Period(first, last), read_text(part[days.end() :].strip(" :,"), most=200)))
    return tuple(sorted(set(found), key=lambda one: (one.period.first, one.period.last, one.reason)))


def write_days_off(days: tuple[DaysOff, ...]) -> str:
    """Days off on one line."""
    return "; ".join(_write_days(one) for one in days)


def _write_days(one: DaysOff) -> str:
    period = one.period
    span = (
        write_day(period.first)
        if period.first == period.last
        else f"{write_day(period.first)}-{write_day(period.last)}"
    )
    # a semicolon parts days; one inside a reason would cut it
    reason = one.reason.replace(";", ",")
    text = f"{span} {reason}".strip()
    begins = DAYS.match(text)
    # a reason that begins like a day would be taken for one
    return text if begins and begins.end() == len(span) else f"{span}: {reason}"

"""Numbers of a workbook as their cells show them: dates, times, codes with leading zeros, plain numbers."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache


class Shown(Enum):
    """What a number format makes of a number."""

    PLAIN = "plain"
    DATE = "date"
    TIME = "time"
    MOMENT = "date and time"
    ELAPSED = "hours beyond 24"
    ZEROS = "leading zeros"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How the numbers of a cell are shown; `digits` counts those of a code with leading zeros."""

    shown: Shown
    digits: int = 0


PLAIN = NumberFormat(Shown.PLAIN)
BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17), NumberFormat(Shown.DATE)),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), NumberFormat(Shown.TIME)),
    22: NumberFormat(Shown.MOMENT),
    46: NumberFormat(Shown.ELAPSED),
}
NO_SIGNS = re.compile(r'"[^"]*"?|\\.|[_*].|AM/PM|A/P', re.IGNORECASE)  # text inside a format
BRACKETS = re.compile(r"\[[^\]]*\]?")  # colours, conditions, languages
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
AS_SHOWN = re.compile(r"0|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]|-?[1-9][0-9]*")  # most numbers by far
DAY_S = 86_400
# Excel counts from here since it takes 1900 for a leap year; before March 1900 one day less
DAY_ZERO = date(1899, 12, 30)
DAY_ZERO_1904 = date(1904, 1, 1)
LAST_SERIAL = 2_958_465  # 31/12/9999
DIGITS_EXACT = 15  # Excel keeps no more of a number


@lru_cache(maxsize=1_000)
def number_format(code: str) -> NumberFormat:
    """What a format like "dd/mm/yyyy" or "0000" makes of a number."""
    first = code.partition(";")[0]
    if first.lower() in {"general", "standard"}:
        return PLAIN
    if first and not first.strip("0"):
        return NumberFormat(Shown.ZEROS, len(first)) if len(first) > 1 else PLAIN
    bare = NO_SIGNS.sub("", first)
    if ELAPSED.search(bare):
        return NumberFormat(Shown.ELAPSED)
    letters = BRACKETS.sub("", bare).lower()
    timed = "h" in letters or "s" in letters
    dated = "y" in letters or "d" in letters or ("m" in letters and not timed)
    if dated:
        return NumberFormat(Shown.MOMENT if timed else Shown.DATE)
    return NumberFormat(Shown.TIME) if timed else PLAIN


def shown_number(text: str, how: NumberFormat = PLAIN, *, since_1904: bool = False) -> str:
    """The number `text` of a workbook as a person sees it; text that is no number stays."""
    if how is PLAIN and len(text) <= DIGITS_EXACT and AS_SHOWN.fullmatch(text):
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    if how.shown is Shown.ZEROS and value >= 0 and value.is_integer():
        return _plain(value).zfill(how.digits)
    if how.shown in {Shown.PLAIN, Shown.ZEROS} or not 0 <= value < LAST_SERIAL + 1:
        return _plain(value)
    return _moment(value, how.shown, since_1904=since_1904)


def shown_iso(text: str) -> str:
    """A date, time or both written as in ISO 8601, which some programs put into cells; other text stays."""
    bare = text.strip().removesuffix("Z")
    for read in (date.fromisoformat, time.fromisoformat, datetime.fromisoformat):
        try:
            found = read(bare)
        except ValueError:
            continue
        if isinstance(found, datetime):
            clock = _clock(found.hour * 3600 + found.minute * 60 + found.second)
            return f"{found:%d/%m/%Y}" + ("" if clock == "00:00" else f" {clock}")
        return f"{found:%d/%m/%Y}" if isinstance(found, date) else _clock(found.hour * 3600 + found.minute * 60)
    return text


def _plain(value: float) -> str:
    if value.is_integer() and abs(value) < 10**DIGITS_EXACT:
        return str(int(value))
    return format(Decimal(f"{value:.{DIGITS_EXACT}g}"), "f")


def _moment(value: float, shown: Shown, *, since_1904: bool) -> str:
    days, seconds = divmod(round(value * DAY_S), DAY_S)
    if shown is Shown.ELAPSED:
        return _clock(seconds, hours=days * 24)
    if shown is Shown.TIME or (days == 0 and not since_1904):
        return _clock(seconds)
    if shown is Shown.DATE:
        days = int(value)  # as the cell shows it, whatever the hour
    clock = "" if shown is Shown.DATE or seconds == 0 else f" {_clock(seconds)}"
    try:
        day = DAY_ZERO_1904 + timedelta(days) if since_1904 else DAY_ZERO + timedelta(days + (days < 60))
    except OverflowError:
        return _plain(value)
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}{clock}"


def _clock(seconds: int, hours: int = 0) -> str:
    minutes, rest = divmod(seconds, 60)
    clock = f"{hours + minutes // 60:02d}:{minutes % 60:02d}"
    return f"{clock}:{rest:02d}" if rest else clock

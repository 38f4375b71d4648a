"""The language of the moment: texts, dates and numbers in Vietnamese or English.

Vietnamese is the source language: the text in the code is what a Vietnamese reader sees; the
English catalogue translates it. Why: docs/decisions/0003-vietnamese-is-the-source-language.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from babel.support import Translations

LANGUAGES = ("vi", "en")
CATALOGUES = Path(__file__).parent / "translations"
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

_language: ContextVar[str] = ContextVar("language", default="vi")


def current_language() -> str:
    """ "vi" or "en"."""
    return _language.get()


def set_language(language: str) -> None:
    """Use `language` from here on in this context; an unknown one means Vietnamese."""
    _language.set(language if language in LANGUAGES else "vi")


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Use `language` inside the block."""
    token = _language.set(language if language in LANGUAGES else "vi")
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(language: str) -> GNUTranslations | NullTranslations:
    return Translations.load(CATALOGUES, [language])


def translate(text: str, /, **values: object) -> str:
    """`text` in the current language with {named} places filled in."""
    found = _catalogue(current_language()).gettext(text) if text else ""
    return found.format(**values) if values else found


def translate_count(text: str, /, count: int, **values: object) -> str:
    """`text` for `count` things, "{count}" written as a number; English has two forms, Vietnamese one."""
    found = _catalogue(current_language()).ngettext(text, text, count)
    return found.format(count=number(count), **values)


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """1.234,5 in Vietnamese, 1,234.5 in English; a dash for nothing known."""
    if value is None:
        return "-"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=current_language())


def day(value: date) -> str:
    """dd/MM/yyyy, in both languages."""
    return value.strftime("%d/%m/%Y")


def short_day(value: date) -> str:
    """dd/MM."""
    return value.strftime("%d/%m")


def weekday(value: date) -> str:
    """The day of the week in words: "thứ Hai"."""
    return translate(WEEKDAYS[value.weekday()])


def long_day(value: date) -> str:
    """Weekday and date: "Thứ Hai, 21/12/2026"."""
    name = weekday(value)
    return f"{name[:1].upper()}{name[1:]}, {day(value)}"


def clock(seconds: int) -> str:
    """Seconds after midnight as 24-hour time, rounded to the minute: "07:30"."""
    minutes = (seconds + 30) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def duration(seconds: float) -> str:
    """Hours and minutes in words: "2 giờ 44 phút", "45 phút"."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return translate("{minutes} phút", minutes=minutes)
    if minutes % 60 == 0:
        return translate("{hours} giờ", hours=number(minutes // 60))
    return translate("{hours} giờ {minutes} phút", hours=number(minutes // 60), minutes=minutes % 60)


def kilometres(metres: float) -> str:
    """Whole kilometres with the unit; one decimal below 10 km."""
    value = metres / 1000
    return f"{number(value, 1 if value < 9.95 else 0)} km"


def moment(value: datetime, zone: str = "Asia/Ho_Chi_Minh") -> str:
    """An instant as local date and time: "23/11/2026 14:05"."""
    return value.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y %H:%M")

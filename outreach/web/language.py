"""The language and theme of a page, and the filters that write dates and numbers."""

from datetime import date
from enum import StrEnum

from flask import Flask, g, request

from outreach import i18n
from outreach.domain.names import keep_together, search_key
from outreach.domain.words import word_of
from outreach.i18n import translate
from outreach.web.bearer import asks_api
from outreach.web.session import house

LANGUAGE_COOKIE = "outreach_language"
THEME_COOKIE = "outreach_theme"
THEMES = ("system", "light", "dark")


def current_theme() -> str:
    """ "light", "dark", or "system" when the reader has not chosen."""
    chosen = request.cookies.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


def word(member: StrEnum) -> str:
    """A member of any closed set in words."""
    return translate(word_of(member))


def month_name(day: date) -> str:
    """ "tháng 11", for the date tile."""
    return translate("tháng {month}", month=day.month)


def weekday_title(day: date) -> str:
    """ "Thứ Hai": the day of the week at the beginning of a line."""
    name = i18n.weekday(day)
    return name[:1].upper() + name[1:]


def short_weekdays(weekdays: tuple[int, ...]) -> str:
    """ "T2-T6", "T2, T4": weekdays (0 is Monday) as a timetable writes them."""
    letters = (
        translate("T2"), translate("T3"), translate("T4"), translate("T5"), translate("T6"), translate("T7"),
        translate("CN"),
    )  # fmt: skip
    days = sorted(weekdays)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{letters[days[0]]}–{letters[days[-1]]}"
    return ", ".join(letters[day] for day in days)


def _choose() -> None:
    """Cookie first (for the API: Accept-Language), then the account's language, then the server's."""
    if asks_api():
        asked = (tag.split("-")[0].lower() for tag in request.accept_languages.values())  # the best one first
        chosen = next((tag for tag in asked if tag in i18n.LANGUAGES), None)
    else:
        chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen not in i18n.LANGUAGES:
        chosen = g.actor.language if g.actor else house().settings.language
    i18n.set_language(chosen)


def install(app: Flask) -> None:
    """Choose the language of each request; give templates their words, dates and numbers."""
    app.before_request(_choose)
    app.jinja_env.globals.update(
        _=translate, _n=i18n.translate_count, language=i18n.current_language, theme=current_theme, number=i18n.number
    )
    app.jinja_env.filters.update(
        number=i18n.number,
        day=i18n.day,
        short_day=i18n.short_day,
        long_day=i18n.long_day,
        weekday=i18n.weekday,
        weekday_title=weekday_title,
        month_name=month_name,
        clock=i18n.clock,
        duration=i18n.duration,
        kilometres=i18n.kilometres,
        moment=i18n.moment,
        keep_together=keep_together,
        short_weekdays=short_weekdays,
        search_key=search_key,
        word=word,
    )

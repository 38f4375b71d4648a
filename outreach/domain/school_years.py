"""The days that a decision on a school year names, found in its text with the sentence each one stands in."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from outreach.domain.cells import YEARS
from outreach.domain.school_words import (
    DEADLINE,
    DECISION,
    EVENTS,
    LUNAR,
    NAME_END,
    ONE_DAY,
    SCHOOL_YEAR,
    SENTENCE_END,
    SPAN,
    STROKED,
)

NEW_YEAR_MONTH = 8  # from August on a month belongs to the first of the two years
LONGEST = 200_000  # letters of a pasted text
SENTENCE_MOST = 300
NAME_MOST = 120


class Event(StrEnum):
    """What a day of the decision is."""

    REOPENING = "reopening"
    OPENING = "opening"
    FIRST_TERM = "first_term"
    FIRST_TERM_END = "first_term_end"
    SECOND_TERM = "second_term"
    SECOND_TERM_START = "second_term_start"
    PROGRAMME_END = "programme_end"
    YEAR_END = "year_end"
    SUMMER = "summer"
    BREAK = "break"
    EXAM = "exam"
    HOLIDAY = "holiday"
    OTHER = "other"  # work of the schools that closes nothing
    CITED = "cited"  # the date of a decree or letter
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """A day or stretch with its sentence; `deadline`: "before" that day; `guessed`: the text names no year for it."""

    event: Event
    first: date
    last: date
    name: str  # the words that told what it is
    sentence: str
    deadline: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """What a text says of a school year: its two years (None when nothing tells), the decision's name, the days.

    `impossible` are dates as they were written that no calendar has.
    """

    years: tuple[int, int] | None
    decision: str
    days: tuple[Found, ...]
    impossible: tuple[str, ...] = ()


def read_school_year(text: str) -> SchoolYear:
    """Read the text of a decision; every date in it is in `days`, those nobody can place as UNKNOWN."""
    text = unicodedata.normalize("NFC", text)[:LONGEST].replace("\r", "")
    plain = _blank_lunar(_plain(text))
    years = _years(plain)
    decision = DECISION.search(plain)
    found: list[Found] = []
    impossible: list[str] = []
    heading: list[tuple[Event, str]] = []
    for start, end in _sentences(plain):
        sentence = _Sentence(text[start:end], plain[start:end], years)
        days = list(sentence.days(heading))
        found += days
        impossible += sentence.impossible
        events = sentence.spoken()
        if events and not days:
            heading = events  # "2. Ngày tựu trường:" and its days on the lines below
        elif events:
            heading = []
    name = text[decision.start() : decision.end()].rstrip(".,-/") if decision else ""
    return SchoolYear(years, name, tuple(dict.fromkeys(found)), tuple(dict.fromkeys(impossible)))


def _plain(text: str) -> str:
    """Small letters without marks, one for each letter of `text`, so that places stay the same."""
    return "".join(_bare(char) for char in text)


def _bare(char: str) -> str:
    if char in STROKED:
        return "d"
    first = unicodedata.normalize("NFD", char)[0].lower()
    return first if len(first) == 1 else char


def _blank_lunar(plain: str) -> str:
    """The days of the lunar calendar are told in brackets beside the real ones."""
    return LUNAR.sub(lambda match: " " * len(match[0]), plain)


def _sentences(plain: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in SENTENCE_END.finditer(plain):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(plain):
        yield start, len(plain)


def _years(plain: str) -> tuple[int, int] | None:
    """The school year as the text names it, else the one its first full date lies in."""
    named = SCHOOL_YEAR.search(plain)
    if named and int(named[2]) == int(named[1]) + 1 and YEARS[0] <= int(named[1]) < YEARS[1]:
        return int(named[1]), int(named[2])
    for match in ONE_DAY.finditer(plain):
        day = _day(match.groupdict(), "a", None)
        if day is not None:
            first = day[0].year if day[0].month >= NEW_YEAR_MONTH else day[0].year - 1
            return first, first + 1
    return None


def _day(groups: dict[str, str | None], mark: str, years: tuple[int, int] | None, *, month: int | None = None,
         year: int | None = None) -> tuple[date, bool] | None:  # fmt: skip
    """The date of the groups that begin with `mark`, and whether its year is a guess; None for no such day."""
    written = next((groups[f"{mark}{way}"] for way in ("m", "m2", "m3") if groups.get(f"{mark}{way}")), None)
    number = int(written) if written else month
    told = next((groups[f"{mark}{way}"] for way in ("y", "y3", "y4") if groups.get(f"{mark}{way}")), None)
    if number is None or (told is None and year is None and years is None):
        return None
    guessed = told is None and year is None
    chosen = int(told) if told else year
    if chosen is None and years is not None:
        chosen = years[0] if number >= NEW_YEAR_MONTH else years[1]
    if chosen is None or not YEARS[0] <= chosen <= YEARS[1]:
        return None
    try:
        return date(chosen, number, int(groups[f"{mark}d"] or groups.get("only") or 0)), guessed
    except ValueError:
        return None


class _Sentence:
    """One sentence: what it speaks of, and the days it names."""

    def __init__(self, text: str, plain: str, years: tuple[int, int] | None) -> None:
        self.text, self.plain, self.years = text, plain, years
        self.impossible: list[str] = []
        self.dates = list(self._dates())
        self.events = list(self._events())

    def _dates(self) -> Iterator[tuple[int, int, date, date, bool]]:
        at = 0
        while match := (SPAN.search(self.plain, at) or ONE_DAY.search(self.plain, at)):
            single = ONE_DAY.search(self.plain, at)
            if single is not None and single.start() < match.start():
                match = single
            days = self._days_of(match.groupdict())
            if days is not None:
                yield (match.start(), match.end(), *days)
            elif any(match.groupdict().get(year) for year in ("ay", "ay3", "by", "by3")):
                self.impossible.append(" ".join(self.text[match.start() : match.end()].split()))
            at = match.end()

    def _days_of(self, groups: dict[str, str | None]) -> tuple[date, date, bool] | None:
        if "bd" not in groups:
            one = _day(groups, "a", self.years)
            return (one[0], one[0], one[1]) if one else None
        last = _day(groups, "b", self.years)
        if last is None:
            return None
        year = last[0].year if not groups.get("am") else None
        first = _day(groups, "a", self.years, month=last[0].month, year=None if last[1] else year)
        if first is None:
            return None
        begin = first[0]
        if begin > last[0] and not groups.get("ay"):  # from 28/12 to 3/1/2027
            begin = begin.replace(year=begin.year - 1) if (begin.month, begin.day) != (2, 29) else begin
        apart = (last[0] - begin).days
        listed = groups.get("sign") == "va"  # "ngày 11 và 12/6" are two days, "ngày 1 và 12/6" no stretch
        return (begin, last[0], first[1] or last[1]) if apart >= 0 and (apart == 1 or not listed) else None

    def _events(self) -> Iterator[tuple[Event, str, int]]:
        """What is spoken of, with the place of its first letter; a date is no word."""
        taken = [(start, end) for start, end, *_ in self.dates]
        found: list[tuple[int, int, Event]] = []
        for event, pattern in EVENTS:
            for match in pattern.finditer(self.plain):
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                taken.append(match.span())
                found.append((match.start(), match.end(), Event(event)))
        found.sort()
        for start, end, event in found:
            others = [place for place, _, other in found if other is not event]
            yield event, self._name(start, end, [*others, *(place for place, *_ in self.dates)]), start

    def _name(self, start: int, end: int, stops: list[int]) -> str:
        """The words of an event and those that belong to it: "Nghỉ Tết Nguyên đán Đinh Mùi"."""
        stop = NAME_END.search(self.plain, end)
        last = min(place for place in (*stops, stop.start() if stop else len(self.plain)) if place >= end)
        words = " ".join(self.text[start:last].split()).strip("-+*• ")
        return words[:1].upper() + words[1:NAME_MOST]

    def days(self, heading: list[tuple[Event, str]]) -> Iterator[Found]:
        """Each day with what it is: told by the words before it, else after it, else by the heading above."""
        before = 0
        sentence = " ".join(self.text.split())[:SENTENCE_MOST]
        for number, (start, end, first, last, guessed) in enumerate(self.dates):
            after = self.dates[number + 1][0] if number + 1 < len(self.dates) else len(self.plain)
            told = self._told(before, start) or self._told(end, after) or heading
            told = told or [(Event.UNKNOWN, self._name(before, before, [start]))]
            deadline = DEADLINE.search(self.plain[max(before, start - 30) : start]) is not None
            for event, name in told:
                yield Found(event, first, last, name, sentence, deadline and first == last, guessed)
            before = end

    def spoken(self) -> list[tuple[Event, str]]:
        """What the sentence speaks of, apart from letters."""
        return [(event, name) for event, name, _ in self.events if event is not Event.CITED]

    def _told(self, start: int, end: int) -> list[tuple[Event, str]]:
        spoken: list[tuple[Event, str]] = [(event, name) for event, name, at in self.events if start <= at < end]
        if spoken and spoken[-1][0] is Event.CITED:  # the number and the date of a letter stand together
            return spoken[-1:]
        first: dict[Event, str] = {event: name for event, name in reversed(spoken) if event is not Event.CITED}
        told: list[tuple[Event, str]] = list(reversed(first.items()))
        # "học kỳ I" alone says nothing beside a word that says more
        vague = {Event.FIRST_TERM, Event.SECOND_TERM}
        return [one for one in told if one[0] not in vague] or told

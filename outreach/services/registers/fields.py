"""Fields of a register: one place for how a value is called, read, written and entered, in sheets and forms alike."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from outreach.domain import cells
from outreach.domain.errors import InvalidValue
from outreach.domain.names import search_key
from outreach.domain.words import words_of
from outreach.i18n import LANGUAGES, current_language, translate, use_language
from outreach.services.registers.lookups import Lookups

E = TypeVar("E", bound=StrEnum)
SHOWN_MOST = 200  # characters of a wrong cell that its fault repeats
Option = tuple[str, str]  # what is written, what is read


class Widget(StrEnum):
    """How a form asks for a value."""

    LINE = "line"
    LINES = "lines"
    WHOLE = "whole"
    NUMBER = "number"
    DAY = "day"
    TIME = "time"
    CHOICE = "choice"
    YES_NO = "yes_no"
    WEEKDAYS = "weekdays"
    HOURS = "hours"
    DAYS_OFF = "days_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `read` takes a text that is not empty; reading what `write` wrote gives the value back.

    `name` is the word of code and API, `heading` what people read (the Vietnamese source). `aliases` are further
    headings by which a column is known, as search keys parted by semicolons. An empty cell is `empty` (a required
    field refuses it). `worded`: what is written depends on the reader's language. `entry_only` fields have no value
    of their own: the register turns them into others (a pasted point into lat and lon).
    """

    name: str
    heading: str
    read: Callable[[str, Lookups], Any]
    write: Callable[[Any, Lookups], str]
    widget: Widget = Widget.LINE
    required: bool = False
    empty: Any = ""
    aliases: str = ""
    hint: str = ""
    least: float | None = None  # of a number
    most: float | None = None  # of a number, or characters of a text
    options: Callable[[Lookups], Iterable[Option]] | None = None
    entry_only: bool = False
    worded: bool = False

    def reworded(self, text: str, looks: Lookups) -> str:
        """A text that was written in another language, in the words of this one."""
        if not self.worded or not text:
            return text
        try:
            return self.write(self.read(text, looks), looks)
        except InvalidValue:  # a word that has been given up since
            return text

    def value_of(self, text: str, looks: Lookups) -> Any:  # noqa: ANN401 - each field has a type of its own
        """The value of a cell; raises InvalidValue that names this field."""
        if text and not text.isprintable():
            text = cells.visible(text)
        if not text or text.isspace():
            if self.required:
                raise InvalidValue("chưa điền", field=self.name, value="")
            return self.empty
        try:
            return self.read(text, looks)
        except InvalidValue as error:
            said = str(error.value)
            shown = said if len(said) <= SHOWN_MOST else said[:SHOWN_MOST] + "…"
            raise error.about(self.name, value=shown) from None

    def text_of(self, value: Any, looks: Lookups) -> str:  # noqa: ANN401 - as above
        """The cell of a value."""
        if value is None or value == self.empty == "" or (value == () and self.empty == ()):
            return ""
        return self.write(value, looks)


def _plain(
    name: str,
    heading: str,
    read: Callable[[str], Any],
    write: Callable[[Any], str] = str,
    **more: Any,  # noqa: ANN401
) -> Field:
    """A field whose cells are read and written without a look at other rows."""
    return Field(
        name=name, heading=heading, read=lambda text, _: read(text), write=lambda value, _: write(value), **more
    )


def line(name: str, heading: str, *, most: int, **more: Any) -> Field:  # noqa: ANN401 - the other columns of Field
    """A line of text."""
    return _plain(name, heading, partial(cells.read_text, most=most), most=most, **more)


def lines(name: str, heading: str, **more: Any) -> Field:  # noqa: ANN401
    """Several lines of text."""
    return _plain(name, heading, cells.read_long_text, widget=Widget.LINES, most=4000, **more)


def whole(name: str, heading: str, *, least: int, most: int, empty: int | None = None, **more: Any) -> Field:  # noqa: ANN401
    """A whole number."""
    read = partial(cells.read_whole, least=least, most=most)
    return _plain(name, heading, read, widget=Widget.WHOLE, least=least, most=most, empty=empty, **more)


def number(name: str, heading: str, *, least: float, most: float, **more: Any) -> Field:  # noqa: ANN401
    """A number with decimals."""
    read, write = partial(cells.read_number, least=least, most=most), cells.write_number
    return _plain(name, heading, read, write, widget=Widget.NUMBER, least=least, most=most, empty=None, **more)


def day(name: str, heading: str, **more: Any) -> Field:  # noqa: ANN401
    """A date."""
    return _plain(name, heading, cells.read_day, cells.write_day, widget=Widget.DAY, empty=None, **more)


def time(name: str, heading: str, **more: Any) -> Field:  # noqa: ANN401
    """A wall-clock time, as seconds after midnight."""
    return _plain(name, heading, cells.read_time, cells.write_time, widget=Widget.TIME, empty=None, **more)


def yes_no(name: str, heading: str, *, empty: bool, also: Mapping[str, bool] | None = None, **more: Any) -> Field:  # noqa: ANN401
    """Yes or no; `also` are further words (search keys)."""

    def read(text: str) -> bool:
        said = also.get(search_key(text)) if also else None
        return cells.read_yes_no(text) if said is None else said

    def write(value: bool) -> str:
        return translate(cells.write_yes_no(value))

    return _plain(name, heading, read, write, widget=Widget.YES_NO, worded=True, empty=empty, **more)


def weekdays(name: str, heading: str, *, empty: tuple[int, ...] = (0, 1, 2, 3, 4), **more: Any) -> Field:  # noqa: ANN401
    """Weekdays, 0 is Monday."""

    def write(value: tuple[int, ...]) -> str:
        return cells.write_weekdays(value, language=current_language())

    return _plain(name, heading, cells.read_weekdays, write, widget=Widget.WEEKDAYS, worded=True, empty=empty, **more)


def hours(name: str, heading: str, **more: Any) -> Field:  # noqa: ANN401
    """Service hours with their weekdays; an empty cell says nothing, a word says that there are none."""

    def write(value: tuple[cells.ServiceHours, ...]) -> str:
        return cells.write_hours(value, language=current_language())

    return _plain(name, heading, cells.read_hours, write, widget=Widget.HOURS, worded=True, empty=None, **more)


def days_off(name: str, heading: str, **more: Any) -> Field:  # noqa: ANN401
    """Days off with their reasons."""
    return _plain(name, heading, cells.read_days_off, cells.write_days_off, widget=Widget.DAYS_OFF, empty=(), **more)


REMEMBERED = 1000  # ways in which one choice was written; a sheet of many rows repeats a few


def _one_of(name: str, heading: str, words: Mapping[Any, str], *, also: Mapping[str, Any] | None, **more: Any) -> Field:  # noqa: ANN401
    """One of a few values with their Vietnamese words; read by code and by word in each language."""
    ways: dict[str, Any] = {}
    before: dict[str, Any] = {}  # what was read from which text

    def known() -> dict[str, Any]:
        if not ways:  # on first use: a catalogue is not read while modules are imported
            ways.update({search_key(str(value)): value for value in words})
            for language in LANGUAGES:
                with use_language(language):
                    for value, word in words.items():
                        ways.setdefault(search_key(translate(word)), value)
            for way, value in (also or {}).items():
                ways.setdefault(way, value)
        return ways

    def read(text: str, _looks: Lookups) -> Any:  # noqa: ANN401
        if text in before:
            return before[text]
        value = known().get(search_key(text))
        if value is None:
            told = ", ".join(translate(word) for word in words.values())
            raise InvalidValue("không có lựa chọn “{value}”; ghi một trong: {known}", field="", value=text, known=told)
        if len(before) < REMEMBERED:
            before[text] = value
        return value

    return Field(
        name=name,
        heading=heading,
        read=read,
        write=lambda value, _: translate(words[value]),
        widget=Widget.CHOICE,
        worded=True,
        options=lambda _: tuple((str(value), translate(word)) for value, word in words.items()),
        **more,
    )


def choice(name: str, heading: str, kind: type[E], *, empty: E | None = None, also: Mapping[str, E] | None = None,
           **more: Any) -> Field:  # fmt: skip  # noqa: ANN401
    """A member of a closed set, by its code or its word in either language; `also` are further words (search keys)."""
    return _one_of(name, heading, words_of(kind), also=also, empty=empty, **more)


def word(name: str, heading: str, words: Mapping[str, str], *, empty: str | None = None,
         also: Mapping[str, str] | None = None, **more: Any) -> Field:  # fmt: skip  # noqa: ANN401
    """One of a few texts that stand for themselves in the database, with their Vietnamese words."""
    return _one_of(name, heading, words, also=also, empty=empty, **more)


def reference(
    name: str,
    heading: str,
    *,
    find: Callable[[Lookups, str], int],
    names: Callable[[Lookups], Mapping[int, str]],
    listed: bool = True,
    **more: Any,  # noqa: ANN401
) -> Field:
    """Another row of the library by what people call it; `listed` when there are few enough to choose from."""

    def write(value: Any, looks: Lookups) -> str:  # noqa: ANN401
        called = names(looks).get(value)
        if called is None:
            raise InvalidValue("không có mục mang số “{value}” trong thư viện này", field=name, value=str(value))
        return called

    return Field(
        name=name,
        heading=heading,
        read=lambda text, looks: find(looks, text),
        write=write,
        widget=Widget.CHOICE if listed else Widget.LINE,
        empty=None,
        options=(lambda looks: tuple((called, called) for called in names(looks).values())) if listed else None,
        **more,
    )

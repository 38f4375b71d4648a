"""The rows of one sheet of a workbook: cells as a person sees them, formulas by the result they left."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from zipfile import BadZipFile, ZipFile

from outreach.domain.errors import InvalidValue
from outreach.exchange import notes
from outreach.exchange.markup import sheet_names, stream, whole
from outreach.exchange.number_formats import PLAIN, NumberFormat, shown_iso, shown_number
from outreach.exchange.old_letters import Letters, from_tcvn3, letters_of
from outreach.exchange.sheets import MergedRows, RawRow, column_letters

PARTS = sheet_names("row", "c", "v", "f", "is", "t", "rPh", "mergeCell")
VALUES = frozenset({"v", "t"})
ROWS_OF_EXCEL = 1_048_576
AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
SPELT = re.compile("_x([0-9A-Fa-f]{4})_")
TCVN3_FONT = re.compile(r"\.vn", re.IGNORECASE)
YES, NO = "có", "không"


@dataclass(frozen=True, slots=True)
class Style:
    """What the style of a cell says that matters here."""

    numbers: NumberFormat
    font: str = ""


class Texts(Protocol):
    """The texts that cells share."""

    def __getitem__(self, index: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets of a workbook share, and how many columns are accepted."""

    texts: Texts
    styles: Mapping[str, Style]  # by their number
    since_1904: bool
    columns: int


def read_rows(package: ZipFile, part: str, book: Book, said: list[str], merged: list[MergedRows]) -> Iterator[RawRow]:
    """The rows of a sheet one by one, blank ones included.

    At the end what is worth a note goes into `said`, and cells that reach over several rows into `merged`.
    """
    reader = _Reader(book)
    with package.open(part) as source:
        for _ in stream(source, start=reader.start, end=reader.end, text=reader.say):
            yield from reader.rows
            reader.rows.clear()
    said.extend(reader.said())
    merged.extend(reader.merged)


def unspelt(text: str) -> str:
    """`text` with letters that a workbook spells by their number ("_x000D_") in their place."""
    return SPELT.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


class _Reader:
    """Hears the markup of a sheet and gathers rows."""

    def __init__(self, book: Book) -> None:
        self.rows: list[RawRow] = []
        self.merged: list[MergedRows] = []
        self._book = book
        self._row = RawRow(0, [])
        self._hidden = False
        self._column = -1
        self._type: str | None = None
        self._style: str | None = None
        self._formula = self._valued = self._heard = self._phonetic = False
        self._pieces: list[str] = []
        self._columns: dict[str, int] = {}
        self._errors = self._hidden_rows = self._mended = 0

    def said(self) -> Iterator[str]:
        """The notes on the sheet as a whole."""
        for code, count in (
            (notes.ERROR_VALUES, self._errors),
            (notes.HIDDEN_ROWS, self._hidden_rows),
            (notes.MENDED_TCVN3, self._mended),
        ):
            if count:
                yield notes.note(code, count)

    def start(self, element: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        part = PARTS.get(element)
        if part == "c":
            reference = attributes.get("r")
            self._column = self._column_of(reference) if reference else self._column + 1
            self._type, self._style = attributes.get("t"), attributes.get("s")
            self._formula = self._valued = False
            self._pieces.clear()
        elif part == "v":
            self._heard = self._valued = True
        elif part == "t":
            self._heard = not self._phonetic
        elif part == "f":
            self._formula = True
        elif part == "row":
            self._begin_row(attributes)
        elif part == "rPh":
            self._phonetic = True
        elif part == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def say(self, text: str) -> None:
        """Text inside an element."""
        if self._heard:
            self._pieces.append(text)

    def end(self, element: str) -> None:
        """An element ends."""
        part = PARTS.get(element)
        if part == "c":
            if self._pieces or self._formula:
                self._end_cell("".join(self._pieces))
        elif part in VALUES:
            self._heard = False
        elif part == "row":
            self._hidden_rows += self._hidden and any(self._row.cells)
            self.rows.append(self._row)
        elif part == "rPh":
            self._phonetic = False

    def _begin_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r")
        number = self._row.number + 1 if said is None else _index(said)
        if not self._row.number < number <= ROWS_OF_EXCEL:
            raise BadZipFile("rows out of order")
        self._row = RawRow(number, [])
        self._hidden = attributes.get("hidden") in {"1", "true"}
        self._column = -1

    def _merge(self, area: str) -> None:
        corners = AREA.fullmatch(area)
        if corners is None:
            return  # nothing in the rows depends on it
        left, top, _right, bottom = corners.groups()
        column = self._column_of(left)
        if int(top) < int(bottom) and column < self._book.columns:
            self.merged.append(MergedRows(int(top), int(bottom), column))

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
                raise BadZipFile("a cell without a place")
            found = 0
            for letter in letters.upper():
                found = found * 26 + ord(letter) - 64
            self._columns[letters] = found = found - 1
        return found

    def _end_cell(self, text: str) -> None:
        row, column = self._row, self._column
        if column < 0:
            raise BadZipFile("a cell around a row")
        if self._formula and not text and not (self._valued and self._type == "str"):
            row.fault = row.fault or InvalidValue(
                "Ô {cell} là công thức chưa có kết quả. Hãy mở tệp bằng Excel, lưu lại rồi gửi lại, "
                "hoặc thay công thức bằng giá trị.",
                field="file",
                cell=f"{column_letters(column)}{row.number}",
            )
            return
        shown = self._shown(text)
        if not shown:
            return
        if column >= self._book.columns:
            row.fault = row.fault or InvalidValue(
                "Ô {cell} nằm ngoài {limit} cột đầu tiên. Hãy bỏ những cột không cần.",
                field="file",
                cell=f"{column_letters(column)}{row.number}",
                limit=self._book.columns,
            )
            return
        cells = row.cells
        if column >= len(cells):
            cells.extend([""] * (column - len(cells)))
            cells.append(shown)
        else:
            cells[column] = shown

    def _shown(self, text: str) -> str:
        """The content of the cell as a person sees it."""
        kind = self._type
        if kind == "s":
            return self._in_unicode(self._book.texts[_index(text)])
        if kind is None or kind == "n":
            style = self._book.styles.get(self._style) if self._style else None
            return shown_number(text, style.numbers if style else PLAIN, since_1904=self._book.since_1904)
        if kind == "b":
            return YES if text.strip() in {"1", "true"} else NO
        if kind == "d":
            return shown_iso(text)
        if kind == "e":
            self._errors += 1
            return text
        return self._in_unicode(unspelt(text))

    def _in_unicode(self, text: str) -> str:
        """Text typed in a font of TCVN3 becomes Unicode; text that is Unicode already stays."""
        style = None if text.isascii() or not self._style else self._book.styles.get(self._style)
        if style is None or not TCVN3_FONT.match(style.font) or letters_of(text) is Letters.UNICODE:
            return text
        self._mended += 1
        mended = from_tcvn3(text)
        return mended.upper() if style.font.upper() == style.font or style.font.endswith("H") else mended


def _index(text: str) -> int:
    number = whole(text)
    if number is None:
        raise BadZipFile("a text without a number")
    return number

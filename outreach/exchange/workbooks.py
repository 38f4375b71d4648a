"""An Excel workbook: its sheets, shared texts and styles, read part by part as a stream.

Own reader instead of openpyxl's: why is in docs/decisions/0009-sheets-are-read-in-a-process-of-their-own.md.
"""

import posixpath
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from outreach.domain.errors import InvalidValue
from outreach.exchange import notes
from outreach.exchange.headings import HEAD_ROWS, has_headings, is_blank
from outreach.exchange.markup import run, sheet_names, whole
from outreach.exchange.number_formats import BUILT_IN, PLAIN, NumberFormat, number_format
from outreach.exchange.packages import open_package
from outreach.exchange.sheets import MergedRows, RawRow, ReadLimits, Sheet
from outreach.exchange.worksheets import Book, Style, read_rows, unspelt

PEEK = 1_000  # rows looked at in the sheets that are not read
WORKBOOK_PARTS = sheet_names("workbookPr", "sheet")
STYLE_PARTS = sheet_names("numFmts", "numFmt", "fonts", "font", "name", "cellXfs", "xf")
TEXT_PARTS = sheet_names("si", "t", "rPh")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet as the workbook lists it."""

    name: str
    part: str


@contextmanager
def open_workbook(source: Path, *, file_name: str, limits: ReadLimits) -> Iterator[Sheet]:
    """The first visible sheet that holds a table; the names of the others that hold anything go into the notes."""
    with open_package(source, file_name=file_name, limits=limits) as package:
        book_part = _book_part(package)
        relations = _relations(package, book_part)
        listed, since_1904 = _sheets(package, book_part, relations)
        book = Book(
            texts=_Texts(package, _related(relations, "sharedStrings"), longest=limits.cell),
            styles=_styles(package, _related(relations, "styles")),
            since_1904=since_1904,
            columns=limits.columns,
        )
        said: list[str] = []
        merged: list[MergedRows] = []
        chosen, others = _choose(package, listed, book)
        if chosen is None:
            raise InvalidValue(
                "Tệp “{file_name}” không có trang tính nào đang hiện mà có dữ liệu.",
                field="file",
                value=file_name,
                file_name=file_name,
            )
        if others:
            said.append(notes.note(notes.OTHER_SHEETS, ", ".join(sheet.name for sheet in others)))
        yield Sheet(
            rows=read_rows(package, chosen.part, book, said, merged), name=chosen.name, notes=said, merged=merged
        )


def _choose(package: ZipFile, listed: list[_Listed], book: Book) -> tuple[_Listed | None, list[_Listed]]:
    """The sheet to read and the others with anything in them; a page of instructions is no table."""
    filled: list[_Listed] = []
    tables: list[_Listed] = []
    for sheet in listed:
        rows = read_rows(package, sheet.part, book, [], [])
        if not tables:
            first = next((row for row in rows if not is_blank(row)), None)
        else:
            first = next((row for row in islice(rows, PEEK) if not is_blank(row)), None)
        if first is None:
            continue
        filled.append(sheet)
        if not tables and has_headings(_head(chain((first,), rows))):
            tables.append(sheet)
    chosen = next(iter([*tables, *filled]), None)
    return chosen, [sheet for sheet in filled if sheet is not chosen]


def _head(rows: Iterator[RawRow]) -> list[RawRow]:
    return list(islice((row for row in islice(rows, PEEK) if not is_blank(row)), HEAD_ROWS))


def _book_part(package: ZipFile) -> str:
    if "_rels/.rels" in package.namelist():
        for kind, target in _relations(package, "").values():
            if kind == "officeDocument":
                return target
    return "xl/workbook.xml"


def _relations(package: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and part by the id that `part` uses for it."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.endswith(" Relationship") and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)

    with package.open(posixpath.join(folder, "_rels", f"{name}.rels")) as source:
        run(source, start=start)
    return found


def _related(relations: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((target for found, target in relations.values() if found == kind), None)


def _sheets(package: ZipFile, part: str, relations: dict[str, tuple[str, str]]) -> tuple[list[_Listed], bool]:
    """The visible sheets in order, and whether dates count from 1904."""
    listed: list[_Listed] = []
    since_1904 = False

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        kind = WORKBOOK_PARTS.get(element)
        if kind == "workbookPr":
            since_1904 = attributes.get("date1904", "0").lower() in {"1", "true"}
        elif kind == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((value for name, value in attributes.items() if name.endswith(" id")), "")
            found, target = relations.get(key, ("", ""))
            if found == "worksheet":
                listed.append(_Listed(attributes.get("name", ""), target))

    with package.open(part) as source:
        run(source, start=start)
    if not listed and not relations:
        raise BadZipFile("a workbook without sheets")
    return listed, since_1904


def _styles(package: ZipFile, part: str | None) -> dict[str, Style]:
    """What each style of a cell says of numbers and letters."""
    if part is None or part not in package.namelist():
        return {}
    formats: dict[str, NumberFormat] = {str(number): shown for number, shown in BUILT_IN.items()}
    fonts: list[str] = []
    styles: dict[str, Style] = {}
    inside = ""

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        kind = STYLE_PARTS.get(element)
        if kind in {"numFmts", "fonts", "cellXfs"}:
            inside = kind
        elif kind == "numFmt" and inside == "numFmts":
            formats[attributes.get("numFmtId", "")] = number_format(attributes.get("formatCode", ""))
        elif kind == "font" and inside == "fonts":
            fonts.append("")
        elif kind == "name" and inside == "fonts" and fonts:
            fonts[-1] = attributes.get("val", "")
        elif kind == "xf" and inside == "cellXfs":
            font = whole(attributes.get("fontId", ""))
            name = fonts[font] if font is not None and font < len(fonts) else ""
            styles[str(len(styles))] = Style(formats.get(attributes.get("numFmtId", ""), PLAIN), name)

    def end(element: str) -> None:
        nonlocal inside
        if STYLE_PARTS.get(element) == inside:
            inside = ""

    with package.open(part) as source:
        run(source, start=start, end=end)
    return styles


class _Texts:
    """The texts that cells share, kept as bytes: a third of what strings of Python would take."""

    def __init__(self, package: ZipFile, part: str | None, *, longest: int) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        self._longest = longest
        self._pieces: list[str] = []
        self._heard = self._reading = False
        if part is not None and part in package.namelist():
            with package.open(part) as source:
                run(source, start=self._start, end=self._end, text=self._say)

    def __getitem__(self, index: int) -> str:
        if index >= len(self._ends) - 1:
            raise BadZipFile("a text that is not there")
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode("utf-8", "surrogatepass")

    def _start(self, element: str, _attributes: dict[str, str]) -> None:
        kind = TEXT_PARTS.get(element)
        if kind == "si":
            self._pieces, self._reading = [], True
        elif kind == "rPh":  # how to pronounce it
            self._reading = False
        elif kind == "t":
            self._heard = self._reading

    def _end(self, element: str) -> None:
        kind = TEXT_PARTS.get(element)
        if kind == "t":
            self._heard = False
        elif kind == "rPh":
            self._reading = True
        elif kind == "si":
            # one letter too many is enough to refuse a cell that is too long
            text = unspelt("".join(self._pieces))[: self._longest + 1]
            self._bytes += text.encode("utf-8", "surrogatepass")
            self._ends.append(len(self._bytes))
            self._reading = False

    def _say(self, text: str) -> None:
        if self._heard:
            self._pieces.append(text)

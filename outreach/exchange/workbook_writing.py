"""Rows of text written as an Excel workbook: openpyxl makes the workbook, the many cells are written here."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from outreach.domain.errors import InvalidValue
from outreach.exchange.csv_cells import guarded
from outreach.exchange.sheets import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

CELL_MAX = 32_767  # what a cell of Excel holds
ROWS_MAX = 1_048_575  # and a sheet, the headings aside
WIDTHS = (8, 60)
ROWS_MEASURED = 200
PART = "xl/worksheets/sheet1.xml"
CELLS = re.compile("<sheetData>.*</sheetData>|<sheetData ?/>", re.DOTALL)
AREA = re.compile("<dimension [^>]*>")  # a sheet may say nothing of its size
# "_x0041_" is how a workbook spells a letter by its number; what looks like it is spelt out, and so is what XML forbids
SPELT = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b\x0c\r\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile(f"[&<>]|^\\s|\\s$|\n|{SPELT.pattern}")
NAME_FORBIDDEN = re.compile(r"[\\*?:/\[\]]")


def write_xlsx(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str,
    notes: Mapping[tuple[int, int], str] | None = None,
) -> bytes:
    """A workbook of one sheet in which every cell is text; `notes` are comments by (row, column) of `rows`, from 0.

    Cells are formatted as text, so that Excel does not turn what a person types there into another date or number.
    """
    coming = iter(rows)
    first = list(islice(coming, ROWS_MEASURED))
    frame, styles = _frame(_widths(headings, first), title=title, notes=notes or {})
    written = io.BytesIO()
    with ZipFile(io.BytesIO(frame)) as given, ZipFile(written, "w", ZIP_DEFLATED, compresslevel=4) as package:
        for entry in given.infolist():
            if entry.filename != PART:
                package.writestr(entry, given.read(entry))
        head, tail = CELLS.split(AREA.sub("", given.read(PART).decode()), maxsplit=1)
        with package.open(PART, "w", force_zip64=True) as part:
            part.write(f"{head}<sheetData>".encode())
            for line in _lines(headings, chain(first, coming), styles):
                part.write(line.encode())
            part.write(f"</sheetData>{tail}".encode())
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class _Styles:
    """The numbers of the styles in the workbook."""

    heading: int
    text: int
    quoted: int  # what would be a formula once a person edits the cell


def _frame(widths: Sequence[int], *, title: str, notes: Mapping[tuple[int, int], str]) -> tuple[bytes, _Styles]:
    """A workbook with everything but the texts of its cells."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and few requests write a workbook
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = _sheet_name(title)
    sheet.freeze_panes = "A2"
    heading, text, quoted = sheet["A1"], sheet["A2"], sheet["A3"]
    for cell in (heading, text, quoted):
        cell.number_format = "@"
    heading.font = Font(bold=True)
    heading.alignment = Alignment(wrap_text=True, vertical="top")
    quoted.quotePrefix = True
    for index, width in enumerate(widths):
        column = sheet.column_dimensions[column_letters(index)]
        column.width, column.number_format = width, "@"
    for (row, index), said in notes.items():
        sheet.cell(row + 2, index + 1).comment = Comment(said, "Outreach", width=320)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue(), _Styles(heading.style_id, text.style_id, quoted.style_id)


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Columns as wide as what stands in them, within bounds."""
    longest = (max(len(row[index]) for row in (headings, *rows) if index < len(row)) for index in range(len(headings)))
    return [min(max(length + 2, WIDTHS[0]), WIDTHS[1]) for length in longest]


def _lines(headings: Sequence[str], rows: Iterable[Sequence[str]], styles: _Styles) -> Iterator[str]:
    """The rows as a sheet holds them."""
    letters = [column_letters(index) for index in range(len(headings))]
    yield _line(1, headings, letters, (styles.heading, styles.heading))
    for number, row in enumerate(rows, start=2):
        if number > ROWS_MAX + 1:
            raise InvalidValue(
                "Bảng có hơn {limit} dòng, Excel không mở được. Hãy tải dạng CSV.", field="file", limit=ROWS_MAX
            )
        yield _line(number, row, letters, (styles.text, styles.quoted))


def _line(number: int, cells: Sequence[str], letters: list[str], styles: tuple[int, int]) -> str:
    while len(letters) < len(cells):
        letters.append(column_letters(len(letters)))
    text_style, quoted_style = styles
    written = []
    for letter, text in zip(letters, cells, strict=False):
        if not text:
            continue
        if len(text) > CELL_MAX:
            raise InvalidValue(
                "Ô {cell} dài hơn {limit} ký tự, Excel không mở được. Hãy tải dạng CSV.",
                field="file",
                cell=f"{letter}{number}",
                limit=CELL_MAX,
            )
        style = text_style if guarded(text) is text else quoted_style
        said = f"<t>{text}</t>" if not SPECIAL.search(text) else _special(text)
        written.append(f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is>{said}</is></c>')
    return f'<row r="{number}">{"".join(written)}</row>'


def _special(text: str) -> str:
    return f'<t xml:space="preserve">{escape(SPELT.sub(_spelt, text))}</t>'


def _spelt(found: re.Match[str]) -> str:
    return f"_x{ord(found.group()):04X}_"


def _sheet_name(title: str) -> str:
    return SPELT.sub(" ", NAME_FORBIDDEN.sub(" ", title))[:31].strip(" '") or "Outreach"

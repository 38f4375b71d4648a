"""Rows of text written as CSV, as a workbook and as GeoJSON, with nothing in them that could run."""

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from outreach.domain.errors import InvalidValue
from outreach.exchange.csv_cells import csv_line, guarded
from outreach.exchange.sheets import column_letters

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles.cell_style import StyleArray
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

BYTES_AT_ONCE = 64 * 1024
CELL_MAX = 32_767  # what a cell of Excel holds
ROWS_MAX = 1_048_575  # and a sheet, the headings aside
WIDTHS = (8, 60)
ROWS_MEASURED = 200
# "_x0041_" is how a workbook spells a letter by its number; what looks like it is spelt out, and so is what XML forbids
SPELT = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b\x0c\r\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NAME_FORBIDDEN = re.compile(r"[\\*?:/\[\]]|^'|'$")


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """CSV as Excel opens it by a double click: UTF-8 with a mark, comma, CRLF; in pieces of about 64 kB."""
    held = ["\ufeff"]
    size = 0
    for row in chain((headings,), rows):
        line = csv_line([guarded(cell) for cell in row])
        held.append(line)
        size += len(line)
        if size >= BYTES_AT_ONCE:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    if held:
        yield "".join(held).encode("utf-8", "replace")


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
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and few requests write a workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    pen = _Pen(sheet, notes or {})
    coming = iter(rows)
    first = list(islice(coming, ROWS_MEASURED))
    pen.set_widths(headings, first)
    sheet.append(pen.heading_cells(headings))
    count = 0
    for count, row in enumerate(chain(first, coming), start=1):
        if count > ROWS_MAX:
            raise InvalidValue(
                "Bảng có hơn {limit} dòng, Excel không mở được. Hãy tải dạng CSV.", field="file", limit=ROWS_MAX
            )
        sheet.append(pen.row_cells(count - 1, row))
    if headings:
        sheet.auto_filter.ref = f"A1:{column_letters(len(headings) - 1)}{count + 1}"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def write_geojson(features: Iterable[tuple[float, float, Mapping[str, object]]]) -> Iterator[bytes]:
    """A FeatureCollection of points from (lat, lon, properties), one feature a line."""
    before = '{"type":"FeatureCollection","features":[\n'
    for lat, lon, properties in features:
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": dict(properties),
        }
        yield (before + json.dumps(feature, ensure_ascii=False, allow_nan=False)).encode("utf-8", "replace")
        before = ",\n"
    if before != ",\n":
        yield before.encode("utf-8")
    yield b"\n]}\n"


class _Pen:
    """Makes the cells of one sheet: text whatever they begin with."""

    def __init__(self, sheet: "WriteOnlyWorksheet", notes: Mapping[tuple[int, int], str]) -> None:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - see write_xlsx
        from openpyxl.comments import Comment  # noqa: PLC0415
        from openpyxl.styles import Alignment, Font  # noqa: PLC0415

        self._sheet = sheet
        self._cell = WriteOnlyCell
        self._comment = Comment
        self._notes = notes
        text, quoted, heading = WriteOnlyCell(sheet, ""), WriteOnlyCell(sheet, ""), WriteOnlyCell(sheet, "")
        for cell in (text, quoted, heading):
            cell.number_format = "@"
        quoted.quotePrefix = True  # else a person who edits the cell makes a formula of it
        heading.font = Font(bold=True)
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        self._text, self._quoted, self._heading = text._style, quoted._style, heading._style

    def set_widths(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Columns as wide as what stands in them, within bounds; text also where nothing is written yet."""
        for index in range(len(headings)):
            longest = max((len(row[index]) for row in (headings, *rows) if index < len(row)), default=0)
            column = self._sheet.column_dimensions[column_letters(index)]
            column.width = min(max(longest + 2, WIDTHS[0]), WIDTHS[1])
            column.number_format = "@"

    def heading_cells(self, headings: Sequence[str]) -> "list[WriteOnlyCell | None]":
        return [self._made(text, self._heading, row=0, column=column) for column, text in enumerate(headings)]

    def row_cells(self, row: int, cells: Sequence[str]) -> "list[WriteOnlyCell | None]":
        """The cells of row `row`, counted from 0 without the headings; None where there is nothing to write."""
        made: list[WriteOnlyCell | None] = []
        for column, text in enumerate(cells):
            said = self._notes.get((row, column)) if self._notes else None
            if not text and said is None:
                made.append(None)
                continue
            cell = self._made(text, self._quoted if guarded(text) != text else self._text, row=row + 1, column=column)
            if said is not None:
                cell.comment = self._comment(said, "Outreach")
            made.append(cell)
        return made

    def _made(self, text: str, style: "StyleArray", *, row: int, column: int) -> "WriteOnlyCell":
        if len(text) > CELL_MAX:
            raise InvalidValue(
                "Ô {cell} dài hơn {limit} ký tự, Excel không mở được. Hãy tải dạng CSV.",
                field="file",
                cell=f"{column_letters(column)}{row + 1}",
                limit=CELL_MAX,
            )
        cell = self._cell(self._sheet)
        cell._value, cell.data_type, cell._style = SPELT.sub(_spelt, text), "s", style
        return cell


def _spelt(found: re.Match[str]) -> str:
    return f"_x{ord(found.group()):04X}_"


def _sheet_name(title: str) -> str:
    return NAME_FORBIDDEN.sub(" ", SPELT.sub(" ", title)).strip()[:31] or "Outreach"

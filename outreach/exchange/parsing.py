"""A file of any kind read into rows of text, one JSON array a line; runs in the process that may die of it."""

import errno
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TextIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

from outreach.domain.errors import InvalidValue
from outreach.exchange import notes
from outreach.exchange.cells import tidy_cells
from outreach.exchange.delimited import open_delimited
from outreach.exchange.headings import HEAD_ROWS, heading_row, is_blank, tidy_heading
from outreach.exchange.mending import LetterWatch, Verdict, mender
from outreach.exchange.merging import MergedCells
from outreach.exchange.packages import damaged
from outreach.exchange.recognising import FileKind, kind_of
from outreach.exchange.sheets import RawRow, ReadLimits, Sheet, SheetFacts
from outreach.exchange.workbooks import open_workbook

TOLD_EVERY = 2_000
DAMAGED = (
    BadZipFile,
    ExpatError,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,  # a part that is not there
    NotImplementedError,  # a way of packing nobody uses for sheets
    UnicodeError,
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def part_of(target: Path) -> Path:
    """Where rows stand until the sheet is read to its end."""
    return target.with_name(f"{target.name}.part")


def parse_file(
    source: Path,
    target: Path,
    *,
    file_name: str,
    limits: ReadLimits,
    told: Callable[[int], None] = lambda _rows: None,
) -> SheetFacts:
    """Read `source` and write its rows to `target`: [number in the sheet, [a text for each heading]] a line.

    Raises InvalidValue for everything that is wrong with the file, whatever the file holds.
    """
    try:
        with _open(source, file_name=file_name, limits=limits) as sheet:
            gatherer = _Gatherer(sheet, file_name, limits, told)
            with part_of(target).open("w", encoding="utf-8", newline="\n") as lines:
                gatherer.write(lines)
    except DAMAGED as error:
        raise damaged(file_name) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file, where a table of contents points
            raise
        raise damaged(file_name) from error
    gatherer.finish(target)
    return gatherer.facts()


def _open(source: Path, *, file_name: str, limits: ReadLimits) -> AbstractContextManager[Sheet]:
    if kind_of(source, file_name=file_name) is FileKind.WORKBOOK:
        return open_workbook(source, file_name=file_name, limits=limits)
    return open_delimited(source, file_name=file_name)


@dataclass(slots=True)
class _Gatherer:
    """Takes the rows of a sheet, from the headings on."""

    sheet: Sheet
    file_name: str
    limits: ReadLimits
    told: Callable[[int], None]
    headings: list[str] = field(default_factory=list)
    first_row: int = 0
    rows: int = 0
    width: int = 0
    written: int = 0
    uneven: bool = False  # rows were written before a wider one came
    notes: list[str] = field(default_factory=list)
    letters: LetterWatch = field(default_factory=LetterWatch)

    def write(self, lines: TextIO) -> None:
        """Write every row with anything in it."""
        for row in self._begin():
            if row.fault is not None:
                raise row.fault
            cells = self._fitted(row)
            self.letters.look(cells)
            line = _encode([row.number, cells])
            lines.write(f"{line}\n")
            self.rows += 1
            self.written += len(line)
            self._keep_within_limits()
            if self.rows % TOLD_EVERY == 0:
                self.told(self.rows)
        self.told(self.rows)

    def finish(self, target: Path) -> None:
        """Give `target` its rows, all of one width and in Unicode."""
        verdict = self.letters.verdict()
        if not verdict and not self.uneven and not self.sheet.merged:
            part_of(target).replace(target)
        else:
            self._write_again(target, verdict)
        part_of(target).unlink(missing_ok=True)
        extra = self.width - len(self.headings)
        if extra:
            self.notes.append(notes.note(notes.EXTRA_COLUMNS, extra))

    def _write_again(self, target: Path, verdict: Verdict) -> None:
        """The rows once more, with what is known only at the end of the sheet."""
        mend, mended = mender(verdict)
        merged = MergedCells(self.sheet.merged, below=self.first_row)
        self.written = 0
        with (
            part_of(target).open(encoding="utf-8", newline="\n") as before,
            target.open("w", encoding="utf-8", newline="\n") as after,
        ):
            for given in before:
                number, cells = json.loads(given)
                line = _encode([number, merged.fill(number, self._padded(mend(cells)))])
                after.write(f"{line}\n")
                self.written += len(line)
                self._keep_within_limits()
        self.headings = mend(self.headings)
        for code, count in ((notes.MENDED_TCVN3, mended()), (notes.MERGED_CELLS, merged.filled)):
            if count:
                self.notes.append(notes.note(code, count))

    def facts(self) -> SheetFacts:
        """What is known once everything is read."""
        return SheetFacts(
            headings=tuple(self._padded(self.headings)),
            rows=self.rows,
            encoding=self.sheet.encoding,
            separator=self.sheet.separator,
            first_row=self.first_row,
            sheet_name=self.sheet.name,
            notes=(*self.sheet.notes, *self.notes),
        )

    def _begin(self) -> Iterator[RawRow]:
        """Find the headings; what remains are the rows below them."""
        filled = (row for row in self.sheet.rows if not is_blank(row))
        head = list(islice(filled, HEAD_ROWS))
        at = heading_row(head)
        if at is None:
            raise InvalidValue(
                "Tệp “{file_name}” không có dòng nào có dữ liệu.",
                field="file",
                value=self.file_name,
                file_name=self.file_name,
            )
        row = head[at]
        if row.fault is not None:
            raise row.fault
        self.first_row = row.number
        self.headings = [tidy_heading(cell) for cell in tidy_cells(row, (), longest=self.limits.cell)]
        while self.headings and not self.headings[-1]:
            self.headings.pop()
        self.width = len(self.headings)
        self._refuse_width(row.number)
        self.letters.look(self.headings)
        if at:
            self.notes.append(notes.note(notes.ROWS_ABOVE, at))
        return chain(head[at + 1 :], filled)

    def _fitted(self, row: RawRow) -> list[str]:
        """The cells of a row, as many as there are columns so far; a cell more only when something stands in it."""
        cells = tidy_cells(row, self.headings, longest=self.limits.cell)
        while len(cells) > self.width and not cells[-1].strip():
            cells.pop()
        if len(cells) > self.width:
            self.width = len(cells)
            self.uneven = self.rows > 0
            self._refuse_width(row.number)
        return self._padded(cells)

    def _padded(self, cells: list[str]) -> list[str]:
        return cells if len(cells) == self.width else [*cells, *[""] * (self.width - len(cells))]

    def _refuse_width(self, row: int) -> None:
        if self.width > self.limits.columns:
            raise InvalidValue(
                "Dòng {row} của tệp “{file_name}” có {columns} cột; mỗi bảng được nhiều nhất {limit} cột.",
                field="file",
                value=self.file_name,
                file_name=self.file_name,
                row=row,
                columns=self.width,
                limit=self.limits.columns,
            )

    def _keep_within_limits(self) -> None:
        if self.rows > self.limits.rows:
            raise InvalidValue(
                "Tệp “{file_name}” có hơn {limit} dòng. Hãy chia thành nhiều tệp.",
                field="file",
                value=self.file_name,
                file_name=self.file_name,
                limit=self.limits.rows,
            )
        if self.written > self.limits.written:
            raise InvalidValue(
                "Tệp “{file_name}” chứa quá nhiều chữ. Hãy chia thành nhiều tệp.",
                field="file",
                value=self.file_name,
                file_name=self.file_name,
            )

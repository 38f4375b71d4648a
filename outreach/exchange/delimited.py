"""CSV and its kin: the separator found from the first lines, rows as Excel would show them."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TextIO

from outreach.domain.errors import InvalidValue
from outreach.exchange.csv_cells import unguarded
from outreach.exchange.decoding import Encoding, encoding_of
from outreach.exchange.sheets import MB, RawRow, Sheet

SEPARATORS = "\t;,|"  # in case of doubt the earlier one
SAMPLE = 64 * 1024
LINES = 50
SAID = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)  # Excel's first line
QUOTED = re.compile(r'(?:^|(?<=[\t;,|\r\n]))"(?:[^"]|"")*"(?=[\t;,|\r\n]|$)')
END = "\0the end\0"  # a line of our own behind the last: an open quote would swallow it
FIELD_MAX = 4 * MB  # far beyond what is accepted, so that the refusal can name the cell


@contextmanager
def open_delimited(source: Path, *, file_name: str) -> Iterator[Sheet]:
    """The rows of a text file; rows are numbered as in Excel, where a quoted line break does not count."""
    encoding = encoding_of(source, file_name=file_name)
    with source.open(encoding=encoding.codec, errors="surrogateescape", newline="") as file:
        sample = file.read(SAMPLE)
        said = SAID.match(sample)
        separator = said.group(1) if said else _separator_of(sample)
        file.seek(0)
        if said:
            file.readline()
        yield Sheet(
            rows=_rows(file, separator, encoding, file_name=file_name),
            encoding=encoding.name,
            separator=separator,
            notes=[encoding.note] if encoding.note else [],
        )


def _rows(file: TextIO, separator: str, encoding: Encoding, *, file_name: str) -> Iterator[RawRow]:
    csv.field_size_limit(FIELD_MAX)
    reader = csv.reader(chain(file, [END]), delimiter=separator)
    number = 0
    mend = encoding.mend
    try:
        for number, cells in enumerate(reader, start=1):
            if cells == [END]:
                return
            if END in (cells[-1][-len(END) :] if cells else ""):
                raise _open_quote(number, file_name=file_name)
            mended = cells if mend is None else [cell if cell.isascii() else mend(cell) for cell in cells]
            yield RawRow(number, [unguarded(cell) for cell in mended])
    except csv.Error as error:
        raise _open_quote(number + 1, file_name=file_name) from error


def _open_quote(row: int, *, file_name: str) -> InvalidValue:
    return InvalidValue(
        "Dòng {row} của tệp “{file_name}” có dấu ngoặc kép mở mà không đóng. Hãy sửa dòng này, hoặc mở bằng Excel "
        "và lưu lại dạng .xlsx.",
        field="file",
        value=file_name,
        file_name=file_name,
        row=row,
    )


def _separator_of(sample: str) -> str:
    """The sign that divides most lines into the same number of cells; quoted text does not count."""
    lines = [line for line in re.split(r"[\r\n]+", QUOTED.sub("", sample)) if line.strip(" ")]  # tabs are no blank
    if len(lines) > 1 and len(sample) == SAMPLE:
        lines.pop()  # cut in the middle
    best, best_score = ",", (0, 0)
    for separator in SEPARATORS:
        counts = Counter(count for line in lines[:LINES] if (count := line.count(separator)))
        score = max(((agreed, count) for count, agreed in counts.items()), default=(0, 0))
        if score > best_score:
            best, best_score = separator, score
    return best

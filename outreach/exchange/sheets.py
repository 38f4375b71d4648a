"""What a sheet is, inside and outside the process that reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from outreach.domain.errors import InvalidValue

MB = 2**20


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much one file may ask for. Bytes are those of the file, `unpacked` those inside a workbook."""

    bytes: int = 50 * MB
    unpacked: int = 300 * MB
    entries: int = 2_000
    ratio: int = 100  # of one part of a workbook; honest sheets stay below 30
    ratio_from: int = 10 * MB  # a part that unpacks to less may have any ratio
    rows: int = 200_000
    columns: int = 200
    cell: int = 32_767  # what a cell of Excel holds
    written: int = 600 * MB  # of what comes out: a short text used in every cell makes a small file large
    seconds: float = 30.0
    seconds_most: float = 60.0  # for the largest file allowed
    memory: int = 512 * MB


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What is known of a sheet once it has been read.

    `first_row` is the number in the sheet of the row with the headings. `encoding` and `separator` are empty for a
    workbook, `sheet_name` for plain text. `notes` are "code" or "code:value", see outreach/exchange/notes.py.
    """

    headings: tuple[str, ...]
    rows: int
    encoding: str
    separator: str
    first_row: int
    sheet_name: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class MergedRows:
    """One column of cells merged from row `first` to row `last`; columns count from 0."""

    first: int
    last: int
    column: int


@dataclass(slots=True)
class RawRow:
    """One row as it stands in the file; `fault` is said only if the row is used."""

    number: int
    cells: list[str]
    fault: InvalidValue | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet opened for reading: rows come one by one, blank ones and title rows included."""

    rows: Iterator[RawRow]
    encoding: str = ""
    separator: str = ""
    name: str = ""
    # both grow while rows are read
    notes: list[str] = field(default_factory=list)
    merged: list[MergedRows] = field(default_factory=list)


def column_letters(index: int) -> str:
    """The letters over a column, counted from 0: A, B, ... Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

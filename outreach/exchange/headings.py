"""Which row of a sheet holds the headings: lists often begin with the name of the office and of the list."""

import re
import unicodedata
from collections.abc import Sequence

from outreach.exchange.sheets import RawRow

HEAD_ROWS = 20  # rows with anything in them among which the headings are sought
HEADING_MAX = 100  # letters; a longer text is a sentence
LETTER = re.compile(r"[^\W\d_]")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def is_blank(row: RawRow) -> bool:
    """Whether nothing stands in any cell; a formula without a result is not nothing."""
    return row.fault is None and not any(cell and not cell.isspace() for cell in row.cells)


def heading_row(rows: Sequence[RawRow]) -> int | None:
    """The index of the row with the headings; None when nothing stands anywhere.

    It is the first row about as full of texts as the fullest: rows below may hold a text more, where a heading is
    missing. Above it, a letterhead has fewer texts, with a gap between them. With fewer than two texts in every row
    the sheet has one column, and its first row is the heading.
    """
    counts = [_texts_in(row) for row in rows]
    most = max(counts, default=0)
    for index, (row, count) in enumerate(zip(rows, counts, strict=True)):
        if count >= 2 and (4 * count >= 3 * most or (2 * count > most and _has_no_gap(row))):
            return index
    return next((index for index, row in enumerate(rows) if not is_blank(row)), None)


def has_headings(rows: Sequence[RawRow]) -> bool:
    """Whether a row of at least two texts stands above anything else."""
    found = heading_row(rows)
    return found is not None and found < len(rows) - 1 and _texts_in(rows[found]) >= 2


def tidy_heading(text: str) -> str:
    """A heading composed, without invisible letters, each gap one space."""
    return " ".join(unicodedata.normalize("NFC", text).translate(INVISIBLE).split())


def _has_no_gap(row: RawRow) -> bool:
    filled = [index for index, cell in enumerate(row.cells) if cell.strip()]
    return filled[-1] - filled[0] + 1 == len(filled)


def _texts_in(row: RawRow) -> int:
    return sum(1 for cell in row.cells if len(cell) <= HEADING_MAX and LETTER.search(cell))

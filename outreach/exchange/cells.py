"""Cells made tidy, or refused by row and column: one line each, composed, nothing invisible that harms."""

import re
import unicodedata
from collections.abc import Sequence

from outreach.domain.errors import InvalidValue
from outreach.exchange.sheets import RawRow, column_letters

BREAKS = re.compile("[\t\n\x0b\x0c\r]+")
FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def tidy_cells(row: RawRow, headings: Sequence[str], *, longest: int) -> list[str]:
    """The cells of `row` in NFC, line breaks and tabs as one space; raises InvalidValue naming row and column."""
    together = "".join(row.cells)
    if together.isprintable() and len(together) <= longest and unicodedata.is_normalized("NFC", together):
        return row.cells
    return [_tidy(cell, row.number, index, headings, longest) for index, cell in enumerate(row.cells)]


def _tidy(cell: str, row: int, index: int, headings: Sequence[str], longest: int) -> str:
    if len(cell) > longest:
        raise InvalidValue(
            "Ô {cell} (dòng {row}, cột “{column}”) dài {length} ký tự; mỗi ô được nhiều nhất {limit} ký tự.",
            field="file",
            cell=f"{column_letters(index)}{row}",
            row=row,
            column=_name(headings, index),
            length=len(cell),
            limit=longest,
        )
    tidy = BREAKS.sub(" ", cell)
    found = FORBIDDEN.search(tidy)
    if found:
        raise InvalidValue(
            "Ô {cell} (dòng {row}, cột “{column}”) chứa ký tự điều khiển mã {number}. Hãy xóa ô này rồi gõ lại.",
            field="file",
            cell=f"{column_letters(index)}{row}",
            row=row,
            column=_name(headings, index),
            number=f"{ord(found.group()):04X}",
        )
    return unicodedata.normalize("NFC", tidy)


def _name(headings: Sequence[str], index: int) -> str:
    """The heading over a cell, or the letters of its column."""
    return (headings[index] if index < len(headings) else "") or column_letters(index)

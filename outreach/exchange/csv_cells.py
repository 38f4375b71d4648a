"""Cells of CSV that no spreadsheet takes for a formula, and the way back."""

import re

# a cell that begins so is run as a formula by one program or another
RISKY = frozenset("=+-@\t\r\n＝＋－＠")  # the wide ones count in some languages
GUARD = "'"
PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*", re.ASCII)
# separators and quotes; the other separators too, so that no reader guesses the wrong one
QUOTED = re.compile(r'[",;|\t\r\n]|^\s|\s$|^sep=', re.IGNORECASE)


def guarded(cell: str) -> str:
    """`cell` with an apostrophe before it where it could be taken for a formula or for a guarded cell."""
    if not cell or (cell[0] not in RISKY and cell[0] != GUARD) or PLAIN_NUMBER.fullmatch(cell):
        return cell
    return GUARD + cell


def unguarded(cell: str) -> str:
    """`cell` without the apostrophe that `guarded` put there."""
    if len(cell) > 1 and cell[0] == GUARD and (cell[1] in RISKY or cell[1] == GUARD):
        return cell[1:]
    return cell


def csv_line(cells: list[str]) -> str:
    """One line of CSV with its CRLF."""
    written = [f'"{cell.replace(chr(34), chr(34) * 2)}"' if QUOTED.search(cell) else cell for cell in cells]
    if written in ([], [""]):
        return '""\r\n'  # else a row of one empty cell would be no row
    return ",".join(written) + "\r\n"

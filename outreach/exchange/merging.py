"""Cells merged over several rows: what stands in the first row is meant for all of them."""

from collections.abc import Sequence

from outreach.exchange.headings import LETTER
from outreach.exchange.sheets import MergedRows


class MergedCells:
    """Gives the rows of a merged cell its text; takes rows in the order of their numbers.

    A number is not repeated: merged over three rows it may as well be their sum.
    """

    def __init__(self, ranges: Sequence[MergedRows], *, below: int) -> None:
        self._coming = sorted((merged for merged in ranges if merged.first > below), reverse=True)
        self._open: dict[int, tuple[int, str]] = {}
        self.filled = 0

    def fill(self, number: int, cells: list[str]) -> list[str]:
        """The cells of row `number` with the texts of the cells that reach into it."""
        self._begin(number, cells)
        if not self._open:
            return cells
        filled = list(cells)
        for column, (last, text) in list(self._open.items()):
            if last < number:
                del self._open[column]
            elif not filled[column].strip():
                filled[column] = text
                self.filled += 1
        return filled

    def _begin(self, number: int, cells: list[str]) -> None:
        while self._coming and self._coming[-1].first <= number:
            merged = self._coming.pop()
            # a first row that is blank otherwise is no row of ours, and then nothing stands in the cell either
            text = cells[merged.column] if merged.first == number and merged.column < len(cells) else ""
            if LETTER.search(text):
                self._open[merged.column] = (merged.last, text)

"""Cells typed in a TCVN3 font among rows of Unicode: found column by column, mended in a second pass."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from outreach.exchange.old_letters import Letters, clear_words, from_tcvn3, letters_of

WORDS_ENOUGH = 3  # different ones, in the whole sheet
Verdict = Mapping[int, frozenset[Letters]]  # which cells to mend, by column
DOUBTFUL = frozenset({Letters.TCVN3, Letters.EITHER})


class LetterWatch:
    """Looks at every cell and says at the end which columns hold letters of TCVN3.

    One short word can be right in both ("xã" is "xó"), so that a cell is judged with its column, and a column without
    a clear case with the sheet. A stray foreign letter must not change anything: it takes a few clear words.
    """

    def __init__(self) -> None:
        self._columns: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(Letters))
        self._clear: set[str] = set()

    def look(self, cells: Sequence[str]) -> None:
        """Count the letters of one row."""
        for index, cell in enumerate(cells):
            if not cell.isascii():
                letters = letters_of(cell)
                self._columns[index][letters] += 1
                if letters is Letters.TCVN3 and len(self._clear) < WORDS_ENOUGH:
                    self._clear.update(clear_words(cell))

    def verdict(self) -> Verdict:
        """Which cells to mend, by column; empty for a sheet in Unicode throughout."""
        if len(self._clear) < WORDS_ENOUGH:
            return {}
        total = [sum(counts) for counts in zip(*self._columns.values(), strict=True)]
        verdict: dict[int, frozenset[Letters]] = {}
        for index, counts in self._columns.items():
            mixed = counts[Letters.UNICODE] or (not counts[Letters.TCVN3] and total[Letters.UNICODE])
            verdict[index] = frozenset({Letters.TCVN3}) if mixed else DOUBTFUL
        return verdict


def mender(verdict: Verdict) -> tuple[Callable[[list[str]], list[str]], Callable[[], int]]:
    """A function that mends the cells of a row, and one that says how many it mended so far."""
    mended = 0

    def mend(cells: list[str]) -> list[str]:
        nonlocal mended
        out = list(cells)
        for index, wrong in verdict.items():
            if index < len(out) and not out[index].isascii() and letters_of(out[index]) in wrong:
                out[index] = from_tcvn3(out[index])
                mended += 1
        return out

    return mend, lambda: mended

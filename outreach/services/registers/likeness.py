"""Names that look like a slip of the keyboard in another one, found quickly among thousands."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from outreach.domain.names import search_key

COMPARED = 24  # names that share most letter pairs are compared closely, the others are not alike
REMEMBERED = 5_000  # a sheet with one slip repeats it in many rows


class Likeness:
    """Known names; marks and capitals do not count."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        self._pairs: dict[str, list[str]] = defaultdict(list)
        self._before: dict[tuple[str, int, float], list[str]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know one more name."""
        key = search_key(name)
        if key not in self._names:
            self._names[key] = name
            for pair in set(_pairs(key)):
                self._pairs[pair].append(key)
            self._before.clear()

    def near(self, text: str, *, most: int, cutoff: float) -> list[str]:
        """The names most like `text`, the nearest first; `cutoff` as difflib counts likeness, 1 is the same."""
        asked = (search_key(text[:200]), most, cutoff)
        if asked not in self._before:
            if len(self._before) >= REMEMBERED:
                self._before.clear()
            self._before[asked] = self._find(*asked)
        return self._before[asked]

    def _find(self, key: str, most: int, cutoff: float) -> list[str]:
        shared: Counter[str] = Counter()
        for pair in set(_pairs(key)):
            shared.update(self._pairs.get(pair, ()))
        alike = sorted(shared, key=lambda other: -shared[other] / (len(other) + len(key)))[:COMPARED]
        return [self._names[other] for other in get_close_matches(key, alike, n=most, cutoff=cutoff)]


def _pairs(key: str) -> Iterator[str]:
    framed = f" {key} "
    return (framed[place : place + 2] for place in range(len(framed) - 1))

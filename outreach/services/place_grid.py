"""Sites by where they stand, to find the nearest one at the same small price whatever their number."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from outreach.domain.places import Coordinates, metres_between

AROUND = 0.001  # degrees: a cell; 111 m from south to north, and no less than 30 m across up to 74 degrees north
SPOT = 5  # decimals, about 1 m


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A site, and how far away it is."""

    name: str
    metres: float


@dataclass(frozen=True, slots=True)
class _Placed:
    at: Coordinates
    name: str
    site_id: int | None  # None: a row that is not stored yet


_Spot = dict[int | None, _Placed]


class PlaceGrid:
    """Sites in cells, and in each cell by spot: of thousands of rows on one spot only two are ever looked at."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], dict[tuple[float, float], _Spot]] = defaultdict(dict)
        self._homes: dict[int, _Spot] = {}

    def note(self, at: Coordinates, name: str, *, site_id: int | None = None) -> None:
        """Know of one more site, or of the new place of one that is known."""
        if site_id is not None and (home := self._homes.get(site_id)) is not None:
            del home[site_id]
        spot = self._cells[_cell(at)].setdefault((round(at.lat, SPOT), round(at.lon, SPOT)), {})
        if site_id is None:
            spot.setdefault(None, _Placed(at, name, site_id))
        else:
            spot[site_id] = _Placed(at, name, site_id)
            self._homes[site_id] = spot

    def nearest(self, at: Coordinates, *, but: int | None = None) -> Neighbour | None:
        """The nearest site in the cells around `at`, leaving out the one with the id `but`."""
        found = [
            Neighbour(other.name, metres_between(at, other.at))
            for other in self.around(at)
            if but is None or other.site_id != but
        ]
        return min(found, key=lambda neighbour: neighbour.metres, default=None)

    def around(self, at: Coordinates) -> Iterator[_Placed]:
        """One site of each spot near `at`, and a second one in case the first is to be left out."""
        row, column = _cell(at)
        for key in ((row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1)):
            for spot in self._cells[key].values() if key in self._cells else ():
                yield from islice(spot.values(), 2)


def _cell(at: Coordinates) -> tuple[int, int]:
    return int(at.lat // AROUND), int(at.lon // AROUND)

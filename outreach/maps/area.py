"""The area a library serves: its outlines with a margin, for asking whether a point lies inside."""

from functools import lru_cache
from math import cos, radians

import numpy as np
import shapely

from outreach.domain.places import EARTH_RADIUS_M, Coordinates
from outreach.maps.land import Outlines

MARGIN_M = 3000  # a school just over the line, and a coast drawn coarsely, are no mistakes


class Area:
    """Outlines grown by `margin_m` metres."""

    def __init__(self, outlines: Outlines, *, margin_m: float = MARGIN_M) -> None:
        shapes = np.array(outlines.shapes)
        _, south, _, north = shapely.total_bounds(shapes)
        # degrees of longitude are shrunk to the length of degrees of latitude, so that the margin is even
        self._shrink = cos(radians((south + north) / 2))
        level = shapely.transform(shapely.union_all(shapely.make_valid(shapes)), self._levelled)
        self._shape = shapely.buffer(level, margin_m / (radians(1) * EARTH_RADIUS_M))
        shapely.prepare(self._shape)

    def _levelled(self, points: np.ndarray) -> np.ndarray:
        return points * (self._shrink, 1.0)

    def holds(self, at: Coordinates) -> bool:
        """Whether the point is in the area."""
        return bool(shapely.contains_xy(self._shape, at.lon * self._shrink, at.lat))


@lru_cache(maxsize=4)
def area_of(outlines: Outlines) -> Area:
    """The area of `outlines`; they are read once for each version of their file, and so is this made."""
    return Area(outlines)

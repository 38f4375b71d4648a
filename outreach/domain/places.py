"""Where things are: coordinates, kinds of site, terrain, and the quality of a point."""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_009.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """A point on the earth in WGS 84 degrees; always given by keyword, so that lat and lon cannot be swapped."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not -90 <= self.lat <= 90:
            raise ValueError(f"lat {self.lat} is not between -90 and 90")
        if not -180 <= self.lon <= 180:
            raise ValueError(f"lon {self.lon} is not between -180 and 180")


def metres_between(one: Coordinates, other: Coordinates) -> float:
    """The great-circle distance."""
    lat, other_lat = radians(one.lat), radians(other.lat)
    across = sin((other_lat - lat) / 2) ** 2
    along = cos(lat) * cos(other_lat) * sin(radians(other.lon - one.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(across + along)))


class Terrain(StrEnum):
    """What the roads around a place are like; picks the estimator's preset."""

    COAST = "coast"
    HILLS = "hills"
    MOUNTAIN = "mountain"


class SiteKind(StrEnum):
    """What kind of host a service site is."""

    PRIMARY_SCHOOL = "school_primary"
    LOWER_SECONDARY_SCHOOL = "school_lower_secondary"
    COMBINED_SCHOOL = "school_combined"
    ETHNIC_BOARDING_SCHOOL = "school_ethnic_boarding"
    COMMUNE_LIBRARY = "commune_library"
    COMMUNITY_LIBRARY = "community_library"
    BORDER_POST = "border_post"
    INDUSTRIAL_PARK = "industrial_park"
    PRISON = "prison"

    @property
    def is_school(self) -> bool:
        """Whether the site follows the school year."""
        return self.value.startswith("school_")


class CoordinateQuality(StrEnum):
    """How far a site's point may be trusted."""

    SURVEYED = "surveyed"
    APPROXIMATE = "approximate"
    COMMUNE_POINT = "commune_point"

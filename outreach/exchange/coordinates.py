"""Coordinates as people paste them."""

from dataclasses import dataclass

from outreach.domain.errors import InvalidValue
from outreach.domain.places import Coordinates


@dataclass(frozen=True, slots=True)
class PastedPoint:
    """A point that was understood; `swapped`: latitude and longitude came in the wrong order."""

    at: Coordinates
    swapped: bool = False


def looks_swapped(lat: float, lon: float) -> bool:
    """Whether the numbers can only be a Vietnamese longitude and latitude."""
    return 8 <= lon <= 24 and 102 <= lat <= 110


def read_coordinates(text: str) -> PastedPoint:
    """Decimal degrees, latitude first."""
    try:
        lat, lon = (float(part) for part in text.replace(";", ",").split(","))
        return PastedPoint(Coordinates(lat=lat, lon=lon))
    except ValueError:
        raise InvalidValue("“{value}” không phải tọa độ; ghi như 12.2451, 109.1943", field="", value=text) from None

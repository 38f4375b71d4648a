"""Doubts about the points of sites that a sheet brings, as notes: they never forbid."""

from sqlalchemy.orm import Session

from outreach.domain.places import CoordinateQuality, Coordinates
from outreach.maps.area import Area
from outreach.services.place_checks import PlaceChecker, decimals_of
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Note, Reading, Record


class Doubter:
    """Looks at one site after the other; the rows before count as sites that are there."""

    def __init__(self, area: Area | None) -> None:
        self._area = area
        self._places: PlaceChecker | None = None

    def look(self, session: Session, reading: Reading, looks: Lookups, *, known: Record | None) -> None:
        """Note what speaks against the point of a row, if the row brings a new one."""
        values = reading.values
        lat, lon = values.get("lat"), values.get("lon")
        if lat is None or lon is None or values.get("quality") is CoordinateQuality.COMMUNE_POINT:
            return
        if known is not None and (known.values["lat"], known.values["lon"]) == (lat, lon):
            return
        if self._places is None:
            self._places = PlaceChecker(session, area=self._area)
        at = Coordinates(lat=lat, lon=lon)
        commune = values.get("commune_code") or (known.values.get("commune_code") if known else "")
        number = known.id if known else None
        found = self._places.doubts(
            at,
            decimals=decimals_of(lat, lon),
            site_id=number,
            commune_id=looks.units.by_code(commune) if commune else None,
        )
        reading.notes.extend(Note("lat", doubt.message, doubt.values) for doubt in found)
        name = str(values.get("name") or (known.values.get("name") if known else ""))
        self._places.note(at, name, site_id=number)

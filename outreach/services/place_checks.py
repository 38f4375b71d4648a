"""Doubts about a point that is right in form: another site's, too coarse, a commune's middle, outside the area."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.places import Coordinates, metres_between
from outreach.domain.roles import Actor, Right, require
from outreach.exchange.coordinates import PastedPoint, read_coordinates
from outreach.i18n import number, translate
from outreach.maps.area import Area, area_of
from outreach.maps.land import read_outlines
from outreach.services.place_grid import AROUND, PlaceGrid
from outreach.services.registers.lookups import Lookups
from outreach.settings import Settings
from outreach.store.fleet import Base
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Site

SAME_PLACE_M = 30  # the width of a school yard: less is one place entered twice, or a copied point
FINE_DECIMALS = 4  # 11 m
OFF_BY = ("110\u00a0km", "11\u00a0km", "1\u00a0km", "100\u00a0m")  # what fewer decimals are worth
MIDDLE_M = 300  # geocoders answer with the middle of a commune or province when they do not know the place
MIDDLE_OF = 3  # units with a point from which the middle of all is worth knowing
FARTHEST_M = 150_000  # a bus does not go farther from its base and serve on the same day


class DoubtKind(StrEnum):
    """Why a point may be wrong."""

    SAME_PLACE = "same-place"
    COARSE = "coarse"
    MIDDLE = "middle"
    OUTSIDE = "outside"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason to look again; it never forbids. The sentence begins with a small letter, as faults of a sheet do."""

    kind: DoubtKind
    message: str  # a Vietnamese source text with {named} places
    values: Mapping[str, object]

    def sentence(self) -> str:
        """The message in the language of the moment."""
        return translate(self.message, **self.values)


def service_area(settings: Settings) -> Area | None:
    """The operator's outlines with a margin; None without outlines, or with a file that cannot be read."""
    if not settings.outlines:
        return None
    try:
        return area_of(read_outlines(Path(settings.outlines)))
    except InvalidValue:
        return None  # the maps say what is wrong with the file


def decimals_of(lat: float, lon: float) -> int:
    """The decimals of numbers that came as numbers: the more of the two, as a cell drops zeros at the end."""
    return max(len(f"{value:.9f}".rstrip("0").partition(".")[2]) for value in (lat, lon))


def doubts(
    session: Session,
    at: Coordinates,
    *,
    decimals: int,
    site_id: int | None = None,
    commune_id: int | None = None,
    area: Area | None = None,
) -> tuple[Doubt, ...]:
    """What speaks against one point; `site_id` is the site that it is for. For many points keep a PlaceChecker."""
    checker = PlaceChecker(session, area=area, around=at)
    return checker.doubts(at, decimals=decimals, site_id=site_id, commune_id=commune_id)


@dataclass(frozen=True, slots=True)
class PointReading:
    """What was pasted for a site, as it was understood, and what speaks against it."""

    point: PastedPoint
    doubts: tuple[Doubt, ...]


def read_point(
    session: Session,
    actor: Actor,
    text: str,
    *,
    site_id: int | None = None,
    commune: str = "",
    area: Area | None = None,
) -> PointReading:
    """Understand a pasted point; `commune` (its name or code) is where a short Plus Code is looked for.

    Raises InvalidValue with a sentence that begins with a small letter.
    """
    require(actor, Right.EDIT_REGISTERS)
    units = Lookups(session).units
    unit = units.by_code(commune) or next(iter(units.by_name(commune, former=False)), None)
    near = units.points.get(units.codes[unit]) if unit is not None else None
    point = read_coordinates(text, near=near)
    found = doubts(session, point.at, decimals=point.decimals, site_id=site_id, commune_id=unit, area=area)
    return PointReading(point, found)


class PlaceChecker:
    """What is known of the library's places, read once, so that each further point costs the same small time."""

    def __init__(self, session: Session, *, area: Area | None = None, around: Coordinates | None = None) -> None:
        """`around`: read only the sites near this point."""
        self._area = area
        self._bases = [
            (row.short_name, Coordinates(lat=row.lat, lon=row.lon))
            for row in session.execute(select(Base.short_name, Base.lat, Base.lon).where(Base.active.is_(True)))
        ]
        self._units: dict[int, tuple[str, Coordinates]] = {}
        self._middle = self._read_units(session)
        self._sites = PlaceGrid()
        self._read_sites(session, around)

    def _read_units(self, session: Session) -> Coordinates | None:
        """Points of today's units; returns the middle of all."""
        columns = (AdminUnit.id, AdminUnit.name, AdminUnit.lat, AdminUnit.lon, AdminUnit.valid_to)
        asked = select(*columns).where(AdminUnit.lat.is_not(None), AdminUnit.lon.is_not(None))
        points = []
        for row in session.execute(asked):
            at = Coordinates(lat=row.lat, lon=row.lon)
            self._units[row.id] = (row.name, at)
            if row.valid_to is None:
                points.append(at)
        if len(points) < MIDDLE_OF:
            return None
        return Coordinates(lat=sum(p.lat for p in points) / len(points), lon=sum(p.lon for p in points) / len(points))

    def _read_sites(self, session: Session, around: Coordinates | None) -> None:
        asked = select(Site.id, Site.name, Site.lat, Site.lon).where(Site.active.is_(True)).order_by(Site.id)
        if around:
            asked = asked.where(
                Site.lat.between(around.lat - AROUND, around.lat + AROUND),
                Site.lon.between(around.lon - AROUND, around.lon + AROUND),
            )
        for row in session.execute(asked):
            self.note(Coordinates(lat=row.lat, lon=row.lon), row.name, site_id=row.id)

    def note(self, at: Coordinates, name: str, *, site_id: int | None = None) -> None:
        """Know of one more site, or of another place of one that is known: an import's earlier rows."""
        self._sites.note(at, name, site_id=site_id)

    def doubts(
        self, at: Coordinates, *, decimals: int, site_id: int | None = None, commune_id: int | None = None
    ) -> tuple[Doubt, ...]:
        """What speaks against one point, the weightiest first; `site_id` is the site that it is for."""
        found = (
            self._outside(at),
            self._same_place(at, site_id),
            self._middle_of(at, commune_id),
            self._coarse(decimals),
        )
        return tuple(doubt for doubt in found if doubt)

    def _same_place(self, at: Coordinates, site_id: int | None) -> Doubt | None:
        near = self._sites.nearest(at, but=site_id)
        if near is None or near.metres >= SAME_PLACE_M:
            return None
        metres = round(near.metres)
        message = (
            "chỉ cách “{name}” {metres} m; có phải một nơi nhập hai lần?" if metres else "trùng tọa độ với “{name}”"
        )
        return Doubt(DoubtKind.SAME_PLACE, message, {"name": near.name, "metres": metres})

    def _middle_of(self, at: Coordinates, commune_id: int | None) -> Doubt | None:
        unit = self._units.get(commune_id) if commune_id is not None else None
        if unit and metres_between(at, unit[1]) < MIDDLE_M:
            message = "chưa chính xác: chỉ cách điểm giữa {name} {metres} m, nơi bản đồ trả về khi không biết chỗ thật"
            return Doubt(DoubtKind.MIDDLE, message, {"name": unit[0], "metres": round(metres_between(at, unit[1]))})
        if self._middle and metres_between(at, self._middle) < MIDDLE_M:
            message = "chưa chính xác: chỉ cách điểm giữa cả vùng {metres} m, nơi bản đồ trả về khi không biết chỗ thật"
            return Doubt(DoubtKind.MIDDLE, message, {"metres": round(metres_between(at, self._middle))})
        return None

    def _coarse(self, decimals: int) -> Doubt | None:
        if decimals >= FINE_DECIMALS:
            return None
        message = "chỉ có {decimals} số lẻ, có thể lệch {distance}; nên có ít nhất {least} số lẻ"
        values = {"decimals": max(0, decimals), "distance": OFF_BY[max(0, decimals)], "least": FINE_DECIMALS}
        return Doubt(DoubtKind.COARSE, message, values)

    def _outside(self, at: Coordinates) -> Doubt | None:
        """Outside the outlines; without them, farther from every base than a bus goes."""
        if self._area is not None:
            if self._area.holds(at):
                return None
            return Doubt(DoubtKind.OUTSIDE, "nằm ngoài ranh giới vùng phục vụ hơn 3 km", {})
        if not self._bases:
            return None
        metres, name = min((metres_between(at, point), name) for name, point in self._bases)
        if metres <= FARTHEST_M:
            return None
        message = "cách cơ sở gần nhất, {name}, {km} km, có lẽ ngoài vùng phục vụ"
        return Doubt(DoubtKind.FAR, message, {"name": name, "km": number(metres / 1000)})

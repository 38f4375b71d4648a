"""The ground every map stands on: look, land and sea, names, the frame, and how it becomes a document."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median
from typing import Any

import shapely

from outreach.domain.names import board_name
from outreach.domain.places import Coordinates
from outreach.i18n import translate, translate_count
from outreach.maps.land import Box, Outlines, as_geojson, land_around, seen_around
from outreach.maps.signs import Leg, Place, Sign

FAR_AWAY = 5.0  # a sign this many times farther out than the usual one stays outside the first view
FAR_AWAY_DEGREES = 1.2  # and at least this far: about 130 km
SEA_GRID = 14
SEA_ROOM = 0.12  # degrees of open water round the sea's name
WHOLE_COUNTRY = (Coordinates(lat=8.6, lon=104.5), Coordinates(lat=23.3, lon=109.4))  # when there is nothing to show


@dataclass(frozen=True, slots=True)
class MapLook:
    """How a map document is dressed: nonce of its scripts, where static files are, language, theme, tiles, outlines.

    `theme` is "light", "dark" or "system"; `outlines_note` says why the operator's outlines are missing.
    """

    nonce: str
    static_url: Callable[[str], str]
    language: str = "vi"
    theme: str = "system"
    osm_tiles: bool = False
    outlines: Outlines | None = None
    outlines_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What one map shows. `focus` holds the points of the first view; empty means all signs."""

    title: str
    signs: tuple[Sign, ...]
    legs: tuple[Leg, ...] = ()
    places: tuple[Place, ...] = ()
    focus: tuple[Coordinates, ...] = ()


def split_far(points: Iterable[Coordinates]) -> tuple[list[Coordinates], list[Coordinates]]:
    """`points` that belong together, and those too far out (an island at sea) to share one view with them."""
    found = list(points)
    if len(found) < 3:
        return found, []
    middle = Coordinates(lat=median(p.lat for p in found), lon=median(p.lon for p in found))
    shrink = math.cos(math.radians(middle.lat))
    far = {p: math.hypot(p.lat - middle.lat, (p.lon - middle.lon) * shrink) for p in found}
    limit = max(FAR_AWAY_DEGREES, FAR_AWAY * median(far.values()))
    # a long province is no island: the limit moves out as long as the points hang together
    near: list[Coordinates] = []
    for point in sorted(found, key=lambda p: far[p]):
        if far[point] > limit and (not near or far[point] - far[near[-1]] > FAR_AWAY_DEGREES):
            break
        near.append(point)
    return near, sorted(found, key=lambda p: far[p])[len(near) :]


def is_east_sea(lat: float, lon: float) -> bool:
    """Whether a point at sea lies in Biển Đông, off Vietnam's coast (not in the two gulfs)."""
    return (5 <= lat <= 17 and 105.5 <= lon <= 118) or (17 < lat <= 21.5 and 109.5 <= lon <= 118)


@lru_cache(maxsize=64)
def _sea_point(box: Box, land_box: Box) -> Coordinates | None:
    """The roomiest point of Biển Đông in `box`, for its name."""
    land = land_around(land_box)
    shapely.prepare(land)
    best: tuple[float, Coordinates | None] = (SEA_ROOM, None)
    for row in range(1, SEA_GRID):
        for column in range(1, SEA_GRID):
            lat = box.south + (box.north - box.south) * row / SEA_GRID
            lon = box.west + (box.east - box.west) * column / SEA_GRID
            if not is_east_sea(lat, lon):
                continue
            edge = min(lat - box.south, box.north - lat, lon - box.west, box.east - lon)
            room = min(shapely.distance(land, shapely.Point(lon, lat)), edge * 1.5)
            if room > best[0]:
                best = (room, Coordinates(lat=lat, lon=lon))
    return best[1]


def _sea_names(view: Box, land_box: Box) -> list[Place]:
    """Biển Đông, once in the first view and once farther out, and Vietnam's two archipelagos."""
    wide = seen_around(land_box)
    names = [
        Place(name=text, short=text, at=at, rank=0)
        for text, at in (
            (translate("Quần đảo Hoàng Sa"), Coordinates(lat=16.5, lon=112.0)),
            (translate("Quần đảo Trường Sa"), Coordinates(lat=9.6, lon=113.2)),
        )
        if wide.south < at.lat < wide.north and wide.west < at.lon < wide.east
    ]
    name = translate("Biển Đông")
    for box in (view, land_box.grown(3.0)):
        at = _sea_point(box, land_box)
        if at is not None:
            names.append(Place(name=name, short=name, at=at, rank=0))
    return names


@lru_cache(maxsize=32)
def _land_data(box: Box) -> dict[str, Any]:
    return as_geojson([land_around(box)])


@lru_cache(maxsize=4)
def _outline_data(outlines: Outlines) -> dict[str, Any]:
    return as_geojson(list(outlines.shapes))


def _words() -> dict[str, str]:
    return {
        "zoomIn": translate("Phóng to"),
        "zoomOut": translate("Thu nhỏ"),
        "twoFingers": translate("Dùng hai ngón tay để kéo bản đồ"),
        "close": translate("Đóng"),
        "open": translate("Mở hồ sơ"),
        "back": translate("Về khung chính"),
    }


def _away_text(signs: list[Sign]) -> str:
    if len(signs) == 1:
        return translate("Ngoài khung: {name}", name=board_name(signs[0].name))
    return translate_count("{count} điểm ngoài khung", len(signs))


def _away(outside: list[Sign]) -> list[dict[str, Any]]:
    """A button for signs outside the first view: nothing is lost because it lies far out."""
    if not outside:
        return []
    lats, lons = [sign.at.lat for sign in outside], [sign.at.lon for sign in outside]
    return [{"text": _away_text(outside), "box": [[min(lats), min(lons)], [max(lats), max(lons)]]}]


def _named_outside(signs: tuple[Sign, ...], far: list[Coordinates]) -> list[Sign]:
    """The signs, those far out with their names: the sea around them says nothing."""
    return [
        replace(sign, away=True, label=sign.label or board_name(sign.name)) if sign.at in far else sign
        for sign in signs
    ]


def draw(look: MapLook, scene: Scene, *, picked: dict[str, Any] | None = None) -> str:
    """The whole HTML document of one map; with `picked` (data of the picker's script) a point is picked on it."""
    # Folium takes a third of a second to load, which pages without maps need not wait for
    from outreach.maps import sheet  # noqa: PLC0415

    points = [sign.at for sign in scene.signs] + [point for leg in scene.legs for point in leg.points]
    focus, outside = split_far(scene.focus or points or WHOLE_COUNTRY)
    near, far = split_far(points)
    signs = _named_outside(scene.signs, list(outside))
    tight = Box.around(focus, grid=False)
    land_box = Box.around([*near, *far, *focus])
    middle = ((tight.south + tight.north) / 2, (tight.west + tight.east) / 2)
    chart = sheet.new_map(middle, closer=picked is not None)
    if look.osm_tiles:
        sheet.street_tiles().add_to(chart)
    else:
        known = look.outlines is not None
        sheet.area(_land_data(land_box), class_name="land-2" if known else "land").add_to(chart)
    if look.outlines is not None:
        sheet.area(_outline_data(look.outlines), class_name="outline").add_to(chart)
    for class_name in ("halo", "leg"):
        for leg in scene.legs:
            dressed = class_name if class_name == "halo" else f"leg bus-{(leg.bus - 1) % 6 + 1}"
            sheet.line(leg.line(), class_name=dressed).add_to(chart)
    wide = seen_around(land_box).grown(-0.1)
    chart.add_child(
        sheet.Drawing(
            {
                "title": scene.title,
                "view": [[tight.south, tight.west], [tight.north, tight.east]],
                "edge": [[wide.south, wide.west], [wide.north, wide.east]],
                "signs": [sign.as_data() for sign in signs],
                "places": [] if look.osm_tiles else [place.as_data() for place in scene.places],
                "seas": []
                if look.osm_tiles
                else [place.as_data() for place in _sea_names(tight.grown(0.15), land_box)],
                "away": _away([sign for sign in signs if sign.away]),
                "credit": translate("Nền: © những người đóng góp OpenStreetMap") if look.osm_tiles else "",
                "note": look.outlines_note,
                "words": _words(),
            }
        )
    )
    if picked is not None:
        chart.add_child(sheet.Picker(picked))
    return sheet.render(
        chart,
        title=scene.title,
        language=look.language,
        theme=look.theme,
        nonce=look.nonce,
        static_url=look.static_url,
    )

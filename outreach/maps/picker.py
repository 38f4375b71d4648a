"""The map on which a point is picked: the point to move, what lies around it as quiet dots, and nothing to follow."""

from outreach.domain.places import Coordinates, metres_between
from outreach.domain.sheets import BasePoint, SiteRow
from outreach.i18n import translate
from outreach.maps.base import MapLook, Scene, draw
from outreach.maps.signs import Mark, Place, Sign
from outreach.maps.sites import base_signs

CLOSE = 0.04  # degrees round the point in the first view: about 4 km each way
NEARBY_M = 400_000  # what lies farther away has no place on the map of this point


def picker_map(
    look: MapLook,
    *,
    at: Coordinates | None,
    others: tuple[SiteRow, ...],
    bases: tuple[BasePoint, ...],
    places: tuple[Place, ...],
) -> str:
    """The map with its point at `at`; without one it shows the whole library and waits for a click."""
    signs = [
        # no link: whoever picks a point is in the middle of a form
        Sign(mark=Mark.DOT, at=row.at, name=row.name, lines=(f"{row.commune} · {row.code}",))
        for row in others
        if at is None or metres_between(row.at, at) < NEARBY_M
    ]
    near_bases = tuple(base for base in bases if at is None or metres_between(base.at, at) < NEARBY_M)
    focus: tuple[Coordinates, ...] = ()
    if at is not None:
        south, north = max(-85.0, at.lat - CLOSE), min(85.0, at.lat + CLOSE)
        west, east = max(-180.0, at.lon - CLOSE), min(180.0, at.lon + CLOSE)
        focus = (Coordinates(lat=south, lon=west), Coordinates(lat=north, lon=east))
    title = translate("Bản đồ chọn vị trí. Bấm lên bản đồ, kéo dấu, hoặc dời dấu bằng phím mũi tên.")
    return draw(
        look,
        Scene(title=title, signs=(*signs, *base_signs(near_bases, labels=True)), places=places, focus=focus),
        picked={"at": [at.lat, at.lon] if at else None, "words": _words()},
    )


def _words() -> dict[str, str]:
    return {
        "mark": translate("Dấu vị trí, {lat}; {lon}. Phím mũi tên để dời, giữ Shift để dời từng chút."),
        "middle": translate("Đặt dấu vào giữa"),
    }

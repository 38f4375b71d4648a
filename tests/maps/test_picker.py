"""The map on which a point is picked: the point itself, its neighbours as quiet dots, land of its own place."""

import json
import re
from typing import Any

from outreach.domain.places import Coordinates
from outreach.domain.sheets import BasePoint
from outreach.maps.picker import NEARBY_M, picker_map
from tests.maps import scenes
from tests.maps.test_documents import drawing

LONDON = Coordinates(lat=51.5072, lon=-0.1276)


def picked(document: str) -> dict[str, Any]:
    found = re.search(r"outreachPicker\.start\(\w+, (\{.*\})\);", document)
    assert found
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def made(at: Coordinates | None) -> str:
    rows = (scenes.site(1, scenes.DIEN_KHANH), scenes.site(2, scenes.CAM_RANH))
    return picker_map(scenes.look(), at=at, others=rows, bases=(BasePoint(1, "Cơ sở A", scenes.NHA_TRANG),), places=())


def test_the_point_is_handed_to_the_script_and_shown_close_up() -> None:
    document = made(scenes.NHA_TRANG)
    assert picked(document)["at"] == [12.2458, 109.1953]
    (south, west), (north, east) = drawing(document)["view"]  # type: ignore[misc]
    assert north - south < 0.1
    assert south < 12.2458 < north
    assert west < 109.1953 < east


def test_without_a_point_the_whole_library_is_in_view() -> None:
    document = made(None)
    assert picked(document)["at"] is None
    (south, _), (north, _) = drawing(document)["view"]  # type: ignore[misc]
    assert south <= scenes.CAM_RANH.lat
    assert scenes.DIEN_KHANH.lat <= north


def test_other_sites_are_dots_that_lead_nowhere() -> None:
    signs = [sign for sign in drawing(made(scenes.NHA_TRANG))["signs"] if sign["mark"] != "base"]  # type: ignore[attr-defined]
    assert {sign["mark"] for sign in signs} == {"dot"}
    assert not any("link" in sign for sign in signs)


def test_a_point_on_the_other_side_of_the_earth_has_its_own_land_and_nothing_of_ours() -> None:
    document = made(LONDON)
    assert drawing(document)["signs"] == []
    (south, west), (north, east) = drawing(document)["edge"]  # type: ignore[misc]
    assert north - south < 20
    assert east - west < 20
    assert NEARBY_M > 150_000  # farther than a bus drives


def test_points_at_the_edges_of_the_earth_are_drawn() -> None:
    for at in (Coordinates(lat=85, lon=180), Coordinates(lat=-85, lon=-180), Coordinates(lat=0.5, lon=0)):
        assert picked(made(at))["at"] == [at.lat, at.lon]


def test_a_library_without_sites_and_bases_sees_the_country() -> None:
    document = picker_map(scenes.look(), at=None, others=(), bases=(), places=())
    (south, _), (north, _) = drawing(document)["view"]  # type: ignore[misc]
    assert north - south > 10
    assert picked(document)["at"] is None

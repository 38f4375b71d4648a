"""Land and sea from Natural Earth, and the operator's own outlines."""

import hashlib
import json
from pathlib import Path

import pytest
import shapely

from outreach.domain.errors import InvalidValue
from outreach.domain.places import Coordinates
from outreach.maps.base import is_east_sea, split_far
from outreach.maps.land import LAND_FILE, OUTLINES_LIMIT, Box, decode_topology, land_around, read_outlines
from outreach.maps.signs import Leg
from tests.maps.scenes import CAM_RANH, DIEN_KHANH, KHANH_VINH, NHA_TRANG, TRUONG_SA

PROVINCE = Box.around([NHA_TRANG, KHANH_VINH, CAM_RANH])


def test_a_topology_is_decoded_with_shared_and_reversed_arcs() -> None:
    topology = {
        "transform": {"scale": [0.5, 2.0], "translate": [100.0, 10.0]},
        "arcs": [[[0, 0], [2, 0], [0, 1]], [[0, 0], [0, 1], [2, 0]]],
        "objects": {"land": {"geometries": [{"type": "Polygon", "arcs": [[0, -2]]}]}},
    }
    (square,) = decode_topology(topology)
    assert square.equals(shapely.box(100, 10, 101, 12))


def test_inland_is_land_and_thirty_kilometres_out_is_sea() -> None:
    land = land_around(PROVINCE)
    assert land.contains(shapely.Point(109.15, 12.25))
    assert not land.contains(shapely.Point(109.48, 12.25))


def test_neighbours_are_land_far_beyond_the_sites() -> None:
    assert land_around(PROVINCE).contains(shapely.Point(107.0, 13.5))


def test_the_same_box_is_clipped_once() -> None:
    assert land_around(PROVINCE) is land_around(Box.around([NHA_TRANG, KHANH_VINH, CAM_RANH]))


def test_a_new_site_nearby_needs_no_new_clip() -> None:
    assert Box.around([NHA_TRANG, KHANH_VINH, CAM_RANH, DIEN_KHANH]) == PROVINCE


def test_the_land_file_is_the_one_its_origin_names() -> None:
    origin = (LAND_FILE.parent / "ORIGIN").read_text(encoding="utf-8")
    assert hashlib.sha256(LAND_FILE.read_bytes()).hexdigest() in origin


def test_an_island_far_out_is_set_apart_and_not_lost() -> None:
    near, far = split_far([NHA_TRANG, DIEN_KHANH, KHANH_VINH, CAM_RANH, TRUONG_SA])
    assert far == [TRUONG_SA]
    assert len(near) == 4


def test_a_long_province_stays_together() -> None:
    chain = [Coordinates(lat=11 + step * 0.4, lon=109) for step in range(12)]
    near, far = split_far(chain)
    assert set(near) == set(chain)
    assert far == []


def test_the_east_sea_is_not_the_gulfs() -> None:
    assert is_east_sea(12.0, 110.0)
    assert is_east_sea(9.0, 107.5)
    assert not is_east_sea(9.0, 103.5)
    assert not is_east_sea(20.0, 107.5)


def test_an_estimated_leg_bows_and_a_real_road_does_not() -> None:
    points = (NHA_TRANG, KHANH_VINH)
    bowed = Leg(points=points, bus=1).line()
    assert bowed[0] == [12.2458, 109.1953]
    assert bowed[-1] == [12.28, 108.9]
    middle = bowed[len(bowed) // 2]
    assert abs(middle[0] - 12.2629) > 0.01
    assert Leg(points=points, bus=1, estimated=False).line() == [[12.2458, 109.1953], [12.28, 108.9]]


def test_there_and_back_are_two_lines() -> None:
    there = Leg(points=(NHA_TRANG, KHANH_VINH), bus=1).line()
    back = Leg(points=(KHANH_VINH, NHA_TRANG), bus=1).line()
    assert there[10] != back[10]


def collection(*geometries: object) -> str:
    features = [{"type": "Feature", "properties": {"name": "<b>"}, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features})


SQUARE = {"type": "Polygon", "coordinates": [[[109, 12], [109.2, 12], [109.2, 12.2], [109, 12.2], [109, 12]]]}


def test_outlines_are_read_and_read_anew_when_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "communes.geojson"
    path.write_text(collection(SQUARE, {"type": "Point", "coordinates": [109, 12]}), encoding="utf-8")
    assert [shape.bounds for shape in read_outlines(path).shapes] == [(109.0, 12.0, 109.2, 12.2)]
    path.write_text(json.dumps(SQUARE), encoding="utf-8")
    assert len(read_outlines(path).shapes) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("không phải JSON", "không phải GeoJSON"),
        ("[1, 2]", "không phải GeoJSON"),
        ('{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon"}}]}', "không phải GeoJSON"),
        (collection({"type": "Point", "coordinates": [109, 12]}), "không có vùng nào"),
        (collection(None), "không"),
        (
            collection({"type": "Polygon", "coordinates": [[[5e5, 1e6], [6e5, 1e6], [6e5, 2e6], [5e5, 1e6]]]}),
            "WGS 84",
        ),
    ],
)
def test_a_bad_outline_file_is_refused_with_a_clear_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "xau.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidValue, match=sentence) as caught:
        read_outlines(path)
    assert caught.value.field == "OUTREACH_OUTLINES"
    assert "xau.geojson" in str(caught.value)


def test_a_missing_or_huge_outline_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="Không thấy tệp"):
        read_outlines(tmp_path / "khong-co.geojson")
    huge = tmp_path / "lon.geojson"
    huge.write_bytes(b" " * (OUTLINES_LIMIT + 1))
    with pytest.raises(InvalidValue, match="5 MB"):
        read_outlines(huge)

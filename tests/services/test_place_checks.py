"""Doubts about points: near twins, coarse numbers, middles of communes, and places out of reach."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from outreach.domain.places import Coordinates
from outreach.i18n import use_language
from outreach.services.place_checks import Doubt, DoubtKind, PlaceChecker, decimals_of, doubts, service_area
from outreach.settings import Settings
from outreach.wiring import House
from tests.factories import make_base, make_organisation, make_site, make_unit

HERE = Coordinates(lat=12.3000, lon=109.1500)
METRE = 1 / 111_195  # of latitude, in degrees


def moved(metres: float) -> Coordinates:
    return Coordinates(lat=HERE.lat + metres * METRE, lon=HERE.lon)


def kinds(found: tuple[Doubt, ...]) -> list[DoubtKind]:
    return [doubt.kind for doubt in found]


def test_a_good_point_leaves_no_doubt(both_session: Session) -> None:
    make_site(both_session, at=(12.31, 109.15))
    assert doubts(both_session, HERE, decimals=5) == ()


@pytest.mark.parametrize(("metres", "said"), [(0, "trùng tọa độ với “Trường A”"), (25, "chỉ cách “Trường A” 25 m")])
def test_a_point_on_another_site_names_it(session: Session, metres: float, said: str) -> None:
    make_site(session, name="Trường A", at=(HERE.lat, HERE.lon))
    make_site(session, name="Trường B", at=(moved(28).lat, HERE.lon + 0.001))
    (doubt,) = doubts(session, moved(metres), decimals=5)
    assert doubt.kind is DoubtKind.SAME_PLACE
    assert said in doubt.sentence()


def test_thirty_metres_away_is_another_place_also_across_a_cell(session: Session) -> None:
    make_site(session, at=(12.2999999, 109.1499999))
    assert doubts(session, moved(31), decimals=5) == ()
    assert kinds(doubts(session, moved(20), decimals=5)) == [DoubtKind.SAME_PLACE]


def test_a_site_is_no_twin_of_itself_nor_of_an_archived_one(session: Session) -> None:
    own = make_site(session, at=(HERE.lat, HERE.lon))
    make_site(session, at=(HERE.lat, HERE.lon), active=False)
    assert doubts(session, HERE, decimals=5, site_id=own.id) == ()
    assert kinds(doubts(session, HERE, decimals=5)) == [DoubtKind.SAME_PLACE]


@pytest.mark.parametrize(("decimals", "off"), [(3, "100 m"), (2, "1 km"), (1, "11 km"), (0, "110 km")])
def test_few_decimals_say_how_far_off_the_point_may_be(session: Session, decimals: int, off: str) -> None:
    (doubt,) = doubts(session, HERE, decimals=decimals)
    assert doubt.kind is DoubtKind.COARSE
    assert f"lệch {off};" in doubt.sentence().replace("\u00a0", " ")


def test_the_middle_of_the_commune_is_not_where_the_school_stands(session: Session) -> None:
    commune = make_unit(session, name="Xã Vĩnh Thử", lat=HERE.lat, lon=HERE.lon)
    elsewhere = make_unit(session, name="Xã Khác", lat=12.9, lon=109.3)
    assert kinds(doubts(session, moved(250), decimals=5, commune_id=commune.id)) == [DoubtKind.MIDDLE]
    assert doubts(session, moved(310), decimals=5, commune_id=commune.id) == ()
    assert doubts(session, moved(250), decimals=5, commune_id=elsewhere.id) == ()


def test_the_middle_of_all_communes_is_a_geocoders_answer_too(session: Session) -> None:
    for lat, lon in ((12.2, 109.0), (12.3, 109.3), (12.4, 109.15)):
        make_unit(session, lat=lat, lon=lon)
    (doubt,) = doubts(session, moved(100), decimals=5)
    assert doubt.kind is DoubtKind.MIDDLE
    assert "điểm giữa cả vùng 100 m" in doubt.sentence()


def test_without_outlines_a_point_farther_than_150_km_from_every_base_is_outside(session: Session) -> None:
    make_base(session, name="Cơ sở Nha Trang", at=(12.2451, 109.1943))
    make_base(session, name="Cơ sở Cam Ranh", at=(11.92, 109.16))
    hanoi = Coordinates(lat=21.0278, lon=105.8342)
    (doubt,) = doubts(session, hanoi, decimals=5)
    assert doubt.kind is DoubtKind.FAR
    assert "Nha Trang, 1.040 km" in doubt.sentence()
    with use_language("en"):
        assert "nearest base" in doubt.sentence()
    assert doubts(session, Coordinates(lat=13.5, lon=109.1943), decimals=5) == ()


def _outlines(folder: Path) -> Settings:
    ring = [[109.0, 12.0], [109.4, 12.0], [109.4, 12.5], [109.0, 12.5], [109.0, 12.0]]
    path = folder / "ranh-gioi.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    return Settings(outlines=str(path))


def test_with_outlines_three_kilometres_over_the_line_are_still_inside(session: Session, tmp_path: Path) -> None:
    make_base(session)
    area = service_area(_outlines(tmp_path))
    for side in (Coordinates(lat=12.5 + 2900 * METRE, lon=109.2), Coordinates(lat=12.25, lon=109.4 + 2900 * METRE)):
        assert doubts(session, side, decimals=5, area=area) == ()
    for side in (Coordinates(lat=12.5 + 3100 * METRE, lon=109.2), Coordinates(lat=12.25, lon=109.4 + 3200 * METRE)):
        assert kinds(doubts(session, side, decimals=5, area=area)) == [DoubtKind.OUTSIDE]


def test_the_area_is_made_once_for_each_version_of_the_file(tmp_path: Path) -> None:
    settings = _outlines(tmp_path)
    assert service_area(settings) is service_area(settings)


def test_unreadable_or_missing_outlines_leave_the_rule_of_the_bases(tmp_path: Path) -> None:
    path = tmp_path / "hong.geojson"
    path.write_text("{", encoding="utf-8")
    assert service_area(Settings(outlines=str(path))) is None
    assert service_area(Settings(outlines=str(tmp_path / "khong-co.geojson"))) is None
    assert service_area(Settings()) is None


def test_a_checker_knows_the_earlier_rows_of_a_sheet(session: Session) -> None:
    site = make_site(session, name="Trường A", at=(HERE.lat, HERE.lon))
    checker = PlaceChecker(session)
    checker.note(moved(500), "Trường mới")
    assert kinds(checker.doubts(moved(510), decimals=5)) == [DoubtKind.SAME_PLACE]
    checker.note(moved(1000), "Trường A", site_id=site.id)  # its new place; the old one is free
    assert checker.doubts(HERE, decimals=5) == ()
    assert kinds(checker.doubts(moved(1000), decimals=5)) == [DoubtKind.SAME_PLACE]
    assert checker.doubts(moved(1000), decimals=5, site_id=site.id) == ()


def test_sites_and_bases_of_another_library_do_not_count(house: House, session: Session) -> None:
    with house.session(everywhere=True) as everywhere:
        other = make_organisation(everywhere, name="Thư viện khác")
    with house.session(organisation_id=other.id) as theirs:
        make_site(theirs, at=(HERE.lat, HERE.lon))
        make_base(theirs, at=(51.5, -0.1))
    assert doubts(session, HERE, decimals=5) == ()


@pytest.mark.parametrize(
    ("lat", "lon", "decimals"),
    [(12.3, 109.15, 2), (12.2451, 109.1, 4), (12.0, 109.0, 0), (51.5, 0.00005, 5), (12.123456789, 1.0, 9)],
)
def test_numbers_that_came_as_numbers_count_the_longer_tail(lat: float, lon: float, decimals: int) -> None:
    assert decimals_of(lat, lon) == decimals

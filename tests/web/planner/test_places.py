"""Points on the forms: what was pasted is read and doubted, a place is looked up, a map is there to pick on."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, render_template_string
from sqlalchemy import select, update

from outreach.domain.roles import Right, Role
from outreach.services import geocoding
from outreach.store.geocodes import GeocodeAnswer
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Site
from outreach.web.app import create_app
from outreach.web.auth import COOKIE, allow
from outreach.web.planner.places import plain_degrees
from outreach.wiring import House
from tests.services.map_server import SCHOOLS, MapServer, map_server
from tests.web.conftest import Browser, Province, sign_in_as

FORM = (
    '{% from "places/point_field.html" import point_field with context %}<form method="post">'
    '{% from "kit.html" import token with context %}{{ token() }}{{ point_field(lat, lon, errors, site_id) }}</form>'
)


def hidden(html: str) -> tuple[str, str]:
    found = [re.search(rf'name="{name}" value="([^"]*)"', html) for name in ("lat", "lon")]
    assert all(found), html
    return str(found[0][1]), str(found[1][1])  # type: ignore[index]


def pasted(browser: Browser, text: str, **more: str) -> tuple[int, str]:
    answer = browser.post("/diem/toa-do", {"point": text, **more}, page="/diem", headers={"HX-Request": "true"})
    return answer.status_code, answer.get_data(as_text=True)


# ---- reading


def test_a_pasted_point_is_read_and_said(planner: Browser, province: Province) -> None:
    status, html = pasted(planner, "https://www.google.com/maps/place/X/@1,2,9z/data=!8m2!3d12.2671234!4d109.1012345")
    assert status == 200
    assert hidden(html) == ("12.2671234", "109.1012345")
    assert "12,267123; 109,101234" in html
    assert "từ liên kết Google Maps" in html


def test_a_swapped_point_is_put_right_and_said(planner: Browser, province: Province) -> None:
    _, html = pasted(planner, "109.1012345, 12.2671234")
    assert hidden(html) == ("12.2671234", "109.1012345")
    assert "đã đổi lại" in html


@pytest.mark.parametrize("text", ["", "Trường Tiểu học", "0, 0", "https://maps.app.goo.gl/abc", "<script>", "9" * 5000])
def test_what_is_no_point_is_one_sentence_and_leaves_no_coordinates(
    planner: Browser, province: Province, text: str
) -> None:
    status, html = pasted(planner, text)
    assert status == 422
    assert 'name="lat"' not in html
    assert "<script" not in html
    sentence = re.search(r'<p class="trouble">.*?</svg> (.+?)</p>', html, re.DOTALL)
    assert sentence
    assert sentence[1][0].isupper() or not sentence[1][0].isalpha()


def test_doubts_are_said_and_the_site_is_no_twin_of_itself(house: House, planner: Browser, province: Province) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        site = session.get(Site, province.site_id)
        assert site
        at, name = f"{site.lat:.5f}, {site.lon:.5f}", site.name
    assert f"Trùng tọa độ với “{name}”" in pasted(planner, at)[1]
    assert "Trùng tọa độ" not in pasted(planner, at, site_id=str(province.site_id))[1]
    assert "Chỉ có 2 số lẻ" in pasted(planner, "12.27, 109.10")[1]
    assert "ngoài vùng phục vụ" in pasted(planner, "51.5072, -0.1276")[1]


def test_a_short_plus_code_is_read_near_the_commune(house: House, planner: Browser, province: Province) -> None:
    assert "Plus Code rút gọn" in pasted(planner, "2QMQ+J6")[1]
    with house.session(organisation_id=province.organisation_id) as session:
        unit = session.scalars(select(AdminUnit).where(AdminUnit.valid_to.is_(None))).first()
        assert unit
        code, name = unit.code, unit.name
        session.execute(update(AdminUnit).where(AdminUnit.id == unit.id).values(lat=10.03, lon=105.78))
    for commune in ({"commune_code": code}, {"commune": name}):
        assert hidden(pasted(planner, "2QMQ+J6", **commune)[1])[0].startswith("10.034")


def test_reading_a_point_stores_nothing(house: House, planner: Browser, province: Province) -> None:
    pasted(planner, "12.1234567, 109.1234567", site_id=str(province.site_id))
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        site = session.get(Site, province.site_id)
        assert site
        assert (site.lat, site.version) != (12.1234567, 2)


# ---- looking up


@pytest.fixture
def server() -> Iterator[MapServer]:
    with map_server() as state:
        yield state


@pytest.fixture
def asking(house: House, province: Province, server: MapServer) -> Browser:
    """A planner in an installation that may ask the test's own server."""
    changed = replace(house, settings=replace(house.settings, geocoder="on", geocoder_url=server.address))
    app = create_app(changed)
    app.config["TESTING"] = True
    sign_in_as(house, province.users[Role.PLANNER], "token-of-asking")
    client = app.test_client()
    client.set_cookie(COOKIE, "token-of-asking")
    return Browser(client)


def looked_up(browser: Browser, **form: str) -> tuple[int, str]:
    answer = browser.post("/diem/tim-toa-do", form, page="/diem", headers={"HX-Request": "true"})
    return answer.status_code, answer.get_data(as_text=True)


def kept(house: House) -> int:
    with house.session(everywhere=True, write=False) as session:
        return len(session.scalars(select(GeocodeAnswer)).all())


def test_looking_up_is_off_and_says_why(house: House, planner: Browser, province: Province) -> None:
    status, html = looked_up(planner, name="Trường A", commune="Xã B")
    assert status == 503
    assert "OUTREACH_GEOCODER=on" in html
    assert kept(house) == 0


def test_places_are_offered_with_their_credit_and_asked_for_once(
    house: House, asking: Browser, server: MapServer
) -> None:
    for _ in range(2):
        status, html = looked_up(asking, name="Trường Tiểu học Vĩnh Thử", commune="Xã Vĩnh Thử")
        assert status == 200
        assert re.findall(r'data-place="([^"]+)"', html) == ["12.2671234, 109.1012345", "12.27123, 109.11012"]
        assert str(SCHOOLS[0]["display_name"]) in html
        assert "OpenStreetMap" in html
    assert len(server.asked) == 1
    assert kept(house) == 1


def test_names_of_places_are_shown_as_text(asking: Browser, server: MapServer) -> None:
    server.says([{"lat": "12.1", "lon": "109.1", "display_name": '"><script>alert(1)</script>'}])
    assert "<script" not in looked_up(asking, name="Trường A")[1]


def test_nothing_found_says_what_to_do_instead(asking: Browser, server: MapServer) -> None:
    server.says([])
    status, html = looked_up(asking, name="Trường A", commune="Xã B")
    assert status == 200
    assert "Hãy chấm trên bản đồ" in html


@pytest.mark.parametrize("status", [302, 403, 429, 500])
def test_a_server_in_trouble_is_a_sentence_and_is_not_kept(
    house: House, asking: Browser, server: MapServer, status: int
) -> None:
    server.status = status
    answered, html = looked_up(asking, name="Trường A", commune="Xã B")
    assert answered == 503
    assert html.count("Máy chủ bản đồ") == 1
    assert kept(house) == 0


def test_a_name_is_needed(asking: Browser, server: MapServer) -> None:
    status, html = looked_up(asking, name=" ")
    assert status == 422
    assert "Nhập tên điểm" in html
    assert server.asked == []


def test_others_may_write_while_the_server_is_asked(
    house: House, asking: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow server must not keep SQLite's only writer waiting."""
    written: list[str] = []

    def meanwhile(*_: object) -> tuple[geocoding.FoundPlace, ...]:
        with house.session(everywhere=True) as session:
            session.add(GeocodeAnswer(query="by somebody else", places=[]))
        written.append("done")
        return ()

    monkeypatch.setattr(geocoding, "ask_server", meanwhile)
    assert looked_up(asking, name="Trường A")[0] == 200
    assert written == ["done"]
    assert kept(house) == 2


# ---- picking


def test_the_map_shows_the_point_and_leaves_the_own_dot_out(planner: Browser, province: Province) -> None:
    whole = planner.page("/diem/chon-cho")
    at = planner.page(f"/diem/chon-cho?lat=12.3&lon=109.15&site_id={province.site_id}")
    assert '"at":null' in whole
    assert '"at":[12.3,109.15]' in at
    assert at.count('"mark":"dot"') == whole.count('"mark":"dot"') - 1


@pytest.mark.parametrize(
    "query", ["lat=nan&lon=1", "lat=inf&lon=1", "lat=99&lon=1", "lat=1", "lat=a&lon=b", "lat=1&lon=999"]
)
def test_a_point_that_cannot_be_is_no_point(planner: Browser, province: Province, query: str) -> None:
    assert '"at":null' in planner.page(f"/diem/chon-cho?{query}")


# ---- the field


@pytest.fixture
def field_page(app: Flask, house: House, province: Province) -> Browser:
    """A planner who opens a form with the field, as the forms of sites have it."""

    @app.get("/thu-vi-tri")
    @allow(Right.EDIT_REGISTERS)
    def page() -> str:
        return render_template_string(FORM, lat=12.10000045, lon=109.1, errors={}, site_id=province.site_id)

    @app.get("/thu-loi")
    @allow(Right.EDIT_REGISTERS)
    def wrong() -> str:
        return render_template_string(FORM, lat="12,5", lon="", errors={"lon": "Chưa có kinh độ"}, site_id=None)

    sign_in_as(house, province.users[Role.PLANNER], "token-of-field")
    client = app.test_client()
    client.set_cookie(COOKIE, "token-of-field")
    return Browser(client)


def test_the_field_works_alone_and_sends_the_stored_point_unchanged(field_page: Browser) -> None:
    html = field_page.page("/thu-vi-tri")
    assert 'name="point" type="text" value="12.10000045, 109.1"' in html
    assert hidden(html) == ("12.10000045", "109.1")
    # what only a script can move is hidden until there is one
    assert html.count("data-needs-script hidden") == 2
    assert "<iframe" in html
    assert " src=" not in html


def test_a_fault_of_latitude_or_longitude_stands_at_the_field(field_page: Browser) -> None:
    html = field_page.page("/thu-loi")
    assert '<span class="msg" id="f-point-error">Chưa có kinh độ</span>' in html
    assert 'aria-invalid="true"' in html
    assert 'id="f-lon"' in html


def test_only_a_page_with_the_field_may_ask_where_the_device_is(field_page: Browser) -> None:
    assert "geolocation=(self)" in field_page.get("/thu-vi-tri").headers["Permissions-Policy"]
    for path in ("/diem", "/diem/chon-cho"):
        assert "geolocation=()" in field_page.get(path).headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.1, "12.1"),
        (1e-05, "0.00001"),
        (10.03411111111111, "10.03411111111111"),
        ("12,5", "12.5"),
        (None, ""),
        ("abc", "abc"),
    ],
)
def test_degrees_are_written_whole_and_without_exponents(value: object, text: str) -> None:
    assert plain_degrees(value) == text


def test_the_forms_of_sites_and_bases_have_the_field_and_store_what_was_pasted(
    house: House, planner: Browser, province: Province
) -> None:
    address = f"/diem/{province.site_id}/sua"
    page = planner.page(address)
    assert page.count('name="point"') == page.count('name="lat"') == page.count('name="lon"') == 1
    assert "data-picker" in planner.page("/diem/moi")
    assert "data-picker" in planner.page(f"/danh-muc/bases/{province.base_id}")
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    # a browser without a script sends the old coordinates along; what was pasted counts
    sent = {"version": version[1], "point": "109.1012345, 12.2671234", "lat": "12.3", "lon": "109.15"}
    assert planner.post(address, sent, page=address).status_code == 303
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        site = session.get(Site, province.site_id)
        assert site
        assert (site.lat, site.lon) == (12.2671234, 109.1012345)

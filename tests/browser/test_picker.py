"""A point picked on the map in a real browser: by mouse, by finger, by keyboard alone, and by pasting."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import render_template_string
from playwright.sync_api import Browser, FrameLocator, Page, expect
from waitress.server import create_server

from outreach.domain.roles import Right
from outreach.web.app import create_app
from outreach.web.auth import COOKIE, allow
from outreach.wiring import House
from tests.browser.conftest import Watch, open_browser, picture
from tests.house.conftest import fill
from tests.services.map_server import MapServer, map_server
from tests.web.conftest import sign_in_as

pytestmark = pytest.mark.browser

# the field on a page of its own: what every form with a point does
PAGE = """{% extends "base.html" %}{% from "kit.html" import field, token with context %}
{% from "places/point_field.html" import point_field with context %}{% block title %}Điểm{% endblock %}
{% block scripts %}<script nonce="{{ nonce }}" src="{{ static_url("js/picker.js") }}" defer></script>{% endblock %}
{% block main %}<h1>Điểm</h1><form class="card" method="post">{{ token() }}{{ field("name", "Tên điểm", "Trường A") }}
{{ point_field(lat, lon, {}, none) }}</form>{% endblock %}"""
AT = (12.2671, 109.1012)


@pytest.fixture
def maps() -> Iterator[MapServer]:
    with map_server() as state:
        yield state


@pytest.fixture
def address(house: House, maps: MapServer) -> Iterator[str]:
    """A server with the page, once with a point and once without."""
    _, admin, _ = fill(house)
    sign_in_as(house, admin, "token-of-admin")
    app = create_app(replace(house, settings=replace(house.settings, geocoder="on", geocoder_url=maps.address)))

    @app.get("/thu/<int:known>")
    @allow(Right.EDIT_REGISTERS)
    def page(known: int) -> str:
        return render_template_string(PAGE, lat=AT[0] if known else None, lon=AT[1] if known else None)

    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(params=[390, 1440])
def page(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Page]:
    watch = Watch(address)
    context = open_browser(chromium, watch, width=request.param)
    context.add_cookies([{"name": COOKIE, "value": "token-of-admin", "url": address}])
    context.grant_permissions(["geolocation"], origin=address)
    context.set_geolocation({"latitude": 12.2585, "longitude": 109.0521, "accuracy": 12})
    yield context.new_page()
    context.close()
    assert watch.outside == []
    assert [said for said in watch.complaints if "422" not in said] == []


def opened(page: Page, *, known: bool) -> FrameLocator:
    page.goto(f"/thu/{int(known)}")
    inside = page.frame_locator("iframe.mapframe")
    expect(inside.locator(".middle")).to_be_visible()
    return inside


def understood(page: Page) -> tuple[float, float]:
    """The point of the form, once the server has said that it read what the field holds."""
    page.wait_for_function(
        """() => { const value = (name) => (document.querySelector(`[name=${name}]`) || {}).value;
           const typed = value("point").split(", ").map(Number), read = ["lat", "lon"].map(value).map(Number);
           return typed.length === 2 && typed.every((number, place) => Math.abs(number - read[place]) < 1e-9) }"""
    )
    expect(page.locator("#point-said .understood")).to_be_visible()
    return float(page.input_value("[name=lat]")), float(page.input_value("[name=lon]"))


def paste(page: Page, text: str) -> None:
    page.fill("[name=point]", text)
    page.press("[name=point]", "Tab")


def test_a_click_moves_the_mark_and_writes_the_field(page: Page) -> None:
    inside = opened(page, known=True)
    inside.locator(".folium-map").click(position={"x": 70, "y": 190})
    expect(page.locator("[name=point]")).not_to_have_value(f"{AT[0]}, {AT[1]}")
    lat, lon = understood(page)
    assert abs(lat - AT[0]) < 0.2
    assert 0 < AT[1] - lon < 0.2  # left of the middle, where the mark was
    assert Axe().run(page).violations_count == 0
    picture(page, f"picker-{page.viewport_size['width'] if page.viewport_size else ''}")


def test_the_mark_is_dragged(page: Page) -> None:
    inside = opened(page, known=True)
    mark = inside.locator(".pick")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 40, steps=5)
    page.mouse.up()
    expect(page.locator("[name=point]")).not_to_have_value(f"{AT[0]}, {AT[1]}")
    lat, lon = understood(page)
    assert lat < AT[0]
    assert lon > AT[1]


def test_the_keyboard_alone_puts_the_mark_and_moves_it(page: Page) -> None:
    inside = opened(page, known=False)
    page.focus("[name=point]")
    for _ in range(15):
        page.keyboard.press("Tab")
        if inside.locator(".middle:focus").count():
            break
    page.keyboard.press("Enter")
    expect(inside.locator(".pick:focus")).to_be_visible()
    expect(page.locator("[name=point]")).not_to_have_value("")
    before = understood(page)
    for key in ("ArrowUp", "ArrowRight", "Shift+ArrowRight"):
        old = page.input_value("[name=point]")
        page.keyboard.press(key)
        expect(page.locator("[name=point]")).not_to_have_value(old)
    after = understood(page)
    assert after[0] > before[0]
    assert after[1] > before[1]
    expect(inside.locator(".pick:focus")).to_be_visible()
    name = inside.locator(".pick").get_attribute("aria-label") or ""
    assert re.search(rf"{str(after[0]).replace('.', ',')}0*; {str(after[1]).replace('.', ',')}0*\.", name)


def test_what_is_pasted_moves_the_mark_even_to_another_part_of_the_world(page: Page) -> None:
    inside = opened(page, known=True)
    for text, lat, lon in (("109.19, 12.24", "12,24", "109,19"), ("51.5072, -0.1276", "51,5072", "-0,1276")):
        paste(page, text)
        expect(inside.locator(".pick")).to_have_attribute("aria-label", re.compile(f"{lat}0*; {lon}0*\\."))
    assert page.input_value("[name=point]") == "51.5072, -0.1276"


def test_what_is_no_point_is_said_at_the_field_and_mended(page: Page) -> None:
    opened(page, known=True)
    paste(page, "linh tinh")
    expect(page.locator("#point-said .trouble")).to_contain_text("“linh tinh” không phải tọa độ")
    expect(page.locator("[name=point]")).to_have_attribute("aria-invalid", "true")
    assert page.locator("[name=lat]").count() == 0
    paste(page, "12.2671, 109.1012")
    expect(page.locator("#point-said .understood")).to_be_visible()
    assert page.locator("[name=point]").get_attribute("aria-invalid") is None


def test_a_place_that_was_looked_up_is_chosen(page: Page) -> None:
    inside = opened(page, known=False)
    page.get_by_role("button", name="Tìm theo tên điểm").click()
    page.locator("[data-place]").first.click()
    assert understood(page) == (12.2671234, 109.1012345)
    expect(page.locator("[data-place][aria-pressed=true]")).to_have_count(1)
    expect(inside.locator(".pick")).to_be_visible()
    assert Axe().run(page).violations_count == 0


def test_the_device_says_where_it_is(page: Page) -> None:
    opened(page, known=False)
    page.get_by_role("button", name="Lấy vị trí của tôi").click()
    expect(page.locator("[name=point]")).to_have_value("12.258500, 109.052100")
    assert understood(page) == (12.2585, 109.0521)


def test_without_a_script_the_field_alone_is_there(chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address, java_script_enabled=False)
    context.add_cookies([{"name": COOKIE, "value": "token-of-admin", "url": address}])
    page = context.new_page()
    page.goto("/thu/1")
    assert page.input_value("[name=point]") == "12.2671, 109.1012"
    assert not page.locator("iframe").is_visible()
    assert not page.get_by_role("button", name="Tìm theo tên điểm").is_visible()
    context.close()

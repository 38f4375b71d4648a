"""Every page in a real browser: the accessibility rules, no sideways scroll, both languages, three widths.

The pages come straight from the list of routes, over a furnished house and over an empty one, so that a new
page is held to the same rules without anybody thinking of it.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from waitress.server import create_server

from outreach.domain.roles import Role
from outreach.web.app import create_app
from outreach.web.auth import COOKIE
from outreach.wiring import House
from tests.browser.conftest import Watch, open_browser, picture
from tests.factories import make_organisation
from tests.house.conftest import fill
from tests.web.conftest import make_user, sign_in_as

pytestmark = pytest.mark.browser

WIDTHS = (320, 768, 1440)
# answers that are no page, or lead to another one
NO_PAGE = (
    "/mat-khau/",  # only with a link that an administrator made
    "/static/",
    "/api/",
    "/xuat/",
    "/dang-xuat",
    "/ngon-ngu",
    "/giao-dien",
    "/khoe",
    "/robots.txt",
    "/favicon.ico",
)
FILES = (".xlsx", ".csv", ".json", ":form>")
PARTS = ("/tien-do", "/tuan/", "/goi-y")  # fragments that htmx puts into a page
axe = Axe()


@dataclass(frozen=True)
class Served:
    """An application on a port of its own; `places` are the values of its addresses' parts."""

    app: Flask
    address: str
    places: dict[str, object]


@pytest.fixture
def served(house: House) -> Iterator[Served]:
    """A furnished library with its administrator and a driver, and an empty library with its own administrator."""
    places, admin, driver = fill(house)
    with house.session(everywhere=True) as everywhere:
        empty = make_organisation(everywhere, name="Thư viện tỉnh Mới").id
        stranger = make_user(everywhere, role=Role.ADMIN, organisation_id=empty).id
    for user, token in ((admin, "admin"), (driver, "driver"), (stranger, "empty")):
        sign_in_as(house, user, f"token-of-{token}")
    app = create_app(house)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Served(app, f"http://127.0.0.1:{server.effective_port}", places)
    server.close()
    thread.join(timeout=5)


def _window(chromium: Browser, served: Served, who: str) -> tuple[BrowserContext, Watch]:
    watch = Watch(served.address)
    context = open_browser(chromium, watch, width=WIDTHS[-1])
    if who:
        context.add_cookies([{"name": COOKIE, "value": f"token-of-{who}", "url": served.address}])
    return context, watch


def _addresses(served: Served) -> list[str]:
    """Every address that answers a page, with real numbers in it."""
    found = []
    with served.app.test_request_context():
        for rule in served.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.rule.startswith(NO_PAGE):
                continue
            if any(part in rule.rule for part in PARTS) or rule.rule.endswith(FILES):
                continue
            built = rule.build({name: served.places[name] for name in rule.arguments}, append_unknown=False)
            assert built
            found.append(built[1])
    return sorted(found)


def _faults(page: Page, address: str, name: str) -> list[str]:
    """What is wrong with a page in its language at each width."""
    found = []
    rules: dict[str, object] = {}
    if address.split("?", maxsplit=1)[0].endswith(("/ban-do", "/chon-cho")):
        # a map stands in a frame of a page, and the page has the main part and the heading
        rules = {rule: {"enabled": False} for rule in ("landmark-one-main", "page-has-heading-one")}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        result = axe.run(page, options={"iframes": False, "rules": rules, "resultTypes": ["violations"]})
        if result.violations_count:
            found.append(f"{address} at {width}: {result.generate_report()}")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 1:
            found.append(f"{address} is {wide} px too wide at {width}")
        if width != WIDTHS[1]:
            picture(page, f"every-{name}-{width}")
    return found


def _name(address: str) -> str:
    return address.strip("/").replace("/", "_").replace("?", "_")[:80] or "first"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_of_a_furnished_library_keeps_the_rules(chromium, served, language):
    context, watch = _window(chromium, served, "admin")
    page = context.new_page()
    page.goto(f"/ngon-ngu?to={language}&next=/khoe")
    found = []
    addresses = _addresses(served)
    for address in addresses:
        answer = page.goto(address)
        assert answer
        assert answer.status < 400, f"{address}: {answer.status}"
        found += _faults(page, address, f"{language}-{_name(address)}")
    context.close()
    assert "\n".join(found) == ""
    assert watch.outside == []
    assert watch.complaints == []
    assert len(addresses) > 25


def test_every_page_of_an_empty_library_keeps_the_rules(chromium, served):
    context, watch = _window(chromium, served, "empty")
    page = context.new_page()
    found = []
    for address in _addresses(served):
        answer = page.goto(address)
        assert answer
        assert answer.status in (200, 404), (
            f"{address}: {answer.status}"
        )  # what belongs to the other library is not there
        if answer.status == 200:
            found += _faults(page, address, f"empty-{_name(address)}")
    context.close()
    assert "\n".join(found) == ""
    assert watch.outside == []


def test_pages_that_a_driver_may_not_open_say_so_and_keep_the_rules(chromium, served):
    context, _watch = _window(chromium, served, "driver")
    page = context.new_page()
    refused = []
    for address in _addresses(served):
        answer = page.goto(address)
        assert answer
        if answer.status == 403:
            refused.append(address)
            assert page.locator("h1").count() == 1, address
    found = _faults(page, refused[-1], "refused") if refused else ["nothing was refused"]
    context.close()
    assert "\n".join(found) == ""


# pages with a form, and what is typed before it is sent: each comes back with its faults
FORMS = (
    ("/danh-muc/bases/moi", {}),
    ("/danh-muc/vehicles/moi", {"length_m": "dài"}),
    ("/diem/moi", {"point": "mười hai"}),
    ("/danh-muc/needs/moi", {"quota": "-3"}),
    ("/de-nghi/moi", {}),
    ("/nhap-bang/sites", {}),
    ("/nguoi-dung", {"login": "a"}),
    ("/tai-khoan/ma-truy-cap", {"name": " "}),
)


def _send(page: Page, typed: dict[str, str]) -> int:
    """Send the first form that has what is typed, whatever the browser thinks of it; the answer's status."""
    has = "".join(f":has([name={name}])" for name in typed)
    form = page.locator(f"main form[method=post]{has}").first
    for name, text in typed.items():
        form.locator(f"[name={name}]").first.fill(text)
    with page.expect_navigation() as sent:
        form.evaluate("form => { form.noValidate = true; form.requestSubmit() }")
    return sent.value.status


@pytest.mark.parametrize("language", ["vi", "en"])
def test_forms_that_come_back_with_faults_keep_the_rules(chromium, served, language):
    context, _watch = _window(chromium, served, "admin")
    page = context.new_page()
    page.goto(f"/ngon-ngu?to={language}&next=/khoe")
    found = []
    for address, typed in FORMS:
        page.goto(address)
        assert _send(page, typed) == 422, address
        assert page.locator("[role=alert]").count() == 1, address
        found += _faults(page, address, f"fault-{language}-{_name(address)}")
    context.close()
    assert "\n".join(found) == ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_stale_edit_shows_both_versions_and_keeps_the_rules(chromium, served, language):
    context, _watch = _window(chromium, served, "admin")
    mine, theirs = context.new_page(), context.new_page()
    mine.goto(f"/ngon-ngu?to={language}&next=/khoe")
    address = f"/danh-muc/bases/{served.places['record_id']}"
    for page in (mine, theirs):
        page.goto(address)
    theirs.locator("[name=short_name]").fill("Bản của họ")
    assert _send(theirs, {}) in (200, 303)
    assert _send(mine, {"short_name": "Bản của tôi"}) == 409
    for text in ("Bản của họ", "Bản của tôi"):
        assert text in mine.content()
    found = _faults(mine, address, f"stale-{language}")
    context.close()
    assert "\n".join(found) == ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_that_waits_keeps_the_rules(chromium, served, house, language):
    """Nobody works here, so a sheet that was sent goes on being read."""
    context, _watch = _window(chromium, served, "admin")
    page = context.new_page()
    page.goto(f"/ngon-ngu?to={language}&next=/khoe")
    page.goto("/nhap-bang/sites")
    page.locator("textarea[name=text]").fill("Mã điểm\tTên điểm\nA1\tTrường Một")
    page.locator("form:has(textarea[name=text]) button[type=submit]").click()
    page.wait_for_url("**/nhap-bang/lan/*")
    assert page.locator("progress").count() == 1
    found = _faults(page, "/nhap-bang/lan", f"waits-{language}")
    context.close()
    assert "\n".join(found) == ""

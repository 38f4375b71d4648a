"""The whole way of a plan in a real browser: set up, plan, cancel once, plan again, look, publish.

One journey per width, each on a server of its own; afterwards every page of that server is held to
the accessibility rules, in light and dark.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Server, Watch, open_browser, picture

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("width", [1440, 390], scope="module")]

PASSWORD = "bốn con thuyền xanh"
SOLVE_MS = 90_000
MARKS = ".leaflet-marker-icon, .leaflet-interactive"
axe = Axe()


@pytest.fixture(scope="module")
def window(chromium: Browser, watch: Watch, width: int):
    """The administrator's window; it keeps its cookies from test to test."""
    context = open_browser(chromium, watch, width=width)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext):
    opened = window.new_page()
    yield opened
    opened.close()


def _map(page: Page):
    """The marks of the map on this page, once they are drawn."""
    marks = page.frame_locator("iframe.mapframe").first.locator(MARKS)
    expect(marks.first).to_be_attached()
    return marks


def _open_plan(page: Page, view: str = "") -> None:
    page.goto("/ke-hoach")
    page.locator("main a[href^='/ke-hoach/']:not([href$='/moi'])").first.click()
    page.wait_for_url(re.compile(r"/ke-hoach/\d+"))
    if view:
        page.goto(f"{page.url.split('?')[0]}{view}")


def test_the_set_up_link_shows_the_plan_being_made_and_makes_the_first_account(page, server: Server, width):
    page.goto(server.link)
    expect(page.locator("#making")).to_be_visible()
    picture(page, f"{width}-01-set-up")
    page.get_by_label("Tên hiển thị").fill("Phòng Phục vụ")
    page.get_by_label("Tên đăng nhập").fill("phongphucvu")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Tạo và tiếp tục").click()
    page.wait_for_url("**/lan-xep/*")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    picture(page, f"{width}-02-overview")


def test_a_run_is_watched_live_and_cancelled_keeping_the_best(page, width):
    _open_plan(page)
    page.get_by_role("link", name="Xem lần xếp đang chạy").click()
    keep = page.get_by_role("button", name="Dừng và giữ phương án này")
    expect(keep).to_be_visible(timeout=SOLVE_MS)
    picture(page, f"{width}-03-run")
    keep.click()
    expect(page.get_by_role("heading", name="Đã dừng và giữ phương án tốt nhất")).to_be_visible(timeout=SOLVE_MS)
    picture(page, f"{width}-04-stopped")


def test_planning_again_ends_by_itself_and_is_saved(page, width):
    _open_plan(page)
    page.get_by_role("link", name="Xếp lại").click()
    page.locator("input[name=limit][value='30']").check(force=True)
    page.get_by_role("button", name="Bắt đầu xếp").click()
    page.wait_for_url("**/lan-xep/*")
    expect(page.get_by_role("heading", name="Đã xếp xong")).to_be_visible(timeout=SOLVE_MS)
    picture(page, f"{width}-05-planned")
    page.get_by_role("link", name="Mở kế hoạch").click()
    expect(page.get_by_role("button", name="Trình duyệt")).to_be_visible()


def test_the_board_opens_weeks_and_days(page, width):
    _open_plan(page)
    page.goto(f"{page.url}?tuan=2")
    if width > 700:
        expect(_map(page)).not_to_have_count(0)
    picture(page, f"{width}-06-board")
    if width > 700:
        week = page.locator("a.wkbtn[aria-expanded=false]").first
        number = week.get_attribute("data-week")
        week.click()
        expect(page.locator(f"a.wkbtn[data-week='{number}']")).to_have_attribute("aria-expanded", "true")
        expect(_map(page).first).to_be_attached()
    page.locator("a.visit:visible").first.click()
    page.wait_for_url(re.compile(r"/ngay/\d{4}-\d\d-\d\d"))
    expect(page.locator("ol.stops > li")).not_to_have_count(0)
    expect(_map(page)).not_to_have_count(0)
    picture(page, f"{width}-07-day")


def test_maps_unserved_needs_and_figures_can_be_read(page, width):
    page.goto("/diem")
    expect(_map(page)).not_to_have_count(0)
    picture(page, f"{width}-08-sites")
    page.get_by_role("searchbox").first.fill("khanh")
    expect(page.locator("main")).to_contain_text("Khánh")
    _open_plan(page, "/chua-xep")
    expect(page.locator("details.why, .why").first).to_be_visible()
    picture(page, f"{width}-09-unserved")
    _open_plan(page, "/so-lieu")
    expect(page.get_by_role("table", name="Số liệu từng xe")).to_be_visible()
    expect(page.get_by_role("table", name="Mỗi điều đáng bao nhiêu thời gian lái xe")).to_be_visible()
    picture(page, f"{width}-10-figures")


def test_a_plan_is_submitted_approved_and_published(page, chromium, watch, width):
    _open_plan(page)
    page.get_by_role("button", name="Trình duyệt").click()
    page.get_by_role("link", name="Duyệt kế hoạch").click()
    page.get_by_label("Số văn bản phê duyệt").fill("118/QĐ-TVT")
    page.get_by_role("button", name="Duyệt kế hoạch").click()
    page.get_by_role("link", name="Công bố", exact=True).click()
    picture(page, f"{width}-11-publish")
    page.get_by_role("button", name="Công bố", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Đã công bố")
    stranger = open_browser(chromium, watch, width=width)
    public = stranger.new_page()
    public.goto("/lich")
    expect(public.locator("main time").first).to_be_visible()
    picture(public, f"{width}-12-timetable")
    stranger.close()


def _addresses(page: Page) -> list[str]:
    """Every kind of page, with real numbers in the addresses."""
    _open_plan(page)
    plan = page.url.split("?")[0].removeprefix(page.url.split("/ke-hoach")[0])
    day = (page.locator("a.visit").first.get_attribute("href") or "").split("#")[0]
    return [
        "/", "/diem", "/diem/1", "/ke-hoach", "/ke-hoach/moi", plan, f"{plan}?tuan=3", f"{plan}/chua-xep",
        f"{plan}/so-lieu", f"{plan}/nhat-ky", f"{plan}/dong", day, "/lan-xep/1", "/nguoi-dung", "/nhat-ky", "/lich",
        "/lich?q=khanh", "/ban-trinh-dien", "/khong-co-trang-nay", "/diem/ban-do", f"{plan}/ban-do",
        day.split("?")[0] + "/ban-do", "/do-phu/ban-do",
    ]  # fmt: skip


def _faults(page: Page, address: str) -> str:
    """What the accessibility rules find on a page; empty is well."""
    rules = {}
    if address.endswith("/ban-do"):
        # a map stands in a frame of a page, and the page has the main part and the heading
        rules = {name: {"enabled": False} for name in ("landmark-one-main", "page-has-heading-one")}
    result = axe.run(page, options={"iframes": False, "rules": rules, "resultTypes": ["violations"]})
    return f"{address}\n{result.generate_report()}" if result.violations_count else ""


def test_every_page_keeps_the_accessibility_rules(page, width):
    """Light at both widths; dark changes colours alone, so once is enough."""
    addresses = _addresses(page)
    found = []
    for theme in ("light", "dark") if width > 700 else ("light",):
        page.goto(f"/giao-dien?to={theme}&next=/")
        for number, address in enumerate(addresses):
            page.goto(address)
            found.append(_faults(page, address))
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 1, f"{address} is {wide} px too wide"
            picture(page, f"{width}-{theme}-{number:02d}")
    assert "\n".join(found).strip() == ""


def test_the_sign_in_page_keeps_the_accessibility_rules(chromium, watch, width):
    for theme in ("light", "dark"):
        stranger = open_browser(chromium, watch, width=width, theme=theme)
        page = stranger.new_page()
        for address in ("/dang-nhap", "/lich"):
            page.goto(address)
            result = axe.run(page)
            assert result.violations_count == 0, result.generate_report()
        page.goto("/dang-nhap")
        picture(page, f"{width}-13-sign-in-{theme}")
        stranger.close()


def test_no_request_left_the_machine_and_no_browser_complained(watch, width):
    assert watch.outside == []
    unasked = [text for text in watch.complaints if "khong-co-trang-nay" not in text]
    assert "\n".join(unasked) == ""

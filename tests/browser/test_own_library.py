"""A library of one's own in one journey: an empty server, a spreadsheet with twelve faults, mended, planned.

Vietnamese throughout, as a librarian would go, with a keyboard where a hand would reach for it.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import planted
from tests.browser.conftest import open_browser, picture

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("width", [1440, 390], scope="module")]

PASSWORD = "năm con thuyền xanh"
WORK_MS = 60_000
SOLVE_MS = 90_000
VEHICLES = "Tên xe\tCơ sở\tLoại xe\nXe 1\tNha Trang\tXe ô tô thư viện\nXe 2\tNha Trang\tXe ô tô thư viện\n"
STAFF = "Vị trí\tViệc trên xe\tCơ sở\n" + "".join(
    f"{label}\t{post}\tNha Trang\n"
    for label, post in (
        ("Lái xe 1", "Lái xe"),
        ("Lái xe 2", "Lái xe"),
        ("Thủ thư 1", "Thủ thư"),
        ("Thủ thư 2", "Thủ thư"),
        ("Thủ thư 3", "Thủ thư"),
        ("Thủ thư 4", "Thủ thư"),
    )
)


@pytest.fixture(scope="module")
def start() -> str:
    """The command of the server: nothing is there yet."""
    return "serve"


@pytest.fixture(scope="module")
def window(chromium, watch, width):
    """The administrator's window; it keeps its cookies from test to test."""
    context: BrowserContext = open_browser(chromium, watch, width=width)
    yield context
    context.close()


@pytest.fixture
def page(window):
    opened = window.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where the librarian keeps her sheets."""
    return tmp_path_factory.mktemp("sheets")


def _figures(page: Page) -> dict[str, str]:
    """The counts of the preview by their names."""
    return {
        box.locator("dt").inner_text(): box.locator("dd").inner_text().split("\n")[0]
        for box in page.locator("dl.figs > div").all()
    }


def _preview(page: Page) -> None:
    """Wait until the sheet has been read and compared."""
    page.wait_for_url(re.compile(r"/nhap-bang/lan/\d+"))
    expect(page.locator("dl.figs")).to_be_visible(timeout=WORK_MS)


def _import(page: Page) -> None:
    """Press the button that writes, and wait until it is done."""
    page.get_by_role("button", name=re.compile(r"^Nhập \d+ dòng")).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("Đã nhập"))).to_be_visible(timeout=WORK_MS)


def _paste(page: Page, register: str, table: str) -> None:
    page.goto(f"/nhap-bang/{register}")
    page.get_by_label("Bảng chép từ Excel").fill(table)
    page.get_by_role("button", name="Xem trước bảng đã dán").click()
    _preview(page)
    assert _figures(page)["Cần sửa"] == "0", page.locator("main").inner_text()
    _import(page)


def test_the_first_account_opens_an_empty_library(page, server, width):
    page.goto(server.link)
    page.get_by_label("Tên thư viện").fill("Thư viện tỉnh Khánh Hòa")
    page.get_by_label("Tên hiển thị").fill("Phòng Phục vụ")
    page.get_by_label("Tên đăng nhập").fill("phongphucvu")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Tạo và tiếp tục").click()
    page.goto("/danh-muc")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    picture(page, f"own-{width}-01-lists")


def test_a_base_is_added_by_hand_with_a_pasted_point(page, width):
    page.goto("/danh-muc/bases/moi")
    page.get_by_label("Tên cơ sở").fill("Thư viện tỉnh, cơ sở Nha Trang")
    page.get_by_label("Tên ngắn").fill("Nha Trang")
    page.get_by_label("Tọa độ").first.fill("12,2458; 109,1953")
    picture(page, f"own-{width}-02-base")
    page.get_by_label("Tọa độ").first.press("Enter")
    page.wait_for_url(re.compile(r"/danh-muc/bases$"))
    expect(page.locator("main")).to_contain_text("Nha Trang")


def test_a_sheet_with_faults_is_shown_and_its_good_rows_come_in(page, folder, width):
    rows = planted.write_planted(folder / "diem.xlsx")
    page.goto("/nhap-bang/sites")
    page.get_by_label("Tệp Excel").set_input_files(folder / "diem.xlsx")
    picture(page, f"own-{width}-03-upload")
    page.get_by_role("button", name="Xem trước", exact=True).click()
    _preview(page)
    picture(page, f"own-{width}-04-preview")
    counts = _figures(page)
    wrong = int(counts["Cần sửa"])
    assert len(planted.FAULTS) <= wrong <= len(planted.FAULTS) + 1  # of a double, both rows may be named
    assert int(counts["Thêm mới"]) == rows - wrong
    for fault in planted.FAULTS:
        if fault.wrong and len(fault.wrong) < 40:
            expect(page.locator("main")).to_contain_text(fault.wrong)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"^Tải \d+ dòng cần sửa")).click()
    download.value.save_as(folder / "can-sua.xlsx")
    _import(page)
    picture(page, f"own-{width}-05-imported")


def test_the_mended_rows_follow(page, folder, width):
    count = planted.mend(folder / "can-sua.xlsx", folder / "da-sua.xlsx")
    page.goto("/nhap-bang/sites")
    page.get_by_label("Tệp Excel").set_input_files(folder / "da-sua.xlsx")
    page.get_by_role("button", name="Xem trước", exact=True).click()
    _preview(page)
    picture(page, f"own-{width}-06-mended")
    counts = _figures(page)
    assert (counts["Cần sửa"], counts["Thêm mới"]) == ("0", str(count))
    _import(page)
    page.goto("/diem")
    expect(page.locator("main")).to_contain_text(str(len(planted.site_rows())))
    expect(
        page.frame_locator("iframe.mapframe").first.locator(".leaflet-marker-icon, .leaflet-interactive").first
    ).to_be_attached()
    picture(page, f"own-{width}-07-sites")


def test_buses_crews_and_needs_are_pasted(page, width):
    _paste(page, "vehicles", VEHICLES)
    _paste(page, "staff", STAFF)
    needs = "Mã điểm\tSố buổi\tSố phút\n" + "".join(f"{row['Mã trường']}\t1\t90\n" for row in planted.site_rows()[:90])
    _paste(page, "needs", needs)
    picture(page, f"own-{width}-08-needs")


def test_the_half_year_is_planned(page, width):
    page.goto("/ke-hoach/moi")
    page.get_by_role("button", name="Lập kế hoạch").click()
    page.wait_for_url(re.compile(r"/ke-hoach/\d+"))
    page.get_by_role("link", name="Xếp lịch").first.click()
    page.locator("input[name=limit]").first.check(force=True)
    page.get_by_role("button", name="Bắt đầu xếp").click()
    page.wait_for_url("**/lan-xep/*")
    expect(page.get_by_role("heading", name="Đã xếp xong")).to_be_visible(timeout=SOLVE_MS)
    page.get_by_role("link", name="Mở kế hoạch").click()
    expect(page.locator("a.visit:visible").first).to_be_visible()
    picture(page, f"own-{width}-09-planned")


def test_a_script_in_a_cell_stays_text(page, width):
    page.goto("/diem?q=KH003")
    page.locator("main th a").first.click()
    assert page.locator("main script").count() == 0
    expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")


def test_no_request_left_the_machine_and_no_browser_complained(watch, width):
    assert watch.outside == []
    assert watch.complaints == []

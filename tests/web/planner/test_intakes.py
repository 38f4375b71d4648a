"""A sheet on its way through the pages: sent, understood, looked at, mended, written and taken back."""

import io
import re
import threading

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from outreach.domain.roles import Role
from outreach.domain.visits import IntakeState
from outreach.jobs.tasks import work_for
from outreach.store.audit import AuditEntry
from outreach.store.fleet import Vehicle
from outreach.store.intakes import Intake
from outreach.store.sites import Site
from outreach.wiring import House
from tests.web.conftest import Browser, Province

HEAD = "Mã trường;Tên trường;Loại hình;Vĩ độ;Kinh độ;Ghi chú riêng"
GOOD = (
    HEAD,
    "A1;Trường Tiểu học Một;Trường tiểu học;12,25;109,10;x",
    "A2;Trường Tiểu học Hai;Trường tiểu học;12,26;109,11;y",
)
FAULTY = (*GOOD, "A3;;Trường lạ;mười;109,12;z")


def send(browser: Browser, text: str | bytes, *, name: str = "diem.csv", register: str = "sites") -> str:
    """Send a file; the address of its intake."""
    data = text.encode() if isinstance(text, str) else text
    answer = browser.post(
        f"/nhap-bang/{register}",
        {"file": (io.BytesIO(data), name)},
        page=f"/nhap-bang/{register}",
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def work(house: House, address: str) -> None:
    """What the worker does with the intake's job."""
    number = int(address.rstrip("/").rsplit("/", 1)[1])
    with house.session(everywhere=True, write=False) as session:
        job_id = session.get_one(Intake, number).job_id
    assert job_id
    work_for(house, threading.Event())(job_id)


def state(house: House, address: str) -> IntakeState:
    with house.session(everywhere=True, write=False) as session:
        return session.get_one(Intake, int(address.rsplit("/", 1)[1])).state


def sites(house: House, province: Province) -> int:
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        return session.scalar(select(func.count(Site.id))) or 0


def test_a_sheet_is_shown_before_anything_is_written(house, planner, province):
    before = sites(house, province)
    address = send(planner, "\n".join(GOOD))
    assert "hx-get" in planner.page(address)
    work(house, address)
    page = planner.page(address)
    assert "Nhập 2 dòng" in page
    assert "Trường Tiểu học Một" in page
    assert sites(house, province) == before


def test_a_sheet_is_written_in_one_piece_and_taken_back(house, planner, province):
    before = sites(house, province)
    address = send(planner, "\n".join(GOOD))
    work(house, address)
    assert planner.post(f"{address}/nhap", {}, page=address).status_code == 303
    work(house, address)
    assert state(house, address) is IntakeState.APPLIED
    assert sites(house, province) == before + 2
    assert "Đã nhập" in planner.page(address)
    assert planner.post(f"{address}/hoan-tac", {}, page=f"{address}/hoan-tac").status_code == 303
    work(house, address)
    assert state(house, address) is IntakeState.UNDONE
    assert sites(house, province) == before
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        deeds = session.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)).all()
    assert deeds[-2:] == ["import-sites", "undo-import-sites"]


def test_wrong_rows_are_named_and_come_back_as_a_sheet_to_mend(house, planner, province):
    address = send(planner, "\n".join(FAULTY))
    work(house, address)
    page = planner.page(f"{address}?xem=sai")
    assert "Dòng 4" in page or ">4<" in page
    assert "Trường lạ" in page
    assert "mười" in page
    answer = planner.get(f"{address}/can-sua.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][1:] == tuple(HEAD.split(";"))
    assert len(rows) == 2
    assert "Tên" in rows[1][0]
    sheet = book.active
    for cell, right in zip(sheet[2][1:], ("A3", "Trường Ba", "Trường tiểu học", "12,3", "109,12", "z"), strict=True):
        cell.value = right
    mended = io.BytesIO()
    book.save(mended)
    again = send(planner, mended.getvalue(), name="can-sua.xlsx")
    work(house, again)
    assert "Nhập 1 dòng" in planner.page(again)


def test_the_same_sheet_again_changes_nothing(house, planner, province):
    for turn in range(2):
        address = send(planner, "\n".join(GOOD))
        work(house, address)
        if not turn:
            planner.post(f"{address}/nhap", {}, page=address)
            work(house, address)
    with house.session(everywhere=True, write=False) as session:
        counts = session.get_one(Intake, int(address.rsplit("/", 1)[1])).counts
    assert (counts["new"], counts["changed"], counts["same"], counts["wrong"]) == (0, 0, 2, 0)


def test_a_changed_row_shows_old_and_new(house, planner, province):
    address = send(planner, "\n".join(GOOD))
    work(house, address)
    planner.post(f"{address}/nhap", {}, page=address)
    work(house, address)
    address = send(planner, "\n".join(GOOD).replace("Tiểu học Một", "Tiểu học Mới"))
    work(house, address)
    page = planner.page(f"{address}?xem=sua")
    assert "Trường Tiểu học Một" in page
    assert "Trường Tiểu học Mới" in page
    planner.post(f"{address}/nhap", {}, page=address)
    work(house, address)
    planner.post(f"{address}/hoan-tac", {}, page=f"{address}/hoan-tac")
    work(house, address)
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        assert session.scalar(select(Site.name).where(Site.code == "A1")) == "Trường Tiểu học Một"


def test_columns_that_nobody_guesses_are_asked_for(house, planner, province):
    address = send(planner, "Alpha;Beta;Gamma\nA1;Trường Một;Trường tiểu học\n")
    work(house, address)
    assert state(house, address) is IntakeState.MAPPING
    page = planner.page(address)
    assert "Alpha" in page
    wrong = planner.post(f"{address}/cot", {"c-0": "code", "c-1": "code"}, page=address)
    assert wrong.status_code == 422
    right = planner.post(f"{address}/cot", {"c-0": "code", "c-1": "name", "c-2": "kind"}, page=address)
    assert right.status_code == 303
    work(house, address)
    assert state(house, address) is IntakeState.READY
    assert "tọa độ" in planner.page(f"{address}?xem=sai")


def test_doubles_inside_a_sheet_are_wrong_and_name_each_other(house, planner, province):
    address = send(planner, "\n".join((*GOOD, GOOD[1])))
    work(house, address)
    page = planner.page(f"{address}?xem=sai")
    assert "trùng với dòng" in page


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "trong.csv"),
        (b"\x00\x01\x02" * 50, "rac.xlsx"),
        (b"PK\x03\x04 broken", "hong.xlsx"),
        (b"%PDF-1.7 ...", "giay.pdf"),
        ("Mã trường;Tên trường\nA\x00;B\n".encode(), "nul.csv"),
    ],
)
def test_what_is_no_sheet_ends_in_a_sentence(house, planner, province, data, name):
    address = send(planner, data, name=name)
    work(house, address)
    assert state(house, address) is IntakeState.FAILED
    page = planner.page(address)
    assert "Chưa đọc được bảng" in page
    assert name in page or "tệp" in page.casefold()


def test_nothing_sent_is_said_beside_the_field(planner, province):
    answer = planner.post("/nhap-bang/sites", {}, page="/nhap-bang/sites", content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Chọn một tệp" in answer.get_data(as_text=True)


def test_a_pasted_table_is_a_sheet_as_well(house, planner, province):
    text = "\n".join(GOOD).replace(";", "\t")
    answer = planner.post("/nhap-bang/sites", {"text": text}, page="/nhap-bang/sites")
    work(house, answer.location)
    assert "Nhập 2 dòng" in planner.page(answer.location)


def test_names_of_sites_are_text_and_never_markup(house, planner, province):
    address = send(planner, "\n".join(GOOD).replace("Trường Tiểu học Một", "<script>alert(1)</script>"))
    work(house, address)
    page = planner.page(address)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_an_import_left_alone_writes_nothing(house, planner, province):
    before = sites(house, province)
    address = send(planner, "\n".join(GOOD))
    work(house, address)
    assert planner.post(f"{address}/bo", {}, page=address).status_code == 303
    assert state(house, address) is IntakeState.DROPPED
    assert sites(house, province) == before


def test_a_site_taken_meanwhile_is_compared_again(house, planner, province):
    first = send(planner, "\n".join(GOOD))
    second = send(planner, "\n".join(GOOD))
    for address in (first, second):
        work(house, address)
    for address in (first, second):
        planner.post(f"{address}/nhap", {}, page=address)
        work(house, address)
    assert state(house, first) is IntakeState.APPLIED
    assert state(house, second) is IntakeState.READY
    assert "so lại từ đầu" in planner.page(second)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.DRIVER])
def test_only_those_who_may_edit_bring_sites_in(browsers: dict[Role, Browser], province, role):
    answer = browsers[role].get("/nhap-bang/sites")
    assert answer.status_code == 403


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_a_list_goes_out_as_it_came_in(planner, province, form):
    answer = planner.get(f"/xuat/sites.{form}")
    assert answer.status_code == 200
    assert re.search(rf'attachment; filename="sites-\d{{4}}-\d\d-\d\d\.{form}"', answer.headers["Content-Disposition"])
    if form == "csv":
        assert "Trường Tiểu học Vĩnh Thạnh" in answer.get_data(as_text=True)


def test_an_exported_list_comes_in_again_unchanged(house, planner, province):
    for form in ("csv", "xlsx"):
        address = send(planner, planner.get(f"/xuat/sites.{form}").data, name=f"sites.{form}")
        work(house, address)
        with house.session(everywhere=True, write=False) as session:
            counts = session.get_one(Intake, int(address.rsplit("/", 1)[1])).counts
        assert (counts["new"], counts["changed"], counts["wrong"]) == (0, 0, 0), form
        assert counts["same"] == 8


def test_rows_that_get_a_number_of_their_own_are_no_doubles(house, planner, province):
    address = send(planner, "Tên xe;Cơ sở\nXe A;Nha Trang\nXe B;Nha Trang\n", register="vehicles")
    work(house, address)
    assert "Nhập 2 dòng" in planner.page(address)
    planner.post(f"{address}/nhap", {}, page=address)
    work(house, address)
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        assert session.scalars(select(Vehicle.sign).order_by(Vehicle.sign)).all() == [1, 2, 3]


def test_one_row_of_a_calendar_stands_for_each_of_its_days(house, planner, province):
    sheet = "Từ ngày;Đến ngày;Loại ngày;Tên ngày\n01/02/2027;05/02/2027;Trường nghỉ;Nghỉ Tết\n"
    for expected in ((5, 0), (0, 5)):
        address = send(planner, sheet, register="calendar-days")
        work(house, address)
        with house.session(everywhere=True, write=False) as session:
            counts = session.get_one(Intake, int(address.rsplit("/", 1)[1])).counts
        assert (counts["new"], counts["same"], counts["wrong"]) == (*expected, 0)
        if expected[0]:
            planner.post(f"{address}/nhap", {}, page=address)
            work(house, address)

"""A timetable in a spreadsheet on its way through the pages to a draft plan, and back."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from outreach.domain.roles import Role
from outreach.domain.visits import IntakeState, PlanOrigin, PlanState
from outreach.store.fleet import Base
from outreach.store.intakes import Intake
from outreach.store.plans import Plan, Stop, Tour
from outreach.store.sites import Need, Site
from outreach.wiring import House
from tests.factories import make_vehicle
from tests.web.conftest import Browser, Province
from tests.web.planner.test_intakes import send, state, work

HEAD = "Ngày;Xe;Điểm phục vụ;Giờ"


def sheet(*rows: str, head: str = HEAD) -> str:
    return "\n".join((head, *rows))


SOUND = sheet(
    "01/03/2027;Xe 1;Trường Tiểu học Vĩnh Thạnh;07:30-09:30",
    "01/03/2027;1;TH Vĩnh Trung;13h45 - 15h45",
    "02/03/2027;xe 1;truong thcs suoi hiep;8h",
)
BROKEN = sheet(
    "01/03/2027;Xe 1;Trường Tiểu học Vĩnh Thạnh;07:30-09:30",
    "01/03/2027;Xe 1;Trường Tiểu học Vĩnh Trung;09:00-11:00",
    "07/03/2027;Xe 1;Tủ sách thôn Đắc Lộc;19:00-20:00",
)
FAULTY = sheet(
    "01/03/2027;Xe 1;Trường Tiểu học Vĩnh Thạnh;07:30-09:30",
    "31/02/2027;Xe 1;Trường Tiểu học Vĩnh Thạnh;07:30",
    "02/03/2027;Xe 9;Trường Tiểu học Vĩnh Trung;07:30",
    "03/03/2027;Xe 1;Trường Tiểu học Vĩnh Trun;07:30",
    "04/03/2027;Xe 1;Trường Tiểu học Vĩnh Trung;09:30-07:30",
)


def bring(
    house: House,
    planner: Browser,
    text: str | bytes,
    *,
    file: str = "Lich_thang 3.csv",
    wish: dict[str, str] | None = None,
) -> str:
    """Send, read and write a timetable; the address of its intake."""
    address = send(planner, text, name=file, register="timetable")
    work(house, address)
    answer = planner.post(f"{address}/nhap", wish or {}, page=address)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    work(house, address)
    return address


def newest(house: House, province: Province) -> Plan:
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        return session.scalars(select(Plan).order_by(Plan.id.desc())).first()


def count(house: House, province: Province, kind: type) -> int:
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        return session.scalar(select(func.count(kind.id))) or 0


def visits_of(house: House, province: Province, plan_id: int) -> list[tuple[date, str, int, int]]:
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        rows = session.execute(
            select(Tour.day, Site.name, Stop.start_s, Stop.end_s)
            .join(Stop, Stop.tour_id == Tour.id)
            .join(Site, Site.id == Stop.site_id)
            .where(Tour.plan_id == plan_id)
            .order_by(Tour.day, Stop.position)
        )
        return [tuple(row) for row in rows]


def test_a_timetable_is_judged_in_the_preview_and_nothing_is_written_yet(house, planner, province):
    plans, needs = count(house, province, Plan), count(house, province, Need)
    address = send(planner, BROKEN, register="timetable")
    work(house, address)
    page = planner.page(address)
    assert "Bước kiểm thấy" in page
    assert "Ngoài khung giờ nhận" in page
    assert "Thành kế hoạch với 3 buổi" in page
    assert (count(house, province, Plan), count(house, province, Need)) == (plans, needs)


def test_a_sound_timetable_is_said_to_be_sound(house, planner, province):
    address = send(planner, SOUND, register="timetable")
    work(house, address)
    page = planner.page(address)
    assert "Đã kiểm, không lỗi" in page
    assert 'value="diem"' in page  # the name of the file, to be changed
    assert "Trọn các kỳ 6 tháng mà lịch chạm tới" in page


def test_it_becomes_a_draft_plan_under_the_name_of_its_file(house, planner, province):
    address = bring(house, planner, SOUND)
    assert state(house, address) is IntakeState.APPLIED
    plan = newest(house, province)
    assert (plan.name, plan.state, plan.origin, plan.breaches) == (
        "Lich thang 3", PlanState.DRAFT, PlanOrigin.SHEET, [],
    )  # fmt: skip
    assert (plan.first_day, plan.last_day) == (date(2026, 12, 15), date(2027, 6, 14))
    assert visits_of(house, province, plan.id) == [
        (date(2027, 3, 1), "Trường Tiểu học Vĩnh Thạnh", 27_000, 34_200),
        (date(2027, 3, 1), "Trường Tiểu học Vĩnh Trung", 49_500, 56_700),
        (date(2027, 3, 2), "Trường THCS Suối Hiệp", 28_800, 36_000),
    ]
    page = planner.page(address)
    assert f'href="/ke-hoach/{plan.id}"' in page
    assert "Nhập từ bảng tính" in planner.page(f"/ke-hoach/{plan.id}")
    assert "Nhập lịch đang dùng thành kế hoạch" in planner.page(f"/ke-hoach/{plan.id}/nhat-ky")


def test_name_and_days_can_be_chosen(house, planner, province):
    bring(house, planner, SOUND, wish={"name": "  Tháng ba  ", "period": "days"})
    plan = newest(house, province)
    assert (plan.name, plan.first_day, plan.last_day) == ("Tháng ba", date(2027, 3, 1), date(2027, 3, 2))


def test_a_name_no_plan_can_have_is_asked_again(house, planner, province):
    address = send(planner, SOUND, register="timetable")
    work(house, address)
    answer = planner.post(f"{address}/nhap", {"name": "x" * 201}, page=address)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Tên kế hoạch cần có từ 1 đến 200 ký tự" in page
    assert "x" * 201 in page
    assert state(house, address) is IntakeState.READY


def test_breaches_come_along_and_the_sheets_times_stay(house, planner, province):
    bring(house, planner, BROKEN)
    plan = newest(house, province)
    assert {raw["rule"] for raw in plan.breaches} >= {"late", "outside-window", "vehicle-away"}
    assert [start for _, _, start, _ in visits_of(house, province, plan.id)] == [27_000, 32_400, 68_400]
    page = planner.page(f"/ke-hoach/{plan.id}")
    assert "Không kịp đường đi" in page


def test_wrong_rows_are_named_with_what_would_be_right(house, planner, province):
    address = send(planner, FAULTY, register="timetable")
    work(house, address)
    page = planner.page(f"{address}?xem=sai")
    for said in ("không có ngày 31/02/2027", "không có xe “Xe 9”; các xe là: Xe 1", "có phải:", "Vĩnh Trung",
                 "phải sau giờ bắt đầu 09:30"):  # fmt: skip
        assert said in page, said
    assert "4 dòng sai sẽ không có trong kế hoạch" in page


def test_the_sheet_to_mend_holds_the_whole_timetable(house, planner, province):
    address = send(planner, FAULTY, register="timetable")
    work(house, address)
    answer = planner.get(f"{address}/can-sua.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [bool(row[0]) for row in rows[1:]] == [False, True, True, True, True]
    assert "Dòng 3" in rows[2][0]


def test_a_timetable_mended_comes_in_whole(house, planner, province):
    address = send(planner, FAULTY, register="timetable")
    work(house, address)
    book = load_workbook(io.BytesIO(planner.get(f"{address}/can-sua.xlsx").data))
    page = book.active
    page["B3"], page["C4"], page["D5"], page["E6"] = (
        "28/02/2027", "Xe 1", "Trường Tiểu học Vĩnh Trung", "07:30-09:30",
    )  # fmt: skip
    mended = io.BytesIO()
    book.save(mended)
    bring(house, planner, mended.getvalue(), file="sua.xlsx")
    assert len(visits_of(house, province, newest(house, province).id)) == 5


def test_days_too_far_apart_for_one_plan_are_named_and_nothing_can_be_written(house, planner, province):
    text = sheet("01/03/2027;Xe 1;TH Vĩnh Trung;8h", "01/03/2030;Xe 1;TH Vĩnh Trung;8h")
    address = send(planner, text, register="timetable")
    work(house, address)
    page = planner.page(address)
    assert "01/03/2027 (dòng 2)" in page
    assert "Thành kế hoạch" not in page
    assert planner.post(f"{address}/nhap", {}, page=address).status_code >= 400
    assert count(house, province, Plan) == 1


def test_undoing_takes_plan_and_needs_away(house, planner, province):
    plans, needs = count(house, province, Plan), count(house, province, Need)
    extra = [f"0{day}/03/2027;Xe 1;TH Vĩnh Trung;8h" for day in (1, 2, 3, 4)]  # two visits are wanted
    address = bring(house, planner, sheet(*extra))
    assert count(house, province, Need) == needs + 1
    assert "Trường Tiểu học Vĩnh Trung" in planner.page(address)  # the need that was added
    planner.post(f"{address}/hoan-tac", {}, page=f"{address}/hoan-tac")
    work(house, address)
    assert state(house, address) is IntakeState.UNDONE
    assert (count(house, province, Plan), count(house, province, Need)) == (plans, needs)
    assert planner.get(address).status_code == 200


def test_a_plan_that_went_on_is_not_taken_back(house, planner, province):
    address = bring(house, planner, SOUND)
    plan = newest(house, province)
    planner.post(f"/ke-hoach/{plan.id}/trinh", {"version": str(plan.version)}, page=f"/ke-hoach/{plan.id}")
    planner.post(f"{address}/hoan-tac", {}, page=f"{address}/hoan-tac")
    work(house, address)
    assert state(house, address) is IntakeState.APPLIED
    page = planner.page(address)
    assert "Lich thang 3" in page
    assert "đã được xếp lại hoặc trình duyệt" in page
    assert newest(house, province).state is PlanState.SUBMITTED


def test_a_draft_deleted_by_hand_leaves_the_rest_to_undo(house, planner, province):
    needs = count(house, province, Need)
    address = bring(house, planner, sheet(*(f"0{day}/03/2027;Xe 1;TH Vĩnh Trung;8h" for day in (1, 2, 3))))
    plan = newest(house, province)
    planner.post(f"/ke-hoach/{plan.id}/xoa", {"version": str(plan.version)}, page=f"/ke-hoach/{plan.id}/xoa")
    assert planner.page(address)
    planner.post(f"{address}/hoan-tac", {}, page=f"{address}/hoan-tac")
    work(house, address)
    assert state(house, address) is IntakeState.UNDONE
    assert count(house, province, Need) == needs


def test_a_site_put_away_meanwhile_sends_the_rows_through_the_check_again(house, planner, province):
    address = send(planner, SOUND, register="timetable")
    work(house, address)
    with house.session(organisation_id=province.organisation_id) as session:
        session.scalars(select(Site).where(Site.name == "Trường Tiểu học Vĩnh Trung")).one().active = False
    planner.post(f"{address}/nhap", {}, page=address)
    work(house, address)
    assert state(house, address) is IntakeState.READY
    page = planner.page(f"{address}?xem=sai")
    assert "đã cất, không còn phục vụ" in page
    assert count(house, province, Plan) == 1


def test_two_buses_want_the_bus_named(house, planner, province):
    with house.session(organisation_id=province.organisation_id) as session:
        make_vehicle(session, base=session.scalars(select(Base)).one(), sign=2)
    address = send(planner, sheet("01/03/2027;TH Vĩnh Trung;8h", head="Ngày;Tên điểm;Giờ"), register="timetable")
    work(house, address)
    assert "chưa điền; ghi tên, số hoặc biển số của xe" in planner.page(f"{address}?xem=sai")


def test_the_kind_stands_in_the_list_and_has_a_sample(planner, province):
    assert "Lịch đang dùng (thành kế hoạch)" in planner.page("/nhap-bang")
    assert "/nhap-bang/timetable" in planner.page("/ke-hoach")
    page = planner.page("/nhap-bang/timetable")
    assert "Danh sách đang có" not in page
    answer = planner.get("/xuat/mau/timetable.xlsx")
    headings = [cell.value for cell in load_workbook(io.BytesIO(answer.data)).active[1]]
    assert headings[:3] == ["Ngày", "Xe", "Mã điểm"]


@pytest.mark.parametrize("role", [Role.OFFICE, Role.DRIVER])
def test_others_bring_no_timetables_in(browsers, province, role):
    assert browsers[role].get("/nhap-bang/timetable").status_code == 403


def test_the_outline_is_kept_with_the_intake_in_no_language(house, planner, province):
    address = send(planner, BROKEN, register="timetable")
    work(house, address)
    with house.session(everywhere=True, write=False) as session:
        kept = session.get_one(Intake, int(address.rsplit("/", 1)[1])).facts["plan"]
    assert kept["count"] == len(kept["breaches"])
    english = planner.get(address, headers={"Accept-Language": "en"})
    assert english.status_code == 200

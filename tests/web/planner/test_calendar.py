"""The pages of the calendar: a year, its forms and their faults, one stretch, a school-year decision."""

import html
import re

from outreach.domain.roles import Role
from tests.domain.test_school_years import DECISION
from tests.web.conftest import Browser
from tests.web.planner.test_registers import inputs_of

ADD = {"nam": "2027", "first": "2027-02-01", "last": "2027-02-03", "kind": "school_break", "name": "Nghỉ Tết",
       "source": "QĐ 9"}  # fmt: skip
YEAR = "/lich-nghi?nam=2027"


def add(planner: Browser, **more: str) -> None:
    assert planner.post("/lich-nghi/ngay", ADD | more, page=YEAR).status_code == 303


def the_stretch(planner: Browser) -> str:
    found = re.search(r"/lich-nghi/dot/\d+", planner.page(YEAR))
    assert found
    return found[0]


def test_a_year_is_twelve_tables_with_each_special_day_by_letter_and_word(planner: Browser) -> None:
    add(planner)
    page = planner.page(YEAR)
    assert page.count('<table class="month">') == 12
    day = re.search(r'<td data-day="2027-02-02".*?</td>', page, re.DOTALL)
    assert day
    assert "k-school_break" in day[0]
    assert "<b>T</b>" in day[0]
    assert "Trường nghỉ: Nghỉ Tết." in day[0]
    assert "QĐ 9" in page


def test_years_out_of_reach_are_the_nearest_one(planner: Browser) -> None:
    for asked in ("99999999", "-4", "0", "x"):
        assert planner.get(f"/lich-nghi?nam={asked}").status_code == 200


def test_faults_of_the_form_stand_in_the_form_and_what_was_typed_stays(planner: Browser) -> None:
    answer = planner.post("/lich-nghi/ngay", ADD | {"last": "2027-01-03", "kind": "x", "name": ""}, page=YEAR)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for name in ("last", "kind", "name"):
        assert f'id="f-add-{name}-error"' in page
    assert 'value="2027-01-03"' in page
    answer = planner.post("/lich-nghi/hoan-doi", {"nam": "2027", "off": "2027-05-01", "worked": ""}, page=YEAR)
    assert 'id="f-swap-worked-error"' in answer.get_data(as_text=True)


def test_days_already_there_are_told(planner: Browser) -> None:
    add(planner)
    answer = planner.post("/lich-nghi/ngay", ADD | {"last": "2027-02-04"}, page=YEAR, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "Đã thêm 1 ngày vào lịch." in page
    assert "3 ngày đã có sẵn loại này nên giữ nguyên: 01/02/2027, 02/02/2027, 03/02/2027." in page


def test_public_holidays_come_by_one_press(planner: Browser) -> None:
    assert "nghi-le" in planner.page(YEAR)
    assert planner.post("/lich-nghi/nghi-le", {"nam": "2027"}, page=YEAR).status_code == 303
    page = planner.page(YEAR)
    assert "nghi-le" not in page
    assert "Quốc khánh" in page


def test_two_days_are_swapped_in_one_form(planner: Browser) -> None:
    sent = {"nam": "2027", "off": "2027-04-29", "worked": "2027-05-08", "source": "TB 1"}
    assert planner.post("/lich-nghi/hoan-doi", sent, page=YEAR).status_code == 303
    page = planner.page(YEAR)
    assert "Nghỉ hoán đổi: " in page
    assert "Làm bù: " in page


def test_a_stretch_is_changed_and_deleted(planner: Browser) -> None:
    add(planner)
    address = the_stretch(planner)
    sent = inputs_of(planner.page(address)) | {"last": "2027-02-10", "name": "Nghỉ Tết Đinh Mùi"}
    assert planner.post(address, sent, page=address).status_code == 303
    assert "01/02/2027 – 10/02/2027" in planner.page(YEAR)
    refused = planner.post(address, sent | {"name": "", "first": "mai"}, page=address)
    assert refused.status_code == 422
    seen = inputs_of(planner.page(address))["seen"]
    assert planner.post(f"{address}/xoa", {"seen": seen}, page=address).status_code == 303
    assert "Đinh Mùi" not in planner.page(YEAR).split('class="said"')[-1].split("<main")[0]
    assert planner.get(address).status_code == 404


def test_a_stale_stretch_shows_what_was_saved_and_keeps_what_was_typed(planner: Browser, admin: Browser) -> None:
    add(planner)
    address = the_stretch(planner)
    sent = inputs_of(planner.page(address))
    assert admin.post(address, sent | {"name": "Của họ"}, page=address).status_code == 303
    answer = planner.post(address, sent | {"name": "Của tôi"}, page=address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Của họ" in page
    assert 'value="Của tôi"' in page
    assert planner.post(address, inputs_of(page), page=address).status_code == 303
    assert "Của tôi" in planner.page(YEAR)
    assert planner.post(f"{address}/xoa", {"seen": sent["seen"]}, page=address).status_code == 409


def test_a_decision_is_pasted_looked_at_and_saved(planner: Browser) -> None:
    address = "/lich-nghi/nam-hoc"
    answer = planner.post(address, {"text": DECISION}, page=address)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert "Nghỉ Tết Nguyên đán Đinh Mùi: từ ngày 01/02/2027" in page
    sent = inputs_of(answer.get_data(as_text=True))
    refused = planner.post(f"{address}/luu", sent | {"last.0": "2020-01-01", "first.1": "mai"}, page=address)
    assert refused.status_code == 422
    assert 'id="f-first.1-error"' in refused.get_data(as_text=True)
    refused = planner.post(f"{address}/luu", sent | {"last.0": "2020-01-01"}, page=address)
    assert 'id="f-last.0-error"' in refused.get_data(as_text=True)
    answer = planner.post(f"{address}/luu", sent, page=address, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "Đã lưu 3 học kỳ hoặc hè." in page
    assert "Đã thêm 28 ngày vào lịch." in page
    assert "Học kỳ II năm học 2026-2027" in planner.page(YEAR)


def test_a_text_without_days_and_a_choice_of_nothing_are_said(planner: Browser) -> None:
    address = "/lich-nghi/nam-hoc"
    answer = planner.post(address, {"text": "không có gì <b>"}, page=address)
    assert answer.status_code == 422
    assert "không có gì &lt;b&gt;" in answer.get_data(as_text=True)
    nothing = {"target.0": "", "name.0": "x", "first.0": "", "last.0": ""}
    assert planner.post(f"{address}/luu", nothing, page=address).status_code == 422


def test_who_may_not_edit_reads_the_calendar(browsers: dict[Role, Browser]) -> None:
    add(browsers[Role.PLANNER])
    page = browsers[Role.DRIVER].page(YEAR)
    assert "Nghỉ Tết" in page
    assert "/lich-nghi/dot/" not in page
    assert "/lich-nghi/ngay" not in page

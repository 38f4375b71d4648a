"""The rows of a timetable's sheet: what is read, how sites are recognised, and what each fault says."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from outreach.domain.cells import write_time
from outreach.domain.errors import InvalidValue
from outreach.domain.visits import ServiceKind
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.named_sites import NamedSites, plain
from outreach.services.registers.register import Reading
from outreach.services.timetable_intake.sheet import Timetable, read_hours, visit_row
from tests.factories import make_base, make_site, make_unit, make_vehicle

H = 3600
REGISTER = Timetable()


@pytest.fixture
def library(session: Session) -> Session:
    base = make_base(session)
    make_vehicle(session, base=base, sign=1, plate="79A-123.45")
    north, south = (make_unit(session, name=name) for name in ("Xã Bắc", "Xã Nam"))
    make_site(session, base=base, code="D1", name="Trường Tiểu học Diên Thọ", commune=north)
    make_site(session, base=base, code="D2", name="Trường Tiểu học Số 1", commune=north)
    make_site(session, base=base, code="D3", name="Trường Tiểu học Số 1", commune=south)
    make_site(session, base=base, code="D4", name="Trường TH và THCS Ninh Ích", commune=south)
    kept = make_site(session, base=base, code="D5", name="Thư viện xã Suối Hiệp", commune=south)
    make_site(session, base=base, code="D6", name="Tủ sách cũ", active=False)
    make_site(session, base=base, code="D7", name="TV Suối Hiệp (trùng)", active=False, merged_into_id=kept.id)
    return session


def read(session: Session, **texts: str) -> Reading:
    return REGISTER.read({"day": "01/03/2027", "site": "D1", **texts}, Lookups(session))


def said(reading: Reading) -> list[tuple[str, str]]:
    return [(fault.field, str(fault)) for fault in reading.faults]


def noted(reading: Reading) -> list[str]:
    return [note.message.format(**note.values) for note in reading.notes]


def code_of(session: Session, reading: Reading) -> str:
    return Lookups(session).site_codes[reading.values["site"]]


def test_a_row_is_read_into_a_visit(library):
    reading = read(library, vehicle="79a 123.45", start="7h30", end="9h", service="Luân chuyển sách")
    assert said(reading) == []
    row = visit_row(7, {**REGISTER.defaults(), **reading.values})
    assert (row.number, row.day, row.start_s, row.service_s, row.service) == (
        7, date(2027, 3, 1), 27_000, 5_400, ServiceKind.ROTATION,
    )  # fmt: skip


def test_what_is_not_said_stays_open(library):
    row = visit_row(2, {**REGISTER.defaults(), **read(library).values})
    assert (row.start_s, row.service_s, row.service) == (None, None, ServiceKind.BUS_VISIT)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("7:30", "07:30", None),
        ("07h30-09h30", "07:30", "09:30"),
        ("7h – 9h", "07:00", "09:00"),
        ("7g30 đến 9g", "07:30", "09:00"),
        ("22h-24h", "22:00", "24:00"),
        ("13:30 tới 15:30", "13:30", "15:30"),
    ],
)
def test_hours_are_read_as_people_write_them(text, start, end):
    found = read_hours(text)
    assert write_time(found.start_s) == start
    assert (write_time(found.end_s) if found.end_s is not None else None) == end


@pytest.mark.parametrize("text", ["8.00 -> 9.00", "sáng", "7h-", "25:00", "-", "7h-9h-11h"])
def test_what_is_no_hours_is_told_how_to_write_them(text):
    with pytest.raises(InvalidValue, match="07:30-09:30"):
        read_hours(text)


@pytest.mark.parametrize(
    "name",
    ["Trường Tiểu học Diên Thọ", "TH Diên Thọ", "trường th diên thọ", "Truong tieu hoc Dien Tho", "Tiểu học  DIÊN THỌ.",
     "D1", "d1"],
)  # fmt: skip
def test_a_site_is_known_by_the_ways_people_write_its_name(library, name):
    reading = read(library, site="", site_name=name)
    assert said(reading) == []
    assert code_of(library, reading) == "D1"


@pytest.mark.parametrize("name", ["TH&THCS Ninh Ích", "TH-THCS Ninh Ích", "Trường TH và THCS Ninh Ích"])
def test_schools_of_two_levels_too(library, name):
    assert code_of(library, read(library, site="", site_name=name)) == "D4"


def test_two_sites_of_one_name_are_told_apart_by_their_commune_or_named(library):
    reading = read(library, site="", site_name="TH Số 1")
    ((field, text),) = said(reading)
    assert field == "site_name"
    assert "D2 Trường Tiểu học Số 1 (Xã Bắc); D3 Trường Tiểu học Số 1 (Xã Nam)" in text
    assert code_of(library, read(library, site="", site_name="TH Số 1", commune="xã nam")) == "D3"
    assert code_of(library, read(library, site="", site_name="TH Số 1", commune="Bắc")) == "D2"


def test_a_slip_is_never_taken_for_another_site_but_asked_back(library):
    ((field, text),) = said(read(library, site="", site_name="TH Diên Thị"))
    assert (field, "có phải: D1 Trường Tiểu học Diên Thọ" in text) == ("site_name", True)
    ((_, text),) = said(read(library, site="", site_name="TH Số 2"))
    assert "có phải" in text  # "Số 1" is near, and would be wrong
    ((_, text),) = said(read(library, site="", site_name="Nhà văn hóa Xyz"))
    assert "không tên nào gần giống" in text


def test_a_code_goes_before_a_name_that_says_otherwise(library):
    reading = read(library, site="D1", site_name="Trường TH và THCS Ninh Ích")
    assert said(reading) == []
    assert code_of(library, reading) == "D1"
    assert noted(reading) == ["mã D1 là “Trường Tiểu học Diên Thọ”, bảng ghi “Trường TH và THCS Ninh Ích”; lấy theo mã"]
    assert noted(read(library, site="D1", site_name="TH Diên Thọ")) == []


def test_sites_put_away_are_refused_and_merged_ones_followed(library):
    assert said(read(library, site="D6")) == [
        ("site", "“Tủ sách cũ” đã cất, không còn phục vụ; lấy ra dùng lại hoặc bỏ dòng này")
    ]
    reading = read(library, site="D7")
    assert code_of(library, reading) == "D5"
    assert noted(reading) == ["“TV Suối Hiệp (trùng)” đã gộp vào “Thư viện xã Suối Hiệp”; lấy điểm ấy"]


@pytest.mark.parametrize(
    ("texts", "field", "part"),
    [
        ({"day": ""}, "day", "chưa điền"),
        ({"day": "30/02/2027"}, "day", "không có ngày 30/02/2027"),
        ({"day": "01/03/1999"}, "day", "2000 đến 2100"),
        ({"site": ""}, "site", "chưa điền mã điểm hoặc tên điểm"),
        ({"site": "Z9"}, "site", "mã gần giống"),
        ({"vehicle": "Xe 7"}, "vehicle", "các xe là: Xe 1"),
        ({"start": "tám giờ"}, "start", "ghi như 07:30"),
        ({"start": "09:00", "end": "08:00"}, "end", "phải sau giờ bắt đầu 09:00"),
        ({"start": "09:00", "end": "09:00"}, "end", "phải sau giờ bắt đầu 09:00"),
        ({"start": "09:00", "end": "09:04"}, "end", "4 phút"),
        ({"start": "06:00", "end": "18:00"}, "end", "720 phút"),
        ({"end": "09:00"}, "start", "thiếu giờ bắt đầu"),
        ({"start": "23:30", "minutes": "60"}, "start", "không nằm gọn trong một ngày"),
        ({"start": "08:00", "minutes": "2"}, "minutes", "từ 5 đến 600"),
        ({"service": "múa lân"}, "service", "Xe về phục vụ"),
    ],
)
def test_a_fault_names_its_field_and_what_would_be_right(library, texts, field, part):
    found = said(read(library, **texts))
    assert len(found) == 1
    assert found[0][0] == field
    assert part in found[0][1]


def test_an_end_and_minutes_give_the_start(library):
    assert read(library, end="09:30", minutes="90").values["start"] == 8 * H


def test_hours_go_before_minutes_and_that_is_noted(library):
    reading = read(library, start="08:00", end="09:30", minutes="60")
    assert reading.values["minutes"] == 90
    assert noted(reading) == ["bảng ghi 60 phút, từ giờ bắt đầu tới giờ kết thúc là 90; lấy theo giờ"]


def test_a_bus_put_away_is_refused(library):
    base = make_base(library, name="Cơ sở Phan Rang")
    make_vehicle(library, base=base, sign=2, active=False)
    assert said(read(library, vehicle="Xe 2")) == [
        ("vehicle", "“Xe 2” đã cất, không còn chạy; lấy ra dùng lại hoặc ghi xe khác")
    ]
    assert said(read(library)) == []  # the one bus in use


def test_rows_of_one_bus_day_site_and_start_are_doubles(library):
    looks = Lookups(library)

    def key(**texts: str) -> tuple[object, ...]:
        return REGISTER.key_of({**REGISTER.defaults(), **read(library, **texts).values})

    assert key(start="08:00") == key(hours="8h-10h", site="", site_name="TH Diên Thọ")
    assert key(start="08:00") != key(start="14:00")
    assert key() == key(vehicle="1")
    raw = {name: REGISTER.field(name).value_of("01/03/2027", looks) for name in REGISTER.key}
    assert REGISTER.key_of(raw) != REGISTER.key_of(raw)  # a row not read whole is like no other


def test_names_without_letters_are_no_names(library):
    sites = NamedSites(library)
    assert sites.find("...") == []
    assert plain("-") == ""


@given(
    texts=st.dictionaries(
        st.sampled_from([field.name for field in REGISTER.fields]),
        st.one_of(
            st.text(max_size=30), st.sampled_from(["D1", "Xe 1", "07:30", "9h-8h", "01/03/2027", "24:00", "1e9"])
        ),
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_row_is_read_or_its_faults_are_named(library, texts):
    reading = REGISTER.read(texts, Lookups(library))
    names = {field.name for field in REGISTER.fields}
    assert all(fault.field in names and str(fault) for fault in reading.faults)
    if not reading.faults:
        row = visit_row(2, {**REGISTER.defaults(), **reading.values})
        assert row.service_s is None or 300 <= row.service_s <= 36_000
        written = REGISTER.texts_of({**REGISTER.defaults(), **reading.values}, Lookups(library))
        again = REGISTER.read(written, Lookups(library))
        assert again.faults == []
        assert visit_row(2, {**REGISTER.defaults(), **again.values}) == row

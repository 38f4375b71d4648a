"""The registers by hand: found, added, changed, refused with their faults, put away, deleted; nobody overwritten."""

import html
import re
from datetime import date

import pytest
from sqlalchemy import select

from outreach.domain.roles import Role
from outreach.services.registers.catalogue import REGISTERS
from outreach.store.audit import AuditEntry
from outreach.store.fleet import Base, Vehicle
from outreach.store.organisations import AdminUnitChange
from outreach.store.sites import Need, Site, SiteWindow
from outreach.wiring import House
from tests.factories import make_base, make_site, make_unit
from tests.web.conftest import Browser, Province, build_province

INPUT = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r'(\w[\w-]*)="([^"]*)"')


def inputs_of(page: str) -> dict[str, str]:
    """The named inputs, selections and areas of the form, as a browser would send them."""
    form = page[page.index('<form class="form"') :] if '<form class="form"' in page else page[page.index("<main") :]
    form = form[: form.index("</form>")]
    sent: dict[str, str] = {}
    for tag in INPUT.findall(form):
        found = dict(ATTRIBUTE.findall(tag))
        picks = found.get("type") in ("checkbox", "radio")
        if "name" in found and (not picks or " checked" in tag):
            sent[found["name"]] = html.unescape(found.get("value", ""))
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        sent[name] = html.unescape(chosen[1]) if chosen else ""
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = html.unescape(inside).strip()
    sent.pop("csrf_token", None)
    return sent


@pytest.mark.parametrize("name", list(REGISTERS))
def test_each_register_has_a_list_and_a_form(planner: Browser, name: str) -> None:
    assert planner.get(f"/danh-muc/{name}").status_code in (200, 302)
    assert planner.get(f"/danh-muc/{name}/moi").status_code in (200, 302)


def test_the_overview_counts_what_is_there(planner: Browser) -> None:
    page = planner.page("/danh-muc")
    assert re.search(r'Điểm phục vụ</a> <span class="count calm">8<', page)
    assert "/nhap-bang/sites" in page
    assert "/xuat/sites.xlsx" in page


def test_a_list_is_searched_without_marks_and_in_the_order_of_the_alphabet(planner: Browser, house: House,
                                                                          province: Province) -> None:  # fmt: skip
    with house.session(organisation_id=province.organisation_id) as session:
        for name in ("Cơ sở Ê", "Cơ sở E", "Cơ sở Đ"):
            make_base(session, name=name)
    page = planner.page("/danh-muc/bases?sort=name")
    assert page.index("Cơ sở Đ<") < page.index("Cơ sở E<") < page.index("Cơ sở Ê<")
    found = planner.page("/danh-muc/bases?q=nha+TRANG")
    assert "Cơ sở Nha Trang<" in found
    assert "Cơ sở E<" not in found


def test_needs_are_found_by_their_site_and_narrowed_by_period(planner: Browser) -> None:
    assert "<strong>1 dòng</strong>" in planner.page("/danh-muc/needs?q=suoi+cat")
    assert "<strong>8 dòng</strong>" in planner.page("/danh-muc/needs?service=bus_visit")
    assert "<strong>3 dòng</strong>" in planner.page("/danh-muc/needs?kind_of_site=school_primary&sort=-quota")
    page = planner.get("/danh-muc/needs?period=1999-1&page=77&sort=nothing&service=nothing").get_data(as_text=True)
    assert "<strong>8 dòng</strong>" in page


def test_hostile_words_of_an_address_break_no_list(planner: Browser) -> None:
    for query in ("name=x&list_name=y&_external=1&_scheme=ftp", "q=%25_%5C", "page=-3", "sort=site_id;drop"):
        assert planner.get(f"/danh-muc/needs?{query}").status_code == 200


def test_a_new_base_is_added_and_told(planner: Browser, house: House, province: Province) -> None:
    answer = planner.post(
        "/danh-muc/bases/moi",
        {"name": "Cơ sở Cam Ranh", "point": "109.159, 11.920", "terrain": "coast"},
        page="/danh-muc/bases/moi",
        follow_redirects=True,
    )
    page = html.unescape(answer.get_data(as_text=True))
    assert "Đã thêm cơ sở “Cơ sở Cam Ranh”." in page
    assert "vĩ độ và kinh độ bị đổi chỗ" in page
    with house.session(organisation_id=province.organisation_id) as session:
        base = session.scalars(select(Base).where(Base.name == "Cơ sở Cam Ranh")).one()
        assert (base.lat, base.lon) == (11.92, 109.159)


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(planner: Browser, house: House,
                                                                  province: Province) -> None:  # fmt: skip
    typed = {"code": "", "name": "Trường <b>", "kind": "school_primary", "people": "nhiều", "point": "ở đâu đó",
             "windows.0.start": "07:30", "windows.0.term": "", "windows.0.end": ""}  # fmt: skip
    answer = planner.post("/diem/moi", typed, page="/diem/moi")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for name in ("code", "people", "point", "windows.0"):
        assert f'href="#f-{name}"' in page
        assert f'id="f-{name}"' in page
    assert 'value="Trường &lt;b&gt;"' in page
    assert 'value="nhiều"' in page
    assert 'name="windows.0.start" value="07:30"' in page
    with house.session(organisation_id=province.organisation_id) as session:
        assert len(session.scalars(select(Site)).all()) == 8


def test_a_site_saved_as_it_was_shown_is_unchanged(planner: Browser, house: House, province: Province) -> None:
    address = f"/diem/{province.site_id}/sua"
    with house.session(organisation_id=province.organisation_id) as session:
        before = len(session.scalars(select(SiteWindow)).all())
    sent = inputs_of(planner.page(address))
    for row in (0, 1):  # a browser sends each ticked box; the helper keeps one
        sent[f"windows.{row}.days"] = [str(day) for day in range(5)]  # type: ignore[assignment]
    answer = planner.post(address, sent, page=address, follow_redirects=True)
    assert "Không có gì thay đổi" in answer.get_data(as_text=True)
    with house.session(organisation_id=province.organisation_id) as session:
        assert len(session.scalars(select(SiteWindow)).all()) == before
        assert session.scalars(select(Site.version).where(Site.id == province.site_id)).one() == 1


def test_two_who_save_one_row_see_both_versions_and_lose_nothing(planner: Browser, admin: Browser, house: House,
                                                                 province: Province) -> None:  # fmt: skip
    address = f"/danh-muc/bases/{province.base_id}"
    mine = inputs_of(planner.page(address)) | {"short_name": "Của tôi", "terrain": "hills"}
    theirs = inputs_of(admin.page(address)) | {"short_name": "Của họ", "point": "12.3, 109.1943"}
    assert admin.post(address, theirs, page=address).status_code == 303
    answer = planner.post(address, mine, page=address)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "Người admin lưu lúc" in page
    assert page.count("cả hai cùng sửa") == 1
    assert "Của tôi" in page
    assert "Của họ" in page
    chosen = inputs_of(answer.get_data(as_text=True))
    # what only one of us changed is already chosen: my terrain, their point
    assert {chosen[f"take.{name}"] for name in ("terrain", "short_name")} == {"mine"}
    assert chosen["take.lat"] == "theirs"
    done = planner.post(address, chosen | {"take.short_name": "theirs"}, page=address)
    assert done.status_code == 303
    with house.session(organisation_id=province.organisation_id) as session:
        base = session.scalars(select(Base).where(Base.id == province.base_id)).one()
        assert (base.short_name, base.terrain.value, base.lat, base.version) == ("Của họ", "hills", 12.3, 3)


def test_a_form_without_a_version_overwrites_nobody(planner: Browser, province: Province) -> None:
    address = f"/danh-muc/bases/{province.base_id}"
    sent = inputs_of(planner.page(address)) | {"name": "Khác"}
    del sent["version"]
    assert planner.post(address, sent, page=address).status_code == 409


def test_a_row_deleted_meanwhile_can_be_added_again_from_what_was_typed(
    planner: Browser, admin: Browser, house: House, province: Province
) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        base_id = make_base(session, name="Cơ sở tạm").id
    address = f"/danh-muc/bases/{base_id}"
    mine = inputs_of(planner.page(address)) | {"short_name": "Tạm đây"}
    assert admin.post(f"{address}/xoa", {"version": "1"}, page=f"{address}/xoa").status_code == 303
    answer = planner.post(address, mine, page="/danh-muc/bases/moi")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert 'value="Tạm đây"' in page
    assert 'action="/danh-muc/bases/moi"' in page
    again = planner.post("/danh-muc/bases/moi", inputs_of(page), page="/danh-muc/bases/moi")
    assert again.status_code == 303


def test_what_history_hangs_on_is_put_away_instead_of_deleted(planner: Browser, house: House,
                                                              province: Province) -> None:  # fmt: skip
    address = f"/danh-muc/bases/{province.base_id}"
    page = planner.page(f"{address}/xoa")
    assert "hãy cất thay vì xóa" in page
    refused = planner.post(f"{address}/xoa", {"version": "1"}, page=f"{address}/xoa")
    assert refused.status_code == 409
    asked = planner.post(f"{address}/cat", {"version": "1", "active": "0"}, page=address)
    assert (asked.status_code, "Vẫn cất" in asked.get_data(as_text=True)) == (409, True)
    again = {"version": "1", "active": "0", "forced": "1"}
    assert planner.post(f"{address}/cat", again, page=address).status_code == 303
    assert "Đã cất" in planner.page(address)
    assert "Không có dòng nào khớp" not in planner.page("/danh-muc/bases?shelf=archived")
    assert planner.post(f"{address}/cat", {"version": "1", "active": "1"}, page=address).status_code == 409
    assert planner.post(f"{address}/cat", {"version": "2", "active": "1"}, page=address).status_code == 303
    with house.session(organisation_id=province.organisation_id) as session:
        deeds = session.scalars(select(AuditEntry.deed).order_by(AuditEntry.id)).all()
        assert list(deeds) == ["archive-bases", "restore-bases"]


def test_who_may_not_edit_reads_the_row(browsers: dict[Role, Browser], province: Province) -> None:
    page = browsers[Role.DRIVER].page(f"/danh-muc/bases/{province.base_id}")
    assert "Cơ sở Nha Trang" in page
    assert "<form class" not in page
    assert "/danh-muc/bases/moi" not in browsers[Role.DRIVER].page("/danh-muc/bases")


def test_rows_of_another_library_do_not_exist(planner: Browser, house: House) -> None:
    other = build_province(house, "Thư viện tỉnh Khác")
    assert planner.get(f"/danh-muc/bases/{other.base_id}").status_code == 404
    assert planner.get(f"/diem/{other.site_id}/sua").status_code == 404
    assert "Thư viện tỉnh Khác" not in planner.page("/danh-muc")


def test_saving_can_lead_to_another_new_row_or_back(planner: Browser, province: Province) -> None:
    new = {"label": "Lái xe 7", "post": "driver", "weekdays": "1", "base_id": ""}
    answer = planner.post("/danh-muc/staff/moi", new | {"then": "new"}, page="/danh-muc/staff/moi")
    assert answer.headers["Location"] == "/danh-muc/staff/moi"
    back = f"/diem/{province.site_id}"
    new["label"] = "Lái xe 8"
    assert planner.post("/danh-muc/staff/moi", new | {"next": back}, page="/danh-muc/staff/moi").location == back
    new["label"] = "Lái xe 9"
    away = planner.post("/danh-muc/staff/moi", new | {"next": "https://example.org/"}, page="/danh-muc/staff/moi")
    assert away.location == "/"


def test_a_need_begins_with_the_site_it_was_asked_for_from(planner: Browser, house: House, province: Province) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        site = session.scalars(select(Site).where(Site.id == province.site_id)).one()
        code, name = site.code, site.name
    page = planner.page(f"/danh-muc/needs/moi?site_id={code}&next=/diem/{province.site_id}")
    assert f'value="{code}"' in page
    assert name in page
    sent = inputs_of(page) | {"quota": "3", "minutes": "90"}
    assert planner.post("/danh-muc/needs/moi", sent, page="/danh-muc/needs/moi").location == f"/diem/{province.site_id}"
    with house.session(organisation_id=province.organisation_id) as session:
        assert session.scalars(select(Need).where(Need.quota == 3, Need.minutes == 90)).one().site_id == site.id


def test_sites_are_suggested_by_words_without_marks(planner: Browser) -> None:
    page = planner.page("/diem/goi-y?site_id=suoi+cat")
    assert page.count("<option") == 1
    assert "Trường Tiểu học Suối Cát" in page


def test_an_empty_library_is_led_through_its_first_steps(house: House, planner: Browser, province: Province) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        for vehicle in session.scalars(select(Vehicle)):
            vehicle.active = False
    page = planner.page("/danh-muc")
    assert "Bắt đầu từ đâu" in page
    assert page.count('aria-current="step"') == 1


def test_a_site_without_any_base_leads_to_the_first_base(house: House, planner: Browser, province: Province) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        for base in session.scalars(select(Base)):
            base.active = False
    assert "/danh-muc/bases/moi" in planner.page("/diem/moi")


def test_an_archived_site_is_said_to_be_so_and_leaves_the_list(planner: Browser, house: House,
                                                               province: Province) -> None:  # fmt: skip
    with house.session(organisation_id=province.organisation_id) as session:
        site = make_site(session, name="Trường Đã Cất", base=session.scalars(select(Base)).first(), active=False)
        number = site.id
    assert "Trường Đã Cất" not in planner.page("/diem")
    assert "Trường Đã Cất" not in planner.page("/danh-muc/sites")
    assert "Trường Đã Cất" in planner.page("/danh-muc/sites?shelf=all")
    assert "Đã cất" in planner.page(f"/diem/{number}")


def test_twins_are_merged_after_a_look_at_what_that_does(planner: Browser, house: House, province: Province) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        first = session.scalars(select(Site).where(Site.id == province.site_id)).one()
        base = session.scalars(select(Base)).one()
        name, kind = f"{first.name} 1", first.kind
        second = make_site(session, name=name, kind=kind, base=base, at=(first.lat, first.lon), need=3).id
    page = planner.page("/diem/trung")
    assert "cách nhau 0 m" in page
    asked = f"/diem/trung/gop?keep={province.site_id}&gone={second}"
    assert asked.replace("&", "&amp;") in page
    assert "Không lấy lại được" in planner.page(asked)
    assert planner.get(f"/diem/trung/gop?keep={second}&gone={second}").status_code == 422
    assert planner.get(f"/diem/trung/gop?keep={second}&gone=99999").status_code == 404
    sent = {"keep": str(province.site_id), "keep_version": "1", "gone": str(second), "gone_version": "1"}
    assert planner.post("/diem/trung", sent, page="/diem/trung").status_code == 303
    assert "Không thấy điểm nào trùng nhau" in planner.page("/diem/trung")
    again = planner.post("/diem/trung", sent, page="/danh-muc/bases/moi")
    assert again.status_code == 409


def test_the_form_of_a_unit_says_what_became_of_it(planner: Browser, house: House, province: Province) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        old, new = make_unit(session, name="Xã Cũ Kỹ"), make_unit(session, name="Xã Mới Tinh")
        session.add(
            AdminUnitChange(
                organisation_id=province.organisation_id, old_unit_id=old.id, new_unit_id=new.id, whole=False,
                decree="NQ 12/2025", day=date(2025, 7, 1),
            )
        )  # fmt: skip
        numbers = old.id, new.id
    before, after = (planner.page(f"/danh-muc/units/{number}") for number in numbers)
    assert "Nay là" in before
    assert "Xã Mới Tinh" in before
    assert "Hợp thành từ" in after
    assert "NQ 12/2025" in after
    assert "một phần" in after

"""Every page in both languages, loading nothing from outside, with every text escaped."""

from html.parser import HTMLParser

import pytest

from outreach.domain.roles import Actor, Role
from outreach.domain.visits import PlanState
from outreach.services import accounts, runs
from outreach.store.fleet import Vehicle
from outreach.store.plans import Plan
from outreach.store.sites import Need, Site
from outreach.web import app as web
from outreach.web.clock import now, today
from outreach.web.planner import sites
from outreach.wiring import House
from tests.factories import make_organisation, make_small_province, make_visit
from tests.web.conftest import Browser, Province

PUBLIC = ("/lich", "/lich?q=khong+co", "/dang-nhap", "/ban-trinh-dien")
INSIDE = ("/", "/diem", "/diem?q=vinh+thanh", "/diem?unserved=1&unseen=1", "/nguoi-dung", "/nhat-ky", "/ke-hoach")
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "use": "href"}


class Loads(HTMLParser):
    """Collects what a page makes the browser load, and inline styles."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if address := found.get(LOADING.get(tag, "")):
            self.addresses.append(address)
        self.inline += "style" in found or tag == "style" or any(name.startswith("on") for name in found)


def _check(page: str) -> None:
    loads = Loads()
    loads.feed(page)
    assert loads.addresses
    assert all(address.startswith("/") and not address.startswith("//") for address in loads.addresses)
    assert loads.inline == 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_public_pages_open_in_each_language_and_load_nothing_from_outside(
    stranger: Browser, province: Province, language: str
) -> None:
    stranger.get(f"/ngon-ngu?to={language}")
    for address in PUBLIC:
        page = stranger.page(address)
        assert f'<html lang="{language}"' in page
        _check(page)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_inside_open_in_each_language_and_load_nothing_from_outside(
    admin: Browser, province: Province, language: str
) -> None:
    admin.get(f"/ngon-ngu?to={language}")
    for address in (*INSIDE, f"/diem/{province.site_id}", f"/ke-hoach/{province.plan_id}"):
        page = admin.page(address)
        assert f'<html lang="{language}"' in page
        _check(page)


def test_pages_open_on_a_server_that_nobody_has_set_up(stranger: Browser) -> None:
    assert "Chưa có lịch nào được công bố" in stranger.page("/lich")
    assert "chưa có tài khoản nào" in stranger.page("/dang-nhap")
    assert stranger.get("/").headers["Location"] == "/lich"


def test_the_list_of_sites_finds_names_without_marks(planner: Browser) -> None:
    page = planner.page("/diem?q=tieu+hoc+vinh+thanh").replace("\u00a0", " ")
    assert "Trường Tiểu học Vĩnh Thạnh" in page
    assert "Suối Hiệp" not in page


def test_a_search_while_typing_gets_only_the_results(planner: Browser) -> None:
    page = planner.get("/diem?q=zzz", headers={"HX-Request": "true", "HX-Target": "results"}).get_data(as_text=True)
    assert page.lstrip().startswith('<div id="results">')
    assert "Không có điểm nào khớp" in page


def test_an_address_with_a_filter_nobody_knows_still_opens(planner: Browser) -> None:
    assert planner.get("/diem?kind=zzz&base=x&unseen=9").status_code == 200


def test_names_with_markup_are_shown_as_text(house: House, planner: Browser, province: Province) -> None:
    evil = "<img src=x onerror=alert(1)>`${1}`"
    with house.session(organisation_id=province.organisation_id) as session:
        site = session.get(Site, province.site_id)
        assert site is not None
        site.name = site.contact = site.access_note = evil
    for address in ("/diem", f"/diem/{province.site_id}"):
        page = planner.page(address)
        assert "<img" not in page
        assert "&lt;img src=x" in page


def test_the_timetable_shows_published_visits_only(house: House, stranger: Browser, province: Province) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        plan = session.get(Plan, province.plan_id)
        need = session.query(Need).filter(Need.site_id == province.site_id).one()
        vehicle = session.query(Vehicle).first()
        assert plan is not None
        assert vehicle is not None
        make_visit(session, plan=plan, vehicle=vehicle, day=today(), needs=[need])
    assert "Chưa có lịch nào được công bố" in stranger.page("/lich")
    with house.session(organisation_id=province.organisation_id) as session:
        plan = session.get(Plan, province.plan_id)
        assert plan is not None
        plan.state, plan.published_at = PlanState.PUBLISHED, now()
    page = stranger.page("/lich").replace("\u00a0", " ")
    assert "Trường Tiểu học Vĩnh Thạnh" in page
    assert "07:30 – 09:30" in page
    assert "Không có buổi nào khớp" in stranger.page("/lich?q=zzz")


def test_a_user_is_added_changed_and_closed(admin: Browser) -> None:
    form = {"display_name": "Tổ xe", "login": "to.xe", "password": "con duong ven bien", "role": "driver"}
    assert admin.post("/nguoi-dung", form, page="/nguoi-dung").status_code == 303
    page = admin.page("/nguoi-dung")
    assert "Đã thêm tài khoản Tổ xe" in page
    refused = admin.post("/nguoi-dung", form, page="/nguoi-dung")
    assert refused.status_code == 422
    assert 'value="to.xe"' in refused.get_data(as_text=True)
    assert 'aria-invalid="true"' in refused.get_data(as_text=True)


def test_a_role_outside_the_list_is_refused(admin: Browser) -> None:
    form = {"display_name": "A", "login": "a.b", "password": "con duong ven bien", "role": "public"}
    answer = admin.post("/nguoi-dung", form, page="/nguoi-dung")
    assert answer.status_code == 422
    assert "f-role-error" in answer.get_data(as_text=True)


def test_the_set_up_link_makes_the_first_account_once(house: House, stranger: Browser) -> None:
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere).id
        link = accounts.make_setup_link(everywhere, organisation_id=number, now=now())
    address = f"/thiet-lap/{link}"
    form = {"library_name": "Thư viện Mới", "display_name": "Phục vụ", "login": "phucvu", "password": "ngan"}
    refused = stranger.post(address, form, page=address)
    assert refused.status_code == 422
    assert 'value="phucvu"' in refused.get_data(as_text=True)
    made = stranger.post(address, form | {"password": "chuyen xe cho sach"}, page=address)
    assert (made.status_code, made.headers["Location"]) == (303, "/")
    assert "Thư viện Mới" in stranger.page("/diem")
    assert stranger.get(address).status_code == 404


def test_the_set_up_page_shows_the_demo_plan_being_made_until_it_is_made(house: House, stranger: Browser) -> None:
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere, demo=True).id
        link = accounts.make_setup_link(everywhere, organisation_id=number, now=now())
    with house.session(organisation_id=number) as session:
        plan = make_small_province(session)
        runs.start_run(session, Actor(None, number, Role.PLANNER, "Lệnh"), plan.id, limit_s=45, seed=1)
    page = stranger.page(f"/thiet-lap/{link}")
    assert f'hx-get="/thiet-lap/{link}/tien-do"' in page
    progress = stranger.get(f"/thiet-lap/{link}/tien-do")
    assert progress.status_code == 200
    assert "Đang xếp" in progress.get_data(as_text=True)


def test_polling_stops_when_nothing_runs(house: House, stranger: Browser) -> None:
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere, demo=True).id
        link = accounts.make_setup_link(everywhere, organisation_id=number, now=now())
    with house.session(organisation_id=number) as session:
        make_small_province(session)
    answer = stranger.get(f"/thiet-lap/{link}/tien-do")
    assert answer.status_code == 286
    assert "hx-trigger" not in answer.get_data(as_text=True)


def test_a_guessed_set_up_link_opens_nothing(stranger: Browser) -> None:
    assert stranger.get("/thiet-lap/doan").status_code == 404
    progress = stranger.get("/thiet-lap/doan/tien-do")  # asked once more by a page whose link was just used
    assert (progress.status_code, progress.data) == (286, b"")


def test_health_says_whether_the_database_answers(stranger: Browser) -> None:
    assert stranger.get("/khoe").get_json()["status"] == "ok"


def test_search_engines_may_read_the_timetable_alone(stranger: Browser) -> None:
    assert "Allow: /lich" in stranger.get("/robots.txt").get_data(as_text=True)


def test_the_application_lists_every_desk() -> None:
    assert len({desk.name for desk in web.DESKS}) == len(web.DESKS)


def test_a_long_list_of_sites_shows_its_first_rows_and_all_on_request(
    planner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "FIRST", 3)
    short = planner.page("/diem")
    assert short.count("<tr data-map-id=") == 3
    assert "Hiện cả 8 điểm" in short
    whole = planner.page("/diem?all=1")
    assert whole.count('data-map-id="site:') == 8
    assert 'id="tiep"' in whole

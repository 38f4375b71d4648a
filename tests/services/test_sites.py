from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from outreach.domain.errors import NotFound
from outreach.domain.places import SiteKind
from outreach.domain.sheets import SiteFilter
from outreach.domain.times import Period
from outreach.domain.visits import PlanState, VisitOutcome
from outreach.services import sites
from outreach.store.sites import SiteBlock
from outreach.wiring import House
from tests.factories import (
    FOUR_WEEKS,
    MONDAY,
    make_base,
    make_need,
    make_organisation,
    make_plan,
    make_record,
    make_site,
    make_small_province,
    make_unit,
    make_vehicle,
    make_visit,
)

TODAY = MONDAY
EVERYTHING = SiteFilter()


@contextmanager
def counted_statements(house: House) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(house.engine, "before_cursor_execute", note)
    yield seen
    event.remove(house.engine, "before_cursor_execute", note)


def names(session, **asked) -> list[str]:
    return [row.name for row in sites.list_sites(session, SiteFilter(**asked), plan_id=None, today=TODAY)]


def test_sites_stand_in_dictionary_order(both_session):
    for name in ("Trường Đồng", "Trường An", "Trường Dương", "Trường Ăn", "Trường Bà", "Trường Ba"):
        make_site(both_session, name=name)
    assert names(both_session) == [
        "Trường An", "Trường Ăn", "Trường Ba", "Trường Bà", "Trường Dương", "Trường Đồng",
    ]  # fmt: skip


@pytest.mark.parametrize("search", ["vinh thanh", "VĨNH THẠNH", "thạnh vĩnh", "dien khanh", "huyện cũ", "kh007"])
def test_search_ignores_marks_capitals_and_order_of_words(both_session, search):
    commune, former = make_unit(both_session, name="Xã Diên Khánh"), make_unit(both_session, name="Huyện Cũ")
    make_site(both_session, name="Trường Vĩnh Thạnh", commune=commune, former=former, code="KH007")
    make_site(both_session, name="Trường Cam Lâm")
    assert names(both_session, search=search) == ["Trường Vĩnh Thạnh"]


def test_percent_and_underscore_in_a_search_stand_for_themselves(both_session):
    make_site(both_session, name="Trường 100% vui")
    make_site(both_session, name="Trường a_b")
    make_site(both_session, name="Trường 1000 axb")
    assert names(both_session, search="0%") == ["Trường 100% vui"]
    assert names(both_session, search="a_b") == ["Trường a_b"]
    assert names(both_session, search="\\") == []


def test_filters_narrow_the_list(session):
    base, commune = make_base(session), make_unit(session, name="Xã A")
    make_site(session, name="Đồn", kind=SiteKind.BORDER_POST)
    make_site(session, name="Trường A", commune=commune)
    make_site(session, name="Trường B", base=base)
    make_site(session, name="Trường nghỉ", active=False)
    assert names(session) == ["Đồn", "Trường A", "Trường B"]
    assert names(session, kind=SiteKind.BORDER_POST) == ["Đồn"]
    assert names(session, commune="Xã A") == ["Trường A"]
    assert names(session, base_id=base.id) == ["Trường B"]


def test_last_visit_counts_checked_visits_that_took_place(both_session):
    site = make_site(both_session)
    make_record(both_session, site=site, day=date(2027, 1, 4))
    make_record(both_session, site=site, day=date(2027, 1, 11), outcome=VisitOutcome.PART)
    make_record(both_session, site=site, day=date(2027, 1, 18), outcome=VisitOutcome.CANCELLED)
    make_record(both_session, site=site, day=date(2027, 1, 25), checked=False)
    make_record(both_session, site=site, day=TODAY + timedelta(days=1))
    (row,) = sites.list_sites(both_session, EVERYTHING, plan_id=None, today=TODAY)
    assert row.last_visit == date(2027, 1, 11)


def test_sites_not_visited_for_months_include_those_never_visited(session):
    make_record(session, site=make_site(session, name="Mới"), day=date(2026, 9, 1))
    make_record(session, site=make_site(session, name="Lâu"), day=date(2026, 8, 31))
    make_site(session, name="Chưa từng")
    assert names(session, not_visited_months=6) == ["Chưa từng", "Lâu"]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2027, 3, 1), 6, date(2026, 9, 1)),
        (date(2027, 8, 31), 6, date(2027, 2, 28)),
        (date(2028, 8, 30), 6, date(2028, 2, 29)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
    ],
)
def test_months_before_stay_inside_the_month(day, months, before):
    assert sites.months_before(day, months) == before


def test_visits_of_the_plan_in_view_are_counted(both_session):
    vehicle, site = make_vehicle(both_session), make_site(both_session, need=3)
    need = make_need(both_session, site=site, quota=1)
    plan = make_plan(both_session)
    for offset in (0, 7, 14):
        make_visit(both_session, plan=plan, vehicle=vehicle, day=MONDAY + timedelta(days=offset), needs=[need])
    newer = make_plan(both_session, period=Period(date(2027, 6, 15), date(2027, 12, 14)))
    today = MONDAY + timedelta(days=1)
    (row,) = sites.list_sites(both_session, EVERYTHING, plan_id=plan.id, today=today)
    assert (row.planned, row.wanted, row.next_visit) == (3, 4, MONDAY + timedelta(days=7))
    (row,) = sites.list_sites(both_session, EVERYTHING, plan_id=newer.id, today=today)
    assert (row.planned, row.wanted, row.next_visit) == (0, 0, None)
    assert sites.list_sites(both_session, EVERYTHING, plan_id=None, today=today) == (row,)
    newer.state = PlanState.CLOSED
    both_session.flush()
    assert sites.list_sites(both_session, EVERYTHING, plan_id=None, today=today)[0].planned == 3


def test_unserved_sites_are_those_that_get_less_than_they_asked(session):
    vehicle, plan = make_vehicle(session), make_plan(session)
    full, short = make_site(session, name="Đủ", need=0), make_site(session, name="Thiếu", need=0)
    make_site(session, name="Không cần")
    make_visit(session, plan=plan, vehicle=vehicle, day=MONDAY, needs=[make_need(session, site=full)])
    make_need(session, site=short, quota=2)
    assert names(session, unserved=True) == ["Thiếu"]


def test_page_of_a_site_holds_everything_about_it(both_session):
    former = make_unit(both_session, name="Huyện Diên Khánh", kind="huyện", parent_code="tinh")
    make_unit(both_session, name="Tỉnh Khánh Hòa", kind="tỉnh").code = "tinh"
    base, vehicle = make_base(both_session, name="Cơ sở Ninh Hòa"), make_vehicle(both_session, name="Xe 2", sign=2)
    site = make_site(both_session, base=base, former=former, need=2, contact="Văn thư", access_note="Cổng sau")
    both_session.add(SiteBlock(site_id=site.id, first_day=MONDAY, last_day=MONDAY, reason="Hội làng"))
    make_need(both_session, site=site, period=Period(date(2026, 6, 15), date(2026, 12, 14)))
    plan = make_plan(both_session, state=PlanState.PUBLISHED)
    need = make_need(both_session, site=site, asked_by="Nhà trường")
    make_visit(both_session, plan=plan, vehicle=vehicle, day=MONDAY, needs=[need])
    make_record(both_session, site=site, day=date(2027, 1, 4), readers_child=80, readers_adult=5, items=None)
    page = sites.site_page(both_session, site.id, today=TODAY)
    assert (page.base_name, page.contact, page.access_note) == ("Cơ sở Ninh Hòa", "Văn thư", "Cổng sau")
    assert page.former_address == "Huyện Diên Khánh, Tỉnh Khánh Hòa"
    assert page.row.former_district == "Huyện Diên Khánh"
    assert [(w.weekdays, w.start_s) for w in page.windows] == [((0, 1, 2, 3, 4), 27_000), ((0, 1, 2, 3, 4), 48_600)]
    assert page.blocked == ((Period(MONDAY, MONDAY), "Hội làng"),)
    assert [(n.quota, n.asked_by) for n in page.needs] == [(2, ""), (1, "Nhà trường")]
    assert [(v.day, v.readers, v.items) for v in page.past] == [(date(2027, 1, 4), 85, None)]
    assert [(v.day, v.start_s, v.vehicle.name, v.plan_state) for v in page.coming] == [
        (MONDAY, 27_000, "Xe 2", PlanState.PUBLISHED)
    ]
    assert (page.row.planned, page.row.wanted, page.row.next_visit) == (1, 3, MONDAY)


def test_sites_and_plans_of_another_library_are_not_found(both):
    with both.session(everywhere=True) as session:
        ours = make_organisation(session).id
    with both.session(everywhere=True) as session:
        theirs = make_organisation(session).id
    with both.session(organisation_id=theirs) as session:
        site, plan = make_site(session).id, make_plan(session).id
    with both.session(organisation_id=ours, write=False) as session:
        with pytest.raises(NotFound):
            sites.site_page(session, site, today=TODAY)
        with pytest.raises(NotFound):
            sites.list_sites(session, EVERYTHING, plan_id=plan, today=TODAY)
        assert sites.list_sites(session, EVERYTHING, plan_id=None, today=TODAY) == ()
        assert sites.list_bases(session) == ()
        assert sites.list_communes(session) == ()


def test_list_of_sites_takes_the_same_statements_for_any_number_of_sites(house, session):
    make_small_province(session)
    with counted_statements(house) as few:
        sites.list_sites(session, EVERYTHING, plan_id=None, today=TODAY)
    for _ in range(20):
        make_site(session, need=1, period=FOUR_WEEKS)
    with counted_statements(house) as many:
        assert len(sites.list_sites(session, EVERYTHING, plan_id=None, today=TODAY)) == 28
    assert len(few) == len(many) == 5


def test_bases_and_communes_come_in_order_of_their_names(session):
    for name in ("Xã Đại Lãnh", "Phường Ba Ngòi", "Xã An Bình", "Xã Không Điểm"):
        unit = make_unit(session, name=name)
        if name != "Xã Không Điểm":
            make_site(session, commune=unit, base=make_base(session, name=f"Cơ sở {name}"))
    assert sites.list_communes(session) == ("Xã An Bình", "Phường Ba Ngòi", "Xã Đại Lãnh")
    assert [base.name for base in sites.list_bases(session)] == [
        "Cơ sở Phường Ba Ngòi", "Cơ sở Xã An Bình", "Cơ sở Xã Đại Lãnh",
    ]  # fmt: skip

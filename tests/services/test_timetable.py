from datetime import timedelta

import pytest

from outreach.domain.visits import PlanState
from outreach.services import timetable
from outreach.wiring import House
from tests.factories import (
    MONDAY,
    make_base,
    make_need,
    make_organisation,
    make_plan,
    make_site,
    make_unit,
    make_vehicle,
    make_visit,
)


def test_published_visits_come_by_day_and_time_from_today_on(both_session):
    base, plan = make_base(both_session), make_plan(both_session, state=PlanState.PUBLISHED)
    vehicle, commune = make_vehicle(both_session, base=base), make_unit(both_session, name="Xã Diên Khánh")
    first, second = (
        make_need(both_session, site=make_site(both_session, name=name, base=base, commune=commune), minutes=60)
        for name in ("Trường Đầu", "Trường Sau")
    )
    for day, needs in ((0, [first]), (2, [second]), (1, [first, second])):
        make_visit(both_session, plan=plan, vehicle=vehicle, day=MONDAY + timedelta(days=day), needs=needs)
    tuesday = MONDAY + timedelta(days=1)
    entries = timetable.published_visits(both_session, search="", today=tuesday, limit=10)
    assert [((e.day - MONDAY).days, e.start_s, e.site_name) for e in entries] == [
        (1, 27_000, "Trường Đầu"),
        (1, 34_200, "Trường Sau"),
        (2, 27_000, "Trường Sau"),
    ]
    assert (entries[0].commune, entries[0].vehicle.base_name) == ("Xã Diên Khánh", "Nha Trang")
    assert len(timetable.published_visits(both_session, search="", today=tuesday, limit=2)) == 2
    found = timetable.published_visits(both_session, search="TRUONG dau", today=MONDAY, limit=10)
    assert [(e.day - MONDAY).days for e in found] == [0, 1]


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED, PlanState.CLOSED])
def test_only_published_plans_are_shown(session, state):
    plan = make_plan(session, state=state)
    need = make_need(session, site=make_site(session))
    make_visit(session, plan=plan, vehicle=make_vehicle(session), day=MONDAY, needs=[need])
    assert timetable.published_visits(session, search="", today=MONDAY, limit=10) == ()


def test_timetable_of_another_library_is_not_shown(house: House):
    with house.session(everywhere=True) as session:
        ours, theirs = make_organisation(session).id, make_organisation(session).id
    with house.session(organisation_id=theirs) as session:
        plan, need = make_plan(session, state=PlanState.PUBLISHED), make_need(session, site=make_site(session))
        make_visit(session, plan=plan, vehicle=make_vehicle(session), day=MONDAY, needs=[need])
    with house.session(organisation_id=ours, write=False) as session:
        assert timetable.published_visits(session, search="", today=MONDAY, limit=10) == ()


def test_public_sees_the_real_library_before_the_demo(both: House):
    with both.session(everywhere=True) as session:
        assert timetable.library_of_the_public(session) is None
        demo = make_organisation(session, demo=True).id
        assert timetable.library_of_the_public(session) == demo
        real = make_organisation(session).id
        assert timetable.library_of_the_public(session) == real

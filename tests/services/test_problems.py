"""A plan's tables as a problem: what stands in the tables stands in the problem."""

from datetime import date, timedelta

import pytest

from outreach.domain.errors import NotFound
from outreach.domain.places import SiteKind
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind, PlanState, ServiceKind, VisitOutcome
from outreach.routing.problem import Absence, Rhythm
from outreach.services.problems import build_problem
from outreach.services.weights import PRICES
from outreach.store.calendars import CalendarDay, Term
from outreach.store.fleet import StaffAbsence, VehicleAbsence
from outreach.store.sites import SiteBlock, SiteWindow
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
    make_staff,
    make_unit,
    make_vehicle,
)

BEFORE = MONDAY - timedelta(days=7)


def test_build_problem_holds_every_active_thing_of_the_small_province(both_session):
    plan = make_small_province(both_session)
    problem = build_problem(both_session, plan.id, today=BEFORE)
    assert problem.horizon == FOUR_WEEKS
    assert len(problem.sites) == 8
    assert sum(need.quota for need in problem.needs) == 12
    assert len(problem.places) == 9
    assert {member.post for member in problem.staff} == {"driver", "librarian"}
    places = {place.id for place in problem.places}
    assert {site.place_id for site in problem.sites} < places
    assert {vehicle.depot_id for vehicle in problem.vehicles} < places


def test_build_problem_carries_a_vehicle_with_its_sizes_minutes_and_days_away(session):
    bus = make_vehicle(session, weekdays=(0, 2), set_up_minutes=15, pack_up_minutes=10, length_m=8.1)
    make_vehicle(session, base=make_base(session, name="Cơ sở khác"), sign=2, active=False)
    away = Period(MONDAY, MONDAY + timedelta(days=3))
    session.add(VehicleAbsence(vehicle_id=bus.id, first_day=away.first, last_day=away.last, reason="Vào xưởng"))
    session.add(VehicleAbsence(vehicle_id=bus.id, first_day=date(2020, 1, 1), last_day=date(2020, 1, 9)))
    session.flush()
    (vehicle,) = build_problem(session, make_plan(session).id, today=BEFORE).vehicles
    assert vehicle.weekdays == {0, 2}
    assert (vehicle.set_up_s, vehicle.pack_up_s, vehicle.length_m) == (900, 600, 8.1)
    assert vehicle.absences == (Absence(away, "Vào xưởng"),)


@pytest.mark.parametrize("flag", ["remote", "border", "island", "ethnic_minority"])
def test_build_problem_says_which_sites_are_remote(session, flag):
    make_site(session, name="Đồn biên phòng", commune=make_unit(session, **{flag: True}))
    make_site(session, name="Trường ở phường", commune=make_unit(session))
    make_site(session, name="Chưa rõ xã")
    problem = build_problem(session, make_plan(session).id, today=BEFORE)
    assert [site.name for site in problem.sites if site.remote] == ["Đồn biên phòng"]


def test_build_problem_groups_the_sites_of_a_commune(session):
    commune = make_unit(session)
    for name in ("Trường", "Thư viện"):
        make_site(session, name=name, commune=commune)
    make_site(session, name="Xã khác", commune=make_unit(session))
    make_site(session, name="Chưa rõ xã")
    problem = build_problem(session, make_plan(session).id, today=BEFORE)
    groups = {site.name: site.group for site in problem.sites}
    assert groups["Trường"] == groups["Thư viện"] != groups["Xã khác"]
    assert groups["Chưa rõ xã"] == ""
    assert problem.prices == PRICES


def test_build_problem_carries_posts_with_days_away(session):
    base = make_base(session)
    driver = make_staff(session, base=base)
    session.add(StaffAbsence(staff_member_id=driver.id, first_day=MONDAY, last_day=MONDAY, reason="Nghỉ phép"))
    session.flush()
    (member,) = build_problem(session, make_plan(session).id, today=BEFORE).staff
    assert member.depot_id == f"base:{base.id}"
    assert member.absences == (Absence(Period(MONDAY, MONDAY), "Nghỉ phép"),)


def _term(session, kind: str, first: date, last: date) -> None:
    owner = session.info["organisation_id"]
    session.add(Term(organisation_id=owner, name=kind, kind=kind, first_day=first, last_day=last))
    session.flush()


def test_build_problem_resolves_windows_by_term(session):
    site = make_site(session, windows=())
    for term in ("term", "summer", ""):
        session.add(SiteWindow(site_id=site.id, weekdays=[1], start_s=28_800, end_s=36_000, term=term))
    _term(session, "term", date(2026, 9, 5), MONDAY + timedelta(days=6))
    (found,) = build_problem(session, make_plan(session).id, today=BEFORE).sites
    dates = {(window.first, window.last) for window in found.windows}
    # the summer window has no summer in these four weeks, the one without a term always holds
    assert dates == {(MONDAY, MONDAY + timedelta(days=6)), (None, None)}


def test_build_problem_carries_what_keeps_a_bus_away_from_a_site(session):
    site = make_site(session, reached_by_road=False, max_length_m=6.5, set_up_minutes=10)
    session.add(SiteBlock(site_id=site.id, first_day=MONDAY, last_day=MONDAY, reason="Hội thao"))
    session.flush()
    (found,) = build_problem(session, make_plan(session).id, today=BEFORE).sites
    assert found.reached_by == {"boat"}
    assert (found.max_length_m, found.extra_set_up_s) == (6.5, 600)
    assert found.blocked == (Absence(Period(MONDAY, MONDAY), "Hội thao"),)


def test_build_problem_carries_the_rhythm_of_a_need(session):
    site = make_site(session, base=make_base(session))
    rows = ((1, {}), (2, {"rhythm_weeks": 2}), (3, {"rhythm_weeks": 4, "rhythm_rule": True}))
    for quota, columns in rows:
        make_need(session, site=site, quota=quota, **columns)
    needs = build_problem(session, make_plan(session).id, today=BEFORE).needs
    assert {need.quota: need.rhythm for need in needs} == {1: None, 2: Rhythm(2), 3: Rhythm(4, rule=True)}


def test_build_problem_takes_the_last_real_visit_for_the_gap(session):
    site = make_site(session, need=1)
    make_record(session, site=site, day=date(2027, 1, 11))
    make_record(session, site=site, day=date(2027, 2, 1), outcome=VisitOutcome.CANCELLED)
    make_record(session, site=site, day=date(2027, 2, 2), service=ServiceKind.SUPPORT)
    (need,) = build_problem(session, make_plan(session).id, today=BEFORE).needs
    assert need.last_visit == date(2027, 1, 11)


def test_build_problem_takes_off_visits_already_made_for_the_need(session):
    site = make_site(session)
    half_year = Period(date(2026, 12, 15), date(2027, 6, 14))
    make_need(session, site=site, quota=2, period=half_year)
    done = make_site(session)
    make_need(session, site=done, quota=1, period=half_year)
    for row in (site, done):
        make_record(session, site=row, day=date(2027, 1, 11))
    (need,) = build_problem(session, make_plan(session).id, today=BEFORE).needs
    assert (need.site_id, need.quota) == (str(site.id), 1)


def test_build_problem_keeps_needs_that_touch_the_plan_with_their_own_dates(session):
    site = make_site(session)
    week = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=11))
    make_need(session, site=site, period=week, minutes=45, priority=5, preferred_weeks=[MONDAY.isoformat()])
    make_need(session, site=site, period=Period(date(2027, 6, 15), date(2027, 12, 14)))
    (need,) = build_problem(session, make_plan(session).id, today=BEFORE).needs
    assert (need.first, need.last) == (week.first, week.last)
    assert (need.service_s, need.priority, need.preferred_weeks) == (2700, 5, {MONDAY})


def test_build_problem_opens_made_up_days(session):
    saturday = MONDAY + timedelta(days=5)
    owner = session.info["organisation_id"]
    session.add(CalendarDay(organisation_id=owner, day=saturday, kind=CalendarKind.MADE_UP_DAY, name="Làm bù"))
    session.flush()
    assert build_problem(session, make_plan(session).id, today=BEFORE).rules.extra_days == {saturday}


def test_build_problem_of_a_draft_leaves_the_days_gone_by_alone(session):
    make_vehicle(session)
    plan = make_plan(session)
    today = MONDAY + timedelta(days=8)
    (vehicle,) = build_problem(session, plan.id, today=today).vehicles
    assert vehicle.absences == (Absence(Period(MONDAY, today), "Ngày đã qua"),)
    plan.state = PlanState.APPROVED
    session.flush()
    (vehicle,) = build_problem(session, plan.id, today=today).vehicles
    assert vehicle.absences == ()


def test_build_problem_leaves_out_sites_that_are_not_active(session):
    make_site(session, need=1, active=False, kind=SiteKind.BORDER_POST)
    problem = build_problem(session, make_plan(session).id, today=BEFORE)
    assert (problem.sites, problem.needs) == ((), ())


def test_build_problem_sees_one_library_only(house):
    with house.session(everywhere=True) as start:
        ours, theirs = make_organisation(start), make_organisation(start, name="Thư viện khác")
    with house.session(organisation_id=theirs.id) as session:
        their_plan = make_small_province(session)
    with house.session(organisation_id=ours.id) as session:
        plan = make_plan(session)
        problem = build_problem(session, plan.id, today=BEFORE)
        assert (problem.places, problem.vehicles, problem.staff, problem.needs) == ((), (), (), ())
        with pytest.raises(NotFound):
            build_problem(session, their_plan.id, today=BEFORE)

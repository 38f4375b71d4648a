"""The demonstration holds what it promises, whenever it is shown."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.places import SiteKind
from outreach.domain.times import HalfYear, half_year_of
from outreach.domain.visits import CalendarKind, PlanState, RequestState, ServiceKind, VisitOutcome
from outreach.services.demo import Demo, build_demo, what_is_real
from outreach.services.demo.frame import frame_of
from outreach.services.problems import build_problem
from outreach.settings import Settings
from outreach.store.calendars import CalendarDay
from outreach.store.fleet import StaffMember, Vehicle, VehicleAbsence
from outreach.store.organisations import AdminUnit, AdminUnitChange
from outreach.store.plans import Plan
from outreach.store.requests import Request
from outreach.store.sites import Need, Site
from outreach.store.visits import VisitRecord
from outreach.wiring import House, open_house
from tests.factories import make_organisation

TODAY = date(2026, 11, 23)
DATES = [TODAY, date(2027, 2, 10), date(2027, 7, 1), date(2028, 2, 29), date(2028, 3, 14), date(2027, 9, 16)]


def _build(house: House, today: date) -> tuple[Demo, Session]:
    with house.session(everywhere=True) as start:
        demo = build_demo(start, today=today)
    return demo, house.open_session(organisation_id=demo.organisation_id)


def _shown_on(today: date, folder: Path, empty_database: Path) -> Iterator[tuple[date, Demo, Session]]:
    shutil.copy(empty_database, folder / "outreach.db")
    house = open_house(Settings(instance=str(folder)))
    demo, session = _build(house, today)
    yield today, demo, session
    session.close()
    house.close()


@pytest.fixture(scope="module", params=DATES, ids=str)
def on_each_day(request, tmp_path_factory, empty_database):
    """Today, the demonstration and its session, for each of the dates; the tests only read."""
    yield from _shown_on(request.param, tmp_path_factory.mktemp("demo"), empty_database)


@pytest.fixture(scope="module")
def shown(tmp_path_factory, empty_database):
    """The session of one demonstration; the tests only read."""
    for _, _, session in _shown_on(TODAY, tmp_path_factory.mktemp("demo"), empty_database):
        yield session


@pytest.mark.parametrize(
    ("today", "half_year", "first"),
    [
        (date(2026, 11, 23), HalfYear(2027, 1), date(2026, 12, 15)),  # 16 working days of 2026 are left
        (date(2026, 12, 15), HalfYear(2027, 1), date(2026, 12, 21)),
        (date(2027, 2, 10), HalfYear(2027, 1), date(2027, 2, 15)),
        (date(2027, 3, 19), HalfYear(2027, 2), date(2027, 6, 15)),
        (date(2027, 7, 1), HalfYear(2027, 2), date(2027, 7, 5)),
        (date(2028, 2, 29), HalfYear(2028, 1), date(2028, 3, 6)),
    ],
)
def test_frame_plans_the_running_half_year_while_sixty_working_days_are_left(today, half_year, first):
    frame = frame_of(today)
    assert frame.half_year == half_year
    assert (frame.period.first, frame.period.last) == (first, half_year.period.last)
    whole = [half for half, _ in frame.behind if half != half_year]
    assert whole == sorted(whole, key=lambda half: (half.year, half.half))
    assert len(whole) == 4
    assert all(passed.last < today for _, passed in frame.behind)


def test_build_demo_writes_the_register_and_the_fleet(shown):
    kinds = Counter(shown.scalars(select(Site.kind)))
    assert sum(kinds.values()) == 166
    assert sum(count for kind, count in kinds.items() if kind.is_school) == 118
    assert kinds[SiteKind.COMMUNE_LIBRARY] == 38
    assert (kinds[SiteKind.BORDER_POST], kinds[SiteKind.INDUSTRIAL_PARK], kinds[SiteKind.PRISON]) == (5, 4, 1)
    buses = shown.scalars(select(Vehicle).order_by(Vehicle.sign)).all()
    assert [bus.sign for bus in buses] == [1, 2]
    assert [len(bus.weekdays) for bus in buses] == [3, 3]
    assert buses[0].weekdays != buses[1].weekdays
    assert {(bus.set_up_minutes, bus.pack_up_minutes) for bus in buses} == {(15, 15)}
    workshop = shown.scalars(select(VehicleAbsence)).one()
    assert sum(day.weekday() < 5 for day in frame_of(TODAY).period.days() if _within(workshop, day)) == 10
    assert len(shown.scalars(select(StaffMember)).all()) == 6
    plan = shown.scalars(select(Plan)).one()
    assert (plan.name, plan.state) == ("Kế hoạch 6 tháng đầu năm 2027", PlanState.DRAFT)


def test_build_demo_writes_requests_in_every_state(shown):
    rows = shown.scalars(select(Request).order_by(Request.number)).all()
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert [row.asked_on for row in rows] == sorted(row.asked_on for row in rows)
    assert {row.state for row in rows} == set(RequestState)
    assert all(row.decided_on is None for row in rows if row.state is RequestState.OPEN)
    became = [row.need_id for row in rows if row.state is RequestState.ACCEPTED]
    assert len(became) == len(set(became)) == 9
    assert all(became)


def _within(absence: VehicleAbsence, day: date) -> bool:
    return absence.first_day <= day <= absence.last_day


def test_build_demo_keeps_old_and_new_units_apart(shown):
    today = AdminUnit.valid_from == date(2025, 7, 1)
    assert shown.scalar(select(func.count()).where(today, AdminUnit.kind != "tỉnh")) == 65
    districts = shown.scalars(select(AdminUnit).where(AdminUnit.kind.in_(("huyện", "thị xã", "thành phố")))).all()
    assert {unit.valid_to for unit in districts} == {date(2025, 6, 30)}
    former = select(AdminUnit.name).join(Site, Site.former_unit_id == AdminUnit.id).where(Site.code == "KH101")
    assert shown.scalar(former) == "Huyện Khánh Vĩnh"
    old, new = select(AdminUnit.id).where(AdminUnit.name == "Huyện Khánh Vĩnh"), AdminUnitChange.new_unit_id
    communes = select(func.count(new)).where(AdminUnitChange.old_unit_id.in_(old))
    assert shown.scalar(communes) == 5


def test_build_demo_is_the_same_each_time(house):
    def rows(today: date):
        _, session = _build(house, today)
        visits = select(Site.code, VisitRecord.day, VisitRecord.outcome, VisitRecord.items, VisitRecord.note)
        needs = select(Site.code, Need.first_day, Need.quota, Need.minutes, Need.priority)
        found = (
            session.execute(visits.join(Site).order_by(VisitRecord.record_key)).all(),
            session.execute(needs.join(Site).order_by(Site.code)).all(),
            session.scalar(select(func.count(AdminUnit.id))),
        )
        session.close()
        return found

    assert rows(TODAY) == rows(TODAY)


def test_past_visits_are_plausible(on_each_day):
    today, _, session = on_each_day
    holidays = set(session.scalars(select(CalendarDay.day).where(CalendarDay.kind == CalendarKind.HOLIDAY)))
    frame = frame_of(today)
    buses = {bus.id: set(bus.weekdays) for bus in session.scalars(select(Vehicle))}
    found = session.execute(select(VisitRecord, Site).join(Site, Site.id == VisitRecord.site_id)).all()
    for record, site in found:
        assert record.day < today
        assert record.day not in holidays
        assert record.day.weekday() in buses[record.vehicle_id]
        assert record.checked
        assert site.reached_by_road
        if site.kind.is_school:
            assert record.day in frame.school_days
        if record.outcome is VisitOutcome.DONE:
            low, high = (250, 650) if site.kind.is_school else (40, 200)
            assert low <= record.readers_child + record.readers_adult <= high
            low, high = (350, 900) if site.kind.is_school else (40, 200)
            assert low <= record.items <= high
            assert record.cancel_reason is None
        else:
            assert record.cancel_reason is not None
            assert record.items is None
    troubles = sum(record.outcome is not VisitOutcome.DONE for record, _ in found)
    assert 0.05 <= troubles / len(found) <= 0.08


def test_past_half_years_grow_from_year_to_year(on_each_day):
    today, _, session = on_each_day
    readers: dict[HalfYear, list[tuple[date, int]]] = defaultdict(list)
    statement = select(VisitRecord.day, VisitRecord.readers_child, VisitRecord.readers_adult)
    for day, child, adult in session.execute(statement.where(VisitRecord.outcome == VisitOutcome.DONE)):
        readers[half_year_of(day)].append((day, child + adult))
    planned = frame_of(today).half_year
    for half_year in (planned.previous(), planned.previous().previous()):
        before = HalfYear(half_year.year - 1, half_year.half)
        reached = today.replace(day=1)
        same_days = [count for day, count in readers[before] if day.replace(year=day.year + 1, day=1) < reached]
        these_days = [count for day, count in readers[half_year] if day.replace(day=1) < reached]
        assert 0.95 <= sum(these_days) / sum(same_days) <= 1.25
        assert 90 <= len(readers[before]) <= 150


def test_needs_are_more_than_the_buses_can_do(on_each_day):
    today, demo, session = on_each_day
    problem = build_problem(session, demo.plan_id, today=today)
    codes = {str(site.id): site.code for site in session.scalars(select(Site))}
    needs = {codes[need.site_id]: need for need in problem.needs}
    wanted = sum(need.quota for need in problem.needs)
    assert 95 <= wanted <= 180
    assert len(needs) == len(problem.needs) < 166
    sites = {codes[site.id]: site for site in problem.sites}
    # four wishes that cannot come true, each for a reason of its own
    assert "bus" not in sites["KH120"].reached_by
    assert "KH120" in needs
    assert sites["KH109"].max_length_m < problem.vehicles[0].length_m
    longest = max(window.end_s - window.start_s for window in sites["KH031"].windows)
    assert needs["KH031"].service_s > longest
    driven = frozenset().union(*(vehicle.weekdays for vehicle in problem.vehicles))
    assert not any(window.weekdays & driven for window in sites["KH126"].windows)
    # and one wish for two visits in too short a time
    assert any(
        n.quota == 2 and n.last and (n.last - (n.first or problem.horizon.first)).days < 45 for n in needs.values()
    )
    assert {ServiceKind.BUS_VISIT, ServiceKind.ROTATION} <= {need.service for need in problem.needs}


def test_mountain_schools_ask_for_two_visits_well_apart(shown):
    plan = shown.scalars(select(Plan)).one()
    statement = select(Need).join(Site).join(AdminUnit, AdminUnit.id == Site.former_unit_id)
    mountain = AdminUnit.name.in_(("Huyện Khánh Vĩnh", "Huyện Khánh Sơn", "Huyện Bác Ái"))
    school = Site.kind.in_([kind for kind in SiteKind if kind.is_school])
    needs = shown.scalars(statement.where(mountain, school)).all()
    assert len(needs) == 17
    assert {(need.quota, need.min_gap_days) for need in needs} == {(2, 45)}
    assert all(plan.first_day <= need.first_day and need.last_day <= plan.last_day for need in needs)


def test_what_is_real_names_all_three_kinds_in_the_demonstration(shown):
    assert {fact.state for fact in what_is_real(shown)} == {"real", "approximate", "invented"}


def test_what_is_real_says_nothing_in_a_real_library(session):
    assert what_is_real(session) == ()


def test_build_demo_leaves_other_libraries_alone(house):
    with house.session(everywhere=True) as start:
        other = make_organisation(start)
        build_demo(start, today=TODAY)
    with house.session(organisation_id=other.id, write=False) as session:
        for table in (Site, Need, VisitRecord, Vehicle, Plan, CalendarDay):
            assert session.scalars(select(table)).first() is None


def test_build_demo_on_postgresql_writes_the_same_number_of_rows(house, pg_house):
    counts = []
    for one in (house, pg_house):
        _, session = _build(one, TODAY)
        counts.append(
            [session.scalar(select(func.count(table.id))) for table in (Site, Need, VisitRecord, CalendarDay)]
        )
        session.close()
    assert counts[0] == counts[1]

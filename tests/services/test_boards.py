"""The board, the day sheets and the figures of hand-made plans."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound
from outreach.domain.sheets import BoardWeek
from outreach.domain.times import HalfDay, Period
from outreach.domain.visits import CalendarKind, Post, RunState
from outreach.routing.solution import Hurdle, NearMiss
from outreach.services import boards
from outreach.services.near_misses import near_to_json
from outreach.store.calendars import CalendarDay
from outreach.store.fleet import StaffAbsence, VehicleAbsence
from outreach.store.plans import UnservedNeed
from outreach.store.runs import Run
from tests.factories import (
    MONDAY,
    make_base,
    make_need,
    make_plan,
    make_site,
    make_staff,
    make_unit,
    make_vehicle,
    make_visit,
)

TUESDAY = MONDAY + timedelta(days=1)
FRIDAY = MONDAY + timedelta(days=4)
SATURDAY = MONDAY + timedelta(days=5)


class Library:
    """One base with two buses and their crews, one school, an empty plan of four weeks."""

    def __init__(self, session: Session, *, crews: int = 2) -> None:
        self.session = session
        self.base = make_base(session)
        self.buses = [make_vehicle(session, base=self.base, sign=sign) for sign in (1, 2)]
        self.drivers = [make_staff(session, base=self.base) for _ in range(crews)]
        self.librarians = [make_staff(session, base=self.base, post=Post.LIBRARIAN) for _ in range(2 * crews)]
        self.commune = make_unit(session, name="Xã Diên Thọ")
        self.site = make_site(session, base=self.base, commune=self.commune, name="Trường Tiểu học Diên Thọ")
        self.need = make_need(session, site=self.site, quota=3)
        self.plan = make_plan(session)

    def special(self, day: date, kind: CalendarKind, name: str) -> None:
        self.session.add(CalendarDay(organisation_id=self.plan.organisation_id, day=day, kind=kind, name=name))
        self.session.flush()

    def weeks(self) -> tuple[BoardWeek, ...]:
        return boards.board(self.session, self.plan.id)


@pytest.fixture
def library(session: Session) -> Library:
    return Library(session)


def test_weeks_begin_on_monday_and_say_what_lies_before_the_plan(session: Session) -> None:
    Library(session)
    plan = make_plan(session, period=Period(date(2027, 3, 3), date(2027, 3, 12)))
    weeks = boards.board(session, plan.id)
    assert [week.first for week in weeks] == [MONDAY, MONDAY + timedelta(days=7)]
    assert [week.number for week in weeks] == [1, 2]
    assert [day.closed for day in weeks[0].days] == ["Trước kỳ", "Trước kỳ", "", "", ""]
    assert not any(day.closed for day in weeks[1].days)


def test_a_visit_stands_in_its_half_day_with_what_is_left_of_the_hosts_hours(library: Library) -> None:
    make_visit(library.session, plan=library.plan, vehicle=library.buses[0], day=TUESDAY, needs=[library.need])
    week = library.weeks()[0]
    cell = week.days[1].cells[0]
    visit = cell.visits[0]
    assert (visit.site_name, visit.commune, visit.half) == ("Trường Tiểu học Diên Thọ", "Xã Diên Thọ", HalfDay.MORNING)
    assert visit.spare_s == 3600  # served 07:30-09:30, the school closes at 10:30
    assert (week.visits, week.free) == (1, 2 * 2 * 5 - 1)


def test_a_holiday_closes_the_day_for_everybody(library: Library) -> None:
    library.special(TUESDAY, CalendarKind.HOLIDAY, "Giỗ Tổ Hùng Vương")
    week = library.weeks()[0]
    assert [day.closed for day in week.days] == ["", "Giỗ Tổ Hùng Vương", "", "", ""]
    assert week.free == 2 * 2 * 4


def test_exams_and_campaigns_are_notes_not_closures(library: Library) -> None:
    library.special(TUESDAY, CalendarKind.EXAM, "Thi học kỳ II")
    library.special(FRIDAY, CalendarKind.CAMPAIGN, "Ngày Sách")
    week = library.weeks()[0]
    assert week.days[1].note == "Thi học kỳ II"
    assert week.note == "Thi học kỳ II · 05/03 Ngày Sách"
    assert not any(day.closed for day in week.days)


def test_a_bus_in_the_workshop_stands_still_with_its_reason(library: Library) -> None:
    bus = library.buses[1]
    library.session.add(VehicleAbsence(vehicle_id=bus.id, first_day=MONDAY, last_day=TUESDAY, reason="Vào xưởng"))
    library.session.flush()
    days = library.weeks()[0].days
    assert [day.cells[1].closed for day in days] == ["Vào xưởng", "Vào xưởng", "", "", ""]
    assert not any(day.cells[0].closed or day.closed for day in days)


def test_a_weekday_on_which_no_bus_drives_is_closed(session: Session) -> None:
    library = Library(session)
    for bus in library.buses:
        bus.weekdays = [0, 2, 4]
    session.flush()
    assert [day.closed for day in library.weeks()[0].days] == ["", "Không chạy", "", "Không chạy", ""]


def test_a_base_without_its_driver_is_short_of_one(session: Session) -> None:
    library = Library(session, crews=1)
    driver = library.drivers[0]
    session.add(StaffAbsence(staff_member_id=driver.id, first_day=TUESDAY, last_day=TUESDAY, reason="Tập huấn"))
    session.flush()
    days = library.weeks()[0].days
    assert (days[0].closed, days[1].closed) == ("", "Thiếu lái xe")


def test_saturday_is_a_column_only_when_it_is_used(library: Library) -> None:
    assert len(library.weeks()[0].days) == 5
    library.special(SATURDAY, CalendarKind.MADE_UP_DAY, "Làm bù ngày 01/03")
    days = library.weeks()[0].days
    assert len(days) == 6
    assert days[5].note.startswith("Làm bù")
    assert not days[5].closed


def test_part_of_a_board_keeps_the_numbers_of_its_weeks(library: Library) -> None:
    day = MONDAY + timedelta(days=16)
    assert [week.number for week in boards.board(library.session, library.plan.id, first=day, last=day)] == [3]


def test_the_day_sheet_tells_the_way_home_and_the_hosts_hours(library: Library) -> None:
    make_visit(library.session, plan=library.plan, vehicle=library.buses[0], day=TUESDAY, needs=[library.need])
    (sheet,) = boards.day_sheets(library.session, library.plan.id, TUESDAY)
    (stop,) = sheet.stops
    assert (sheet.home_drive_s, sheet.home_distance_m) == (900, 10_000)
    assert (stop.window_start_s, stop.window_end_s) == (27_000, 37_800)
    assert (sheet.start.name, sheet.overnight, sheet.trip_days) == ("Cơ sở Nha Trang", False, 1)
    assert sheet.crew == ("1 lái xe", "2 thủ thư")


def test_period_sheets_keep_to_the_days_asked_for(library: Library) -> None:
    for day in (MONDAY, TUESDAY, FRIDAY):
        make_visit(library.session, plan=library.plan, vehicle=library.buses[0], day=day, needs=[library.need])
    sheets = boards.period_sheets(library.session, library.plan.id, first=TUESDAY, last=FRIDAY)
    assert [sheet.day for sheet in sheets] == [TUESDAY, FRIDAY]
    assert boards.used_days(library.session, library.plan.id) == (MONDAY, TUESDAY, FRIDAY)


def test_a_plan_without_timetable_wants_what_its_needs_ask_for(library: Library) -> None:
    assert (boards.plan_row(library.session, library.plan.id).visits, library.need.quota) == (0, 3)
    assert boards.plan_row(library.session, library.plan.id).wanted == 3


def test_figures_are_counted_from_the_tours(library: Library) -> None:
    session, plan = library.session, library.plan
    make_visit(session, plan=plan, vehicle=library.buses[0], day=TUESDAY, needs=[library.need])
    make_visit(session, plan=plan, vehicle=library.buses[0], day=FRIDAY, needs=[library.need])
    session.add(UnservedNeed(plan_id=plan.id, need_id=library.need.id, missing=1, reasons=[]))
    session.flush()
    figures = boards.plan_figures(session, plan.id)
    assert (figures.visits, figures.wanted, figures.tours, figures.sites_reached) == (2, 3, 2, 1)
    assert (figures.distance_m, figures.drive_s, figures.service_s) == (40_000, 3600, 2 * 7200)
    assert figures.longest_day_s == 5 * 3600 + 1800
    assert [(share.vehicle.sign, share.visits, share.work_s) for share in figures.shares] == [
        (1, 2, 2 * 19_800),
        (2, 0, 0),
    ]
    assert (figures.weeks, figures.busiest_week_s, figures.quietest_week_s) == (1, 2 * 19_800, 2 * 19_800)


def test_figures_tell_the_busiest_and_the_quietest_week(library: Library) -> None:
    """Two days of one week, one of the next; weeks without a vehicle out do not count."""
    for day in (TUESDAY, FRIDAY, FRIDAY + timedelta(days=7)):
        make_visit(library.session, plan=library.plan, vehicle=library.buses[0], day=day, needs=[library.need])
    figures = boards.plan_figures(library.session, library.plan.id)
    assert (figures.weeks, figures.busiest_week_s, figures.quietest_week_s) == (2, 2 * 19_800, 19_800)


def test_unserved_needs_come_with_reasons_in_the_readers_language(library: Library) -> None:
    reasons = [
        {"code": "spacing", "details": {"days": 4, "min_gap_days": 30}},
        {"code": "full", "details": {"days": 2}},
        near_to_json(NearMiss(Hurdle.SHIFT, 1080, str(library.buses[0].id), MONDAY)),
    ]
    session, plan = library.session, library.plan
    session.add(UnservedNeed(plan_id=plan.id, need_id=library.need.id, missing=2, reasons=reasons))
    session.flush()
    (row,) = boards.unserved(session, plan.id)
    assert (row.site_name, row.missing, row.quota, row.codes) == ("Trường Tiểu học Diên Thọ", 2, 3, ("spacing", "full"))
    assert "ít nhất 30 ngày" in row.reasons[0]
    (near,) = row.nearest
    assert (near.rule, near.amount, near.day, near.vehicle.id) == ("shift", 1080, MONDAY, library.buses[0].id)
    assert near.text.startswith("Thứ Hai, 01/03/2027")


def test_the_list_shows_the_latest_period_first_and_the_run_that_works(library: Library) -> None:
    session = library.session
    later = make_plan(session, name="Sau", period=Period(date(2027, 6, 15), date(2027, 12, 14)))
    run = Run(organisation_id=later.organisation_id, plan_id=later.id, state=RunState.RUNNING)
    session.add(run)
    session.flush()
    rows = boards.list_plans(session)
    assert [(row.name, row.run_id) for row in rows] == [("Sau", run.id), ("Kế hoạch thử", None)]


def test_a_run_counts_those_before_it_and_its_own_seconds(library: Library) -> None:
    session, plan = library.session, library.plan
    now = datetime(2027, 2, 1, 3, 0, 30, tzinfo=UTC)
    first = Run(
        organisation_id=plan.organisation_id, plan_id=plan.id, state=RunState.RUNNING, started_at=now.replace(second=0),
        limit_s=60.0, phase="days", curve=[[2.0, 7, 90_000, 5000], [9.5, 9, 80_000, 4000]], problem={"wanted": 12},
    )  # fmt: skip
    second = Run(organisation_id=plan.organisation_id, plan_id=plan.id, state=RunState.QUEUED)
    session.add_all([first, second])
    session.flush()
    view = boards.run_view(session, first.id, now=now)
    assert (view.elapsed_s, view.wanted, view.phase) == (30.0, 12, "days")
    assert view.best is not None
    assert (view.best.visits, view.best.distance_m) == (9, 80_000)
    assert boards.run_view(session, second.id, now=now).queue_position == 1


def test_the_number_of_statements_does_not_grow_with_the_plan(library: Library) -> None:
    session, plan = library.session, library.plan

    def statements() -> int:
        session.flush()
        session.expire_all()
        seen: list[str] = []

        def note(_c: object, _cursor: object, text: str, *_rest: object) -> None:
            seen.append(text)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            boards.board(session, plan_id)
            boards.period_sheets(session, plan_id)
            boards.plan_figures(session, plan_id)
            boards.unserved(session, plan_id)
            boards.list_plans(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    plan_id = plan.id
    make_visit(session, plan=plan, vehicle=library.buses[0], day=MONDAY, needs=[library.need])
    few = statements()
    for offset in range(1, 20):
        site = make_site(session, base=library.base, name=f"Trường Tiểu học Số {offset}", need=1)
        need = make_need(session, site=site)
        day = MONDAY + timedelta(days=offset)
        make_visit(session, plan=plan, vehicle=library.buses[1], day=day, needs=[need])
        session.add(
            UnservedNeed(plan_id=plan.id, need_id=need.id, missing=1, reasons=[{"code": "time", "details": {}}])
        )
    assert statements() == few


def test_an_unknown_plan_is_not_found(session: Session) -> None:
    for question in (boards.board, boards.plan_row, boards.plan_figures, boards.unserved):
        with pytest.raises(NotFound):
            question(session, 999)
    with pytest.raises(NotFound):
        boards.run_view(session, 999, now=datetime(2027, 1, 1, tzinfo=UTC))


def test_board_holds_on_both_databases(both_session: Session) -> None:
    library = Library(both_session)
    make_visit(both_session, plan=library.plan, vehicle=library.buses[0], day=TUESDAY, needs=[library.need])
    assert library.weeks()[0].visits == 1
    assert boards.plan_figures(both_session, library.plan.id).visits == 1
    assert boards.list_plans(both_session)[0].wanted == 1
    assert len(boards.period_sheets(both_session, library.plan.id)) == 1

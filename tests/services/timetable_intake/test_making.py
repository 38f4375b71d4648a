"""A timetable becomes a plan: each visit where it was written, matched with needs, judged and kept as it is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotAllowed
from outreach.domain.roles import Role
from outreach.domain.times import HalfYearKind, Period
from outreach.domain.visits import PlanOrigin, PlanState, Post, ServiceKind
from outreach.routing.solution import RuleName
from outreach.services import audit, boards
from outreach.services.reasons import breach_from_json
from outreach.services.timetable_intake.making import ASKED_BY, PlanMade, plan_from_rows
from outreach.services.timetable_intake.rows import VisitRow, in_order, period_of
from outreach.store.calendars import CalendarDay
from outreach.store.fleet import Vehicle
from outreach.store.plans import Plan, Stop, Tour, UnservedNeed
from outreach.store.sites import Need, Site
from tests.factories import (
    FOUR_WEEKS,
    MONDAY,
    make_actor,
    make_base,
    make_need,
    make_record,
    make_site,
    make_small_province,
    make_staff,
    make_vehicle,
)

H = 3600
TUESDAY = MONDAY + timedelta(days=1)


class Library:
    """A small province and its sheet: `row` writes a visit of a site by its place in the register, from 0."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.planned = make_small_province(session)
        self.sites = session.scalars(select(Site).order_by(Site.id)).all()
        self.bus = session.scalars(select(Vehicle)).one()
        self.rows: list[VisitRow] = []

    def row(self, site: int, day: date, start: float | None, minutes: int | None = 120, **more: object) -> VisitRow:
        made = VisitRow(
            number=len(self.rows) + 2,
            day=day,
            vehicle_id=self.bus.id,
            site_id=self.sites[site].id,
            start_s=None if start is None else int(start * H),
            service_s=None if minutes is None else minutes * 60,
            **more,
        )
        self.rows.append(made)
        return made

    def make(self, *, period: Period | None = FOUR_WEEKS) -> PlanMade:
        return plan_from_rows(self.session, make_actor(self.session), self.rows, name="Lịch đang dùng", period=period)

    def stops(self, plan_id: int) -> list[tuple[date, int, int, int, int]]:
        rows = self.session.execute(
            select(Tour.day, Stop.site_id, Stop.start_s, Stop.end_s, Stop.need_id)
            .join(Tour, Tour.id == Stop.tour_id)
            .where(Tour.plan_id == plan_id)
            .order_by(Tour.day, Stop.position)
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def library(session: Session) -> Library:
    return Library(session)


def rules(made: PlanMade) -> list[RuleName]:
    return [breach.rule for breach in made.breaches]


def test_a_sound_timetable_becomes_a_draft_without_breaches(both_session: Session) -> None:
    library = Library(both_session)
    library.row(0, MONDAY, 7.5)
    library.row(1, MONDAY, 13.75)
    library.row(0, TUESDAY, 8)
    made = library.make()
    assert made.breaches == ()
    assert made.needs_made == ()
    plan = both_session.get(Plan, made.plan_id)
    assert (plan.state, plan.origin, plan.breaches) == (PlanState.DRAFT, PlanOrigin.SHEET, [])
    wanted = dict(both_session.execute(select(Need.site_id, Need.id)).all())
    assert library.stops(plan.id) == [
        (MONDAY, library.sites[0].id, 27_000, 34_200, wanted[library.sites[0].id]),
        (MONDAY, library.sites[1].id, 49_500, 56_700, wanted[library.sites[1].id]),
        (TUESDAY, library.sites[0].id, 28_800, 36_000, wanted[library.sites[0].id]),
    ]
    assert plan.figures["visits"] == made.figures.visits == 3
    assert made.figures.wanted == 12
    (tour,) = both_session.scalars(select(Tour).where(Tour.day == MONDAY))
    assert tour.lunch_start_s is not None
    left = both_session.scalar(select(func.sum(UnservedNeed.missing)).where(UnservedNeed.plan_id == plan.id))
    assert left == 9
    codes = {reason["code"] for row in both_session.scalars(select(UnservedNeed)) for reason in row.reasons}
    assert codes == {"left-out"}  # the other days of four weeks would take them


def test_what_a_timetable_breaks_is_kept_and_its_times_stay(library: Library) -> None:
    library.row(0, MONDAY, 6.5)
    library.row(1, MONDAY, 7.5)  # overlaps
    library.row(2, MONDAY + timedelta(days=6), 8)  # a Sunday
    made = library.make()
    plan = library.session.get(Plan, made.plan_id)
    assert [(day, start) for day, _, start, *_ in library.stops(plan.id)] == [
        (MONDAY, 23_400),
        (MONDAY, 27_000),
        (MONDAY + timedelta(days=6), 28_800),
    ]
    assert tuple(breach_from_json(raw) for raw in plan.breaches) == made.breaches
    assert {RuleName.LATE, RuleName.OUTSIDE_WINDOW, RuleName.VEHICLE_AWAY} <= set(rules(made))
    assert RuleName.WRONG_DRIVE not in rules(made)
    assert RuleName.WRONG_COUNT not in rules(made)


def test_visits_beyond_the_quota_get_a_need_that_says_where_it_comes_from(library: Library) -> None:
    for week in range(4):  # the site asks for two
        library.row(0, MONDAY + timedelta(days=7 * week), 8, 90)
    made = library.make()
    (number,) = made.needs_made
    need = library.session.get(Need, number)
    assert (need.site_id, need.quota, need.minutes, need.asked_by) == (library.sites[0].id, 2, 90, ASKED_BY)
    assert Period(need.first_day, need.last_day) == FOUR_WEEKS
    # the register's own need, two hours long, has the first two visits; the judge says that they are short
    assert [need_id == number for *_, need_id in library.stops(made.plan_id)] == [False, False, True, True]
    assert rules(made) == [RuleName.SHORT_SERVICE, RuleName.SHORT_SERVICE]


def test_a_site_that_asked_for_nothing_comes_in_all_the_same(library: Library) -> None:
    quiet = make_site(library.session, name="Trường THCS Suối Tiên", need=0)
    library.sites = [quiet]
    library.row(0, MONDAY, 8, None)
    made = library.make()
    need = library.session.get(Need, made.needs_made[0])
    assert (need.quota, need.minutes) == (1, 120)
    assert made.breaches == ()


def test_a_second_import_meets_the_needs_that_the_first_one_made(library: Library) -> None:
    for week in range(4):
        library.row(0, MONDAY + timedelta(days=7 * week), 8)
    assert len(library.make().needs_made) == 1
    second = library.make()
    assert second.needs_made == ()
    assert second.breaches == ()


def test_another_service_is_another_need(library: Library) -> None:
    library.row(0, MONDAY, 8)
    library.row(0, TUESDAY, 8, service=ServiceKind.ROTATION)
    made = library.make()
    need = library.session.get(Need, made.needs_made[0])
    assert (need.service, need.quota) == (ServiceKind.ROTATION, 1)


def test_needs_that_end_first_are_met_first(library: Library) -> None:
    site = make_site(library.session, name="Trường THCS Suối Tiên", need=0)
    library.sites = [site]
    late = make_need(library.session, site=site, period=Period(MONDAY, FOUR_WEEKS.last))
    soon = make_need(library.session, site=site, period=Period(MONDAY, MONDAY + timedelta(days=7)))
    library.row(0, MONDAY, 8)
    library.row(0, MONDAY + timedelta(days=14), 8)
    made = library.make()
    assert made.needs_made == ()
    assert [need_id for *_, need_id in library.stops(made.plan_id)] == [soon.id, late.id]


def test_twice_on_one_day_goes_to_two_needs(library: Library) -> None:
    site = make_site(library.session, name="Trường THCS Suối Tiên", need=0)
    library.sites = [site]
    library.row(0, MONDAY, 7.5, 60)
    library.row(0, MONDAY, 14, 60)
    made = library.make()
    assert len(made.needs_made) == 2
    assert made.breaches == ()


def test_a_need_used_up_before_the_period_is_not_met_again(library: Library) -> None:
    site = make_site(library.session, name="Trường THCS Suối Tiên", need=0)
    long = Period(date(2027, 1, 4), FOUR_WEEKS.last)
    make_need(library.session, site=site, quota=1, period=long, minutes=45)
    make_record(library.session, site=site, day=date(2027, 1, 11))
    library.sites = [site]
    library.row(0, MONDAY, 8, None)
    made = library.make()
    need = library.session.get(Need, made.needs_made[0])
    assert need.minutes == 45  # as that site's visits usually last


def test_visits_without_times_follow_the_rows(library: Library) -> None:
    library.row(2, MONDAY, None, None)
    library.row(0, MONDAY, None, None)
    made = library.make()
    assert [site_id for _, site_id, *_ in library.stops(made.plan_id)] == [library.sites[2].id, library.sites[0].id]
    assert made.breaches == ()


def test_a_british_day_of_seven_short_stops_holds(library: Library) -> None:
    """15 or 20 minutes in each village, a few kilometres apart, with an hour for lunch."""
    base = make_base(library.session, name="Cơ sở Wiltshire", at=(51.35, -1.99))
    bus = make_vehicle(library.session, base=base, sign=9)
    places = [(51.35 + 0.02 * i, -1.95) for i in range(7)]
    open_hours = ((9 * H, 17 * H),)
    villages = [make_site(library.session, name="Làng", base=base, at=at, windows=open_hours) for at in places]
    starts = [(9, 30), (9, 55), (10, 25), (11, 0), (12, 40), (13, 15), (13, 45)]
    rows = [
        VisitRow(
            number=i + 2,
            day=MONDAY,
            vehicle_id=bus.id,
            site_id=villages[i].id,
            start_s=h * H + m * 60,
            service_s=(20 if i % 3 == 1 else 15) * 60,
        )
        for i, (h, m) in enumerate(starts)
    ]
    for post in (Post.DRIVER, Post.LIBRARIAN, Post.LIBRARIAN):
        make_staff(library.session, base=base, post=post)
    made = plan_from_rows(library.session, make_actor(library.session), rows, name="Wiltshire", period=FOUR_WEEKS)
    assert made.breaches == ()
    assert made.figures.visits == 7
    sheet = boards.day_sheets(library.session, made.plan_id, MONDAY)[0]
    assert [(stop.start_s // 60, (stop.end_s - stop.start_s) // 60) for stop in sheet.stops] == [
        (h * 60 + m, 20 if i % 3 == 1 else 15) for i, (h, m) in enumerate(starts)
    ]


def test_a_holiday_is_a_breach_even_before_the_calendar_was_opened(library: Library) -> None:
    """30 April 2027 is a Friday and a holiday; the calendar of the library is still empty."""
    assert library.session.scalar(select(func.count(CalendarDay.id))) == 0
    library.row(0, date(2027, 4, 30), 8)
    made = library.make(period=None)
    assert RuleName.DAY_OFF in rules(made)


def test_the_log_says_what_came_in(library: Library) -> None:
    library.row(0, MONDAY, 5)
    made = library.make()
    lines, _ = audit.list_audit(library.session, subject_kind="plan", subject_id=made.plan_id)
    assert [line.deed for line in lines] == ["Nhập lịch đang dùng thành kế hoạch", "Lập kế hoạch"]
    assert ("số buổi", "0", "1") in lines[0].changes


def test_only_planners_bring_timetables_in(library: Library) -> None:
    library.row(0, MONDAY, 8)
    with pytest.raises(NotAllowed):
        plan_from_rows(library.session, make_actor(library.session, Role.OFFICE), library.rows, name="Lịch")


def test_a_site_or_bus_out_of_use_is_refused_with_its_row(library: Library) -> None:
    row = library.row(0, MONDAY, 8)
    library.sites[0].active = False
    library.session.flush()
    with pytest.raises(InvalidValue, match="dòng 2: điểm này"):
        library.make()
    library.sites[0].active = True
    library.session.flush()
    library.rows = [replace(row, vehicle_id=9999)]
    with pytest.raises(InvalidValue, match="dòng 2: xe này"):
        library.make()


def test_an_empty_timetable_is_refused(library: Library) -> None:
    with pytest.raises(InvalidValue, match="không có buổi nào"):
        library.make()


# ---- the period


def day_row(day: date, number: int = 2) -> VisitRow:
    return VisitRow(number=number, day=day, vehicle_id=1, site_id=1)


def test_the_period_is_the_half_years_touched() -> None:
    rows = [day_row(date(2027, 1, 11)), day_row(date(2027, 3, 1), 3)]
    assert period_of(rows, HalfYearKind.ADMINISTRATIVE) == Period(date(2026, 12, 15), date(2027, 6, 14))
    assert period_of(rows, HalfYearKind.CALENDAR) == Period(date(2027, 1, 1), date(2027, 6, 30))
    both = [*rows, day_row(date(2027, 7, 5), 4)]
    assert period_of(both, HalfYearKind.ADMINISTRATIVE) == Period(date(2026, 12, 15), date(2027, 12, 14))


def test_the_days_of_the_sheet_alone_are_a_period_too() -> None:
    rows = [day_row(date(2027, 3, 1)), day_row(date(2027, 1, 11), 3)]
    assert period_of(rows, HalfYearKind.CALENDAR, whole=False) == Period(date(2027, 1, 11), date(2027, 3, 1))


def test_a_slip_of_the_year_names_both_rows() -> None:
    rows = [day_row(date(2027, 3, 1)), day_row(date(2029, 3, 1), 17)]
    with pytest.raises(InvalidValue, match=r"01/03/2027 \(dòng 2\) tới 01/03/2029 \(dòng 17\)"):
        period_of(rows, HalfYearKind.CALENDAR)


def test_rows_are_ordered_by_time_only_where_all_have_one() -> None:
    starts = ((2, 30_000), (3, 28_000), (4, 40_000))
    first, second, third = (VisitRow(number=n, day=MONDAY, vehicle_id=1, site_id=n, start_s=s) for n, s in starts)
    assert in_order([first, third, second]) == [second, first, third]
    assert in_order([third, replace(second, start_s=None), first]) == [first, replace(second, start_s=None), third]

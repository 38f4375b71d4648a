"""Holidays as a first draft, rows a person may edit, and what the planner must keep free."""

from datetime import date

import pytest
from sqlalchemy import select

from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind
from outreach.services.calendars import closures, public_holidays, seed_holidays, special_days
from outreach.store.calendars import CalendarDay
from outreach.store.session import GuardError
from tests.factories import make_organisation


def _names(year: int) -> dict[date, CalendarKind]:
    return {special.day: special.kind for special in public_holidays([year])}


def test_public_holidays_of_2026_hold_tet_book_swap_and_culture_day():
    days = _names(2026)
    for day in range(16, 21):
        assert days[date(2026, 2, day)] is CalendarKind.HOLIDAY
    assert days[date(2026, 4, 27)] is CalendarKind.HOLIDAY  # in lieu of Sunday 26/4
    assert days[date(2026, 8, 31)] is CalendarKind.SWAP_DAY
    assert days[date(2026, 8, 22)] is CalendarKind.MADE_UP_DAY  # the Saturday worked for it
    assert days[date(2026, 11, 24)] is CalendarKind.HOLIDAY


def test_public_holidays_of_2027_hold_tet_and_the_day_in_lieu():
    days = _names(2027)
    assert all(date(2027, 2, day) in days for day in range(4, 11))
    assert date(2027, 4, 16) in days
    assert date(2027, 5, 3) in days  # in lieu of Saturday 1/5
    assert {date(2027, 9, 2), date(2027, 9, 3)} <= days.keys()


def test_seed_holidays_twice_adds_nothing_and_keeps_what_was_edited(session):
    owner = session.info["organisation_id"]
    assert seed_holidays(session, owner, [2027]) > 10
    first = session.scalar(select(CalendarDay).where(CalendarDay.day == date(2027, 1, 1)))
    first.name = "Nghỉ Tết Dương lịch (sửa tay)"
    session.flush()
    assert seed_holidays(session, owner, [2027]) == 0
    (kept,) = special_days(session, Period(date(2027, 1, 1), date(2027, 1, 1)))
    assert kept.name == "Nghỉ Tết Dương lịch (sửa tay)"


def _add(session, kind: CalendarKind, *days: date, name: str = "Nghỉ") -> None:
    for day in days:
        session.add(CalendarDay(organisation_id=session.info["organisation_id"], day=day, kind=kind, name=name))
    session.flush()


def test_closures_stop_vehicles_on_holidays_and_close_schools_in_exams(both_session):
    _add(both_session, CalendarKind.HOLIDAY, date(2027, 1, 1), name="Tết Dương lịch")
    _add(both_session, CalendarKind.EXAM, *(date(2027, 1, day) for day in range(4, 9)), name="Kiểm tra")
    _add(both_session, CalendarKind.CAMPAIGN, date(2027, 1, 12), name="Ngày hội sách")
    _add(both_session, CalendarKind.MADE_UP_DAY, date(2027, 1, 16), name="Làm bù")
    holiday, exam = closures(both_session, Period(date(2027, 1, 1), date(2027, 1, 31)))
    assert (holiday.site_kinds, holiday.stops_vehicles) == (None, True)
    assert exam.period == Period(date(2027, 1, 4), date(2027, 1, 8))
    assert not exam.stops_vehicles
    assert "school_primary" in exam.site_kinds
    assert "border_post" not in exam.site_kinds


def test_closures_are_cut_to_the_period(session):
    _add(session, CalendarKind.SCHOOL_BREAK, *(date(2027, 2, day) for day in range(1, 15)))
    (found,) = closures(session, Period(date(2027, 2, 10), date(2027, 2, 28)))
    assert found.period == Period(date(2027, 2, 10), date(2027, 2, 14))


def test_closures_of_another_library_are_not_ours(house):
    with house.session(everywhere=True) as start:
        ours, theirs = make_organisation(start), make_organisation(start, name="Thư viện khác")
        seed_holidays(start, theirs.id, [2027])
    year = Period(date(2027, 1, 1), date(2027, 12, 31))
    with house.session(organisation_id=ours.id, write=False) as session:
        assert closures(session, year) == ()
    with house.session(organisation_id=theirs.id, write=False) as session:
        assert closures(session, year)


def test_closures_without_an_organisation_are_refused(house):
    session = house.open_session()
    with pytest.raises(GuardError, match="organisation"):
        closures(session, Period(date(2027, 1, 1), date(2027, 1, 2)))
    session.close()

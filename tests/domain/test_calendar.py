"""Special days and terms: whom a day closes and which days are worked."""

from datetime import date

import pytest

from outreach.domain.calendar import (
    SpecialDay,
    TermSpan,
    closed_site_kinds,
    overlap,
    stretches,
    term_periods,
    working_days,
)
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind

WEEK = Period(date(2026, 8, 17), date(2026, 8, 23))  # Monday to Sunday


def test_working_days_are_monday_to_friday_when_nothing_is_special():
    assert working_days(WEEK, ()) == tuple(date(2026, 8, day) for day in range(17, 22))


def test_working_days_include_the_saturday_made_up_for():
    made_up = SpecialDay(date(2026, 8, 22), CalendarKind.MADE_UP_DAY, "Làm bù")
    assert working_days(WEEK, [made_up])[-1] == date(2026, 8, 22)


@pytest.mark.parametrize("kind", [CalendarKind.HOLIDAY, CalendarKind.SWAP_DAY])
def test_working_days_leave_out_holidays_and_swapped_days(kind):
    special = SpecialDay(date(2026, 8, 19), kind, "Nghỉ")
    assert date(2026, 8, 19) not in working_days(WEEK, [special])


@pytest.mark.parametrize("kind", [CalendarKind.SCHOOL_BREAK, CalendarKind.EXAM, CalendarKind.CAMPAIGN])
def test_working_days_keep_days_that_close_schools_only(kind):
    special = SpecialDay(date(2026, 8, 19), kind, "Trường nghỉ")
    assert len(working_days(WEEK, [special])) == 5


def test_closed_site_kinds_name_everybody_schools_or_nobody():
    assert closed_site_kinds(CalendarKind.HOLIDAY) is None
    assert closed_site_kinds(CalendarKind.SWAP_DAY) is None
    schools = closed_site_kinds(CalendarKind.EXAM)
    assert schools is not None
    assert "school_primary" in schools
    assert "commune_library" not in schools
    assert closed_site_kinds(CalendarKind.CAMPAIGN) == frozenset()
    assert closed_site_kinds(CalendarKind.MADE_UP_DAY) == frozenset()


def test_stretches_join_consecutive_days_of_one_name():
    exams = [SpecialDay(date(2027, 1, day), CalendarKind.EXAM, "Kiểm tra") for day in (4, 5, 6, 8)]
    holiday = SpecialDay(date(2027, 1, 1), CalendarKind.HOLIDAY, "Tết Dương lịch")
    periods = [(s.period.first.day, s.period.last.day, s.name) for s in stretches([*exams, holiday])]
    assert periods == [(1, 1, "Tết Dương lịch"), (4, 6, "Kiểm tra"), (8, 8, "Kiểm tra")]


def test_stretches_keep_two_names_on_neighbouring_days_apart():
    days = [
        SpecialDay(date(2027, 9, 2), CalendarKind.HOLIDAY, "Quốc khánh"),
        SpecialDay(date(2027, 9, 3), CalendarKind.HOLIDAY, "Nghỉ bù"),
    ]
    assert len(stretches(days)) == 2


TERMS = (
    TermSpan("term", Period(date(2026, 9, 5), date(2027, 1, 17))),
    TermSpan("term", Period(date(2027, 1, 18), date(2027, 5, 31))),
    TermSpan("summer", Period(date(2027, 6, 1), date(2027, 8, 31))),
)
HALF_YEAR = Period(date(2026, 12, 15), date(2027, 6, 14))


def test_term_periods_cut_terms_to_the_plan():
    assert term_periods("term", TERMS, HALF_YEAR) == (
        Period(date(2026, 12, 15), date(2027, 1, 17)),
        Period(date(2027, 1, 18), date(2027, 5, 31)),
    )
    assert term_periods("summer", TERMS, HALF_YEAR) == (Period(date(2027, 6, 1), date(2027, 6, 14)),)


def test_term_periods_of_a_window_for_all_year_are_the_whole_plan():
    assert term_periods("", (), HALF_YEAR) == (HALF_YEAR,)


def test_term_periods_are_none_when_no_term_is_known():
    assert term_periods("term", (), HALF_YEAR) == ()


def test_overlap_is_none_when_periods_do_not_meet():
    assert overlap(TERMS[0].period, TERMS[2].period) is None

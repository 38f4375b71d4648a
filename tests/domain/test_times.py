"""Periods and half-years."""

from datetime import date

import pytest

from outreach.domain.times import HalfYear, HalfYearKind, Period, TimeWindow, half_year_of


@pytest.mark.parametrize(
    ("day", "year", "half"),
    [
        (date(2026, 12, 14), 2026, 2),
        (date(2026, 12, 15), 2027, 1),
        (date(2027, 6, 14), 2027, 1),
        (date(2027, 6, 15), 2027, 2),
        (date(2028, 2, 29), 2028, 1),
    ],
)
def test_half_year_of_follows_the_administrative_cut_offs(day, year, half):
    assert half_year_of(day) == HalfYear(year, half)


def test_half_year_of_a_calendar_year_begins_in_january():
    assert half_year_of(date(2026, 12, 31), HalfYearKind.CALENDAR).half == 2
    assert half_year_of(date(2027, 1, 1), HalfYearKind.CALENDAR).period.last == date(2027, 6, 30)


def test_half_years_follow_each_other_without_a_gap():
    half_year = HalfYear(2026, 2)
    assert half_year.next().previous() == half_year
    assert (half_year.next().period.first - half_year.period.last).days == 1


def test_period_counts_both_ends():
    period = Period(date(2028, 2, 28), date(2028, 3, 1))
    assert len(period) == len(list(period.days())) == 3
    assert date(2028, 2, 29) in period


def test_period_refuses_an_end_before_its_beginning():
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2027, 1, 2), date(2027, 1, 1))


def test_time_window_refuses_to_be_empty_or_to_leave_the_day():
    with pytest.raises(ValueError, match="inside one day"):
        TimeWindow(3600, 3600)
    with pytest.raises(ValueError, match="inside one day"):
        TimeWindow(0, 90_000)

"""Figures of a period counted from records: what counts, and in which month."""

from datetime import date

from sqlalchemy.orm import Session

from outreach.domain.times import Period
from outreach.domain.visits import VisitOutcome
from outreach.services.visit_counts import monthly_counts, visit_counts
from tests.factories import make_record, make_site

HALF_YEAR = Period(date(2026, 12, 15), date(2027, 6, 14))


def test_only_checked_visits_that_took_place_count(both_session: Session):
    site = make_site(both_session)
    day = date(2027, 3, 1)
    make_record(both_session, site=site, day=day, readers_child=80, readers_adult=None, items=100)
    make_record(both_session, site=site, day=day, readers_child=None, readers_adult=7, outcome=VisitOutcome.PART)
    make_record(both_session, site=site, day=day, readers_child=999, checked=False)
    for outcome in (VisitOutcome.CANCELLED, VisitOutcome.MOVED):
        make_record(both_session, site=site, day=day, readers_child=999, outcome=outcome)
    found = visit_counts(both_session, HALF_YEAR)
    assert (found.visits, found.readers_child, found.readers_adult, found.readers) == (2, 80, 7, 87)
    assert (found.items, found.sites) == (100, 1)


def test_months_are_cut_to_the_period_and_add_up(both_session: Session):
    site = make_site(both_session)
    for day in (date(2026, 12, 14), date(2026, 12, 15), date(2027, 1, 31), date(2027, 6, 14), date(2027, 6, 15)):
        make_record(both_session, site=site, day=day)
    months = monthly_counts(both_session, HALF_YEAR)
    assert [month.period for month in months][:2] == [
        Period(date(2026, 12, 15), date(2026, 12, 31)), Period(date(2027, 1, 1), date(2027, 1, 31)),
    ]  # fmt: skip
    assert [month.visits for month in months] == [1, 1, 0, 0, 0, 0, 1]
    assert sum(month.visits for month in months) == visit_counts(both_session, HALF_YEAR).visits


def test_the_same_month_of_two_years_is_two_months(both_session: Session):
    site = make_site(both_session)
    make_record(both_session, site=site, day=date(2026, 1, 5))
    months = monthly_counts(both_session, Period(date(2026, 1, 1), date(2027, 1, 31)))
    assert (len(months), months[0].visits, months[-1].visits) == (13, 1, 0)


def test_nothing_recorded_is_nought(session: Session):
    found = visit_counts(session, HALF_YEAR)
    assert (found.visits, found.readers, found.items, found.sites) == (0, 0, 0, 0)

"""The calendar by hand: a year with its stretches, days added, changed and swapped, and nothing silently lost."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotAllowed, NotFound, StaleEdit
from outreach.domain.roles import Role
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind
from outreach.services import calendar_pages as pages
from outreach.services.school_years import Line, propose, save_proposal
from outreach.store.audit import AuditEntry
from outreach.store.calendars import CalendarDay, Term
from tests.domain.test_school_years import DECISION
from tests.factories import make_actor

TET = Period(date(2027, 2, 1), date(2027, 2, 14))


def add(session: Session, period: Period = TET, *, kind: CalendarKind = CalendarKind.SCHOOL_BREAK,
        name: str = "Nghỉ Tết", source: str = "QĐ 1") -> pages.Added:  # fmt: skip
    return pages.add_stretch(session, make_actor(session), period, kind=kind, name=name, source=source)


def only_stretch(session: Session, year: int = 2027) -> pages.Stretch:
    (stretch,) = pages.year_page(session, year).stretches
    return stretch


def test_a_stretch_is_one_line_of_its_year_and_marks_each_of_its_days(both_session: Session):
    assert add(both_session).new == 14
    page = pages.year_page(both_session, 2027)
    assert [(one.period, one.name, one.source) for one in page.stretches] == [(TET, "Nghỉ Tết", "QĐ 1")]
    assert set(page.marks) == set(TET.days())
    assert [len(month.weeks) for month in page.months[:2]] == [5, 4]
    assert page.months[0].weeks[0][:5] == (None, None, None, None, date(2027, 1, 1))


def test_days_that_are_there_stay_and_are_told(both_session: Session):
    add(both_session, Period(date(2027, 2, 3), date(2027, 2, 4)), name="Có trước")
    added = add(both_session)
    assert (added.new, added.there) == (12, (date(2027, 2, 3), date(2027, 2, 4)))
    names = both_session.scalars(select(CalendarDay.name).where(CalendarDay.day == date(2027, 2, 3))).all()
    assert list(names) == ["Có trước"]


def test_a_stretch_keeps_its_days_when_it_moves_and_grows(both_session: Session):
    add(both_session)
    before = only_stretch(both_session)
    period = Period(date(2027, 1, 28), date(2027, 2, 10))
    after = pages.change_stretch(
        both_session, make_actor(both_session), before.id, seen=before.seen, period=period,
        kind=CalendarKind.HOLIDAY, name="Tết", source="QĐ 2",
    )  # fmt: skip
    assert (after.period, after.kind, after.name, after.source) == (period, CalendarKind.HOLIDAY, "Tết", "QĐ 2")
    assert only_stretch(both_session) == after
    entry = both_session.scalars(select(AuditEntry).where(AuditEntry.deed == "change-calendar-days")).one()
    assert entry.changes["day"] == ["01/02/2027 - 14/02/2027", "28/01/2027 - 10/02/2027"]


def test_a_stretch_that_somebody_changed_meanwhile_is_left_alone(session: Session):
    add(session)
    before = only_stretch(session)
    actor = make_actor(session)
    same = {"period": TET, "kind": CalendarKind.SCHOOL_BREAK, "source": "QĐ 1"}
    pages.change_stretch(session, actor, before.id, seen=before.seen, name="Của họ", **same)
    with pytest.raises(StaleEdit):
        pages.change_stretch(session, actor, before.id, seen=before.seen, name="Của tôi", **same)
    with pytest.raises(StaleEdit):
        pages.delete_stretch(session, actor, before.id, seen=before.seen)
    assert only_stretch(session).name == "Của họ"


def test_a_stretch_cannot_grow_over_another_of_its_kind(session: Session):
    add(session)
    add(session, Period(date(2027, 2, 20), date(2027, 2, 20)), name="Khác")
    before = pages.year_page(session, 2027).stretches[0]
    with pytest.raises(InvalidValue, match="20/02/2027"):
        pages.change_stretch(
            session, make_actor(session), before.id, seen=before.seen, period=Period(TET.first, date(2027, 2, 20)),
            kind=before.kind, name=before.name, source=before.source,
        )  # fmt: skip
    assert pages.year_page(session, 2027).stretches[0] == before


def test_a_deleted_stretch_is_gone_and_logged(both_session: Session):
    add(both_session)
    before = only_stretch(both_session)
    pages.delete_stretch(both_session, make_actor(both_session), before.id, seen=before.seen)
    assert pages.year_page(both_session, 2027).stretches == ()
    with pytest.raises(NotFound):
        pages.stretch_of(both_session, before.id)
    assert both_session.scalars(select(AuditEntry.deed)).all()[-1] == "delete-calendar-days"


def test_swapped_days_are_a_day_off_and_a_day_worked(session: Session):
    pages.swap_days(session, make_actor(session), off=date(2027, 4, 29), worked=date(2027, 5, 8), source="TB 12")
    found = {one.kind: one.period.first for one in pages.year_page(session, 2027).stretches}
    assert found == {CalendarKind.SWAP_DAY: date(2027, 4, 29), CalendarKind.MADE_UP_DAY: date(2027, 5, 8)}


@pytest.mark.parametrize(
    ("off", "worked", "field"),
    [(date(2027, 4, 29), date(2027, 5, 7), "worked"), (date(2027, 5, 1), date(2027, 5, 8), "off")],
)
def test_a_swap_needs_a_weekday_and_a_weekend_day(session: Session, off: date, worked: date, field: str):
    with pytest.raises(InvalidValue) as refused:
        pages.swap_days(session, make_actor(session), off=off, worked=worked, source="")
    assert refused.value.field == field
    assert pages.year_page(session, 2027).stretches == ()


@pytest.mark.parametrize(
    ("name", "source", "field"), [("", "", "name"), ("x" * 201, "", "name"), ("x", "y" * 201, "source")]
)
def test_a_stretch_without_a_name_or_too_long_is_refused(session: Session, name: str, source: str, field: str):
    with pytest.raises(InvalidValue) as refused:
        add(session, name=name, source=source)
    assert refused.value.field == field


def test_a_stretch_of_more_than_a_year_is_refused(session: Session):
    with pytest.raises(InvalidValue):
        add(session, Period(date(2027, 1, 1), date(2028, 2, 1)))


def test_public_holidays_are_added_once_beside_what_was_edited(both_session: Session):
    actor = make_actor(both_session)
    add(both_session, Period(date(2027, 1, 1), date(2027, 1, 1)), kind=CalendarKind.HOLIDAY, name="Của thư viện")
    missing = pages.year_page(both_session, 2027).holidays_missing
    assert pages.add_public_holidays(both_session, actor, 2027) == missing > 5
    assert pages.add_public_holidays(both_session, actor, 2027) == 0
    page = pages.year_page(both_session, 2027)
    assert page.holidays_missing == 0
    assert page.marks[date(2027, 1, 1)][0].name == "Của thư viện"
    assert all(one.source for one in page.stretches)


def test_who_may_not_edit_registers_changes_no_calendar(session: Session):
    driver = make_actor(session, Role.DRIVER)
    for deed in (
        lambda: pages.add_stretch(session, driver, TET, kind=CalendarKind.EXAM, name="x", source=""),
        lambda: pages.swap_days(session, driver, off=TET.first, worked=TET.last, source=""),
        lambda: pages.add_public_holidays(session, driver, 2027),
        lambda: save_proposal(session, driver, [], source=""),
    ):
        with pytest.raises(NotAllowed):
            deed()


# ---- a school-year decision


def test_a_decision_becomes_terms_and_days_that_name_it(both_session: Session):
    proposal = propose(DECISION)
    wanted = [line for line in proposal.lines if line.target]
    assert [(line.target, line.first, line.last) for line in wanted] == [
        ("term", date(2026, 9, 5), date(2027, 1, 17)),
        ("term", date(2027, 1, 18), date(2027, 5, 30)),
        ("summer", date(2027, 5, 31), date(2027, 8, 21)),
        ("school_break", date(2027, 2, 1), date(2027, 2, 14)),
        ("exam", date(2026, 12, 21), date(2026, 12, 31)),
        ("exam", date(2027, 6, 11), date(2027, 6, 12)),
        ("holiday", date(2027, 4, 16), date(2027, 4, 16)),
    ]
    assert len(proposal.lines) + len(proposal.cited) == 18
    brought = save_proposal(both_session, make_actor(both_session), wanted, source=proposal.source)
    assert (brought.terms, brought.days, brought.there) == (3, 28, 0)
    assert set(both_session.scalars(select(CalendarDay.source))) == {"Quyết định số 2045/QĐ-UBND"}
    again = save_proposal(both_session, make_actor(both_session), wanted, source=proposal.source)
    assert (again.terms, again.days, again.there) == (0, 0, 28)
    assert len(both_session.scalars(select(Term)).all()) == 3


def test_a_term_whose_end_the_decision_leaves_out_asks_for_it():
    (term, *_) = propose("Năm học 2026-2027. Khai giảng ngày 05/9/2026.").lines
    assert (term.target, term.first, term.last) == ("term", date(2026, 9, 5), None)
    assert len(term.notes) == 1


def test_a_faulty_line_is_named_by_its_place_and_nothing_is_written(session: Session):
    good = Line("exam", "Thi", date(2027, 6, 11), date(2027, 6, 12), "")
    for bad, field in (
        (Line("term", "Học kỳ", None, date(2027, 1, 1), ""), "first.1"),
        (Line("term", "Học kỳ", date(2027, 1, 1), None, ""), "last.1"),
        (Line("exam", "Thi", date(2027, 1, 2), date(2027, 1, 1), ""), "last.1"),
        (Line("exam", " ", date(2027, 1, 2), date(2027, 1, 3), ""), "name.1"),
    ):
        with pytest.raises(InvalidValue) as refused:
            save_proposal(session, make_actor(session), [good, bad], source="")
        assert refused.value.field == field
    assert session.scalars(select(CalendarDay)).all() == []

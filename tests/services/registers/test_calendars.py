"""Special days and terms: a stretch becomes days, and a day stands for itself."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.visits import CalendarKind
from outreach.services.registers.calendars import CalendarDays, Terms
from outreach.services.registers.editing import RefusedRecord, save_texts
from outreach.services.registers.lookups import Lookups
from outreach.store.audit import AuditEntry
from outreach.store.calendars import CalendarDay
from tests.factories import make_actor

DAYS, TERMS = CalendarDays(), Terms()
TET = {"day": "05/02/2027", "last_day": "11/02/2027", "kind": "Nghỉ lễ", "name": "Tết Nguyên đán"}


def said(refused: pytest.ExceptionInfo[RefusedRecord]) -> dict[str, str]:
    return {fault.field: str(fault) for fault in refused.value.reading.faults}


def test_a_stretch_of_days_becomes_a_row_for_each(both_session: Session):
    saved = save_texts(both_session, make_actor(both_session), DAYS, TET)
    assert saved.record.values["day"] == date(2027, 2, 5)
    assert [record.values["day"].day for record in saved.more] == [6, 7, 8, 9, 10, 11]
    assert both_session.scalars(select(func.count(CalendarDay.id))).one() == 7
    assert both_session.scalars(select(func.count(AuditEntry.id))).one() == 7


def test_one_day_is_one_row_and_its_reading_stands_for_itself(session: Session):
    reading = DAYS.read({**TET, "last_day": ""}, Lookups(session))
    assert DAYS.records_of(reading) == [
        {"day": date(2027, 2, 5), "kind": CalendarKind.HOLIDAY, "name": "Tết Nguyên đán"}
    ]


@pytest.mark.parametrize("last", ["04/02/2027", "06/02/2028"])
def test_a_stretch_that_ends_before_it_begins_or_after_a_year_is_refused(session: Session, last):
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), DAYS, {**TET, "last_day": last})
    assert "last_day" in said(refused)
    assert session.scalars(select(CalendarDay.id)).all() == []


def test_a_stretch_over_a_day_that_is_there_already_is_refused_whole(session: Session):
    actor = make_actor(session)
    save_texts(session, actor, DAYS, {**TET, "day": "08/02/2027", "last_day": ""})
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, actor, DAYS, TET)
    assert "08/02/2027" in said(refused)["day"]
    assert session.scalars(select(CalendarDay.day)).all() == [date(2027, 2, 8)]


def test_a_day_that_is_there_cannot_be_stretched(session: Session):
    actor = make_actor(session)
    first = save_texts(session, actor, DAYS, {**TET, "last_day": ""}).record
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, actor, DAYS, TET, record_id=first.id, version=first.version)
    assert "last_day" in said(refused)


def test_one_day_may_be_special_in_two_ways(session: Session):
    actor = make_actor(session)
    for kind in ("Thi, kiểm tra", "campaign"):
        save_texts(session, actor, DAYS, {**TET, "last_day": "", "kind": kind})
    assert session.scalars(select(func.count(CalendarDay.id))).one() == 2


@pytest.mark.parametrize(
    ("text", "kind"), [("Năm học", "term"), ("Học kỳ", "term"), ("Summer", "summer"), ("hè", "summer")]
)
def test_a_term_tells_its_kind_in_words(session: Session, text, kind):
    texts = {"name": "Kỳ thử", "kind": text, "first_day": "2027-01-18", "last_day": "31/05/2027"}
    assert save_texts(session, make_actor(session), TERMS, texts).record.values["kind"] == kind


def test_a_term_ends_after_it_begins(session: Session):
    texts = {"name": "Kỳ thử", "kind": "Hè", "first_day": "01/06/2027", "last_day": "31/05/2027"}
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), TERMS, texts)
    assert "last_day" in said(refused)

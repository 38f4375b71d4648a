"""Needs for many sites at once: counted before, written once, the same when done again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotAllowed, StaleEdit
from outreach.domain.places import SiteKind
from outreach.domain.roles import Role
from outreach.domain.times import Period
from outreach.domain.visits import ServiceKind, VisitOutcome
from outreach.i18n import use_language
from outreach.services import audit
from outreach.services.registers.bulk_needs import (
    Choice,
    Chosen,
    choices,
    give_needs,
    preview_needs,
    read_terms,
)
from outreach.services.registers.editing import RefusedRecord
from outreach.store.sites import Need, Site
from tests.factories import FOUR_WEEKS, MONDAY, make_actor, make_base, make_need, make_record, make_site, make_unit
from tests.services.registers.rows import other_library

TERMS = {"first_day": "01/03/2027", "last_day": "28/03/2027", "quota": "1", "minutes": "150"}
SCHOOLS = Choice(kinds=frozenset({SiteKind.PRIMARY_SCHOOL}))


def give(session: Session, choice: Choice = SCHOOLS, *, change: bool = False, **texts: str):
    terms = read_terms(session, {**TERMS, **texts})
    return give_needs(session, make_actor(session), choice, terms, change=change, today=MONDAY)


def look(session: Session, choice: Choice = SCHOOLS, **texts: str):
    return preview_needs(session, make_actor(session), choice, read_terms(session, {**TERMS, **texts}), today=MONDAY)


def names(found: tuple[Chosen, ...]) -> list[str]:
    return [one.name for one in found]


def make_sites(session: Session) -> dict[str, int]:
    base, south = make_base(session), make_base(session, name="Cơ sở Phan Rang")
    one, two = make_unit(session, name="Xã Một"), make_unit(session, name="Xã Hai")
    district = make_unit(session, name="Huyện Cũ", kind="huyện", valid_to=date(2025, 6, 30))
    rows = {
        "A": {"commune": one, "base": base},
        "B": {"commune": two, "base": base, "former": district},
        "C": {"commune": two, "base": south},
        "D": {"commune": one, "base": base, "active": False},
        "E": {"commune": one, "base": base, "kind": SiteKind.COMMUNE_LIBRARY},
    }
    return {code: make_site(session, code=code, name=f"Điểm {code}", **columns).id for code, columns in rows.items()}


def test_each_site_that_fits_gets_one_need(both_session: Session):
    sites = make_sites(both_session)
    seen = look(both_session)
    assert names(seen.new) == ["Điểm A", "Điểm B", "Điểm C"]
    assert seen.new[0].commune == "Xã Một"
    assert (seen.same, seen.other, seen.overlapping) == ((), (), ())
    done = give(both_session)
    assert (done.added, done.changed) == (3, 0)
    needs = both_session.scalars(select(Need)).all()
    assert {need.site_id for need in needs} == {sites[code] for code in "ABC"}
    assert {(need.quota, need.minutes, need.first_day, need.service) for need in needs} == {
        (1, 150, MONDAY, ServiceKind.BUS_VISIT)
    }


def test_doing_it_again_does_nothing(session: Session):
    make_sites(session)
    give(session)
    again = give(session, change=True)
    assert (again.added, again.changed) == (0, 0)
    assert names(look(session).same) == ["Điểm A", "Điểm B", "Điểm C"]
    assert audit.list_audit(session)[1] == 1


@pytest.mark.parametrize(("change", "quotas"), [(False, {4, 1}), (True, {1})])
def test_a_need_that_is_there_is_changed_or_left(both_session: Session, change, quotas):
    sites = make_sites(both_session)
    there = Need(organisation_id=both_session.info["organisation_id"], site_id=sites["A"], quota=4, minutes=60,
                 first_day=FOUR_WEEKS.first, last_day=FOUR_WEEKS.last, letter="15/CV")  # fmt: skip
    both_session.add(there)
    both_session.flush()
    seen = look(both_session)
    assert (names(seen.new), names(seen.other)) == (["Điểm B", "Điểm C"], ["Điểm A"])
    assert seen.other[0].changes == {"quota": 1, "minutes": 150}
    done = give(both_session, change=change)
    assert (done.added, done.changed) == (2, int(change))
    assert set(both_session.scalars(select(Need.quota))) == quotas
    both_session.expire_all()
    assert (there.letter, there.version) == ("15/CV", 2 if change else 1)


def test_a_choice_narrows_by_commune_former_district_base_and_last_visit(session: Session):
    sites = make_sites(session)
    assert names(look(session, Choice(communes=frozenset({"Xã Hai"}))).new) == ["Điểm B", "Điểm C"]
    assert names(look(session, Choice(districts=frozenset({"Huyện Cũ"}))).new) == ["Điểm B"]
    a, b, c = (session.get_one(Site, sites[code]) for code in "ABC")
    assert names(look(session, Choice(base_ids=frozenset({c.base_id}))).new) == ["Điểm C"]
    make_record(session, site=a, day=MONDAY - timedelta(days=60))
    make_record(session, site=b, day=MONDAY - timedelta(days=400))
    make_record(session, site=c, day=MONDAY - timedelta(days=10), outcome=VisitOutcome.CANCELLED)
    found = look(session, Choice(kinds=SCHOOLS.kinds, not_visited_months=6)).new
    assert [(one.name, one.last_visit) for one in found] == [
        ("Điểm B", MONDAY - timedelta(days=400)),
        ("Điểm C", None),
    ]
    assert choices(session) == (("Xã Hai", "Xã Một"), ("Huyện Cũ",))


def test_a_site_that_asks_on_some_of_these_days_is_left_alone(session: Session):
    sites = make_sites(session)
    for code, shift in (("A", 7), ("B", 100)):
        period = Period(MONDAY + timedelta(days=shift), MONDAY + timedelta(days=shift + 30))
        make_need(session, site=session.get_one(Site, sites[code]), period=period)
    assert names(look(session).overlapping) == ["Điểm A"]
    assert give(session, change=True).added == 2


def test_what_nobody_looked_at_is_not_written(session: Session):
    sites = make_sites(session)
    terms, actor, token = read_terms(session, TERMS), make_actor(session), look(session).token
    make_need(session, site=session.get_one(Site, sites["A"]))
    with pytest.raises(StaleEdit):
        give_needs(session, actor, SCHOOLS, terms, change=False, today=MONDAY, token=token)
    token = look(session).token
    assert give_needs(session, actor, SCHOOLS, terms, change=False, today=MONDAY, token=token).added == 2


def test_without_days_it_is_the_coming_half_year_and_faults_are_told_by_field(session: Session):
    make_sites(session)
    terms = read_terms(session, {"quota": "2"})
    assert (terms["first_day"].day, terms["last_day"].day) == (15, 14)
    with pytest.raises(RefusedRecord) as refused:
        read_terms(session, {"quota": "0", "minutes": "x", "first_day": "01/03/2027"})
    assert {fault.field for fault in refused.value.reading.faults} == {"quota", "minutes", "last_day"}


def test_one_line_of_the_log_tells_what_was_asked_for_how_many(session: Session):
    make_sites(session)
    give(session)
    with use_language("vi"):
        (line,), _ = audit.list_audit(session)
    assert (line.deed, line.subject) == ("Ghi nhu cầu hàng loạt", "Xe về phục vụ 01/03/2027 - 28/03/2027")
    assert {("số buổi", "", "1"), ("số phút", "", "150"), ("dòng mới", "", "3")} <= set(line.changes)


def test_sites_of_another_library_get_nothing_and_the_office_gives_nothing(both_session: Session):
    with other_library(both_session) as other:
        make_site(other)
        assert give(both_session).added == 0
        assert other.scalars(select(Need.id)).all() == []
    terms = read_terms(both_session, TERMS)
    with pytest.raises(NotAllowed):
        give_needs(both_session, make_actor(both_session, Role.OFFICE), SCHOOLS, terms, change=True, today=MONDAY)

"""Two sites that are one place: found, and merged with everything that hangs on them."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotAllowed, NotFound, StaleEdit
from outreach.domain.roles import Role
from outreach.domain.times import Period
from outreach.services.registers.merging import likely_pairs, merge_sites
from outreach.store.audit import AuditEntry
from outreach.store.plans import Stop, UnservedNeed
from outreach.store.sites import Need, Site
from outreach.store.visits import VisitRecord
from tests.factories import (
    MONDAY,
    make_actor,
    make_base,
    make_need,
    make_plan,
    make_record,
    make_site,
    make_vehicle,
    make_visit,
)

SUMMER = Period(date(2027, 6, 15), date(2027, 12, 14))


def twins(session: Session) -> tuple[Site, Site]:
    base = make_base(session)
    first = make_site(session, name="Trường A", base=base, at=(12.3, 109.15), need=2)
    second = make_site(session, name="Trường A cũ", base=base, at=(12.3001, 109.1501), need=3)
    return first, second


def test_sites_at_one_spot_and_of_one_name_nearby_are_likely_pairs(both_session: Session):
    first, second = twins(both_session)
    base = make_base(both_session, name="Khác")
    near = make_site(both_session, name="TRƯỜNG a", base=base, at=(12.31, 109.15))
    make_site(both_session, name="Trường A", base=base, at=(12.9, 109.15))
    make_site(both_session, name="Trường B", base=base, at=(12.3001, 109.1501), active=False)
    found = [({pair.first.id, pair.second.id}, pair.same_name) for pair in likely_pairs(both_session)]
    assert sorted(found, key=str) == sorted([({first.id, near.id}, True), ({first.id, second.id}, False)], key=str)


def test_everything_moves_to_the_site_that_stays(both_session: Session):
    first, second = twins(both_session)
    make_need(both_session, site=second, period=SUMMER)
    make_record(both_session, site=second, day=MONDAY)
    needs = both_session.scalars(select(Need).where(Need.site_id == second.id).order_by(Need.id)).all()
    own = both_session.scalars(select(Need).where(Need.site_id == first.id)).one()
    plan = make_plan(both_session)
    make_visit(both_session, plan=plan, vehicle=make_vehicle(both_session), day=MONDAY, needs=needs[:1])
    for need in (own, needs[0]):
        both_session.add(UnservedNeed(plan_id=plan.id, need_id=need.id, missing=1, reasons=[]))
    both_session.flush()
    merge_sites(both_session, make_actor(both_session), keep=(first.id, 1), gone=(second.id, 1))
    gone = both_session.get(Site, second.id)
    assert gone
    assert (gone.active, gone.merged_into_id, gone.version) == (False, first.id, 2)
    kept = both_session.scalars(select(Need).where(Need.site_id == first.id).order_by(Need.id)).all()
    assert [(need.first_day, need.quota) for need in kept] == [(MONDAY, 3), (SUMMER.first, 1)]
    assert both_session.scalars(select(Need).where(Need.site_id == second.id)).all() == []
    stop = both_session.scalars(select(Stop)).one()
    assert (stop.site_id, stop.need_id) == (first.id, own.id)
    assert [(left.need_id, left.missing) for left in both_session.scalars(select(UnservedNeed))] == [(own.id, 2)]
    assert both_session.scalars(select(VisitRecord.site_id)).one() == first.id
    entry = both_session.scalars(select(AuditEntry)).one()
    assert (entry.deed, entry.changes["needs"], entry.changes["visits"]) == ("merge-sites", [None, 1], [None, 1])


def test_what_changed_meanwhile_is_not_merged(session: Session):
    first, second = twins(session)
    actor = make_actor(session)
    for keep, gone in (((first.id, 2), (second.id, 1)), ((first.id, 1), (second.id, 2))):
        with pytest.raises(StaleEdit):
            merge_sites(session, actor, keep=keep, gone=gone)
    with pytest.raises(InvalidValue):
        merge_sites(session, actor, keep=(first.id, 1), gone=(first.id, 1))
    with pytest.raises(NotFound):
        merge_sites(session, actor, keep=(first.id, 1), gone=(99_999, 1))
    with pytest.raises(NotAllowed):
        merge_sites(session, make_actor(session, Role.DRIVER), keep=(first.id, 1), gone=(second.id, 1))
    assert second.active

"""Two sites that are one: found, weighed, merged once and for all; nothing lost, nothing of another library touched."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotAllowed, NotFound, StaleEdit, WrongState
from outreach.domain.places import SiteKind
from outreach.domain.roles import Role
from outreach.domain.times import Period
from outreach.domain.visits import PlanState, RequestState, RunState, ServiceKind
from outreach.i18n import use_language
from outreach.services import audit
from outreach.services.registers.duplicates import duplicates
from outreach.services.registers.merging import merge_sites, preview_merge
from outreach.store.plans import Plan, Stop, Tour, UnservedNeed
from outreach.store.requests import Request
from outreach.store.runs import Run
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
    make_unit,
    make_vehicle,
    make_visit,
)
from tests.services.registers.rows import other_library

LATER = Period(MONDAY + timedelta(days=100), MONDAY + timedelta(days=200))


def make_pair(session: Session, **columns: object) -> tuple[Site, Site]:
    """The site that stays, and its duplicate."""
    base = make_base(session)
    kept = make_site(session, base=base, code="A1", name="Trường Tiểu học Vĩnh Thạnh")
    return kept, make_site(session, base=base, code="A2", name="TH Vĩnh Thạnh", **columns)


def merge(session: Session, duplicate: Site, kept: Site):
    return merge_sites(session, make_actor(session), duplicate_id=duplicate.id, kept_id=kept.id)


def test_everything_of_the_duplicate_goes_over_and_it_is_put_away(both_session: Session):
    kept, twin = make_pair(both_session, people=300, contact="Văn thư")
    need = make_need(both_session, site=twin, quota=2, period=LATER)
    plan = make_plan(both_session, state=PlanState.PUBLISHED)
    tour = make_visit(both_session, plan=plan, vehicle=make_vehicle(both_session), day=MONDAY, needs=[need])
    tour.end_place = f"site:{twin.id}"
    make_record(both_session, site=twin, day=MONDAY - timedelta(days=30))
    make_record(both_session, site=twin, day=MONDAY - timedelta(days=60))
    make_record(both_session, site=kept, day=MONDAY - timedelta(days=60))
    request = Request(organisation_id=kept.organisation_id, number=1, asked_by="Trường", asked_on=MONDAY,
                      site_id=twin.id, state=RequestState.OPEN)  # fmt: skip
    older = make_site(both_session, name="Bản cũ", base=make_base(both_session, name="B2"), merged_into_id=twin.id)
    both_session.add(request)
    both_session.flush()

    seen = preview_merge(both_session, make_actor(both_session), duplicate_id=twin.id, kept_id=kept.id)
    assert merge(both_session, twin, kept) == seen
    assert (seen.needs, seen.stops, seen.visits, seen.same_visits, seen.requests) == (1, 1, 2, 1, 1)
    assert seen.learned == {"people": 300, "contact": "Văn thư"}
    for column in (Need.site_id, Stop.site_id, VisitRecord.site_id, Request.site_id):
        assert set(both_session.scalars(select(column))) == {kept.id}
    both_session.expire_all()
    assert both_session.scalars(select(Tour.end_place)).one() == f"site:{kept.id}"
    assert (kept.people, kept.contact, kept.active) == (300, "Văn thư", True)
    assert (twin.active, twin.merged_into_id, older.merged_into_id) == (False, kept.id, kept.id)
    assert both_session.scalars(select(Plan.version)).one() == 2


def test_two_needs_for_the_same_days_become_one_that_asks_for_no_less(both_session: Session):
    kept, twin = make_pair(both_session)
    mine, theirs = make_need(both_session, site=kept, quota=2), make_need(both_session, site=twin, quota=5)
    rotation = make_need(both_session, site=twin, service=ServiceKind.ROTATION)
    plan, other = make_plan(both_session), make_plan(both_session)
    make_visit(both_session, plan=plan, vehicle=make_vehicle(both_session), day=MONDAY, needs=[mine, theirs])
    both_session.add_all([
        UnservedNeed(plan_id=plan.id, need_id=mine.id, missing=1, reasons=[]),
        UnservedNeed(plan_id=plan.id, need_id=theirs.id, missing=4, reasons=[]),
        UnservedNeed(plan_id=other.id, need_id=theirs.id, missing=3, reasons=[]),
    ])  # fmt: skip
    both_session.flush()
    done = merge(both_session, twin, kept)
    assert [(clash.kept_quota, clash.dropped_quota, clash.quota) for clash in done.clashes] == [(2, 5, 5)]
    assert both_session.scalars(select(Need.quota).where(Need.id == mine.id)).one() == 5
    assert done.needs == 1
    assert set(both_session.scalars(select(Need.id))) == {mine.id, rotation.id}
    assert list(both_session.scalars(select(Stop.need_id))) == [mine.id, mine.id]
    missing = select(UnservedNeed.plan_id, UnservedNeed.need_id, UnservedNeed.missing).order_by(UnservedNeed.plan_id)
    assert [tuple(row) for row in both_session.execute(missing)] == [(plan.id, mine.id, 3), (other.id, mine.id, 5)]


def test_needs_for_other_days_stay_two_needs(session: Session):
    kept, twin = make_pair(session)
    make_need(session, site=kept)
    make_need(session, site=twin, period=LATER)
    assert merge(session, twin, kept).clashes == ()
    assert list(session.scalars(select(Need.site_id))) == [kept.id, kept.id]


def test_one_line_of_the_log_tells_it_all(session: Session):
    kept, twin = make_pair(session)
    make_need(session, site=kept, quota=2)
    make_need(session, site=twin, quota=5)
    make_need(session, site=twin, period=LATER)
    merge(session, twin, kept)
    with use_language("vi"):
        (line,), total = audit.list_audit(session, subject_kind="sites", subject_id=kept.id)
    assert (total, line.deed, line.subject) == (1, "Gộp điểm phục vụ trùng", kept.name)
    assert line.changes == (
        ("gộp vào", twin.name, kept.name),
        ("nhu cầu chuyển sang", "", "1"),
        ("nhu cầu trùng, số buổi", "2 + 5", "5"),
    )


@pytest.mark.parametrize("deed", [preview_merge, merge_sites])
def test_sites_that_cannot_be_merged_say_why(session: Session, deed):
    kept, twin = make_pair(session)
    away = make_site(session, base=make_base(session, name="B2"), name="Điểm đã cất", active=False)
    actor = make_actor(session)
    with pytest.raises(InvalidValue, match="chính nó"):
        deed(session, actor, duplicate_id=kept.id, kept_id=kept.id)
    with pytest.raises(WrongState, match="Điểm đã cất"):
        deed(session, actor, duplicate_id=twin.id, kept_id=away.id)
    with pytest.raises(NotAllowed):
        deed(session, make_actor(session, Role.OFFICE), duplicate_id=twin.id, kept_id=kept.id)
    deed(session, actor, duplicate_id=away.id, kept_id=kept.id)  # one that was put away may still be merged
    merge(session, twin, kept)
    with pytest.raises(WrongState, match="đã được gộp"):
        deed(session, actor, duplicate_id=twin.id, kept_id=kept.id)


def test_a_site_of_another_library_is_not_merged(both_session: Session):
    kept, _ = make_pair(both_session)
    with other_library(both_session) as other:
        theirs = make_site(other, need=1)
        for duplicate, into in ((theirs, kept), (kept, theirs)):
            with pytest.raises(NotFound):
                merge(both_session, duplicate, into)
        assert other.scalars(select(Need.site_id)).one() == theirs.id


def test_a_site_that_changed_meanwhile_is_not_merged(session: Session):
    kept, twin = make_pair(session)
    with pytest.raises(StaleEdit):
        merge_sites(session, make_actor(session), duplicate_id=twin.id, kept_id=kept.id, versions=(1, 2))


def test_nothing_is_merged_while_a_plan_is_being_made(session: Session):
    kept, twin = make_pair(session)
    run = Run(organisation_id=kept.organisation_id, plan_id=make_plan(session).id, job_id=None, state=RunState.RUNNING)
    session.add(run)
    session.flush()
    with pytest.raises(WrongState, match="Đang xếp lịch"):
        merge(session, twin, kept)
    run.state = RunState.DONE
    session.flush()
    assert merge(session, twin, kept)


# ---- finding them


def pairs(session: Session) -> set[tuple[str, str]]:
    return {(pair.first.code, pair.second.code) for pair in duplicates(session)}


def test_the_same_name_in_one_commune_looks_alike_and_in_two_communes_it_does_not(both_session: Session):
    base = make_base(both_session)
    here, there = make_unit(both_session, name="Xã Một"), make_unit(both_session, name="Xã Hai")
    for code, name, commune, lat in (
        ("A1", "Trường Tiểu học Vĩnh Thạnh", here, 12.30), ("A2", "TRƯỜNG TH VĨNH THẠNH", here, 12.35),
        ("A3", "Trường Tiểu học Vĩnh Thạnh", there, 12.40), ("A4", "Trường Tiểu học Vĩnh Trung", here, 12.45),
    ):  # fmt: skip
        make_site(both_session, base=base, code=code, name=name, commune=commune, at=(lat, 109.1))
    assert pairs(both_session) == {("A1", "A2")}
    (pair,) = duplicates(both_session)
    assert pair.same_name
    assert 5_000 < pair.apart_m < 6_000


def test_similar_names_on_one_spot_look_alike_unless_the_schools_differ_in_level(session: Session):
    base = make_base(session)
    for code, name, kind, at in (
        ("A1", "Trường Tiểu học Vĩnh Thạnh", SiteKind.PRIMARY_SCHOOL, (12.30000, 109.10000)),
        ("A2", "Trường Tiểu học Vĩnh Thạnh 1", SiteKind.PRIMARY_SCHOOL, (12.30050, 109.10050)),
        ("A3", "Trường THCS Vĩnh Thạnh", SiteKind.LOWER_SECONDARY_SCHOOL, (12.30000, 109.10000)),
        ("A4", "Trường Tiểu học Suối Cát", SiteKind.PRIMARY_SCHOOL, (12.30000, 109.10000)),
        ("A5", "Trường Tiểu học Vĩnh Thạnh 2", SiteKind.PRIMARY_SCHOOL, (12.30300, 109.10000)),
    ):
        make_site(session, base=base, code=code, name=name, kind=kind, at=at)
    assert pairs(session) == {("A1", "A2")}


def test_sites_put_away_are_no_duplicates(session: Session):
    commune = make_unit(session)
    for code in ("A1", "A2"):
        make_site(session, base=make_base(session, name=code), code=code, commune=commune, active=code == "A1")
    assert pairs(session) == set()


def test_a_spot_with_many_sites_is_looked_through_without_comparing_all(session: Session):
    base = make_base(session)
    for number in range(120):
        make_site(session, base=base, code=f"A{number}", name=f"Kho {number:03d}", windows=())
    assert len(pairs(session)) == 200

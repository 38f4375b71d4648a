"""The first page: today, what wants a look, coverage and the figures against the year before."""

from datetime import date, timedelta

from sqlalchemy import event
from sqlalchemy.orm import Session

from outreach.domain.places import Terrain
from outreach.domain.times import Period
from outreach.domain.visits import PlanState, RunState, VisitOutcome
from outreach.services.overview import overview
from outreach.store.plans import UnservedNeed
from outreach.store.runs import Run
from tests.factories import (
    FOUR_WEEKS,
    MONDAY,
    make_base,
    make_need,
    make_plan,
    make_record,
    make_site,
    make_vehicle,
    make_visit,
)

TODAY = MONDAY + timedelta(days=2)  # in the half-year 15/12/2026-14/06/2027
A_YEAR_BEFORE = TODAY.replace(year=TODAY.year - 1)


def test_a_published_plan_of_today_gives_sheets_and_week(session: Session) -> None:
    bus = make_vehicle(session)
    need = make_need(session, site=make_site(session))
    plan = make_plan(session, state=PlanState.PUBLISHED)
    make_visit(session, plan=plan, vehicle=bus, day=TODAY, needs=[need])
    page = overview(session, today=TODAY)
    assert [len(sheet.stops) for sheet in page.sheets] == [1]
    assert page.week is not None
    assert (page.week.number, page.week.visits) == (1, 1)


def test_a_draft_of_today_is_not_driven(session: Session) -> None:
    plan = make_plan(session)
    page = overview(session, today=TODAY)
    assert page.plan is not None
    assert (page.plan.id, page.sheets, page.week) == (plan.id, (), None)


def test_the_plan_in_view_is_the_published_one_before_a_later_draft(session: Session) -> None:
    running = make_plan(session, name="Đang chạy", state=PlanState.PUBLISHED)
    make_plan(session, name="Kỳ sau", period=Period(date(2027, 6, 15), date(2027, 12, 14)))
    page = overview(session, today=TODAY)
    assert page.plan is not None
    assert page.plan.id == running.id


def test_an_empty_library_is_calm(session: Session) -> None:
    page = overview(session, today=TODAY)
    assert (page.plan, page.alerts, page.sites, page.visits, page.visits_before) == (None, (), 0, 0, None)


def test_alerts_name_what_waits_and_the_plan_with_the_way_out(session: Session) -> None:
    later = Period(date(2027, 6, 15), date(2027, 12, 14))
    draft = make_plan(session, name="Nháp", period=later)
    submitted = make_plan(session, name="Trình", state=PlanState.SUBMITTED, period=later)
    approved = make_plan(session, name="Duyệt", state=PlanState.APPROVED, period=later)
    need = make_need(session, site=make_site(session))
    session.add(UnservedNeed(plan_id=draft.id, need_id=need.id, missing=1, reasons=[]))
    owner = draft.organisation_id
    session.add(Run(organisation_id=owner, plan_id=draft.id, state=RunState.FAILED, error="Máy dừng."))
    session.flush()
    found = {(alert.kind, alert.plan_id) for alert in overview(session, today=TODAY).alerts}
    assert found == {
        ("run-failed", draft.id),
        ("unserved", draft.id),
        ("approve", submitted.id),
        ("publish", approved.id),
    }


def test_a_run_that_failed_is_forgotten_after_one_that_worked(session: Session) -> None:
    plan = make_plan(session)
    for state in (RunState.FAILED, RunState.DONE):
        session.add(Run(organisation_id=plan.organisation_id, plan_id=plan.id, state=state))
        session.flush()
    assert overview(session, today=TODAY).alerts == ()


def test_the_end_of_the_timetable_is_said_until_a_plan_follows(session: Session) -> None:
    make_plan(session, state=PlanState.PUBLISHED)
    assert [alert.kind for alert in overview(session, today=TODAY).alerts] == ["expiring"]
    make_plan(session, period=Period(FOUR_WEEKS.last + timedelta(days=1), date(2027, 6, 14)))
    assert overview(session, today=TODAY).alerts == ()


def test_coverage_counts_sites_with_a_checked_visit_of_this_period(session: Session) -> None:
    base = make_base(session)
    near = make_site(session, base=base, terrain=Terrain.COAST)
    far = make_site(session, base=base, terrain=Terrain.MOUNTAIN)
    make_site(session, base=base, terrain=Terrain.MOUNTAIN)
    make_record(session, site=near, day=MONDAY)
    make_record(session, site=near, day=MONDAY + timedelta(days=1))
    make_record(session, site=far, day=MONDAY, checked=False)
    make_record(session, site=far, day=MONDAY - timedelta(days=200))
    page = overview(session, today=TODAY)
    assert page.coverage == (("Miền núi", 0, 2), ("Ven biển và đồng bằng", 1, 1))
    assert (page.reached, page.sites) == (1, 3)


def test_the_same_period_ends_on_the_same_day_of_the_year_before(session: Session) -> None:
    site = make_site(session)
    for day in (MONDAY, TODAY):
        make_record(session, site=site, day=day, readers_child=100, readers_adult=20)
    make_record(session, site=site, day=TODAY, outcome=VisitOutcome.CANCELLED)
    make_record(session, site=site, day=A_YEAR_BEFORE, readers_child=90)
    make_record(session, site=site, day=A_YEAR_BEFORE + timedelta(days=1), readers_child=500)
    page = overview(session, today=TODAY)
    assert (page.visits, page.readers) == (2, 240)
    assert (page.visits_before, page.readers_before) == (1, 90)


def test_sites_never_reached_wait_longest(session: Session) -> None:
    base = make_base(session)
    old = make_site(session, base=base, name="Trường Tiểu học Cũ")
    never = make_site(session, base=base, name="Trường Tiểu học Mới")
    recent = make_site(session, base=base, name="Trường Tiểu học Gần")
    make_record(session, site=old, day=MONDAY - timedelta(days=400))
    make_record(session, site=recent, day=MONDAY)
    waiting = overview(session, today=TODAY).longest_waiting
    assert [row.id for row in waiting] == [never.id, old.id, recent.id]


def test_statements_do_not_grow_with_sites_and_visits(session: Session) -> None:
    base = make_base(session)
    bus = make_vehicle(session, base=base)
    plan = make_plan(session, state=PlanState.PUBLISHED)

    def statements() -> int:
        session.flush()
        session.expire_all()
        seen: list[str] = []

        def note(_c: object, _cursor: object, text: str, *_rest: object) -> None:
            seen.append(text)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        try:
            overview(session, today=TODAY)
        finally:
            event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(seen)

    make_visit(
        session, plan=plan, vehicle=bus, day=TODAY, needs=[make_need(session, site=make_site(session, base=base))]
    )
    few = statements()
    for offset in range(5, 20):
        site = make_site(session, base=base)
        make_record(session, site=site, day=MONDAY)
        make_visit(
            session, plan=plan, vehicle=bus, day=MONDAY + timedelta(days=offset), needs=[make_need(session, site=site)]
        )
    assert statements() == few


def test_the_first_page_holds_on_both_databases(both_session: Session) -> None:
    site = make_site(both_session)
    make_record(both_session, site=site, day=MONDAY)
    make_plan(both_session, state=PlanState.PUBLISHED)
    assert overview(both_session, today=TODAY).reached == 1

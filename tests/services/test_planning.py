"""A plan on its way from draft to published, and who may move it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.errors import BrokenPlan, InvalidValue, NotAllowed, NotFound, StaleEdit, WrongState
from outreach.domain.roles import Actor, Role
from outreach.domain.times import Period
from outreach.domain.visits import JobState, PlanState, RunState
from outreach.routing.checks import check
from outreach.routing.problem import Problem
from outreach.routing.solution import Solution
from outreach.routing.solve import solve
from outreach.services import audit, planning, runs
from outreach.services.jobs import OpenJob
from outreach.services.problems import build_problem
from outreach.services.saving import load_solution
from outreach.store.calendars import CalendarDay
from outreach.store.jobs import Job
from outreach.store.plans import Plan, Stop, Tour, Trip, UnservedNeed
from outreach.store.sites import SiteBlock
from outreach.wiring import House
from tests.factories import FOUR_WEEKS, make_actor, make_organisation, make_plan, make_small_province

TODAY = date(2027, 2, 1)
NOW = datetime(2027, 2, 1, 8, tzinfo=UTC)


def solved(session: Session, plan: Plan, *, seed: int = 1) -> tuple[Problem, Solution]:
    problem = build_problem(session, plan.id, today=TODAY)
    return problem, solve(problem, seconds=0.3, seed=seed)


def saved_plan(session: Session, actor: Actor) -> Plan:
    plan = make_small_province(session)
    return planning.save_solution(session, plan.id, *solved(session, plan), actor=actor)


def approved_plan(session: Session, actor: Actor) -> Plan:
    plan = saved_plan(session, actor)
    planning.submit_plan(session, actor, plan.id, version=plan.version)
    return planning.approve_plan(
        session, actor, plan.id, version=plan.version, number="12/QĐ-TVT", day=date(2027, 2, 1)
    )


def publish(session: Session, actor: Actor, plan: Plan, *, version: int | None = None) -> Plan:
    return planning.publish_plan(session, actor, plan.id, version=version or plan.version, now=NOW)


def count(session: Session, kind: type) -> int:
    return session.scalar(select(func.count(kind.id)))


def test_a_solution_reads_back_as_it_was_saved(both_session: Session) -> None:
    plan = make_small_province(both_session)
    problem, solution = solved(both_session, plan)
    before = plan.version
    planning.save_solution(both_session, plan.id, problem, solution, actor=make_actor(both_session))
    read = load_solution(both_session, plan.id)
    assert set(read.stops()) == set(solution.stops())
    assert len(list(read.stops())) >= 10
    assert {(u.need_id, u.missing) for u in read.unserved} == {(u.need_id, u.missing) for u in solution.unserved}
    assert check(problem, read) == ()
    assert plan.version == before + 1
    assert plan.figures["visits"] == len(list(solution.stops()))
    assert plan.estimated


def test_saving_again_replaces_everything(both_session: Session) -> None:
    actor = make_actor(both_session)
    plan = saved_plan(both_session, actor)
    problem, second = solved(both_session, plan, seed=7)
    planning.save_solution(both_session, plan.id, problem, second, actor=actor)
    assert count(both_session, Trip) == len(second.trips)
    assert count(both_session, Tour) == len(list(second.tours()))
    assert count(both_session, Stop) == len(list(second.stops()))
    assert count(both_session, UnservedNeed) == len(second.unserved)
    assert plan.seed == 7


def test_a_broken_solution_is_not_saved_and_the_old_one_stays(session: Session) -> None:
    actor = make_actor(session)
    plan = saved_plan(session, actor)
    problem, solution = solved(session, plan)
    stops = count(session, Stop)
    first = solution.trips[0]
    late = replace(first, tours=(replace(first.tours[0], return_s=20 * 3600),))
    with pytest.raises(BrokenPlan, match="vi phạm"):
        planning.save_solution(
            session, plan.id, problem, replace(solution, trips=(late, *solution.trips[1:])), actor=actor
        )
    assert count(session, Stop) == stops


def test_the_way_to_the_public_writes_the_log_at_each_step(session: Session) -> None:
    actor = make_actor(session)
    plan = publish(session, actor, approved_plan(session, actor))
    assert (plan.state, plan.published_at, plan.approval_number) == (PlanState.PUBLISHED, NOW, "12/QĐ-TVT")
    rows, total = audit.list_audit(session, subject_kind="plan", subject_id=plan.id)
    assert total == len(rows) == 4  # saved, submitted, approved, published


def test_an_older_version_is_refused_and_the_newer_one_named(session: Session) -> None:
    actor = make_actor(session)
    plan = approved_plan(session, actor)
    with pytest.raises(StaleEdit, match=f"bản {plan.version} ") as found:
        publish(session, actor, plan, version=plan.version - 1)
    assert found.value.values["seen"] == plan.version - 1
    assert plan.state is PlanState.APPROVED


def test_publishing_judges_again_and_refuses_a_site_that_closed_since(session: Session) -> None:
    actor = make_actor(session)
    plan = approved_plan(session, actor)
    stop, day = session.execute(select(Stop, Tour.day).join(Tour, Tour.id == Stop.tour_id)).first()
    session.add(SiteBlock(site_id=stop.site_id, first_day=day, last_day=day, reason="sửa cổng"))
    session.flush()
    with pytest.raises(BrokenPlan, match="không nhận xe"):
        publish(session, actor, plan)
    assert plan.state is PlanState.APPROVED


def test_only_an_approved_plan_is_published(session: Session) -> None:
    actor = make_actor(session)
    plan = saved_plan(session, actor)
    with pytest.raises(WrongState):
        publish(session, actor, plan)


def test_a_published_plan_is_never_overwritten(session: Session) -> None:
    actor = make_actor(session)
    plan = publish(session, actor, approved_plan(session, actor))
    problem, solution = solved(session, plan)
    with pytest.raises(WrongState):
        planning.save_solution(session, plan.id, problem, solution, actor=actor)
    with pytest.raises(WrongState):
        planning.start_run(session, actor, plan.id, limit_s=10)
    with pytest.raises(WrongState):
        planning.delete_draft(session, actor, plan.id, version=plan.version)


def test_two_published_plans_never_share_a_day_until_the_first_is_closed(session: Session) -> None:
    actor = make_actor(session)
    second = approved_plan(session, actor)
    first = make_plan(session, name="Kế hoạch trước", state=PlanState.PUBLISHED)
    with pytest.raises(WrongState, match="Kế hoạch trước"):
        publish(session, actor, second)
    planning.close_plan(session, actor, first.id, version=first.version)
    assert publish(session, actor, second).state is PlanState.PUBLISHED


def test_a_reopened_plan_loses_its_approval(session: Session) -> None:
    actor = make_actor(session)
    plan = approved_plan(session, actor)
    planning.reopen_plan(session, actor, plan.id, version=plan.version)
    assert (plan.state, plan.approval_number, plan.approved_on) == (PlanState.DRAFT, "", None)


def test_an_empty_plan_is_not_submitted(session: Session) -> None:
    actor = make_actor(session)
    plan = planning.create_plan(session, actor, name="  Kế hoạch   mới ", period=FOUR_WEEKS)
    assert plan.name == "Kế hoạch mới"
    with pytest.raises(WrongState, match="chưa có chuyến"):
        planning.submit_plan(session, actor, plan.id, version=plan.version)


@pytest.mark.parametrize(
    ("name", "period"),
    [(" ", FOUR_WEEKS), ("x" * 201, FOUR_WEEKS), ("Dài", Period(date(2027, 1, 1), date(2028, 12, 31)))],
)
def test_a_plan_without_a_sensible_name_or_period_is_refused(session: Session, name: str, period: Period) -> None:
    with pytest.raises(InvalidValue):
        planning.create_plan(session, make_actor(session), name=name, period=period)


def test_each_step_asks_for_its_right(session: Session) -> None:
    office, driver = make_actor(session, Role.OFFICE), make_actor(session, Role.DRIVER)
    plan = approved_plan(session, make_actor(session))
    with pytest.raises(NotAllowed):
        publish(session, office, plan)
    with pytest.raises(NotAllowed):
        planning.reopen_plan(session, office, plan.id, version=plan.version)
    for step in (planning.submit_plan, planning.close_plan, planning.delete_draft):
        with pytest.raises(NotAllowed):
            step(session, driver, plan.id, version=plan.version)
    with pytest.raises(NotAllowed):
        planning.create_plan(session, driver, name="x", period=FOUR_WEEKS)
    with pytest.raises(NotAllowed):
        planning.start_run(session, driver, plan.id, limit_s=5)


def test_a_plan_of_another_library_does_not_exist(house: House) -> None:
    with house.session(everywhere=True) as start:
        ours, theirs = make_organisation(start), make_organisation(start, name="Thư viện khác")
    with house.session(organisation_id=theirs.id) as session:
        foreign = make_plan(session)
    with house.session(organisation_id=ours.id) as session, pytest.raises(NotFound):
        planning.start_run(session, make_actor(session), foreign.id, limit_s=5)


def test_a_plan_has_one_run_at_a_time(both_session: Session) -> None:
    actor = make_actor(both_session)
    plan = make_small_province(both_session)
    run = planning.start_run(both_session, actor, plan.id, limit_s=5)
    with pytest.raises(WrongState):
        planning.start_run(both_session, actor, plan.id, limit_s=5)
    with pytest.raises(WrongState):
        planning.delete_draft(both_session, actor, plan.id, version=plan.version)
    planning.stop_run(both_session, actor, run.id, keep=True)
    assert run.state is RunState.CANCELLED
    assert planning.start_run(both_session, actor, plan.id, limit_s=5).state is RunState.QUEUED


def test_a_run_is_claimed_once_and_an_older_attempt_writes_nothing(both_session: Session) -> None:
    session = both_session
    actor = make_actor(session)
    plan = make_small_province(session)
    run = planning.start_run(session, actor, plan.id, limit_s=5)
    first = runs.claim_run(session, run.job_id)
    assert first is not None
    assert runs.claim_run(session, run.job_id) is None
    step = runs.RunStep("days", 1.0, ((0.5, 3, 1000, 60),))
    assert runs.take_progress(session, first, step) is runs.Wish.GO_ON
    job = session.get(Job, run.job_id)
    session.refresh(job)
    assert runs.recover_run(session, OpenJob(job.id, True, job.attempt, job.beat))
    second = runs.claim_run(session, run.job_id)
    assert second is not None
    assert second.attempt == 2
    assert runs.take_progress(session, first, step) is runs.Wish.LOST
    runs.fail_run(session, first, "trễ rồi")
    assert runs.wish_of(session, second) is runs.Wish.GO_ON
    problem, solution = solved(session, plan)
    runs.finish_run(session, second, problem, solution, state=RunState.DONE)
    session.refresh(job)
    assert (run.state, job.state, run.error) == (RunState.DONE, JobState.DONE, "")


def test_a_run_lost_twice_is_failed_in_words(session: Session) -> None:
    actor = make_actor(session)
    run = planning.start_run(session, actor, make_small_province(session).id, limit_s=5)
    for _ in range(2):
        assert runs.claim_run(session, run.job_id) is not None
        job = session.get(Job, run.job_id)
        session.refresh(job)
        runs.recover_run(session, OpenJob(job.id, True, job.attempt, job.beat))
    session.refresh(run)
    assert run.state is RunState.FAILED
    assert "hai lần" in run.error


def test_a_beat_since_the_last_look_keeps_the_job_with_its_worker(session: Session) -> None:
    actor = make_actor(session)
    run = planning.start_run(session, actor, make_small_province(session).id, limit_s=5)
    claim = runs.claim_run(session, run.job_id)
    job = session.get(Job, run.job_id)
    session.refresh(job)
    seen = OpenJob(job.id, True, job.attempt, job.beat)
    runs.take_progress(session, claim, runs.RunStep("days", 1.0))
    assert not runs.recover_run(session, seen)


def test_a_draft_is_deleted_with_all_it_holds(both_session: Session) -> None:
    actor = make_actor(both_session)
    plan = saved_plan(both_session, actor)
    planning.delete_draft(both_session, actor, plan.id, version=plan.version)
    assert [count(both_session, kind) for kind in (Plan, Trip, Tour, Stop, UnservedNeed)] == [0] * 5


@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
def test_a_plan_of_another_century_is_a_slip_of_the_keyboard(session: Session, year: int) -> None:
    actor = Actor(user_id=None, organisation_id=session.info["organisation_id"], role=Role.PLANNER, name="")
    with pytest.raises(InvalidValue, match="các năm"):
        planning.create_plan(session, actor, name="Sai năm", period=Period(date(year, 3, 1), date(year, 3, 2)))


def test_a_new_plan_knows_the_holidays_of_its_years_and_leaves_a_kept_calendar_alone(session: Session) -> None:
    actor = make_actor(session)
    planning.create_plan(session, actor, name="Đầu năm", period=Period(date(2027, 1, 1), date(2027, 1, 31)))
    new_year = select(CalendarDay).where(CalendarDay.day == date(2027, 1, 1))
    session.delete(session.scalars(new_year).one())
    session.flush()
    planning.create_plan(session, actor, name="Lần nữa", period=Period(date(2027, 1, 1), date(2027, 1, 31)))
    assert session.scalars(new_year).all() == []
    assert session.scalars(select(CalendarDay).where(CalendarDay.day == date(2027, 9, 2))).one().name

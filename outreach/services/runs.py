"""Planning runs: asked for, claimed by one worker, told of while they last, ended once.

Every write of a worker names its attempt: a worker that was taken for dead writes nothing any more.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotFound, WrongState
from outreach.domain.roles import Actor, Right, Role, require
from outreach.domain.visits import JobState, PlanState, RunState
from outreach.routing.problem import Problem
from outreach.routing.solution import Solution
from outreach.services import audit, jobs
from outreach.services.jobs import OpenJob
from outreach.services.saving import load_plan_row, save_solution
from outreach.store.base import utc_now
from outreach.store.jobs import Job
from outreach.store.organisations import Organisation
from outreach.store.people import User
from outreach.store.runs import Run

JOB_KIND = "plan-period"
ACTIVE = (RunState.QUEUED, RunState.RUNNING)
LIMIT_MIN_S, LIMIT_MAX_S = 1.0, 3600.0
CURVE_MAX = 400  # points; more are never seen in a small drawing


class Wish(StrEnum):
    """What a worker is to do next."""

    GO_ON = ""
    KEEP = "keep"  # stop and keep the best plan
    DISCARD = "discard"  # stop and throw the result away
    LOST = "lost"  # another worker has the run, or it is over: write nothing


@dataclass(frozen=True, slots=True)
class Claim:
    """A run in the hands of one worker; `attempt` fences the ones before."""

    job_id: int
    run_id: int
    plan_id: int
    organisation_id: int
    attempt: int
    limit_s: float
    seed: int
    time_zone: str
    actor: Actor  # in whose name the result is saved
    best: dict[str, Any] | None  # what an earlier attempt had found


@dataclass(frozen=True, slots=True)
class RunStep:
    """A moment of a run: `point` is [elapsed_s, visits, distance_m, drive_s] of a better plan, `best` its JSON."""

    phase: str
    elapsed_s: float
    points: tuple[tuple[float, int, int, int], ...] = ()
    best: dict[str, Any] | None = None


def active_run(session: Session, plan_id: int) -> Run | None:
    """The plan's run that is queued or running."""
    return session.scalars(select(Run).where(Run.plan_id == plan_id, Run.state.in_(ACTIVE)).limit(1)).first()


def start_run(session: Session, actor: Actor, plan_id: int, *, limit_s: float = 45.0, seed: int = 1) -> Run:
    """Queue a run for a draft plan; enqueue `run.job_id` after the commit.

    Raises WrongState when the plan is no draft or has a run already.
    """
    require(actor, Right.PLAN)
    if not LIMIT_MIN_S <= limit_s <= LIMIT_MAX_S:
        raise InvalidValue("Thời gian xếp lịch cần từ 1 đến 3600 giây.", field="limit_s", value=limit_s)
    plan = load_plan_row(session, plan_id, lock=True)
    if plan.state is not PlanState.DRAFT:
        raise WrongState("Chỉ xếp lịch được cho bản nháp. Xin đưa kế hoạch về bản nháp trước.")
    if active_run(session, plan_id) is not None:
        raise WrongState("Kế hoạch này đang có một lần xếp lịch. Xin chờ xong hoặc dừng lần đó trước.")
    job = jobs.add_job(session, actor.organisation_id, JOB_KIND, {})
    run = Run(
        organisation_id=actor.organisation_id,
        plan_id=plan_id,
        job_id=job.id,
        state=RunState.QUEUED,
        seed=seed,
        limit_s=limit_s,
        problem={},
        curve=[],
        started_by=actor.user_id,
    )
    session.add(run)
    session.flush()
    job.params = {**job.params, "run_id": run.id}
    session.flush()
    audit.record(session, actor, "start-run", "plan", plan.id, plan.name, {"limit_s": [None, limit_s]})
    return run


def stop_run(session: Session, actor: Actor, run_id: int, *, keep: bool) -> Run:
    """Ask a running run to stop, keeping or discarding its best plan; a waiting one ends at once.

    A run that is over already stays as it is.
    """
    require(actor, Right.PLAN)
    run = session.scalars(select(Run).where(Run.id == run_id).with_for_update()).one_or_none()
    if run is None:
        raise NotFound("Không có lần xếp lịch này.")
    if run.state not in ACTIVE:
        return run
    wish = Wish.KEEP if keep else Wish.DISCARD
    if run.state is RunState.QUEUED:
        _end(session, run, RunState.CANCELLED if keep else RunState.DISCARDED, JobState.DONE)
    else:
        run.wish = wish.value
    session.flush()
    plan = load_plan_row(session, run.plan_id)
    audit.record(session, actor, "stop-run", "plan", plan.id, plan.name, {"run": [None, wish.value]})
    return run


def claim_run(session: Session, job_id: int) -> Claim | None:
    """Take a queued run; None when somebody else has it or it is over."""
    attempt = jobs.claim_job(session, job_id)
    if attempt is None:
        return None
    run = session.scalars(select(Run).where(Run.job_id == job_id)).one_or_none()
    if run is None or run.state not in ACTIVE:
        jobs.end_job(session, job_id, JobState.DONE)
        return None
    run.state, run.started_at, run.phase, run.curve, run.elapsed_s = RunState.RUNNING, utc_now(), "", [], 0.0
    session.flush()
    zone = session.scalar(select(Organisation.time_zone).where(Organisation.id == run.organisation_id))
    return Claim(
        job_id=job_id,
        run_id=run.id,
        plan_id=run.plan_id,
        organisation_id=run.organisation_id,
        attempt=attempt,
        limit_s=run.limit_s,
        seed=run.seed,
        time_zone=zone or "Asia/Ho_Chi_Minh",
        actor=_actor_behind(session, run),
        best=run.best,
    )


def _actor_behind(session: Session, run: Run) -> Actor:
    user = session.scalars(select(User).where(User.id == run.started_by)).one_or_none() if run.started_by else None
    if user is None:
        return Actor(user_id=None, organisation_id=run.organisation_id, role=Role.PLANNER, name="")
    return Actor(
        user_id=user.id,
        organisation_id=run.organisation_id,
        role=user.role,
        name=user.display_name,
        language=user.language,
    )


def describe_problem(session: Session, claim: Claim, problem: Problem) -> None:
    """Write down how big the problem is, for the page that watches the run."""
    run = _held(session, claim)
    if run is not None:
        run.problem = {
            "sites": len({need.site_id for need in problem.needs}),
            "needs": len(problem.needs),
            "wanted": sum(need.quota for need in problem.needs),
            "vehicles": len(problem.vehicles),
            "working_days": _working_days(problem),
        }
        session.flush()


def _working_days(problem: Problem) -> int:
    """Days on which at least one vehicle may drive."""
    closed = [closure.period for closure in problem.closures if closure.stops_vehicles]
    return sum(
        not any(day in period for period in closed)
        and any(
            (day.weekday() in vehicle.weekdays or day in problem.rules.extra_days)
            and not any(day in absence.period for absence in vehicle.absences)
            for vehicle in problem.vehicles
        )
        for day in problem.horizon.days()
    )


def take_progress(session: Session, claim: Claim, step: RunStep) -> Wish:
    """Write a moment of the run and a beat; says what the worker is to do next."""
    run = _held(session, claim, beat=True)
    if run is None:
        return Wish.LOST
    run.phase = step.phase or run.phase
    run.elapsed_s = step.elapsed_s
    if step.points:
        run.curve = [*run.curve, *(list(point) for point in step.points)][-CURVE_MAX:]
    if step.best is not None:
        run.best = step.best
    session.flush()
    return Wish(run.wish)


def wish_of(session: Session, claim: Claim) -> Wish:
    """What a person wants of the run now; reads only."""
    row = session.execute(
        select(Run.wish, Job.state, Job.attempt).join(Job, Job.id == Run.job_id).where(Run.id == claim.run_id)
    ).one_or_none()
    if row is None or row.state is not JobState.RUNNING or row.attempt != claim.attempt:
        return Wish.LOST
    return Wish(row.wish)


def finish_run(session: Session, claim: Claim, problem: Problem, solution: Solution | None, *, state: RunState) -> None:
    """End the run; a solution replaces what the plan held, in the same transaction. Raises BrokenPlan."""
    run = _held(session, claim, beat=True)
    if run is None:
        return
    if solution is not None:
        save_solution(session, claim.plan_id, problem, solution, actor=claim.actor)
        run.rounds, run.processes, run.versions = solution.rounds, solution.processes, dict(solution.versions)
    _end(session, run, state, JobState.DONE)


def fail_run(session: Session, claim: Claim, sentence: str) -> None:
    """End the run with a sentence a planner understands; the plan stays as it was."""
    run = _held(session, claim, beat=True)
    if run is not None:
        _fail(session, run, sentence)


def release_run(session: Session, claim: Claim) -> None:
    """Put the run back into the queue, because the worker is closing down in good order."""
    if _held(session, claim) is not None:
        _requeue(session, claim.job_id, claim.attempt)


def _held(session: Session, claim: Claim, *, beat: bool = False) -> Run | None:
    """The run, if this attempt still holds it."""
    if not jobs.holds_job(session, claim.job_id, claim.attempt, beat=beat):
        return None
    statement = select(Run).where(Run.id == claim.run_id).execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def _end(session: Session, run: Run, state: RunState, job_state: JobState) -> None:
    run.state, run.finished_at, run.best = state, utc_now(), None
    jobs.end_job(session, run.job_id, job_state, run.error)
    session.flush()


def _fail(session: Session, run: Run, sentence: str) -> None:
    run.error = sentence
    _end(session, run, RunState.FAILED, JobState.FAILED)


def _requeue(session: Session, job_id: int, attempt: int) -> None:
    if jobs.requeue_job(session, job_id, attempt):
        session.execute(
            update(Run).where(Run.job_id == job_id, Run.state == RunState.RUNNING).values(state=RunState.QUEUED)
        )


def recover_run(session: Session, job: OpenJob) -> bool:
    """Take a running job from a worker that vanished (session everywhere); True: it waits again.

    Nothing happens when the worker has beaten since. After the second loss the run is failed; a
    person's wish to stop is honoured instead of starting again.
    """
    losses = jobs.take_from_lost_worker(session, job)
    if losses is None:
        return False
    run = session.scalars(select(Run).where(Run.job_id == job.id)).one_or_none()
    if run is None:
        jobs.end_job(session, job.id, JobState.FAILED)
        return False
    if run.wish == Wish.DISCARD.value:
        _end(session, run, RunState.DISCARDED, JobState.DONE)
        return False
    if losses >= jobs.LOSSES_MAX:
        _fail(session, run, "Máy chủ dừng giữa chừng hai lần khi đang xếp lịch. Lịch cũ còn nguyên; xin xếp lại.")
        return False
    _requeue(session, job.id, job.attempt)
    return True

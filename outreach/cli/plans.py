"""`plan new|solve|show|publish`: plans from the command line."""

import argparse
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from outreach.cli.summary import PHASES, print_equity, print_summary
from outreach.domain.errors import InvalidValue, NotFound, Unavailable, WrongState
from outreach.domain.roles import Actor, Role
from outreach.domain.sheets import RunView
from outreach.domain.times import Period
from outreach.domain.visits import PlanState, RunState
from outreach.i18n import day, kilometres, number, translate
from outreach.jobs.runner import run_job
from outreach.routing.solution import Phase
from outreach.services import boards, planning, problems, timetable
from outreach.services.equity import plan_equity
from outreach.services.saving import load_plan_row, load_solution
from outreach.settings import Settings
from outreach.store import schema
from outreach.wiring import House, open_house

LOOK_EVERY_S = 0.25
STATES = {
    PlanState.DRAFT: "bản nháp",
    PlanState.SUBMITTED: "chờ duyệt",
    PlanState.APPROVED: "đã duyệt",
    PlanState.PUBLISHED: "đã công bố",
    PlanState.CLOSED: "đã kết thúc",
}


def local_today() -> date:
    """The day in Vietnam."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def operator(house: House) -> Actor:
    """The command line acting for the installation's library; raises NotFound before there is one."""
    organisation_id = None
    if schema.current(house.engine) is not None:
        schema.check(house.engine)
        with house.session(everywhere=True, write=False) as session:
            organisation_id = timetable.library_of_the_public(session)
    if organisation_id is None:
        raise NotFound("Chưa có thư viện nào ở đây. Xin chạy lệnh demo, hoặc serve rồi mở liên kết thiết lập.")
    return Actor(user_id=None, organisation_id=organisation_id, role=Role.ADMIN, name="")


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[House, Actor]]:
    """The house and the one who acts in it, closed at the end of the block."""
    house = open_house(settings)
    try:
        yield house, operator(house)
    finally:
        house.close()


def new(settings: Settings, args: argparse.Namespace) -> int:
    """Make an empty draft and say its number."""
    if args.last < args.first:
        raise InvalidValue(
            "Ngày cuối ({last}) đứng trước ngày đầu ({first}).", field="last", last=args.last, first=args.first
        )
    with opened(settings) as (house, actor), house.session(organisation_id=actor.organisation_id) as session:
        plan = planning.create_plan(
            session,
            actor,
            name=args.name,
            period=Period(args.first, args.last),
            trip_days_max=args.trip_days,
            nights_per_month_max=args.nights,
        )
    print(translate("Kế hoạch số {id}: {name}", id=plan.id, name=plan.name))
    return 0


def solve(settings: Settings, args: argparse.Namespace) -> int:
    """Plan a draft here and now, telling how it goes."""
    with opened(settings) as (house, actor):
        return solve_here(house, actor, args.plan, seconds=args.seconds, seed=args.seed)


def solve_here(house: House, actor: Actor, plan_id: int, *, seconds: float, seed: int = 1) -> int:
    """Run a plan in this process and print the result; 0 when a plan was saved."""
    began = time.monotonic()
    with house.session(organisation_id=actor.organisation_id) as session:
        run = planning.start_run(session, actor, plan_id, limit_s=seconds, seed=seed)
    view = _follow(house, actor, run.id, run.job_id)
    if view.state is not RunState.DONE:
        raise Unavailable("Lịch chưa được xếp: {why}", why=view.error or translate("lần xếp đã bị dừng"))
    print_plan(house, actor, plan_id, seconds=time.monotonic() - began)
    return 0


def _follow(house: House, actor: Actor, run_id: int, job_id: int | None) -> RunView:
    """Work on the run, or watch the server that was quicker to take it, until it is over."""
    assert job_id is not None
    worker = threading.Thread(
        target=run_job,
        args=(house, job_id),
        kwargs={"organisation_id": actor.organisation_id, "closing": threading.Event()},
    )
    worker.start()
    said: tuple[object, ...] = ()
    try:
        while True:
            with house.session(organisation_id=actor.organisation_id, write=False) as session:
                view = boards.run_view(session, run_id, now=datetime.now(UTC))
            if (view.phase, view.best) != said:
                said = (view.phase, view.best)
                _tell(view)
            if view.state not in (RunState.QUEUED, RunState.RUNNING):
                return view
            time.sleep(LOOK_EVERY_S)
    except KeyboardInterrupt:
        with house.session(organisation_id=actor.organisation_id) as session:
            planning.stop_run(session, actor, run_id, keep=False)
        raise
    finally:
        worker.join()


def _tell(view: RunView) -> None:
    if not view.phase:
        return
    line = f"{number(view.elapsed_s, 1):>6} s  {translate(PHASES[Phase(view.phase)])}"
    if view.best:
        done = translate("{visits}/{wanted} buổi", visits=number(view.best.visits), wanted=number(view.wanted))
        line += f"  {done}  {kilometres(view.best.distance_m)}"
    print(line, flush=True)


def print_plan(house: House, actor: Actor, plan_id: int, *, seconds: float | None = None) -> None:
    """A saved plan in a few lines, judged again."""
    with house.session(organisation_id=actor.organisation_id, write=False) as session:
        problem = problems.build_problem(session, plan_id, today=local_today())
        solution = load_solution(session, plan_id)
    print_summary(problem, solution, seconds=seconds)


def show(settings: Settings, args: argparse.Namespace) -> int:
    """One plan in figures, or a line for each plan."""
    with opened(settings) as (house, actor):
        with house.session(organisation_id=actor.organisation_id, write=False) as session:
            rows = boards.list_plans(session) if args.plan is None else (boards.plan_row(session, args.plan),)
        for row in rows:
            period = f"{day(row.period.first)} - {day(row.period.last)}"
            done = translate("{visits}/{wanted} buổi", visits=number(row.visits), wanted=number(row.wanted))
            print(f"{row.id:>4}  {row.name}  {period}  {translate(STATES[row.state])}  {done}")
        if args.plan is not None:
            print_plan(house, actor, args.plan)
            with house.session(organisation_id=actor.organisation_id, write=False) as session:
                print_equity(plan_equity(session, args.plan))
    return 0


def publish(settings: Settings, args: argparse.Namespace) -> int:
    """Bring a plan all the way to the public timetable; the operator approves it with a number."""
    with opened(settings) as (house, actor), house.session(organisation_id=actor.organisation_id) as session:
        plan = load_plan_row(session, args.plan)
        if plan.state is PlanState.DRAFT:
            plan = planning.submit_plan(session, actor, args.plan, version=plan.version)
        if plan.state is PlanState.SUBMITTED:
            if not args.number:
                raise WrongState("Kế hoạch chưa được duyệt. Xin ghi số văn bản phê duyệt bằng --number.")
            plan = planning.approve_plan(
                session, actor, args.plan, version=plan.version, number=args.number, day=args.day or local_today()
            )
        plan = planning.publish_plan(session, actor, args.plan, version=plan.version, now=datetime.now(UTC))
    print(translate("Đã công bố: {name}", name=plan.name))
    return 0

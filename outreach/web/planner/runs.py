"""A planning run: started, watched while it works, stopped, and where it led."""

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.roles import Right
from outreach.domain.sheets import RunView
from outreach.domain.visits import RunState
from outreach.i18n import translate
from outreach.jobs import queue
from outreach.services import boards, planning
from outreach.web.auth import allow
from outreach.web.clock import now
from outreach.web.numbers import whole
from outreach.web.planner.drawings import curve
from outreach.web.session import after_commit, house

desk = Blueprint("runs", __name__)

LIMITS_S = (30, 60, 120, 300)
USUAL_LIMIT_S = 60
STOP_POLLING = 286  # htmx: take this answer and ask no more
# the planner's phases in their order
PHASES = {
    "checking": "Kiểm tra dữ liệu",
    "travel": "Tính thời gian đi lại",
    "days": "Chọn ngày và xe cho từng nơi",
    "times": "Sắp giờ từng ngày",
    "judging": "Kiểm tra độc lập",
    "bounding": "Chứng minh còn cách mức tốt nhất bao xa",
}
COMPILING = "compiling"  # within the days' phase, after the first plan; not in every run


@desk.get("/ke-hoach/<int:plan_id>/xep")
@allow(Right.PLAN)
def choose(plan_id: int) -> AnyResponse | str:
    """How long the planner may take, and what becomes of the timetable there is."""
    plan = boards.plan_row(g.session, plan_id)
    if plan.run_id:
        return redirect(url_for("runs.show", run_id=plan.run_id))
    if not plan.wanted and not plan.visits:
        return redirect(url_for("plans.show", plan_id=plan_id))  # which says that nothing is asked for
    return render_template("planner/choose.html", plan=plan, limits=LIMITS_S, usual=USUAL_LIMIT_S)


@desk.post("/ke-hoach/<int:plan_id>/xep")
@allow(Right.PLAN)
def start(plan_id: int) -> AnyResponse:
    """Start a run; the worker is woken once its row is stored."""
    limit_s = request.form.get("limit", USUAL_LIMIT_S, type=whole)
    run = planning.start_run(
        g.session, g.actor, plan_id, limit_s=limit_s if limit_s in LIMITS_S else USUAL_LIMIT_S, seed=1
    )
    home, job_id = house(), run.job_id
    after_commit(lambda: queue.enqueue(home, job_id))
    return redirect(url_for("runs.show", run_id=run.id), 303)


def _steps(run: RunView) -> list[tuple[str, str]]:
    """Each phase with "done", "now" or "todo"."""
    phases = list(PHASES)
    phase = "days" if run.phase == COMPILING else run.phase
    at = phases.index(phase) if phase in phases else -1
    if run.state in (RunState.DONE, RunState.CANCELLED):
        at = len(phases)
    states = ["done" if place < at else "now" if place == at else "todo" for place in range(len(phases))]
    return [(translate(text), state) for text, state in zip(PHASES.values(), states, strict=True)]


def _page(template: str, run: RunView) -> str:
    return render_template(
        template,
        run=run,
        steps=_steps(run),
        compiling=run.state is RunState.RUNNING and run.phase == COMPILING,
        busy=run.state in (RunState.QUEUED, RunState.RUNNING),
        drawing=curve(run.curve, wanted=run.wanted, limit_s=run.limit_s, elapsed_s=run.elapsed_s),
    )


@desk.get("/lan-xep/<int:run_id>")
@allow(Right.SEE_PLANS)
def show(run_id: int) -> str:
    """The run as it stands; it refreshes itself."""
    return _page("planner/run.html", boards.run_view(g.session, run_id, now=now()))


@desk.get("/lan-xep/<int:run_id>/tien-do")
@allow(Right.SEE_PLANS)
def progress(run_id: int) -> AnyResponse:
    """The changing part of the page; the last answer tells htmx to stop asking."""
    run = boards.run_view(g.session, run_id, now=now())
    busy = run.state in (RunState.QUEUED, RunState.RUNNING)
    return make_response(_page("planner/run_progress.html", run), 200 if busy else STOP_POLLING)


@desk.post("/lan-xep/<int:run_id>/dung")
@allow(Right.PLAN)
def stop(run_id: int) -> AnyResponse:
    """Stop a run and keep its best plan, or throw the result away."""
    planning.stop_run(g.session, g.actor, run_id, keep=request.form.get("giu") == "1")
    return redirect(url_for("runs.show", run_id=run_id), 303)

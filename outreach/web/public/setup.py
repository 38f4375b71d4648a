"""The first run: the one-time link that makes the first account, with the demo's plan being made below."""

from dataclasses import dataclass

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import InvalidValue, NotFound, OutreachError
from outreach.domain.sheets import PlanRow, RunView
from outreach.i18n import translate
from outreach.services import accounts, boards, organisations, timetable
from outreach.services.organisations import Library
from outreach.web.auth import public, set_session_cookie
from outreach.web.clock import now
from outreach.web.session import house

desk = Blueprint("setup", __name__)

STOP_POLLING = 286  # htmx's own status: swap once more, then stop


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """The plan that is being made while the first account is filled in."""

    plan: PlanRow | None
    run: RunView | None


def _open_link(token: str) -> Library | None:
    """The library waiting behind the link; raises NotFound when the link is used up, too old or wrong."""
    with house().session(everywhere=True, write=False) as everywhere:
        if not accounts.setup_link_open(everywhere, token, now()):
            raise NotFound("Liên kết thiết lập này không đúng, đã dùng hoặc đã hết hạn sau 24 giờ.")
        number = timetable.library_of_the_public(everywhere)
        g.library = organisations.library(everywhere, number) if number is not None else None
        found: Library | None = g.library
    return found


def _demo_plan(library: Library | None) -> DemoPlan:
    if library is None or not library.demo:
        return DemoPlan(None, None)
    with house().session(organisation_id=library.id, write=False) as session:
        plans = boards.list_plans(session)
        running = (plan for plan in plans if plan.run_id is not None)
        plan = next(running, plans[0] if plans else None)
        run = boards.run_view(session, plan.run_id, now=now()) if plan and plan.run_id else None
    return DemoPlan(plan, run)


@desk.get("/thiet-lap/<token>")
@public
def show(token: str) -> str:
    """The form of the first account."""
    library = _open_link(token)
    return render_template(
        "setup/setup.html",
        link=token,
        errors={},
        typed={"library_name": library.name if library else "", "login": "", "display_name": ""},
        demo=_demo_plan(library),
    )


@desk.post("/thiet-lap/<token>")
@public
def create(token: str) -> AnyResponse:
    """Make the first account and sign it in; the link is then used up."""
    library = _open_link(token)
    typed = {name: request.form.get(name, "").strip() for name in ("library_name", "login", "display_name")}
    password = request.form.get("password", "")
    try:
        with house().session(everywhere=True) as everywhere:
            accounts.use_setup_link(everywhere, token, password=password, now=now(), **typed)
        with house().session(everywhere=True) as everywhere:
            session_token = accounts.sign_in(everywhere, typed["login"], password, now=now())
    except InvalidValue as error:
        errors = {error.field: translate(error.message, **error.values)}
    except NotFound:
        raise
    except OutreachError as error:
        errors = {"": translate(error.message, **error.values)}
    else:
        response = redirect(_first_page(library), 303)
        set_session_cookie(response, session_token)
        return response
    page = render_template("setup/setup.html", link=token, errors=errors, typed=typed, demo=_demo_plan(library))
    return Response(page, 422)


def _first_page(library: Library | None) -> str:
    """Where the first person lands: the demo's plan in the making, the plan itself, or the overview."""
    demo = _demo_plan(library)
    if demo.run is not None:
        return url_for("runs.show", run_id=demo.run.id)
    if demo.plan is not None:
        return url_for("plans.show", plan_id=demo.plan.id)
    return "/"


@desk.get("/thiet-lap/<token>/tien-do")
@public
def progress(token: str) -> AnyResponse:
    """How far the demo's plan has come; asked every second until it is made or the link is used up."""
    try:
        demo = _demo_plan(_open_link(token))
    except NotFound:
        return Response("", STOP_POLLING)
    status = 200 if demo.run is not None else STOP_POLLING
    return Response(render_template("setup/progress.html", link=token, demo=demo), status)

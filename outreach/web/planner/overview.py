"""The first page of a signed-in person."""

from flask import Blueprint, g, render_template

from outreach.domain.names import board_name
from outreach.domain.roles import Right
from outreach.domain.sheets import DaySheet
from outreach.services.overview import overview
from outreach.services.registers.start import Step, getting_started
from outreach.web.auth import allow
from outreach.web.clock import ZONE, now, today
from outreach.web.planner.drawings import Strip, strip

desk = Blueprint("overview", __name__)


def _now_s() -> int:
    moment = now().astimezone(ZONE)
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _strip(sheet: DaySheet) -> Strip:
    return strip(sheet, names=[board_name(stop.site_name) for stop in sheet.stops], now_s=_now_s())


@desk.get("/")
@allow(Right.SEE_PLANS)
def show() -> str:
    """Today, this week, what wants a look, coverage and figures; a library without sites sees its first steps."""
    started = getting_started(g.session, today=today())
    if not any(one.count for one in started if one.step in (Step.SITES, Step.PLAN)):
        return render_template("start/start.html", started=started, path="/")
    return render_template(
        "planner/overview.html", page=overview(g.session, today=today()), strip_of=_strip, now_s=_now_s(), path="/"
    )

"""One day of a plan: strip, map and stops of each vehicle, on the screen and on paper."""

from bisect import bisect_left, bisect_right
from datetime import date

from flask import Blueprint, g, render_template, request

from outreach.domain.errors import NotFound
from outreach.domain.roles import Right
from outreach.domain.sheets import DaySheet
from outreach.services import boards
from outreach.services.breaches import PlanBreaches
from outreach.web.auth import allow
from outreach.web.numbers import whole
from outreach.web.planner.drawings import strip

desk = Blueprint("days", __name__)

TIGHT_S = 20 * 60
EARLY_S = 10 * 60


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound("Không có ngày {typed}. Ngày viết như 2027-01-18.", typed=text) from None


def chosen_sheet(sheets: tuple[DaySheet, ...], asked: int | None) -> DaySheet | None:
    """The sheet of the vehicle with the sign asked for, else the first one."""
    return next((sheet for sheet in sheets if sheet.vehicle.sign == asked), sheets[0] if sheets else None)


@desk.get("/ke-hoach/<int:plan_id>/ngay/<day>")
@allow(Right.SEE_PLANS)
def show(plan_id: int, day: str) -> str:
    """The day; `?xe=` picks the vehicle by its sign."""
    plan = boards.plan_row(g.session, plan_id)
    when = _day(day)
    sheets = boards.day_sheets(g.session, plan_id, when)
    sheet = chosen_sheet(sheets, request.args.get("xe", type=whole))
    used = boards.used_days(g.session, plan_id)
    before, after = bisect_left(used, when), bisect_right(used, when)
    return render_template(
        "planner/day.html",
        plan=plan,
        day=when,
        sheets=sheets,
        sheet=sheet,
        broken=PlanBreaches(g.session, plan_id).of_day(when, sheet.vehicle.sign if sheet else None),
        strip=strip(sheet) if sheet else None,
        strip_of=strip,
        previous_day=used[before - 1] if before else None,
        next_day=used[after] if after < len(used) else None,
        tight_s=TIGHT_S,
        early_s=EARLY_S,
    )

"""Plans: the list, a new one, and one plan as board, unserved needs, figures and history."""

from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import InvalidValue, NotFound
from outreach.domain.names import board_name
from outreach.domain.roles import Right
from outreach.domain.sheets import PlanRow
from outreach.domain.times import HalfYear, Period
from outreach.domain.unserved import UnservedRow
from outreach.i18n import translate
from outreach.services import audit, boards, plan_rows, planning
from outreach.services.breaches import PlanBreaches
from outreach.services.equity import area_name, plan_equity
from outreach.services.fixes import need_fixes
from outreach.services.proofs import proofs_of
from outreach.services.reasons import reason_title
from outreach.services.weights import PRICES, weights_of
from outreach.web.auth import allow
from outreach.web.clock import today
from outreach.web.numbers import whole
from outreach.web.planner import board_view, days, steps
from outreach.web.planner.periods import half_year_name

desk = Blueprint("plans", __name__)
desk.add_app_template_filter(board_name)
desk.register_blueprint(days.desk)
desk.register_blueprint(steps.desk)

FREE = "free"
ALL_SHOWN = 6  # unserved needs beside the board
VIEWS = ("lich", "ban-do", "chua-xep")


@dataclass
class NewPlan:
    """The form of a new plan as it was typed."""

    choice: str
    name: str = ""
    first: str = ""
    last: str = ""
    trip_days_max: str = "1"
    nights_per_month_max: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "NewPlan":
        """What the browser sent."""
        return cls(
            choice=form.get("choice", ""),
            name=form.get("name", "").strip(),
            first=form.get("first", "").strip(),
            last=form.get("last", "").strip(),
            trip_days_max=form.get("trip_days_max", "1").strip() or "1",
            nights_per_month_max=form.get("nights_per_month_max", "").strip(),
        )

    def limits(self) -> dict[str, int | None]:
        """How long trips may last and how many nights of a month a post may be away; fills `errors`."""
        found: dict[str, int | None] = {}
        for name in ("trip_days_max", "nights_per_month_max"):
            text = getattr(self, name)
            found[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
            if text and found[name] is None:
                self.errors[name] = translate("Ghi một số, ví dụ 2.")
        return found

    def chosen(self, half_years: tuple[HalfYear, ...]) -> tuple[str, Period] | None:
        """Name and period; fills `errors` and returns None where something is missing or wrong."""
        for half_year in half_years:
            if self.choice == f"{half_year.year}-{half_year.half}":
                title = translate("Kế hoạch {half_year}", half_year=half_year_name(half_year))
                return self.name or title, half_year.period
        first, last = self._day("first"), self._day("last")
        if not self.name:
            self.errors["name"] = translate("Đặt tên cho kế hoạch, ví dụ “Lịch hè 2027”.")
        if first and last and last < first:
            self.errors["last"] = translate("Ngày cuối phải bằng hoặc sau ngày đầu.")
        if self.errors or not first or not last:
            return None
        return self.name, Period(first, last)

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(getattr(self, name))
        except ValueError:
            wanted = translate("ngày đầu") if name == "first" else translate("ngày cuối")
            self.errors[name] = translate("Chọn {which} của kế hoạch.", which=wanted)
            return None


@desk.get("/ke-hoach")
@allow(Right.SEE_PLANS)
def index() -> str:
    """All plans."""
    return render_template("planner/plans.html", plans=boards.list_plans(g.session), today=today())


def _new_page(form: NewPlan) -> str:
    half_years = plan_rows.coming_half_years(g.session, today=today())
    return render_template(
        "planner/new.html", form=form, half_years=half_years, half_year_name=half_year_name, free=FREE
    )


@desk.get("/ke-hoach/moi")
@allow(Right.PLAN)
def new() -> str:
    """The form of a new plan; the next half-year is proposed."""
    proposed = plan_rows.coming_half_years(g.session, today=today())[1]
    return _new_page(NewPlan(f"{proposed.year}-{proposed.half}"))


@desk.post("/ke-hoach/moi")
@allow(Right.PLAN)
def create() -> AnyResponse:
    """Make the plan, or show the form again with what is to be mended."""
    form = NewPlan.read(request.form)
    chosen, limits = form.chosen(plan_rows.coming_half_years(g.session, today=today())), form.limits()
    if chosen and not form.errors:
        try:
            plan = planning.create_plan(
                g.session,
                g.actor,
                name=chosen[0],
                period=chosen[1],
                trip_days_max=limits["trip_days_max"] or 0,
                nights_per_month_max=limits["nights_per_month_max"],
            )
        except InvalidValue as error:
            form.errors[error.field] = translate(error.message, **error.values)
        else:
            return redirect(url_for("plans.show", plan_id=plan.id), 303)
    return Response(_new_page(form), 422)


@desk.get("/ke-hoach/<int:plan_id>")
@allow(Right.SEE_PLANS)
def show(plan_id: int) -> str:
    """The board with its map and the needs that found no day."""
    plan = boards.plan_row(g.session, plan_id)
    weeks = boards.board(g.session, plan_id)
    asked = request.args.get("tuan")
    opened = board_view.open_week(weeks, asked, today())
    view = request.args.get("xem", VIEWS[0])
    left = boards.unserved(g.session, plan_id)
    return render_template(
        "planner/plan.html",
        plan=plan,
        figures=boards.plan_figures(g.session, plan_id),
        weeks=weeks,
        opened=opened,
        all_open=asked == board_view.ALL,
        view=view if view in VIEWS else VIEWS[0],
        left=left,
        shown=left[:ALL_SHOWN],
        layout=board_view,
        today=today(),
        run=plan.run_id,
        broken=PlanBreaches(g.session, plan_id).groups(),
    )


@desk.get("/ke-hoach/<int:plan_id>/tuan/<int:number>")
@allow(Right.SEE_PLANS)
def week(plan_id: int, number: int) -> str:
    """One week of the board, open or closed, to be put in its place."""
    plan = boards.plan_row(g.session, plan_id)
    weeks = boards.board(g.session, plan_id)
    found = next((week for week in weeks if week.number == number), None)
    if found is None:
        raise NotFound("Kế hoạch này không có tuần {number}.", number=number)
    return render_template(
        "planner/week.html", plan=plan, week=found, is_open=request.args.get("mo") == "1", layout=board_view
    )


@desk.get("/ke-hoach/<int:plan_id>/chua-xep")
@allow(Right.SEE_PLANS)
def unserved(plan_id: int) -> str:
    """Every need that found no day, by the reason that decides."""
    plan = boards.plan_row(g.session, plan_id)
    left = boards.unserved(g.session, plan_id)
    return render_template("planner/unserved.html", plan=plan, left=left, groups=by_reason(left), title=reason_title)


@desk.get("/ke-hoach/<int:plan_id>/chua-xep/<int:need_id>")
@allow(Right.SEE_PLANS)
def fixes(plan_id: int, need_id: int) -> str:
    """What would let one more visit of a need in, found now; for htmx only the answer."""
    plan = boards.plan_row(g.session, plan_id)
    part = request.headers.get("HX-Request") == "true"
    return render_template(
        "planner/fixes_found.html" if part else "planner/fixes.html",
        plan=plan,
        row=next((row for row in boards.unserved(g.session, plan_id) if row.need_id == need_id), None),
        found=need_fixes(g.session, plan_id, need_id, today=today()),
    )


def by_reason(left: tuple[UnservedRow, ...]) -> dict[str, list[UnservedRow]]:
    """The needs by their first reason, the most frequent first."""
    groups: dict[str, list[UnservedRow]] = {}
    for row in left:
        groups.setdefault(row.codes[0] if row.codes else "", []).append(row)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


@desk.get("/ke-hoach/<int:plan_id>/so-lieu")
@allow(Right.SEE_PLANS)
def figures(plan_id: int) -> str:
    """The plan in figures: what each vehicle does, and what was left out and why."""
    plan = boards.plan_row(g.session, plan_id)
    left = by_reason(boards.unserved(g.session, plan_id))
    missing = [(reason_title(code), sum(row.missing for row in rows)) for code, rows in left.items() if code]
    found = boards.plan_figures(g.session, plan_id)
    return render_template(
        "planner/figures.html",
        plan=plan,
        figures=found,
        proofs=proofs_of(found),
        reasons=sorted(missing, key=lambda line: -line[1]),
        weights=weights_of(PRICES),
        equity=plan_equity(g.session, plan_id),
        area_name=area_name,
    )


@desk.get("/ke-hoach/<int:plan_id>/nhat-ky")
@allow(Right.SEE_AUDIT)
def history(plan_id: int) -> AnyResponse:
    """Who changed the plan, and when."""
    plan: PlanRow = boards.plan_row(g.session, plan_id)
    page = max(1, request.args.get("trang", 1, type=whole))
    entries, total = audit.list_audit(g.session, subject_kind="plan", subject_id=plan_id, page=page)
    return make_response(
        render_template("planner/history.html", plan=plan, entries=entries, total=total, page=page, size=50)
    )

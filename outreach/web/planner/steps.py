"""The way of a plan: submitted, approved, published, closed, and back to draft."""

from datetime import date

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import BrokenPlan, InvalidValue
from outreach.domain.roles import Right
from outreach.i18n import translate, translate_count
from outreach.services import boards, judging, planning
from outreach.web.auth import allow
from outreach.web.clock import now, today
from outreach.web.numbers import whole

desk = Blueprint("steps", __name__)


def _version() -> int:
    """The version of the plan that the person saw; 0, which nobody ever saw, when the form lost it."""
    return request.form.get("version", 0, type=whole)


def _done(plan_id: int, text: str) -> AnyResponse:
    flash(text, "ok")
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@desk.post("/ke-hoach/<int:plan_id>/trinh")
@allow(Right.PLAN)
def submit(plan_id: int) -> AnyResponse:
    """Hand the draft to the person who approves; what the judge finds is shown on the plan's page instead."""
    try:
        planning.submit_plan(g.session, g.actor, plan_id, version=_version())
    except BrokenPlan:
        return _judged(plan_id, translate("Chưa trình được: lịch chưa qua bước kiểm."))
    return _done(plan_id, translate("Đã trình kế hoạch. Người có quyền duyệt sẽ thấy ở trang Hôm nay."))


def _judged(plan_id: int, refused: str = "") -> AnyResponse:
    """Judge the plan as things are now and show what was found."""
    found = judging.judge_again(g.session, g.actor, plan_id)
    if found:
        flash(refused or translate_count("Đã kiểm lại: {count} chỗ vi phạm.", len(found)), "warn")
    else:
        flash(translate("Đã kiểm lại: không còn chỗ nào vi phạm."), "ok")
    return redirect(url_for("plans.show", plan_id=plan_id, _anchor="vi-pham" if found else None), 303)


@desk.post("/ke-hoach/<int:plan_id>/kiem-tra")
@allow(Right.PLAN)
def judge(plan_id: int) -> AnyResponse:
    """Have the judge look again."""
    return _judged(plan_id)


@desk.post("/ke-hoach/<int:plan_id>/mo-lai")
@allow(Right.PLAN)
def reopen(plan_id: int) -> AnyResponse:
    """Take the plan back to draft."""
    planning.reopen_plan(g.session, g.actor, plan_id, version=_version())
    return _done(plan_id, translate("Kế hoạch đã trở lại bản nháp. Lịch đã xếp còn nguyên."))


def _approval(plan_id: int, *, number: str, day: str, errors: dict[str, str]) -> str:
    return render_template(
        "planner/approve.html",
        plan=boards.plan_row(g.session, plan_id),
        figures=boards.plan_figures(g.session, plan_id),
        number_typed=number,
        day_typed=day,
        errors=errors,
    )


@desk.get("/ke-hoach/<int:plan_id>/duyet")
@allow(Right.APPROVE)
def approval(plan_id: int) -> str:
    """The form of the approval."""
    return _approval(plan_id, number="", day=today().isoformat(), errors={})


@desk.post("/ke-hoach/<int:plan_id>/duyet")
@allow(Right.APPROVE)
def approve(plan_id: int) -> AnyResponse:
    """Record number and day of the document."""
    number, typed = request.form.get("number", "").strip(), request.form.get("day", "")
    errors: dict[str, str] = {}
    if not number:
        errors["number"] = translate("Ghi số văn bản phê duyệt, ví dụ 118/QĐ-TVT.")
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        errors["day"] = translate("Chọn ngày ký văn bản.")
    if not errors:
        try:
            planning.approve_plan(g.session, g.actor, plan_id, version=_version(), number=number, day=day)
        except InvalidValue as error:
            errors[error.field] = translate(error.message, **error.values)
    if errors:
        return Response(_approval(plan_id, number=number, day=typed, errors=errors), 422)
    return _done(plan_id, translate("Đã duyệt kế hoạch theo văn bản {number}.", number=number))


def _confirm(plan_id: int, kind: str) -> str:
    return render_template(
        f"planner/{kind}.html",
        plan=boards.plan_row(g.session, plan_id),
        figures=boards.plan_figures(g.session, plan_id),
    )


@desk.get("/ke-hoach/<int:plan_id>/cong-bo")
@allow(Right.PUBLISH)
def publication(plan_id: int) -> str:
    """What publishing will show, before it happens."""
    return _confirm(plan_id, "publish")


@desk.post("/ke-hoach/<int:plan_id>/cong-bo")
@allow(Right.PUBLISH)
def publish(plan_id: int) -> AnyResponse:
    """Publish."""
    planning.publish_plan(g.session, g.actor, plan_id, version=_version(), now=now())
    return _done(plan_id, translate("Đã công bố. Lịch đã có ở trang công khai."))


@desk.get("/ke-hoach/<int:plan_id>/dong")
@allow(Right.PUBLISH)
def closing(plan_id: int) -> str:
    """What closing takes away, before it happens."""
    return _confirm(plan_id, "close")


@desk.post("/ke-hoach/<int:plan_id>/dong")
@allow(Right.PUBLISH)
def close(plan_id: int) -> AnyResponse:
    """Take a published plan off the timetable."""
    planning.close_plan(g.session, g.actor, plan_id, version=_version())
    return _done(plan_id, translate("Đã đóng kế hoạch. Lịch này không còn ở trang công khai."))


@desk.get("/ke-hoach/<int:plan_id>/xoa")
@allow(Right.PLAN)
def deletion(plan_id: int) -> str:
    """What deleting takes away, before it happens."""
    return _confirm(plan_id, "delete")


@desk.post("/ke-hoach/<int:plan_id>/xoa")
@allow(Right.PLAN)
def delete(plan_id: int) -> AnyResponse:
    """Delete a draft."""
    planning.delete_draft(g.session, g.actor, plan_id, version=_version())
    flash(translate("Đã xóa bản nháp."), "ok")
    return redirect(url_for("plans.index"), 303)

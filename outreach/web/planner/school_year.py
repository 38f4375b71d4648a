"""A school-year decision pasted as text: its days as a proposal, looked at and mended, then saved."""

from datetime import date

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.cells import read_day
from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Right
from outreach.domain.visits import CalendarKind
from outreach.domain.words import TERM_KINDS
from outreach.i18n import translate, translate_count
from outreach.services import school_years
from outreach.services.school_years import Line
from outreach.web.auth import allow
from outreach.web.planner.forms import said

desk = Blueprint("school_year", __name__)

LINES_MOST = 200


@desk.get("/lich-nghi/nam-hoc")
@allow(Right.EDIT_REGISTERS)
def paste() -> str:
    """Where the text of the decision is pasted."""
    return render_template("calendar/paste.html", text="", error="")


@desk.post("/lich-nghi/nam-hoc")
@allow(Right.EDIT_REGISTERS)
def propose() -> AnyResponse | str:
    """The days found in the text."""
    text = request.form.get("text", "")
    proposal = school_years.propose(text)
    if not proposal.lines:
        error = translate("Chưa thấy ngày nào trong đoạn này. Dán phần có các ngày, hoặc ghi thêm “năm học 2026-2027”.")
        return Response(render_template("calendar/paste.html", text=text[:100_000], error=error), 422)
    form: MultiDict[str, str] = MultiDict({"source": proposal.source})
    for number, line in enumerate(proposal.lines):
        _fill(form, number, line)
    return _proposal_page(form, {}, cited=proposal.cited, impossible=proposal.impossible)


def _fill(form: MultiDict[str, str], number: int, line: Line) -> None:
    form[f"target.{number}"], form[f"name.{number}"] = line.target, line.name
    form[f"first.{number}"] = line.first.isoformat() if line.first else ""
    form[f"last.{number}"] = line.last.isoformat() if line.last else ""
    form[f"sentence.{number}"] = line.sentence
    form.setlist(f"note.{number}", list(line.notes))


def _proposal_page(form: MultiDict[str, str], errors: dict[str, str], **more: object) -> str:
    numbers = [number for number in range(LINES_MOST) if f"target.{number}" in form]
    return render_template(
        "calendar/proposal.html",
        form=form,
        errors=errors,
        wanted=[number for number in numbers if form[f"target.{number}"]],
        others=[number for number in numbers if not form[f"target.{number}"]],
        targets=TERM_KINDS | {kind.value: "" for kind in CalendarKind},
        term_kinds=TERM_KINDS,
        kinds=tuple(CalendarKind),
        **more,
    )


@desk.post("/lich-nghi/nam-hoc/luu")
@allow(Right.EDIT_REGISTERS)
def save() -> AnyResponse:
    """Write what was chosen; a line that is not right is said beside it, and nothing is written."""
    form = MultiDict(request.form)
    errors: dict[str, str] = {}
    chosen: list[Line] = []
    numbers: list[int] = []
    for number in range(LINES_MOST):
        target = form.get(f"target.{number}", "")
        if target in TERM_KINDS or target in set(CalendarKind):
            chosen.append(_line(form, number, errors))
            numbers.append(number)
        elif f"target.{number}" in form:
            form[f"target.{number}"] = ""
    if not chosen and not errors:
        errors[""] = translate("Chọn loại cho ít nhất một dòng.")
    if not errors:
        try:
            brought = school_years.save_proposal(g.session, g.actor, chosen, source=form.get("source", ""))
        except InvalidValue as error:
            errors = {_place(error.field, numbers): said(error)}
    if errors:
        return Response(_proposal_page(form, errors), 422)
    flash(translate_count("Đã lưu {count} học kỳ hoặc hè.", brought.terms))
    flash(translate_count("Đã thêm {count} ngày vào lịch.", brought.days))
    if brought.there:
        flash(translate_count("{count} ngày đã có sẵn loại này nên giữ nguyên.", brought.there), "info")
    first = next((line.first for line in chosen if line.first), None)
    return redirect(url_for("calendar.show", nam=first.year if first else None), 303)


def _place(field: str, numbers: list[int]) -> str:
    """The input of a fault that names a line by its place among those chosen."""
    name, _, place = field.partition(".")
    return f"{name}.{numbers[int(place)]}" if place else name


def _line(form: MultiDict[str, str], number: int, errors: dict[str, str]) -> Line:
    return Line(
        form[f"target.{number}"],
        form.get(f"name.{number}", ""),
        _day(form, f"first.{number}", errors),
        _day(form, f"last.{number}", errors),
        "",
    )


def _day(form: MultiDict[str, str], name: str, errors: dict[str, str]) -> date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return read_day(text)
    except InvalidValue as error:
        errors[name] = said(error)
        return None

"""The register of requests: who waits, a new one, and the decision with its answer."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import InvalidValue, StaleEdit, WrongState
from outreach.domain.roles import Right
from outreach.domain.visits import RequestState
from outreach.i18n import translate
from outreach.services import plan_rows, requests
from outreach.services.registers.editing import RefusedRecord
from outreach.services.registers.requests import Requests
from outreach.web.auth import allow
from outreach.web.clock import today
from outreach.web.numbers import whole
from outreach.web.planner import editor
from outreach.web.planner.editor import Sheet
from outreach.web.planner.forms import said
from outreach.web.planner.periods import offered_half_years

desk = Blueprint("requests", __name__)
REGISTER = Requests()


@desk.get("/de-nghi")
@allow(Right.HANDLE_REQUESTS)
def show() -> str:
    """Open requests first, with the days they wait."""
    asked = request.args.get("state", "")
    state = RequestState(asked) if asked in set(RequestState) else None
    search = " ".join(request.args.get("q", "").split())[:100]
    rows = requests.list_requests(g.session, state=state, search=search, today=today())
    return render_template("requests/list.html", rows=rows, state=state, search=search, states=tuple(RequestState))


def _form(sheet: Sheet) -> str:
    return editor.show(sheet, "requests/edit.html", last=None)


@desk.get("/de-nghi/moi")
@allow(Right.HANDLE_REQUESTS)
def new() -> str:
    """The form of a new request; it came today until somebody says otherwise."""
    return _form(editor.new_sheet(REGISTER, {"asked_on": today().isoformat(), **request.args}))


@desk.post("/de-nghi/moi")
@allow(Right.HANDLE_REQUESTS)
def create() -> AnyResponse:
    """Add the request."""
    return editor.save(REGISTER, None, page=_form, done=lambda saved: _home(saved.record.id))


@desk.get("/de-nghi/<int:request_id>/sua")
@allow(Right.HANDLE_REQUESTS)
def edit(request_id: int) -> str:
    """The form of a request."""
    return _form(editor.sheet_of(REGISTER, request_id))


@desk.post("/de-nghi/<int:request_id>/sua")
@allow(Right.HANDLE_REQUESTS)
def save(request_id: int) -> AnyResponse:
    """Store the request."""
    return editor.save(
        REGISTER, request_id, page=_form, done=lambda saved: _home(saved.record.id), stale_page="requests/stale.html"
    )


def _home(request_id: int) -> str:
    return url_for("requests.one", request_id=request_id)


def _page(request_id: int, errors: dict[str, str], *, stale: bool = False) -> str:
    row = requests.request_row(g.session, request_id, today=today())
    half_years = plan_rows.coming_half_years(g.session, today=today())
    typed = dict(request.form)
    periods = offered_half_years(half_years)
    return render_template(
        "requests/one.html", row=row, errors=errors, typed=typed, stale=stale, periods=periods,
        first=typed.get("first_day") or (row.first_day or periods[1].period.first).isoformat(),
        last=typed.get("last_day") or (row.last_day or row.first_day or periods[1].period.last).isoformat(),
        last_change=editor.last_change(REGISTER, request_id),
    )  # fmt: skip


@desk.get("/de-nghi/<int:request_id>")
@allow(Right.HANDLE_REQUESTS)
def one(request_id: int) -> str:
    """One request with what may be decided, or what was."""
    return _page(request_id, {})


@desk.post("/de-nghi/<int:request_id>")
@allow(Right.HANDLE_REQUESTS)
def decide(request_id: int) -> AnyResponse:
    """Accept, decline, withdraw or reopen."""
    form = request.form
    version, answer = form.get("version", 0, type=whole), form.get("answer", "")
    try:
        said_done = _decide(request_id, form.get("deed", ""), version, answer)
    except RefusedRecord as error:
        g.session.rollback()
        return Response(_page(request_id, {fault.field: said(fault) for fault in error.reading.faults}), 422)
    except InvalidValue as error:
        g.session.rollback()
        return Response(_page(request_id, {error.field: said(error)}), 422)
    except (StaleEdit, WrongState):
        g.session.rollback()
        return Response(_page(request_id, {}, stale=True), 409)
    flash(said_done)
    return redirect(_home(request_id), 303)


def _decide(request_id: int, deed: str, version: int, answer: str) -> str:
    """Do what the button says; returns the sentence that tells so."""
    if deed == "accept":
        need = None
        if request.form.get("with_need") == "1":
            need = {name: request.form.get(name, "") for name in ("first_day", "last_day", "quota", "minutes")}
        number = requests.accept(
            g.session, g.actor, request_id, need=need, version=version, today=today(), answer=answer
        )
        return translate("Đã nhận đề nghị và thêm nhu cầu.") if number else translate("Đã nhận đề nghị.")
    if deed == "decline":
        requests.decline(g.session, g.actor, request_id, version=version, today=today(), answer=answer)
        return translate("Đã trả lời không nhận.")
    if deed == "withdraw":
        requests.withdraw(g.session, g.actor, request_id, version=version, today=today(), answer=answer)
        return translate("Đã ghi là bên đề nghị rút.")
    if deed == "reopen":
        requests.reopen(g.session, g.actor, request_id, version=version)
        return translate("Đề nghị lại ở trạng thái chờ trả lời.")
    raise InvalidValue("Chọn một trong các cách trả lời.", field="", value=deed)

"""The registers by hand: an overview with the first steps, each list, and the form of one row."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import StaleEdit, WrongState
from outreach.domain.places import SiteKind
from outreach.domain.roles import Right, may, require
from outreach.domain.times import Period
from outreach.i18n import translate
from outreach.services import plan_rows
from outreach.services.registers.catalogue import REGISTERS, register_called
from outreach.services.registers.editing import StillNeeded, archive_record, delete_record
from outreach.services.registers.listing import Asked, Shelf, page_of
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register
from outreach.services.registers.start import counts, getting_started
from outreach.services.registers.unit_history import unit_history
from outreach.web.auth import allow, safe_next
from outreach.web.clock import today
from outreach.web.numbers import whole
from outreach.web.planner import editor
from outreach.web.planner.editor import Sheet
from outreach.web.planner.periods import half_years_around, period_called, periods_offered
from outreach.web.planner.register_views import HOMES, RegisterView, view_of

desk = Blueprint("registers", __name__)

# registers whose form stands beside something else: the template, and what it shows of a row
BESIDE = {"units": ("registers/unit.html", unit_history)}


@desk.get("/danh-muc")
@allow(Right.SEE_SITES)
def index() -> str:
    """Every register with what it holds, and the first steps of a new library."""
    shown = [register for register in REGISTERS.values() if may(g.actor.role, register.read_right)]
    steps = getting_started(g.session, today=today())
    return render_template(
        "registers/index.html", registers=shown, counts=counts(g.session), steps=steps, view_of=view_of, homes=HOMES
    )


# ---- one list


def _register(list_name: str) -> Register:
    """The register, if the reader may see it."""
    register = register_called(list_name)
    require(g.actor, register.read_right)
    return register


def _asked(view: RegisterView, args: MultiDict[str, str], period: Period | None) -> Asked:
    kind, shelf = args.get("kind_of_site", ""), args.get("shelf", "")
    return Asked(
        search=" ".join(args.get("q", "").split())[:100],
        shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.ACTIVE,
        choices={name: args.get(name, "") for name in view.listed.choices},
        period=period,
        site_kind=SiteKind(kind) if kind in set(SiteKind) else None,
        order=args.get("sort", ""),
        page=max(1, args.get("page", 1, type=whole)),
    )


@desk.get("/danh-muc/<list_name>")
@allow(Right.SEE_SITES)
def rows(list_name: str) -> str:
    """The list; for htmx only its changing part."""
    register = _register(list_name)
    view, looks = view_of(register), Lookups(g.session)
    half_years = half_years_around(plan_rows.coming_half_years(g.session, today=today())[0])
    periods = periods_offered(view.listed, today=today(), half_years=half_years)
    asked = _asked(view, request.args, period_called(periods, request.args.get("period", "")))
    part = request.headers.get("HX-Target") == "results"
    narrowing = {"q", "period", "kind_of_site", *view.listed.choices}
    kept = {key: text for key, text in request.args.items() if text and key in narrowing | {"sort", "shelf"}}
    return render_template(
        "registers/results.html" if part else "registers/list.html",
        register=register,
        view=view,
        looks=looks,
        asked=asked,
        periods=periods,
        period=request.args.get("period", ""),
        page=page_of(g.session, register, view.listed, asked, looks=looks),
        kept=kept,
        narrowed=bool(narrowing & kept.keys()),
        kinds=tuple(SiteKind) if view.listed.by_site else (),
        may_write=may(g.actor.role, register.write_right),
    )


# ---- one row


def _with_query(address: str) -> str:
    """`address` with what this one asks."""
    query = request.query_string.decode(errors="replace")
    return f"{address}?{query}" if query else address


def _page(sheet: Sheet) -> str:
    if sheet.record is None:
        return editor.show(sheet, last=None)
    last = editor.last_change(sheet.register, sheet.record.id)
    if sheet.register.name not in BESIDE:
        return editor.show(sheet, last=last)
    template, look_up = BESIDE[sheet.register.name]
    return editor.show(sheet, template, last=last, beside=look_up(g.session, sheet.record.id))


@desk.get("/danh-muc/<list_name>/moi")
@allow(Right.EDIT_REGISTERS)
def new(list_name: str) -> AnyResponse | str:
    """The form of a new row; the address may fill some of it in."""
    register = _register(list_name)
    require(g.actor, register.write_right)
    if list_name in HOMES and HOMES[list_name].new:
        return redirect(_with_query(url_for(HOMES[list_name].new)))
    return _page(editor.new_sheet(register, request.args))


@desk.post("/danh-muc/<list_name>/moi")
@allow(Right.EDIT_REGISTERS)
def create(list_name: str) -> AnyResponse:
    """Add the row, or show the form again with what is to be mended."""
    register = _register(list_name)
    require(g.actor, register.write_right)
    home = _list(list_name)
    return editor.save(register, None, page=_page, done=lambda _: editor.after(register, home))


@desk.get("/danh-muc/<list_name>/<int:record_id>")
@allow(Right.SEE_SITES)
def edit(list_name: str, record_id: int) -> AnyResponse | str:
    """The form of a row; who may not change it reads it."""
    register = _register(list_name)
    if list_name in HOMES and HOMES[list_name].edit:
        return redirect(_with_query(HOMES[list_name].address(record_id)))
    sheet = editor.sheet_of(register, record_id)
    if may(g.actor.role, register.write_right):
        return _page(sheet)
    return editor.show(sheet, "registers/record.html")


@desk.post("/danh-muc/<list_name>/<int:record_id>")
@allow(Right.EDIT_REGISTERS)
def save(list_name: str, record_id: int) -> AnyResponse:
    """Store the row; both versions when somebody else was faster."""
    register = _register(list_name)
    require(g.actor, register.write_right)
    home = _list(list_name)
    return editor.save(register, record_id, page=_page, done=lambda _: editor.after(register, home))


# ---- putting away, taking back, deleting


def _home(list_name: str, record_id: int) -> str:
    """Where a row lives."""
    return url_for("registers.edit", list_name=list_name, record_id=record_id)


def _list(list_name: str) -> str:
    """Where its list is."""
    own = HOMES[list_name].rows if list_name in HOMES else ""
    return url_for(own) if own else url_for("registers.rows", list_name=list_name)


@desk.post("/danh-muc/<list_name>/<int:record_id>/cat")
@allow(Right.EDIT_REGISTERS)
def archive(list_name: str, record_id: int) -> AnyResponse:
    """Put a row away or take it back."""
    register = _register(list_name)
    active = request.form.get("active") == "1"
    version = request.form.get("version", 0, type=whole)
    forced = request.form.get("forced") == "1"
    try:
        record = archive_record(g.session, g.actor, register, record_id, version=version, active=active, forced=forced)
    except StaleEdit:
        return _changed_meanwhile(register, record_id)
    except StillNeeded as needed:
        page = editor.show(editor.sheet_of(register, record_id), "registers/archive.html", needed=needed)
        return Response(page, 409)
    words = {"noun": translate(register.noun), "name": register.subject(record.values, Lookups(g.session))}
    flash(translate("Đã dùng lại {noun} “{name}”." if active else "Đã cất {noun} “{name}”.", **words))
    return redirect(_home(list_name, record_id), 303)


def _changed_meanwhile(register: Register, record_id: int) -> AnyResponse:
    """The row as it stands now, with the word that it is not the one that was seen."""
    sheet = editor.sheet_of(register, record_id)
    page = editor.show(sheet, "registers/changed.html", last=editor.last_change(register, record_id))
    return Response(page, 409)


@desk.get("/danh-muc/<list_name>/<int:record_id>/xoa")
@allow(Right.EDIT_REGISTERS)
def ask_delete(list_name: str, record_id: int) -> str:
    """Ask before deleting; a row that something hangs on says what, and offers the archive."""
    return _delete_page(_register(list_name), record_id)


def _delete_page(register: Register, record_id: int) -> str:
    require(g.actor, register.write_right)
    hanging = register.in_use(g.session, [record_id]).get(record_id, "")
    return editor.show(editor.sheet_of(register, record_id), "registers/delete.html", hanging=hanging)


@desk.post("/danh-muc/<list_name>/<int:record_id>/xoa")
@allow(Right.EDIT_REGISTERS)
def delete(list_name: str, record_id: int) -> AnyResponse:
    """Delete the row."""
    register = _register(list_name)
    sheet = editor.sheet_of(register, record_id)
    version = request.form.get("version", 0, type=whole)
    try:
        delete_record(g.session, g.actor, register, record_id, version=version)
    except StaleEdit:
        return _changed_meanwhile(register, record_id)
    except WrongState:
        return Response(_delete_page(register, record_id), 409)
    flash(translate("Đã xóa {noun} “{name}”.", noun=translate(register.noun), name=sheet.name))
    home = request.form.get("next")
    return redirect(safe_next(home) if home else _list(list_name), 303)

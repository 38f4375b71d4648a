"""A site by hand: a new one, and the form of one with its needs and its place on the map beside it."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.roles import Right
from outreach.i18n import translate
from outreach.services import sites
from outreach.services.registers import merging
from outreach.services.registers.duplicates import duplicates
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.sites import Sites
from outreach.web.auth import allow
from outreach.web.clock import today
from outreach.web.numbers import whole
from outreach.web.planner import editor
from outreach.web.planner.editor import Sheet

desk = Blueprint("site_editor", __name__)
REGISTER = Sites()
SUGGESTED = 20


def _page(sheet: Sheet) -> str:
    if sheet.record is None:
        return editor.show(sheet, "sites/edit.html", page=None)
    page = sites.site_page(g.session, sheet.record.id, today=today())
    return editor.show(sheet, "sites/edit.html", page=page, last=editor.last_change(REGISTER, sheet.record.id))


@desk.get("/diem/moi")
@allow(Right.EDIT_REGISTERS)
def new() -> str:
    """The form of a new site; without a base there is nothing to serve it from."""
    sheet = editor.new_sheet(REGISTER, request.args)
    if not sheet.looks.base_points:
        return render_template("sites/no_base.html")
    return _page(sheet)


@desk.post("/diem/moi")
@allow(Right.EDIT_REGISTERS)
def create() -> AnyResponse:
    """Add the site and show it."""
    return editor.save(
        REGISTER,
        None,
        page=_page,
        done=lambda saved: editor.after(REGISTER, _home(saved.record.id)),
    )


@desk.get("/diem/<int:site_id>/sua")
@allow(Right.EDIT_REGISTERS)
def edit(site_id: int) -> str:
    """The form of a site."""
    return _page(editor.sheet_of(REGISTER, site_id))


@desk.post("/diem/<int:site_id>/sua")
@allow(Right.EDIT_REGISTERS)
def save(site_id: int) -> AnyResponse:
    """Store the site and show it."""
    return editor.save(
        REGISTER,
        site_id,
        page=_page,
        done=lambda saved: editor.after(REGISTER, _home(saved.record.id)),
        stale_page="sites/stale.html",
    )


@desk.get("/diem/goi-y")
@allow(Right.SEE_SITES)
def suggest() -> str:
    """Sites that fit what is typed, as options of a form."""
    asked = request.args.get("q") or request.args.get("site_id") or ""
    return render_template("sites/suggestions.html", rows=sites.suggestions(g.session, asked[:100], most=SUGGESTED))


@desk.get("/diem/trung")
@allow(Right.EDIT_REGISTERS)
def twins() -> str:
    """Pairs of sites that may be one place."""
    return render_template("sites/twins.html", pairs=duplicates(g.session))


@desk.get("/diem/trung/gop")
@allow(Right.EDIT_REGISTERS)
def look_at_merge() -> AnyResponse | str:
    """What putting one site into another would do; it cannot be taken back."""
    kept, gone = (request.args.get(name, 0, type=whole) for name in ("keep", "gone"))
    if not kept and not gone:
        return redirect(url_for("site_editor.twins"), 303)
    found = merging.preview_merge(g.session, g.actor, duplicate_id=gone, kept_id=kept)
    records = REGISTER.load(g.session, [kept, gone])
    learned = REGISTER.texts_of(found.learned, Lookups(g.session))
    shown = [(one.heading, learned[one.name]) for one in REGISTER.kept if learned[one.name]]
    return render_template("sites/merge.html", found=found, kept=records[kept], gone=records[gone], learned=shown)


@desk.post("/diem/trung")
@allow(Right.EDIT_REGISTERS)
def merge() -> AnyResponse:
    """Put one site into another."""
    (kept, kept_version), (gone, gone_version) = (
        (request.form.get(name, 0, type=whole), request.form.get(f"{name}_version", 0, type=whole))
        for name in ("keep", "gone")
    )
    versions = (gone_version, kept_version)
    done = merging.merge_sites(g.session, g.actor, duplicate_id=gone, kept_id=kept, versions=versions)
    flash(translate("Đã gộp vào “{name}”.", name=done.kept_name))
    return redirect(url_for("site_editor.twins"), 303)


def _home(site_id: int) -> str:
    return url_for("sites.site", site_id=site_id)

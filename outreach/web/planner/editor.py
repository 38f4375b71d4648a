"""One row of a register on a form: shown, saved, refused with its faults, or stale with both versions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import NotFound
from outreach.domain.sheets import AuditRow
from outreach.i18n import translate
from outreach.services import audit, sites
from outreach.services.registers.editing import RefusedRecord, Saved, record_of, save_texts
from outreach.services.registers.fields import Option
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Note, Record, Register
from outreach.web.auth import safe_next
from outreach.web.numbers import whole
from outreach.web.planner import forms, stale
from outreach.web.planner.forms import Form
from outreach.web.planner.register_views import sections_of, view_of

SELECT_MOST = 30  # options beyond this are searched by typing
SEARCHED = {"site_id": "site_editor.suggest"}  # references too many to list: the endpoint that finds them
OWN_NAMES = frozenset({"csrf_token", "version", "seen", "next", "then"})  # inputs that are no field


@dataclass
class Sheet:
    """Everything a form page shows. `record` is None for a new row."""

    register: Register
    form: Form
    looks: Lookups
    record: Record | None = None
    errors: dict[str, str] = field(default_factory=dict)
    lost: bool = False  # the row was deleted while it was being edited

    @property
    def summary(self) -> dict[str, str]:
        """The faults for the top of the page."""
        return forms.summary_of(self.register, self.errors)

    @property
    def seen(self) -> str:
        """The texts as they are stored now."""
        return forms.seen_of(self.register, self.record.values, self.looks) if self.record else ""

    @property
    def name(self) -> str:
        """How the row is called: a row about a site by the site."""
        if self.record is None:
            return ""
        site = self.record.values.get("site_id")
        if site is not None and self.register.key[0] == "site_id":
            return sites.name_of(g.session, site)
        return self.register.subject(self.record.values, self.looks)

    def found(self, name: str) -> str:
        """What the reference typed in a searched field is called."""
        number = self.looks.sites.find(self.form.get(name, "")) if name == "site_id" else None
        return sites.name_of(g.session, number) if number is not None else ""

    @property
    def texts(self) -> dict[str, str]:
        """The stored row in texts."""
        return self.register.texts_of(self.record.values, self.looks) if self.record else {}

    def options(self, name: str) -> tuple[Option, ...]:
        """What may be chosen, with the present value even when it is no longer offered."""
        one = self.register.field(name)
        offered = tuple(one.options(self.looks)) if one.options else ()
        now = self.form.get(name, "")
        return offered if not now or any(value == now for value, _ in offered) else (*offered, (now, now))


def new_sheet(register: Register, given: Mapping[str, str]) -> Sheet:
    """An empty form with the usual values, and those that the address gives."""
    looks = Lookups(g.session)
    form = forms.form_of(register, register.defaults(), looks)
    for one in register.fields:
        if one.name in given:
            form[one.name] = given[one.name][:200]
    return Sheet(register, form, looks)


def sheet_of(register: Register, record_id: int) -> Sheet:
    """The form of a row as it stands; raises NotFound."""
    record = record_of(g.session, register, record_id)
    looks = Lookups(g.session)
    return Sheet(register, forms.form_of(register, record.values, looks), looks, record)


def show(sheet: Sheet, template: str = "registers/edit.html", **more: object) -> str:
    """The page of a form."""
    return render_template(
        template,
        sheet=sheet,
        register=sheet.register,
        view=view_of(sheet.register),
        sections=sections_of(sheet.register, new=sheet.record is None),
        searched=SEARCHED,
        rows_shown=forms.rows_shown,
        select_most=SELECT_MOST,
        next=safe_next(request.values.get("next")) if request.values.get("next") else "",
        **more,
    )


def save(
    register: Register,
    record_id: int | None,
    *,
    page: Callable[[Sheet], str],
    done: Callable[[Saved], str],
    stale_page: str = "registers/stale.html",
) -> AnyResponse:
    """Store what the form says and go to `done`, or show `page` again with what is to be mended."""
    looks = Lookups(g.session)
    form = MultiDict(request.form)
    record = None
    try:
        record = record_of(g.session, register, record_id) if record_id is not None else None
    except NotFound:
        return Response(page(Sheet(register, form, looks, lost=True)), 404)
    if record is not None:
        form = stale.chosen(register, record, form, looks)
    sent = forms.read_form(register, form)
    if record is not None and form.get("version", type=whole) != record.version:
        stays = _stale(register, record, form, sent, looks=looks, template=stale_page)
        if stays is not None:
            return stays
    try:
        if sent.faults:
            reading = register.read(sent.texts, looks, known=record.values if record else None)
            errors = forms.errors_of(register, sent, reading.faults)
            return Response(page(Sheet(register, form, looks, record, errors)), 422)
        saved = save_texts(
            g.session, g.actor, register, sent.texts, record_id=record_id, version=record.version if record else None
        )
    except RefusedRecord as error:
        errors = forms.errors_of(register, sent, error.reading.faults)
        return Response(page(Sheet(register, form, looks, record, errors)), 422)
    _tell(register, saved, new=record_id is None)
    return redirect(done(saved), 303)


def _stale(
    register: Register, record: Record, form: Form, sent: forms.Sent, *, looks: Lookups, template: str
) -> AnyResponse | None:
    """Both versions side by side; None when they say the same, so that nobody needs to be asked."""
    found = stale.differences(register, record, sent, seen=forms.read_seen(form.get("seen", "")), looks=looks)
    if not found:
        return None
    carried = [(key, text) for key, text in form.items(multi=True) if key not in OWN_NAMES]
    sheet = Sheet(register, form, looks, record)
    return Response(
        show(sheet, template, differences=found, carried=carried, last=last_change(register, record.id)), 409
    )


def last_change(register: Register, record_id: int) -> AuditRow | None:
    """Who touched the row last, and when."""
    rows, _ = audit.list_audit(g.session, subject_kind=register.name, subject_id=record_id, size=1)
    return rows[0] if rows else None


def _tell(register: Register, saved: Saved, *, new: bool) -> None:
    """Say what was stored, and what the person should know of it."""
    noun = translate(register.noun)
    name = register.subject(saved.record.values, Lookups(g.session))
    if new:
        flash(translate("Đã thêm {noun} “{name}”.", noun=noun, name=name))
    elif saved.changed:
        flash(translate("Đã lưu {noun} “{name}”.", noun=noun, name=name))
    else:
        flash(translate("Không có gì thay đổi ở {noun} “{name}”.", noun=noun, name=name), "info")
    for note in saved.reading.notes:
        flash(note_text(register, note), "info")


def note_text(register: Register, note: Note) -> str:
    """A note with the heading of its field."""
    heading = next((one.heading for one in register.fields if one.name == note.field), note.field)
    return translate("{heading}: {text}.", heading=translate(heading), text=translate(note.message, **note.values))


def after(register: Register, home: str) -> str:
    """Where to go after saving: another new row, back where the person came from, or `home`."""
    if request.form.get("then") == "new":
        return url_for("registers.new", list_name=register.name, next=request.form.get("next") or None)
    return safe_next(request.form.get("next")) if request.form.get("next") else home

"""Needs for many sites at once: choose sites and wish, look at what it would do, then one press."""

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import StaleEdit
from outreach.domain.names import sort_key
from outreach.domain.places import SiteKind
from outreach.domain.roles import Right
from outreach.domain.visits import ServiceKind
from outreach.i18n import translate_count
from outreach.services import plan_rows, sites
from outreach.services.registers import bulk_needs
from outreach.services.registers.bulk_needs import Choice, Preview
from outreach.services.registers.editing import RefusedRecord
from outreach.web.auth import allow
from outreach.web.clock import today
from outreach.web.numbers import whole
from outreach.web.planner.forms import said
from outreach.web.planner.periods import offered_half_years, period_called

desk = Blueprint("bulk", __name__)

WISH = ("service", "quota", "minutes", "first_day", "last_day", "min_gap_days", "max_gap_days", "priority")
MONTHS = (3, 6, 12)


def _choice(form: MultiDict[str, str]) -> Choice:
    months, base = form.get("unseen", type=whole), form.get("base", type=whole)
    return Choice(
        kinds=frozenset(SiteKind(kind) for kind in form.getlist("kind") if kind in set(SiteKind)),
        communes=frozenset(form.getlist("commune")),
        districts=frozenset(form.getlist("district")),
        base_ids=frozenset() if base is None else frozenset({base}),
        not_visited_months=months if months in MONTHS else None,
    )


def _texts(form: MultiDict[str, str]) -> dict[str, str]:
    """The wish in texts; a half-year that was chosen counts before the two days."""
    texts = {name: form.get(name, "") for name in WISH}
    half_years = offered_half_years(plan_rows.coming_half_years(g.session, today=today()))
    period = period_called(half_years, form.get("period", ""))
    if period is not None:
        texts |= {"first_day": period.first.isoformat(), "last_day": period.last.isoformat()}
    return texts


def _page(form: MultiDict[str, str], errors: dict[str, str], preview: Preview | None = None) -> str:
    communes, districts = bulk_needs.choices(g.session)
    return render_template(
        "registers/bulk.html",
        form=form,
        errors=errors,
        preview=preview,
        kinds=tuple(SiteKind),
        services=tuple(ServiceKind),
        communes=sorted(communes, key=sort_key),
        districts=sorted(districts, key=sort_key),
        bases=sites.list_bases(g.session),
        months=MONTHS,
        half_years=offered_half_years(plan_rows.coming_half_years(g.session, today=today())),
    )


def _preview(form: MultiDict[str, str]) -> AnyResponse | str:
    try:
        terms = bulk_needs.read_terms(g.session, _texts(form))
    except RefusedRecord as refused:
        return Response(_page(form, {fault.field: said(fault) for fault in refused.reading.faults}), 422)
    return _page(form, {}, bulk_needs.preview_needs(g.session, g.actor, _choice(form), terms, today=today()))


@desk.get("/nhu-cau/hang-loat")
@allow(Right.EDIT_REGISTERS)
def show() -> AnyResponse | str:
    """The form; once something was chosen, also what it would do."""
    if not request.args.get("quota"):
        half_years = offered_half_years(plan_rows.coming_half_years(g.session, today=today()))
        start = {"quota": "1", "minutes": "120", "priority": "3", "period": half_years[1].key}
        return _page(MultiDict(start | dict(request.args)), {})
    return _preview(request.args)


@desk.post("/nhu-cau/hang-loat")
@allow(Right.EDIT_REGISTERS)
def add() -> AnyResponse | str:
    """Write the needs that the preview showed."""
    form = request.form
    try:
        terms = bulk_needs.read_terms(g.session, _texts(form))
        done = bulk_needs.give_needs(
            g.session, g.actor, _choice(form), terms,
            change=form.get("change") == "1", today=today(), token=form.get("seen", ""),
        )  # fmt: skip
    except RefusedRecord:
        return _preview(form)
    except StaleEdit as error:
        g.session.rollback()
        flash(said(error))
        answer = make_response(_preview(form))
        answer.status_code = 409
        return answer
    if done.added:
        flash(translate_count("Đã thêm {count} nhu cầu.", done.added))
    if done.changed:
        flash(translate_count("Đã sửa {count} nhu cầu.", done.changed))
    return redirect(url_for("registers.rows", list_name="needs"), 303)

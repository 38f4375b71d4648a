"""Needs for many sites at once: choose sites and wish, look at what it would do, then one press."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import InvalidValue
from outreach.domain.names import sort_key
from outreach.domain.places import SiteKind
from outreach.domain.roles import Right
from outreach.domain.visits import ServiceKind
from outreach.i18n import translate_count
from outreach.services import plan_rows, sites
from outreach.services.registers import bulk_needs
from outreach.services.registers.bulk_needs import Preview, Which
from outreach.web.auth import allow
from outreach.web.clock import today
from outreach.web.numbers import whole
from outreach.web.planner.forms import said
from outreach.web.planner.periods import offered_half_years, period_called

desk = Blueprint("bulk", __name__)

WISH = ("service", "quota", "minutes", "first_day", "last_day", "min_gap_days", "max_gap_days", "priority")
MONTHS = (3, 6, 12)


def _which(form: MultiDict[str, str]) -> Which:
    months = form.get("unseen", type=whole)
    return Which(
        kinds=tuple(SiteKind(kind) for kind in form.getlist("kind") if kind in set(SiteKind)),
        communes=tuple(form.getlist("commune")),
        districts=tuple(form.getlist("district")),
        base_id=form.get("base", type=whole),
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


def _preview(form: MultiDict[str, str], errors: dict[str, str]) -> AnyResponse | str:
    reading = bulk_needs.read_wish(g.session, _texts(form))
    faults = errors | {fault.field: said(fault) for fault in reading.faults}
    if reading.faults:
        return Response(_page(form, faults), 422)
    found = bulk_needs.preview(g.session, _which(form), reading.values, today=today())
    page = _page(form, faults, found)
    return Response(page, 409) if errors else page


@desk.get("/nhu-cau/hang-loat")
@allow(Right.EDIT_REGISTERS)
def show() -> AnyResponse | str:
    """The form; once something was chosen, also what it would do."""
    if not request.args.get("quota"):
        half_years = offered_half_years(plan_rows.coming_half_years(g.session, today=today()))
        start = {"quota": "1", "minutes": "120", "priority": "3", "period": half_years[1].key}
        return _page(MultiDict(start | dict(request.args)), {})
    return _preview(request.args, {})


@desk.post("/nhu-cau/hang-loat")
@allow(Right.EDIT_REGISTERS)
def add() -> AnyResponse | str:
    """Add the needs that the preview showed."""
    form = request.form
    expected = [int(part) for part in form.get("expected", "").split(",") if part.isdigit()]
    try:
        count = bulk_needs.add_needs(g.session, g.actor, _which(form), _texts(form), today=today(), expected=expected)
    except InvalidValue as error:
        g.session.rollback()
        return _preview(form, {error.field: said(error)})
    flash(translate_count("Đã thêm {count} nhu cầu.", count))
    return redirect(url_for("registers.rows", list_name="needs"), 303)

"""The list of sites with search, filters and map, and the page of one site."""

from flask import Blueprint, g, render_template, request
from werkzeug.datastructures import MultiDict

from outreach.domain.places import SiteKind
from outreach.domain.roles import Right
from outreach.domain.sheets import PlanRow, SiteFilter
from outreach.domain.visits import PlanState
from outreach.services import boards, sites
from outreach.web.auth import allow
from outreach.web.clock import today
from outreach.web.numbers import whole

desk = Blueprint("sites", __name__)

LONG_UNSEEN_MONTHS = 6
FIRST = 30  # rows before a reader asks for all; the map has them all


def asked_filter(asked: MultiDict[str, str]) -> SiteFilter:
    """The filter in the address; whatever cannot be read is left out, so that old links go on working."""
    kind = asked.get("kind", "")
    return SiteFilter(
        search=" ".join(asked.get("q", "").split())[:100],
        kind=SiteKind(kind) if kind in set(SiteKind) else None,
        commune=asked.get("commune", "")[:100],
        base_id=asked.get("base", type=whole),
        unserved=asked.get("unserved") == "1",
        not_visited_months=LONG_UNSEEN_MONTHS if asked.get("unseen") == "1" else None,
    )


def plan_in_view() -> PlanRow | None:
    """The plan whose visits the list counts: the one of today, else the newest; one without visits only in want."""
    every = boards.list_plans(g.session)
    rows = tuple(row for row in every if row.visits and row.state is not PlanState.CLOSED) or every
    current = (row for row in rows if today() in row.period)
    return next(current, rows[0] if rows else None)


@desk.get("/diem")
@allow(Right.SEE_SITES)
def show() -> str:
    """The list; for htmx only its changing part."""
    asked = asked_filter(request.args)
    plan = plan_in_view()
    rows = sites.list_sites(g.session, asked, plan_id=plan.id if plan else None, today=today())
    part = request.headers.get("HX-Target") == "results"
    kept = {name: value for name, value in request.args.items() if value and name != "all"}
    return render_template(
        "sites/results.html" if part else "sites/list.html",
        rows=rows,
        asked=asked,
        plan=plan,
        kept=kept,
        step=FIRST,
        first=len(rows) if request.args.get("all") == "1" else FIRST,
        bases=sites.list_bases(g.session),
        communes=() if part else sites.list_communes(g.session),
        kinds=tuple(SiteKind),
    )


@desk.get("/diem/<int:site_id>")
@allow(Right.SEE_SITES)
def site(site_id: int) -> str:
    """One site: when it receives the bus, what it asks for, what happened and what comes."""
    return render_template("sites/site.html", page=sites.site_page(g.session, site_id, today=today()), today=today())

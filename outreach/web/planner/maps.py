"""The maps: each is a whole document of its own for an iframe, with a policy of its own."""

from datetime import date

from flask import Blueprint, Response, abort, g, request

from outreach.domain.roles import Right
from outreach.services import mapping
from outreach.web.assets import static_url
from outreach.web.auth import allow
from outreach.web.clock import today
from outreach.web.language import current_theme
from outreach.web.numbers import whole
from outreach.web.planner.sites import asked_filter, plan_in_view
from outreach.web.session import house

desk = Blueprint("maps", __name__)

# Leaflet moves its layers by style attributes; scripts still need the nonce of this very answer
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:{tiles}; "
    "font-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


def look_now() -> mapping.MapLook:
    """How maps are dressed for the reader of this request."""
    return mapping.map_look(house().settings, nonce=g.nonce, static_url=static_url, theme=current_theme())


def document(look: mapping.MapLook, html: str) -> Response:
    """A map as an answer, with a policy that lets its own scripts run and nothing else."""
    tiles = f" {mapping.TILE_HOST}" if look.osm_tiles else ""
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = _POLICY.format(nonce=look.nonce, tiles=tiles)
    if look.osm_tiles:
        # OpenStreetMap's tile policy wants to know which site asks
        answer.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return answer


@desk.get("/diem/ban-do")
@allow(Right.SEE_SITES)
def sites() -> Response:
    """The sites of the list with the same filter; `?chon=12` puts a ring round one."""
    look, plan = look_now(), plan_in_view()
    html = mapping.sites_map(
        g.session,
        look,
        asked_filter(request.args),
        plan_id=plan.id if plan else None,
        today=today(),
        chosen_id=request.args.get("chon", type=whole),
    )
    return document(look, html)


@desk.get("/do-phu/ban-do")
@allow(Right.SEE_SITES)
def coverage() -> Response:
    """What this half-year has reached."""
    look = look_now()
    return document(look, mapping.coverage_map(g.session, look, today=today()))


@desk.get("/ke-hoach/<int:plan_id>/ban-do")
@allow(Right.SEE_PLANS)
def plan(plan_id: int) -> Response:
    """A plan; `?tuan=2` draws the tours of its second week, `?chua-xep=1` only what found no day."""
    look = look_now()
    week = request.args.get("tuan", type=whole)
    alone = request.args.get("chua-xep") == "1"
    return document(look, mapping.plan_map(g.session, look, plan_id, week=week, unserved_only=alone, today=today()))


@desk.get("/ke-hoach/<int:plan_id>/ngay/<day>/ban-do")
@allow(Right.SEE_PLANS)
def day(plan_id: int, day: str) -> Response:
    """One day of a plan (yyyy-mm-dd); `?xe=2` draws the bus with that sign alone."""
    try:
        when = date.fromisoformat(day)
    except ValueError:
        abort(404)
    look = look_now()
    bus = request.args.get("xe", type=whole)
    return document(look, mapping.day_map(g.session, look, plan_id, when, bus=bus, today=today()))

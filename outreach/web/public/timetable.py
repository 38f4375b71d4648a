"""The public timetable: published visits only."""

from flask import Blueprint, g, render_template, request

from outreach.services import timetable
from outreach.web.auth import public
from outreach.web.clock import today
from outreach.web.session import house

desk = Blueprint("timetable", __name__)

FIRST = 8
MOST = 400


@desk.get("/lich")
@public
def show() -> str:
    """The next visits, or those at the places a reader looks for."""
    search = " ".join(request.args.get("q", "").split())[:100]
    everything = request.args.get("all") == "1" or bool(search)
    if g.actor is None:
        with house().session(everywhere=True, write=False) as everywhere:
            g.organisation_id = timetable.library_of_the_public(everywhere)
    entries = ()
    if g.actor is not None or g.organisation_id is not None:
        limit = MOST if everything else FIRST + 1
        entries = timetable.published_visits(g.session, search=search, today=today(), limit=limit)
    more = not everything and len(entries) > FIRST
    return render_template(
        "timetable/results.html" if request.headers.get("HX-Target") == "results" else "timetable/timetable.html",
        entries=entries[:FIRST] if more else entries,
        more=more,
        search=search,
        today=today(),
    )

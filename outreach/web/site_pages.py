"""Pages about this server: what the demo invents, its health, and what search engines may read."""

from flask import Blueprint, Response, g, jsonify, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach import __version__
from outreach.domain.errors import OutreachError
from outreach.services import accounts
from outreach.services.demo import what_is_real
from outreach.web.assets import static_url
from outreach.web.auth import public
from outreach.web.library import library_in_view
from outreach.web.session import house

desk = Blueprint("about", __name__)


@desk.get("/ban-trinh-dien")
@public
def demo() -> str:
    """What of the demo is real and what is invented."""
    here = library_in_view()
    return render_template("about/demo.html", facts=what_is_real(g.session) if here is not None else ())


@desk.get("/khoe")
@public
def health() -> AnyResponse:
    """Whether the server can read its database; 503 when it cannot."""
    try:
        with house().session(everywhere=True, write=False) as everywhere:
            set_up = accounts.any_user(everywhere)
    except OutreachError:
        return Response('{"status": "unavailable"}\n', 503, mimetype="application/json")
    return jsonify(status="ok", version=__version__, set_up=set_up)


@desk.get("/robots.txt")
@public
def robots() -> AnyResponse:
    """The timetable may be found; the rest is work."""
    return Response(f"User-agent: *\nAllow: {url_for('timetable.show')}\nDisallow: /\n", mimetype="text/plain")


@desk.get("/favicon.ico")
@public
def favicon() -> AnyResponse:
    """Old browsers ask here; the icon is an SVG."""
    return Response(status=302, headers={"Location": static_url("mark.svg")})

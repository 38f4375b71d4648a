"""A site's point: read from what was pasted, picked on a map, or looked up by the site's name."""

import math
from decimal import Decimal

from flask import Blueprint, Response, current_app, g, make_response, render_template, request

from outreach.domain.errors import InvalidValue, Unavailable
from outreach.domain.places import Coordinates
from outreach.domain.roles import Right
from outreach.i18n import number, translate
from outreach.services import geocoding, mapping, place_checks
from outreach.web.auth import allow
from outreach.web.clock import now, today
from outreach.web.numbers import whole
from outreach.web.planner.maps import document, look_now
from outreach.web.session import house

desk = Blueprint("places", __name__)

SHOWN_DECIMALS = 6  # 0.1 m
WAYS = {
    "decimal": "từ độ thập phân",
    "google": "từ liên kết Google Maps",
    "geo": "từ liên kết bản đồ",
    "dms": "từ độ, phút, giây",
    "plus_code": "từ Plus Code",
}


@desk.app_template_global()
def plain_degrees(value: object) -> str:
    """Degrees as they are typed and stored: every digit, a point, no exponent; what is no number stays as it came."""
    if isinstance(value, float | int):
        return format(Decimal(repr(value)), "f")
    return "" if value is None else str(value).strip().replace(",", ".")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _asked_point() -> Coordinates | None:
    """The point in the address; one that cannot be is no point, so that old links go on working."""
    lat, lon = request.args.get("lat", type=float), request.args.get("lon", type=float)
    if lat is None or lon is None or not (math.isfinite(lat) and math.isfinite(lon)):
        return None
    return Coordinates(lat=lat, lon=lon) if abs(lat) <= 85 and abs(lon) <= 180 else None


@desk.app_template_global()
def may_look_up() -> bool:
    """Whether the operator allows asking a map server."""
    return geocoding.is_on(house().settings)


@desk.get("/diem/chon-cho")
@allow(Right.EDIT_REGISTERS)
def pick() -> Response:
    """The map on which a point is picked, for a frame: `?lat=12.25&lon=109.19`, `&site_id=7` for whose it is."""
    look = look_now()
    own = request.args.get("site_id", type=whole)
    return document(look, mapping.picker_map(g.session, look, _asked_point(), today=today(), own_id=own))


@desk.post("/diem/toa-do")
@allow(Right.EDIT_REGISTERS)
def read() -> Response:
    """What was understood of a pasted point, and what speaks against it; nothing is stored."""
    form = request.form
    try:
        # reading alone: the writer's lock of the request's own session is not needed
        with house().session(organisation_id=g.actor.organisation_id, write=False) as session:
            reading = place_checks.read_point(
                session,
                g.actor,
                form.get("point", ""),
                site_id=form.get("site_id", type=whole),
                commune=form.get("commune_code", "").strip() or form.get("commune", "").strip(),
                area=place_checks.service_area(house().settings),
            )
    except InvalidValue as error:
        said = _sentence(translate(error.message, **error.values))
        return make_response(render_template("places/said.html", trouble=said), 422)
    point = reading.point
    decimals = min(point.decimals, SHOWN_DECIMALS)
    return make_response(
        render_template(
            "places/said.html",
            point=point,
            shown=f"{number(point.at.lat, decimals)}; {number(point.at.lon, decimals)}",
            way=translate(WAYS[point.way]),
            doubts=[_sentence(doubt.sentence()) for doubt in reading.doubts],
        )
    )


@desk.post("/diem/tim-toa-do")
@allow(Right.EDIT_REGISTERS)
def look_up() -> Response:
    """At most five places with the site's name; asked of the server while no transaction is open."""
    settings, moment = house().settings, now()
    try:
        with house().session(organisation_id=g.actor.organisation_id, write=False) as session:
            question = geocoding.question_for(
                session,
                g.actor,
                settings,
                name=request.form.get("name", ""),
                commune=request.form.get("commune", ""),
            )
            found = geocoding.kept_answer(session, question, now=moment)
        if found is None:
            found = geocoding.ask_server(settings, question)
            geocoding.keep_answer(g.session, question, found, now=moment)
    except (InvalidValue, Unavailable) as error:
        current_app.logger.info("no place found: %s", error)
        status = 422 if isinstance(error, InvalidValue) else 503
        said = translate(error.message, **error.values)
        return make_response(render_template("places/found.html", trouble=said), status)
    return make_response(
        render_template("places/found.html", places=found, asked=question.text, credit=translate(geocoding.CREDIT))
    )

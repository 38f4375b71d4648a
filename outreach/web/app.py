"""The web application: made once from an open house."""

from typing import Any

from apiflask import APIFlask
from flask import Flask, g, request

from outreach.services.secrets import secret_key
from outreach.web import (
    account,
    assets,
    auth,
    errors,
    headers,
    language,
    letters,
    numbers,
    own_account,
    session,
    site_pages,
    tokens,
    uploads,
)
from outreach.web.admin import audit, users
from outreach.web.api import desk as api
from outreach.web.api import page as api_page
from outreach.web.library import library_in_view
from outreach.web.planner import (
    bulk,
    calendar,
    compare,
    exports,
    intakes,
    maps,
    overview,
    places,
    plans,
    registers,
    requests,
    runs,
    site_editor,
    sites,
)
from outreach.web.public import setup
from outreach.web.public import timetable as public_timetable
from outreach.wiring import House

A_MEGABYTE = 1_048_576
DESKS = (
    overview.desk,
    sites.desk,
    site_editor.desk,
    registers.desk,
    bulk.desk,
    calendar.desk,
    requests.desk,
    plans.desk,
    compare.desk,
    runs.desk,
    intakes.desk,
    exports.desk,
    maps.desk,
    places.desk,
    users.desk,
    audit.desk,
    public_timetable.desk,
    setup.desk,
    account.desk,
    own_account.desk,
    tokens.desk,
    api_page.desk,
    site_pages.desk,
)


def _page_words() -> dict[str, Any]:
    """What every template may use."""
    return {"actor": g.get("actor"), "nonce": g.nonce, "library": library_in_view, "path": request.path}


def create_app(house: House) -> Flask:
    """The application over `house`; raises RuntimeError when a route names nobody who may see it."""
    app = APIFlask(
        "outreach.web", static_folder="static", template_folder="templates", spec_path=None, docs_path=None,
        json_errors=False,
    )  # fmt: skip
    hosts = [host.strip() for host in house.settings.trusted_hosts.split(",") if host.strip()]
    app.config.update(
        SECRET_KEY=secret_key(house.settings),
        MAX_CONTENT_LENGTH=8 * A_MEGABYTE,
        MAX_FORM_PARTS=200,
        TRUSTED_HOSTS=hosts or None,
        SESSION_COOKIE_NAME="outreach_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=house.settings.secure_cookies == "on",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the form cookie
        WTF_CSRF_SSL_STRICT=False,  # our own origin check does this for http and https alike
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["outreach"] = house
    numbers.install(app)
    uploads.install(app)
    session.install(app)
    headers.install(app)
    assets.install(app)
    auth.recognise(app)
    language.install(app)
    auth.install(app)
    letters.install(app)
    errors.install(app)
    app.context_processor(_page_words)
    for desk in DESKS:
        app.register_blueprint(desk)
    api.install(app)
    auth.refuse_unguarded(app)
    return app

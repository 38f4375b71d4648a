"""The readable page about the API, made from its own description; nothing on it comes from elsewhere."""

from flask import Blueprint, render_template, request

from outreach.web.api import reference
from outreach.web.api.described import description
from outreach.web.auth import public
from outreach.web.bearer import API

desk = Blueprint("api_page", __name__)


@desk.get("/api")
@public
def show() -> str:
    """What programs can read and write, and how they sign in."""
    document = description()
    return render_template(
        "api/api.html",
        resources=reference.resources(document),
        parts=reference.parts(document),
        problems=reference.errors(),
        root=request.url_root.rstrip("/") + API,
        document=f"{API}/openapi.json",
    )

"""Static files: addresses that change with their content, and the drawings that are inlined."""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from markupsafe import Markup

STATIC = Path(__file__).parent / "static"
A_YEAR_S = 31_536_000
A_DAY_S = 86_400


@cache
def _fingerprint(path: str, _changed_ns: int) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def static_url(path: str) -> str:
    """The address of a file in static/, with ?v= and a short hash of its content."""
    changed_ns = (STATIC / path).stat().st_mtime_ns
    return url_for("static", filename=path, v=_fingerprint(path, changed_ns))


@cache
def _icons() -> dict[str, str]:
    found: dict[str, str] = json.loads((STATIC / "vendor" / "lucide" / "icons.json").read_text(encoding="utf-8"))
    return found


def icon_shape(name: str) -> Markup:
    """The inside of an icon's svg; an unknown name is a mistake in a template and raises KeyError."""
    return Markup(_icons()[name])  # noqa: S704 - our own file, no input


def _cache(response: Response) -> Response:
    """Files with a hash in their address never change; vendored ones change with a release."""
    if request.endpoint == "static" and response.status_code in (200, 304):
        lasting = "v" in request.args
        response.headers["Cache-Control"] = (
            f"public, max-age={A_YEAR_S}, immutable" if lasting else f"public, max-age={A_DAY_S}"
        )
    return response


def install(app: Flask) -> None:
    """Offer the two functions to templates and set the cache headers."""
    app.jinja_env.globals.update(static_url=static_url, icon_shape=icon_shape)
    app.after_request(_cache)

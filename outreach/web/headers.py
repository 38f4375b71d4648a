"""Security headers of every answer, and the nonce of its scripts."""

import secrets

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; manifest-src 'self'; frame-ancestors 'self'; form-action 'self'; "
    "base-uri 'none'"
)
_DEVICES = "camera=(), microphone=(), payment=(), usb=()"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": f"{_DEVICES}, geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def _draw_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def ask_for_position() -> str:
    """Let this answer's page ask the reader's device where it is; a template calls it beside its button."""
    g.asks_for_position = True
    return ""


def _guard(response: Response) -> Response:
    """Set what a view has not set itself (a map brings its own policy)."""
    if g.get("asks_for_position"):
        response.headers["Permissions-Policy"] = f"{_DEVICES}, geolocation=(self)"
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=g.get("nonce") or "none"))
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if g.actor else "no-cache"
    return response


def install(app: Flask) -> None:
    """Put the headers on every answer of `app`."""
    app.before_request(_draw_nonce)
    app.after_request(_guard)
    app.jinja_env.globals.update(ask_for_position=ask_for_position)

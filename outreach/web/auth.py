"""Who is asking, and may they: roles of routes, the session cookie, and the origin of unsafe requests.

A route without `@allow(...)` or `@public` cannot be served: `create_app` refuses to start.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import NotAllowed
from outreach.domain.roles import Right, Role, may
from outreach.services import accounts
from outreach.web import bearer
from outreach.web.clock import now
from outreach.web.session import SAFE_METHODS, house

COOKIE = "outreach_session"
SEVEN_DAYS_S = 7 * 86_400
csrf = CSRFProtect()

View = TypeVar("View", bound=Callable[..., Any])


def allow(*rights: Right) -> Callable[[View], View]:
    """Open a route to everybody who holds at least one of `rights`."""

    def mark(view: View) -> View:
        view.__allowed__ = frozenset(rights)  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Open a route to everybody, signed in or not."""
    return allow(Right.SEE_TIMETABLE)(view)


def signed_in(view: View) -> View:
    """Open a route to everybody with an account."""
    return allow(Right.SEE_SITES)(view)


def allowed_to(endpoint: str, app: Flask) -> frozenset[Right]:
    """The rights of which a route asks for one; raises RuntimeError when it names none."""
    allowed: frozenset[Right] | None = getattr(app.view_functions[endpoint], "__allowed__", None)
    if not allowed:
        raise RuntimeError(f"{endpoint} says nobody who may see it: add @allow(...) or @public")
    return allowed


def may_now(right: Right) -> bool:
    """Whether the reader of this page holds `right`; templates ask this before showing a button."""
    return may(g.actor.role if g.actor else Role.PUBLIC, right)


def safe_next(address: str | None) -> str:
    """`address` when it is a path on this server, else "/"; no page sends people elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    if any(ord(char) < 32 for char in address) or "\\" in address:
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address


def set_session_cookie(response: AnyResponse, token: str) -> None:
    """Give the browser its session token."""
    response.set_cookie(
        COOKIE, token, max_age=SEVEN_DAYS_S, httponly=True, samesite="Lax", secure=secure_cookies(), path="/"
    )


def clear_session_cookie(response: AnyResponse) -> None:
    """Take the session token back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=secure_cookies(), path="/")


def secure_cookies() -> bool:
    """Whether cookies are sent over HTTPS only."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _who() -> None:
    """Find the account behind the cookie; the API takes tokens instead."""
    g.actor = None
    if bearer.asks_api():
        bearer.recognise()
        return
    token = request.cookies.get(COOKIE)
    if not token or request.endpoint == "static":
        return
    with house().session(everywhere=True, write=False) as reading:
        g.actor = accounts.actor_of(reading, token, now=now())
        late = accounts.seen_long_ago(reading, token, now=now())
    if late:  # only now and then does a page view write
        with house().session(everywhere=True) as writing:
            g.actor = accounts.actor_of(writing, token, now=now())


def _same_origin() -> None:
    """Refuse an unsafe request that another site sent; the browser says so itself.

    The API is exempt: no browser adds a token to a request by itself.
    """
    if request.method in SAFE_METHODS or bearer.asks_api():
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or site not in ("same-origin", "none"):
        raise NotAllowed("Yêu cầu này đến từ một trang khác nên bị từ chối. Chưa có gì thay đổi.")


def _right() -> AnyResponse | None:
    """Send strangers to the sign-in page and refuse roles that may not."""
    if request.endpoint is None:
        return None
    role_may = any(may_now(right) for right in allowed_to(request.endpoint, current_app))
    if bearer.asks_api():
        bearer.check(role_may=role_may)
        return None
    if role_may:
        return None
    if g.actor is not None:
        raise NotAllowed("Vai trò của bạn không mở được trang này.")
    if request.path == "/":
        return redirect(url_for("timetable.show"))
    sign_in = url_for("account.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else "/")
    if request.headers.get("HX-Request"):
        return Response("", 204, {"HX-Redirect": sign_in})
    return redirect(sign_in)


def recognise(app: Flask) -> None:
    """Find out who asks, before anything is said: the language is theirs."""
    bearer.install(app)
    app.before_request(_who)


def install(app: Flask) -> None:
    """Guard every route of `app`."""
    app.before_request(_same_origin)
    app.before_request(_right)
    csrf.init_app(app)
    app.jinja_env.globals.update(may_now=may_now, Right=Right)


def refuse_unguarded(app: Flask) -> None:
    """Raise when a route says nobody's role: a mistake found at the start, not by a stranger."""
    public(app.view_functions["static"])
    for rule in app.url_map.iter_rules():
        allowed_to(rule.endpoint, app)

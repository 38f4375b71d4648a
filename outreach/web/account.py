"""Signing in and out, and the reader's own choices of language and theme."""

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import NotAllowed
from outreach.i18n import LANGUAGES, translate
from outreach.services import accounts
from outreach.web.auth import COOKIE, clear_session_cookie, public, safe_next, secure_cookies, set_session_cookie
from outreach.web.clock import now
from outreach.web.language import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from outreach.web.session import house

desk = Blueprint("account", __name__)

A_YEAR_S = 31_536_000


@desk.get("/dang-nhap")
@public
def sign_in() -> AnyResponse | str:
    """The sign-in form."""
    if g.actor is not None:
        return redirect(safe_next(request.args.get("next")))
    with house().session(everywhere=True, write=False) as everywhere:
        anybody = accounts.any_user(everywhere)
    return render_template(
        "account/sign_in.html", login="", refusal="", anybody=anybody, next=safe_next(request.args.get("next"))
    )


@desk.post("/dang-nhap")
@public
def sign_in_now() -> AnyResponse:
    """Check name and password; a wrong pair shows the form again, with the name kept."""
    login = request.form.get("login", "").strip()
    target = safe_next(request.form.get("next"))
    token, refusal = "", ""
    # a session of its own, so that a failed attempt is counted although the answer is no
    with house().session(everywhere=True) as everywhere:
        try:
            token = accounts.sign_in(everywhere, login, request.form.get("password", ""), now=now())
        except NotAllowed as error:
            refusal = translate(error.message, **error.values)
        if old := request.cookies.get(COOKIE):
            accounts.sign_out(everywhere, old)
    if not token:
        page = render_template("account/sign_in.html", login=login, refusal=refusal, anybody=True, next=target)
        return Response(page, 422)
    response = redirect(target, 303)
    set_session_cookie(response, token)
    return response


@desk.post("/dang-xuat")
@public
def sign_out() -> AnyResponse:
    """End the session on the server, so that an old cookie opens nothing."""
    if token := request.cookies.get(COOKIE):
        with house().session(everywhere=True) as everywhere:
            accounts.sign_out(everywhere, token)
    response = redirect(url_for("timetable.show"), 303)
    clear_session_cookie(response)
    return response


def _remember(name: str, value: str, allowed: tuple[str, ...]) -> AnyResponse:
    response = make_response(redirect(safe_next(request.args.get("next")), 303))
    if value in allowed:
        response.set_cookie(name, value, max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=secure_cookies())
    return response


@desk.get("/ngon-ngu")
@public
def choose_language() -> AnyResponse:
    """Remember the language and go back."""
    return _remember(LANGUAGE_COOKIE, request.args.get("to", ""), LANGUAGES)


@desk.get("/giao-dien")
@public
def choose_theme() -> AnyResponse:
    """Remember the theme and go back."""
    return _remember(THEME_COOKIE, request.args.get("to", ""), THEMES)

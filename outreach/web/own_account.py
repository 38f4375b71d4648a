"""The reader's own account, and the page behind a link for a new password."""

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import InvalidValue, NotFound
from outreach.i18n import LANGUAGES, translate
from outreach.services import accounts, own_accounts
from outreach.web.auth import COOKIE, public, secure_cookies, signed_in
from outreach.web.clock import now
from outreach.web.language import LANGUAGE_COOKIE
from outreach.web.planner.forms import said
from outreach.web.session import house

desk = Blueprint("own", __name__)

A_YEAR_S = 31_536_000
LINK_LIFE_S = 86_400
NO_LINK = "Liên kết này không đúng, đã dùng hoặc đã hết hạn sau 24 giờ. Hãy nhờ người quản trị tạo liên kết khác."


def _page(errors: dict[str, str], typed: dict[str, str] | None = None) -> str:
    found = own_accounts.profile(g.session, g.actor)
    shown = {"display_name": found.display_name, "language": found.language} | (typed or {})
    return render_template("account/own.html", profile=found, typed=shown, errors=errors, languages=LANGUAGES)


@desk.get("/tai-khoan")
@signed_in
def show() -> str:
    """Name, language and password."""
    return _page({})


@desk.post("/tai-khoan")
@signed_in
def change() -> AnyResponse:
    """Store name and language."""
    typed = {name: request.form.get(name, "") for name in ("display_name", "language")}
    try:
        own_accounts.change_profile(g.session, g.actor, **typed)
    except InvalidValue as error:
        g.session.rollback()
        return Response(_page({error.field: said(error)}, typed), 422)
    flash(translate("Đã lưu thay đổi."))
    response = redirect(url_for("own.show"), 303)
    response.set_cookie(
        LANGUAGE_COOKIE, typed["language"], max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=secure_cookies()
    )
    return response


def _proof_refused(current: str) -> str:
    """Why the current password is not accepted; a session of its own counts a wrong one although the answer is no."""
    with house().session(everywhere=True) as everywhere:
        login = own_accounts.login_of(everywhere, g.actor.user_id)
        try:
            accounts.prove(everywhere, login, current, now=now())
        except accounts.SignInRefused as error:
            wrong = "Mật khẩu hiện tại chưa đúng." if not error.values else error.message
            return translate(wrong, **error.values)
    return ""


@desk.post("/tai-khoan/mat-khau")
@signed_in
def change_password() -> AnyResponse:
    """A new password; other browsers are signed out."""
    if refusal := _proof_refused(request.form.get("current", "")):
        return Response(_page({"current": refusal}), 422)
    try:
        own_accounts.change_password(
            g.session, g.actor, new=request.form.get("password", ""), kept_token=request.cookies.get(COOKIE, "")
        )
    except InvalidValue as error:
        g.session.rollback()
        return Response(_page({error.field: said(error)}), 422)
    flash(translate("Đã đổi mật khẩu. Các máy khác phải đăng nhập lại."))
    return redirect(url_for("own.show"), 303)


# ---- the link an administrator hands over


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="outreach-password-reset")


def reset_link(user_id: int, key: str) -> str:
    """The address of a one-time page for a new password, open for 24 hours."""
    return url_for("own.reset", reset=_signer().dumps([user_id, key]), _external=True)


def _opened(reset: str) -> tuple[int, str]:
    """The account and key of a link; raises NotFound."""
    try:
        user_id, key = _signer().loads(reset, max_age=LINK_LIFE_S)
        return int(user_id), str(key)
    except (BadSignature, ValueError, TypeError):
        raise NotFound(NO_LINK) from None


@desk.get("/mat-khau/<reset>")
@public
def reset(reset: str) -> str:
    """The form for a new password, while the link holds."""
    user_id, key = _opened(reset)
    with house().session(everywhere=True, write=False) as everywhere:
        if own_accounts.reset_key(everywhere, user_id) != key:
            raise NotFound(NO_LINK)
        login = own_accounts.login_of(everywhere, user_id)
    return render_template("account/reset.html", login=login, reset=reset, errors={})


@desk.post("/mat-khau/<reset>")
@public
def reset_now(reset: str) -> AnyResponse:
    """Store the new password and lead to the sign-in page."""
    user_id, key = _opened(reset)
    with house().session(everywhere=True) as everywhere:
        login = own_accounts.login_of(everywhere, user_id)
        try:
            own_accounts.reset_password(everywhere, user_id, key=key, new=request.form.get("password", ""))
        except InvalidValue as error:
            everywhere.rollback()
            page = render_template("account/reset.html", login=login, reset=reset, errors={error.field: said(error)})
            return Response(page, 422)
    flash(translate("Đã đặt mật khẩu mới. Mời bạn đăng nhập."))
    return redirect(url_for("account.sign_in"), 303)

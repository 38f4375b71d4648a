"""A person's tokens for the API: made, shown once, seen again by how they begin, revoked."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import InvalidValue
from outreach.i18n import translate
from outreach.services import tokens
from outreach.services.tokens import Scope
from outreach.web.auth import signed_in
from outreach.web.bearer import API
from outreach.web.clock import now

desk = Blueprint("tokens", __name__)

SCOPES = {"read": (Scope.READ,), "read-write": (Scope.READ, Scope.WRITE)}
FOREVER = "none"
TYPED_AT_FIRST = {"name": "", "scopes": "read", "days": "90"}


def _page(errors: dict[str, str], typed: dict[str, str], *, made: str = "") -> str:
    return render_template(
        "tokens/tokens.html",
        rows=tokens.list_tokens(g.session, g.actor, now=now()),
        errors=errors,
        typed=typed,
        made=made,
        lives=tokens.LIVES_DAYS,
        forever=FOREVER,
        example=request.url_root.rstrip("/") + API + "/sites?limit=5",
    )


@desk.get("/tai-khoan/ma-truy-cap")
@signed_in
def show() -> str:
    """The reader's tokens, and the form for a new one."""
    return _page({}, TYPED_AT_FIRST)


@desk.post("/tai-khoan/ma-truy-cap")
@signed_in
def make() -> AnyResponse:
    """Make a token and show it, this once; no redirect, because nothing keeps it to be shown again."""
    typed = {name: request.form.get(name, "").strip() for name in TYPED_AT_FIRST}
    try:
        token = tokens.make_token(
            g.session, g.actor, name=typed["name"], scopes=SCOPES.get(typed["scopes"], ()), days=_days(typed["days"]),
            now=now(),
        )  # fmt: skip
    except InvalidValue as error:
        g.session.rollback()
        return Response(_page({error.field: translate(error.message, **error.values)}, typed), 422)
    return Response(_page({}, TYPED_AT_FIRST, made=token), 201)


def _days(text: str) -> int | None:
    if text == FOREVER:
        return None
    known = {str(days): days for days in tokens.LIVES_DAYS}
    if text not in known:
        raise InvalidValue("Hãy chọn một thời hạn trong danh sách.", field="days", value=text)
    return known[text]


@desk.post("/tai-khoan/ma-truy-cap/<int:token_id>/thu-hoi")
@signed_in
def revoke(token_id: int) -> AnyResponse:
    """End a token at once."""
    name = tokens.revoke_token(g.session, g.actor, token_id, now=now())
    flash(translate("Đã thu hồi mã {name}. Chương trình dùng mã đó không vào được nữa.", name=name))
    return redirect(url_for("tokens.show"), 303)

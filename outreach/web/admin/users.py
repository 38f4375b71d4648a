"""Accounts: see them, add one, change a role, close one."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import InvalidValue, WrongState
from outreach.domain.roles import Right, Role
from outreach.i18n import translate
from outreach.services import accounts, own_accounts
from outreach.web.auth import allow
from outreach.web.own_account import reset_link

desk = Blueprint("users", __name__)

GIVEN_ROLES = (Role.ADMIN, Role.PLANNER, Role.OFFICE, Role.DRIVER)

# what each role may do, in words; Vietnamese source texts
MAY_DO = {
    Role.ADMIN: "mọi việc, kể cả tài khoản của người khác",
    Role.PLANNER: "sửa danh mục, trả lời đề nghị, lập, duyệt và công bố kế hoạch",
    Role.OFFICE: "xem, duyệt kế hoạch, trả lời đề nghị, ghi buổi đã phục vụ",
    Role.DRIVER: "xem kế hoạch, phiếu ngày và điểm phục vụ",
}


def _page(errors: dict[str, str], typed: dict[str, str], link: tuple[str, str] | None = None) -> str:
    """`link`: whose password is to be replaced, and the one-time address for it."""
    return render_template(
        "users/users.html",
        rows=accounts.list_users(g.session),
        roles=GIVEN_ROLES,
        may_do=MAY_DO,
        errors=errors,
        typed=typed,
        link=link,
    )


def _role(name: str) -> Role:
    if name not in {role.value for role in GIVEN_ROLES}:
        raise InvalidValue("Hãy chọn một vai trò trong danh sách.", field="role", value=name)
    return Role(name)


@desk.get("/nguoi-dung")
@allow(Right.MANAGE_USERS)
def show() -> str:
    """The list and the form for a new account."""
    return _page({}, {"role": Role.PLANNER.value})


@desk.post("/nguoi-dung")
@allow(Right.MANAGE_USERS)
def add() -> AnyResponse:
    """Add an account; what is wrong is said beside its field, and what was typed stays."""
    typed = {name: request.form.get(name, "").strip() for name in ("login", "display_name", "role")}
    try:
        accounts.add_user(
            g.session,
            g.actor,
            login=typed["login"],
            display_name=typed["display_name"],
            password=request.form.get("password", ""),
            role=_role(typed["role"]),
        )
    except InvalidValue as error:
        g.session.rollback()
        return Response(_page({error.field: translate(error.message, **error.values)}, typed), 422)
    flash(translate("Đã thêm tài khoản {name}.", name=typed["display_name"] or typed["login"]))
    return redirect(url_for("users.show"), 303)


@desk.post("/nguoi-dung/<int:user_id>")
@allow(Right.MANAGE_USERS)
def change(user_id: int) -> AnyResponse:
    """Change the role of an account, close it or open it again."""
    try:
        accounts.change_user(
            g.session,
            g.actor,
            user_id,
            role=_role(request.form.get("role", "")),
            active=request.form.get("active") == "1",
        )
    except (InvalidValue, WrongState) as error:
        g.session.rollback()
        return Response(_page({"": translate(error.message, **error.values)}, {"role": Role.PLANNER.value}), 422)
    flash(translate("Đã lưu thay đổi."))
    return redirect(url_for("users.show"), 303)


@desk.post("/nguoi-dung/<int:user_id>/mat-khau")
@allow(Right.MANAGE_USERS)
def offer_reset(user_id: int) -> str:
    """A one-time link for a new password, shown once; nobody but its owner learns the password."""
    name, key = own_accounts.offer_reset(g.session, g.actor, user_id)
    return _page({}, {"role": Role.PLANNER.value}, (name, reset_link(user_id, key)))

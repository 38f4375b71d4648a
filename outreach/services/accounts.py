"""Accounts of a library: the first one through a one-time link, new ones, their roles."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotFound, WrongState
from outreach.domain.names import sort_key
from outreach.domain.roles import Actor, Right, Role, require
from outreach.services import audit
from outreach.services.passwords import hash_password, new_token, token_hash
from outreach.services.sign_in import (
    SignInRefused,
    actor_of,
    end_sessions,
    prove,
    seen_long_ago,
    sign_in,
    sign_out,
    tidy_login,
)
from outreach.store.organisations import Organisation
from outreach.store.people import SetupLink, User

__all__ = [
    "SignInRefused", "UserRow", "actor_of", "add_user", "any_user", "change_user", "list_users", "make_setup_link",
    "prove", "seen_long_ago", "setup_link_open", "sign_in", "sign_out", "use_setup_link",
]  # fmt: skip

LINK_LIFE = timedelta(hours=24)
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,79}")


@dataclass(frozen=True, slots=True)
class UserRow:
    """One line of the list of accounts."""

    id: int
    login: str
    display_name: str
    role: Role
    active: bool


def any_user(session: Session) -> bool:
    """Whether there is an account at all."""
    return session.scalar(select(User.id).limit(1)) is not None


def make_setup_link(session: Session, *, organisation_id: int | None, now: datetime) -> str:
    """A new one-time token for the first account, valid for 24 hours; older unused ones end."""
    session.execute(delete(SetupLink).where(SetupLink.used_at.is_(None)))
    token = new_token()
    session.add(
        SetupLink(
            token_hash=token_hash(token), organisation_id=organisation_id, expires_at=now + LINK_LIFE, used_at=None
        )
    )
    session.flush()
    return token


def setup_link_open(session: Session, token: str, now: datetime) -> bool:
    """Whether the link is known, unused and not too old."""
    return _open_link(session, token, now) is not None


def _open_link(session: Session, token: str, now: datetime) -> SetupLink | None:
    return session.scalar(
        select(SetupLink).where(
            SetupLink.token_hash == token_hash(token), SetupLink.used_at.is_(None), SetupLink.expires_at > now
        )
    )


def use_setup_link(
    session: Session, token: str, *, library_name: str, login: str, display_name: str, password: str, now: datetime
) -> Actor:
    """Make the first administrator and name the library; the link is then used up.

    Raises NotFound for a link that is not open, InvalidValue for a field that is not right.
    """
    link = _open_link(session, token, now)
    if link is None:
        raise _no_link()
    name = _tidy_text(library_name, "library_name", most=200)
    # one statement decides between two people who open the link at the same moment
    used = update(SetupLink).where(SetupLink.id == link.id, SetupLink.used_at.is_(None)).values(used_at=now)
    if session.execute(used.returning(SetupLink.id)).one_or_none() is None:
        raise _no_link()
    organisation = session.get(Organisation, link.organisation_id) if link.organisation_id else None
    if organisation is None:
        organisation = Organisation(name=name)
        session.add(organisation)
    before, organisation.name = organisation.name, name
    session.flush()
    user = _new_user(
        session, organisation.id, login=login, display_name=display_name, password=password, role=Role.ADMIN
    )
    actor = Actor(user.id, organisation.id, user.role, user.display_name, user.language)
    changes: dict[str, list[str | None]] = {"login": [None, user.login]}
    if name != before:
        changes["name"] = [before, name]
    audit.record(session, actor, "set-up", "organisation", organisation.id, name, changes)
    return actor


def _no_link() -> NotFound:
    return NotFound("Liên kết thiết lập này không đúng, đã dùng hoặc đã hết hạn sau 24 giờ.")


def list_users(session: Session) -> tuple[UserRow, ...]:
    """All accounts of the library in the order of their names."""
    rows = [UserRow(u.id, u.login, u.display_name, u.role, u.active) for u in session.scalars(select(User))]
    return tuple(sorted(rows, key=lambda row: (sort_key(row.display_name), row.login)))


def add_user(session: Session, actor: Actor, *, login: str, display_name: str, password: str, role: Role) -> UserRow:
    """A new account in the actor's library; raises InvalidValue naming the field that is not right."""
    require(actor, Right.MANAGE_USERS)
    user = _new_user(
        session, actor.organisation_id, login=login, display_name=display_name, password=password, role=_given(role)
    )
    changes = {"login": [None, user.login], "role": [None, user.role.value]}
    audit.record(session, actor, "add-user", "user", user.id, user.display_name, changes)
    return UserRow(user.id, user.login, user.display_name, user.role, user.active)


def change_user(session: Session, actor: Actor, user_id: int, *, role: Role, active: bool) -> UserRow:
    """Give an account another role, close it or open it again; a change ends its open sessions.

    Raises NotFound for an account of another library, WrongState when no administrator would be left.
    """
    require(actor, Right.MANAGE_USERS)
    # locked together, so that two administrators cannot remove each other at the same moment
    admins = session.scalars(
        select(User).where(User.role == Role.ADMIN, User.active.is_(True)).order_by(User.id).with_for_update()
    ).all()
    user = session.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise NotFound("Không tìm thấy tài khoản này.")
    stays_admin = _given(role) is Role.ADMIN and active
    if [admin.id for admin in admins] == [user.id] and not stays_admin:
        raise WrongState("Đây là tài khoản quản trị cuối cùng đang dùng. Hãy thêm một tài khoản quản trị khác trước.")
    changes: dict[str, list[object]] = {}
    if user.role is not role:
        changes["role"] = [user.role.value, role.value]
    if user.active is not active:
        changes["active"] = [user.active, active]
    if changes:
        user.role, user.active = role, active
        session.flush()
        end_sessions(session, user.id)
        audit.record(session, actor, "change-user", "user", user.id, user.display_name, changes)
    return UserRow(user.id, user.login, user.display_name, user.role, user.active)


def _given(role: Role) -> Role:
    if role is Role.PUBLIC:
        raise InvalidValue("Hãy chọn một vai trò trong danh sách.", field="role", value=role.value)
    return role


def _new_user(
    session: Session, organisation_id: int, *, login: str, display_name: str, password: str, role: Role
) -> User:
    shown = _tidy_text(display_name, "display_name", most=120)
    name = tidy_login(login)
    if not _LOGIN.fullmatch(name):
        raise InvalidValue(
            "Tên đăng nhập cần từ 3 ký tự: chữ không dấu, số, dấu chấm, gạch ngang hoặc gạch dưới.",
            field="login",
            value=login,
        )
    user = User(
        organisation_id=organisation_id,
        login=name,
        display_name=shown,
        password_hash=hash_password(password, login=name),
        role=role,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:  # the name may belong to another library, which this session cannot see
        raise InvalidValue("Tên đăng nhập này đã có người dùng.", field="login", value=login) from error
    return user


def _tidy_text(text: str, field: str, *, most: int) -> str:
    tidy = normalize("NFC", " ".join(text.split()))
    if not tidy:
        raise InvalidValue("Xin điền mục này.", field=field, value=text)
    if len(tidy) > most:
        raise InvalidValue("Mục này dài nhất {most} ký tự.", field=field, value=text, most=most)
    return tidy

"""One's own account: name, language, password; and a new password through a link that an administrator gives."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from outreach.domain.cells import read_text
from outreach.domain.errors import InvalidValue, NotFound
from outreach.domain.roles import Actor, Right, require
from outreach.i18n import LANGUAGES
from outreach.services import audit
from outreach.services.passwords import hash_password, token_hash
from outreach.services.sign_in import end_sessions
from outreach.store.people import User, UserSession

NAME_MOST = 120


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person may change of their own account."""

    login: str
    display_name: str
    language: str


def profile(session: Session, actor: Actor) -> Profile:
    """The account of the actor; raises NotFound for the command line."""
    user = _own(session, actor)
    return Profile(user.login, user.display_name, user.language)


def _own(session: Session, actor: Actor) -> User:
    user = session.scalar(select(User).where(User.id == actor.user_id))
    if user is None:
        raise NotFound("Không tìm thấy tài khoản này.")
    return user


def change_profile(session: Session, actor: Actor, *, display_name: str, language: str) -> None:
    """Another name or language; raises InvalidValue."""
    user = _own(session, actor)
    if not display_name.strip():
        raise InvalidValue("Xin điền mục này.", field="display_name", value="")
    if language not in LANGUAGES:
        raise InvalidValue("Hãy chọn một ngôn ngữ trong danh sách.", field="language", value=language)
    try:
        name = read_text(display_name, most=NAME_MOST)
    except InvalidValue:
        raise InvalidValue("Mục này dài nhất {most} ký tự.", field="display_name", most=NAME_MOST) from None
    changes = {
        field: [before, after]
        for field, before, after in (
            ("display_name", user.display_name, name), ("language", user.language, language),
        )
        if before != after
    }  # fmt: skip
    user.display_name, user.language = name, language
    session.flush()
    if changes:
        audit.record(session, actor, "change-own-account", "user", user.id, name, changes)


def change_password(session: Session, actor: Actor, *, new: str, kept_token: str) -> None:
    """A new password for the one who proved to know the current one; every other open session ends.

    Raises InvalidValue.
    """
    user = _own(session, actor)
    user.password_hash = hash_password(new, login=user.login)
    session.flush()
    others = delete(UserSession).where(UserSession.user_id == user.id, UserSession.token_hash != token_hash(kept_token))
    session.execute(others)
    audit.record(session, actor, "change-password", "user", user.id, user.display_name, {})


# ---- a link by which a forgotten password is replaced


def reset_key(session: Session, user_id: int) -> str:
    """What a reset link is bound to: it changes with the password, so that a used link opens nothing.

    Raises NotFound for an account that is closed or of another library.
    """
    user = session.scalar(select(User).where(User.id == user_id, User.active.is_(True)))
    if user is None:
        raise NotFound("Không tìm thấy tài khoản này.")
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:32]


def offer_reset(session: Session, actor: Actor, user_id: int) -> tuple[str, str]:
    """Name and key for a reset link that an administrator hands over."""
    require(actor, Right.MANAGE_USERS)
    key = reset_key(session, user_id)
    user = session.scalars(select(User).where(User.id == user_id)).one()
    audit.record(session, actor, "offer-password-reset", "user", user.id, user.display_name, {})
    return user.display_name, key


def login_of(session: Session, user_id: int) -> str:
    """The login of an account."""
    return session.scalars(select(User.login).where(User.id == user_id)).one()


def reset_password(session: Session, user_id: int, *, key: str, new: str) -> None:
    """Replace the password if `key` still holds; every open session ends. Raises NotFound, InvalidValue."""
    if reset_key(session, user_id) != key:
        raise NotFound("Liên kết này đã dùng hoặc đã hết hạn.")
    user = session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
    user.password_hash = hash_password(new, login=user.login)
    session.flush()
    end_sessions(session, user.id)
    actor = Actor(user.id, user.organisation_id, user.role, user.display_name, user.language)
    audit.record(session, actor, "reset-password", "user", user.id, user.display_name, {})

"""Accounts, their sessions, and one-time links."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.roles import Role
from outreach.store.base import EnumText, Owned, Table, UtcDateTime, utc_now


class User(Owned, Table):
    """A person who may sign in; `login` is unique over the whole server and kept in lower case."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("login"),)

    login: Mapped[str] = mapped_column(String(80))
    display_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(EnumText(Role))
    language: Mapped[str] = mapped_column(String(5), default="vi")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class UserSession(Table):
    """A signed-in browser. The cookie holds the token, this row only its SHA-256."""

    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class SetupLink(Table):
    """The one-time link printed in the console at first run."""

    __tablename__ = "setup_link"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class LoginFailure(Table):
    """Failed sign-ins per name typed, for the delay."""

    __tablename__ = "login_failure"

    login: Mapped[str] = mapped_column(String(80), unique=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

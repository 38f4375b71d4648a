"""Personal tokens of the API: made, listed, revoked, and who is behind one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from unicodedata import normalize

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotFound, OutreachError, WrongState
from outreach.domain.roles import Actor, Right, require
from outreach.services import audit
from outreach.services.passwords import new_token, token_hash
from outreach.store.keys import ApiToken
from outreach.store.people import User

PREFIX = "otr_"  # so that a token left in a file is known for what it is
LENGTH = len(PREFIX) + 43
HINT = 12
NAME_MOST = 80
LIVES_DAYS = (30, 90, 365)
TOKENS_MOST = 50  # that are open at a time, of one person
# `used_at` may lag this far behind, so that most requests write nothing
USED_EVERY = timedelta(minutes=5)


class Scope(StrEnum):
    """What a token may be used for; it never opens more than its owner's role does."""

    READ = "read"
    WRITE = "write"


class TokenState(StrEnum):
    """Whether a token opens anything."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"


class TokenRefused(OutreachError):
    """No token, one nobody knows, or one that ended; one answer for all of them."""

    code = "token-refused"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One line of a person's tokens; `hint` is how the token begins."""

    id: int
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    state: TokenState
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """The person behind a token, and what the token may be used for."""

    actor: Actor
    scopes: frozenset[Scope]
    token_id: int
    used_long_ago: bool


def make_token(
    session: Session, actor: Actor, *, name: str, scopes: Iterable[Scope], days: int | None, now: datetime
) -> str:
    """A new token of the actor, told once; `days` None never ends. Raises InvalidValue naming the field."""
    require(actor, Right.SEE_SITES)
    if actor.user_id is None:
        raise WrongState("Mã truy cập thuộc về một tài khoản; dòng lệnh không có mã.")
    shown = normalize("NFC", " ".join(name.split()))
    if not shown:
        raise InvalidValue("Đặt tên để sau này biết mã dùng ở đâu.", field="name", value=name)
    if len(shown) > NAME_MOST:
        raise InvalidValue("Mục này dài nhất {most} ký tự.", field="name", value=name, most=NAME_MOST)
    if days is not None and days not in LIVES_DAYS:
        raise InvalidValue("Hãy chọn một thời hạn trong danh sách.", field="days", value=days)
    given = sorted(set(scopes))
    if not given:
        raise InvalidValue("Hãy chọn một quyền trong danh sách.", field="scopes", value="")
    _refuse_too_many(session, actor.user_id, now)
    token = PREFIX + new_token()
    row = ApiToken(
        organisation_id=actor.organisation_id, user_id=actor.user_id, name=shown, token_hash=token_hash(token),
        hint=token[:HINT], scopes=[scope.value for scope in given], created_at=now,
        expires_at=now + timedelta(days=days) if days is not None else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    ends = row.expires_at.date().isoformat() if row.expires_at else None
    changes = {"scopes": [None, ", ".join(row.scopes)], "expires": [None, ends]}
    audit.record(session, actor, "make-token", "token", row.id, shown, changes)
    return token


def _refuse_too_many(session: Session, user_id: int, now: datetime) -> None:
    ends = ApiToken.expires_at
    is_open = (ApiToken.revoked_at.is_(None), ends.is_(None) | (ends > now))
    count = session.scalar(select(func.count(ApiToken.id)).where(ApiToken.user_id == user_id, *is_open)) or 0
    if count >= TOKENS_MOST:
        raise InvalidValue("Bạn đã có {most} mã đang dùng. Hãy thu hồi bớt trước.", field="name", most=TOKENS_MOST)


def list_tokens(session: Session, actor: Actor, *, now: datetime) -> tuple[TokenRow, ...]:
    """The actor's own tokens: open ones first, then by age, newest first."""
    mine = select(ApiToken).where(ApiToken.user_id == actor.user_id).order_by(ApiToken.id.desc())
    rows = [_row(token, now) for token in session.scalars(mine)]
    return tuple(sorted(rows, key=lambda row: row.state is not TokenState.OPEN))


def _row(token: ApiToken, now: datetime) -> TokenRow:
    state = TokenState.OPEN
    if token.revoked_at is not None:
        state = TokenState.REVOKED
    elif token.expires_at is not None and token.expires_at <= now:
        state = TokenState.EXPIRED
    scopes = tuple(Scope(scope) for scope in token.scopes)
    return TokenRow(
        token.id, token.name, token.hint, scopes, state, token.created_at, token.expires_at, token.used_at
    )  # fmt: skip


def revoke_token(session: Session, actor: Actor, token_id: int, *, now: datetime) -> str:
    """End one of the actor's own tokens and return its name; ending it twice is fine. Raises NotFound."""
    token = session.scalar(select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == actor.user_id))
    if token is None:
        raise NotFound("Bạn không có mã truy cập này.")
    if token.revoked_at is None:
        token.revoked_at = now
        session.flush()
        audit.record(session, actor, "revoke-token", "token", token.id, token.name, {})
    return token.name


def bearer_of(session: Session, token: str, *, now: datetime) -> Bearer | None:
    """Who is behind `token`; None for one that is unknown, ended, or whose account is closed.

    The token itself is never compared: its SHA-256 is looked up, which takes as long for a wrong one.
    """
    found = session.execute(
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.token_hash == token_hash(token), ApiToken.revoked_at.is_(None), User.active.is_(True))
    ).one_or_none()
    if found is None:
        return None
    row, user = found
    if row.expires_at is not None and row.expires_at <= now:
        return None
    return Bearer(
        actor=Actor(user.id, user.organisation_id, user.role, user.display_name, user.language),
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        token_id=row.id,
        used_long_ago=row.used_at is None or row.used_at < now - USED_EVERY,
    )


def note_use(session: Session, token_id: int, *, now: datetime) -> None:
    """Remember that the token was used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=now))

"""Signing in and out, and who is behind a session token."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.domain.errors import NotAllowed
from outreach.domain.roles import Actor
from outreach.i18n import duration, translate_count
from outreach.services.passwords import fits, new_token, token_hash
from outreach.store.people import LoginFailure, User, UserSession

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
# `seen_at` may lag this far behind, so that most page views write nothing.
SEEN_EVERY = timedelta(minutes=5)

FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_FAILURES = timedelta(days=1)


class SignInRefused(NotAllowed):
    """Wrong name or password, or too many attempts; one sentence for the first two, so that names stay secret."""

    code = "sign-in-refused"


def tidy_login(login: str) -> str:
    """A login as it is stored and compared."""
    return login.strip().casefold()[:80]


def prove(session: Session, login: str, password: str, *, now: datetime) -> User:
    """The account, if this is its password; many wrong ones in a row have to wait.

    Raises SignInRefused; the failure is counted in `session`, so commit it all the same.
    """
    name = tidy_login(login)
    failure = session.scalar(select(LoginFailure).where(LoginFailure.login == name))
    _refuse_hurry(failure, now)
    user = session.scalar(select(User).where(User.login == name))
    right = fits(user.password_hash if user else None, password)
    if user is None or not right or not user.active:
        _count_failure(session, failure, name, now)
        raise SignInRefused("Tên đăng nhập hoặc mật khẩu không đúng.")
    if failure is not None:
        session.delete(failure)
    return user


def sign_in(session: Session, login: str, password: str, *, now: datetime) -> str:
    """A new session token for this account; raises SignInRefused as `prove` does."""
    user = prove(session, login, password, now=now)
    session.execute(delete(UserSession).where(UserSession.created_at < now - LONGEST))
    token = new_token()
    session.add(UserSession(token_hash=token_hash(token), user_id=user.id, created_at=now, seen_at=now))
    session.flush()
    return token


def _refuse_hurry(failure: LoginFailure | None, now: datetime) -> None:
    if failure is None:
        return
    left = failure.last_at + wait_after(failure.count) - now
    if left > timedelta(0):
        raise SignInRefused("Đã nhập sai nhiều lần. Xin thử lại sau {wait}.", wait=_in_words(left))


def wait_after(failures: int) -> timedelta:
    """How long a name rests after so many failures in a row."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings: int = 2 ** min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def _in_words(left: timedelta) -> str:
    seconds = int(left.total_seconds()) + 1
    return translate_count("{count} giây", seconds) if seconds < 60 else duration(seconds + 29)


def _count_failure(session: Session, failure: LoginFailure | None, login: str, now: datetime) -> None:
    if failure is None:
        # a second attempt at the same moment may have made the row first
        with suppress(IntegrityError), session.begin_nested():
            session.add(LoginFailure(login=login, count=0, last_at=now))
    forgotten = failure is not None and failure.last_at < now - FORGET_FAILURES
    count = literal(1) if forgotten else LoginFailure.count + 1
    session.execute(update(LoginFailure).where(LoginFailure.login == login).values(count=count, last_at=now))


def _open_session(session: Session, token: str, now: datetime) -> tuple[UserSession, User] | None:
    found = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == token_hash(token),
            UserSession.seen_at > now - IDLE,
            UserSession.created_at > now - LONGEST,
            User.active.is_(True),
        )
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def actor_of(session: Session, token: str, *, now: datetime) -> Actor | None:
    """Who is behind the token; None when it is unknown, ended, idle for 8 hours or 7 days old.

    A writing session also notes that the person was here, which starts the idle time anew.
    """
    found = _open_session(session, token, now)
    if found is None:
        return None
    signed_in, user = found
    if session.info["write"] and signed_in.seen_at < now - SEEN_EVERY:
        signed_in.seen_at = now
    return Actor(user.id, user.organisation_id, user.role, user.display_name, user.language)


def seen_long_ago(session: Session, token: str, *, now: datetime) -> bool:
    """Whether it is time to ask `actor_of` in a writing session; page views read and wait for no writer."""
    found = _open_session(session, token, now)
    return found is not None and found[0].seen_at < now - SEEN_EVERY


def sign_out(session: Session, token: str) -> None:
    """End the session behind the token; an unknown token is fine."""
    session.execute(delete(UserSession).where(UserSession.token_hash == token_hash(token)))


def end_sessions(session: Session, user_id: int) -> None:
    """End every session of a person."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id))

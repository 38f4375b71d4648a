"""Passwords and tokens: what is stored of them, and how long checking takes."""

import hashlib
import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from outreach.domain.errors import InvalidValue

LENGTH_MIN = 12
# Long enough for any sentence, short enough that nobody makes the server hash a novel.
LENGTH_MAX = 200

_hasher = PasswordHasher()


def _tidy(password: str) -> str:
    # keyboards disagree on how to compose Vietnamese letters; the same word must stay the same password
    return unicodedata.normalize("NFC", password)


def hash_password(password: str, *, login: str) -> str:
    """What is stored of a new password; raises InvalidValue (field "password") for one that is easily guessed."""
    tidy = _tidy(password)
    if len(tidy) < LENGTH_MIN:
        raise InvalidValue("Mật khẩu cần ít nhất {least} ký tự.", field="password", least=LENGTH_MIN)
    if len(tidy) > LENGTH_MAX:
        raise InvalidValue("Mật khẩu dài nhất {most} ký tự.", field="password", most=LENGTH_MAX)
    if login in tidy.casefold() or len(set(tidy)) < 5:
        raise InvalidValue(
            "Mật khẩu này dễ đoán. Hãy dùng vài từ không liên quan và không chứa tên đăng nhập.", field="password"
        )
    return _hasher.hash(tidy)


def fits(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long for None, which fits nothing."""
    try:
        _hasher.verify(password_hash or _nobodys_hash(), _tidy(password)[: LENGTH_MAX + 1])
    except VerificationError:
        return False
    return password_hash is not None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))


def new_token() -> str:
    """A token nobody can guess, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()

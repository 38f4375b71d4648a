"""Who is asking through the API: the person behind a bearer token. Cookies open nothing there.

A wrong token never locks anybody out: whoever holds a right one is always let in, and after many wrong ones
from one address further wrong ones are told to slow down.
"""

from threading import Lock

from flask import Flask, current_app, g, request

from outreach.domain.errors import NotAllowed, OutreachError
from outreach.services.tokens import Scope, TokenRefused, bearer_of, note_use
from outreach.web.clock import now
from outreach.web.session import SAFE_METHODS, house

API = "/api/v1"
LARGEST_BODY = 1_048_576
WRONG_MOST = 60  # a minute, from one address
ADDRESSES_MOST = 10_000  # remembered; beyond that nobody new is counted


class TooManyTries(OutreachError):
    """Many wrong tokens from one address."""

    code = "too-many-tries"


class WrongTries:
    """Wrong tokens by address within the running minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute = 0
        self._counts: dict[str, int] = {}

    def too_many(self, address: str, minute: int) -> bool:
        """Count one more; whether that is too many."""
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            if address in self._counts or len(self._counts) < ADDRESSES_MOST:
                self._counts[address] = self._counts.get(address, 0) + 1
            return self._counts.get(address, 0) > WRONG_MOST


def asks_api() -> bool:
    """Whether the request goes to the API (known to it or not) and not to a page."""
    return request.path.startswith("/api/")


def recognise() -> None:
    """Find the person behind the token of an API request, and what the token may be used for."""
    request.max_content_length = LARGEST_BODY
    g.scopes = frozenset()
    token = _sent_token()
    if not token:
        return
    with house().session(everywhere=True, write=False) as reading:
        bearer = bearer_of(reading, token, now=now())
    if bearer is None:
        return
    g.actor, g.scopes = bearer.actor, bearer.scopes
    if bearer.used_long_ago:
        with house().session(everywhere=True) as writing:
            note_use(writing, bearer.token_id, now=now())


def _sent_token() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def check(*, role_may: bool) -> None:
    """Refuse a request without a right token, beyond the role of its owner, or beyond its scopes."""
    if g.actor is None:
        if not role_may:
            _refuse_stranger()
        return
    if not role_may:
        raise NotAllowed("Vai trò của bạn không được làm việc này.")
    needed = Scope.READ if request.method in SAFE_METHODS else Scope.WRITE
    if needed not in g.scopes:
        raise NotAllowed("Mã truy cập này không có quyền “{scope}”.", scope=needed.value)


def _refuse_stranger() -> None:
    if not _sent_token():
        raise TokenRefused("Cần mã truy cập: gửi kèm tiêu đề “Authorization: Bearer ...”.")
    tries: WrongTries = current_app.extensions["outreach_wrong_tries"]
    if tries.too_many(request.remote_addr or "", int(now().timestamp() // 60)):
        raise TooManyTries("Quá nhiều mã truy cập sai từ địa chỉ này. Xin đợi một phút; mã đúng vẫn dùng được.")
    raise TokenRefused("Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi; tạo mã mới ở trang Mã truy cập.")


def install(app: Flask) -> None:
    """Count wrong tokens for `app`."""
    app.extensions["outreach_wrong_tries"] = WrongTries()

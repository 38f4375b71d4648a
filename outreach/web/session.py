"""The database session of a request: opened when first asked for, committed when an answer may stand.

Reading requests never write. An unsafe request commits when its answer is below 400; anything else
rolls back. What must wait for the commit (waking the worker) goes through `after_commit`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.ctx import _AppCtxGlobals

from outreach.domain.roles import Actor
from outreach.wiring import House

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestGlobals(_AppCtxGlobals):
    """Flask's `g` with the things every page needs."""

    actor: Actor | None = None
    nonce: str = ""

    @property
    def session(self) -> Any:  # noqa: ANN401 - a SQLAlchemy session, which the web does not know by name
        """The session of the reader's own organisation; opened on first use."""
        if "open_session" not in self:
            self.organisation_id = self.actor.organisation_id if self.actor else self.get("organisation_id")
            unsafe = request.method not in SAFE_METHODS
            holder: AbstractContextManager[Any] = house().session(organisation_id=self.organisation_id, write=unsafe)
            self.session_holder = holder
            self.open_session = holder.__enter__()
        return self.open_session


def house() -> House:
    """The house the application was made for."""
    found: House = current_app.extensions["outreach"]
    return found


def after_commit(deed: Callable[[], object]) -> None:
    """Do `deed` once the request's changes are safely stored; never when they are rolled back."""
    g.setdefault("deeds", []).append(deed)


def _finish(response: Response) -> Response:
    """Commit or roll back, then do what waited for the commit."""
    stands = response.status_code < 400 and request.method not in SAFE_METHODS
    if "open_session" in g:
        holder = g.pop("session_holder")
        session = g.pop("open_session")
        if not stands:
            session.rollback()
        holder.__exit__(None, None, None)
    if stands:
        for deed in g.pop("deeds", []):
            deed()
    return response


def _drop(_error: BaseException | None) -> None:
    """Close a session that an unexpected error left open."""
    if "open_session" in g:
        g.pop("open_session").rollback()
        g.pop("session_holder").__exit__(None, None, None)


def install(app: Flask) -> None:
    """Give every request its session."""
    app.app_ctx_globals_class = RequestGlobals
    app.after_request(_finish)
    app.teardown_request(_drop)

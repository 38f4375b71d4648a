"""Placeholder."""

from flask import Blueprint

from outreach.domain.roles import Right
from outreach.web.auth import allow

desk = Blueprint("runs", __name__)


@desk.get("/lan-xep")
@allow(Right.SEE_PLANS)
def show() -> str:
    """Nothing yet."""
    return ""

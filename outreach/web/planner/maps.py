"""Placeholder."""

from flask import Blueprint

from outreach.domain.roles import Right
from outreach.web.auth import allow

desk = Blueprint("maps", __name__)


@desk.get("/diem/ban-do")
@allow(Right.SEE_SITES)
def show() -> str:
    """Nothing yet."""
    return ""

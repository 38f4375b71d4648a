"""The log: who changed what, and when."""

from flask import Blueprint, g, render_template, request

from outreach.domain.roles import Right
from outreach.services import audit
from outreach.web.auth import allow
from outreach.web.numbers import whole

desk = Blueprint("audit", __name__)

SIZE = 50


@desk.get("/nhat-ky")
@allow(Right.SEE_AUDIT)
def show() -> str:
    """One page of the log, newest first."""
    page = max(1, request.args.get("page", 1, type=whole))
    rows, total = audit.list_audit(g.session, page=page, size=SIZE)
    return render_template("audit/audit.html", rows=rows, total=total, page=page, pages=max(1, -(-total // SIZE)))

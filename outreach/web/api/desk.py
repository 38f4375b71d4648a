"""The routes of the API: the same verbs for every register, and its own description."""

from typing import Any

from apiflask import APIBlueprint, APIFlask
from flask import Response

from outreach import __version__
from outreach.services.registers.catalogue import register_called
from outreach.web.api import reading
from outreach.web.api.answers import json_answer
from outreach.web.api.described import RESOURCES, TOKEN, description, finish
from outreach.web.api.equity import open_equity
from outreach.web.api.fixes import open_fixes
from outreach.web.api.periods import open_periods
from outreach.web.api.plans import open_plans
from outreach.web.api.registers import open_register
from outreach.web.auth import csrf, public
from outreach.web.bearer import API

reading.install()
desk = APIBlueprint("api", __name__, url_prefix=API)
csrf.exempt(desk)


@desk.get("/openapi.json")
@public
@desk.doc(hide=True)
def describe() -> Response:
    """The OpenAPI document."""
    document: dict[str, Any] = description()
    return json_answer(document)


MODELS = {name: open_register(desk, register_called(name)) for name in RESOURCES}
open_plans(desk)
open_fixes(desk)
open_equity(desk)
open_periods(desk, MODELS)


def install(app: APIFlask) -> None:
    """Open the API in `app`: only what we say of it is in its description."""
    app.title, app.version = "Outreach", __version__
    app.config.update(
        INFO={"description": "API của bộ lập lịch thư viện lưu động."},
        SERVERS=[{"url": "/"}],
        SECURITY_SCHEMES={
            TOKEN: {"type": "http", "scheme": "bearer", "description": "Mã truy cập cá nhân, tạo ở trang Mã truy cập."}
        },
        AUTO_TAGS=False,
        AUTO_OPERATION_SUMMARY=False,
        AUTO_OPERATION_DESCRIPTION=False,
        AUTO_200_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
    )
    app.spec_callback = finish
    app.register_blueprint(desk)

"""Each route and each role: opened or refused, straight from the list of routes."""

from datetime import date

import pytest
from flask import Flask
from werkzeug.routing import Rule

from outreach.domain.roles import Right, Role, may
from outreach.web.auth import allowed_to
from outreach.web.bearer import API
from tests.web.conftest import ROLES, Browser, Province

SAFE = {"GET"}


def _rules(app: Flask) -> list[Rule]:
    """Pages and forms; the API asks for tokens instead of cookies (tests/web/api/test_roles.py)."""
    return [
        rule for rule in app.url_map.iter_rules() if rule.endpoint != "static" and not rule.rule.startswith(f"{API}/")
    ]


def _address(app: Flask, rule: Rule, province: Province) -> str:
    known = {
        "plan_id": province.plan_id,
        "site_id": province.site_id,
        "day": date(2027, 3, 1).isoformat(),
        "register": "sites",
        "form": "csv",
        "list_name": "bases",
        "record_id": province.base_id,
    }
    values = {name: known.get(name, "x" if name == "token" else 1) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))


def test_every_route_names_who_may_see_it(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert allowed_to(rule.endpoint, app), rule.rule


def test_a_route_without_a_role_stops_the_start(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: ""
    with pytest.raises(RuntimeError, match="forgotten"):
        allowed_to("forgotten", app)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reads_what_it_may_and_no_more(
    app: Flask, browsers: dict[Role, Browser], province: Province, role: Role
) -> None:
    for rule in _rules(app):
        if "GET" not in (rule.methods or set()):
            continue
        if "register" in rule.arguments:  # each register has a right of its own: tests/web/planner
            continue
        answer = browsers[role].get(_address(app, rule, province))
        if any(may(role, right) for right in allowed_to(rule.endpoint, app)):
            assert answer.status_code not in (403, 500), rule.rule
        else:
            assert answer.status_code == 403, rule.rule


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_refused_the_deeds_of_others(
    app: Flask, browsers: dict[Role, Browser], province: Province, role: Role
) -> None:
    for rule in _rules(app):
        if "POST" not in (rule.methods or set()) or any(may(role, r) for r in allowed_to(rule.endpoint, app)):
            continue
        answer = browsers[role].post(_address(app, rule, province), {}, page="/lich")
        assert answer.status_code == 403, rule.rule


def test_a_stranger_reads_the_public_pages_and_is_asked_to_sign_in_elsewhere(
    app: Flask, stranger: Browser, province: Province
) -> None:
    for rule in _rules(app):
        if "GET" not in (rule.methods or set()):
            continue
        address = _address(app, rule, province)
        answer = stranger.get(address)
        if Right.SEE_TIMETABLE in allowed_to(rule.endpoint, app):
            assert answer.status_code != 403, rule.rule
            assert not answer.headers.get("Location", "").startswith("/dang-nhap"), rule.rule
        elif address == "/":
            assert answer.headers["Location"] == "/lich"
        else:
            assert answer.headers["Location"].startswith("/dang-nhap?next="), rule.rule


def test_a_stranger_cannot_change_anything(app: Flask, stranger: Browser, province: Province) -> None:
    for rule in _rules(app):
        if "POST" in (rule.methods or set()) and Right.SEE_TIMETABLE not in allowed_to(rule.endpoint, app):
            answer = stranger.post(_address(app, rule, province), {}, page="/dang-nhap")
            assert answer.headers["Location"].startswith("/dang-nhap"), rule.rule


def test_htmx_is_sent_to_the_sign_in_page_when_the_session_has_ended(stranger: Browser, province: Province) -> None:
    answer = stranger.get("/diem", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/dang-nhap")

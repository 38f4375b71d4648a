"""Each route of the API, each role, own rows and those of another library, straight from the list of routes."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from outreach.domain.roles import Right, Role, may
from outreach.services.tokens import Scope
from outreach.store.tables import METADATA
from outreach.web.auth import allowed_to
from outreach.web.bearer import API
from outreach.wiring import House
from tests.web.api.conftest import NEW_ROWS, Program, furnish, give_token, problem_of
from tests.web.conftest import ROLES, Province, build_province

QUERIES = {"figures": "?first=2027-01-01&last=2027-03-31", "calendar": "?first=2027-01-01&last=2027-03-31"}
PUBLIC = {f"{API}/openapi.json"}
# what moves by being used
RESTLESS = {"api_token"}


def routes(app: Flask) -> Iterator[tuple[str, Rule, frozenset[Right]]]:
    """Each method and route of the API with the rights that open it."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(f"{API}/") and rule.rule not in PUBLIC:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule, allowed_to(rule.endpoint, app)


def resource_of(rule: Rule) -> str:
    return rule.rule.removeprefix(f"{API}/").split("/")[0]


def address(rule: Rule, numbers: dict[str, int]) -> str:
    """The address below API, with the number of a row of the route's resource."""
    name = resource_of(rule)
    path = rule.rule.removeprefix(API)
    for argument in ("<int:record_id>", "<int:plan_id>"):
        path = path.replace(argument, str(numbers.get(name, 0)))
    path = path.replace("<int:need_id>", str(numbers.get("needs", 0)))
    return path + QUERIES.get(name, "")


def sent(program: Program, method: str, rule: Rule, numbers: dict[str, int]):
    body = {"POST": NEW_ROWS.get(resource_of(rule)), "PATCH": {}}.get(method)
    return program.ask(method, address(rule, numbers), body, If_Match="*")


@pytest.fixture
def numbers(furnished: dict[str, int], province: Province) -> dict[str, int]:
    return furnished | {"plans": province.plan_id}


def contents(house: House) -> dict[str, list[tuple[object, ...]]]:
    with house.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
            if table.name not in RESTLESS
        }


def test_every_resource_of_the_api_is_walked(app: Flask) -> None:
    seen = {resource_of(rule) for _, rule, _ in routes(app)}
    assert seen == {*NEW_ROWS, "plans", "figures", "fleet", "calendar"}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_what_it_may_and_no_more(
    app: Flask, house: House, programs: dict[Role, Program], numbers: dict[str, int], role: Role
) -> None:
    refused = opened = 0
    for method, rule, rights in routes(app):
        if any(may(role, right) for right in rights):
            if method == "DELETE":
                continue  # deleting needs rows of its own: tests/web/api/test_registers.py
            answer = sent(programs[role], method, rule, numbers)
            # a row that is there already is refused for what it says, not for who asks
            assert answer.status_code in ({201, 422} if method == "POST" else {200}), (method, rule.rule, answer.status)
            opened += 1
    before = contents(house)
    for method, rule, rights in routes(app):
        if not any(may(role, right) for right in rights):
            problem_of(sent(programs[role], method, rule, numbers), 403, "not-allowed")
            refused += 1
    assert contents(house) == before
    assert opened > 15
    assert refused > 10 or role in (Role.ADMIN, Role.PLANNER)


@pytest.mark.parametrize("role", ROLES)
def test_rows_of_another_library_are_neither_seen_nor_changed(
    app: Flask, house: House, numbers: dict[str, int], role: Role
) -> None:
    stranger = Program(app.test_client(), give_token(house, build_province(house, "Thư viện tỉnh Khác"), role))
    before = contents(house)
    seen = 0
    for method, rule, rights in routes(app):
        if not rule.arguments:
            continue
        answer = sent(stranger, method, rule, numbers)
        if any(may(role, right) for right in rights):
            problem_of(answer, 404, "not-found")
            seen += 1
        else:
            problem_of(answer, 403, "not-allowed")
    assert seen > 10
    assert contents(house) == before


def test_lists_hold_the_rows_of_one_library(
    app: Flask, house: House, program: Program, numbers: dict[str, int]
) -> None:
    other = build_province(house, "Thư viện tỉnh Khác")
    theirs = Program(app.test_client(), give_token(house, other, Role.ADMIN))
    furnish(theirs)
    for name in (*NEW_ROWS, "plans"):
        ours_ids, their_ids = (
            {row["id"] for row in one.get(f"/{name}?limit=200")["items"]} for one in (program, theirs)
        )
        assert ours_ids, name
        assert their_ids, name
        assert not ours_ids & their_ids, name


def test_a_row_cannot_be_tied_to_one_of_another_library(app: Flask, house: House, program: Program) -> None:
    other = build_province(house, "Thư viện tỉnh Khác")
    theirs = Program(app.test_client(), give_token(house, other, Role.ADMIN)).get("/vehicles")["items"][0]["id"]
    answer = program.ask("POST", "/vehicle-days", {"vehicle_id": theirs, "first_day": "2027-03-02"})
    assert problem_of(answer, 422, "invalid-value")["errors"][0]["field"] == "vehicle_id"


def test_without_a_right_token_no_route_opens(app: Flask, nobody: Program, numbers: dict[str, int]) -> None:
    before = nobody.client.application.extensions["outreach_wrong_tries"]
    assert before is not None
    for token in ("", "otr_" + "x" * 43):
        nobody.token = token
        for method, rule, _ in routes(app):
            answer = sent(nobody, method, rule, numbers)
            assert answer.status_code == 401 or (token and answer.status_code == 429), (method, rule.rule)


@pytest.mark.parametrize("scope", Scope)
def test_a_token_does_what_its_scope_says(
    app: Flask, house: House, province: Province, numbers: dict[str, int], scope: Scope
) -> None:
    program = Program(app.test_client(), give_token(house, province, Role.ADMIN, scopes=(scope,)))
    for method, rule, _ in routes(app):
        if method == "DELETE" and scope is Scope.WRITE:
            continue
        answer = sent(program, method, rule, numbers)
        if (method == "GET") is (scope is Scope.READ):
            assert answer.status_code in (200, 201, 422), (method, rule.rule, answer.status)
        else:
            problem_of(answer, 403, "not-allowed")

"""Nobody reads or changes what belongs to another library: each route, each role, straight from the list of routes."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from outreach.domain.roles import Role, may
from outreach.store.tables import METADATA
from outreach.web.auth import allowed_to
from outreach.wiring import House
from tests.factories import make_user
from tests.house.conftest import fill
from tests.web.conftest import ROLES, Browser, browsers_of, build_province

# parts of an address that name no row of a library
NO_ROW = {"filename", "day", "number", "token", "register", "list_name", "form", "year"}
# what moves by being looked at
RESTLESS = {"user_session"}


@pytest.fixture
def places(house: House) -> dict[str, object]:
    """Numbers of the rows of one library."""
    return fill(house)[0]


@pytest.fixture
def strangers(app: Flask, house: House, places: dict[str, object]) -> dict[Role, Browser]:
    """People of another library, one of each role."""
    return browsers_of(app, house, build_province(house, "Thư viện tỉnh Khác").users)


def _foreign(app: Flask, places: dict[str, object], method: str, role: Role) -> Iterator[tuple[Rule, str]]:
    """Each address of a row of the first library that the role may open in its own."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method not in (rule.methods or ()) or not set(rule.arguments) - NO_ROW or rule.rule.startswith("/api/"):
                continue
            if not any(may(role, right) for right in allowed_to(rule.endpoint, app)):
                continue
            built = rule.build({name: places[name] for name in rule.arguments}, append_unknown=False)
            assert built
            yield rule, built[1]


def _contents(house: House) -> dict[str, list[tuple[object, ...]]]:
    with house.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
            if table.name not in RESTLESS
        }


@pytest.mark.parametrize("role", ROLES)
def test_what_belongs_to_another_library_is_not_there(app, places, strangers, role):
    seen = 0
    for rule, address in _foreign(app, places, "GET", role):
        answer = strangers[role].get(address)
        assert answer.status_code == 404, f"{rule.rule}: {answer.status}"
        seen += 1
    assert seen > 5


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_another_library_is_changed(app, house, places, strangers, role):
    before = _contents(house)
    for rule, address in _foreign(app, places, "POST", role):
        answer = strangers[role].post(address, {"version": "1", "role": "planner"}, page="/lich")
        assert 400 <= answer.status_code < 500, f"{rule.rule}: {answer.status}"
    assert _contents(house) == before


def test_an_account_of_another_library_is_not_in_the_list(house, strangers, places):
    with house.session(everywhere=True) as everywhere:
        make_user(everywhere, display_name="Người nhà khác", organisation_id=1)
    assert "Người nhà khác" not in strangers[Role.ADMIN].page("/nguoi-dung")

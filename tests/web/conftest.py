"""An application over a small province, and browsers signed in as each role."""

import hashlib
import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from outreach.domain.roles import Role
from outreach.store.people import UserSession
from outreach.store.sites import Site
from outreach.web.app import create_app
from outreach.web.auth import COOKIE
from outreach.wiring import House
from tests.factories import make_organisation, make_small_province, make_user

ROLES = (Role.ADMIN, Role.PLANNER, Role.OFFICE, Role.DRIVER)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """A client that sends forms as a browser does: with the token of the page they stand on."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: object) -> TestResponse:
        return self.client.get(path, **more)

    def page(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        return answer.get_data(as_text=True)

    def post(self, path: str, data: dict[str, str], *, page: str, **more: object) -> TestResponse:
        found = _TOKEN.search(self.client.get(page).get_data(as_text=True))
        assert found, f"no form on {page}"
        return self.client.post(path, data={"csrf_token": found.group(1), **data}, **more)

    def cookie(self) -> str:
        held = self.client.get_cookie(COOKIE)
        return held.value if held else ""


@dataclass(frozen=True)
class Province:
    """Numbers of the rows the tests speak of."""

    organisation_id: int
    plan_id: int
    site_id: int
    base_id: int
    users: dict[Role, int]


def sign_in_as(house: House, user_id: int, token: str) -> None:
    with house.session(everywhere=True) as everywhere:
        digest = hashlib.sha256(token.encode()).hexdigest()
        everywhere.add(UserSession(token_hash=digest, user_id=user_id))


def build_province(house: House, name: str) -> Province:
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere, name=name).id
    with house.session(organisation_id=number) as session:
        plan = make_small_province(session)
        users = {role: make_user(session, role=role, display_name=f"Người {role}").id for role in ROLES}
        site_id = session.scalars(select(Site.id).order_by(Site.id)).first()
        assert site_id is not None
        base_id = session.scalars(select(Site.base_id)).first()
        assert base_id is not None
        return Province(number, plan.id, site_id, base_id, users)


@pytest.fixture
def province(house: House) -> Province:
    return build_province(house, "Thư viện tỉnh Thử Nghiệm")


@pytest.fixture
def app(house: House) -> Flask:
    made = create_app(house)
    made.config["TESTING"] = True
    return made


@pytest.fixture
def stranger(app: Flask) -> Browser:
    return Browser(app.test_client())


def browsers_of(app: Flask, house: House, users: dict[Role, int]) -> dict[Role, Browser]:
    """A browser for each of `users`, signed in."""
    made = {}
    for role, user_id in users.items():
        client = app.test_client()
        sign_in_as(house, user_id, f"token-of-{user_id}")
        client.set_cookie(COOKIE, f"token-of-{user_id}")
        made[role] = Browser(client)
    return made


@pytest.fixture
def browsers(app: Flask, house: House, province: Province) -> dict[Role, Browser]:
    return browsers_of(app, house, province.users)


@pytest.fixture
def admin(browsers: dict[Role, Browser]) -> Browser:
    return browsers[Role.ADMIN]


@pytest.fixture
def planner(browsers: dict[Role, Browser]) -> Browser:
    return browsers[Role.PLANNER]

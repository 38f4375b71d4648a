"""Programs that hold a token of each role."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from outreach.domain.roles import Actor, Role
from outreach.services.tokens import Scope, make_token
from outreach.web.bearer import API
from outreach.web.clock import now
from outreach.wiring import House
from tests.web.conftest import Province


def give_token(
    house: House, province: Province, role: Role = Role.PLANNER, *, scopes: tuple[Scope, ...] = tuple(Scope)
) -> str:
    actor = Actor(province.users[role], province.organisation_id, role, "Người thử")
    with house.session(organisation_id=province.organisation_id) as session:
        return make_token(session, actor, name="Thử", scopes=scopes, days=30, now=now())


@dataclass
class Program:
    """A client that speaks JSON with a token."""

    client: FlaskClient
    token: str = ""

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        more: dict[str, Any] = {}
        if body is not None:
            more = {"data": body if isinstance(body, bytes) else json.dumps(body), "content_type": "application/json"}
        return self.client.open(API + path, method=method, headers=sent, **more)

    def get(self, path: str, **headers: str) -> Any:
        answer = self.ask("GET", path, **headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json


def problem_of(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem that `answer` must be."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.get_data())
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/api#{code}")
    assert body["title"]
    assert body["detail"]
    return body


@pytest.fixture
def programs(app: Flask, house: House, province: Province) -> dict[Role, Program]:
    return {role: Program(app.test_client(), give_token(house, province, role)) for role in province.users}


@pytest.fixture
def program(programs: dict[Role, Program]) -> Program:
    """The planner's."""
    return programs[Role.PLANNER]


@pytest.fixture
def nobody(app: Flask, province: Province) -> Program:
    """A program without a token."""
    return Program(app.test_client())


# one new row of each register, in an order in which each names rows only of those before it
NEW_ROWS: dict[str, dict[str, Any]] = {
    "bases": {"name": "Cơ sở Cam Ranh", "lat": 11.92, "lon": 109.15},
    "vehicles": {"sign": 9, "name": "Xe 9", "base": "Cơ sở Cam Ranh", "weekdays": ["mon", "sat"]},
    "vehicle-days": {"vehicle": "Xe 9", "first_day": "2027-03-02", "last_day": "2027-03-04", "reason": "bảo dưỡng"},
    "staff": {"label": "Lái xe 9", "post": "driver", "base": "Cơ sở Cam Ranh"},
    "staff-days": {"staff_member": "Lái xe 9", "first_day": "2027-03-02"},
    "calendar-days": {"day": "2027-04-30", "kind": "holiday", "name": "Ngày Giải phóng"},
    "terms": {"name": "Học kỳ I", "kind": "term", "first_day": "2026-09-05", "last_day": "2027-01-15"},
    "units": {"code": "22999", "name": "Xã Cam Phúc", "kind": "xã", "remote": True},
    "unit-changes": {
        "old_code": "22998", "old_name": "Xã Cam Phúc Bắc", "new_code": "22999", "new_name": "Xã Cam Phúc",
        "day": "2025-07-01", "decree": "Nghị quyết thử",
    },
    "sites": {"code": "CR01", "name": "Trường Tiểu học Cam Phúc", "kind": "school_primary", "lat": 11.95, "lon": 109.1},
    "needs": {"site": "CR01", "first_day": "2027-03-01", "last_day": "2027-05-31", "quota": 2},
    "visits": {"site": "CR01", "day": "2024-03-05", "start": "07:30", "end": "09:30", "vehicle": "Xe 9",
               "readers_child": 85, "distance_m": 41_500, "outcome": "part"},
    "requests": {"asked_on": "2027-01-05", "asked_by": "Trường Tiểu học Cam Phúc", "place": "xã Cam Phúc"},
}  # fmt: skip


def furnish(program: Program) -> dict[str, int]:
    """Make one row of each register and return their numbers."""
    made = {}
    for name, body in NEW_ROWS.items():
        answer = program.ask("POST", f"/{name}", body)
        assert answer.status_code == 201, (name, answer.get_data(as_text=True))
        made[name] = answer.json["id"]
    return made


@pytest.fixture
def furnished(program: Program) -> dict[str, int]:
    return furnish(program)

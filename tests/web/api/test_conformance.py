"""The API held against its own description by schemathesis: every role, every operation, thousands of requests.

Never a server error, never an answer, a type or a shape that the description does not name.
"""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from outreach.domain.roles import Role
from outreach.web.bearer import API
from outreach.wiring import House
from tests.web.api.conftest import Program, furnish, give_token
from tests.web.conftest import ROLES, Province

CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
# The planner, who may do the most, sends every combination that the description suggests; the others a few.
EXAMPLES = {Role.PLANNER: 12, Role.ADMIN: 3, Role.OFFICE: 3, Role.DRIVER: 2}


def settings(token: str, role: Role) -> SchemathesisConfig:
    deep = role is Role.PLANNER
    return SchemathesisConfig.from_dict({
        "headers": {"Authorization": f"Bearer {token}"},
        "parameters": {"If-Match": "*"},  # a version guessed at random would never let a change through
        "continue-on-failure": True,
        "generation": {
            "max-examples": EXAMPLES[role], "deterministic": True, "no-shrink": True, "database": "none",
        },
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        "phases": {
            "examples": {"enabled": deep},
            "coverage": {"enabled": deep, "unexpected-methods": [], "generation": {"mode": "positive"}},
            "stateful": {"enabled": deep, "generation": {"max-examples": 3}},
        },
    })  # fmt: skip


def failures(app: Flask, config: SchemathesisConfig) -> tuple[set[str], dict[str, set[int]]]:
    """What failed, and the statuses that each operation answered with."""
    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app, config=config)
    failed: set[str] = set()
    seen: dict[str, set[int]] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            failed.add(f"{event.label}: {event.info.title} {event.info.message}")
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(event, events.ScenarioFinished):
            recorder: Any = event.recorder
            for interaction in recorder.interactions.values():
                if interaction.response:
                    seen.setdefault(recorder.label, set()).add(interaction.response.status_code)
            for checks in recorder.checks.values():
                for check in checks:
                    if check.failure_info:
                        failure = check.failure_info.failure
                        failed.add(f"{check.name}: {failure.title} {failure.message}\n{check.failure_info.code_sample}")
    return failed, seen


@pytest.mark.parametrize("role", ROLES)
def test_the_api_keeps_to_its_description(app: Flask, house: House, province: Province, role: Role) -> None:
    furnish(Program(app.test_client(), give_token(house, province, Role.ADMIN)))
    failed, seen = failures(app, settings(give_token(house, province, role), role))
    assert failed == set()
    operations = {label for label in seen if f" {API}/" in label}
    assert len(operations) > 70
    if role is Role.PLANNER:  # the requests went deep enough to be worth something
        good = {label for label in operations if seen[label] & {200, 201, 204}}
        assert len(good) > 55, sorted(operations - good)

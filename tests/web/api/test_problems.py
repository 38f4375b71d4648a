"""Whatever goes wrong below /api/ is answered as a problem, and nothing of it is stored."""

import json

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from outreach.web.api import registers
from outreach.web.errors import PAGES
from tests.web.api.conftest import NEW_ROWS, Program, problem_of
from tests.web.conftest import Browser, Province


def test_an_unknown_address_is_a_problem_even_without_a_token(nobody: Program, program: Program) -> None:
    for who in (nobody, program):
        problem_of(who.ask("GET", "/nothing"), 404, "not-found")
        problem_of(who.ask("POST", "/sites/x", {}), 404, "not-found")
    problem_of(nobody.client.get("/api/v2/sites"), 404, "not-found")
    problem_of(nobody.client.get("/api/"), 404, "not-found")


def test_the_page_beside_the_api_keeps_its_own_errors(planner: Browser) -> None:
    answer = planner.client.post("/api")
    assert answer.status_code in (400, 405)
    assert answer.mimetype == "text/html"


def test_a_method_that_is_not_taken_names_those_that_are(program: Program) -> None:
    answer = program.ask("PUT", "/sites", {})
    problem_of(answer, 405, "method-not-allowed")
    assert set(answer.allow) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"code": NaN}', b'{"code": "\\ud800"}', b"[" * 100_000, b"9" * 5000, b"\0"],
    ids=["nothing", "open", "utf-16", "nan", "half a letter", "deep", "long number", "nul"],
)
def test_a_body_that_is_no_json_is_refused_with_its_place(program: Program, body: bytes) -> None:
    problem = problem_of(program.ask("POST", "/sites", body), 400, "bad-request")
    assert "cột" in problem["detail"]


@pytest.mark.parametrize("body", [[], "x", 1, None, True])
def test_a_body_must_be_an_object(program: Program, body: object) -> None:
    problem_of(program.ask("POST", "/sites", json.dumps(body).encode()), 422, "invalid-value")


def test_numbers_beyond_all_bounds_are_refused(program: Program) -> None:
    body = json.dumps(NEW_ROWS["sites"])[:-1].encode()
    for more in (b', "people": 1e999}', b', "max_length_m": 1e999}', b', "people": ' + b"9" * 4000 + b"}"):
        assert program.ask("POST", "/sites", body + more).status_code in (400, 422)


def test_characters_no_text_has_are_refused_wherever_they_stand(program: Program) -> None:
    for text in ("a\0b", "a\x07b", "a\x1bb"):
        for more in ({"name": text}, {"windows": [{"start": text}]}, {text: 1}):
            problem = problem_of(program.ask("POST", "/sites", {**NEW_ROWS["sites"], **more}), 422, "invalid-value")
            assert next(iter(more)) in {one["field"].split(".")[0] for one in problem["errors"]}
    problem_of(program.ask("GET", "/sites?search=%00"), 422, "invalid-value")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_type_is_refused(program: Program, kind: str) -> None:
    headers = {"Authorization": f"Bearer {program.token}"}
    answer = program.client.post("/api/v1/sites", data=b"{}", headers=headers, content_type=kind)
    problem_of(answer, 415, "unsupported-type")


def test_a_body_over_a_megabyte_is_refused(program: Program) -> None:
    body = json.dumps({**NEW_ROWS["sites"], "access_note": "x" * 1_100_000}).encode()
    problem_of(program.ask("POST", "/sites", body), 413, "too-large")


def test_a_name_that_is_markup_stays_a_name(program: Program, planner: Browser) -> None:
    name = "<script>alert(1)</script>"
    made = program.ask("POST", "/sites", {**NEW_ROWS["sites"], "name": name}).json
    assert made["name"] == name
    assert name not in planner.page(f"/diem/{made['id']}")


def test_a_fault_of_ours_says_so_and_stores_nothing(app: Flask, program: Program, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(registers, "notes_of", broken)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    problem_of(program.ask("POST", "/sites", NEW_ROWS["sites"]), 500, "error")
    assert program.get("/sites?search=cam+phuc")["total"] == 0


def test_a_busy_database_asks_to_come_back(program: Program, monkeypatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception("database is locked"))

    monkeypatch.setattr(registers, "portion", locked)
    answer = program.ask("GET", "/sites")
    problem_of(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "60"


def test_an_unknown_host_gets_a_problem(app: Flask, program: Program) -> None:
    app.config["TRUSTED_HOSTS"] = ["thuvien.example"]
    problem_of(program.ask("GET", "/sites", Host="evil.example"), 400, "bad-request")


def test_problems_and_pages_share_one_table(program: Program, province: Province, planner: Browser) -> None:
    page = planner.get("/diem/999999")
    problem = problem_of(program.ask("GET", "/sites/999999"), 404, "not-found")
    assert problem["title"] in page.get_data(as_text=True)
    api = planner.page("/api")
    for code in PAGES:
        assert f'id="{code}"' in api, code


def test_answers_are_for_programs_alone(program: Program) -> None:
    answer = program.ask("GET", "/sites")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer.headers["Cache-Control"]
    assert "Authorization" in answer.headers["Vary"]

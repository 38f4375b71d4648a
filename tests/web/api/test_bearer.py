"""Tokens at the door of the API: who comes in, who does not, and what it costs to guess."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from outreach.domain.roles import Role
from outreach.services.passwords import token_hash
from outreach.services.tokens import LENGTH, Scope
from outreach.store.audit import AuditEntry
from outreach.store.keys import ApiToken
from outreach.store.people import User
from outreach.web import bearer
from outreach.web.clock import now
from outreach.wiring import House
from tests.web.api.conftest import Program, give_token, problem_of
from tests.web.conftest import Browser, Province, build_province


def change_token(house: House, **values: object) -> None:
    with house.session(everywhere=True) as session:
        for token in session.scalars(select(ApiToken)):
            for name, value in values.items():
                setattr(token, name, value)


def test_a_token_opens_the_api_and_its_use_is_noted(house: House, program: Program) -> None:
    assert program.get("/sites")["total"] == 8
    with house.session(everywhere=True) as session:
        used = session.scalars(select(ApiToken.used_at).where(ApiToken.token_hash == token_hash(program.token))).one()
    assert used is not None


def test_only_the_hash_of_a_token_is_kept(house: House, program: Program) -> None:
    assert len(program.token) == LENGTH
    with house.session(everywhere=True) as session:
        for row in session.scalars(select(ApiToken)):
            assert program.token not in [getattr(row, column.key) for column in ApiToken.__table__.columns]


def test_without_a_token_the_answer_says_how_to_send_one(nobody: Program) -> None:
    answer = nobody.ask("GET", "/sites")
    assert "Authorization: Bearer" in problem_of(answer, 401, "token-refused")["detail"]
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_signed_in_browser_is_a_stranger_to_the_api(admin: Browser) -> None:
    assert admin.get("/diem").status_code == 200
    problem_of(admin.get("/api/v1/sites"), 401, "token-refused")
    problem_of(admin.client.post("/api/v1/sites", json={}), 401, "token-refused")


def test_ended_tokens_open_nothing(house: House, program: Program) -> None:
    change_token(house, expires_at=now() - timedelta(seconds=1))
    problem_of(program.ask("GET", "/sites"), 401, "token-refused")
    change_token(house, expires_at=None)
    assert program.get("/sites")
    change_token(house, revoked_at=now())
    problem_of(program.ask("GET", "/sites"), 401, "token-refused")


def test_the_token_of_a_closed_account_opens_nothing(house: House, program: Program, province: Province) -> None:
    with house.session(everywhere=True) as session:
        session.get(User, province.users[Role.PLANNER]).active = False
    problem_of(program.ask("GET", "/sites"), 401, "token-refused")


def test_a_token_follows_the_role_its_owner_has_now(house: House, program: Program, province: Province) -> None:
    with house.session(everywhere=True) as session:
        session.get(User, province.users[Role.PLANNER]).role = Role.DRIVER
    assert program.get("/sites")
    problem_of(program.ask("POST", "/sites", {}), 403, "not-allowed")


def test_a_token_that_may_only_read_changes_nothing(app: Flask, house: House, province: Province) -> None:
    reader = Program(app.test_client(), give_token(house, province, Role.ADMIN, scopes=(Scope.READ,)))
    assert reader.get("/sites")
    for method, path in (("POST", "/sites"), ("PATCH", f"/sites/{province.site_id}"), ("DELETE", "/sites/1")):
        assert "write" in problem_of(reader.ask(method, path, {}), 403, "not-allowed")["detail"]


def test_a_token_that_may_only_write_reads_nothing(app: Flask, house: House, province: Province) -> None:
    writer = Program(app.test_client(), give_token(house, province, Role.ADMIN, scopes=(Scope.WRITE,)))
    problem_of(writer.ask("GET", "/sites"), 403, "not-allowed")
    problem_of(writer.ask("POST", "/sites", {}), 422, "invalid-value")


def test_rows_of_another_library_do_not_exist(house: House, program: Program) -> None:
    theirs = build_province(house, "Thư viện khác")
    problem_of(program.ask("GET", f"/sites/{theirs.site_id}"), 404, "not-found")
    assert theirs.site_id not in {row["id"] for row in program.get("/sites?limit=200")["items"]}


def test_wrong_tokens_are_slowed_down_and_right_ones_are_not(app: Flask, program: Program, monkeypatch) -> None:
    monkeypatch.setattr(bearer, "WRONG_MOST", 3)
    guesser = Program(app.test_client(), "otr_" + "x" * 43)
    codes = [guesser.ask("GET", "/sites").status_code for _ in range(10)]
    assert codes.count(401) <= 6  # the minute may turn once
    answer = guesser.ask("GET", "/sites")
    assert answer.status_code in (401, 429)
    assert 429 in codes
    assert program.get("/sites")


def test_the_memory_of_wrong_tokens_has_an_end(monkeypatch) -> None:
    monkeypatch.setattr(bearer, "ADDRESSES_MOST", 2)
    monkeypatch.setattr(bearer, "WRONG_MOST", 1)
    tries = bearer.WrongTries()
    assert [tries.too_many("a", 1), tries.too_many("a", 1)] == [False, True]
    assert [tries.too_many(address, 1) for address in ("b", "c", "c", "c")] == [False] * 4
    assert not tries.too_many("a", 2)


def test_making_and_revoking_a_token_is_in_the_log(house: House, admin: Browser, app: Flask) -> None:
    page = "/tai-khoan/ma-truy-cap"
    answer = admin.post(page, {"name": "Trang web", "scopes": "read", "days": "90"}, page=page)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 201
    token = text.split(">otr_")[1].split("<")[0]
    program = Program(app.test_client(), f"otr_{token}")
    assert program.get("/sites")
    assert f"otr_{token}" not in admin.page(page)
    assert f"otr_{token[:8]}…" in admin.page(page)
    with house.session(everywhere=True) as session:
        number = session.scalars(select(ApiToken.id).where(ApiToken.name == "Trang web")).one()
    assert admin.post(f"{page}/{number}/thu-hoi", {}, page=page).status_code == 303
    problem_of(program.ask("GET", "/sites"), 401, "token-refused")
    with house.session(everywhere=True) as session:
        deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.subject_kind == "token")).all()
    assert deeds == ["make-token", "revoke-token"]


def test_a_token_without_a_name_is_asked_for_one(admin: Browser) -> None:
    page = "/tai-khoan/ma-truy-cap"
    for wrong in ({"name": " "}, {"name": "x" * 81}, {"days": "31"}, {"scopes": "all"}):
        answer = admin.post(page, {"name": "Tên", "scopes": "read", "days": "30", **wrong}, page=page)
        assert answer.status_code == 422, wrong
        assert f'href="#f-{next(iter(wrong))}"' in answer.get_data(as_text=True)


def test_nobody_revokes_the_token_of_another_person(house: House, browsers, programs: dict[Role, Program]) -> None:
    with house.session(everywhere=True) as session:
        hashed = token_hash(programs[Role.ADMIN].token)
        number = session.scalars(select(ApiToken.id).where(ApiToken.token_hash == hashed)).one()
    page = "/tai-khoan/ma-truy-cap"
    assert browsers[Role.PLANNER].post(f"{page}/{number}/thu-hoi", {}, page=page).status_code == 404
    assert programs[Role.ADMIN].get("/sites")

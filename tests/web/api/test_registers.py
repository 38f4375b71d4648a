"""Rows of registers by program: listed, read, made once, changed without overwriting anybody, deleted or kept."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from outreach.domain.roles import Role
from outreach.services.registers.catalogue import register_called
from outreach.store.audit import AuditEntry
from outreach.store.sites import Site
from outreach.web.api.described import RESOURCES
from outreach.web.bearer import API
from outreach.wiring import House
from tests.web.api.conftest import NEW_ROWS, Program, problem_of
from tests.web.conftest import Browser, Province


def faults_of(answer) -> dict[str, str]:
    problem = problem_of(answer, 422, "invalid-value")
    return {one["field"]: one["message"] for one in problem["errors"]}


# ---- lists


def test_pages_of_a_list_give_each_row_once_and_say_where_to_go_on(program: Program) -> None:
    whole = [row["id"] for row in program.get("/sites?limit=200")["items"]]
    path, seen = "/sites?limit=3", []
    while path:
        answer = program.ask("GET", path)
        body = answer.json
        seen += [row["id"] for row in body["items"]]
        assert body["total"] == 8
        links = answer.headers["Link"]
        assert 'rel="first"' in links
        following = f"/sites?limit=3&cursor={body['next']}"
        assert (f'<{API}{following}>; rel="next"' in links) is (body["next"] is not None)
        path = following if body["next"] else ""
    assert seen == whole == sorted(whole)
    assert len(whole) == 8


def test_a_row_added_between_two_pages_is_not_missed(program: Program) -> None:
    first = program.get("/sites?limit=5")
    program.ask("POST", "/sites", {**NEW_ROWS["sites"], "base": "Cơ sở Nha Trang"})
    second = program.get(f"/sites?limit=5&cursor={first['next']}")
    assert [row["code"] for row in second["items"]][-1] == "CR01"
    assert not {row["id"] for row in first["items"]} & {row["id"] for row in second["items"]}


def test_search_ignores_diacritics_in_every_register(program: Program, furnished: dict[str, int]) -> None:
    for path in (
        "/sites?search=CAM+phuc", "/needs?search=cam+phuc", "/bases?search=cam+ranh", "/staff?search=lai+xe+9",
        "/calendar-days?search=giai+phong", "/terms?search=hoc+ky+i", "/vehicle-days?search=bao+duong",
    ):  # fmt: skip
        found = program.get(path)["items"]
        assert furnished[path[1:].split("?")[0]] in {row["id"] for row in found}, path
    assert program.get("/sites?search=%25")["total"] == 0


def test_a_program_asks_for_what_changed_since_it_last_came(program: Program) -> None:
    now = program.get("/sites/1")["updated_at"]
    later = datetime.fromisoformat(now) + timedelta(days=1)
    assert program.get(f"/sites?updated_since={now.replace('+', '%2B')}")["total"] == 8
    assert program.get(f"/sites?updated_since={later.isoformat().replace('+', '%2B')}")["total"] == 0
    before = max(row["updated_at"] for row in program.get("/sites")["items"])
    program.ask("PATCH", "/sites/3", {"people": 300}, If_Match="*")
    changed = program.get(f"/sites?updated_since={before.replace('+', '%2B')}")["items"]
    assert 3 in {row["id"] for row in changed}
    assert program.get("/sites/3")["updated_at"] > before


def test_days_narrow_the_registers_whose_rows_lie_on_a_day(program: Program, furnished: dict[str, int]) -> None:
    assert program.get("/calendar-days?first=2027-04-30&last=2027-04-30")["total"] == 1
    assert program.get("/calendar-days?first=2027-05-01")["total"] == 0
    assert set(faults_of(program.ask("GET", "/sites?first=2027-05-01"))) == {"first"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor"),
        ("cursor=djE6eA", "cursor"), ("serach=x", "serach"), ("updated_since=2027-01-01", "updated_since"),
        ("updated_since=2027-01-01T00:00:00", "updated_since"), ("search=" + "x" * 201, "search"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "updated_since"),
    ],
)  # fmt: skip
def test_a_question_that_is_not_understood_is_refused_by_name(program: Program, query: str, field: str) -> None:
    assert set(faults_of(program.ask("GET", f"/sites?{query}"))) == {field}


# ---- one row


def test_a_row_names_other_rows_by_what_people_call_them_and_by_number(
    program: Program, furnished: dict[str, int]
) -> None:
    need = program.get(f"/needs/{furnished['needs']}")
    assert (need["site"], need["site_id"]) == ("CR01", furnished["sites"])
    vehicle = program.get(f"/vehicles/{furnished['vehicles']}")
    assert (vehicle["base"], vehicle["base_id"]) == ("Cơ sở Cam Ranh", furnished["bases"])
    away = program.get(f"/staff-days/{furnished['staff-days']}")
    assert (away["staff_member"], away["staff_member_id"]) == ("Lái xe 9", furnished["staff"])


def test_hours_days_and_weekdays_come_back_as_they_were_sent(program: Program, furnished: dict[str, int]) -> None:
    sent = {
        "windows": [{"weekdays": ["tue", "thu"], "start": "07:30", "end": "10:00", "term": "summer"}],
        "blocked": [{"first": "2027-05-01", "last": "2027-05-10", "reason": "sửa sân"}],
        "people": None, "active": False, "max_length_m": 8.1,
    }  # fmt: skip
    answer = program.ask("PATCH", f"/sites/{furnished['sites']}", sent, If_Match="*")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    row = program.get(f"/sites/{furnished['sites']}")
    assert {name: row[name] for name in sent} == sent
    weeks = {"preferred_weeks": ["2027-03-03"], "max_gap_days": 30}
    need = program.ask("PATCH", f"/needs/{furnished['needs']}", weeks, If_Match="*").json
    assert need["preferred_weeks"] == ["2027-03-01"]  # the week's Monday
    assert program.get(f"/vehicles/{furnished['vehicles']}")["weekdays"] == ["mon", "sat"]


def test_a_known_version_is_not_sent_again(program: Program, province: Province) -> None:
    path = f"/sites/{province.site_id}"
    etag = program.ask("GET", path).headers["ETag"]
    for known in (etag, f'W/{etag}, "77"', "*"):
        answer = program.ask("GET", path, If_None_Match=known)
        assert (answer.status_code, answer.get_data(), answer.headers["ETag"]) == (304, b"", etag)
    program.ask("PATCH", path, {"people": 5}, If_Match=etag)
    assert program.ask("GET", path, If_None_Match=etag).status_code == 200


# ---- made


@pytest.mark.parametrize("name", NEW_ROWS)
def test_a_new_row_has_an_address_and_what_was_said_of_it(
    program: Program, furnished: dict[str, int], name: str
) -> None:
    row = program.get(f"/{name}/{furnished[name]}")
    assert {key: row[key] for key in NEW_ROWS[name]} == NEW_ROWS[name]
    assert row["version"] == 1


def test_the_answer_to_a_creation_names_address_version_and_what_was_filled_in(program: Program) -> None:
    body = {**NEW_ROWS["sites"], "lat": 109.1, "lon": 11.95, "commune": "Xã Mới Toanh"}
    answer = program.ask("POST", "/sites", body)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{API}/sites/{answer.json['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert {note["field"] for note in answer.json["notes"]} == {"lat", "commune", "windows"}
    assert (answer.json["lat"], answer.json["lon"]) == (11.95, 109.1)


def test_a_pasted_point_is_a_position(program: Program) -> None:
    body = {name: value for name, value in NEW_ROWS["sites"].items() if name not in ("lat", "lon")}
    answer = program.ask("POST", "/sites", {**body, "point": "11,95; 109,1"})
    assert (answer.json["lat"], answer.json["lon"]) == (11.95, 109.1)


def test_one_row_for_a_stretch_of_days_becomes_several(program: Program) -> None:
    body = {"day": "2027-02-05", "last_day": "2027-02-08", "kind": "holiday", "name": "Tết"}
    answer = program.ask("POST", "/calendar-days", body)
    assert answer.json["day"] == "2027-02-05"
    assert len(answer.json["more"]) == 3
    assert program.get("/calendar-days?first=2027-02-05&last=2027-02-08")["total"] == 4
    problem = program.ask("PATCH", f"/calendar-days/{answer.json['id']}", {"last_day": "2027-02-09"}, If_Match="*")
    assert set(faults_of(problem)) == {"last_day"}


def test_every_fault_of_a_body_is_named_at_once(program: Program) -> None:
    body = {
        "code": "", "name": 5, "kind": "temple", "lat": "12", "lon": 109, "windows": [{"weekdays": [], "start": "7h"}],
        "blocked": [{"first": "2027-05-02", "last": "2027-05-01"}], "people": -5, "base_id": 999, "colour": "red",
        "set_up_minutes": 3.5,
    }  # fmt: skip
    found = faults_of(program.ask("POST", "/sites", body))
    assert set(found) == {
        "code", "name", "kind", "lat", "windows.0.weekdays", "windows.0.start", "windows.0.end", "blocked.0.last",
        "people", "base_id", "colour", "set_up_minutes",
    }  # fmt: skip
    assert program.get("/sites")["total"] == 8


def test_faults_show_the_value_as_it_was_sent(program: Program) -> None:
    answer = program.ask("POST", "/sites", {**NEW_ROWS["sites"], "people": 200_000, "name": "x" * 5000})
    shown = {one["field"]: one["value"] for one in json.loads(answer.get_data())["errors"]}
    assert shown["people"] == 200_000
    assert len(shown["name"]) < 250


def test_a_reference_must_be_known_and_the_two_ways_must_agree(program: Program) -> None:
    need = {name: value for name, value in NEW_ROWS["needs"].items() if name != "site"}
    site = program.get("/sites/1")
    assert set(faults_of(program.ask("POST", "/needs", need))) == {"site"}
    assert set(faults_of(program.ask("POST", "/needs", {**need, "site": "không có"}))) == {"site"}
    assert set(faults_of(program.ask("POST", "/needs", {**need, "site_id": 999}))) == {"site_id"}
    assert set(faults_of(program.ask("POST", "/needs", {**need, "site_id": 2, "site": site["code"]}))) == {"site_id"}
    for given in ({"site": site["code"]}, {"site_id": 1}, {"site": site["code"], "site_id": 1}):
        answer = program.ask("POST", "/needs", {**need, **given, "quota": 1 + len(given), "first_day": "2027-03-02"})
        assert answer.status_code in (201, 422)
        assert answer.status_code == 201 or "site" in answer.get_data(as_text=True)


def test_a_row_that_is_there_already_is_refused(program: Program, furnished: dict[str, int]) -> None:
    for name in ("sites", "bases", "vehicles", "terms", "calendar-days"):
        assert faults_of(program.ask("POST", f"/{name}", NEW_ROWS[name])), name


def test_sentences_follow_the_language_that_is_asked_for(program: Program, nobody: Program) -> None:
    english = program.ask("POST", "/needs", {}, Accept_Language="en-GB, vi;q=0.5")
    assert "filled in" in json.loads(english.get_data())["detail"]
    assert english.headers["Content-Language"] == "en"
    vietnamese = program.ask("POST", "/needs", {}, Accept_Language="fr")
    assert "chưa điền" in json.loads(vietnamese.get_data())["detail"]
    assert "token" in json.loads(nobody.ask("GET", "/sites", Accept_Language="en").get_data())["detail"]


# ---- made once


def test_a_creation_sent_twice_is_done_once(program: Program) -> None:
    first = program.ask("POST", "/sites", NEW_ROWS["sites"], Idempotency_Key="k-1")
    second = program.ask("POST", "/sites", NEW_ROWS["sites"], Idempotency_Key="k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_data() == second.get_data()
    assert [first.headers[name] for name in ("Location", "ETag")] == [
        second.headers[name] for name in ("Location", "ETag")
    ]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert program.get("/sites")["total"] == 9


def test_a_key_stands_for_one_request(program: Program) -> None:
    program.ask("POST", "/sites", NEW_ROWS["sites"], Idempotency_Key="k-1")
    other = program.ask("POST", "/sites", {**NEW_ROWS["sites"], "code": "CR02"}, Idempotency_Key="k-1")
    assert problem_of(other, 422, "key-reused")["errors"][0]["field"] == "Idempotency-Key"
    problem_of(program.ask("POST", "/bases", NEW_ROWS["bases"], Idempotency_Key="k-1"), 422, "key-reused")


def test_a_refused_creation_may_be_mended_under_its_key(program: Program) -> None:
    assert program.ask("POST", "/sites", {"code": "x"}, Idempotency_Key="k-1").status_code == 422
    assert program.ask("POST", "/sites", NEW_ROWS["sites"], Idempotency_Key="k-1").status_code == 201


def test_keys_of_two_people_are_two_keys(programs: dict[Role, Program]) -> None:
    for role, code in ((Role.PLANNER, "CR01"), (Role.ADMIN, "CR02")):
        answer = programs[role].ask("POST", "/sites", {**NEW_ROWS["sites"], "code": code}, Idempotency_Key="k-1")
        assert answer.status_code == 201


@pytest.mark.parametrize("key", ["x" * 101, "hai từ", ""])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    answer = program.ask("POST", "/sites", NEW_ROWS["sites"], Idempotency_Key=key.encode().decode("latin-1"))
    assert set(faults_of(answer)) == {"Idempotency-Key"}


# ---- changed


def test_a_change_needs_the_version_it_changes(program: Program, province: Province) -> None:
    path = f"/sites/{province.site_id}"
    for method, body in (("PATCH", {"people": 5}), ("DELETE", None)):
        problem_of(program.ask(method, path, body), 428, "version-needed")
        problem_of(program.ask(method, path, body, If_Match=" "), 428, "version-needed")
    assert program.get(path)["version"] == 1


def test_nobody_is_overwritten(program: Program, province: Province) -> None:
    path = f"/sites/{province.site_id}"
    assert program.ask("PATCH", path, {"people": 5}, If_Match='"1"').status_code == 200
    for method in ("PATCH", "DELETE"):
        answer = program.ask(method, path, {"people": 6}, If_Match='"1"')
        problem = problem_of(answer, 412, "stale-edit")
        assert (problem["current"]["people"], problem["current"]["version"]) == (5, 2)
        assert answer.headers["ETag"] == '"2"'
    assert program.ask("PATCH", path, {"people": 6}, If_Match='"7", "2"').json["version"] == 3


def test_a_change_touches_only_what_it_names_and_is_in_the_log(
    house: House, program: Program, province: Province
) -> None:
    path = f"/sites/{province.site_id}"
    before = program.get(path)
    after = program.ask("PATCH", path, {"people": 42}, If_Match="*").json
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {"people", "version", "updated_at"}
    with house.session(everywhere=True) as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.deed == "change-sites")).one()
    assert (line.user_id, line.changes) == (province.users[Role.PLANNER], {"people": ["", "42"]})


def test_a_change_to_what_already_is_changes_nothing(program: Program, province: Province) -> None:
    path = f"/sites/{province.site_id}"
    answer = program.ask("PATCH", path, {"name": program.get(path)["name"]}, If_Match='"1"')
    assert (answer.status_code, answer.json["version"]) == (200, 1)


def test_a_page_and_a_program_see_the_same_row(house: House, program: Program, planner: Browser) -> None:
    program.ask("PATCH", "/sites/1", {"name": "Trường Tiểu học Đổi Tên"}, If_Match="*")
    assert "Đổi" in planner.page("/diem/1")


# ---- deleted


def test_a_row_nothing_hangs_on_goes_and_the_others_stay(
    house: House, program: Program, furnished: dict[str, int]
) -> None:
    problem_of(program.ask("DELETE", f"/sites/{furnished['sites']}", If_Match="*"), 409, "wrong-state")
    for name in reversed(NEW_ROWS):
        path = f"/{name}/{furnished[name]}"
        answer = program.ask("DELETE", path, If_Match='"1"')
        assert (answer.status_code, answer.get_data()) == (204, b""), name
        problem_of(program.ask("GET", path), 404, "not-found")
    with house.session(everywhere=True) as session:
        assert session.scalar(select(Site.id).where(Site.code == "CR01")) is None


def test_each_register_has_every_verb(app) -> None:
    rules = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    for name in RESOURCES:
        assert register_called(name).name == name
        assert {(f"{API}/{name}", "GET"), (f"{API}/{name}", "POST")} <= rules
        assert {(f"{API}/{name}/<int:record_id>", verb) for verb in ("GET", "PATCH", "DELETE")} <= rules

"""Forged forms, foreign origins, headers, sizes, and error pages that help."""

import pytest
from flask import Flask

from outreach.domain.errors import OutreachError
from outreach.web import errors
from outreach.web.app import create_app
from outreach.web.session import after_commit
from outreach.wiring import House
from tests.web.conftest import Browser, Province, build_province


def test_a_form_without_its_token_is_refused(planner: Browser) -> None:
    answer = planner.client.post("/ke-hoach/moi", data={"name": "x"})
    assert answer.status_code == 400
    assert "mở đã lâu" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_request_from_another_site_is_refused_even_with_its_token(admin: Browser, headers: dict[str, str]) -> None:
    answer = admin.post("/dang-xuat", {}, page="/lich", headers=headers)
    assert answer.status_code == 403
    assert admin.get("/diem").status_code == 200


def test_the_own_origin_is_accepted(admin: Browser) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert admin.post("/dang-xuat", {}, page="/lich", headers=headers).status_code == 303


def test_pages_allow_only_their_own_scripts_and_no_inline_style(planner: Browser) -> None:
    answer = planner.get("/diem")
    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    page = answer.get_data(as_text=True)
    assert "unsafe" not in policy
    assert page.count("<script") == page.count(f'<script nonce="{nonce}"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_each_answer_draws_a_new_nonce(stranger: Browser, province: Province) -> None:
    seen = {stranger.get("/lich").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(seen) == 3


def test_a_file_with_its_hash_is_kept_for_a_year(stranger: Browser, province: Province) -> None:
    address = stranger.page("/lich").split('href="/static/css/look.css')[1].split('"')[0]
    answer = stranger.get(f"/static/css/look.css{address}")
    answer.close()
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_body_over_the_limit_is_refused(app: Flask, admin: Browser) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 2000
    answer = admin.post("/nguoi-dung", {"display_name": "x" * 4000}, page="/lich")
    assert answer.status_code == 413
    assert "quá lớn" in answer.get_data(as_text=True)


def test_a_host_outside_the_list_is_refused(house: House, app: Flask) -> None:
    app.config["TRUSTED_HOSTS"] = ["thuvien.example"]
    assert app.test_client().get("/lich", headers={"Host": "evil.example"}).status_code == 400


def test_an_unknown_page_says_what_to_do(stranger: Browser, province: Province) -> None:
    answer = stranger.get("/khong-co")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "Không tìm thấy trang này" in page
    assert "Bước tiếp" in page


def test_htmx_gets_a_fragment_instead_of_a_page(planner: Browser) -> None:
    answer = planner.get("/diem/999999", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "<html" not in answer.get_data(as_text=True)
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_every_error_code_has_a_page() -> None:
    families = [OutreachError]
    for family in families:
        families.extend(family.__subclasses__())
    assert {family.code for family in families} <= set(errors.PAGES)


def test_what_belongs_to_another_library_is_not_found(house: House, planner: Browser) -> None:
    theirs = build_province(house, "Thư viện khác")
    for address in (f"/diem/{theirs.site_id}", f"/ke-hoach/{theirs.plan_id}", f"/ke-hoach/{theirs.plan_id}/ban-do"):
        assert planner.get(address).status_code == 404, address


def test_the_account_of_another_library_cannot_be_changed(house: House, admin: Browser) -> None:
    theirs = build_province(house, "Thư viện khác")
    user_id = next(iter(theirs.users.values()))
    answer = admin.post(f"/nguoi-dung/{user_id}", {"role": "admin", "active": "1"}, page="/nguoi-dung")
    assert answer.status_code == 404


def test_what_waits_for_the_commit_is_not_done_when_the_answer_is_an_error(house: House) -> None:
    app = create_app(house)
    done: list[str] = []

    def fails() -> tuple[str, int]:
        after_commit(lambda: done.append("failed"))
        return "", 422

    def stands() -> str:
        after_commit(lambda: done.append("stood"))
        return ""

    for name, view in (("fails", fails), ("stands", stands)):
        view.__allowed__ = app.view_functions["timetable.show"].__allowed__
        app.add_url_rule(f"/{name}", name, view, methods=["POST"])
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/fails")
    client.post("/stands")
    assert done == ["stood"]

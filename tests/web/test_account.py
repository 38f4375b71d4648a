"""Signing in and out as people do it, and what must not work."""

import pytest
from flask import Flask

from outreach.services import accounts
from outreach.web.auth import COOKIE, safe_next
from outreach.web.clock import now
from outreach.wiring import House
from tests.factories import make_organisation
from tests.web.conftest import Browser, Province

PASSWORD = "chuyen xe cho sach"


@pytest.fixture
def somebody(house: House) -> str:
    """The login of the first account of a library."""
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere).id
        link = accounts.make_setup_link(everywhere, organisation_id=number, now=now())
    with house.session(everywhere=True) as everywhere:
        accounts.use_setup_link(
            everywhere, link, library_name="Thư viện", login="phucvu", display_name="Phục vụ",
            password=PASSWORD, now=now(),
        )  # fmt: skip
    return "phucvu"


def _sign_in(browser: Browser, login: str, password: str, target: str = "/") -> object:
    return browser.post("/dang-nhap", {"login": login, "password": password, "next": target}, page="/dang-nhap")


def test_signing_in_opens_the_page_that_was_asked_for(stranger: Browser, somebody: str) -> None:
    answer = _sign_in(stranger, somebody, PASSWORD, "/diem")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/diem")
    assert "Điểm phục vụ" in stranger.page("/diem")


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(stranger: Browser, somebody: str) -> None:
    answer = _sign_in(stranger, somebody, PASSWORD)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_wrong_password_keeps_the_name_and_says_nothing_more(stranger: Browser, somebody: str) -> None:
    answer = _sign_in(stranger, somebody, "sai")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="phucvu"' in page
    assert "sai" not in page.split("<form")[1].split("</form>")[0].replace("đúng", "")
    assert not stranger.cookie()


def test_signing_out_kills_the_session_so_that_a_replayed_cookie_opens_nothing(
    app: Flask, stranger: Browser, somebody: str
) -> None:
    _sign_in(stranger, somebody, PASSWORD)
    stolen = stranger.cookie()
    stranger.post("/dang-xuat", {}, page="/lich")
    assert not stranger.cookie()
    thief = app.test_client()
    thief.set_cookie(COOKIE, stolen)
    assert thief.get("/diem").headers["Location"].startswith("/dang-nhap")


def test_signing_in_anew_ends_the_session_of_the_same_browser(app: Flask, stranger: Browser, somebody: str) -> None:
    _sign_in(stranger, somebody, PASSWORD)
    first = stranger.cookie()
    token = stranger.page("/lich").split('name="csrf_token" value="')[1].split('"')[0]
    stranger.client.post("/dang-nhap", data={"csrf_token": token, "login": somebody, "password": PASSWORD})
    assert stranger.cookie() != first
    other = app.test_client()
    other.set_cookie(COOKIE, first)
    assert other.get("/diem").status_code == 302


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", None, "/a\r\nX: 1"],
)
def test_nobody_is_sent_to_another_server(address: str | None) -> None:
    assert safe_next(address) == "/"


def test_a_path_of_this_server_is_kept() -> None:
    assert safe_next("/diem?q=khanh vinh") == "/diem?q=khanh vinh"


def test_a_foreign_next_is_dropped_after_signing_in(stranger: Browser, somebody: str) -> None:
    assert _sign_in(stranger, somebody, PASSWORD, "https://evil.example/").headers["Location"] == "/"


def test_language_and_theme_are_remembered(stranger: Browser, province: Province) -> None:
    assert '<html lang="vi"' in stranger.page("/lich")
    answer = stranger.get("/ngon-ngu?to=en&next=/lich")
    assert answer.headers["Location"] == "/lich"
    stranger.get("/giao-dien?to=dark&next=/lich")
    page = stranger.page("/lich")
    assert '<html lang="en" data-theme="dark"' in page


def test_an_unknown_language_changes_nothing(stranger: Browser, province: Province) -> None:
    stranger.get("/ngon-ngu?to=xx")
    assert '<html lang="vi"' in stranger.page("/lich")

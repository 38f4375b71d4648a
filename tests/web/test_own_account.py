"""One's own account, and a new password through a one-time link."""

import html
import re

import pytest
from sqlalchemy import select

from outreach.domain.roles import Role
from outreach.services.passwords import fits, hash_password
from outreach.store.audit import AuditEntry
from outreach.store.people import User, UserSession
from outreach.web.auth import COOKIE
from outreach.wiring import House
from tests.web.conftest import Browser, Province, build_province, sign_in_as

OLD, NEW = "mot cau kha dai 1", "cau moi rat dai 22"


@pytest.fixture
def known(house: House, province: Province) -> int:
    """The planner's account with a password one knows."""
    number = province.users[Role.PLANNER]
    with house.session(organisation_id=province.organisation_id) as session:
        user = session.scalars(select(User).where(User.id == number)).one()
        user.password_hash = hash_password(OLD, login=user.login)
    return number


def password_of(house: House, number: int) -> str:
    with house.session(everywhere=True) as everywhere:
        return everywhere.scalars(select(User.password_hash).where(User.id == number)).one()


def link_for(admin: Browser, number: int) -> str:
    answer = admin.post(f"/nguoi-dung/{number}/mat-khau", {}, page="/nguoi-dung")
    found = re.search(r"/mat-khau/[\w.-]+", html.unescape(answer.get_data(as_text=True)))
    assert found
    return found[0]


def test_name_and_language_are_one_s_own(planner: Browser, known: int) -> None:
    answer = planner.post("/tai-khoan", {"display_name": "Phòng Xe", "language": "en"}, page="/tai-khoan")
    assert answer.status_code == 303
    page = planner.page("/tai-khoan")
    assert 'value="Phòng Xe"' in page
    assert '<html lang="en"' in page
    for typed in ({"display_name": " ", "language": "vi"}, {"display_name": "x" * 121, "language": "vi"},
                  {"display_name": "x", "language": "fr"}):  # fmt: skip
        assert planner.post("/tai-khoan", typed, page="/tai-khoan").status_code == 422


def test_a_password_is_changed_by_who_knows_it_and_other_browsers_end(
    planner: Browser, house: House, known: int
) -> None:
    sign_in_as(house, known, "another-browser")
    wrong = planner.post("/tai-khoan/mat-khau", {"current": "sai", "password": NEW}, page="/tai-khoan")
    assert wrong.status_code == 422
    short = planner.post("/tai-khoan/mat-khau", {"current": OLD, "password": "ngan"}, page="/tai-khoan")
    assert short.status_code == 422
    assert fits(password_of(house, known), OLD)
    done = planner.post("/tai-khoan/mat-khau", {"current": OLD, "password": NEW}, page="/tai-khoan")
    assert done.status_code == 303
    assert fits(password_of(house, known), NEW)
    assert planner.get("/tai-khoan").status_code == 200
    with house.session(everywhere=True) as everywhere:
        assert len(everywhere.scalars(select(UserSession).where(UserSession.user_id == known)).all()) == 1


def test_a_reset_link_opens_once(admin: Browser, stranger: Browser, house: House, known: int) -> None:
    link = link_for(admin, known)
    assert stranger.get(link).status_code == 200
    assert stranger.post(link, {"password": "ngan"}, page=link).status_code == 422
    assert stranger.post(link, {"password": NEW}, page=link).headers["Location"] == "/dang-nhap"
    assert fits(password_of(house, known), NEW)
    assert stranger.get(link).status_code == 404
    with house.session(everywhere=True) as everywhere:
        assert everywhere.scalars(select(UserSession).where(UserSession.user_id == known)).all() == []
        deeds = everywhere.scalars(select(AuditEntry.deed)).all()
        assert list(deeds) == ["offer-password-reset", "reset-password"]


def test_a_link_that_was_changed_or_is_of_nobody_opens_nothing(
    admin: Browser, stranger: Browser, house: House, known: int
) -> None:
    link = link_for(admin, known)
    assert stranger.get(link[:-2] + "xx").status_code == 404
    assert stranger.get("/mat-khau/x").status_code == 404
    with house.session(everywhere=True) as everywhere:
        everywhere.scalars(select(User).where(User.id == known)).one().active = False
    assert stranger.get(link).status_code == 404


def test_a_link_is_made_by_administrators_for_their_own_library(
    browsers: dict[Role, Browser], house: House, known: int
) -> None:
    refused = browsers[Role.PLANNER].post(f"/nguoi-dung/{known}/mat-khau", {}, page="/tai-khoan")
    assert refused.status_code == 403
    other = build_province(house, "Thư viện tỉnh Khác").users[Role.PLANNER]
    assert browsers[Role.ADMIN].post(f"/nguoi-dung/{other}/mat-khau", {}, page="/nguoi-dung").status_code == 404


def test_a_stranger_has_no_account(stranger: Browser) -> None:
    assert stranger.get("/tai-khoan").headers["Location"].startswith("/dang-nhap")
    assert stranger.client.get_cookie(COOKIE) is None


def test_guessing_the_current_password_has_to_wait_as_signing_in_does(
    planner: Browser, house: House, known: int
) -> None:
    said = []
    for _ in range(12):
        answer = planner.post("/tai-khoan/mat-khau", {"current": "sai", "password": NEW}, page="/tai-khoan")
        assert answer.status_code == 422
        said.append(answer.get_data(as_text=True))
    assert "Mật khẩu hiện tại chưa đúng" in said[0]
    assert "Đã nhập sai nhiều lần" in said[-1]
    right = planner.post("/tai-khoan/mat-khau", {"current": OLD, "password": NEW}, page="/tai-khoan")
    assert right.status_code == 422  # the right one waits as well
    assert fits(password_of(house, known), OLD)

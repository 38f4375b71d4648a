"""Every URL has a role or stands on the public list, and none comes or goes unnoticed."""

from pathlib import Path

import pytest
from flask import Flask

from outreach.domain.roles import Right
from outreach.web.app import create_app
from outreach.wiring import House

LIST = Path(__file__).parent / "urls.txt"
# what a stranger may open, and why
PUBLIC = {
    "/": "leads strangers to the timetable",
    "/static/<path:filename>": "styles, scripts, fonts",
    "/lich": "the public timetable",
    "/thiet-lap/<token>": "first set-up; the one-time token is the key",
    "/thiet-lap/<token>/tien-do": "the first run, with the same token",
    "/dang-nhap": "signing in",
    "/mat-khau/<reset>": "a new password; the signed one-time link is the key",
    "/dang-xuat": "signing out of nothing does nothing",
    "/ngon-ngu": "language of the page",
    "/giao-dien": "light or dark",
    "/ban-trinh-dien": "what the demo invents",
    "/khoe": "health, without any figure",
    "/api": "how programs use the API, without any data",
    "/api/v1/openapi.json": "what the API takes and gives, without any data",
    "/robots.txt": "for search engines",
    "/favicon.ico": "for old browsers",
}


@pytest.fixture
def app(house: House) -> Flask:
    """The application over an empty house."""
    return create_app(house)


def _rights_by_rule(app: Flask) -> dict[str, frozenset[Right]]:
    """Each rule of the application with the rights that open it."""
    rights: dict[str, frozenset[Right]] = {}
    for rule in app.url_map.iter_rules():
        allowed = app.view_functions[rule.endpoint].__allowed__
        rights[rule.rule] = rights.get(rule.rule, frozenset()) | allowed
    return rights


def test_each_url_open_to_strangers_is_on_the_public_list(app):
    opened = {rule for rule, rights in _rights_by_rule(app).items() if Right.SEE_TIMETABLE in rights}
    assert opened <= set(PUBLIC), sorted(opened - set(PUBLIC))


def test_each_url_names_the_rights_that_open_it(app):
    assert [rule for rule, rights in _rights_by_rule(app).items() if not rights] == []


def test_no_url_comes_or_goes_unnoticed(app):
    """urls.txt is the list: a changed address breaks bookmarks and printed posters, so change it knowingly."""
    found = sorted(
        f"{rule.rule} {' '.join(sorted(set(rule.methods or ()) - {'HEAD', 'OPTIONS'}))}"
        for rule in app.url_map.iter_rules()
    )
    assert found == LIST.read_text(encoding="utf-8").splitlines()

"""What nobody sends by mistake: every answer is a page with a sentence, never a failure of the server."""

from urllib.parse import quote

import pytest

from outreach.domain.roles import Role
from tests.web.conftest import Browser, Province

NUMBERS = ("0", "-1", "9" * 9, "1" + "0" * 30, "abc", "1.5", "%00", "²")
DAYS = ("2027-02-30", "0001-01-01", "9999-12-31", "x", "2027-W01-1", "%00")
QUERIES = (
    f"tuan=999&xe=99&trang=-1&page=-1&q={'a' * 100_000}&base=x&chon=-5&kind=x&xem=z&to=zz&next=//evil.example",
    f"tuan=x&xe=²&trang={'9' * 30}&page={'9' * 30}&q=%25_%5C&base={'9' * 30}&chon={'9' * 20}&next=/[",
    "tuan=²&trang=999999999&page=999999999&q=%ff%fe&commune=%ED%A0%80&chon=x&next=https://evil.example",
    "q=<script>&page=1&page=2&trang=&tuan=&xe=&base=&chon=&to=en&next=/%0d%0aX:1",
    "q=%00&commune=%00&next=%00",
)
TEXTS = (
    "",
    "\0",
    "a\0b",
    "<img src=x onerror=alert(1)>",
    "😀" * 50,
    "x" * 100_000,
    "9" * 30,
    "²",
    "{0}{x}%s",
    "a\r\nb",
)
FORMS = {
    "/ke-hoach/moi": {"choice": "free", "name": "Tên", "first": "2027-03-01", "last": "2027-03-20"},
    "/nguoi-dung": {"login": "ai.do", "display_name": "Ai Đó", "role": "planner", "password": "một hai ba bốn"},
    "/nguoi-dung/2": {"role": "planner", "active": "1"},
    "/ke-hoach/1/trinh": {"version": "1"},
    "/ke-hoach/1/duyet": {"version": "1", "number": "1/QĐ", "day": "2027-01-01"},
    "/ke-hoach/1/cong-bo": {"version": "1"},
    "/ke-hoach/1/xoa": {"version": "9"},
    "/ke-hoach/999999999/xep": {"limit": "30"},
    "/lan-xep/999999999/dung": {"giu": "1"},
    "/dang-nhap": {"login": "ai.do", "password": "x", "next": "/"},
}


def addresses(admin: Browser) -> list[str]:
    """Every address that is read, with a whole number and a day in their places."""
    rules = [rule for rule in admin.client.application.url_map.iter_rules() if rule.methods and "GET" in rule.methods]
    return [rule.rule for rule in rules if rule.endpoint != "static"]


def filled(rule: str, number: str = "1", day: str = "2027-03-02") -> str:
    for name in ("plan_id", "site_id", "run_id", "number"):
        rule = rule.replace(f"<int:{name}>", number)
    return rule.replace("<day>", day).replace("<token>", number)


@pytest.fixture
def hardened(admin: Browser, province: Province) -> Browser:
    """The admin's browser in an application whose failures are answers, as on a server."""
    admin.client.application.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return admin


def answered(browser: Browser, address: str) -> None:
    answer = browser.get(address)
    answer.close()
    assert answer.status_code < 500, f"{address[:80]}: {answer.status}"


def test_wrong_numbers_and_days_are_answered_with_a_page(hardened: Browser) -> None:
    for rule in addresses(hardened):
        for number in NUMBERS if "<int:" in rule or "<token>" in rule else ():
            answered(hardened, filled(rule, number=number))
        for day in DAYS if "<day>" in rule else ():
            answered(hardened, filled(rule, day=day))


def test_wrong_queries_are_answered_with_a_page(hardened: Browser) -> None:
    for rule in addresses(hardened):
        for query in QUERIES:
            answered(hardened, f"{filled(rule)}?{quote(query, safe='=&%/[]:')}")


@pytest.mark.parametrize("address", list(FORMS))
def test_wrong_fields_are_answered_with_a_page(hardened: Browser, address: str) -> None:
    good = FORMS[address]
    for name in good:
        for text in TEXTS:
            answer = hardened.client.post(address, data={**good, name: text})
            assert answer.status_code < 500, f"{address} {name}={text[:30]!r}: {answer.status}"
    for body in (b"", b"\xff\xfe\x00", b"&".join(b"a%d=1" % n for n in range(2000))):
        answer = hardened.client.post(address, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500


def test_a_character_no_text_has_is_refused_before_it_reaches_the_database(hardened: Browser) -> None:
    answer = hardened.client.post("/nguoi-dung", data={**FORMS["/nguoi-dung"], "display_name": "a\0b"})
    assert answer.status_code == 422
    assert "không in được" in answer.get_data(as_text=True)
    assert hardened.get("/diem?q=%00").status_code == 422


def test_methods_no_route_knows_are_refused(hardened: Browser) -> None:
    for method in ("PUT", "DELETE", "PATCH", "FOO"):
        answer = hardened.client.open("/ke-hoach/1", method=method)
        assert answer.status_code == 405
        assert "không nhận cách gửi đó" in answer.get_data(as_text=True)


def test_a_form_sent_twice_is_done_once(browsers: dict[Role, Browser]) -> None:
    planner = browsers[Role.PLANNER]
    first, second = (planner.post("/ke-hoach/1/xep", {"limit": "30"}, page="/ke-hoach/moi") for _ in range(2))
    assert first.status_code == 303
    assert second.status_code in (303, 409)
    assert second.status_code == 409 or second.headers["Location"] == first.headers["Location"]


def test_a_form_of_a_session_that_ended_leads_to_the_sign_in_page(browsers: dict[Role, Browser]) -> None:
    planner = browsers[Role.PLANNER]
    token_page = planner.page("/ke-hoach/moi")
    assert "csrf_token" in token_page
    planner.client.delete_cookie("outreach_session")
    answer = planner.client.post("/ke-hoach/moi", data={"name": "x"})
    assert answer.status_code in (302, 400)
    assert answer.status_code == 400 or "/dang-nhap" in answer.headers["Location"]

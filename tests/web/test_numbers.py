"""Numbers too large for any database are addresses that do not exist, or wishes that are not heard."""

import pytest

from tests.web.conftest import Browser

HUGE = "9" * 40


@pytest.mark.parametrize("path", ["/diem/{}", "/ke-hoach/{}", "/ke-hoach/{}/ban-do", "/lan-xep/{}"])
def test_an_address_with_a_huge_number_does_not_exist(planner: Browser, path: str) -> None:
    assert planner.get(path.format(HUGE)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/ke-hoach/1?tuan={}", "/ke-hoach/1/ban-do?tuan={}", "/diem?base={}", "/diem/ban-do?chon={}"]
)
@pytest.mark.parametrize("number", [HUGE, "9" * 6000, "-1", "x", "²"])
def test_a_wish_that_is_no_sensible_number_is_not_heard(planner: Browser, path: str, number: str) -> None:
    assert planner.get(path.format(number)).status_code in (200, 404)


@pytest.mark.parametrize("number", [HUGE, "-7", "x"])
def test_the_log_opens_whatever_page_is_asked_for(planner: Browser, number: str) -> None:
    assert planner.get(f"/nhat-ky?page={number}").status_code == 200

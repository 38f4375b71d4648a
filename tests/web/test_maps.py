"""Map documents as the browser gets them: their policy, their filter, and who may see them."""

import re

from tests.web.conftest import Browser, Province


def test_a_map_has_a_policy_of_its_own_with_the_nonce_of_its_scripts(planner: Browser) -> None:
    answer = planner.get("/diem/ban-do")
    policy = answer.headers["Content-Security-Policy"]
    nonces = set(re.findall(r'nonce="([^"]+)"', answer.get_data(as_text=True)))
    assert len(nonces) == 1
    assert f"script-src 'nonce-{nonces.pop()}'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "img-src 'self' data:;" in policy
    assert "http" not in policy


def test_the_map_of_sites_follows_the_filter_of_the_list(planner: Browser, province: Province) -> None:
    whole = planner.page("/diem/ban-do")
    nothing_found = planner.page("/diem/ban-do?q=khong-co-diem-nao-ten-nay")
    assert whole.count('"mark":"dot"') < nothing_found.count('"mark":"dot"')


def test_every_map_of_a_plan_opens(planner: Browser, province: Province) -> None:
    plan = f"/ke-hoach/{province.plan_id}"
    for path in (f"{plan}/ban-do", f"{plan}/ban-do?tuan=1", f"{plan}/ban-do?chua-xep=1", "/do-phu/ban-do"):
        assert "outreachMap.draw(" in planner.page(path)


def test_a_week_or_day_that_cannot_be_is_not_found(planner: Browser, province: Province) -> None:
    plan = f"/ke-hoach/{province.plan_id}"
    assert planner.get(f"{plan}/ban-do?tuan=999").status_code == 404
    assert planner.get(f"{plan}/ngay/hom-nay/ban-do").status_code == 404
    assert planner.get("/ke-hoach/987654/ban-do").status_code == 404
    assert planner.get("/ke-hoach/987654/ngay/2026-12-21/ban-do").status_code == 404

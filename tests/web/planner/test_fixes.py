"""Fixes of an unserved need, alone and in the place of the near misses; and whom a plan reaches."""

import pytest
from sqlalchemy import select

from outreach.store.plans import UnservedNeed
from outreach.store.sites import Need
from outreach.wiring import House
from tests.web.conftest import Browser, Province


@pytest.fixture
def left_out(house: House, province: Province) -> int:
    """A need of an empty plan: there is room for it."""
    with house.session(organisation_id=province.organisation_id) as session:
        need_id = session.scalars(select(Need.id).order_by(Need.id)).first()
        reasons = [{"code": "left-out", "details": {"days": 3}}]
        session.add(UnservedNeed(plan_id=province.plan_id, need_id=need_id, missing=1, reasons=reasons))
    return need_id


def test_each_unserved_need_offers_to_find_its_fixes(planner: Browser, province: Province, left_out: int) -> None:
    address = f"/ke-hoach/{province.plan_id}/chua-xep"
    page = planner.page(address)
    assert f'href="{address}/{left_out}"' in page
    whole = planner.page(f"{address}/{left_out}")
    part = planner.get(f"{address}/{left_out}", headers={"HX-Request": "true"}).get_data(as_text=True)
    for found in (whole, part):
        assert "Kế hoạch vẫn còn chỗ cho buổi này" in found
        assert "không buổi nào phải đổi" in found
        assert "cho bản 1 của kế hoạch" in found
    assert "<html" in whole
    assert "<html" not in part


def test_need_that_is_none_of_the_plan_is_not_found(planner: Browser, province: Province) -> None:
    assert planner.get(f"/ke-hoach/{province.plan_id}/chua-xep/999999").status_code == 404


def test_the_page_of_figures_says_whom_the_plan_reaches(planner: Browser, province: Province, left_out: int) -> None:
    """The only need of the plan found no day: its site is named, and linked."""
    assert left_out
    page = planner.page(f"/ke-hoach/{province.plan_id}/so-lieu")
    assert "1 điểm có nhu cầu trong kế hoạch." in page
    assert f'<a href="/diem/{province.site_id}">' in page
    assert "chưa từng được tới" in page

"""The pages of plans that came from sheets, and of two plans side by side."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from outreach.domain.roles import Actor, Role
from outreach.domain.visits import PlanState
from outreach.services.timetable_intake.making import plan_from_rows
from outreach.services.timetable_intake.rows import VisitRow
from outreach.store.fleet import Vehicle
from outreach.store.plans import Plan
from outreach.store.sites import Site, SiteWindow
from outreach.wiring import House
from tests.factories import FOUR_WEEKS, MONDAY
from tests.web.conftest import Browser, Province

H = 3600


@dataclass(frozen=True)
class Brought:
    """Two timetables brought in: `broken` has a visit at 18:00 and an overlap, `sound` has none of it."""

    broken: int
    sound: int


@pytest.fixture
def brought(house: House, province: Province) -> Brought:
    actor = Actor(province.users[Role.PLANNER], province.organisation_id, Role.PLANNER, "Người xếp")
    with house.session(organisation_id=province.organisation_id) as session:
        sites = session.scalars(select(Site.id).order_by(Site.id)).all()
        bus = session.scalars(select(Vehicle.id)).one()

        def row(number: int, day: date, site: int, hours: float) -> VisitRow:
            return VisitRow(number, day, bus, sites[site], start_s=int(hours * H), service_s=2 * H)

        tuesday = MONDAY + timedelta(days=1)
        late = [row(2, MONDAY, 0, 8), row(3, MONDAY, 1, 9), row(4, tuesday, 2, 18), row(5, MONDAY, 3, 14)]
        fine = [row(2, MONDAY, 0, 8), row(3, tuesday, 2, 8)]
        broken = plan_from_rows(session, actor, late, name="Lịch giấy", period=FOUR_WEEKS)
        sound = plan_from_rows(session, actor, fine, name="Lịch gọn", period=FOUR_WEEKS)
        return Brought(broken.plan_id, sound.plan_id)


def plan_of(house: House, province: Province, plan_id: int) -> Plan:
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        return session.get_one(Plan, plan_id)


def test_a_plan_from_a_sheet_says_so_and_shows_what_it_breaks(planner: Browser, brought: Brought) -> None:
    page = planner.page(f"/ke-hoach/{brought.broken}")
    assert "Nhập từ bảng tính" in page
    assert "Ngoài khung giờ nhận" in page
    assert f"/ke-hoach/{brought.broken}/ngay/2027-03-02?xe=1" in page
    assert "Không kịp đường đi" in page
    board = page[page.index("data-board") :]
    assert "vi phạm" in board  # on the day's cell too
    sound = planner.page(f"/ke-hoach/{brought.sound}")
    assert "Đã kiểm, không lỗi" in sound
    assert "vi phạm" not in sound
    assert "Bảng lịch nhập vào không có buổi này" in sound


def test_the_page_of_a_day_names_its_breaches_and_claims_no_hours_of_the_host(
    planner: Browser, brought: Brought
) -> None:
    page = planner.page(f"/ke-hoach/{brought.broken}/ngay/2027-03-02")
    assert "nằm ngoài khung giờ nhận" in page
    assert "ngoài giờ nơi nhận" in page
    assert "Đã kiểm, không lỗi" not in page
    assert '<span class="muted">nơi nhận mở' not in page
    other = planner.page(f"/ke-hoach/{brought.sound}/ngay/2027-03-02")
    assert "Đã kiểm, không lỗi" in other


def test_a_plan_with_breaches_is_not_submitted_and_the_page_says_why(
    house: House, province: Province, planner: Browser, brought: Brought
) -> None:
    address = f"/ke-hoach/{brought.broken}"
    version = str(plan_of(house, province, brought.broken).version)
    answer = planner.post(f"{address}/trinh", {"version": version}, page=address)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("#vi-pham")
    assert "Chưa trình được" in planner.page(address)
    assert plan_of(house, province, brought.broken).state is PlanState.DRAFT


def test_a_sound_sheet_is_submitted_like_any_plan(
    house: House, province: Province, planner: Browser, brought: Brought
) -> None:
    address = f"/ke-hoach/{brought.sound}"
    version = str(plan_of(house, province, brought.sound).version)
    planner.post(f"{address}/trinh", {"version": version}, page=address)
    assert plan_of(house, province, brought.sound).state is PlanState.SUBMITTED


def test_what_changed_since_is_found_when_submitting(
    house: House, province: Province, planner: Browser, brought: Brought
) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        for window in session.scalars(select(SiteWindow)):
            window.start_s, window.end_s = 13 * H, 17 * H
    address = f"/ke-hoach/{brought.sound}"
    version = str(plan_of(house, province, brought.sound).version)
    planner.post(f"{address}/trinh", {"version": version}, page=address)
    plan = plan_of(house, province, brought.sound)
    assert (plan.state, len(plan.breaches)) == (PlanState.DRAFT, 2)


def test_judging_again_forgets_what_was_mended(
    house: House, province: Province, planner: Browser, brought: Brought
) -> None:
    before = len(plan_of(house, province, brought.broken).breaches)
    with house.session(organisation_id=province.organisation_id) as session:
        for window in session.scalars(select(SiteWindow)):
            window.end_s = 23 * H
    address = f"/ke-hoach/{brought.broken}"
    answer = planner.post(f"{address}/kiem-tra", {}, page=address)
    assert answer.status_code == 303
    left = {raw["rule"] for raw in plan_of(house, province, brought.broken).breaches}
    assert 0 < len(left) < before
    assert "outside-window" not in left
    assert "Đã kiểm lại" in planner.page(address)


# ---- side by side


def test_two_plans_stand_side_by_side(planner: Browser, brought: Brought) -> None:
    page = planner.page(f"/ke-hoach/so-sanh?a={brought.broken}&b={brought.sound}")
    assert "cùng một kỳ" in page
    for text in ("Chỉ A tới", "Cùng ngày, khác giờ hoặc khác xe", "Buổi đã xếp", "Theo tuần", "Chỗ vi phạm"):
        assert text in page
    assert "−2" in page  # B has two visits fewer
    assert page.count("<iframe") == 2


def test_the_other_way_round_swaps_the_signs(planner: Browser, brought: Brought) -> None:
    page = planner.page(f"/ke-hoach/so-sanh?a={brought.sound}&b={brought.broken}")
    assert "Chỉ B tới" in page
    assert "+2" in page


def test_a_plan_beside_an_empty_one(planner: Browser, province: Province, brought: Brought) -> None:
    page = planner.page(f"/ke-hoach/so-sanh?a={brought.sound}&b={province.plan_id}")
    assert "Chỉ A tới" in page
    assert "Chỉ B tới" not in page


def test_ticked_plans_lead_to_their_comparison(planner: Browser, brought: Brought) -> None:
    assert 'name="chon"' in planner.page("/ke-hoach")
    answer = planner.get(f"/ke-hoach/so-sanh?chon={brought.broken}&chon={brought.sound}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/ke-hoach/so-sanh?a={brought.broken}&b={brought.sound}"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("a=1&b=1", "Chọn một kế hoạch khác"),
        ("chon=1", "Chọn thêm kế hoạch B"),
        ("chon=1&chon=2&chon=3", "bạn đã đánh dấu 3"),
    ],
)
def test_a_choice_that_makes_no_pair_is_asked_again(planner: Browser, brought: Brought, query: str, said: str) -> None:
    answer = planner.get(f"/ke-hoach/so-sanh?{query}")
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_one_plan_asks_for_the_other(planner: Browser, brought: Brought) -> None:
    page = planner.page(f"/ke-hoach/so-sanh?a={brought.sound}")
    assert f'<option value="{brought.sound}" selected>' in page
    assert f"/ke-hoach/so-sanh?a={brought.sound}" in planner.page(f"/ke-hoach/{brought.sound}")


@pytest.mark.parametrize("query", ["a=x&b=2", "a=1&b=99999999999", "chon=abc", "chon="])
def test_odd_addresses_ask_which_plans(planner: Browser, brought: Brought, query: str) -> None:
    assert planner.get(f"/ke-hoach/so-sanh?{query}").status_code in (200, 422)


def test_a_plan_of_nobody_is_not_found(planner: Browser, brought: Brought) -> None:
    assert planner.get(f"/ke-hoach/so-sanh?a={brought.sound}&b=987654").status_code == 404

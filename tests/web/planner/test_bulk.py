"""Needs for many sites: looked at first, added by one press, never doubled."""

import re
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import func, select

from outreach.domain.roles import Role
from outreach.domain.times import Period
from outreach.store.sites import Need, Site
from outreach.wiring import House
from tests.factories import FOUR_WEEKS, make_need
from tests.web.conftest import Browser, Province

ADDRESS = "/nhu-cau/hang-loat"
WISH = {"kind": "school_primary", "service": "bus_visit", "quota": "2", "minutes": "150", "priority": "4",
        "first_day": "2029-01-01", "last_day": "2029-05-31", "period": ""}  # fmt: skip


def count(house: House, province: Province) -> int:
    with house.session(organisation_id=province.organisation_id) as session:
        return session.scalar(select(func.count(Need.id))) or 0


def shown(page: str) -> dict[str, str]:
    form = page[page.index('method="post" class="acts"') :]
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[: form.index("</form>")]))


def test_all_primary_schools_get_a_need_by_one_press(planner: Browser, house: House, province: Province) -> None:
    page = planner.page(f"{ADDRESS}?{urlencode(WISH)}")
    assert "3 điểm sẽ có nhu cầu mới" in page
    sent = shown(page)
    assert planner.post(ADDRESS, sent, page=f"{ADDRESS}?{urlencode(WISH)}").status_code == 303
    with house.session(organisation_id=province.organisation_id) as session:
        needs = session.scalars(select(Need).where(Need.minutes == 150)).all()
        assert {(need.quota, need.priority, need.first_day.isoformat()) for need in needs} == {(2, 4, "2029-01-01")}
        assert len(needs) == 3


def test_sites_that_have_such_a_need_are_changed_or_left_as_one_says(planner: Browser, house: House,
                                                                      province: Province) -> None:  # fmt: skip
    asked = WISH | {"first_day": FOUR_WEEKS.first.isoformat(), "last_day": FOUR_WEEKS.last.isoformat()}
    address = f"{ADDRESS}?{urlencode(asked)}"
    page = planner.page(address)
    assert "0 điểm sẽ có nhu cầu mới" in page
    assert "Sửa 3 nhu cầu đã có theo các số trên" in page
    before = count(house, province)
    sent = shown(page)
    sent.pop("change", None)
    assert planner.post(ADDRESS, sent, page=address).status_code == 303
    with house.session(organisation_id=province.organisation_id) as session:
        assert session.scalars(select(Need.id).where(Need.minutes == 150)).all() == []
    assert planner.post(ADDRESS, sent | {"change": "1"}, page=address).status_code == 303
    with house.session(organisation_id=province.organisation_id) as session:
        assert len(session.scalars(select(Need.id).where(Need.minutes == 150)).all()) == 3
    assert count(house, province) == before
    assert "3 điểm đã có đúng nhu cầu này." in planner.page(address)
    other = planner.page(f"{ADDRESS}?{urlencode(asked | {'service': 'rotation'})}")
    assert "3 điểm sẽ có nhu cầu mới" in other
    longer = planner.page(f"{ADDRESS}?{urlencode(asked | {'last_day': '2027-04-30'})}")
    assert "3 điểm đã có nhu cầu cùng dịch vụ, chung một số ngày, nên để nguyên." in longer


def test_a_preview_that_is_no_longer_true_adds_nothing(planner: Browser, house: House, province: Province) -> None:
    page = f"{ADDRESS}?{urlencode(WISH)}"
    sent = shown(planner.page(page))
    with house.session(organisation_id=province.organisation_id) as session:
        site = session.scalars(select(Site).where(Site.kind == "school_primary")).first()
        assert site
        make_need(session, site=site, period=Period(date(2029, 3, 1), date(2029, 3, 28)))
    before = count(house, province)
    answer = planner.post(ADDRESS, sent, page=page)
    assert answer.status_code == 409
    assert "Danh sách điểm vừa thay đổi" in answer.get_data(as_text=True)
    assert count(house, province) == before


def test_faults_of_the_wish_stand_beside_their_fields(planner: Browser) -> None:
    answer = planner.get(f"{ADDRESS}?{urlencode(WISH | {'quota': '0', 'last_day': '2028-01-01'})}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="f-quota-error"' in page
    assert 'id="f-last_day-error"' in page or "ngày cuối" in page


def test_sites_are_narrowed_by_commune_base_and_last_visit(planner: Browser, province: Province) -> None:
    for more, number in (({"commune": "Xã Diên Khánh"}, 3), ({"commune": "Xã Khác"}, 0), ({"base": "999"}, 0),
                         ({"unseen": "6"}, 3)):  # fmt: skip
        page = planner.page(f"{ADDRESS}?{urlencode(WISH | more)}")
        assert f"{number} điểm sẽ có nhu cầu mới" in page


def test_only_who_edits_registers_may_add_in_bulk(browsers: dict[Role, Browser]) -> None:
    assert browsers[Role.OFFICE].get(ADDRESS).status_code == 403

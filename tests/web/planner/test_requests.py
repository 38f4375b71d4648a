"""The register of requests: written down, found, decided once, and a need made of what was accepted."""

import re

import pytest
from sqlalchemy import select

from outreach.domain.roles import Role
from outreach.domain.visits import RequestState
from outreach.store.audit import AuditEntry
from outreach.store.requests import Request
from outreach.store.sites import Need, Site
from outreach.wiring import House
from tests.web.conftest import Browser, Province
from tests.web.planner.test_registers import inputs_of

NEW = "/de-nghi/moi"


def ask(browser: Browser, house: House, province: Province, **more: str) -> str:
    """The address of a new request of the first site."""
    with house.session(organisation_id=province.organisation_id) as session:
        code = session.scalars(select(Site.code).where(Site.id == province.site_id)).one()
    sent = {"asked_by": "Trường thử", "asked_on": "2027-01-05", "letter": "12/CV", "site_id": code,
            "service": "bus_visit", "first_day": "", "last_day": "", "wish": "Xin xe về <b>"} | more  # fmt: skip
    answer = browser.post(NEW, sent, page=NEW)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def version_of(browser: Browser, address: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.page(address))
    assert found
    return found[1]


def only(house: House, province: Province) -> Request:
    with house.session(organisation_id=province.organisation_id) as session:
        return session.scalars(select(Request)).one()


def test_a_request_is_written_down_and_waits(browsers: dict[Role, Browser], house: House, province: Province) -> None:
    office = browsers[Role.OFFICE]
    address = ask(office, house, province)
    page = office.page("/de-nghi")
    assert "Trường thử" in page
    assert "1 đề nghị chờ trả lời." in page
    assert "Xin xe về &lt;b&gt;" in office.page(address)
    assert "Không có đề nghị nào khớp" in office.page("/de-nghi?q=khong+co")
    assert "Trường thử" in office.page("/de-nghi?q=truong+THU&state=open")


def test_faults_of_a_new_request_stand_beside_their_fields(planner: Browser) -> None:
    answer = planner.post(NEW, {"asked_by": "", "asked_on": "", "place": "", "wish": "giữ"}, page=NEW)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="f-asked_by-error"' in page
    assert "giữ" in page


def test_an_accepted_request_becomes_a_need_with_its_asker(planner: Browser, house: House, province: Province) -> None:
    address = ask(planner, house, province)
    sent = {"version": version_of(planner, address), "deed": "accept", "with_need": "1", "first_day": "2027-03-01",
            "last_day": "2027-06-14", "quota": "4", "minutes": "95", "answer": "Xin nhận."}  # fmt: skip
    refused = planner.post(address, sent | {"quota": "0"}, page=address)
    assert refused.status_code == 422
    assert 'value="95"' in refused.get_data(as_text=True)
    assert planner.post(address, sent, page=address).status_code == 303
    with house.session(organisation_id=province.organisation_id) as session:
        need = session.scalars(select(Need).where(Need.quota == 4)).one()
        assert (need.site_id, need.minutes, need.asked_by, need.letter) == (province.site_id, 95, "Trường thử", "12/CV")
        asked = session.scalars(select(Request)).one()
        assert (asked.state, asked.need_id, asked.version) == (RequestState.ACCEPTED, need.id, 2)
        deeds = set(session.scalars(select(AuditEntry.deed)))
        assert {"add-requests", "add-needs", "change-requests"} <= deeds
    page = planner.page(address)
    assert "Kính gửi: Trường thử" in page
    assert "Phúc đáp công văn số 12/CV" in page


def test_a_need_that_is_there_is_linked_and_not_doubled(planner: Browser, house: House, province: Province) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        need = session.scalars(select(Need).where(Need.site_id == province.site_id)).one()
        first, last, number = need.first_day.isoformat(), need.last_day.isoformat(), need.id
    address = ask(planner, house, province)
    sent = {"version": "1", "deed": "accept", "with_need": "1", "first_day": first, "last_day": last}
    assert planner.post(address, sent, page=address).status_code == 303
    assert only(house, province).need_id == number


def test_a_refusal_needs_its_reason(planner: Browser, house: House, province: Province) -> None:
    address = ask(planner, house, province)
    assert planner.post(address, {"version": "1", "deed": "decline"}, page=address).status_code == 422
    sent = {"version": "1", "deed": "decline", "answer": "Xe vào xưởng."}
    assert planner.post(address, sent, page=address).status_code == 303
    assert "Xe vào xưởng." in planner.page(address)


@pytest.mark.parametrize("deed", ["accept", "decline", "withdraw"])
def test_a_request_is_decided_once(
    planner: Browser, admin: Browser, house: House, province: Province, deed: str
) -> None:
    address = ask(planner, house, province)
    assert admin.post(address, {"version": "1", "deed": "withdraw"}, page=address).status_code == 303
    for version in ("1", "2"):
        again = planner.post(address, {"version": version, "deed": deed, "answer": "x"}, page=address)
        assert again.status_code == 409
    assert only(house, province).state is RequestState.WITHDRAWN
    assert planner.post(address, {"version": "2", "deed": "reopen"}, page=address).status_code == 303
    assert only(house, province).state is RequestState.OPEN


def test_a_request_without_a_site_can_be_accepted_but_makes_no_need(planner: Browser, house: House,
                                                                    province: Province) -> None:  # fmt: skip
    address = ask(planner, house, province, site_id="", place="Thôn Mới")
    sent = {"version": "1", "deed": "accept", "with_need": "1"}
    assert planner.post(address, sent, page=address).status_code == 422
    assert planner.post(address, {"version": "1", "deed": "accept"}, page=address).status_code == 303
    assert only(house, province).need_id is None


def test_a_request_is_edited_and_a_stale_edit_shows_both(planner: Browser, admin: Browser, house: House,
                                                         province: Province) -> None:  # fmt: skip
    address = f"{ask(planner, house, province)}/sua"
    mine, theirs = inputs_of(planner.page(address)), inputs_of(admin.page(address))
    assert admin.post(address, theirs | {"letter": "13/CV"}, page=address).status_code == 303
    answer = planner.post(address, mine | {"letter": "14/CV"}, page=address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "13/CV" in page
    assert "14/CV" in page


def test_drivers_do_not_see_requests(browsers: dict[Role, Browser]) -> None:
    driver = browsers[Role.DRIVER]
    assert driver.get("/de-nghi").status_code == 403
    assert driver.get("/danh-muc/requests").status_code == 403
    assert "/de-nghi" not in driver.page("/danh-muc")

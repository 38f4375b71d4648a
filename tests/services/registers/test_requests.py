"""The register of requests: numbered by arrival, known again by letter and asker."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from outreach.domain.errors import NotAllowed, WrongState
from outreach.domain.roles import Role
from outreach.domain.visits import RequestState
from outreach.services.registers.editing import RefusedRecord, delete_record, save_texts
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.requests import Requests
from outreach.store.requests import Request
from tests.factories import make_actor, make_need, make_site
from tests.services.registers.rows import other_library

REQUESTS = Requests()
ROW = {"asked_on": "05/10/2026", "asked_by": "UBND xã Khánh Vĩnh", "letter": "15/CV", "place": "Nhà văn hóa thôn 2"}


def said(refused: pytest.ExceptionInfo[RefusedRecord]) -> dict[str, str]:
    return {fault.field: str(fault) for fault in refused.value.reading.faults}


def save(session: Session, **texts: str):
    return save_texts(session, make_actor(session, Role.OFFICE), REQUESTS, {**ROW, **texts}).record


def test_requests_are_numbered_as_they_arrive(both_session: Session):
    assert save(both_session).values["number"] == 1
    assert save(both_session, number="40", letter="16/CV").values["number"] == 40
    last = save(both_session, letter="17/CV").values
    assert (last["number"], last["state"], last["asked_on"]) == (41, RequestState.OPEN, date(2026, 10, 5))


def test_each_library_counts_for_itself(both_session: Session):
    save(both_session)
    with other_library(both_session) as other:
        assert save(other).values["number"] == 1
        assert len(REQUESTS.load(other)) == len(REQUESTS.load(both_session)) == 1


def test_several_rows_without_numbers_get_different_ones_in_their_order(session: Session):
    looks = Lookups(session)
    rows = [REQUESTS.read({**ROW, "letter": letter}, looks).values for letter in ("1", "2", "3")]
    assert len({REQUESTS.key_of(row) for row in rows}) == 3
    ids = REQUESTS.insert(session, [{**REQUESTS.defaults(), **row} for row in rows])
    found = [record.values for record in REQUESTS.load(session, ids).values()]
    assert [(row["number"], row["letter"]) for row in found] == [(1, "1"), (2, "2"), (3, "3")]


def test_the_same_letter_of_the_same_body_is_the_same_request(session: Session):
    number = save(session).values["number"]
    reading = REQUESTS.read({**ROW, "asked_by": "UBND Xã Khánh Vĩnh", "state": "Đã nhận"}, Lookups(session))
    assert reading.values["number"] == number
    assert REQUESTS.read({**ROW, "letter": "16/CV"}, Lookups(session)).values["number"] is None


def test_a_request_needs_a_place_or_a_site(session: Session):
    make_site(session, code="NT012")
    with pytest.raises(RefusedRecord) as refused:
        save(session, place="")
    assert "mã điểm" in said(refused)["place"]
    assert save(session, place="", site_id="NT012").values["site_id"]


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("last_day", {"first_day": "20/11/2026", "last_day": "16/11/2026"}),
        ("decided_on", {"decided_on": "04/10/2026"}),
    ],
)
def test_days_stay_in_order(session: Session, field, texts):
    with pytest.raises(RefusedRecord) as refused:
        save(session, **texts)
    assert set(said(refused)) == {field}


def test_a_request_that_became_a_need_stays_in_the_register(session: Session):
    record = save(session)
    session.get_one(Request, record.id).need_id = make_need(session, site=make_site(session)).id
    session.flush()
    with pytest.raises(WrongState, match="nhu cầu"):
        delete_record(session, make_actor(session), REQUESTS, record.id, version=1)


def test_a_driver_has_no_business_in_the_register_of_requests(session: Session):
    with pytest.raises(NotAllowed):
        save_texts(session, make_actor(session, Role.DRIVER), REQUESTS, ROW)

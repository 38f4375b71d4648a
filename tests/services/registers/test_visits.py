"""Recorded visits: known again without a key, distances in kilometres, nothing told of days to come."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotAllowed
from outreach.domain.roles import Role
from outreach.domain.visits import CancelReason, ServiceKind, VisitOutcome
from outreach.services.registers.editing import RefusedRecord, save_texts
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.visits import Visits
from outreach.store.visits import VisitRecord
from tests.factories import make_actor, make_record, make_site, make_vehicle
from tests.services.registers.rows import other_library

VISITS = Visits()
DAY = date(2026, 3, 2)
ROW = {"site_id": "NT012", "day": "02/03/2026", "start_s": "07:30", "readers_child": "1.182", "distance_m": "64,5"}


def said(refused: pytest.ExceptionInfo[RefusedRecord]) -> dict[str, str]:
    return {fault.field: str(fault) for fault in refused.value.reading.faults}


def test_a_line_of_an_old_list_becomes_a_checked_visit(both_session: Session):
    site = make_site(both_session, code="NT012")
    bus = make_vehicle(both_session, base=None, sign=3)
    values = save_texts(both_session, make_actor(both_session), VISITS, {**ROW, "vehicle_id": "Xe 3"}).record.values
    assert (values["site_id"], values["vehicle_id"], values["day"]) == (site.id, bus.id, DAY)
    assert (values["readers_child"], values["distance_m"], values["start_s"]) == (1182, 64_500, 27_000)
    assert (values["outcome"], values["service"]) == (VisitOutcome.DONE, ServiceKind.BUS_VISIT)
    assert (values["checked"], values["estimated"], values["items"]) == (True, False, None)
    assert both_session.scalars(select(VisitRecord.stop_id)).one() is None


def test_the_same_line_is_the_same_visit_and_another_start_is_another_one(session: Session):
    make_site(session, code="NT012")
    save_texts(session, make_actor(session), VISITS, ROW)
    keys = set(VISITS.keys(session))
    assert {VISITS.key_of(VISITS.read(ROW, Lookups(session)).values)} == keys
    other = VISITS.read({**ROW, "start_s": "13:30"}, Lookups(session)).values
    assert VISITS.key_of(other) not in keys


def test_a_visit_reported_by_a_crew_is_known_again_in_a_sheet(session: Session):
    site = make_site(session, code="NT012")
    record = make_record(session, site=site, day=DAY, start_s=27_000)
    read = lambda **texts: VISITS.read({**ROW, **texts}, Lookups(session)).values["record_key"]  # noqa: E731
    assert read() == read(start_s="") == record.record_key
    assert read(service="luân chuyển") != record.record_key
    make_record(session, site=site, day=DAY, start_s=48_600)
    assert read(start_s="") not in (record.record_key, read(start_s="13:30"))


def test_what_was_called_off_has_a_reason_and_what_took_place_has_none(session: Session):
    make_site(session, code="NT012")
    actor = make_actor(session)
    values = save_texts(session, actor, VISITS, {**ROW, "cancel_reason": "Mưa bão"}).record.values
    assert (values["outcome"], values["cancel_reason"]) == (VisitOutcome.CANCELLED, CancelReason.RAIN)
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, actor, VISITS, {**ROW, "start_s": "", "cancel_reason": "mua", "outcome": "Đã phục vụ"})
    assert [(fault.field, fault.value) for fault in refused.value.reading.faults] == [("cancel_reason", "Mưa bão")]


def test_a_visit_cannot_have_taken_place_tomorrow_but_may_be_called_off(session: Session):
    make_site(session, code="NT012")
    actor, ahead = make_actor(session), f"{date.today() + timedelta(days=3):%d/%m/%Y}"
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, actor, VISITS, {**ROW, "day": ahead})
    assert ahead in said(refused)["day"]
    assert save_texts(session, actor, VISITS, {**ROW, "day": ahead, "outcome": "Đã hủy"}).changed


def test_times_stay_in_order(session: Session):
    make_site(session, code="NT012")
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), VISITS, {**ROW, "end_s": "07:30"})
    assert "end_s" in said(refused)


def test_the_office_records_visits_and_a_driver_does_not(session: Session):
    make_site(session, code="NT012")
    assert save_texts(session, make_actor(session, Role.OFFICE), VISITS, ROW).changed
    with pytest.raises(NotAllowed):
        save_texts(session, make_actor(session, Role.DRIVER), VISITS, ROW)


def test_sites_and_vehicles_of_another_library_are_unknown(both_session: Session):
    with other_library(both_session) as other:
        make_site(other, code="NT012")
        make_vehicle(other, sign=3)
        with pytest.raises(RefusedRecord) as refused:
            save_texts(both_session, make_actor(both_session), VISITS, {**ROW, "vehicle_id": "3"})
        assert set(said(refused)) == {"site_id", "vehicle_id"}

"""Vehicles, posts and the days they are away; nobody touches those of another library."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound, WrongState
from outreach.domain.visits import Post, VehicleKind
from outreach.services.registers.absences import StaffDays, VehicleDays
from outreach.services.registers.editing import RefusedRecord, delete_record, record_of, save_texts, save_values
from outreach.services.registers.fleet import Staff, Vehicles
from outreach.services.registers.lookups import Lookups
from outreach.store.audit import AuditEntry
from outreach.store.fleet import StaffAbsence, Vehicle, VehicleAbsence
from outreach.store.session import GuardError
from tests.factories import (
    MONDAY,
    make_actor,
    make_base,
    make_need,
    make_plan,
    make_site,
    make_staff,
    make_vehicle,
    make_visit,
)
from tests.services.registers.rows import other_library

VEHICLES, VEHICLE_DAYS, STAFF, STAFF_DAYS = Vehicles(), VehicleDays(), Staff(), StaffDays()


def said(refused: pytest.ExceptionInfo[RefusedRecord]) -> dict[str, str]:
    return {fault.field: str(fault) for fault in refused.value.reading.faults}


def test_a_vehicle_without_number_gets_the_lowest_free_one_and_its_name(both_session: Session):
    base = make_base(both_session)
    make_vehicle(both_session, base=base, sign=1)
    make_vehicle(both_session, base=base, sign=3)
    values = save_texts(both_session, make_actor(both_session), VEHICLES, {"plate": "79B-000.01"}).record.values
    assert (values["sign"], values["name"], values["kind"]) == (2, "Xe 2", VehicleKind.BUS)
    assert (values["base_id"], values["weekdays"]) == (base.id, (0, 1, 2, 3, 4))
    assert both_session.scalars(select(AuditEntry.subject_name)).one() == "Xe 2"


def test_several_vehicles_without_numbers_get_different_ones(session: Session):
    make_vehicle(session, base=make_base(session), sign=2)
    rows = [VEHICLES.read({"plate": plate}, Lookups(session)).values for plate in ("79B-1", "79B-2")]
    ids = VEHICLES.insert(session, [{**VEHICLES.defaults(), **row} for row in rows])
    assert [record.values["sign"] for record in VEHICLES.load(session, ids).values()] == [1, 3]


def test_a_vehicle_is_known_again_by_its_plate_when_the_sheet_has_no_numbers(session: Session):
    make_vehicle(session, sign=7, plate="79B-000.07")
    assert VEHICLES.read({"plate": "79b-000.07"}, Lookups(session)).values["sign"] == 7


def test_a_hundredth_vehicle_is_refused_with_the_reason(session: Session):
    base = make_base(session)
    for sign in range(1, 100):
        make_vehicle(session, base=base, sign=sign)
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), VEHICLES, {"name": "Xe nữa"})
    assert "99" in said(refused)["sign"]


def test_a_number_taken_by_another_vehicle_is_refused(session: Session):
    base = make_base(session)
    make_vehicle(session, base=base, sign=1)
    second = make_vehicle(session, base=base, sign=2)
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), VEHICLES, {"sign": "1"}, record_id=second.id)
    assert "“1”" in said(refused)["sign"]


def test_with_two_bases_a_vehicle_must_say_whose_it_is(session: Session):
    make_base(session, name="Cơ sở Nha Trang")
    south = make_base(session, name="Cơ sở Phan Rang")
    actor = make_actor(session)
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, actor, VEHICLES, {"sign": "1"})
    assert "Cơ sở Phan Rang" in said(refused)["base_id"]
    assert (
        save_texts(session, actor, VEHICLES, {"sign": "1", "base_id": "phan rang"}).record.values["base_id"] == south.id
    )


def test_a_vehicle_of_a_plan_is_not_deleted_and_a_new_one_is(session: Session):
    vehicle = make_vehicle(session)
    spare = make_vehicle(session, base=make_base(session, name="Cơ sở Ba"), sign=2)
    need = make_need(session, site=make_site(session, base=make_base(session, name="Cơ sở Hai")))
    make_visit(session, plan=make_plan(session), vehicle=vehicle, day=MONDAY, needs=[need])
    actor = make_actor(session)
    with pytest.raises(WrongState, match="kế hoạch"):
        delete_record(session, actor, VEHICLES, vehicle.id, version=1)
    delete_record(session, actor, VEHICLES, spare.id, version=1)
    assert session.scalars(select(Vehicle.id)).all() == [vehicle.id]


def test_a_post_reads_its_work_and_weekdays_in_either_language(session: Session):
    make_base(session)
    texts = {"label": "Thủ thư 1", "post": "Librarian", "weekdays": "Mon, Wed-Fri"}
    values = save_texts(session, make_actor(session), STAFF, texts).record.values
    assert (values["post"], values["weekdays"]) == (Post.LIBRARIAN, (0, 2, 3, 4))


def test_one_day_away_needs_no_last_day_and_days_stay_in_order(session: Session):
    make_vehicle(session, sign=4)
    actor = make_actor(session)
    record = save_texts(session, actor, VEHICLE_DAYS, {"vehicle_id": "4", "first_day": "01/03/2027"}).record
    assert record.values["last_day"] == MONDAY
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, actor, VEHICLE_DAYS, {"first_day": "02/03/2027"}, record_id=record.id)
    assert "ngày đầu" in said(refused)["last_day"]


@pytest.mark.parametrize("register", [VEHICLE_DAYS, STAFF_DAYS], ids=lambda register: register.name)
def test_days_away_of_another_library_are_neither_seen_nor_touched(both_session: Session, register):
    column, _ = register.owner
    with other_library(both_session) as other:
        base = make_base(other)
        parent = make_vehicle(other, base=base) if register is VEHICLE_DAYS else make_staff(other, base=base)
        values = {column: parent.id, "first_day": MONDAY, "last_day": MONDAY, "reason": "Vào xưởng"}
        (theirs,) = register.insert(other, [values])
        assert register.keys(other) == {(parent.id, MONDAY): theirs}

        assert register.load(both_session) == register.load(both_session, [theirs]) == register.keys(both_session) == {}
        register.update(both_session, [(theirs, {"reason": "của tôi"})])
        register.delete(both_session, [theirs])
        for deed in (
            lambda: register.insert(both_session, [values]),
            lambda: register.update(both_session, [(theirs, {column: parent.id})]),
        ):
            with pytest.raises(GuardError, match="another organisation"):
                deed()
        actor = make_actor(both_session)
        with pytest.raises(NotFound):
            save_texts(both_session, actor, register, {"reason": "của tôi"}, record_id=theirs)
        with pytest.raises(NotFound):
            delete_record(both_session, actor, register, theirs, version=1)
        with pytest.raises(RefusedRecord) as refused:
            save_values(both_session, actor, register, values)
        assert column in said(refused)
        assert register.load(other)[theirs].values == values
        assert register.load(other)[theirs].version == 1


def test_rows_of_another_library_are_not_changed_by_their_number(both_session: Session):
    with other_library(both_session) as other:
        theirs = make_vehicle(other).id
        VEHICLES.update(both_session, [(theirs, {"name": "Của tôi"})])
        VEHICLES.delete(both_session, [theirs])
        assert record_of(other, VEHICLES, theirs).values["name"] == "Xe 1"


def test_days_away_go_with_their_vehicle_or_post(session: Session):
    base = make_base(session)
    vehicle, post = make_vehicle(session, base=base), make_staff(session, base=base)
    VEHICLE_DAYS.insert(session, [{"vehicle_id": vehicle.id, "first_day": MONDAY, "last_day": MONDAY, "reason": ""}])
    STAFF_DAYS.insert(session, [{"staff_member_id": post.id, "first_day": MONDAY, "last_day": MONDAY, "reason": ""}])
    actor = make_actor(session)
    delete_record(session, actor, VEHICLES, vehicle.id, version=1)
    delete_record(session, actor, STAFF, post.id, version=1)
    assert session.scalars(select(VehicleAbsence.id)).all() == session.scalars(select(StaffAbsence.id)).all() == []

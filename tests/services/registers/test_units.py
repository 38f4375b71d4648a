"""Administrative units and what a decree does to them."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound, WrongState
from outreach.services.registers.editing import RefusedRecord, delete_record, record_of, save_texts
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.unit_changes import UnitChanges
from outreach.services.registers.units import Units
from outreach.store.organisations import AdminUnit, AdminUnitChange
from outreach.store.sites import Site
from tests.factories import make_actor, make_site, make_unit
from tests.services.registers.rows import other_library

UNITS, CHANGES = Units(), UnitChanges()
DAY = date(2027, 1, 1)
LAST = date(2026, 12, 31)
MERGER = {"old_code": "c1", "new_code": "c9", "new_name": "Xã Bắc Ninh Hòa", "day": "01/01/2027", "decree": "NQ 1"}


def said(refused: pytest.ExceptionInfo[RefusedRecord]) -> dict[str, str]:
    return {fault.field: str(fault) for fault in refused.value.reading.faults}


def spans(session: Session) -> dict[tuple[str, str], tuple[date | None, date | None]]:
    rows = session.execute(select(AdminUnit.code, AdminUnit.name, AdminUnit.valid_from, AdminUnit.valid_to))
    return {(code, name): (first, last) for code, name, first, last in rows}


def write(session: Session, *rows: dict[str, str]) -> list[int]:
    """As an import does: all rows are read with the same look-ups, then written together."""
    looks = Lookups(session)
    readings = [CHANGES.read(row, looks) for row in rows]
    assert [reading.faults for reading in readings] == [[] for _ in rows]
    return CHANGES.insert(session, [{**CHANGES.defaults(), **reading.values} for reading in readings])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Xã Khánh Vĩnh", "xã"), ("Phường Nha Trang", "phường"), ("Đặc khu Trường Sa", "đặc khu"),
     ("Tỉnh Khánh Hòa", "tỉnh"), ("Thị trấn Diên Khánh", "thị trấn"), ("Khánh Vĩnh", "xã")],
)  # fmt: skip
def test_a_unit_tells_its_kind_by_its_name(session: Session, name, kind):
    values = save_texts(session, make_actor(session), UNITS, {"code": "u1", "name": name}).record.values
    assert (values["kind"], values["lat"], values["valid_from"], values["parent_code"]) == (kind, None, None, None)


def test_half_a_position_is_refused(session: Session):
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), UNITS, {"code": "u1", "name": "Xã Một", "lat": "12,3"})
    assert "lon" in said(refused)


def test_a_sheet_without_days_changes_the_one_unit_with_the_code(session: Session):
    make_unit(session, code="c1", name="Xã Một", valid_from=date(2025, 7, 1))
    values = UNITS.read({"code": "c1", "name": "Xã Một Mới"}, Lookups(session)).values
    assert UNITS.keys(session).keys() == {UNITS.key_of(values)}


def test_sites_are_found_by_the_new_name_of_their_commune(both_session: Session):
    unit = make_unit(both_session, name="Xã Cũ")
    site = make_site(both_session, name="Trường Một", code="A1", commune=unit)
    save_texts(both_session, make_actor(both_session), UNITS, {"name": "Xã Đại Lãnh"}, record_id=unit.id)
    assert both_session.scalars(select(Site.search_key)).one() == "truong mot a1 xa dai lanh"
    assert both_session.scalars(select(Site.version)).one() == site.version


def test_a_unit_that_something_hangs_on_stays(session: Session):
    commune = make_unit(session, code="c1", parent_code="p1")
    province, free = make_unit(session, code="p1", kind="tỉnh"), make_unit(session, code="c2")
    make_site(session, commune=commune)
    actor = make_actor(session)
    for unit, reason in ((commune, "điểm phục vụ"), (province, "trực thuộc")):
        with pytest.raises(WrongState, match=reason):
            delete_record(session, actor, UNITS, unit.id, version=1)
    delete_record(session, actor, UNITS, free.id, version=1)
    assert session.scalars(select(AdminUnit.code).order_by(AdminUnit.id)).all() == ["c1", "p1"]


def test_a_decree_makes_the_new_unit_and_ends_the_old_ones(both_session: Session):
    for code in ("c1", "c2", "c3"):
        make_unit(both_session, code=code, name=f"Xã {code}")
    write(
        both_session,
        MERGER,
        {**MERGER, "old_code": "c2", "new_name": ""},
        {**MERGER, "old_code": "c3", "whole": "một phần"},
    )
    assert spans(both_session) == {
        ("c1", "Xã c1"): (None, LAST),
        ("c2", "Xã c2"): (None, LAST),
        ("c3", "Xã c3"): (None, None),
        ("c9", "Xã Bắc Ninh Hòa"): (DAY, None),
    }
    assert len(CHANGES.keys(both_session)) == 3


def test_a_decree_names_units_that_nobody_knows_yet(session: Session):
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), CHANGES, MERGER)
    assert "ghi thêm tên" in said(refused)["old_code"]
    record = save_texts(session, make_actor(session), CHANGES, {**MERGER, "old_name": "Xã Ninh Thượng"}).record
    assert spans(session)["c1", "Xã Ninh Thượng"] == (None, LAST)
    assert record.values["old_name"] == "Xã Ninh Thượng"


def test_units_are_found_by_name_where_the_decree_has_no_codes(session: Session):
    make_unit(session, code="c1", name="Xã Ninh Thượng")
    (number,) = write(session, {"old_name": "xã ninh thượng", "new_name": "Xã Mới", "day": "01/01/2027"})
    values = record_of(session, CHANGES, number).values
    assert (values["old_code"], values["new_code"]) == ("c1", "xa-moi")


def test_a_new_unit_may_take_over_the_code_of_an_old_one(both_session: Session):
    make_unit(both_session, code="c1", name="Xã Một")
    make_unit(both_session, code="c2", name="Xã Hai")
    row = {"new_code": "c2", "new_name": "Xã Một Hai", "day": "01/01/2027"}
    ids = write(both_session, {**row, "old_code": "c1"}, {**row, "old_code": "c2"})
    assert spans(both_session) == {
        ("c1", "Xã Một"): (None, LAST),
        ("c2", "Xã Hai"): (None, LAST),
        ("c2", "Xã Một Hai"): (DAY, None),
    }
    assert [record.values["old_name"] for record in CHANGES.load(both_session, ids).values()] == ["Xã Một", "Xã Hai"]


def test_one_unit_may_become_another_and_that_one_a_third_in_the_same_sheet(session: Session):
    make_unit(session, code="a", name="Xã A")
    write(
        session,
        {"old_code": "a", "new_code": "b", "new_name": "Xã B", "day": "01/07/2025"},
        {"old_code": "b", "new_code": "c", "new_name": "Xã C", "day": "01/01/2027"},
    )
    assert spans(session)["b", "Xã B"] == (date(2025, 7, 1), LAST)


def test_reading_the_same_decree_again_finds_the_same_rows(session: Session):
    make_unit(session, code="c1", name="Xã Một")
    write(session, MERGER)
    reading = CHANGES.read({**MERGER, "decree": "NQ 2"}, Lookups(session))
    assert set(CHANGES.keys(session)) == {CHANGES.key_of(reading.values)}
    assert reading.notes == []


def test_a_change_that_is_deleted_lets_the_old_unit_live_on(both_session: Session):
    make_unit(both_session, code="c1", name="Xã Một")
    first, second = write(both_session, MERGER, {**MERGER, "new_code": "c8", "new_name": "Xã Tám"})
    CHANGES.delete(both_session, [first])
    assert spans(both_session)["c1", "Xã Một"] == (None, LAST)
    CHANGES.delete(both_session, [second])
    assert spans(both_session)["c1", "Xã Một"] == (None, None)


def test_a_change_that_was_only_a_part_does_not_end_the_old_unit(session: Session):
    make_unit(session, code="c1", name="Xã Một")
    record = save_texts(session, make_actor(session), CHANGES, MERGER).record
    save_texts(session, make_actor(session), CHANGES, {"whole": "không"}, record_id=record.id, version=record.version)
    assert spans(session)["c1", "Xã Một"] == (None, None)
    save_texts(session, make_actor(session), CHANGES, {"whole": "có", "day": "01/02/2027"}, record_id=record.id)
    assert spans(session)["c1", "Xã Một"] == (None, date(2027, 1, 31))


def test_units_and_changes_of_another_library_are_neither_used_nor_touched(both_session: Session):
    with other_library(both_session) as other:
        make_unit(other, code="c1", name="Xã Một")
        (theirs,) = write(other, MERGER)
        make_unit(both_session, code="c1", name="Xã Của Tôi")
        write(both_session, MERGER)
        assert len(CHANGES.load(both_session)) == len(UNITS.load(both_session)) - 1 == 1
        CHANGES.update(both_session, [(theirs, {"whole": False})])
        CHANGES.delete(both_session, [theirs])
        with pytest.raises(NotFound):
            record_of(both_session, CHANGES, theirs)
        assert spans(other)["c1", "Xã Một"] == (None, LAST)
        assert list(other.scalars(select(AdminUnitChange.whole))) == [True]

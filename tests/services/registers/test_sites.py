"""The register of sites: what a row of texts becomes, how it is known again, and what it takes along."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.cells import ServiceHours
from outreach.domain.errors import InvalidValue, StaleEdit, WrongState
from outreach.domain.places import CoordinateQuality, SiteKind
from outreach.services.registers.editing import (
    RefusedRecord,
    archive_record,
    delete_record,
    record_of,
    save_texts,
)
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.sites import Sites
from outreach.store.audit import AuditEntry
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Site, SiteWindow
from tests.factories import make_actor, make_base, make_site, make_unit

SITES = Sites()
GOOD = {
    "code": "NT001",
    "name": "Trường Tiểu học Khánh Bình",
    "kind": "Trường tiểu học",
    "commune": "Xã Khánh Vĩnh",
    "lat": "12,2791",
    "lon": "108,9012",
}


def faults(reading) -> dict[str, str]:
    return {fault.field: str(fault) for fault in reading.faults}


def test_a_new_site_gets_usual_hours_the_only_base_and_a_new_commune(both_session: Session):
    base = make_base(both_session)
    saved = save_texts(both_session, make_actor(both_session), SITES, GOOD)
    values = saved.record.values
    assert values["kind"] is SiteKind.PRIMARY_SCHOOL
    assert values["base_id"] == base.id
    assert (values["lat"], values["lon"]) == (12.2791, 108.9012)
    assert values["windows"][0] == ServiceHours((0, 1, 2, 3, 4), 27_000, 37_800)
    assert {note.field for note in saved.reading.notes} == {"commune", "windows"}
    assert both_session.scalars(select(AdminUnit.name)).all() == ["Xã Khánh Vĩnh"]
    assert both_session.scalars(select(Site.search_key)).one() == "truong tieu hoc khanh binh nt001 xa khanh vinh"


def test_each_fault_names_its_field_and_what_would_be_right(session: Session):
    make_base(session)
    texts = {**GOOD, "code": "", "kind": "Chùa", "lat": "mười hai", "people": "-3", "windows": "sáng"}
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), SITES, texts)
    said = faults(refused.value.reading)
    assert set(said) == {"code", "kind", "lat", "people", "windows"}
    assert "Trường tiểu học" in said["kind"]
    assert "8,1" in said["lat"]
    assert session.scalars(select(Site.id)).all() == []


def test_a_slip_in_a_commune_is_no_new_commune(session: Session):
    make_base(session)
    make_unit(session, name="Xã Khánh Vĩnh")
    reading = SITES.read({**GOOD, "commune": "Xã Khánh Vinhh"}, Lookups(session))
    assert "Xã Khánh Vĩnh" in faults(reading)["commune"]
    assert SITES.read({**GOOD, "commune": "khanh vinh"}, Lookups(session)).values["commune"] == "Xã Khánh Vĩnh"


def test_two_communes_of_one_name_ask_for_the_code(session: Session):
    make_base(session)
    for code in ("a1", "a2"):
        make_unit(session, name="Xã Vĩnh Thạnh", code=code)
    assert "Mã xã" in faults(SITES.read({**GOOD, "commune": "Xã Vĩnh Thạnh"}, Lookups(session)))["commune"]
    reading = SITES.read({**GOOD, "commune": "Xã Vĩnh Thạnh", "commune_code": "a2"}, Lookups(session))
    assert reading.values["commune_code"] == "a2"


def test_swapped_coordinates_are_mended_with_a_note(session: Session):
    make_base(session)
    reading = SITES.read({**GOOD, "lat": "108,9012", "lon": "12,2791"}, Lookups(session))
    assert (reading.values["lat"], reading.values["lon"]) == (12.2791, 108.9012)
    assert "lat" in {note.field for note in reading.notes}


def test_a_site_without_a_position_stands_in_the_middle_of_its_commune(session: Session):
    make_base(session)
    make_unit(session, name="Xã Khánh Vĩnh", lat=12.28, lon=108.9)
    texts = {name: text for name, text in GOOD.items() if name not in ("lat", "lon")}
    reading = SITES.read(texts, Lookups(session))
    assert (reading.values["lat"], reading.values["quality"]) == (12.28, CoordinateQuality.COMMUNE_POINT)
    assert "tọa độ" in faults(SITES.read({**texts, "commune": ""}, Lookups(session)))["lat"]


def test_a_change_touches_what_was_sent_and_nothing_else(both_session: Session):
    make_base(both_session)
    actor = make_actor(both_session)
    first = save_texts(both_session, actor, SITES, {**GOOD, "contact": "Văn thư nhà trường"}).record
    changed = save_texts(
        both_session, actor, SITES, {"windows": "T3 08:00-10:00"}, record_id=first.id, version=first.version
    )
    assert changed.record.values == {**first.values, "windows": (ServiceHours((1,), 28_800, 36_000),)}
    assert changed.record.version == first.version + 1
    assert both_session.scalars(select(func.count(SiteWindow.id))).one() == 1
    log = both_session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.deed for entry in log] == ["add-sites", "change-sites"]
    assert log[1].changes["windows"][1] == "T3 08:00-10:00"


def test_saving_the_same_again_changes_nothing(session: Session):
    make_base(session)
    actor = make_actor(session)
    first = save_texts(session, actor, SITES, GOOD).record
    again = save_texts(session, actor, SITES, GOOD, record_id=first.id, version=first.version)
    assert not again.changed
    assert again.record == first


def test_an_older_version_is_refused(session: Session):
    make_base(session)
    actor = make_actor(session)
    first = save_texts(session, actor, SITES, GOOD).record
    save_texts(session, actor, SITES, {"people": "300"}, record_id=first.id, version=1)
    with pytest.raises(StaleEdit):
        save_texts(session, actor, SITES, {"people": "400"}, record_id=first.id, version=1)
    assert record_of(session, SITES, first.id).values["people"] == 300


def test_a_code_stands_for_one_site(session: Session):
    make_base(session)
    actor = make_actor(session)
    save_texts(session, actor, SITES, GOOD)
    with pytest.raises(InvalidValue, match="NT001"):
        save_texts(session, actor, SITES, {**GOOD, "name": "Trường khác"})


def test_a_new_name_is_found_by_search(session: Session):
    make_base(session)
    actor = make_actor(session)
    first = save_texts(session, actor, SITES, GOOD).record
    save_texts(session, actor, SITES, {"name": "Trường Tiểu học Đại Lãnh"}, record_id=first.id)
    assert "dai lanh" in session.scalars(select(Site.search_key)).one()


def test_a_site_with_a_need_is_archived_and_not_deleted(session: Session):
    site = make_site(session, need=2)
    actor = make_actor(session)
    with pytest.raises(WrongState, match="nhu cầu"):
        delete_record(session, actor, SITES, site.id, version=1)
    archive_record(session, actor, SITES, site.id, version=1, active=False)
    assert not record_of(session, SITES, site.id).values["active"]


def test_a_site_nothing_hangs_on_is_deleted_with_its_hours(session: Session):
    site = make_site(session)
    delete_record(session, make_actor(session), SITES, site.id, version=1)
    assert session.scalars(select(SiteWindow.id)).all() == []


def test_what_is_written_reads_back_as_it_was(session: Session):
    site = make_site(session, commune=make_unit(session), people=120, max_length_m=6.5)
    looks = Lookups(session)
    values = record_of(session, SITES, site.id).values
    reading = SITES.read(SITES.texts_of(values, looks), looks, known=values)
    assert reading.faults == []
    assert reading.values == values


def test_a_short_plus_code_is_completed_near_the_base(session: Session):
    make_base(session)  # in Nha Trang
    texts = {name: text for name, text in GOOD.items() if name not in ("lat", "lon")}
    reading = SITES.read({**texts, "point": "65WW+4C Nha Trang"}, Lookups(session))
    assert faults(reading) == {}
    assert (round(reading.values["lat"], 1), round(reading.values["lon"], 1)) == (12.2, 109.2)

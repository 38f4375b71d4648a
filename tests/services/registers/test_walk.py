"""Walking through registers portion by portion, on both databases."""

from datetime import timedelta

from sqlalchemy.orm import Session

from outreach.services.registers.catalogue import REGISTERS, register_called
from outreach.services.registers.editing import save_texts
from outreach.services.registers.walk import dated, lies_on_days, portion, whole
from outreach.store.sites import Site
from tests.factories import MONDAY, make_actor, make_record, make_small_province

SITES = register_called("sites")


def test_every_register_can_be_walked(both_session: Session):
    make_small_province(both_session)
    for register in REGISTERS.values():
        found = portion(both_session, register, search="x y", limit=1, days=(None, None))
        assert found.total == 0, register.name
        everything = portion(both_session, register, limit=200)
        assert [row.record.id for row in everything.rows] == [row.record.id for row in whole(both_session, register)], (
            register.name
        )


def test_search_finds_what_a_row_says_of_itself_and_of_others(session: Session):
    make_small_province(session)
    actor = make_actor(session)
    requests, changes = register_called("requests"), register_called("unit-changes")
    texts = {"asked_on": "05/01/2026", "asked_by": "Trường Cam Phúc", "place": "thôn Đắc Lộc"}
    save_texts(session, actor, requests, texts)
    save_texts(session, actor, changes, {"old_name": "Xã Cũ", "new_name": "Xã Diên Khánh", "day": "01/07/2025"})
    for register, search in (
        (requests, "dac LOC phuc"),
        (changes, "xa cu dien"),
        (register_called("staff"), "nha lai"),
    ):
        assert portion(session, register, search=search).total == 1, register.name


def test_portions_follow_each_other(both_session: Session):
    make_small_province(both_session)
    after, seen = 0, []
    while after is not None:
        found = portion(both_session, SITES, after_id=after, limit=3)
        assert found.total == 8
        seen += [row.record.id for row in found.rows]
        after = found.last_id
    assert seen == [row.record.id for row in whole(both_session, SITES)]


def test_a_change_moves_the_moment_of_its_row_alone(both_session: Session):
    make_small_province(both_session)
    first, *others = whole(both_session, SITES)
    saved = save_texts(both_session, make_actor(both_session), SITES, {"people": "9"}, record_id=first.record.id)
    assert saved.changed
    now = dated(both_session, SITES, first.record.id)
    assert now.updated_at > first.updated_at
    assert [row.updated_at for row in whole(both_session, SITES)[1:]] == [row.updated_at for row in others]
    newest = portion(both_session, SITES, updated_since=now.updated_at)
    assert [row.record.id for row in newest.rows] == [first.record.id]
    assert portion(both_session, SITES, updated_since=now.updated_at + timedelta(seconds=1)).total == 0


def test_hours_are_a_change_of_their_site(both_session: Session):
    make_small_province(both_session)
    first = whole(both_session, SITES)[0]
    save_texts(
        both_session, make_actor(both_session), SITES, {"windows": "T2 08:00-09:00"}, record_id=first.record.id
    )  # fmt: skip
    assert dated(both_session, SITES, first.record.id).updated_at > first.updated_at


def test_days_narrow_visits(both_session: Session):
    make_small_province(both_session)
    site = whole(both_session, SITES)[0].record
    both_session.flush()
    row = both_session.get(Site, site.id)
    for offset in range(3):
        make_record(both_session, site=row, day=MONDAY + timedelta(days=offset))
    visits = register_called("visits")
    assert lies_on_days(visits)
    assert portion(both_session, visits, days=(MONDAY + timedelta(days=1), None)).total == 2
    assert portion(both_session, visits, days=(None, MONDAY)).total == 1
    assert portion(both_session, visits, search=site.values["code"]).total == 3

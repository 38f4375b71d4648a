import pytest

from outreach.domain.roles import Actor, Role
from outreach.i18n import translate, use_language
from outreach.services import audit
from outreach.services.registers.catalogue import REGISTERS, register_called
from outreach.services.registers.editing import archive_record, save_texts
from outreach.wiring import House
from tests.factories import make_actor, make_base, make_organisation, make_user


def test_log_is_newest_first_in_pages(both_session):
    actor = make_actor(both_session)
    for number in range(1, 6):
        audit.record(both_session, actor, "create-plan", "plan", number, f"Kế hoạch {number}", {})
    rows, total = audit.list_audit(both_session, page=2, size=2)
    assert total == 5
    assert [row.subject for row in rows] == ["Kế hoạch 3", "Kế hoạch 2"]
    assert rows[0].who == "Dòng lệnh"
    assert rows[0].at.tzinfo is not None


def test_log_of_one_subject_leaves_the_others_out(both_session):
    actor = make_actor(both_session)
    audit.record(both_session, actor, "create-plan", "plan", 1, "A", {})
    audit.record(both_session, actor, "add-user", "user", 1, "B", {})
    audit.record(both_session, actor, "publish-plan", "plan", 2, "C", {})
    rows, total = audit.list_audit(both_session, subject_kind="plan", subject_id=1)
    assert (total, [row.subject for row in rows]) == (1, ["A"])


def test_log_names_the_person_and_what_changed(session):
    user = make_user(session, display_name="Cán bộ thử")
    actor = Actor(user.id, user.organisation_id, Role.PLANNER, user.display_name)
    changes = {"state": ["draft", "submitted"], "visits": [None, 12], "khác": ["", "x"]}
    audit.record(session, actor, "submit-plan", "plan", 1, "A", changes)
    with use_language("vi"):
        (row,), _total = audit.list_audit(session)
    assert row.who == "Cán bộ thử"
    assert row.deed == "Trình duyệt kế hoạch"
    assert row.changes == (("trạng thái", "Nháp", "Đã trình"), ("số buổi", "", "12"), ("khác", "", "x"))


def test_log_of_another_library_is_not_seen(house: House):
    with house.session(everywhere=True) as session:
        ours, theirs = make_organisation(session), make_organisation(session)
        audit.record(session, make_actor(session, organisation_id=theirs.id), "create-plan", "plan", 1, "A", {})
    with house.session(organisation_id=ours.id, write=False) as session:
        assert audit.list_audit(session) == ((), 0)


def test_log_says_the_deeds_of_registers_in_their_words(session):
    actor = make_actor(session)
    audit.record(session, actor, "archive-sites", "sites", 1, "A", {"contact": ["x", "y"], "gone": [None, "z"]})
    with use_language("vi"):
        (row,), _total = audit.list_audit(session)
    assert row.deed == "Cất điểm phục vụ"
    assert row.changes == (("đầu mối", "x", "y"), ("gone", "", "z"))


def test_log_of_a_register_speaks_the_readers_language(session):
    base = make_base(session)
    register = register_called("vehicles")
    with use_language("en"):  # whatever the one who wrote it read
        saved = save_texts(session, make_actor(session), register, {"sign": "3", "kind": "Boat", "weekdays": "Mon-Wed"})
    archive_record(session, make_actor(session), register, saved.record.id, version=1, active=False)
    with use_language("vi"):
        (archived, added), _ = audit.list_audit(session)
        assert (added.deed, added.subject) == ("Thêm xe", "Xe 3")
        assert set(added.changes) == {
            ("số xe", "", "3"), ("tên xe", "", "Xe 3"), ("loại xe", "", "Xuồng, tàu"), ("cơ sở", "", base.name),
            ("ngày chạy", "", "T2-T4"),
        }  # fmt: skip
        assert (archived.deed, archived.changes) == ("Cất xe", (("đang dùng", "có", "không"),))
    with use_language("en"):
        (archived, added), _ = audit.list_audit(session)
        assert ("driving days", "", "Mon-Wed") in added.changes
        assert ("kind of vehicle", "", "Boat") in added.changes
        assert (archived.deed, archived.changes) == ("Archive vehicle", (("in use", "yes", "no"),))


@pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_log_has_words_for_every_deed_on_every_register(session, register, language):
    names = [f"{deed}-{register.name}" for deed in ("add", "change", "delete", "archive", "restore", "import")]
    field = register.fields[0]
    for name in names:
        audit.record(session, make_actor(session), name, register.name, 1, "A", {field.name: [None, "x"]})
    with use_language(language):
        rows, _ = audit.list_audit(session)
        assert {row.changes[0][0].casefold() for row in rows} == {translate(field.heading).casefold()}
    assert len({row.deed for row in rows} - set(names)) == len(names)

from outreach.domain.roles import Actor, Role
from outreach.i18n import use_language
from outreach.services import audit
from outreach.wiring import House
from tests.factories import make_actor, make_organisation, make_user


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

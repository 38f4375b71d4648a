from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from outreach.domain.errors import InvalidValue, NotAllowed, NotFound, WrongState
from outreach.domain.roles import Actor, Role
from outreach.services import accounts, audit
from outreach.services.passwords import hash_password, token_hash
from outreach.services.sign_in import wait_after
from outreach.store.organisations import Organisation
from outreach.store.people import LoginFailure, SetupLink, User, UserSession
from outreach.wiring import House
from tests.factories import make_organisation, make_user

NOW = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
PASSWORD = "bốn chiếc lá trên cành"
HASH = hash_password(PASSWORD, login="x1")


@pytest.fixture
def library(both: House) -> Organisation:
    with both.session(everywhere=True) as session:
        return make_organisation(session)


@pytest.fixture
def admin(both: House, library: Organisation) -> Actor:
    with both.session(organisation_id=library.id) as session:
        user = make_user(session, login="quan.tri", role=Role.ADMIN, password_hash=HASH, display_name="Quản trị viên")
        return Actor(user.id, library.id, user.role, user.display_name)


def sign_in_at(house: House, now: datetime, *, login: str = "quan.tri", password: str = PASSWORD) -> str:
    """Sign in as the web does: the failure is kept although the answer is no."""
    refusal, token = None, ""
    with house.session(everywhere=True) as session:
        try:
            token = accounts.sign_in(session, login, password, now=now)
        except accounts.SignInRefused as error:
            refusal = error
    if refusal is not None:
        raise refusal
    return token


def actor_at(house: House, token: str, now: datetime, *, write: bool = False) -> Actor | None:
    with house.session(everywhere=True, write=write) as session:
        return accounts.actor_of(session, token, now=now)


def set_up(house: House, token: str, now: datetime = NOW, **given: str) -> Actor:
    values = {"library_name": "Thư viện A", "login": "lan", "display_name": "Cán bộ A", "password": PASSWORD, **given}
    with house.session(everywhere=True) as session:
        return accounts.use_setup_link(session, token, now=now, **values)


def test_setup_link_makes_the_first_admin_and_names_the_library(both, library):
    with both.session(everywhere=True) as session:
        token = accounts.make_setup_link(session, organisation_id=library.id, now=NOW)
        assert session.scalar(select(SetupLink.token_hash)) == token_hash(token)
        assert not accounts.any_user(session)
    actor = set_up(both, token, login=" Lan.Anh ", library_name="Thư viện tỉnh  A")
    assert (actor.role, actor.organisation_id, actor.name) == (Role.ADMIN, library.id, "Cán bộ A")
    with both.session(everywhere=True) as session:
        assert accounts.any_user(session)
        assert session.scalars(select(Organisation.name)).all() == ["Thư viện tỉnh A"]
    assert actor_at(both, sign_in_at(both, NOW, login="LAN.anh"), NOW) == actor


def test_setup_link_opens_once_and_for_24_hours(both, library):
    with both.session(everywhere=True) as session:
        old = accounts.make_setup_link(session, organisation_id=library.id, now=NOW)
        token = accounts.make_setup_link(session, organisation_id=None, now=NOW)
        assert not accounts.setup_link_open(session, old, NOW)
        assert accounts.setup_link_open(session, token, NOW + timedelta(hours=23))
        assert not accounts.setup_link_open(session, token, NOW + timedelta(hours=24))
    with pytest.raises(NotFound):
        set_up(both, token, NOW + timedelta(hours=24))
    set_up(both, token)
    with pytest.raises(NotFound):
        set_up(both, token, login="binh")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("library_name", "  "),
        ("login", "Đào"),
        ("login", "ab"),
        ("display_name", ""),
        ("password", "ngắn quá"),
        ("password", "aaaaaaaaaaaaaaaa"),
        ("password", "lan lan lan lan"),
        ("password", "x" * 100 + "abcdefgh" * 20),
    ],
)
def test_setup_names_the_field_that_is_wrong_and_stays_open(house, field, value):
    with house.session(everywhere=True) as session:
        token = accounts.make_setup_link(session, organisation_id=None, now=NOW)
    with pytest.raises(InvalidValue) as caught:
        set_up(house, token, **{field: value})
    assert caught.value.field == field
    with house.session(everywhere=True, write=False) as session:
        assert accounts.setup_link_open(session, token, NOW)
        assert not accounts.any_user(session)


def test_password_typed_with_separate_marks_is_the_same_password(house, session):
    make_user(session, login="lan", password_hash=HASH)
    session.commit()
    assert sign_in_at(
        house, NOW, login="lan", password="bo\u0302\u0301n chie\u0302\u0301c la\u0301 tre\u0302n ca\u0300nh"
    )


def test_sign_in_gives_a_new_token_each_time_and_stores_only_its_hash(both, admin):
    first, second = sign_in_at(both, NOW), sign_in_at(both, NOW)
    assert first != second
    with both.session(everywhere=True) as session:
        assert set(session.scalars(select(UserSession.token_hash))) == {token_hash(first), token_hash(second)}


def test_wrong_name_wrong_password_and_closed_account_get_the_same_sentence(both, admin, library):
    with both.session(organisation_id=library.id) as session:
        make_user(session, login="nghi.viec", password_hash=HASH, active=False)
    sentences = set()
    for login, password in (("quan.tri", "sai mật khẩu rồi"), ("khong.co", PASSWORD), ("nghi.viec", PASSWORD)):
        with pytest.raises(NotAllowed) as caught:
            sign_in_at(both, NOW, login=login, password=password)
        sentences.add(str(caught.value))
    assert len(sentences) == 1


def test_sixth_attempt_waits_even_with_the_right_password(both, admin):
    for _ in range(5):
        with pytest.raises(accounts.SignInRefused, match="không đúng"):
            sign_in_at(both, NOW, password="sai mật khẩu rồi")
    with pytest.raises(accounts.SignInRefused, match="thử lại sau"):
        sign_in_at(both, NOW + timedelta(seconds=29))
    assert sign_in_at(both, NOW + timedelta(seconds=31))
    with both.session(everywhere=True) as session:
        assert session.scalars(select(LoginFailure)).all() == []


def test_waiting_does_not_count_as_a_failure(house, session):
    session.add(LoginFailure(login="lan", count=5, last_at=NOW))
    session.commit()
    for second in range(3):
        with pytest.raises(accounts.SignInRefused):
            sign_in_at(house, NOW + timedelta(seconds=second), login="lan")
    with house.session(everywhere=True) as reader:
        assert reader.scalar(select(LoginFailure.count)) == 5


def test_failures_of_yesterday_are_forgotten(house, session):
    session.add(LoginFailure(login="lan", count=9, last_at=NOW - timedelta(days=2)))
    session.commit()
    with pytest.raises(accounts.SignInRefused):
        sign_in_at(house, NOW, login="lan")
    with house.session(everywhere=True) as reader:
        assert reader.scalar(select(LoginFailure.count)) == 1


def test_wait_grows_up_to_fifteen_minutes():
    waits = [wait_after(failures).total_seconds() for failures in (0, 4, 5, 6, 9, 10, 1000)]
    assert waits == [0, 0, 30, 60, 480, 900, 900]


def test_session_ends_after_eight_idle_hours(both, admin):
    token = sign_in_at(both, NOW)
    assert actor_at(both, token, NOW + timedelta(hours=7, minutes=59)) == admin
    assert actor_at(both, token, NOW + timedelta(hours=8)) is None


def test_session_lives_on_while_it_is_used_but_not_beyond_seven_days(both, admin):
    token = sign_in_at(both, NOW)
    for hours in range(7, 168, 7):
        with both.session(everywhere=True, write=False) as session:
            assert accounts.seen_long_ago(session, token, now=NOW + timedelta(hours=hours))
        assert actor_at(both, token, NOW + timedelta(hours=hours), write=True) == admin
    with both.session(everywhere=True, write=False) as session:
        assert not accounts.seen_long_ago(session, token, now=NOW + timedelta(hours=hours))
    assert actor_at(both, token, NOW + timedelta(days=7)) is None


def test_token_opens_nothing_after_sign_out(both, admin):
    token = sign_in_at(both, NOW)
    with both.session(everywhere=True) as session:
        accounts.sign_out(session, token)
    assert actor_at(both, token, NOW) is None
    assert actor_at(both, "nonsense", NOW) is None


def test_added_account_can_sign_in_and_stands_in_the_log(both, admin, library):
    with both.session(organisation_id=library.id) as session:
        row = accounts.add_user(
            session, admin, login="Dung", display_name="Đào D", password=PASSWORD, role=Role.PLANNER
        )
        assert [user.display_name for user in accounts.list_users(session)] == ["Đào D", "Quản trị viên"]
        (line,), total = audit.list_audit(session, subject_kind="user", subject_id=row.id)
    assert (total, line.who, line.deed, line.subject) == (1, "Quản trị viên", "Thêm tài khoản", "Đào D")
    assert line.changes == (("tên đăng nhập", "", "dung"), ("vai trò", "", "Cán bộ kế hoạch"))
    assert actor_at(both, sign_in_at(both, NOW, login="dung"), NOW).role is Role.PLANNER


def test_login_taken_in_another_library_is_refused(both, admin, library):
    with both.session(everywhere=True) as session:
        make_user(session, login="lan", organisation_id=make_organisation(session).id)
    with both.session(organisation_id=library.id) as session:
        with pytest.raises(InvalidValue, match="đã có người dùng"):
            accounts.add_user(session, admin, login="LAN", display_name="A", password=PASSWORD, role=Role.PLANNER)
        assert len(accounts.list_users(session)) == 1


def test_change_of_role_ends_open_sessions(both, admin, library):
    with both.session(organisation_id=library.id) as session:
        user = make_user(session, login="lan", password_hash=HASH)
    token = sign_in_at(both, NOW, login="lan")
    with both.session(organisation_id=library.id) as session:
        row = accounts.change_user(session, admin, user.id, role=Role.OFFICE, active=True)
        assert (row.role, row.active) == (Role.OFFICE, True)
    assert actor_at(both, token, NOW) is None


@pytest.mark.parametrize(("role", "active"), [(Role.PLANNER, True), (Role.ADMIN, False)])
def test_last_active_admin_stays(both, admin, library, role, active):
    with both.session(organisation_id=library.id) as session:
        make_user(session, login="cu", role=Role.ADMIN, active=False)
        with pytest.raises(WrongState, match="cuối cùng"):
            accounts.change_user(session, admin, admin.user_id, role=role, active=active)
        make_user(session, login="moi", role=Role.ADMIN)
        accounts.change_user(session, admin, admin.user_id, role=role, active=active)


def test_account_of_another_library_is_not_found(both, admin, library):
    with both.session(everywhere=True) as session:
        foreign = make_user(session, organisation_id=make_organisation(session).id).id
    with both.session(organisation_id=library.id) as session, pytest.raises(NotFound):
        accounts.change_user(session, admin, foreign, role=Role.OFFICE, active=True)


@pytest.mark.parametrize("role", [Role.PLANNER, Role.OFFICE, Role.DRIVER, Role.PUBLIC])
def test_only_admins_manage_accounts(session, role):
    user = make_user(session)
    actor = Actor(None, user.organisation_id, role, "Ai đó")
    with pytest.raises(NotAllowed):
        accounts.add_user(session, actor, login="lan", display_name="A", password=PASSWORD, role=Role.ADMIN)
    with pytest.raises(NotAllowed):
        accounts.change_user(session, actor, user.id, role=Role.ADMIN, active=True)


def test_nobody_is_made_a_member_of_the_public(session):
    user = make_user(session)
    actor = Actor(None, user.organisation_id, Role.ADMIN, "Dòng lệnh")
    with pytest.raises(InvalidValue, match="vai trò"):
        accounts.change_user(session, actor, user.id, role=Role.PUBLIC, active=True)
    assert session.scalars(select(User.role)).all() == [Role.PLANNER]

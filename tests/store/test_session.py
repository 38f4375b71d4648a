import sqlite3
from datetime import date

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import OperationalError

from outreach.domain.errors import StaleEdit, Unavailable
from outreach.settings import Settings
from outreach.store.fleet import Base
from outreach.store.organisations import Organisation
from outreach.store.plans import Plan
from outreach.store.session import GuardError, named_trouble
from outreach.wiring import House, open_house
from tests.factories import make_base, make_organisation, make_plan, make_small_province


@pytest.fixture
def two_libraries(both: House) -> tuple[int, int, House]:
    with both.session(everywhere=True) as session:
        ours, theirs = make_organisation(session), make_organisation(session, name="Thư viện khác")
        make_base(session, name="Cơ sở của ta", organisation_id=ours.id)
        make_base(session, name="Cơ sở của họ", organisation_id=theirs.id)
        return ours.id, theirs.id, both


def test_query_sees_only_its_organisation(two_libraries):
    ours, theirs, house = two_libraries
    with house.session(organisation_id=ours, write=False) as session:
        assert session.scalars(select(Base.name)).all() == ["Cơ sở của ta"]
    with house.session(organisation_id=theirs, write=False) as session:
        assert session.scalars(select(Base.name)).all() == ["Cơ sở của họ"]


def test_row_of_another_organisation_is_not_there_when_asked_by_id(two_libraries):
    ours, theirs, house = two_libraries
    with house.session(organisation_id=theirs) as session:
        foreign = session.scalars(select(Base)).one().id
    with house.session(organisation_id=ours) as session:
        assert session.get(Base, foreign) is None


def test_update_in_one_statement_leaves_other_organisations_alone(two_libraries):
    ours, _theirs, house = two_libraries
    with house.session(organisation_id=ours) as session:
        session.execute(update(Base).values(name="Đổi"))
    with house.session(everywhere=True) as session:
        assert set(session.scalars(select(Base.name))) == {"Đổi", "Cơ sở của họ"}


def test_query_without_organisation_raises(house: House):
    with pytest.raises(GuardError, match="organisation"), house.session() as session:
        session.scalars(select(Base)).all()


def test_row_for_another_organisation_is_refused(two_libraries):
    ours, theirs, house = two_libraries
    with pytest.raises(GuardError), house.session(organisation_id=ours) as session:
        make_base(session, organisation_id=theirs)
    row = {"organisation_id": theirs, "name": "x", "short_name": "x", "lat": 1.0, "lon": 1.0}
    with pytest.raises(GuardError), house.session(organisation_id=ours) as session:
        session.execute(insert(Base), [row])


def test_reading_session_refuses_changes(two_libraries):
    ours, _theirs, house = two_libraries
    with pytest.raises(GuardError, match="reads"), house.session(organisation_id=ours, write=False) as session:
        make_base(session)
    with pytest.raises(GuardError, match="reads"), house.session(organisation_id=ours, write=False) as session:
        session.execute(update(Base).values(name="Đổi"))


def test_error_inside_a_session_leaves_nothing(both: House):
    def fail_after_a_change() -> None:
        with both.session(everywhere=True) as session:
            make_organisation(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_a_change()
    with both.session(everywhere=True) as session:
        assert session.scalars(select(Organisation)).all() == []


def test_plan_saved_by_two_people_at_once_is_a_stale_edit(both: House):
    with both.session(everywhere=True) as session:
        organisation_id = make_organisation(session).id
        plan_id = make_plan(session, organisation_id=organisation_id).id
    with both.session(organisation_id=organisation_id, write=False) as slow:
        plan = slow.get(Plan, plan_id)
        slow.expunge(plan)
    plan.name = "Kế hoạch của người chậm"
    with both.session(organisation_id=organisation_id) as quick:
        quick.get(Plan, plan_id).name = "Kế hoạch của người nhanh"
    with pytest.raises(StaleEdit), both.session(organisation_id=organisation_id) as late:
        late.add(plan)


def test_sqlite_keeps_what_it_promised(house: House):
    with house.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="file"):
        open_house(Settings(instance=str(tmp_path / "file" / "instance")))


def test_small_province_stands_on_both_databases(both_session):
    plan = make_small_province(both_session, buses=2)
    assert plan.first_day == date(2027, 3, 1)


def test_a_locked_row_is_not_waited_for_for_ever(pg_house):
    with pg_house.engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "10s"


def test_a_disk_too_full_to_open_the_database_is_named():
    said = OperationalError("", {}, sqlite3.OperationalError("disk I/O error"))
    assert isinstance(named_trouble(said), Unavailable)

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from outreach.domain.errors import Unavailable
from outreach.domain.places import SiteKind, Terrain
from outreach.domain.visits import PlanState, VisitOutcome
from outreach.settings import Settings
from outreach.store import schema
from outreach.store.base import Owned, Table
from outreach.store.plans import Plan, Stop
from outreach.store.sites import Site
from outreach.store.tables import METADATA
from outreach.store.visits import VisitRecord
from outreach.wiring import House, open_house
from tests.factories import (
    MONDAY,
    make_need,
    make_organisation,
    make_plan,
    make_record,
    make_site,
    make_vehicle,
    make_visit,
)

REVISIONS = [script.revision for script in ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest) -> Iterator[House]:
    """An installation whose database has no tables yet."""
    house = open_house(request.getfixturevalue("settings" if request.param == "sqlite" else "bare_postgres"))
    yield house
    house.close()


def fill(house: House) -> int:
    with house.session(everywhere=True) as session:
        organisation_id = make_organisation(session).id
    with house.session(organisation_id=organisation_id) as session:
        site = make_site(session, name="Trường Đồng", terrain=Terrain.MOUNTAIN)
        plan = make_plan(session, state=PlanState.PUBLISHED, published_at=datetime(2027, 2, 1, 8, 30, tzinfo=UTC))
        make_visit(session, plan=plan, vehicle=make_vehicle(session), day=MONDAY, needs=[make_need(session, site=site)])
        make_record(session, site=site, day=date(2027, 1, 4), outcome=VisitOutcome.PART)
    return organisation_id


def contents(house: House) -> dict[str, list[tuple[object, ...]]]:
    with house.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


def test_each_revision_goes_up_down_and_up_again(bare):
    for revision in REVISIONS:
        before = schema.current(bare.engine)
        schema.upgrade(bare.engine, revision)
        schema.downgrade(bare.engine, before or "base")
        assert schema.current(bare.engine) == before
        schema.upgrade(bare.engine, revision)
    assert schema.current(bare.engine) == schema.newest()
    schema.check(bare.engine)


def test_rows_survive_another_upgrade_and_nothing_is_left_after_the_way_down(bare):
    schema.upgrade(bare.engine)
    fill(bare)
    kept = contents(bare)
    schema.upgrade(bare.engine)
    assert contents(bare) == kept
    schema.downgrade(bare.engine, "base")
    assert inspect(bare.engine).get_table_names() == ["alembic_version"]


def test_migrated_tables_equal_those_of_the_program(bare):
    schema.upgrade(bare.engine)
    with bare.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_migrated_constraints_equal_those_of_the_program(bare):
    def constraints() -> dict[str, list[str]]:
        found = inspect(bare.engine)
        return {
            table: sorted(
                repr(sorted(one.items(), key=lambda item: item[0]))
                for group in (
                    found.get_check_constraints(table),
                    found.get_unique_constraints(table),
                    found.get_foreign_keys(table),
                    found.get_indexes(table),
                )
                for one in group
            )
            for table in METADATA.tables
        }

    schema.upgrade(bare.engine)
    migrated = constraints()
    schema.downgrade(bare.engine, "base")
    METADATA.create_all(bare.engine)
    assert constraints() == migrated


def test_enums_instants_and_days_read_back_as_they_were(bare):
    schema.upgrade(bare.engine)
    organisation_id = fill(bare)
    with bare.session(organisation_id=organisation_id, write=False) as session:
        site, plan, record = (session.scalars(select(table)).one() for table in (Site, Plan, VisitRecord))
    assert (site.kind, site.terrain) == (SiteKind.PRIMARY_SCHOOL, Terrain.MOUNTAIN)
    assert (plan.state, plan.first_day) == (PlanState.PUBLISHED, MONDAY)
    assert plan.published_at == datetime(2027, 2, 1, 8, 30, tzinfo=UTC)
    assert plan.published_at.tzinfo is not None
    assert (record.outcome, record.cancel_reason, record.checked) == (VisitOutcome.PART, None, True)
    with bare.engine.connect() as connection:
        assert connection.execute(text("SELECT state FROM plan")).scalar() == "published"


def test_plan_takes_its_tours_and_stops_along_when_it_is_deleted(bare):
    schema.upgrade(bare.engine)
    with bare.session(organisation_id=fill(bare)) as session:
        session.delete(session.scalars(select(Plan)).one())
        session.flush()
        assert session.scalars(select(Stop)).all() == []


def test_base_with_sites_cannot_be_deleted(bare):
    schema.upgrade(bare.engine)
    fill(bare)
    with pytest.raises(IntegrityError), bare.engine.begin() as connection:
        connection.execute(text("DELETE FROM base"))


def test_database_of_a_newer_program_is_refused_and_left_alone(bare):
    schema.upgrade(bare.engine)
    with bare.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for deed in (schema.check, schema.upgrade, lambda engine: schema.downgrade(engine, "base")):
        with pytest.raises(Unavailable, match="9999"):
            deed(bare.engine)
    assert schema.current(bare.engine) == "9999"


def test_database_without_tables_asks_for_the_upgrade(settings: Settings):
    house = open_house(settings)
    with pytest.raises(Unavailable, match="db upgrade"):
        schema.check(house.engine)
    assert schema.current(house.engine) is None
    house.close()


def test_failed_upgrade_leaves_no_table_behind(bare):
    with bare.engine.begin() as connection:
        connection.execute(text("CREATE TABLE visit_record (id INTEGER)"))  # in the way of the last table
    with pytest.raises(Exception, match="visit_record"):
        schema.upgrade(bare.engine)
    assert inspect(bare.engine).get_table_names() == ["visit_record"]


def test_every_root_table_names_its_organisation():
    owned = {mapper.class_.__tablename__ for mapper in Table.registry.mappers if issubclass(mapper.class_, Owned)}
    parts = {
        "geocode_answer", "intake_change", "login_failure", "organisation", "setup_link", "site_block", "site_window",
        "staff_absence", "stop", "tour", "trip", "unserved_need", "user_session", "vehicle_absence",
    }  # fmt: skip
    assert set(METADATA.tables) - owned == parts

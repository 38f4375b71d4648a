"""The tables of a database: made, brought up to date, taken back, and checked against this program."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from outreach.domain.errors import Unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
# any number of our own; two processes that start together upgrade one after the other
_UPGRADE_LOCK = 2_027_001


def current(engine: Engine) -> str | None:
    """The revision of the database; None when it has no tables of ours."""
    with engine.execution_options(outreach_write=False).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this program works with."""
    head = _scripts().get_current_head()
    assert head is not None, "there is one line of revisions"
    return head


def check(engine: Engine) -> None:
    """Raise Unavailable when the database is newer or older than this program."""
    found = current(engine)
    if found == newest():
        return
    refuse_newer(engine)
    raise Unavailable("Cơ sở dữ liệu chưa theo kịp chương trình. Xin chạy: python -m outreach db upgrade")


def refuse_newer(engine: Engine) -> None:
    """Raise Unavailable when a newer program has upgraded this database."""
    found = current(engine)
    if found is not None:
        refuse_unknown(found)


def refuse_unknown(revision: str) -> None:
    """Raise Unavailable for a revision that only a newer program knows."""
    try:
        _scripts().get_revision(revision)
    except CommandError as error:
        raise Unavailable(
            "Cơ sở dữ liệu (bản {found}) mới hơn chương trình này (bản {known}). Xin cài bản chương trình mới, "
            "hoặc lấy lại bản sao lưu trước khi nâng cấp.",
            found=revision,
            known=newest(),
        ) from error


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to `revision`, all of it or nothing."""
    refuse_newer(engine)
    with _migrating(engine) as config:
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to `revision` ("base": none), all of it or nothing; data of newer columns is lost."""
    refuse_newer(engine)
    with _migrating(engine) as config:
        command.downgrade(config, revision)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


@contextmanager
def _migrating(engine: Engine) -> Iterator[Config]:
    """Alembic's settings around one transaction that nobody else can migrate in."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # SQLite alters a table by dropping the old one, which would cascade into the rows that refer to it
            _pragma(connection, "foreign_keys=OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _UPGRADE_LOCK})
                config.attributes["connection"] = connection
                yield config
                if sqlite:
                    _refuse_broken_references(connection)
        finally:
            if sqlite:
                _pragma(connection, "foreign_keys=ON")


def _pragma(connection: Connection, assignment: str) -> None:
    # on the driver's connection, because foreign_keys cannot change inside a transaction
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA {assignment}")


def _refuse_broken_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise Unavailable(
            "Nâng cấp dừng lại vì bảng {table} có dòng trỏ tới dữ liệu không còn; chưa có gì thay đổi.",
            table=broken[0][0],
        )

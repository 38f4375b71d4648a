"""Engine, sessions and the guard that keeps each session inside one organisation."""

import sqlite3
from collections.abc import Mapping

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.exc import StaleDataError

from outreach.domain.errors import OutreachError, StaleEdit, Unavailable
from outreach.store.base import Owned

# How long a writer waits for another one before the person is told to try again.
BUSY_TIMEOUT_S = 10


class GuardError(RuntimeError):
    """Our own mistake: a query or a row outside the organisation of the session, or a write in a reading one."""


def make_engine(address: str) -> Engine:
    """An engine for SQLite or PostgreSQL (`address` is a SQLAlchemy URL)."""
    if not address.startswith("sqlite"):
        engine = create_engine(address, pool_pre_ping=True, pool_size=10, max_overflow=20)
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_S}, pool_size=10, max_overflow=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Python's own transaction handling begins late and commits early; we begin ourselves (_begin_sqlite).
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a committed change survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _prepare_postgres(connection: DBAPIConnection, _record: object) -> None:
    # Left alone, PostgreSQL waits for a locked row for ever.
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = '{BUSY_TIMEOUT_S}s'")
    cursor.close()
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins plainly, reads, and then writes fails at once on a stale snapshot; no timeout helps.
    writes = connection.get_execution_options().get("outreach_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def new_session(
    engine: Engine, *, organisation_id: int | None = None, everywhere: bool = False, write: bool = True
) -> Session:
    """A session of one organisation, or of none in particular (`everywhere`); `write=False` refuses changes."""
    session = Session(engine.execution_options(outreach_write=write), expire_on_commit=False)
    session.info.update(organisation_id=organisation_id, everywhere=everywhere, write=write)
    event.listen(session, "do_orm_execute", _guard_statement)
    event.listen(session, "before_flush", _guard_flush)
    return session


def _guard_statement(state: ORMExecuteState) -> None:
    info = state.session.info
    if not state.is_select and not info["write"]:
        raise GuardError("this session only reads; open it with write=True")
    if info["everywhere"]:
        return
    organisation_id = info["organisation_id"]
    if organisation_id is None:
        raise GuardError("a query needs the organisation: open the session with organisation_id or everywhere=True")
    if state.is_insert:
        _guard_insert(state, organisation_id)
    elif not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(
            with_loader_criteria(Owned, lambda cls: cls.organisation_id == organisation_id, include_aliases=True)
        )


def _guard_insert(state: ORMExecuteState, organisation_id: int) -> None:
    mapper = state.bind_mapper
    if mapper is None or not issubclass(mapper.class_, Owned):
        return
    given = state.parameters or {}
    rows = [given] if isinstance(given, Mapping) else given
    if any(row.get("organisation_id") != organisation_id for row in rows):
        raise GuardError(f"rows of {mapper.class_.__name__} must name the organisation of the session")


def _guard_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    touched = [*session.new, *session.dirty, *session.deleted]
    if touched and not session.info["write"]:
        raise GuardError("this session only reads; open it with write=True")
    if session.info["everywhere"]:
        return
    organisation_id = session.info["organisation_id"]
    for row in touched:
        if isinstance(row, Owned) and row.organisation_id != organisation_id:
            raise GuardError(f"{type(row).__name__} of another organisation in a session of {organisation_id}")


def named_trouble(error: DBAPIError | StaleDataError) -> OutreachError | None:
    """The error a person can act on, or None when the fault is ours."""
    if isinstance(error, StaleDataError):
        return StaleEdit("Người khác vừa lưu thay đổi trước bạn. Xin tải lại trang rồi làm tiếp.")
    said = str(error.orig).lower()
    if isinstance(error, DatabaseError) and ("not a database" in said or "malformed" in said):
        return Unavailable("Cơ sở dữ liệu bị hỏng. Xin lấy lại một bản sao lưu bằng lệnh db restore.")
    return _trouble_said(said) if isinstance(error, OperationalError) else None


def _trouble_said(said: str) -> Unavailable | None:
    if any(word in said for word in ("locked", "busy", "lock timeout", "deadlock")):
        return Unavailable("Cơ sở dữ liệu đang bận. Xin thử lại sau vài giây.")
    if "disk is full" in said or "no space" in said:
        return Unavailable("Ổ đĩa đã đầy nên không lưu được. Xin giải phóng dung lượng rồi thử lại.")
    if "disk i/o error" in said:  # what SQLite says when the disk is too full even to open the database
        return Unavailable("Không đọc hoặc ghi được ổ đĩa. Xin xem ổ đĩa còn chỗ trống và còn tốt không.")
    if "readonly" in said or "read-only" in said:
        return Unavailable("Không ghi được vào cơ sở dữ liệu. Xin kiểm tra quyền ghi của thư mục dữ liệu.")
    if any(word in said for word in ("unable to open", "connect", "resolve host")):
        return Unavailable("Không mở được cơ sở dữ liệu. Xin kiểm tra máy chủ hoặc thư mục dữ liệu.")
    return None

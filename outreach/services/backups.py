"""Backups of an SQLite database: taken, thinned out, put back; and a database made ready at start."""

import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from outreach.domain.errors import InvalidValue, Unavailable
from outreach.i18n import translate
from outreach.settings import Settings
from outreach.store import schema
from outreach.store.base import utc_now
from outreach.store.session import BUSY_TIMEOUT_S
from outreach.wiring import House

DAYS_KEPT = 7
MONTHS_KEPT = 6
# file names speak local time, because people look for "the one of this morning"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_NAME = re.compile(r"outreach-(?P<day>(?P<month>\d{4}-\d{2})-\d{2})-\d{6}(?P<occasion>-before-.+)?\.db")


def ready_database(house: House, *, now: datetime | None = None) -> None:
    """Make or upgrade the tables; a database with tables is backed up first, at most once a day without upgrade.

    Raises Unavailable for a database of a newer program, which is left alone.
    """
    schema.refuse_newer(house.engine)
    found = schema.current(house.engine)
    if found is not None and not house.settings.database_url:
        if found != schema.newest():
            back_up(house, now=now, occasion=f"before-{schema.newest()}")
        else:
            daily_backup(house, now=now)
    schema.upgrade(house.engine)


def daily_backup(house: House, *, now: datetime | None = None) -> Path | None:
    """Today's backup, or None when there is one already or PostgreSQL looks after its own."""
    if house.settings.database_url:
        return None
    today = (now or utc_now()).astimezone(ZONE).date().isoformat()
    if any(name["day"] == today for _path, name in _backups(house.settings)):
        return None
    return back_up(house, now=now)


def back_up(house: House, *, now: datetime | None = None, occasion: str = "") -> Path:
    """Copy the database while it is in use, check the copy, and thin out old backups; the copy's path.

    Raises Unavailable on PostgreSQL, for a full disk, and when the copy is not sound.
    """
    _only_sqlite(house.settings)
    if schema.current(house.engine) is None:
        raise Unavailable("Chưa có dữ liệu của Outreach để sao lưu.")
    return _back_up(house.settings, now or utc_now(), occasion)


def _back_up(settings: Settings, now: datetime, occasion: str) -> Path:
    _only_sqlite(settings)
    folder = _folder(settings)
    stamp = now.astimezone(ZONE).strftime("%Y-%m-%d-%H%M%S")
    path = folder / f"outreach-{stamp}{'-' if occasion else ''}{occasion}.db"
    part = path.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # it holds everybody's password hash
        _copy(_database_file(settings), part)
        _refuse_unsound(part)
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Unavailable("Không sao lưu được vào {folder}: {why}", folder=str(folder), why=_why(error)) from error
    _thin_out(settings, path.name)
    return path


def restore(settings: Settings, backup: Path, *, now: datetime | None = None) -> None:
    """Put a backup in the place of the database; what stood there is backed up first.

    The change is one transaction: a crash leaves the old database. Raises InvalidValue for a file that is
    no sound backup of ours, Unavailable on PostgreSQL, for a newer backup, and when files cannot be written.
    """
    _only_sqlite(settings)
    _refuse_foreign(backup)
    database = _database_file(settings)
    try:
        settings.instance_folder.mkdir(parents=True, exist_ok=True)
        if database.exists():
            _keep_present(settings, database, now or utc_now())
        _copy(backup, database)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable("Không lấy lại được dữ liệu: {why}. Dữ liệu cũ vẫn còn.", why=_why(error)) from error


def database_state(house: House) -> str:
    """The database in words; raises Unavailable when its tables do not fit this program or it is damaged."""
    schema.check(house.engine)
    if house.settings.database_url:
        return translate("PostgreSQL, bản {revision}", revision=schema.newest())
    try:
        _refuse_unsound(_database_file(house.settings))
    except sqlite3.Error as error:
        raise Unavailable("Cơ sở dữ liệu bị hỏng: {why}. Xin lấy lại một bản sao lưu.", why=_why(error)) from error
    return translate("SQLite, bản {revision}, dữ liệu nguyên vẹn", revision=schema.newest())


def _database_file(settings: Settings) -> Path:
    return settings.instance_folder / "outreach.db"


def _folder(settings: Settings) -> Path:
    return settings.instance_folder / "backups"


def _only_sqlite(settings: Settings) -> None:
    if settings.database_url:
        raise Unavailable(
            "Dữ liệu nằm trong PostgreSQL. Xin sao lưu bằng pg_dump --format=custom và lấy lại bằng pg_restore."
        )


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _open(path: Path, *, only_read: bool = False) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode={'ro' if only_read else 'rwc'}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)


def _copy(source: Path, target: Path) -> None:
    """Copy page by page in one transaction of the target; both may be in use. Never a plain file copy:
    what was committed last stands in the -wal file beside the database.
    """
    with closing(_open(source, only_read=True)) as reader, closing(_open(target)) as writer:
        writer.execute("PRAGMA synchronous=FULL")
        reader.backup(writer)
        if target.suffix == ".part":
            writer.execute("PRAGMA journal_mode=DELETE")  # a backup is one file


def _refuse_unsound(path: Path) -> None:
    """Raise sqlite3.DatabaseError when pages are damaged or rows point to nothing."""
    with closing(_open(path, only_read=True)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise sqlite3.DatabaseError(said)
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise sqlite3.DatabaseError(f"{broken[0]}: foreign key")


def _refuse_foreign(backup: Path) -> None:
    """Raise unless `backup` is a sound database of ours that this program can read."""
    if not backup.is_file():
        raise InvalidValue("Không có tệp {value}.", field="backup", value=str(backup))
    try:
        _refuse_unsound(backup)
        with closing(_open(backup, only_read=True)) as connection:
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise InvalidValue(
            "{value} không phải bản sao lưu nguyên vẹn của Outreach.", field="backup", value=str(backup)
        ) from error
    if revision is None:
        raise InvalidValue("{value} không có dữ liệu của Outreach.", field="backup", value=str(backup))
    schema.refuse_unknown(revision[0])


def _keep_present(settings: Settings, database: Path, now: datetime) -> None:
    """Back up what will be replaced; a database too damaged for that is set aside as it is."""
    try:
        _refuse_unsound(database)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        stamp = now.astimezone(ZONE).strftime("%Y-%m-%d-%H%M%S")
        for path in database.parent.glob("outreach.db*"):
            path.replace(database.parent / f"damaged-{stamp}-{path.name}")
        return
    _back_up(settings, now, "before-restore")


def _backups(settings: Settings) -> list[tuple[Path, re.Match[str]]]:
    """All backups, the newest first, with the parts of their names."""
    paths = sorted(_folder(settings).glob("outreach-*.db"), reverse=True)
    return [(path, name) for path in paths if (name := _NAME.fullmatch(path.name))]


def _thin_out(settings: Settings, newest: str) -> None:
    """Keep today's, the last of each of 7 days and 6 months, and every one made before an upgrade or a restore."""
    found = _backups(settings)
    ordinary = [(path, name) for path, name in found if not name["occasion"]]
    kept = {path for path, name in found if name["occasion"] or path.name[:19] == newest[:19]}
    kept |= _last_of_each(ordinary, lambda name: name["day"], DAYS_KEPT)
    kept |= _last_of_each(ordinary, lambda name: name["month"], MONTHS_KEPT)
    for path, _name in found:
        if path not in kept:
            path.unlink(missing_ok=True)


def _last_of_each(
    backups: Iterable[tuple[Path, re.Match[str]]], group: Callable[[re.Match[str]], str], most: int
) -> set[Path]:
    last: dict[str, Path] = {}
    for path, name in backups:
        last.setdefault(group(name), path)
    return set(list(last.values())[:most])

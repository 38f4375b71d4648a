"""The one place where choices meet: settings, database and sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

import outreach.store.tables  # noqa: F401 - every table must be known before the first flush
from outreach.domain.errors import InvalidValue, Unavailable
from outreach.settings import POSTGRES, Settings
from outreach.store.session import make_engine, named_trouble, new_session


@dataclass(frozen=True, slots=True)
class House:
    """An open installation: its settings and its database."""

    settings: Settings
    engine: Engine

    @contextmanager
    def session(
        self, *, organisation_id: int | None = None, everywhere: bool = False, write: bool = True
    ) -> Iterator[Session]:
        """A session of one organisation: commits at the end of the block, rolls back on any error.

        `everywhere=True` is for work that is nobody's yet (sign-in, set-up, reaper). A busy or full
        database raises Unavailable, a row changed by somebody else StaleEdit.
        """
        session = self.open_session(organisation_id=organisation_id, everywhere=everywhere, write=write)
        try:
            yield session
            session.commit()
        except (DBAPIError, StaleDataError) as error:
            session.rollback()
            named = named_trouble(error)
            if named is None:
                raise
            raise named from error
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def open_session(
        self, *, organisation_id: int | None = None, everywhere: bool = False, write: bool = True
    ) -> Session:
        """The same session for an edge that commits, rolls back and closes by itself."""
        return new_session(self.engine, organisation_id=organisation_id, everywhere=everywhere, write=write)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_house(settings: Settings) -> House:
    """The installation that `settings` describe; its folder is made when it is missing."""
    folder = settings.instance_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            "Không tạo được thư mục dữ liệu {folder}: {why}", folder=str(folder), why=error.strerror or str(error)
        ) from error
    return House(settings, _engine(settings))


def _engine(settings: Settings) -> Engine:
    refusal = InvalidValue(
        "DATABASE_URL cần có dạng postgresql://tên:mật-khẩu@máy/cơ-sở-dữ-liệu; bỏ trống để dùng SQLite.",
        field="DATABASE_URL",
    )
    if settings.database_url and not settings.database_url.startswith(POSTGRES):
        raise refusal
    try:
        return make_engine(settings.database_address)
    except (ArgumentError, ValueError) as error:
        raise refusal from error

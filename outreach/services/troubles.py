"""What a failing database says, as an error a person can act on."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from outreach.domain.errors import OutreachError
from outreach.store.session import named_trouble


def database_trouble(error: Exception) -> OutreachError | None:
    """The named error behind `error`; None when it is no trouble of the database, or a fault of ours."""
    if isinstance(error, DBAPIError | StaleDataError):
        return named_trouble(error)
    return None

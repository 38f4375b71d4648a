"""A second library beside the one of a session, for tests of who sees what."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from outreach.store.session import new_session
from tests.factories import make_organisation


@contextmanager
def other_library(session: Session) -> Iterator[Session]:
    """A session of another library inside the same transaction."""
    connection = session.connection()
    start = new_session(session.get_bind(), everywhere=True)
    start.bind = connection
    owner = make_organisation(start, name="Thư viện tỉnh Khác").id
    start.close()
    other = new_session(session.get_bind(), organisation_id=owner)
    other.bind = connection
    yield other
    other.flush()
    other.close()

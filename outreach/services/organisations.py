"""What every page says about the library it belongs to."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound
from outreach.store.organisations import Organisation


@dataclass(frozen=True, slots=True)
class Library:
    """A library by name; `demo` marks the invented province."""

    id: int
    name: str
    place: str
    demo: bool


def library(session: Session, organisation_id: int) -> Library:
    """The library with this number."""
    row = session.get(Organisation, organisation_id)
    if row is None:
        raise NotFound("Không có thư viện này.")
    return Library(row.id, row.name, row.place_name, row.demo)

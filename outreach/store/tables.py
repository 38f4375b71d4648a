"""All tables in one list, so that metadata is complete wherever a schema is made or compared."""

from outreach.store import (
    audit,
    calendars,
    fleet,
    geocodes,
    intakes,
    jobs,
    keys,
    organisations,
    people,
    plans,
    requests,
    runs,
    sites,
    visits,
)
from outreach.store.base import Table

__all__ = [
    "Table", "audit", "calendars", "fleet", "geocodes", "intakes", "jobs", "keys", "organisations", "people", "plans",
    "requests", "runs", "sites", "visits",
]  # fmt: skip

METADATA = Table.metadata

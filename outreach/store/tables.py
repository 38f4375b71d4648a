"""All tables in one list, so that metadata is complete wherever a schema is made or compared."""

from outreach.store import audit, calendars, fleet, jobs, organisations, people, plans, runs, sites, visits
from outreach.store.base import Table

__all__ = [
    "Table", "audit", "calendars", "fleet", "jobs", "organisations", "people", "plans", "runs", "sites", "visits",
]  # fmt: skip

METADATA = Table.metadata

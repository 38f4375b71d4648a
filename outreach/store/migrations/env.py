"""Alembic's door: runs the revisions on the connection that store/schema.py opened."""

from alembic import context

from outreach.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite changes a table by making it anew
    compare_type=True,
)
context.run_migrations()

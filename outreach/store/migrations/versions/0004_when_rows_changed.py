"""When rows that people edit were last changed: whoever keeps a copy asks for what is newer.

Revision ID: 0004
Revises: 0003
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
EDITED = (
    "admin_unit", "admin_unit_change", "calendar_day", "term", "base", "vehicle", "vehicle_absence", "staff_member", "staff_absence",
    "site", "need", "visit_record", "request",
)


def upgrade() -> None:
    """Rows of before count as changed now: nobody has a copy of them yet."""
    now = datetime.now(UTC)
    for table in EDITED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("updated_at", INSTANT, nullable=True))
        op.get_bind().execute(sa.table(table, sa.column("updated_at", INSTANT)).update().values(updated_at=now))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("updated_at", nullable=False, existing_type=INSTANT)


def downgrade() -> None:
    for table in reversed(EDITED):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("updated_at")

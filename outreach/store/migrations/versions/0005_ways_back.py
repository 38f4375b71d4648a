"""Rows that point to others are found by index: deleting a thousand sites must not look through all of them.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = (
    ("site", "former_unit_id"), ("site", "merged_into_id"), ("trip", "vehicle_id"), ("tour", "vehicle_id"),
    ("visit_record", "vehicle_id"), ("visit_record", "stop_id"), ("request", "need_id"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)

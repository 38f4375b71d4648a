"""What the plan of a run was made with: rounds, searches at the same time, versions.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = (("rounds", sa.Integer(), "0"), ("processes", sa.Integer(), "1"), ("versions", sa.JSON(), "{}"))


def upgrade() -> None:
    with op.batch_alter_table("run") as batch:
        for name, kind, default in COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
    with op.batch_alter_table("run") as batch:
        for name, kind, _ in COLUMNS:
            batch.alter_column(name, server_default=None, existing_type=kind, existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("run") as batch:
        for name, _, _ in reversed(COLUMNS):
            batch.drop_column(name)

"""Nights away: sites at which a crew may stay, and how long a plan's trips may last.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("site") as batch:
        batch.add_column(sa.Column("lodging", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("site") as batch:
        batch.alter_column("lodging", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
    with op.batch_alter_table("plan") as batch:
        batch.add_column(sa.Column("trip_days_max", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("nights_per_month_max", sa.Integer(), nullable=True))
    with op.batch_alter_table("plan") as batch:
        batch.alter_column("trip_days_max", server_default=None, existing_type=sa.Integer(), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("plan") as batch:
        batch.drop_column("nights_per_month_max")
        batch.drop_column("trip_days_max")
    with op.batch_alter_table("site") as batch:
        batch.drop_column("lodging")

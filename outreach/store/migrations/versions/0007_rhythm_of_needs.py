"""A regular rhythm for the visits of a need: every so many weeks, as a wish or as a rule.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("need") as batch:
        batch.add_column(sa.Column("rhythm_weeks", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("rhythm_rule", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("need") as batch:
        batch.alter_column("rhythm_rule", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("need") as batch:
        batch.drop_column("rhythm_rule")
        batch.drop_column("rhythm_weeks")

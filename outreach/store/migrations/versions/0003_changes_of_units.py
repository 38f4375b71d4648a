"""Changes of administrative units are edited like other rows; a request's number is its own within the library.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INTEGER = sa.Integer()


def upgrade() -> None:
    with op.batch_alter_table("admin_unit_change") as batch:
        batch.add_column(sa.Column("version", INTEGER, nullable=False, server_default="1"))
    with op.batch_alter_table("admin_unit_change") as batch:
        batch.alter_column("version", server_default=None, existing_type=INTEGER, existing_nullable=False)
    with op.batch_alter_table("request") as batch:
        batch.create_unique_constraint(op.f("uq_request_organisation_id"), ["organisation_id", "number"])


def downgrade() -> None:
    with op.batch_alter_table("request") as batch:
        batch.drop_constraint(op.f("uq_request_organisation_id"), type_="unique")
    with op.batch_alter_table("admin_unit_change") as batch:
        batch.drop_column("version")

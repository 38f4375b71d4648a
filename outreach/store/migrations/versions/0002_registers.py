"""Registers that people edit: versions, requests, intakes, tokens; units belong to a library.

Revision ID: 0002
Revises: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ENUM, JSON, LONG_TEXT = sa.String(40), sa.JSON(), sa.Text()
INTEGER, DAY = sa.Integer(), sa.Date()

EDITED = (
    "admin_unit", "calendar_day", "term", "base", "vehicle", "vehicle_absence", "staff_member", "staff_absence",
    "site", "need", "visit_record",
)
NEW = ("geocode_answer", "kept_answer", "api_token", "intake_change", "intake", "request")


def upgrade() -> None:
    for table in EDITED:
        _add(table, sa.Column("version", INTEGER, nullable=False, server_default="1"))
    _add("base", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    _add("plan", sa.Column("origin", ENUM, nullable=False, server_default="planned"))
    _add("plan", sa.Column("breaches", JSON, nullable=False, server_default="[]"))
    with op.batch_alter_table("site") as batch:
        batch.add_column(sa.Column("merged_into_id", INTEGER, nullable=True))
        batch.create_foreign_key(op.f("fk_site_merged_into_id_site"), "site", ["merged_into_id"], ["id"])
    _own_units()
    _requests()
    _intakes()
    _keys()


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)
    _disown_units()
    with op.batch_alter_table("site") as batch:
        batch.drop_constraint(op.f("fk_site_merged_into_id_site"), type_="foreignkey")
        batch.drop_column("merged_into_id")
    for column in ("breaches", "origin"):
        _drop("plan", column)
    _drop("base", "active")
    for table in reversed(EDITED):
        _drop(table, "version")


def _add(table: str, column: sa.Column[Any]) -> None:
    """A column that old rows get a value for; the program gives it to new ones itself."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(column)
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column.name, server_default=None, existing_type=column.type, existing_nullable=False)


def _drop(table: str, column: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_column(column)


def _own_units() -> None:
    """Give every library its own administrative units; until now they were common to the server."""
    for table in ("admin_unit", "admin_unit_change"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("organisation_id", INTEGER, nullable=True))
    bind = op.get_bind()
    owners = [row[0] for row in bind.execute(sa.text("SELECT id FROM organisation ORDER BY id"))]
    if owners:
        for table in ("admin_unit", "admin_unit_change"):
            bind.execute(sa.text(f"UPDATE {table} SET organisation_id = :owner"), {"owner": owners[0]})  # noqa: S608
    else:  # units of nobody cannot be seen by anybody
        for table in ("admin_unit_change", "admin_unit"):
            bind.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608
    with op.batch_alter_table("admin_unit") as batch:
        batch.drop_constraint(op.f("uq_admin_unit_code"), type_="unique")
        batch.create_unique_constraint(op.f("uq_admin_unit_organisation_id"), ["organisation_id", "code", "valid_from"])
    for other in owners[1:]:
        _copy_units(bind, owners[0], other)
    for table in ("admin_unit", "admin_unit_change"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("organisation_id", nullable=False, existing_type=INTEGER)
            batch.create_foreign_key(
                op.f(f"fk_{table}_organisation_id_organisation"), "organisation", ["organisation_id"], ["id"]
            )
            batch.create_index(op.f(f"ix_{table}_organisation_id"), ["organisation_id"])


_COPIED = (
    "code, name, kind, parent_code, valid_from, valid_to, lat, lon, border, island, ethnic_minority, remote, version"
)


def _copy_units(bind: sa.Connection, first: int, other: int) -> None:
    both = {"first": first, "other": other}
    bind.execute(
        sa.text(
            f"INSERT INTO admin_unit ({_COPIED}, organisation_id) "  # noqa: S608
            f"SELECT {_COPIED}, :other FROM admin_unit WHERE organisation_id = :first ORDER BY id"
        ),
        both,
    )
    old = bind.execute(sa.text("SELECT id FROM admin_unit WHERE organisation_id = :first ORDER BY id"), both)
    new = bind.execute(sa.text("SELECT id FROM admin_unit WHERE organisation_id = :other ORDER BY id"), both)
    twin = dict(zip([row[0] for row in old], [row[0] for row in new], strict=True))
    for column in ("admin_unit_id", "former_unit_id"):
        rows = bind.execute(
            sa.text(f"SELECT id, {column} FROM site WHERE organisation_id = :other AND {column} IS NOT NULL"),  # noqa: S608
            both,
        ).all()
        for row_id, unit_id in rows:
            bind.execute(
                sa.text(f"UPDATE site SET {column} = :unit WHERE id = :id"),  # noqa: S608
                {"unit": twin[unit_id], "id": row_id},
            )
    changes = bind.execute(
        sa.text("SELECT old_unit_id, new_unit_id, whole, decree, day FROM admin_unit_change WHERE organisation_id = :first"),
        both,
    ).all()
    for row in changes:
        bind.execute(
            sa.text(
                "INSERT INTO admin_unit_change (old_unit_id, new_unit_id, whole, decree, day, organisation_id) "
                "VALUES (:old, :new, :whole, :decree, :day, :other)"
            ),
            {"old": twin[row[0]], "new": twin[row[1]], "whole": row[2], "decree": row[3], "day": row[4], "other": other},
        )


def _disown_units() -> None:
    """Back to units common to the server: the first library's stay, the others' sites forget theirs."""
    bind = op.get_bind()
    keeper = "(SELECT MIN(organisation_id) FROM admin_unit)"
    for column in ("admin_unit_id", "former_unit_id"):
        bind.execute(
            sa.text(
                f"UPDATE site SET {column} = NULL WHERE {column} IN "  # noqa: S608
                f"(SELECT id FROM admin_unit WHERE organisation_id <> {keeper})"
            )
        )
    bind.execute(
        sa.text(f"DELETE FROM admin_unit_change WHERE organisation_id <> {keeper}")  # noqa: S608
    )
    bind.execute(sa.text(f"DELETE FROM admin_unit WHERE organisation_id <> {keeper}"))  # noqa: S608
    with op.batch_alter_table("admin_unit") as batch:
        batch.drop_constraint(op.f("uq_admin_unit_organisation_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_admin_unit_code"), ["code", "valid_from"])
    for table in ("admin_unit", "admin_unit_change"):
        with op.batch_alter_table(table) as batch:
            batch.drop_index(op.f(f"ix_{table}_organisation_id"))
            batch.drop_constraint(op.f(f"fk_{table}_organisation_id_organisation"), type_="foreignkey")
            batch.drop_column("organisation_id")


def _must(kind: TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _may(kind: TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name in names]


def _table(name: str, *parts: sa.schema.SchemaItem, index: tuple[str, ...] = ()) -> None:
    op.create_table(name, *_must(INTEGER, "id"), *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))
    for column in index:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _refers(table: str, column: str, to: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete
    )


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{columns[0]}"))


def _requests() -> None:
    _table("request",
        *_must(INTEGER, "number", "version", "organisation_id"),
        *_must(sa.String(200), "asked_by", "place"),
        *_must(sa.String(80), "letter"),
        *_must(ENUM, "service", "state"),
        *_must(DAY, "asked_on"),
        *_may(DAY, "first_day", "last_day", "decided_on"),
        *_must(LONG_TEXT, "wish", "answer"),
        *_may(INTEGER, "site_id", "decided_by", "need_id"),
        *_must(INSTANT, "created_at"),
        _refers("request", "site_id", "site"),
        _refers("request", "decided_by", "user_account"),
        _refers("request", "need_id", "need", ondelete="SET NULL"),
        _refers("request", "organisation_id", "organisation"),
        index=("asked_on", "organisation_id", "site_id", "state"),
    )


def _intakes() -> None:
    _table("intake",
        *_must(sa.String(40), "register"),
        *_must(sa.String(200), "file_name"),
        *_must(sa.String(80), "folder"),
        *_must(ENUM, "state"),
        *_must(sa.String(5), "language"),
        *_must(JSON, "facts", "mapping", "counts", "progress"),
        *_must(LONG_TEXT, "error"),
        *_may(INTEGER, "job_id", "plan_id", "started_by"),
        *_must(INTEGER, "organisation_id"),
        *_must(INSTANT, "created_at"),
        *_may(INSTANT, "applied_at", "undone_at"),
        _refers("intake", "job_id", "job"),
        _refers("intake", "plan_id", "plan", ondelete="SET NULL"),
        _refers("intake", "started_by", "user_account"),
        _refers("intake", "organisation_id", "organisation"),
        index=("job_id", "organisation_id", "state"),
    )
    _table("intake_change",
        *_must(INTEGER, "intake_id", "record_id"),
        *_may(JSON, "before"),
        *_must(JSON, "after"),
        _refers("intake_change", "intake_id", "intake", ondelete="CASCADE"),
        index=("intake_id",),
    )


def _keys() -> None:
    _table("api_token",
        *_must(INTEGER, "user_id", "organisation_id"),
        *_must(sa.String(80), "name"),
        *_must(sa.String(64), "token_hash"),
        *_must(sa.String(12), "hint"),
        *_must(JSON, "scopes"),
        *_may(INSTANT, "expires_at", "used_at", "revoked_at"),
        *_must(INSTANT, "created_at"),
        _unique("api_token", "token_hash"),
        _refers("api_token", "user_id", "user_account", ondelete="CASCADE"),
        _refers("api_token", "organisation_id", "organisation"),
        index=("organisation_id", "user_id"),
    )
    _table("kept_answer",
        *_must(INTEGER, "user_id", "status", "organisation_id"),
        *_must(sa.String(100), "key"),
        *_must(sa.String(64), "asked"),
        *_must(JSON, "headers"),
        *_must(sa.LargeBinary(), "body"),
        *_must(INSTANT, "created_at"),
        _unique("kept_answer", "user_id", "key"),
        _refers("kept_answer", "user_id", "user_account", ondelete="CASCADE"),
        _refers("kept_answer", "organisation_id", "organisation"),
        index=("created_at", "organisation_id", "user_id"),
    )
    _table("geocode_answer",
        *_must(sa.String(400), "query"),
        *_must(JSON, "places"),
        *_must(INSTANT, "asked_at"),
        _unique("geocode_answer", "query"),
    )

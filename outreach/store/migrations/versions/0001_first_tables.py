"""The first tables.

Revision ID: 0001
Revises:
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# in the order in which they are made; a table names only tables before it
TABLES = (
    "organisation", "admin_unit", "admin_unit_change",
    "user_account", "user_session", "setup_link", "login_failure",
    "audit_entry", "job",
    "calendar_day", "term",
    "base", "vehicle", "vehicle_absence", "staff_member", "staff_absence",
    "site", "site_window", "site_block", "need",
    "plan", "trip", "tour", "stop", "unserved_need", "run",
    "visit_record",
)

INSTANT = sa.DateTime(timezone=True)
ENUM = sa.String(40)
LONG_TEXT, JSON = sa.Text(), sa.JSON()
INTEGER, YES_NO, DAY = sa.Integer(), sa.Boolean(), sa.Date()
NUMBER: sa.Double[float] = sa.Double()


def upgrade() -> None:
    _libraries()
    _people()
    _work()
    _calendar()
    _fleet()
    _sites()
    _plans()
    _visits()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _table(name: str, *parts: sa.schema.SchemaItem, index: Sequence[str] = ()) -> None:
    op.create_table(name, *_must(INTEGER, "id"), *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))
    for column in index:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _must(kind: TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _may(kind: TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name in names]


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{columns[0]}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _refers(table: str, column: str, to: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete
    )


def _libraries() -> None:
    _table("organisation",
        *_must(sa.String(200), "name", "parent_body"),
        *_must(sa.String(40), "abbreviation"),
        *_must(sa.String(100), "place_name"),
        *_must(sa.String(60), "time_zone"),
        *_must(ENUM, "half_year_kind"),
        *_must(YES_NO, "demo"),
    )
    _table("admin_unit",
        *_must(sa.String(40), "code", "kind"),
        *_must(sa.String(200), "name"),
        *_may(sa.String(40), "parent_code"),
        *_may(DAY, "valid_from", "valid_to"),
        *_may(NUMBER, "lat", "lon"),
        *_must(YES_NO, "border", "island", "ethnic_minority", "remote"),
        _unique("admin_unit", "code", "valid_from"),
        index=["code"],
    )
    _table("admin_unit_change",
        *_must(INTEGER, "old_unit_id", "new_unit_id"),
        *_must(YES_NO, "whole"),
        *_must(sa.String(200), "decree"),
        *_must(DAY, "day"),
        _refers("admin_unit_change", "new_unit_id", "admin_unit"),
        _refers("admin_unit_change", "old_unit_id", "admin_unit"),
        index=["new_unit_id", "old_unit_id"],
    )


def _people() -> None:
    _table("user_account",
        *_must(sa.String(80), "login"),
        *_must(sa.String(120), "display_name"),
        *_must(sa.String(200), "password_hash"),
        *_must(ENUM, "role"),
        *_must(sa.String(5), "language"),
        *_must(YES_NO, "active"),
        *_must(INSTANT, "created_at"),
        *_must(INTEGER, "organisation_id"),
        _unique("user_account", "login"),
        _refers("user_account", "organisation_id", "organisation"),
        index=["organisation_id"],
    )
    _table("user_session",
        *_must(sa.String(64), "token_hash"),
        *_must(INTEGER, "user_id"),
        *_must(INSTANT, "created_at", "seen_at"),
        _unique("user_session", "token_hash"),
        _refers("user_session", "user_id", "user_account", ondelete="CASCADE"),
        index=["user_id"],
    )
    _table("setup_link",
        *_must(sa.String(64), "token_hash"),
        *_may(INTEGER, "organisation_id"),
        *_must(INSTANT, "expires_at"),
        *_may(INSTANT, "used_at"),
        _unique("setup_link", "token_hash"),
        _refers("setup_link", "organisation_id", "organisation"),
    )
    _table("login_failure",
        *_must(sa.String(80), "login"),
        *_must(INTEGER, "count"),
        *_must(INSTANT, "last_at"),
        _unique("login_failure", "login"),
    )


def _work() -> None:
    _table("audit_entry",
        *_must(INSTANT, "at"),
        *_may(INTEGER, "user_id", "subject_id"),
        *_must(sa.String(60), "deed"),
        *_must(sa.String(40), "subject_kind"),
        *_must(sa.String(200), "subject_name"),
        *_must(JSON, "changes"),
        *_must(INTEGER, "organisation_id"),
        _refers("audit_entry", "organisation_id", "organisation"),
        _refers("audit_entry", "user_id", "user_account"),
        index=["at", "organisation_id"],
    )
    _table("job",
        *_must(sa.String(40), "kind"),
        *_must(JSON, "params"),
        *_must(ENUM, "state"),
        *_must(INTEGER, "attempt", "beat", "organisation_id"),
        *_must(LONG_TEXT, "error"),
        *_must(INSTANT, "created_at"),
        *_may(INSTANT, "finished_at"),
        _refers("job", "organisation_id", "organisation"),
        index=["organisation_id", "state"],
    )


def _calendar() -> None:
    _table("calendar_day",
        *_must(DAY, "day"),
        *_must(ENUM, "kind"),
        *_must(sa.String(200), "name", "source"),
        *_must(INTEGER, "organisation_id"),
        _unique("calendar_day", "organisation_id", "day", "kind"),
        _refers("calendar_day", "organisation_id", "organisation"),
        index=["organisation_id"],
    )
    _table("term",
        *_must(sa.String(120), "name"),
        *_must(sa.String(20), "kind"),
        *_must(DAY, "first_day", "last_day"),
        *_must(INTEGER, "organisation_id"),
        _check("term", "days_in_order", "first_day <= last_day"),
        _refers("term", "organisation_id", "organisation"),
        index=["organisation_id"],
    )


def _fleet() -> None:
    _table("base",
        *_must(sa.String(200), "name"),
        *_must(sa.String(80), "short_name"),
        *_must(NUMBER, "lat", "lon"),
        *_must(ENUM, "terrain"),
        *_must(INTEGER, "organisation_id"),
        _refers("base", "organisation_id", "organisation"),
        index=["organisation_id"],
    )
    _table("vehicle",
        *_must(sa.String(80), "name"),
        *_must(sa.String(20), "plate"),
        *_must(INTEGER, "sign", "base_id", "set_up_minutes", "pack_up_minutes", "organisation_id"),
        *_must(ENUM, "kind"),
        *_must(JSON, "weekdays"),
        *_may(NUMBER, "length_m", "height_m", "weight_kg"),
        *_may(INTEGER, "seats", "books", "computers"),
        *_must(YES_NO, "active"),
        _unique("vehicle", "organisation_id", "sign"),
        _refers("vehicle", "base_id", "base"),
        _refers("vehicle", "organisation_id", "organisation"),
        index=["base_id", "organisation_id"],
    )
    _table("vehicle_absence",
        *_must(INTEGER, "vehicle_id"),
        *_must(DAY, "first_day", "last_day"),
        *_must(sa.String(200), "reason"),
        _check("vehicle_absence", "days_in_order", "first_day <= last_day"),
        _refers("vehicle_absence", "vehicle_id", "vehicle", ondelete="CASCADE"),
        index=["vehicle_id"],
    )
    _table("staff_member",
        *_must(sa.String(80), "label"),
        *_must(ENUM, "post"),
        *_must(INTEGER, "base_id", "organisation_id"),
        *_must(JSON, "weekdays"),
        *_must(YES_NO, "active"),
        _refers("staff_member", "base_id", "base"),
        _refers("staff_member", "organisation_id", "organisation"),
        index=["base_id", "organisation_id"],
    )
    _table("staff_absence",
        *_must(INTEGER, "staff_member_id"),
        *_must(DAY, "first_day", "last_day"),
        *_must(sa.String(200), "reason"),
        _check("staff_absence", "days_in_order", "first_day <= last_day"),
        _refers("staff_absence", "staff_member_id", "staff_member", ondelete="CASCADE"),
        index=["staff_member_id"],
    )


def _sites() -> None:
    _table("site",
        *_must(sa.String(40), "code"),
        *_must(sa.String(200), "name", "contact"),
        *_must(sa.String(600), "search_key"),
        *_must(sa.String(900), "sort_key"),
        *_must(ENUM, "kind", "quality", "terrain"),
        *_must(INTEGER, "base_id", "set_up_minutes", "organisation_id"),
        *_may(INTEGER, "admin_unit_id", "former_unit_id", "people"),
        *_must(NUMBER, "lat", "lon"),
        *_must(YES_NO, "reached_by_road", "active"),
        *_may(NUMBER, "max_length_m", "max_height_m", "max_weight_kg"),
        *_must(LONG_TEXT, "access_note"),
        *_must(sa.String(300), "source"),
        *_must(INSTANT, "created_at"),
        _check("site", "lat_range", "lat BETWEEN -90 AND 90"),
        _check("site", "lon_range", "lon BETWEEN -180 AND 180"),
        _unique("site", "organisation_id", "code"),
        _refers("site", "admin_unit_id", "admin_unit"),
        _refers("site", "base_id", "base"),
        _refers("site", "former_unit_id", "admin_unit"),
        _refers("site", "organisation_id", "organisation"),
        index=["admin_unit_id", "base_id", "organisation_id", "search_key", "sort_key"],
    )
    _table("site_window",
        *_must(INTEGER, "site_id", "start_s", "end_s"),
        *_must(JSON, "weekdays"),
        *_must(sa.String(20), "term"),
        _check("site_window", "start_before_end", "start_s < end_s"),
        _refers("site_window", "site_id", "site", ondelete="CASCADE"),
        index=["site_id"],
    )
    _table("site_block",
        *_must(INTEGER, "site_id"),
        *_must(DAY, "first_day", "last_day"),
        *_must(sa.String(200), "reason"),
        _check("site_block", "days_in_order", "first_day <= last_day"),
        _refers("site_block", "site_id", "site", ondelete="CASCADE"),
        index=["site_id"],
    )
    _table("need",
        *_must(INTEGER, "site_id", "quota", "minutes", "min_gap_days", "priority", "organisation_id"),
        *_must(ENUM, "service"),
        *_must(DAY, "first_day", "last_day"),
        *_may(INTEGER, "max_gap_days"),
        *_must(JSON, "preferred_weeks"),
        *_must(sa.String(200), "asked_by"),
        *_may(DAY, "asked_on"),
        *_must(sa.String(80), "letter"),
        _check("need", "minutes_range", "minutes BETWEEN 5 AND 600"),
        _check("need", "priority_range", "priority BETWEEN 1 AND 5"),
        _check("need", "quota_range", "quota BETWEEN 1 AND 60"),
        _refers("need", "organisation_id", "organisation"),
        _refers("need", "site_id", "site"),
        index=["organisation_id", "site_id"],
    )


def _plans() -> None:
    _table("plan",
        *_must(sa.String(200), "name"),
        *_must(DAY, "first_day", "last_day"),
        *_must(ENUM, "state"),
        *_must(INTEGER, "version", "seed", "organisation_id"),
        *_must(sa.String(80), "travel_engine", "approval_number"),
        *_must(YES_NO, "estimated"),
        *_must(JSON, "figures"),
        *_may(DAY, "approved_on"),
        *_may(INTEGER, "approved_by", "published_by"),
        *_may(INSTANT, "published_at"),
        *_must(INSTANT, "created_at", "updated_at"),
        _check("plan", "days_in_order", "first_day <= last_day"),
        _refers("plan", "approved_by", "user_account"),
        _refers("plan", "organisation_id", "organisation"),
        _refers("plan", "published_by", "user_account"),
        index=["organisation_id"],
    )
    _table("trip",
        *_must(INTEGER, "plan_id", "number", "vehicle_id"),
        *_must(DAY, "first_day", "last_day"),
        _unique("trip", "plan_id", "number"),
        _refers("trip", "plan_id", "plan", ondelete="CASCADE"),
        _refers("trip", "vehicle_id", "vehicle"),
        index=["plan_id"],
    )
    _table("tour",
        *_must(INTEGER, "plan_id", "trip_id", "vehicle_id", "leave_s", "return_s", "drive_s", "distance_m"),
        *_must(DAY, "day"),
        *_must(sa.String(40), "start_place", "end_place"),
        *_may(INTEGER, "lunch_start_s", "lunch_end_s"),
        _unique("tour", "plan_id", "vehicle_id", "day"),
        _refers("tour", "plan_id", "plan", ondelete="CASCADE"),
        _refers("tour", "trip_id", "trip", ondelete="CASCADE"),
        _refers("tour", "vehicle_id", "vehicle"),
        index=["day", "plan_id", "trip_id"],
    )
    _table("stop",
        *_must(INTEGER, "tour_id", "position", "need_id", "site_id", "arrive_s", "start_s", "end_s"),
        *_must(INTEGER, "depart_s", "drive_s", "distance_m"),
        *_must(ENUM, "service"),
        _unique("stop", "tour_id", "position"),
        _refers("stop", "need_id", "need"),
        _refers("stop", "site_id", "site"),
        _refers("stop", "tour_id", "tour", ondelete="CASCADE"),
        index=["need_id", "site_id", "tour_id"],
    )
    _table("unserved_need",
        *_must(INTEGER, "plan_id", "need_id", "missing"),
        *_must(JSON, "reasons"),
        _unique("unserved_need", "plan_id", "need_id"),
        _refers("unserved_need", "need_id", "need"),
        _refers("unserved_need", "plan_id", "plan", ondelete="CASCADE"),
        index=["need_id", "plan_id"],
    )
    _table("run",
        *_must(INTEGER, "plan_id", "seed", "organisation_id"),
        *_may(INTEGER, "job_id", "started_by"),
        *_must(ENUM, "state"),
        *_must(NUMBER, "limit_s", "elapsed_s"),
        *_must(sa.String(20), "phase", "wish"),
        *_must(JSON, "problem", "curve"),
        *_may(JSON, "best"),
        *_must(LONG_TEXT, "error"),
        *_must(INSTANT, "created_at"),
        *_may(INSTANT, "started_at", "finished_at"),
        _refers("run", "job_id", "job"),
        _refers("run", "organisation_id", "organisation"),
        _refers("run", "plan_id", "plan", ondelete="CASCADE"),
        _refers("run", "started_by", "user_account"),
        index=["job_id", "organisation_id", "plan_id", "state"],
    )


def _visits() -> None:
    _table("visit_record",
        *_must(sa.String(60), "record_key"),
        *_must(INTEGER, "site_id", "organisation_id"),
        *_may(INTEGER, "vehicle_id", "stop_id", "start_s", "end_s", "readers_child", "readers_adult"),
        *_may(INTEGER, "items", "computer_uses", "cards", "distance_m"),
        *_must(ENUM, "service", "outcome"),
        *_must(DAY, "day"),
        *_may(ENUM, "cancel_reason"),
        *_must(YES_NO, "estimated", "checked"),
        *_must(LONG_TEXT, "note"),
        *_must(INSTANT, "created_at"),
        _unique("visit_record", "organisation_id", "record_key"),
        _refers("visit_record", "organisation_id", "organisation"),
        _refers("visit_record", "site_id", "site"),
        _refers("visit_record", "stop_id", "stop", ondelete="SET NULL"),
        _refers("visit_record", "vehicle_id", "vehicle"),
        index=["day", "organisation_id", "site_id"],
    )

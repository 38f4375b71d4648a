"""Sheets brought in: what was read, how columns were understood, and what each one changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.visits import IntakeState
from outreach.store.base import EnumText, Owned, Table, UtcDateTime, utc_now


class Intake(Owned, Table):
    """One sheet. Its rows lie in the instance folder under `folder` until it is applied or dropped.

    `facts` is what reading found (headings, rows, encoding, ...); `mapping` maps a column's number to a field's
    name; `counts` counts rows by verdict (new, changed, unchanged, wrong, noted); `progress` is [done, of].
    """

    __tablename__ = "intake"

    register: Mapped[str] = mapped_column(String(40))  # name of the register: sites, needs, ...
    file_name: Mapped[str] = mapped_column(String(200))
    folder: Mapped[str] = mapped_column(String(80))
    state: Mapped[IntakeState] = mapped_column(EnumText(IntakeState), default=IntakeState.READING, index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"), index=True, default=None)
    language: Mapped[str] = mapped_column(String(5), default="vi")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    progress: Mapped[list[int]] = mapped_column(JSON, default=list)
    error: Mapped[str] = mapped_column(Text, default="")
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id", ondelete="SET NULL"), default=None)
    started_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class IntakeChange(Table):
    """One row that an intake made (`before` is empty) or changed; enough to take it back."""

    __tablename__ = "intake_change"

    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id", ondelete="CASCADE"), index=True)
    record_id: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)

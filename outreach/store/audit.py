"""Who changed what, and when; written beside each change, in the same transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.store.base import Owned, Table, UtcDateTime, utc_now


class AuditEntry(Owned, Table):
    """One deed. `changes` maps a field to [before, after]; `user_id` is empty for the command line."""

    __tablename__ = "audit_entry"

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    deed: Mapped[str] = mapped_column(String(60))  # "publish-plan", "start-run", "add-user" ...
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(default=None)
    subject_name: Mapped[str] = mapped_column(String(200), default="")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

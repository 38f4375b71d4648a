"""Background work: our own table is the truth, the queue only wakes somebody up."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.visits import JobState
from outreach.store.base import EnumText, Owned, Table, UtcDateTime, utc_now


class Job(Owned, Table):
    """A piece of work. `attempt` fences late writers; `beat` grows while somebody works on it."""

    __tablename__ = "job"

    kind: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[JobState] = mapped_column(EnumText(JobState), default=JobState.QUEUED, index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    beat: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

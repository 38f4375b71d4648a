"""Planning runs: one solve with its progress and result."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.visits import RunState
from outreach.store.base import EnumText, Owned, Table, UtcDateTime, utc_now


class Run(Owned, Table):
    """One solve. `curve` is a list of [elapsed_s, visits, distance_m, drive_s]; `best` the best solution as JSON.

    `wish` is what a person asked of the running solve: "" (nothing), "keep" or "discard".
    `problem` holds counts for the page: sites, needs, wanted, vehicles, working_days.
    `rounds` were done by the search that found the plan, one of so many `processes`; `versions` by name. Together
    with `seed` they say how the saved plan was made; until one is saved `rounds` is 0 and `versions` empty.
    """

    __tablename__ = "run"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"), index=True)
    state: Mapped[RunState] = mapped_column(EnumText(RunState), default=RunState.QUEUED, index=True)
    seed: Mapped[int] = mapped_column(default=1)
    limit_s: Mapped[float] = mapped_column(default=45.0)
    rounds: Mapped[int] = mapped_column(default=0)
    processes: Mapped[int] = mapped_column(default=1)
    versions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    phase: Mapped[str] = mapped_column(String(20), default="")
    elapsed_s: Mapped[float] = mapped_column(default=0.0)
    problem: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    curve: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    best: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    wish: Mapped[str] = mapped_column(String(20), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    started_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

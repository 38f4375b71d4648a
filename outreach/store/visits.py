"""What really happened at a site on a day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.visits import CancelReason, ServiceKind, VisitOutcome
from outreach.store.base import Edited, EnumText, Owned, Table, UtcDateTime, utc_now


class VisitRecord(Edited, Owned, Table):
    """A recorded visit; `record_key` is made where it was recorded, so that a retry never doubles it."""

    __tablename__ = "visit_record"
    __table_args__ = (UniqueConstraint("organisation_id", "record_key"),)

    record_key: Mapped[str] = mapped_column(String(60))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicle.id"), index=True)
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("stop.id", ondelete="SET NULL"), index=True)
    service: Mapped[ServiceKind] = mapped_column(EnumText(ServiceKind))
    day: Mapped[date] = mapped_column(index=True)
    start_s: Mapped[int | None]
    end_s: Mapped[int | None]
    outcome: Mapped[VisitOutcome] = mapped_column(EnumText(VisitOutcome))
    cancel_reason: Mapped[CancelReason | None] = mapped_column(EnumText(CancelReason))
    readers_child: Mapped[int | None]
    readers_adult: Mapped[int | None]
    items: Mapped[int | None]
    computer_uses: Mapped[int | None]
    cards: Mapped[int | None]
    distance_m: Mapped[int | None]
    estimated: Mapped[bool] = mapped_column(default=False)
    checked: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

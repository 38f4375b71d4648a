"""The register of requests: who asked for the bus, when, by which letter, and what was decided."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.visits import RequestState, ServiceKind
from outreach.store.base import Edited, EnumText, Owned, Table, UtcDateTime, utc_now


class Request(Edited, Owned, Table):
    """One request; `site_id` is empty as long as the host is no site yet, `need_id` is the need it became."""

    __tablename__ = "request"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    number: Mapped[int]  # within the library, in the order of arrival
    asked_by: Mapped[str] = mapped_column(String(200))  # the body that asks, no private name
    asked_on: Mapped[date] = mapped_column(index=True)
    letter: Mapped[str] = mapped_column(String(80), default="")
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True, default=None)
    place: Mapped[str] = mapped_column(String(200), default="")  # where, in the words of the one who asks
    service: Mapped[ServiceKind] = mapped_column(EnumText(ServiceKind), default=ServiceKind.BUS_VISIT)
    wish: Mapped[str] = mapped_column(Text, default="")
    first_day: Mapped[date | None] = mapped_column(default=None)
    last_day: Mapped[date | None] = mapped_column(default=None)
    state: Mapped[RequestState] = mapped_column(EnumText(RequestState), default=RequestState.OPEN, index=True)
    decided_on: Mapped[date | None] = mapped_column(default=None)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    answer: Mapped[str] = mapped_column(Text, default="")
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id", ondelete="SET NULL"), index=True, default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

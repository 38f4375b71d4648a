"""Plans with their trips, tours, stops and unserved needs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.visits import PlanOrigin, PlanState, ServiceKind
from outreach.store.base import EnumText, Owned, Table, UtcDateTime, utc_now


class Plan(Owned, Table):
    """All trips of a horizon. `version` grows with every change and guards against stale edits."""

    __tablename__ = "plan"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days_in_order"),)

    name: Mapped[str] = mapped_column(String(200))
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[PlanState] = mapped_column(EnumText(PlanState), default=PlanState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    seed: Mapped[int] = mapped_column(default=1)
    trip_days_max: Mapped[int] = mapped_column(default=1)  # days of a trip, nights away between them
    nights_per_month_max: Mapped[int | None] = mapped_column(default=None)  # away from home, of one post
    travel_engine: Mapped[str] = mapped_column(String(80), default="great-circle")
    estimated: Mapped[bool] = mapped_column(default=True)
    origin: Mapped[PlanOrigin] = mapped_column(EnumText(PlanOrigin), default=PlanOrigin.PLANNED)
    breaches: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # the judge's, of a timetable brought in
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    approval_number: Mapped[str] = mapped_column(String(80), default="")
    approved_on: Mapped[date | None] = mapped_column(default=None)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), default=None)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain dict


class Trip(Table):
    """From leaving the base to the return; numbered through the plan by date."""

    __tablename__ = "trip"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class Tour(Table):
    """One vehicle on one day."""

    __tablename__ = "tour"
    __table_args__ = (UniqueConstraint("plan_id", "vehicle_id", "day"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id", ondelete="CASCADE"), index=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), index=True)
    day: Mapped[date] = mapped_column(index=True)
    start_place: Mapped[str] = mapped_column(String(40))  # place id of routing: "base:1", "site:7"
    end_place: Mapped[str] = mapped_column(String(40))
    leave_s: Mapped[int]
    return_s: Mapped[int]
    lunch_start_s: Mapped[int | None] = mapped_column(default=None)
    lunch_end_s: Mapped[int | None] = mapped_column(default=None)
    drive_s: Mapped[int]
    distance_m: Mapped[int]


class Stop(Table):
    """A visit's place in a tour."""

    __tablename__ = "stop"
    __table_args__ = (UniqueConstraint("tour_id", "position"),)

    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    service: Mapped[ServiceKind] = mapped_column(EnumText(ServiceKind))
    arrive_s: Mapped[int]
    start_s: Mapped[int]
    end_s: Mapped[int]
    depart_s: Mapped[int]
    drive_s: Mapped[int]
    distance_m: Mapped[int]


class UnservedNeed(Table):
    """A need that found no day; `reasons` is a list of {"code", "details"} as routing gave them, then of near misses.

    A near miss is {"near", "amount", "vehicle", "day", "other_day", "other_need"}: "near" is the rule that would give.
    """

    __tablename__ = "unserved_need"
    __table_args__ = (UniqueConstraint("plan_id", "need_id"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    missing: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

"""Service sites, when they receive the bus, and what they ask for."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.places import CoordinateQuality, SiteKind, Terrain
from outreach.domain.visits import ServiceKind
from outreach.store.base import Edited, EnumText, Owned, Table, UtcDateTime, utc_now


class Site(Edited, Owned, Table):
    """A place the library serves. `lat`/`lon` is the access point, where the bus stands."""

    __tablename__ = "site"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat_range"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon_range"),
    )

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(600), index=True)  # name, code, commune, former district
    sort_key: Mapped[str] = mapped_column(String(900), index=True)
    kind: Mapped[SiteKind] = mapped_column(EnumText(SiteKind))
    base_id: Mapped[int] = mapped_column(ForeignKey("base.id"), index=True)
    admin_unit_id: Mapped[int | None] = mapped_column(ForeignKey("admin_unit.id"), index=True)
    former_unit_id: Mapped[int | None] = mapped_column(ForeignKey("admin_unit.id"), index=True)
    lat: Mapped[float]
    lon: Mapped[float]
    quality: Mapped[CoordinateQuality] = mapped_column(
        EnumText(CoordinateQuality), default=CoordinateQuality.APPROXIMATE
    )
    terrain: Mapped[Terrain] = mapped_column(EnumText(Terrain), default=Terrain.COAST)
    reached_by_road: Mapped[bool] = mapped_column(default=True)
    lodging: Mapped[bool] = mapped_column(default=False)  # a crew may stay the night
    max_length_m: Mapped[float | None] = mapped_column(default=None)
    max_height_m: Mapped[float | None] = mapped_column(default=None)
    max_weight_kg: Mapped[float | None] = mapped_column(default=None)
    set_up_minutes: Mapped[int] = mapped_column(default=0)  # on top of the vehicle's
    people: Mapped[int | None] = mapped_column(default=None)  # enrolment or usual attendance
    contact: Mapped[str] = mapped_column(String(200), default="")  # role first, no private names
    access_note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("site.id"), index=True, default=None
    )  # a duplicate of that one
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class SiteWindow(Table):
    """When a host receives the bus; `term` is "term", "summer" or "" for all year; weekdays: 0 is Monday."""

    __tablename__ = "site_window"
    __table_args__ = (CheckConstraint("start_s < end_s", name="start_before_end"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    start_s: Mapped[int]
    end_s: Mapped[int]
    term: Mapped[str] = mapped_column(String(20), default="")


class SiteBlock(Table):
    """Days on which a site does not receive the bus."""

    __tablename__ = "site_block"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days_in_order"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")


class Need(Edited, Owned, Table):
    """A site asks for `quota` visits of one service in a half-year, from `first_day` to `last_day`."""

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("quota BETWEEN 1 AND 60", name="quota_range"),
        CheckConstraint("minutes BETWEEN 5 AND 600", name="minutes_range"),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority_range"),
    )

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    service: Mapped[ServiceKind] = mapped_column(EnumText(ServiceKind), default=ServiceKind.BUS_VISIT)
    first_day: Mapped[date]
    last_day: Mapped[date]
    quota: Mapped[int] = mapped_column(default=1)
    minutes: Mapped[int] = mapped_column(default=120)
    min_gap_days: Mapped[int] = mapped_column(default=0)
    max_gap_days: Mapped[int | None] = mapped_column(default=None)
    rhythm_weeks: Mapped[int | None] = mapped_column(default=None)  # from one visit to the next; None: no rhythm
    rhythm_rule: Mapped[bool] = mapped_column(default=False)  # else it is a wish
    preferred_weeks: Mapped[list[str]] = mapped_column(JSON, default=list)  # ISO dates of Mondays
    priority: Mapped[int] = mapped_column(default=3)
    asked_by: Mapped[str] = mapped_column(String(200), default="")
    asked_on: Mapped[date | None] = mapped_column(default=None)
    letter: Mapped[str] = mapped_column(String(80), default="")

"""Bases, vehicles and posts, and the days they are away."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.places import Terrain
from outreach.domain.visits import Post, VehicleKind
from outreach.store.base import Edited, EnumText, Owned, Table


class Base(Edited, Owned, Table):
    """A place where vehicles start and end (cơ sở); routing calls it depot."""

    __tablename__ = "base"

    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80))
    lat: Mapped[float]
    lon: Mapped[float]
    terrain: Mapped[Terrain] = mapped_column(EnumText(Terrain), default=Terrain.COAST)
    active: Mapped[bool] = mapped_column(default=True)


class Vehicle(Edited, Owned, Table):
    """A bus, van or boat. `sign` picks its colour, shape and line for life; weekdays: 0 is Monday."""

    __tablename__ = "vehicle"
    __table_args__ = (UniqueConstraint("organisation_id", "sign"),)

    name: Mapped[str] = mapped_column(String(80))
    plate: Mapped[str] = mapped_column(String(20), default="")
    sign: Mapped[int]
    kind: Mapped[VehicleKind] = mapped_column(EnumText(VehicleKind), default=VehicleKind.BUS)
    base_id: Mapped[int] = mapped_column(ForeignKey("base.id"), index=True)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    set_up_minutes: Mapped[int] = mapped_column(default=4)
    pack_up_minutes: Mapped[int] = mapped_column(default=0)
    length_m: Mapped[float | None] = mapped_column(default=None)
    height_m: Mapped[float | None] = mapped_column(default=None)
    weight_kg: Mapped[float | None] = mapped_column(default=None)
    seats: Mapped[int | None] = mapped_column(default=None)
    books: Mapped[int | None] = mapped_column(default=None)
    computers: Mapped[int | None] = mapped_column(default=None)
    active: Mapped[bool] = mapped_column(default=True)


class VehicleAbsence(Edited, Table):
    """Days a vehicle cannot drive."""

    __tablename__ = "vehicle_absence"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days_in_order"),)

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")


class StaffMember(Edited, Owned, Table):
    """A post at a base, named by the post ("Lái xe 1"), not by the person."""

    __tablename__ = "staff_member"

    label: Mapped[str] = mapped_column(String(80))
    post: Mapped[Post] = mapped_column(EnumText(Post))
    base_id: Mapped[int] = mapped_column(ForeignKey("base.id"), index=True)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)


class StaffAbsence(Edited, Table):
    """Days a post is away."""

    __tablename__ = "staff_absence"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="days_in_order"),)

    staff_member_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")

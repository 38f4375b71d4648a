"""Organisations and the administrative units of their country."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.domain.times import HalfYearKind
from outreach.store.base import Edited, EnumText, Owned, Table


class Organisation(Table):
    """A library with its own sites, fleet and plans. `demo` marks the invented province."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200))
    parent_body: Mapped[str] = mapped_column(String(200), default="")
    abbreviation: Mapped[str] = mapped_column(String(40), default="")
    place_name: Mapped[str] = mapped_column(String(100), default="")
    time_zone: Mapped[str] = mapped_column(String(60), default="Asia/Ho_Chi_Minh")
    half_year_kind: Mapped[HalfYearKind] = mapped_column(EnumText(HalfYearKind), default=HalfYearKind.ADMINISTRATIVE)
    demo: Mapped[bool] = mapped_column(default=False)


class AdminUnit(Edited, Owned, Table):
    """A province, former district or commune, with the days between which it existed."""

    __tablename__ = "admin_unit"
    __table_args__ = (UniqueConstraint("organisation_id", "code", "valid_from"),)

    code: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))  # tỉnh, huyện, xã, phường, đặc khu ...
    parent_code: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_to: Mapped[date | None] = mapped_column(default=None)
    lat: Mapped[float | None] = mapped_column(default=None)
    lon: Mapped[float | None] = mapped_column(default=None)
    border: Mapped[bool] = mapped_column(default=False)
    island: Mapped[bool] = mapped_column(default=False)
    ethnic_minority: Mapped[bool] = mapped_column(default=False)
    remote: Mapped[bool] = mapped_column(default=False)


class AdminUnitChange(Edited, Owned, Table):
    """An old unit that became (part of) a new one."""

    __tablename__ = "admin_unit_change"

    old_unit_id: Mapped[int] = mapped_column(ForeignKey("admin_unit.id"), index=True)
    new_unit_id: Mapped[int] = mapped_column(ForeignKey("admin_unit.id"), index=True)
    whole: Mapped[bool] = mapped_column(default=True)
    decree: Mapped[str] = mapped_column(String(200), default="")
    day: Mapped[date] = mapped_column()

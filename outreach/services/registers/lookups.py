"""What other rows are called: sites by code, bases and units by name, vehicles by number; read once for many rows."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from math import cos, hypot, radians
from typing import Any, NoReturn, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.names import search_key
from outreach.domain.places import Coordinates
from outreach.services.registers.called import Called, Units, in_one_way
from outreach.services.registers.likeness import Likeness
from outreach.services.registers.named_sites import NamedSites
from outreach.store.fleet import Base, StaffMember, Vehicle
from outreach.store.sites import Site

T = TypeVar("T")


class Lookups:
    """Names of the library's rows. What is added meanwhile is told by `forget`."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def forget(self) -> None:
        """Read everything again when it is next asked for."""
        for name in [name for name in self.__dict__ if name != "session"]:
            del self.__dict__[name]

    def kept(self, name: str, make: Callable[[Session], T]) -> T:
        """What `make` reads from the database, read once for many rows."""
        if name not in self._kept:
            self._kept[name] = make(self.session)
        found: T = self._kept[name]
        return found

    @cached_property
    def _kept(self) -> dict[str, Any]:
        return {}

    # ---- bases

    @cached_property
    def bases(self) -> dict[int, str]:
        """Names by id, in the order they were made."""
        return dict(iter(self.session.execute(select(Base.id, Base.name).order_by(Base.id))))

    @cached_property
    def _bases(self) -> Called:
        rows = self.session.execute(select(Base.id, Base.name, Base.short_name).order_by(Base.id)).all()
        return Called(((row.name, row.id) for row in rows), ((row.short_name, row.id) for row in rows))

    def base(self, text: str) -> int:
        """The base with this name or short name."""
        found = self._bases.find(text)
        if found is None:  # "Phan Rang" for "Cơ sở Phan Rang"
            key = search_key(text)
            holding = [number for number, name in self.bases.items() if key in search_key(name)]
            found = holding[0] if len(holding) == 1 else None
        if found is None:
            self._unknown("không có cơ sở “{value}”; các cơ sở là: {known}", text, self.bases.values())
        return found

    @cached_property
    def base_points(self) -> dict[int, Coordinates]:
        """Where the bases are."""
        rows = self.session.execute(select(Base.id, Base.lat, Base.lon).where(Base.active.is_(True)).order_by(Base.id))
        return {row.id: Coordinates(lat=row.lat, lon=row.lon) for row in rows}

    @cached_property
    def middle(self) -> Coordinates | None:
        """A place inside the service area, by which a short Plus Code is completed: the first base."""
        return next(iter(self.base_points.values()), None)

    def nearest_base(self, at: Coordinates) -> int:
        """The base in use that is nearest as the crow flies (flat-earth: enough to compare)."""

        def apart(number: int) -> float:
            point = self.base_points[number]
            return hypot(point.lat - at.lat, (point.lon - at.lon) * cos(radians(at.lat)))

        return min(self.base_points, key=apart)

    # ---- sites

    @cached_property
    def site_codes(self) -> dict[int, str]:
        """Codes by id."""
        return dict(iter(self.session.execute(select(Site.id, Site.code))))

    @cached_property
    def sites(self) -> Called:
        """Sites by code."""
        return Called((code, number) for number, code in self.site_codes.items())

    @cached_property
    def _codes_alike(self) -> Likeness:
        return Likeness(self.site_codes.values())

    def site(self, text: str) -> int:
        """The site with this code."""
        found = self.sites.find(text)
        if found is None:
            near = self._codes_alike.near(text, most=3, cutoff=0.6)
            self._unknown("không có điểm phục vụ mang mã “{value}”; mã gần giống: {known}", text, near)
        return found

    @cached_property
    def named_sites(self) -> NamedSites:
        """The sites by the names people write."""
        return NamedSites(self.session)

    # ---- vehicles and posts

    @cached_property
    def vehicles_in_use(self) -> tuple[int, ...]:
        """Vehicles that are not archived."""
        return tuple(self.session.scalars(select(Vehicle.id).where(Vehicle.active.is_(True)).order_by(Vehicle.sign)))

    def vehicle_ways(self) -> Iterator[tuple[str, int]]:
        """Everything a vehicle is called by: number, name and plate."""
        for number, name, sign, plate in self._fleet:
            yield from ((way, number) for way in (str(sign), name, plate) if way)

    @cached_property
    def _fleet(self) -> tuple[tuple[int, str, int, str], ...]:
        asked = select(Vehicle.id, Vehicle.name, Vehicle.sign, Vehicle.plate).order_by(Vehicle.sign)
        return tuple((row.id, row.name, row.sign, row.plate) for row in self.session.execute(asked))

    @cached_property
    def vehicles(self) -> Called:
        """Vehicles by number, name and plate."""
        return Called(
            ((str(sign), number) for number, _, sign, _ in self._fleet),
            ((name, number) for number, name, _, _ in self._fleet),
            ((plate, number) for number, _, _, plate in self._fleet),
        )

    @cached_property
    def vehicle_names(self) -> dict[int, str]:
        """Names by id, in the order of their numbers; the number where two have the same name."""
        names = {number: name for number, name, _, _ in self._fleet}
        return in_one_way(names, self.vehicles, {number: str(sign) for number, _, sign, _ in self._fleet})

    def vehicle(self, text: str) -> int:
        """The vehicle with this name, number or plate."""
        found = self.vehicles.find(text)
        if found is None:
            self._unknown("không có xe “{value}”; các xe là: {known}", text, self.vehicle_names.values())
        return found

    @cached_property
    def signs(self) -> dict[int, int]:
        """Numbers of vehicles by id."""
        return {number: sign for number, _, sign, _ in self._fleet}

    def sign_of(self, text: str) -> int | None:
        """The number of the vehicle with this plate or name, if there is one."""
        found = self.vehicles.find(text) if text else None
        return None if found is None else self.signs[found]

    @cached_property
    def staff_labels(self) -> dict[int, str]:
        """Labels by id."""
        return dict(iter(self.session.execute(select(StaffMember.id, StaffMember.label).order_by(StaffMember.id))))

    @cached_property
    def staff(self) -> Called:
        """Posts by label."""
        return Called((label, number) for number, label in self.staff_labels.items())

    def staff_member(self, text: str) -> int:
        """The post with this label."""
        found = self.staff.find(text)
        if found is None:
            self._unknown("không có chức danh “{value}”; các chức danh là: {known}", text, self.staff_labels.values())
        return found

    # ---- administrative units

    @cached_property
    def units(self) -> Units:
        """The units of the library."""
        return Units(self.session)

    def _unknown(self, message: str, text: str, known: Iterable[str]) -> NoReturn:
        shown = list(known)[:8]
        raise InvalidValue(message, field="", value=text, known=", ".join(shown) or "-")

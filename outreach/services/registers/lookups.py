"""What other rows are called: sites by code, bases and units by name, vehicles by number; read once for many rows."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from math import cos, hypot, radians
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.names import proper_part, search_key
from outreach.domain.places import Coordinates
from outreach.services.registers.named_sites import NamedSites
from outreach.store.fleet import Base, StaffMember, Vehicle
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Site


class Lookups:
    """Names of the library's rows. What is added meanwhile is told by `forget`."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def forget(self) -> None:
        """Read everything again when it is next asked for."""
        for name in [name for name in self.__dict__ if name != "session"]:
            del self.__dict__[name]

    # ---- bases

    @cached_property
    def bases(self) -> dict[int, str]:
        """Names by id, in the order they were made."""
        return dict(iter(self.session.execute(select(Base.id, Base.name).order_by(Base.id))))

    @cached_property
    def _base_ways(self) -> tuple[tuple[int, str, str], ...]:
        rows = self.session.execute(select(Base.id, Base.name, Base.short_name).order_by(Base.id))
        return tuple((row.id, search_key(row.name), search_key(row.short_name)) for row in rows)

    def base(self, text: str) -> int:
        """The base with this name or short name."""
        key = search_key(text)
        found = [number for number, name, _ in self._base_ways if key == name]
        if not found:
            found = [number for number, _, short in self._base_ways if key == short]
        if not found:  # "Phan Rang" for "Cơ sở Phan Rang"
            found = [number for number, name, _ in self._base_ways if key in name]
        if len(found) != 1:
            self._unknown("không có cơ sở “{value}”; các cơ sở là: {known}", text, self.bases.values())
        return found[0]

    @cached_property
    def base_points(self) -> dict[int, Coordinates]:
        """Where the bases are."""
        rows = self.session.execute(select(Base.id, Base.lat, Base.lon).where(Base.active.is_(True)).order_by(Base.id))
        return {row.id: Coordinates(lat=row.lat, lon=row.lon) for row in rows}

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
    def sites(self) -> dict[str, int]:
        """Ids by code (as a search key)."""
        return {search_key(code): number for number, code in self.site_codes.items()}

    def site(self, text: str) -> int:
        """The site with this code."""
        found = self.sites.get(search_key(text))
        if found is None:
            self._unknown("không có điểm phục vụ mang mã “{value}”; mã gần giống: {known}", text,
                          self._near(text, self.site_codes.values()))  # fmt: skip
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

    @cached_property
    def vehicle_names(self) -> dict[int, str]:
        """Names by id, in the order of their numbers."""
        return dict(iter(self.session.execute(select(Vehicle.id, Vehicle.name).order_by(Vehicle.sign))))

    @cached_property
    def vehicles(self) -> dict[str, int]:
        """Ids by number, name and plate (as search keys)."""
        found: dict[str, int] = {}
        for row in self.session.execute(select(Vehicle.id, Vehicle.name, Vehicle.sign, Vehicle.plate)):
            for way in (row.name, str(row.sign), row.plate):
                if way:
                    found.setdefault(search_key(way), row.id)
        return found

    def vehicle(self, text: str) -> int:
        """The vehicle with this name, number or plate."""
        found = self.vehicles.get(search_key(text))
        if found is None:
            self._unknown("không có xe “{value}”; các xe là: {known}", text, self.vehicle_names.values())
        return found

    @cached_property
    def signs(self) -> dict[int, int]:
        """Numbers of vehicles by id."""
        return dict(iter(self.session.execute(select(Vehicle.id, Vehicle.sign))))

    def sign_of(self, text: str) -> int | None:
        """The number of the vehicle with this plate or name, if there is one."""
        found = self.vehicles.get(search_key(text)) if text else None
        return None if found is None else self.signs[found]

    @cached_property
    def staff_labels(self) -> dict[int, str]:
        """Labels by id."""
        return dict(iter(self.session.execute(select(StaffMember.id, StaffMember.label).order_by(StaffMember.id))))

    @cached_property
    def staff(self) -> dict[str, int]:
        """Ids by label (as a search key)."""
        return {search_key(label): number for number, label in self.staff_labels.items()}

    def staff_member(self, text: str) -> int:
        """The post with this label."""
        found = self.staff.get(search_key(text))
        if found is None:
            self._unknown("không có chức danh “{value}”; các chức danh là: {known}", text, self.staff_labels.values())
        return found

    # ---- administrative units

    @cached_property
    def units(self) -> "Units":
        """The units of the library."""
        return Units(self.session)

    def _near(self, text: str, known: Iterable[str]) -> list[str]:
        keys = {search_key(one): one for one in known}
        return [keys[key] for key in get_close_matches(search_key(text), keys, n=3, cutoff=0.6)]

    def _unknown(self, message: str, text: str, known: Iterable[str]) -> NoReturn:
        shown = list(known)[:8]
        raise InvalidValue(message, field="", value=text, known=", ".join(shown) or "-")


class Units:
    """Communes of today and former districts, by code and by name with or without their kind."""

    def __init__(self, session: Session) -> None:
        columns = (AdminUnit.id, AdminUnit.code, AdminUnit.name, AdminUnit.valid_to, AdminUnit.lat, AdminUnit.lon)
        self.points: dict[str, Coordinates] = {}  # of units that have one, by code
        self.names: dict[int, str] = {}
        self.codes: dict[int, str] = {}
        self._by_code: dict[str, int] = {}
        self._by_name: dict[tuple[bool, str], list[int]] = {}
        for row in session.execute(select(*columns).order_by(AdminUnit.id)):
            self.add(row.id, row.code, row.name, former=row.valid_to is not None)
            if row.lat is not None and row.lon is not None:
                self.points[row.code] = Coordinates(lat=row.lat, lon=row.lon)

    def add(self, number: int, code: str, name: str, *, former: bool) -> None:
        """Know one more unit."""
        self.names[number], self.codes[number] = name, code
        self._by_code.setdefault(search_key(code), number)
        for way in dict.fromkeys((search_key(name), search_key(proper_part(name)))):
            self._by_name.setdefault((former, way), []).append(number)

    def by_code(self, code: str) -> int | None:
        """The unit with this code."""
        return self._by_code.get(search_key(code))

    def by_name(self, name: str, *, former: bool) -> list[int]:
        """The units with this name: one, several of the same name, or none."""
        exact = self._by_name.get((former, search_key(name)), [])
        return exact or self._by_name.get((former, search_key(proper_part(name))), [])

    def near(self, name: str, *, former: bool) -> list[str]:
        """Names that look like a slip of the keyboard in `name`."""
        ways = {way: numbers[0] for (epoch, way), numbers in self._by_name.items() if epoch is former}
        return [self.names[ways[way]] for way in get_close_matches(search_key(name), ways, n=2, cutoff=0.87)]

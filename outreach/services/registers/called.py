"""Rows by what people call them, and administrative units by code, name and day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.names import proper_part, search_key
from outreach.domain.places import Coordinates
from outreach.services.registers.likeness import Likeness
from outreach.store.organisations import AdminUnit


class Called:
    """Ids by name: as it is written, or without marks and capitals where that can mean one row alone."""

    def __init__(self, *groups: Iterable[tuple[str, int]]) -> None:
        """Names of an earlier group go before those of a later one."""
        self._written: dict[str, int] = {}
        self._plain: dict[str, set[int]] = {}
        for group in groups:
            for name, number in group:
                if name:
                    self._written.setdefault(name.casefold(), number)
        for name, number in self._written.items():
            self._plain.setdefault(search_key(name), set()).add(number)

    def find(self, text: str) -> int | None:
        """The row that `text` means, if it means one."""
        written = self._written.get(text.strip().casefold())
        if written is not None:
            return written
        found = self._plain.get(search_key(text), ())
        return next(iter(found)) if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit and the days between which it existed; `id` 0: it comes with the sheet being read."""

    id: int
    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the unit existed on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


class Units:
    """Communes of today and former districts, by code and by name with or without their kind."""

    def __init__(self, session: Session) -> None:
        columns = (
            AdminUnit.id, AdminUnit.code, AdminUnit.name, AdminUnit.valid_from, AdminUnit.valid_to,
            AdminUnit.lat, AdminUnit.lon,
        )  # fmt: skip
        self.points: dict[str, Coordinates] = {}  # of units that have one, by code
        self.names: dict[int, str] = {}
        self.codes: dict[int, str] = {}
        self._today = date.today()
        self._by_code: dict[str, list[Unit]] = {}
        self._by_name: dict[tuple[bool, str], list[int]] = {}
        self._alike = {True: Likeness(()), False: Likeness(())}
        for row in session.execute(select(*columns).order_by(AdminUnit.id)):
            self.know(Unit(row.id, row.code, row.name, row.valid_from, row.valid_to))
            if row.lat is not None and row.lon is not None:
                self.points[row.code] = Coordinates(lat=row.lat, lon=row.lon)

    def add(self, number: int, code: str, name: str, *, former: bool) -> None:
        """Know one more unit that was made just now; a former one has ended before today."""
        self.know(Unit(number, code, name, valid_to=date.min if former else None))

    def know(self, unit: Unit) -> None:
        """Know one more unit."""
        self._by_code.setdefault(search_key(unit.code), []).append(unit)
        if not unit.id:
            return
        former = self._former(unit)
        self.names[unit.id], self.codes[unit.id] = unit.name, unit.code
        for way in dict.fromkeys((search_key(unit.name), search_key(proper_part(unit.name)))):
            self._by_name.setdefault((former, way), []).append(unit.id)
            self._alike[former].add(way)

    def _former(self, unit: Unit) -> bool:
        return unit.valid_to is not None and unit.valid_to < self._today

    def by_code(self, code: str, *, name: str = "") -> int | None:
        """The unit with this code; of several in the course of time the one called `name`, or the one of today."""
        same = [unit for unit in self._by_code.get(search_key(code), ()) if unit.id]
        if len(same) > 1:
            key = search_key(name)
            same.sort(key=lambda unit: (search_key(unit.name) != key, self._former(unit)))
        return same[0].id if same else None

    def all_with(self, code: str) -> list[Unit]:
        """The units that bear or bore this code."""
        return self._by_code.get(search_key(code), [])

    def on_day(self, code: str, day: date) -> Unit | None:
        """The unit that bore this code on a day; the youngest where the register is not clear."""
        same = [unit for unit in self.all_with(code) if unit.valid_on(day)]
        return max(same, key=lambda unit: unit.valid_from or date.min) if same else None

    def named_on_day(self, name: str, day: date) -> list[Unit]:
        """The units with this name on a day."""
        key = search_key(name)
        numbers = {number for former in (True, False) for number in self._by_name.get((former, key), ())}
        units = (unit for same in self._by_code.values() for unit in same if unit.id in numbers)
        return [unit for unit in units if unit.valid_on(day)]

    def by_name(self, name: str, *, former: bool) -> list[int]:
        """The units with this name: one, several of the same name, or none."""
        exact = self._by_name.get((former, search_key(name)), [])
        return exact or self._by_name.get((former, search_key(proper_part(name))), [])

    def near(self, name: str, *, former: bool) -> list[str]:
        """Names that look like a slip of the keyboard in `name`."""
        ways = self._alike[former].near(name, most=2, cutoff=0.87)
        return [self.names[self._by_name[former, search_key(way)][0]] for way in ways]


def in_one_way(names: Mapping[int, str], called: Called, otherwise: Mapping[int, str]) -> dict[int, str]:
    """What to write for each row so that reading it finds the row again: its name, or what stands in `otherwise`."""
    return {number: name if called.find(name) == number else otherwise[number] for number, name in names.items()}

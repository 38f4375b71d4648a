"""Many rows cost as many statements as a few: nothing is asked of the database row by row."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from outreach.domain.visits import CalendarKind
from outreach.services.registers.catalogue import REGISTERS
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register, Values
from tests.factories import make_base, make_site, make_unit, make_vehicle
from tests.services.registers.rows import other_library
from tests.services.registers.values import DECREED

FEW, MANY = 10, 400
START = date(2025, 1, 6)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements sent meanwhile; the same one over and over counts once."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        short = statement.split(" VALUES ")[0]
        if said[-1:] != [short]:  # rows that return their ids go one after the other on SQLite, in batches elsewhere
            said.append(short)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield said
    event.remove(connection, "before_cursor_execute", note)


def site(number: int) -> dict[str, str]:
    return {"code": f"P{number}", "name": f"Trường {number}", "kind": "Trường tiểu học", "lat": "12,3", "lon": "109,1",
            "commune": f"Xã {number % 5}", "windows": "T2-T6 07:30-10:30", "blocked": "20/11/2027",
            "former_district": "Huyện Một"}  # fmt: skip


ROWS: dict[str, Callable[[int], dict[str, str]]] = {
    "vehicle-days": lambda number: {
        "vehicle_id": "1", "first_day": f"{START + timedelta(days=number):%d/%m/%Y}", "reason": "Xưởng",
    },
    "calendar-days": lambda number: {
        "day": f"{START + timedelta(days=number):%d/%m/%Y}", "kind": CalendarKind.EXAM.value, "name": "Thi",
    },
    "units": lambda number: {"code": f"u{number}", "name": f"Xã {number}"},
    "unit-changes": lambda number: {
        "old_code": f"o{number}", "old_name": f"Xã Cũ {number}", "new_code": f"n{number % 7}",
        "new_name": f"Xã Mới {number % 7}", "day": f"{DECREED:%d/%m/%Y}",
    },
    "sites": site,
    "needs": lambda number: {
        "site_id": "S1", "first_day": f"{START + timedelta(days=number):%d/%m/%Y}",
        "last_day": f"{START + timedelta(days=number + 7):%d/%m/%Y}",
    },
    "visits": lambda number: {
        "site_id": "S1", "day": f"{START + timedelta(days=number % 200):%d/%m/%Y}", "start_s": f"{7 + number % 9}:30",
        "vehicle_id": "1", "readers_child": "80",
    },
    "requests": lambda number: {"asked_on": "05/10/2026", "asked_by": f"Xã {number}", "place": "Nhà văn hóa"},
}  # fmt: skip


def values_of(session: Session, register: Register, numbers: Sequence[int]) -> list[Values]:
    looks = Lookups(session)
    readings = [register.read(ROWS[register.name](number), looks) for number in numbers]
    assert not [fault for reading in readings for fault in reading.faults]
    return [{**register.defaults(), **reading.values} for reading in readings]


@pytest.mark.parametrize("name", ROWS)
def test_many_rows_are_written_changed_and_read_like_a_few(session: Session, name):
    base = make_base(session)
    make_vehicle(session, base=base, sign=1)
    make_site(session, base=base, code="S1")
    register = REGISTERS[name]
    costs = []
    for numbers in (range(FEW), range(FEW, FEW + MANY)):
        rows = values_of(session, register, numbers)
        with counted(session) as said:
            ids = register.insert(session, rows)
            records = register.load(session, ids)
            register.update(session, [(number, records[number].values) for number in ids])
            register.in_use(session, ids)
            register.keys(session, rows)
        assert len(ids) == len(numbers)
        costs.append(len(said))
    few, many = costs
    assert many <= few, (few, many)


def test_rows_are_read_by_more_numbers_than_a_statement_takes(session: Session):
    unit = make_unit(session)
    units = REGISTERS["units"]
    assert list(units.load(session, [unit.id, *range(10**6, 10**6 + 40_000)])) == [unit.id]
    assert units.in_use(session, range(10**6, 10**6 + 40_000)) == {}
    units.delete(session, range(10**6, 10**6 + 40_000))
    assert list(units.load(session)) == [unit.id]


def test_hours_of_a_site_of_another_library_stay(both_session: Session):
    sites = REGISTERS["sites"]
    with other_library(both_session) as other:
        theirs = make_site(other).id
        before = sites.load(other)
        sites.update(both_session, [(theirs, {"windows": (), "blocked": (), "name": "Của tôi"})])
        assert sites.load(both_session) == {}
        assert sites.load(other) == before

"""Folders of small instances laid out as those of `--data`."""

from collections.abc import Sequence
from pathlib import Path

TIMETABLE = "stop_id,lat,lon,dwell_min,mobile,tour,week,weekday"
CUSTOMERS = "node,x,y,service,demand,frequency,patterns"
FACTS = "instance,customers,days,vehicles_per_day,capacity,max_duration"


def write_timetable(folder: Path, name: str, visits: int) -> None:
    """A service with a stop each two kilometres to the north, two stops a day."""
    rows = [f"S{i},{52 + i / 50:.2f},1.00,20,M1,T{i // 2},1,{1 + i // 2}" for i in range(visits)]
    write(folder / name, TIMETABLE, *rows)


def write_periodic(folder: Path, name: str, customers: int) -> None:
    """Customers in a row to the east, each to be visited on one of two days."""
    rows = [f"{i},{i}.0,0.0,1,2,1,1|2" for i in range(1, customers + 1)]
    write(folder / name, CUSTOMERS, "0,0.0,0.0,0,0,0,", *rows)


def write_site_dependent(folder: Path, name: str, clients: int) -> None:
    """Clients in a row to the east, all of them allowed to the only vehicle."""
    nodes = range(2, clients + 2)
    sections: dict[str, Sequence[str]] = {
        "NODE_COORD": ("1 0 0", *(f"{i} {i - 1} 0" for i in nodes)),
        "DEMAND": ("1 0", *(f"{i} 1" for i in nodes)),
        "SERVICE_TIME": ("1 0", *(f"{i} 2" for i in nodes)),
        "TIME_WINDOW": ("1 0 100", *(f"{i} 0 90" for i in nodes)),
        "CAPACITY": ("1 100",),
        "VEHICLES_ALLOWED_CLIENTS": (" ".join(["1", *map(str, nodes)]),),
    }
    lines = [line for title, rows in sections.items() for line in (f"{title}_SECTION", *rows)]
    write(folder / name, "NAME: small", "VEHICLES_MAX_DURATION: 90", *lines, "EOF")


def write(path: Path, *lines: str) -> None:
    """A text file of these lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

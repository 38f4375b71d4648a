"""Instances read from the folders of `--data`; each folder's README says what its files hold."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.case import DAY_S, Case, Slot, Unusable, Visit, driving

EARTH_KM = 6371.0088
OVERLAPPING = {"east_riding_of_yorkshire"}  # rows that overlap, and wrong coordinates: never measured
MISPLACED = {"hillingdon", "suffolk"}  # a few wrong coordinates: not merged with others
SHORTEST_SHIFT_S = 3_600  # that our planner takes: what is shorter is counted in parts of seconds
MOST_COPIES = 9  # of a service in a merged instance
TIMETABLE = ("stop_id", "lat", "lon", "dwell_min", "mobile", "tour", "week", "weekday")
CUSTOMERS = ("x", "y", "service", "demand", "patterns")
FACTS = ("instance", "days", "vehicles_per_day", "capacity", "max_duration")

Array = npt.NDArray[np.float64]


def instances(folder: Path, suffix: str, only: Sequence[str], *, largest: int | None = None) -> list[str]:
    """The names asked for, after a look whether each is there; or all there are, or so many with the longest files."""
    files = _files(folder, suffix)
    for name in only:
        for part in _parts(name):
            _file(folder, part, suffix)
    paths = [path for key, path in files.items() if key not in OVERLAPPING]
    if largest is not None:
        paths = sorted(paths, key=lambda path: -len(path.read_bytes().splitlines()))[:largest]
    return list(only) or [path.stem for path in paths]


def _files(folder: Path, suffix: str) -> dict[str, Path]:
    """The instances of a folder by their names in small letters."""
    if not folder.is_dir():
        raise Unusable(f"there is no folder {folder}; --data takes one with instances")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == suffix)
    found = {path.stem.lower(): path for path in paths if path.stem.lower() != "summary"}
    if not found:
        raise Unusable(f"{folder} holds no instance *{suffix}; --data takes a folder with such files")
    return found


def _file(folder: Path, name: str, suffix: str) -> Path:
    files = _files(folder, suffix)
    if name.lower() not in files:
        raise Unusable(f"{folder} holds no {name}{suffix}; it has " + ", ".join(path.stem for path in files.values()))
    return files[name.lower()]


def _rows(path: Path, *columns: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = [column for column in columns if not rows or rows[0].get(column) is None]
    if missing:
        raise Unusable(f"{path} wants rows with the columns {', '.join(columns)}; it lacks {', '.join(missing)}")
    return rows


def merged(folder: Path, visits: int) -> str:
    """The services of a folder that together have about so many visits.

    From the largest down, each that brings the sum nearer; then the same again with copies, nine of each at most.
    """
    sizes = {name: len(_rows(_file(folder, name, ".csv"))) for name in instances(folder, ".csv", ())}
    order = sorted(sizes.keys() - MISPLACED or sizes, key=lambda name: (-sizes[name], name))
    times: Counter[str] = Counter()
    missing = visits
    for name in order * MOST_COPIES:
        if abs(missing - sizes[name]) < abs(missing):
            times[name] += 1
            missing -= sizes[name]
    return "+".join(name if count == 1 else f"{name}:{count}" for name, count in times.items())


def _parts(name: str) -> Iterator[str]:
    """The services of a merged name, `a+b:2` being one a and two b."""
    for part in name.split("+"):
        service, _, times = part.partition(":")
        yield from [service] * int(times) if times.isdigit() else [part]


def read_timetable(folder: Path, name: str, variant: str, *, set_up_s: int = 0) -> Case:
    """A British service, or several joined by "+": same visits, dwells and vehicle-days, any day of the right week.

    Each further copy of a service lies one degree of longitude west of the one before: all its legs are the same,
    and it shares its land with its neighbour as two services do.
    """
    rows = timetable_rows(folder, name)
    legs, mobiles = _timetable_legs(rows, variant)
    slots, routes = _timetable_slots(rows, mobiles)
    visits = tuple(
        Visit(service=round(float(row["dwell_min"]) * 60) + set_up_s, days=days)
        for row, days in zip(rows, _weeks(rows), strict=True)
    )
    case = Case(name, variant, legs, slots, visits)
    length = [driving(case, k, route) + sum(visits[v].service for v in route) for k, route in enumerate(routes)]
    actual = sum(driving(case, k, route) for k, route in enumerate(routes))
    shown = f"{variant} set-up {set_up_s} s" if set_up_s else variant
    limit = max(length)
    unit = ceil(SHORTEST_SHIFT_S / limit) if 0 < limit < SHORTEST_SHIFT_S else 1
    return Case(name, shown, legs, slots, visits, unit=unit, limit=limit, horizon=DAY_S / unit, actual=actual)


def timetable_rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The visits of a British service, or of several joined, in the order in which a case counts them."""
    rows = []
    copies: Counter[str] = Counter()
    for number, service in enumerate(_parts(name)):
        for row in _rows(_file(folder, service, ".csv"), *TIMETABLE):
            lon = float(row["lon"]) - copies[service.lower()]
            rows.append({**row, "service": f"{number} {service}", "lon": str(lon)})
        copies[service.lower()] += 1
    return rows


def _mobile(row: dict[str, str]) -> str:
    return f"{row['service']} {row['mobile']}"


def _timetable_legs(rows: Sequence[dict[str, str]], variant: str) -> tuple[Array, list[str]]:
    """Legs by the estimator of the folder's README; a depot is its mobile's medoid stop, or nowhere at all."""
    lat = np.radians([float(row["lat"]) for row in rows])
    lon = np.radians([float(row["lon"]) for row in rows])
    half = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    minutes = np.where(km < 1e-6, 0.0, np.where(km <= 3, 0.53 + 2.10 * km, 6.83 + 1.58 * (km - 3)))
    between = np.round(minutes * 60)
    mobiles = list(dict.fromkeys(_mobile(row) for row in rows))
    size = len(rows)
    legs = np.zeros((size + len(mobiles), size + len(mobiles)))
    legs[:size, :size] = between
    if variant == "depot":
        for m, mobile in enumerate(mobiles):
            own = [i for i, row in enumerate(rows) if _mobile(row) == mobile]
            base = own[int(between[np.ix_(own, own)].sum(axis=1).argmin())]
            legs[size + m, :size], legs[:size, size + m] = between[base], between[:, base]
    return legs, mobiles


def _timetable_slots(
    rows: Sequence[dict[str, str]], mobiles: Sequence[str]
) -> tuple[tuple[Slot, ...], list[list[int]]]:
    """Vehicle-days of the timetable and the routes it drives; a second tour of a day is another vehicle's."""
    routes: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        routes[row["service"], row["tour"]].append(i)
    times: dict[tuple[str, int], int] = defaultdict(int)
    slots = []
    for route in routes.values():
        row = rows[route[0]]
        mobile, day = _mobile(row), _day(row)
        times[mobile, day] += 1
        slots.append(Slot(f"{mobile} {times[mobile, day]}", day, mobiles.index(mobile)))
    return tuple(slots), list(routes.values())


def _day(row: dict[str, str]) -> int:
    return 7 * (int(row["week"]) - 1) + int(row["weekday"]) - 1


def _weeks(rows: Sequence[dict[str, str]]) -> list[tuple[int, int] | None]:
    """Stops visited more than once stay in their week; twice in a week, on their weekday."""
    visits: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        visits[row["service"], row["stop_id"]].append(i)
    days: list[tuple[int, int] | None] = [None] * len(rows)
    for found in visits.values():
        weeks = {rows[i]["week"] for i in found}
        for i in found if len(found) > 1 else ():
            first = 7 * (int(rows[i]["week"]) - 1)
            days[i] = (first, first + 6) if len(weeks) == len(found) else (_day(rows[i]), _day(rows[i]))
    return days


def read_periodic(folder: Path, name: str) -> Case:
    """A periodic instance of Cordeau, Gendreau and Laporte 1997; lengths have no unit."""
    facts = _facts(folder, name)
    depot, *customers = _rows(_file(folder, name, ".csv"), *CUSTOMERS)
    points = np.array([[float(row["x"]), float(row["y"])] for row in (*customers, depot)])
    legs = np.sqrt(((points[:, None] - points) ** 2).sum(axis=-1))
    vehicles, days = int(facts["vehicles_per_day"]), int(facts["days"])
    limit = float(facts["max_duration"] or "inf")
    visits = tuple(
        Visit(
            service=float(row["service"]),
            demand=float(row["demand"]),
            patterns=tuple(
                frozenset(int(day) - 1 for day in pattern.split("-")) for pattern in row["patterns"].split("|")
            ),
        )
        for row in customers
    )
    longest = limit if limit < float("inf") else 8 * float(legs[-1].max())
    return Case(
        name,
        "",
        legs,
        tuple(Slot(f"{m}", day, 0) for day in range(days) for m in range(vehicles)),
        visits,
        unit=int(DAY_S / longest),
        limit=limit,
        capacity=(float(facts["capacity"]),) * (vehicles * days),
        best_known=float(facts["best_known_file"]) if facts.get("best_known_file") else None,
    )


def _facts(folder: Path, name: str) -> dict[str, str]:
    """The row of a periodic instance in its folder's summary.csv."""
    path = next((path for path in sorted(folder.iterdir()) if path.name.lower() == "summary.csv"), None)
    if path is None:
        raise Unusable(f"{folder} lacks summary.csv with the columns {', '.join(FACTS)}")
    for row in _rows(path, *FACTS):
        if row["instance"].lower() == name.lower():
            return row
    raise Unusable(f"{path} has no row for {name}")


def read_site_dependent(folder: Path, name: str) -> Case:
    """A site-dependent instance with time windows of Cordeau and Laporte 2001, in the text form of VRPLIB."""
    head, sections = _vrplib(_file(folder, name, ".vrp"))
    points = np.array([row[1:3] for row in sections["NODE_COORD_SECTION"]])
    order = [*range(1, len(points)), 0]
    points = points[order]
    legs = np.sqrt(((points[:, None] - points) ** 2).sum(axis=-1))
    demand = {int(row[0]): row[1] for row in sections["DEMAND_SECTION"]}
    service = {int(row[0]): row[1] for row in sections["SERVICE_TIME_SECTION"]}
    window = {int(row[0]): (row[1], row[2]) for row in sections["TIME_WINDOW_SECTION"]}
    clients = {int(row[0]): {int(node) for node in row[1:]} for row in sections["VEHICLES_ALLOWED_CLIENTS_SECTION"]}
    nodes = range(2, len(points) + 1)
    visits = tuple(
        Visit(
            service=service[node],
            demand=demand[node],
            window=window[node],
            vehicles=frozenset(str(vehicle) for vehicle, own in clients.items() if node in own),
        )
        for node in nodes
    )
    end = window[1][1]
    latest = max([end, *(visit.window[1] + visit.service for visit in visits if visit.window)])
    return Case(
        name,
        "",
        legs,
        tuple(Slot(str(vehicle), 0, 0) for vehicle in clients),
        visits,
        unit=int(DAY_S / latest),
        limit=float(head.get("VEHICLES_MAX_DURATION", "inf")),
        capacity=tuple(row[1] for row in sections["CAPACITY_SECTION"]),
        horizon=end,
        best_known=_best_cost(folder, name),
    )


def _best_cost(folder: Path, name: str) -> float | None:
    """The cost in the solution file beside an instance, which counts in thousandths; None without one."""
    found = [path for path in folder.iterdir() if path.name.lower() == f"{name}.sol".lower()]
    lines = [line for path in found for line in path.read_text(encoding="utf-8").splitlines()]
    return next((float(line.split()[-1]) / 1000 for line in lines if line.startswith("Cost")), None)


def _vrplib(path: Path) -> tuple[dict[str, str], dict[str, list[list[float]]]]:
    head: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    section = ""
    for line in map(str.strip, path.read_text(encoding="utf-8").splitlines()):
        if line.endswith("_SECTION"):
            section = line
            sections[section] = []
        elif ":" in line and not section:
            key, value = line.split(":", 1)
            head[key.strip()] = value.strip()
        elif line and line != "EOF":
            sections[section].append([float(word) for word in line.split()])
    return head, sections

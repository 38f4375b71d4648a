"""What stands on a map: signs, legs, and place names."""

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from outreach.domain.places import Coordinates

SHAPES = 6  # colour, shape and line repeat from the seventh bus on
BEND = 0.075  # how far an estimated leg bows out, as a share of its length
CURVE_POINTS = 20


class Mark(StrEnum):
    """The kinds of sign; static/js/map-inside.js draws each and static/css/map.css colours it."""

    STOP = "stop"  # numbered, shaped like its bus
    VISIT = "visit"  # small, shaped like its bus
    BASE = "base"
    NIGHT = "night"
    SITE = "site"  # a site the reader asked for
    COVERED = "covered"  # reached in this period
    DOT = "dot"  # any other site
    UNSERVED = "unserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One sign. `id` ("site:12") links it to a row of the list; `lines` are that row's lines.

    `number` stands inside the sign, `label` beside it where there is room, `link` is a path of this server;
    `away` means that it lies outside the first view.
    """

    mark: Mark
    at: Coordinates
    name: str
    id: str = ""
    bus: int | None = None
    number: str = ""
    label: str = ""
    lines: tuple[str, ...] = ()
    link: str = ""
    chosen: bool = False
    away: bool = False

    def as_data(self) -> dict[str, Any]:
        """The sign as the map's script reads it; empty fields are left out."""
        data: dict[str, Any] = {
            "mark": self.mark.value,
            "at": [round(self.at.lat, 5), round(self.at.lon, 5)],
            "name": self.name,
            "id": self.id,
            "bus": shape_of(self.bus) if self.bus else None,
            "number": self.number,
            "label": self.label,
            "lines": list(self.lines),
            "link": self.link if self.link.startswith("/") and not self.link.startswith("//") else "",
            "chosen": self.chosen,
            "away": self.away,
        }
        return {key: value for key, value in data.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A drive through `points` in order, drawn in the colour and dash of `bus`."""

    points: tuple[Coordinates, ...]
    bus: int
    estimated: bool = True

    def line(self) -> list[list[float]]:
        """[lat, lon] pairs; an estimated leg bows out slightly, so that nobody takes it for a road."""
        if not self.estimated:
            return [[round(point.lat, 5), round(point.lon, 5)] for point in self.points]
        line: list[list[float]] = []
        for start, end in pairwise(self.points):
            line += bow(start, end)
        return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A quiet name on the map; a lower `rank` wins where two names touch. `short` is used from afar."""

    name: str
    short: str
    at: Coordinates
    rank: int = 1

    def as_data(self) -> list[Any]:
        """The place as the map's script reads it."""
        return [self.name, self.short, round(self.at.lat, 4), round(self.at.lon, 4), self.rank]


def shape_of(bus: int) -> int:
    """1 to 6: the colour, shape and line of the bus whose sign is `bus` (1, 2, ...)."""
    return (bus - 1) % SHAPES + 1


def letter_of(bus: int) -> str:
    """The letter inside the signs of the seventh bus and later, which share colour and shape with an earlier one."""
    return chr(ord("A") + bus - SHAPES - 1) if bus > SHAPES else ""


def bow(start: Coordinates, end: Coordinates) -> list[list[float]]:
    """A shallow curve from `start` to `end`, to the left of the way of travel: out and back do not cover each other."""
    shrink = math.cos(math.radians((start.lat + end.lat) / 2))
    east, north = (end.lon - start.lon) * shrink, end.lat - start.lat
    if math.hypot(east, north) < 1e-6:
        return [[round(start.lat, 5), round(start.lon, 5)]]
    # the control point of a quadratic curve lies twice as far out as the curve's middle
    top_lat = (start.lat + end.lat) / 2 + 2 * BEND * east
    top_lon = (start.lon + end.lon) / 2 - 2 * BEND * north / shrink
    line = []
    for step in range(CURVE_POINTS + 1):
        t = step / CURVE_POINTS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        lat = a * start.lat + b * top_lat + c * end.lat
        lon = a * start.lon + b * top_lon + c * end.lon
        line.append([round(lat, 4), round(lon, 4)])
    return line

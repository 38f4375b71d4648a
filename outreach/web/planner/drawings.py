"""The geometry of server-drawn pictures: the strip of a day and the curve of a run."""

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.domain.sheets import CurvePoint, DaySheet, DayStop

HOUR_S = 3600
DAWN_S = 6 * HOUR_S
DUSK_S = 18 * HOUR_S
LEFT = 14.0
HOUR_WIDTH = 72.0
LEAST_LETTERS = 8  # fewer name no place: "TV xã"
LETTER_WIDTH = 7.6  # half-bold 13 px, with room at both ends


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch on a strip, in its own units."""

    x: float
    width: float
    label: str = ""
    title: str = ""  # the whole name, where the label is shorter

    @property
    def middle(self) -> float:
        """Where its label stands."""
        return round(self.x + self.width / 2, 1)

    @property
    def end(self) -> float:
        """Its right edge."""
        return round(self.x + self.width, 1)


@dataclass(frozen=True, slots=True)
class Strip:
    """A day from 6 to 18 o'clock as bars."""

    hours: tuple[tuple[float, str], ...]
    windows: tuple[Bar, ...]
    services: tuple[Bar, ...]
    drives: tuple[Bar, ...]
    lunch: Bar | None
    now: float | None


def _x(seconds: int) -> float:
    inside = min(max(seconds, DAWN_S), DUSK_S)
    return round(LEFT + (inside - DAWN_S) / HOUR_S * HOUR_WIDTH, 1)


def _bar(start_s: int, end_s: int, label: str = "", title: str = "") -> Bar:
    x = _x(start_s)
    return Bar(x, round(_x(end_s) - x, 1), label, title)


def _fitting(name: str, stop: DayStop) -> str:
    """`name` where it fits into the service's block, else its whole words that do, else the stop's number."""
    room = int(_bar(stop.start_s, stop.end_s).width / LETTER_WIDTH)
    if len(name) <= room:
        return name or str(stop.position)
    words = name[: max(room - 1, 0)].rpartition(" ")[0].rstrip(" -,")
    return f"{words}…" if len(words) > LEAST_LETTERS else str(stop.position)


def strip(sheet: DaySheet, *, names: Sequence[str] = (), now_s: int | None = None) -> Strip:
    """The day of one vehicle; services carry `names` (their numbers where none are given)."""
    labels = [_fitting(name, stop) for name, stop in zip(names or [""] * len(sheet.stops), sheet.stops, strict=True)]
    drives = [_bar(stop.arrive_s - stop.drive_s, stop.arrive_s) for stop in sheet.stops]
    drives.append(_bar(sheet.return_s - sheet.home_drive_s, sheet.return_s))
    windows = sorted({(stop.window_start_s, stop.window_end_s) for stop in sheet.stops if stop.in_hours})
    lunch = None
    if sheet.lunch_start_s is not None and sheet.lunch_end_s is not None:
        lunch = _bar(sheet.lunch_start_s, sheet.lunch_end_s)
    return Strip(
        hours=tuple((_x(hour * HOUR_S), f"{hour:02d}") for hour in range(6, 19)),
        windows=tuple(_bar(start, end) for start, end in windows),
        services=tuple(
            _bar(stop.start_s, stop.end_s, label, stop.site_name)
            for stop, label in zip(sheet.stops, labels, strict=True)
        ),
        drives=tuple(bar for bar in drives if bar.width > 0),
        lunch=lunch,
        now=_x(now_s) if now_s is not None and DAWN_S <= now_s <= DUSK_S else None,
    )


PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_BOTTOM = 84.0, 784.0, 38.0, 196.0
NICE_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900)
NICE_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True, slots=True)
class Curve:
    """What got better over time, as a step line with its axes: visits, or kilometres once all visits are in."""

    measure: str  # "visits" or "kilometres"
    first: int
    last: int
    line: str
    area: str
    grid: tuple[tuple[float, int], ...]
    ticks: tuple[tuple[float, int], ...]
    bound: float | None  # where all visits would be
    end_x: float
    end_y: float


def curve(points: Sequence[CurvePoint], *, wanted: int, limit_s: float, elapsed_s: float) -> Curve | None:
    """The best plan over time, up to now; None while there is nothing to draw."""
    if not points:
        return None
    grows = points[-1].visits > points[0].visits
    values = [point.visits if grows else round(point.distance_m / 1000) for point in points]
    low, high = _range(values, wanted if grows else None)
    span_s = max(limit_s, elapsed_s, points[-1].elapsed_s, 1.0)

    def across(seconds: float) -> float:
        return round(PLOT_LEFT + seconds / span_s * (PLOT_RIGHT - PLOT_LEFT), 1)

    def up(value: int) -> float:
        return round(PLOT_BOTTOM - (value - low) / (high - low) * (PLOT_BOTTOM - PLOT_TOP), 1)

    start_x, end_x = across(points[0].elapsed_s), across(max(elapsed_s, points[-1].elapsed_s))
    steps = f"M{start_x} {up(values[0])}"
    for point, value in zip(points[1:], values[1:], strict=True):
        steps += f"H{across(point.elapsed_s)}V{up(value)}"
    steps += f"H{end_x}"
    pace = next((nice for nice in NICE_SECONDS if nice * 5 >= span_s), NICE_SECONDS[-1])
    step = next((nice for nice in NICE_STEPS if nice * 4 >= high - low), NICE_STEPS[-1])
    lines = [value for value in range(-(-low // step) * step, high + 1, step) if not grows or up(value) > PLOT_TOP + 14]
    return Curve(
        measure="visits" if grows else "kilometres",
        first=values[0],
        last=values[-1],
        line=steps,
        area=f"{steps}V{PLOT_BOTTOM}H{start_x}Z",
        grid=tuple((up(value), value) for value in lines),
        ticks=tuple((across(second), second) for second in range(0, int(span_s) + 1, pace)),
        bound=up(wanted) if grows else None,
        end_x=end_x,
        end_y=up(values[-1]),
    )


def _range(values: Sequence[int], wanted: int | None) -> tuple[int, int]:
    """The least and the greatest value drawn, with room under the lowest so that the area shows."""
    high = wanted if wanted is not None else max(values)
    low = min(values) - max(2, high // 50, (high - min(values)) // 3)
    return max(0, low), max(high, 1)

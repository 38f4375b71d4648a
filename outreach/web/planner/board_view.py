"""How the board is laid out: which weeks are open, days off side by side as one cell, and the bars of trips."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from outreach.domain.sheets import BoardCell, BoardDay, BoardVisit, BoardWeek, VehicleSign
from outreach.domain.times import HalfDay

ALL = "tat-ca"
TIGHT_S = 20 * 60  # less than this until the host closes is said on the board


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days side by side: one day on which somebody may drive, or several off for one reason (`closed`)."""

    days: tuple[BoardDay, ...]
    closed: str

    @property
    def day(self) -> BoardDay:
        """The first of them."""
        return self.days[0]


@dataclass(frozen=True, slots=True)
class TripBar:
    """A trip with nights, drawn across its days; `number` is 0 for the days between trips."""

    number: int
    span: int


def stretches(week: BoardWeek) -> tuple[Stretch, ...]:
    """The days of a week with days off for the same reason joined."""
    found: list[Stretch] = []
    for day in week.days:
        if day.closed and found and found[-1].closed == day.closed:
            found[-1] = Stretch((*found[-1].days, day), day.closed)
        else:
            found.append(Stretch((day,), day.closed))
    return tuple(found)


def vehicles(week: BoardWeek) -> tuple[VehicleSign, ...]:
    """The vehicles of a week, one row each."""
    return tuple(cell.vehicle for cell in week.days[0].cells) if week.days else ()


def cell_of(day: BoardDay, vehicle: VehicleSign) -> BoardCell:
    """What `vehicle` does on `day`."""
    return next(cell for cell in day.cells if cell.vehicle.id == vehicle.id)


def visits_in(cell: BoardCell, half: str) -> tuple[BoardVisit, ...]:
    """The visits of one half-day."""
    return tuple(visit for visit in cell.visits if visit.half is HalfDay(half))


def trip_bars(week: BoardWeek, vehicle: VehicleSign) -> tuple[TripBar, ...]:
    """The bars over the row of `vehicle`; empty when no trip of the week sleeps away."""
    numbers = [cell.trip_number or 0 if (cell := cell_of(day, vehicle)).trip_days > 1 else 0 for day in week.days]
    if not any(numbers):
        return ()
    return tuple(TripBar(number, len(list(run))) for number, run in groupby(numbers))


def has_nights(week: BoardWeek) -> bool:
    """Whether any trip of the week sleeps away."""
    return any(cell.trip_days > 1 for day in week.days for cell in day.cells)


def is_tight(cell: BoardCell, visit: BoardVisit) -> bool:
    """Whether a small delay costs service; the first visit of a day only needs an earlier start."""
    return visit is not cell.visits[0] and visit.in_hours and visit.spare_s < TIGHT_S


def open_week(weeks: Sequence[BoardWeek], asked: str | None, today: date) -> BoardWeek | None:
    """The week that is open: the one asked for, else today's, else the first with a visit."""
    if not weeks:
        return None
    found = next((week for week in weeks if str(week.number) == asked), None)
    if found:
        return found
    current = next((week for week in weeks if 0 <= (today - week.first).days < 7), None)
    return current or next((week for week in weeks if week.visits), weeks[0])

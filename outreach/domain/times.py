"""Days, half-days and half-years: the periods a library plans and reports by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Period:
    """All days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period cannot end ({self.last}) before it begins ({self.first})")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        """Each day in order."""
        for offset in range(len(self)):
            yield self.first + timedelta(days=offset)


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Wall-clock seconds after midnight, `start_s` <= t <= `end_s`."""

    start_s: int
    end_s: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_s < self.end_s <= DAY_S:
            raise ValueError(f"window {self.start_s}..{self.end_s} must lie inside one day and not be empty")


class HalfDay(StrEnum):
    """Morning (before noon) or afternoon."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class HalfYearKind(StrEnum):
    """Which cut-off dates a half-year follows."""

    ADMINISTRATIVE = "administrative"  # 15/12-14/6 and 15/6-14/12, Decree 09/2019
    CALENDAR = "calendar"  # 1/1-30/6 and 1/7-31/12


@dataclass(frozen=True, slots=True)
class HalfYear:
    """The first or second half of `year`."""

    year: int
    half: int
    kind: HalfYearKind = HalfYearKind.ADMINISTRATIVE

    @property
    def period(self) -> Period:
        """The half-year's first and last day."""
        if self.kind is HalfYearKind.CALENDAR:
            if self.half == 1:
                return Period(date(self.year, 1, 1), date(self.year, 6, 30))
            return Period(date(self.year, 7, 1), date(self.year, 12, 31))
        if self.half == 1:
            return Period(date(self.year - 1, 12, 15), date(self.year, 6, 14))
        return Period(date(self.year, 6, 15), date(self.year, 12, 14))

    def next(self) -> "HalfYear":
        """The half-year after this one."""
        if self.half == 1:
            return HalfYear(self.year, 2, self.kind)
        return HalfYear(self.year + 1, 1, self.kind)

    def previous(self) -> "HalfYear":
        """The half-year before this one."""
        if self.half == 2:
            return HalfYear(self.year, 1, self.kind)
        return HalfYear(self.year - 1, 2, self.kind)


def half_year_of(day: date, kind: HalfYearKind = HalfYearKind.ADMINISTRATIVE) -> HalfYear:
    """The half-year in which `day` lies."""
    for half_year in (
        HalfYear(day.year, 1, kind),
        HalfYear(day.year, 2, kind),
        HalfYear(day.year + 1, 1, kind),
    ):
        if day in half_year.period:
            return half_year
    raise AssertionError(f"no half-year holds {day}")

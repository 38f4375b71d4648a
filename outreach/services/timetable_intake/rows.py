"""The rows of a timetable and the period they speak of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from outreach.domain.errors import InvalidValue
from outreach.domain.times import HalfYearKind, Period, half_year_of
from outreach.domain.visits import ServiceKind
from outreach.i18n import day as day_text
from outreach.services.planning import DAYS_MAX


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as it was written; `number` is its row in the sheet. Times are seconds, None where not written."""

    number: int
    day: date
    vehicle_id: int
    site_id: int
    service: ServiceKind = ServiceKind.BUS_VISIT
    start_s: int | None = None
    service_s: int | None = None
    night_id: int | None = None  # the site at which the crew spends the night after this day


def in_order(rows: Sequence[VisitRow]) -> list[VisitRow]:
    """The rows of one bus and day as it drives them: by their times where all have one, else as they stand."""
    rows = sorted(rows, key=lambda row: row.number)
    if all(row.start_s is not None for row in rows):
        rows.sort(key=lambda row: row.start_s or 0)
    return rows


def period_of(rows: Sequence[VisitRow], kind: HalfYearKind, *, whole: bool = True) -> Period:
    """The half-years that the rows touch (`whole`), else from the first day to the last.

    Half-years that would be too long for one plan give way to the days themselves; raises InvalidValue where these
    are too many as well.
    """
    first, last = min(rows, key=lambda row: row.day), max(rows, key=lambda row: row.day)
    period = Period(first.day, last.day)
    if len(period) > DAYS_MAX:
        raise InvalidValue(
            "Bảng trải từ {first} (dòng {first_row}) tới {last} (dòng {last_row}), dài {days} ngày; một kế hoạch dài "
            "nhất {most} ngày. Sửa ngày viết nhầm, hoặc chia bảng thành nhiều tệp.",
            field="day",
            value=day_text(last.day),
            first=day_text(first.day),
            first_row=first.number,
            last=day_text(last.day),
            last_row=last.number,
            days=len(period),
            most=DAYS_MAX,
        )
    touched = Period(half_year_of(first.day, kind).period.first, half_year_of(last.day, kind).period.last)
    return touched if whole and len(touched) <= DAYS_MAX else period

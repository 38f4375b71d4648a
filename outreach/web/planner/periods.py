"""The stretches of days by which lists are narrowed: half-years for needs, years for days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from outreach.domain.times import HalfYear, Period
from outreach.i18n import translate
from outreach.services.registers.listing import ListSpec

YEARS_BACK, YEARS_AHEAD = 3, 2


@dataclass(frozen=True, slots=True)
class Offered:
    """One stretch: the word of the address, its name, its days."""

    key: str
    name: str
    period: Period


def half_year_name(half_year: HalfYear) -> str:
    """ "6 tháng đầu năm 2027"."""
    if half_year.half == 1:
        return translate("6 tháng đầu năm {year}", year=half_year.year)
    return translate("6 tháng cuối năm {year}", year=half_year.year)


def half_years_around(now: HalfYear) -> tuple[HalfYear, ...]:
    """The running half-year with two on each side, the latest first."""
    return (now.next().next(), now.next(), now, now.previous(), now.previous().previous())


def offered_half_years(half_years: Sequence[HalfYear]) -> tuple[Offered, ...]:
    """Half-years by name."""
    return tuple(Offered(f"{one.year}-{one.half}", half_year_name(one), one.period) for one in half_years)


def offered_years(today: date) -> tuple[Offered, ...]:
    """Calendar years around today."""
    years = range(today.year + YEARS_AHEAD, today.year - YEARS_BACK - 1, -1)
    return tuple(Offered(str(year), str(year), Period(date(year, 1, 1), date(year, 12, 31))) for year in years)


def periods_offered(spec: ListSpec, *, today: date, half_years: Sequence[HalfYear]) -> tuple[Offered, ...]:
    """What a list offers: nothing when its rows have no days."""
    if spec.days is None:
        return ()
    return offered_half_years(half_years) if spec.by_half_year else offered_years(today)


def period_called(offered: Sequence[Offered], key: str) -> Period | None:
    """The days of the stretch with this key."""
    return next((one.period for one in offered if one.key == key), None)

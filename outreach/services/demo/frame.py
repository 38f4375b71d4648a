"""The demo's place in time: which half-year is planned, which ones lie behind, and the school year around them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from outreach.domain.calendar import CLOSES_SCHOOLS, STOPS_VEHICLES, SpecialDay, TermSpan, overlap, working_days
from outreach.domain.times import HalfYear, Period, half_year_of
from outreach.domain.visits import CalendarKind
from outreach.services.calendars import public_holidays

ENOUGH_WORKING_DAYS = 60
HALF_YEARS_BEHIND = 4  # so that the last two have their same period of the year before


@dataclass(frozen=True, slots=True)
class SchoolTerm:
    """One term or summer with its name."""

    name: str
    span: TermSpan


@dataclass(frozen=True)
class Frame:
    """Everything that follows from `today` alone."""

    today: date
    half_year: HalfYear
    period: Period
    days: tuple[SpecialDay, ...]
    terms: tuple[SchoolTerm, ...]
    behind: tuple[tuple[HalfYear, Period], ...]  # half-years with recorded visits, oldest first

    @cached_property
    def days_off(self) -> frozenset[date]:
        """Days on which nobody drives."""
        return frozenset(d.day for d in self.days if d.kind in STOPS_VEHICLES)

    @cached_property
    def school_days_off(self) -> frozenset[date]:
        """Days on which schools receive nobody, terms apart."""
        return self.days_off | {d.day for d in self.days if d.kind in CLOSES_SCHOOLS}

    @cached_property
    def school_days(self) -> frozenset[date]:
        """Days in term on which schools receive visitors."""
        spans = [term.span.period for term in self.terms if term.span.kind == "term"]
        return frozenset(day for span in spans for day in span.days()) - self.school_days_off

    @property
    def plan_name(self) -> str:
        """The name of the plan to be made."""
        half = "đầu" if self.half_year.half == 1 else "cuối"
        name = f"Kế hoạch 6 tháng {half} năm {self.half_year.year}"
        whole = self.period == self.half_year.period
        return name if whole else f"{name} (từ {self.period.first:%d/%m})"

    @property
    def campaign_week(self) -> Period:
        """Monday to Friday of the week many schools wish for: book day in April, learning week in October."""
        if self.half_year.half == 1:
            monday = monday_from(date(self.half_year.year, 4, 15))
        else:
            monday = monday_from(date(self.half_year.year, 9, 29))
        return Period(monday, monday + timedelta(days=4))


def monday_from(day: date) -> date:
    """The first Monday on or after `day`."""
    return day + timedelta(days=-day.weekday() % 7)


def frame_of(today: date) -> Frame:
    """The frame of a demonstration that is shown on `today`."""
    running = half_year_of(today)
    years = range(running.year - 3, running.year + 2)
    public = public_holidays(years)
    tomorrow = today + timedelta(days=1)
    rest = Period(tomorrow, running.period.last) if tomorrow <= running.period.last else None
    if rest and len(working_days(rest, public)) >= ENOUGH_WORKING_DAYS:
        planned, period = running, Period(monday_from(tomorrow), running.period.last)
    else:
        planned = running.next()
        period = planned.period
    return Frame(
        today=today,
        half_year=planned,
        period=period,
        days=tuple(sorted([*public, *_school_days_off(years, public), *_campaigns(years)])),
        terms=tuple(term for year in years for term in _school_year(year)),
        behind=tuple(_behind(planned, running, tomorrow)),
    )


def _behind(planned: HalfYear, running: HalfYear, tomorrow: date) -> Iterator[tuple[HalfYear, Period]]:
    """Four half-years before the planned one, and its own days so far; the running one ends yesterday."""
    half_years = [planned]
    for _ in range(HALF_YEARS_BEHIND):
        half_years.insert(0, half_years[0].previous())
    for half_year in half_years:
        if half_year == planned and planned != running:
            continue
        passed = overlap(half_year.period, Period(date.min, tomorrow - timedelta(days=2)))
        if passed:
            yield half_year, passed


def _school_year(year: int) -> tuple[SchoolTerm, ...]:
    """The school year that begins in `year`, after the frame of 2025-26: 35 weeks in two terms."""
    label = f"{year}-{year + 1}"
    return (
        SchoolTerm(f"Học kỳ I {label}", TermSpan("term", Period(date(year, 9, 5), date(year + 1, 1, 17)))),
        SchoolTerm(f"Học kỳ II {label}", TermSpan("term", Period(date(year + 1, 1, 18), date(year + 1, 5, 31)))),
        SchoolTerm(f"Hè {year + 1}", TermSpan("summer", Period(date(year + 1, 6, 1), date(year + 1, 8, 31)))),
    )


def _school_days_off(years: Iterable[int], public: Iterable[SpecialDay]) -> Iterator[SpecialDay]:
    """Opening day, Tết break and examination weeks of schools."""
    tet: dict[int, list[date]] = {}
    for special in public:
        if "Tết" in special.name and "Dương lịch" not in special.name:
            tet.setdefault(special.day.year, []).append(special.day)
    for year in years:
        yield SpecialDay(date(year, 9, 5), CalendarKind.SCHOOL_BREAK, "Khai giảng năm học mới")
        about_two_weeks = Period(min(tet[year]) - timedelta(days=3), max(tet[year]) + timedelta(days=4))
        for day in about_two_weeks.days():
            yield SpecialDay(day, CalendarKind.SCHOOL_BREAK, "Học sinh nghỉ Tết")
        yield from _exams(monday_from(date(year, 1, 4)), 1, "Kiểm tra cuối học kỳ I")
        yield from _exams(monday_from(date(year, 5, 3)), 2, "Kiểm tra cuối học kỳ II")


def _exams(monday: date, weeks: int, name: str) -> Iterator[SpecialDay]:
    for offset in range(7 * weeks):
        day = monday + timedelta(days=offset)
        if day.weekday() < 5:
            yield SpecialDay(day, CalendarKind.EXAM, name)


def _campaigns(years: Iterable[int]) -> Iterator[SpecialDay]:
    for year in years:
        yield SpecialDay(date(year, 4, 21), CalendarKind.CAMPAIGN, "Ngày Sách và Văn hóa đọc Việt Nam")
        for day in range(1, 8):
            name = "Tuần lễ hưởng ứng học tập suốt đời"
            yield SpecialDay(date(year, 10, day), CalendarKind.CAMPAIGN, name)
        yield SpecialDay(date(year, 11, 20), CalendarKind.CAMPAIGN, "Ngày Nhà giáo Việt Nam")
        yield SpecialDay(date(year, 12, 22), CalendarKind.CAMPAIGN, "Ngày thành lập Quân đội nhân dân Việt Nam")

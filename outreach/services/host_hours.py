"""When the hosts of a plan receive the bus: the window around each visit."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.times import Period, TimeWindow
from outreach.domain.visits import CalendarKind
from outreach.store.calendars import CalendarDay, Term
from outreach.store.plans import Stop, Tour
from outreach.store.sites import SiteWindow

SATURDAY = 5


class HostHours:
    """Service windows of sites, looked up by day; three statements whatever the number of sites."""

    def __init__(
        self, windows: dict[int, list[SiteWindow]], terms: list[tuple[str, Period]], *, made_up: set[date]
    ) -> None:
        self._windows = windows
        self._terms = terms
        self._made_up = made_up

    @classmethod
    def of_plan(cls, session: Session, plan_id: int) -> "HostHours":
        """The windows of all sites that a plan visits."""
        visited = select(Stop.site_id).join(Tour, Tour.id == Stop.tour_id).where(Tour.plan_id == plan_id)
        windows: dict[int, list[SiteWindow]] = defaultdict(list)
        for window in session.scalars(
            select(SiteWindow).where(SiteWindow.site_id.in_(visited)).order_by(SiteWindow.id)
        ):
            windows[window.site_id].append(window)
        terms = [(term.kind, Period(term.first_day, term.last_day)) for term in session.scalars(select(Term))]
        worked = select(CalendarDay.day).where(CalendarDay.kind == CalendarKind.MADE_UP_DAY)
        return cls(windows, terms, made_up=set(session.scalars(worked)))

    def around(self, site_id: int, day: date, start_s: int, end_s: int) -> TimeWindow | None:
        """The host's window in which the service from `start_s` to `end_s` lies; None if none does."""
        kinds = {"", *(kind for kind, period in self._terms if day in period)}
        for window in self._windows.get(site_id, ()):
            fits = window.start_s <= start_s and end_s <= window.end_s
            weekend = day in self._made_up and day.weekday() >= SATURDAY  # worked in exchange, with a weekday's hours
            if fits and (weekend or day.weekday() in window.weekdays) and window.term in kinds:
                return TimeWindow(window.start_s, window.end_s)
        return None

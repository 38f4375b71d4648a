"""Every price of the planner in one place, and a plan measured in figures.

Prices are in seconds of driving, so that each can be read as "worth so much more road".
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outreach.routing.solution import Figures

if TYPE_CHECKING:
    from outreach.routing.problem import Need, Problem, Site
    from outreach.routing.solution import Solution

HOUR_S = 3_600
PINNED_S = 10_000_000  # a pinned visit: more than any number of others it can push out, in seconds of driving
LONG_AGO_DAYS = 365  # a site not seen for a year or never waits no longer than this
NEAR_DAYS = 30  # a visit farther ahead than this is moved at the plain price,
NEAR_TIMES = 2  # one of today at so many times more
AWAY_DAYS = 60  # from the announced day: what is moved farther than that costs no more


@dataclass(frozen=True, slots=True)
class Prices:
    """What each thing is worth. Visits come first: the least of them is dearer than any day's driving."""

    missed_visit_s: int = 40_000  # for a visit of priority 1
    priority_s: int = 20_000  # more for each priority above 1
    remote_s: int = 8_000  # more for a site in a remote, border, island or ethnic-minority commune
    waiting_s: int = 30  # more for each day since the last visit, up to a year
    tour_s: int = 2_400  # sending a crew out at all: 40 minutes of road
    work_percent: int = 5  # of each second between leaving and returning: waiting is not free
    wrong_week_s: int = 1_200  # a visit outside the weeks the host wished for
    night_s: int = 5_400  # a night of a crew away from home: an hour and a half of road
    off_beat_s: int = 1_200  # a visit off the weekday, half-day or weeks of its need's rhythm, where that is a wish
    moved_s: int = 35_000  # an announced visit not made on its day, a month ahead or more: dearer than a day of driving
    moved_day_s: int = 30  # more for each day between the announced day and the one it is made on, up to 60
    other_vehicle_s: int = 1_200  # one made on its day by another vehicle
    balance_vehicles: int = 0  # percent of an hour for an hour a day above a vehicle's share; of four for two
    balance_weeks: int = 0  # the same of a week
    balance_days: int = 0  # the same of a day above `long_day_s`
    long_day_s: int = 8 * HOUR_S  # from here on a day is long
    group_s: int = 0  # each tour beyond the first that visits sites of one group

    def of_missing(self, need: "Need", site: "Site", first: date) -> int:
        """What leaving out one visit of `need` at `site` costs in a horizon that begins on `first`."""
        waited = LONG_AGO_DAYS if need.last_visit is None else (first - need.last_visit).days
        return (
            self.missed_visit_s
            + self.priority_s * (need.priority - 1)
            + self.remote_s * site.remote
            + self.waiting_s * min(max(waited, 0), LONG_AGO_DAYS)
        )

    def of_tour(self, drive_s: int, work_s: int) -> float:
        """What a tour costs that drives and lasts so long."""
        long = price_of_share(self.balance_days, work_s - self.long_day_s)
        return self.tour_s + drive_s + self.work_percent * work_s / 100 + long

    def of_day(self, need: "Need", day: date) -> int:
        """What a visit of `need` on `day` costs beside its driving."""
        if not need.preferred_weeks or date.fromordinal(day.toordinal() - day.weekday()) in need.preferred_weeks:
            return 0
        return self.wrong_week_s

    def of_moving(self, days_ahead: int) -> int:
        """What it costs not to make an announced visit on its day, so many days ahead: more the sooner it is."""
        near = NEAR_DAYS - min(max(days_ahead, 0), NEAR_DAYS)
        return self.moved_s + NEAR_TIMES * self.moved_s * near // NEAR_DAYS

    def of_distance(self, days: int) -> int:
        """What it costs more to make a moved visit so many days from where it was announced."""
        return self.moved_day_s * min(days, AWAY_DAYS)


def price_of_share(percent: int, over_s: int, days: int = 1) -> float:
    """What it costs, in seconds, to work `over_s` more than is fair in so many days: a square, so that it is shared."""
    return percent * max(over_s, 0) ** 2 / (100 * HOUR_S * days)


def week_of(day: date) -> str:
    """The week of a day, as ISO writes it."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def measure(problem: "Problem", solution: "Solution") -> Figures:
    """The plan in figures."""
    tours = list(solution.tours())
    stops = [stop for tour in tours for stop in tour.stops]
    work = Counter({vehicle.id: 0 for vehicle in problem.vehicles})
    drive_s, bounds = sum(tour.drive_s for tour in tours), solution.bounds
    if bounds and (bounds.visits, bounds.drive_s) != (len(stops), drive_s):
        bounds = None  # they speak of another plan, from which this one was made
    weeks = Counter({week_of(day): 0 for day in problem.horizon.days()})
    for tour in tours:
        work[tour.vehicle_id] += tour.return_s - tour.leave_s
        weeks[week_of(tour.day)] += tour.return_s - tour.leave_s
    reasons: Counter[str] = Counter()
    for unserved in solution.unserved:
        if unserved.reasons:
            reasons[unserved.reasons[0].code.value] += unserved.missing
    return Figures(
        visits=len(stops),
        wanted=sum(need.quota for need in problem.needs),
        sites_reached=len({stop.site_id for stop in stops}),
        trips=len(solution.trips),
        tours=len(tours),
        drive_s=drive_s,
        service_s=sum(stop.end_s - stop.start_s for stop in stops),
        distance_m=sum(tour.distance_m for tour in tours),
        work_s_by_vehicle=tuple(work.items()),
        unserved_by_reason=tuple(reasons.most_common()),
        work_s_by_week=tuple(weeks.items()),
        groups_split=_groups_split(problem, solution),
        served_bound=bounds.served_bound if bounds else None,
        driving_bound_s=bounds.driving_bound_s if bounds else None,
    )


def _groups_split(problem: "Problem", solution: "Solution") -> int:
    """Tours beyond the first that visit sites of one group, over all groups."""
    group = {site.id: site.group for site in problem.sites}
    seen = {(group.get(stop.site_id, ""), tour.vehicle_id, tour.day) for tour, stop in solution.stops()}
    return sum(count - 1 for name, count in Counter(name for name, _, _ in seen).items() if name)

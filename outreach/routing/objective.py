"""Every price of the planner in one place, and a plan measured in figures.

Prices are in seconds of driving, so that each can be read as "worth so much more road".
"""

from collections import Counter

from outreach.routing.problem import Need, Problem
from outreach.routing.solution import Figures, Solution

MISSED_VISIT = 40_000  # for a visit of priority 1; far above any day's driving
PRIORITY_STEP = 20_000  # more for each priority above 1
TOUR = 2_400  # sending a crew out at all: 40 minutes of road
WORK_SECOND = 0.05  # for each second between leaving and returning: waiting is not free
WRONG_WEEK = 1_200  # a visit outside the weeks the host wished for


def price_of_missing(need: Need) -> int:
    """What leaving out one visit of `need` costs."""
    return MISSED_VISIT + PRIORITY_STEP * (need.priority - 1)


def price_of_tour(drive_s: int, work_s: int) -> float:
    """What a tour costs that drives and lasts so long."""
    return TOUR + drive_s + WORK_SECOND * work_s


def measure(problem: Problem, solution: Solution) -> Figures:
    """The plan in figures."""
    tours = list(solution.tours())
    stops = [stop for tour in tours for stop in tour.stops]
    work = Counter({vehicle.id: 0 for vehicle in problem.vehicles})
    for tour in tours:
        work[tour.vehicle_id] += tour.return_s - tour.leave_s
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
        drive_s=sum(tour.drive_s for tour in tours),
        service_s=sum(stop.end_s - stop.start_s for stop in stops),
        distance_m=sum(tour.distance_m for tour in tours),
        work_s_by_vehicle=tuple(work.items()),
        unserved_by_reason=tuple(reasons.most_common()),
    )

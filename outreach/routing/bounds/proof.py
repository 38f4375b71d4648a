"""What is proven of a plan: how many visits there can be at most, and how little driving at least."""

import time

from outreach.routing.bounds.alike import Alike
from outreach.routing.bounds.driving import driving_bound
from outreach.routing.bounds.served import served_bound
from outreach.routing.expand import Horizon
from outreach.routing.problem import Problem
from outreach.routing.solution import Bounds, Solution

SERVED_SHARE = 0.4  # of the time, for the bound on visits where it is not plain


def bounds_of(problem: Problem, solution: Solution, *, seconds: float, horizon: Horizon | None = None) -> Bounds:
    """Both bounds of a sound plan of `problem`, in about `seconds`; more time may bring them nearer."""
    until = time.monotonic() + seconds
    alike = Alike(horizon or Horizon(problem))
    visits, drive_s = sum(1 for _ in solution.stops()), sum(tour.drive_s for tour in solution.tours())
    served = served_bound(alike, made=visits, seconds=(until - time.monotonic()) * SERVED_SHARE)
    driving = driving_bound(alike, solution, seconds=until - time.monotonic())
    return Bounds(visits, drive_s, max(served, 0), driving)

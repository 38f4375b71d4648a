"""What is proven of a plan: how many visits there can be at most, and how little driving at least."""

import time
from dataclasses import dataclass

from outreach.routing.bounds.alike import Alike
from outreach.routing.bounds.driving import driving_bound
from outreach.routing.bounds.served import served_bound
from outreach.routing.expand import Horizon
from outreach.routing.problem import Problem
from outreach.routing.solution import Solution

SERVED_SHARE = 0.4  # of the time, for the bound on visits where it is not plain


@dataclass(frozen=True, slots=True)
class Bounds:
    """A plan's visits and driving with what no plan can exceed or undercut; None where nothing is proven.

    `driving_bound_s` is about all plans that make at least as many visits of each need.
    """

    visits: int
    drive_s: int
    served_bound: int | None = None
    driving_bound_s: int | None = None

    @property
    def served_gap(self) -> float | None:
        """The share of the visits there can be at most that the plan does not make."""
        return None if self.served_bound is None else 1 - self.visits / max(self.served_bound, 1)

    @property
    def driving_gap(self) -> float | None:
        """By what share the plan drives more than the least there can be."""
        return None if not self.driving_bound_s else self.drive_s / self.driving_bound_s - 1


def bounds_of(problem: Problem, solution: Solution, *, seconds: float, horizon: Horizon | None = None) -> Bounds:
    """Both bounds of a sound plan of `problem`, in about `seconds`; more time may bring them nearer."""
    until = time.monotonic() + seconds
    alike = Alike(horizon or Horizon(problem))
    visits, drive_s = sum(1 for _ in solution.stops()), sum(tour.drive_s for tour in solution.tours())
    served = served_bound(alike, made=visits, seconds=(until - time.monotonic()) * SERVED_SHARE)
    driving = driving_bound(alike, solution, seconds=until - time.monotonic())
    return Bounds(visits, drive_s, max(served, 0), driving)

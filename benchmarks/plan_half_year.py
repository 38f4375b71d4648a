"""The half-year of the demonstration planned from nothing: how soon there is a plan, and how good the last one is.

    python -m benchmarks.plan_half_year --seconds 45 --seed 1

Builds the demonstration as it looks on a fixed day into a folder of its own, so that two runs can be compared.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from outreach.routing.checks import check
from outreach.routing.objective import measure
from outreach.routing.problem import Problem
from outreach.routing.solution import Progress, Solution
from outreach.routing.solve import solve
from outreach.services.demo import build_demo
from outreach.services.problems import build_problem
from outreach.settings import Settings
from outreach.store import schema
from outreach.wiring import House, open_house

if sys.platform != "win32":  # which keeps no such account
    import resource

TODAY = date(2026, 11, 23)


@contextmanager
def empty_house() -> Iterator[House]:
    """An installation with tables and nothing in them, gone at the end."""
    with tempfile.TemporaryDirectory() as folder:
        house = open_house(Settings(instance=folder))
        try:
            schema.upgrade(house.engine)
            yield house
        finally:
            house.close()


def half_year(today: date) -> Problem:
    """The problem of the demonstration's plan as it looks on `today`."""
    with empty_house() as house:
        with house.session(everywhere=True) as session:
            demo = build_demo(session, today=today)
        with house.session(organisation_id=demo.organisation_id, write=False) as session:
            return build_problem(session, demo.plan_id, today=today)


def peak_mb() -> float | None:
    """The most memory this process has held, in MB; None where nobody counts it."""
    if sys.platform == "win32":
        return None
    units = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / units


def print_figures(problem: Problem, solution: Solution, first_s: float) -> None:
    """One line a figure."""
    figures, breaches = measure(problem, solution), check(problem, solution)
    reasons = ", ".join(f"{code} {count}" for code, count in figures.unserved_by_reason)
    memory = peak_mb()
    print(f"first plan: {first_s:.1f} s")
    print(f"visits: {figures.visits} of {figures.wanted}")
    print(f"unserved: {reasons or 'none'}")
    print(f"driving: {figures.distance_m / 1000:.0f} km, {figures.drive_s / 3600:.0f} h, {figures.tours} tours")
    if memory is not None:
        print(f"peak memory, the demonstration included: {memory:.0f} MB")
    print(f"judge: {len(breaches)} broken rules" if breaches else "judge: sound")


def main() -> None:
    """Plan once and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=TODAY)
    options = parser.parse_args()
    problem = half_year(options.today)
    plans_at: list[float] = []

    def hear(progress: Progress) -> None:
        if progress.solution is not None:
            plans_at.append(progress.elapsed_s)

    solution = solve(problem, seconds=options.seconds, seed=options.seed, report=hear)
    print_figures(problem, solution, plans_at[0])


if __name__ == "__main__":
    main()

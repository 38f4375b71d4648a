"""The one door: a Problem goes in, a judged Solution comes out, and every better plan is told on the way."""

import random
import time
from collections.abc import Callable
from dataclasses import replace

from outreach.domain.errors import BrokenPlan
from outreach.routing.assign import TOO_MANY_CHOICES, Assignment, draft_of
from outreach.routing.checks import check
from outreach.routing.day import best_order
from outreach.routing.draft import Desk, Draft, Round, draft_from
from outreach.routing.expand import Horizon
from outreach.routing.explain import explain
from outreach.routing.objective import measure
from outreach.routing.problem import Problem
from outreach.routing.search import HOT_S, WARM_S, fill, improve
from outreach.routing.solution import Ending, Phase, Progress, Solution
from outreach.routing.validate import validate

Report = Callable[[Progress], None]

ASSIGN_SHARE = 0.15  # of the time for CP-SAT's choice of days, the rest for ruin and recreate
LAST_SHARE = 0.06  # for order, reasons and judging
TELL_EVERY_S = 0.5


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 1,
    workers: int = 1,
    start: Solution | None = None,
    report: Report | None = None,
) -> Solution:
    """Plan `problem` within about `seconds`.

    Parameters
    ----------
    problem : Problem
        What is to be planned; looked over first.
    seconds : float
        Wall time; the first sound plan is reported long before.
    seed : int
        Start of all chance.
    workers : int
        Threads CP-SAT may use.
    start : Solution, optional
        A plan that stands already, of the same or an older problem: what of it still holds is improved,
        and the result is never dearer than that.
    report : callable, optional
        Hears of each phase and of each better plan. Every plan it hears of has passed the judge.

    Returns
    -------
    Solution
        Every hard rule kept; what is missing carries reasons found by trying each vehicle-day again.

    Raises
    ------
    InvalidValue
        The problem does not fit together; the field and what would be right are named.
    BrokenPlan
        The judge found a breach: a fault of the planner, never to be shown or saved.
    """
    return _Run(problem, seconds=seconds, seed=seed, workers=workers, report=report).go(start)


class _Run:
    def __init__(self, problem: Problem, *, seconds: float, seed: int, workers: int, report: Report | None) -> None:
        self.problem = problem
        self.seed, self.workers, self.report = seed, workers, report
        self.began = time.monotonic()
        self.end = self.began + seconds
        self.until = self.began + seconds * (1 - LAST_SHARE)
        self.assign_until = self.began + seconds * ASSIGN_SHARE
        self.best: Draft | None = None
        self.told_at = 0.0

    def go(self, start: Solution | None) -> Solution:
        """Check, travel, first plan, CP-SAT's choice of days, ruin and recreate, orders, reasons, judge."""
        self.say(Phase.CHECKING)
        validate(self.problem)
        self.say(Phase.TRAVEL)
        horizon = Horizon(self.problem)
        desk = Desk(horizon, seed=self.seed)
        self.say(Phase.DAYS)
        first = Draft(desk)
        fill(first)
        hot_s = HOT_S
        if start is not None:
            standing = draft_from(desk, start)
            fill(standing)
            if standing.price <= first.price:
                first, hot_s = standing, WARM_S
        self.take(first, at_once=True)
        self.choose_days(desk)
        rng = random.Random(self.seed)  # noqa: S311
        best = improve(self.kept, until=self.until, rng=rng, hot_s=hot_s, better=self.take)
        self.say(Phase.TIMES)
        best = best.copy()
        order_days(best, until=self.end)
        fill(best)
        self.say(Phase.JUDGING)
        ending = Ending.TIME_UP if time.monotonic() >= self.until else Ending.FINISHED
        solution = self.judged(best, ending)
        self.say(Phase.JUDGING, solution)
        return solution

    @property
    def kept(self) -> Draft:
        """The best draft so far; there is one from the first plan on."""
        assert self.best is not None
        return self.best

    def choose_days(self, desk: Desk) -> None:
        """CP-SAT's choice of days, from the first plan on."""
        choices = sum(len(found) for found in desk.allowed.values())
        left = self.assign_until - time.monotonic()
        if not choices or choices > TOO_MANY_CHOICES or left < 0.2:
            return
        assignment = Assignment(desk)
        assignment.hint(self.kept)

        def better(chosen: dict[int, list[str]]) -> None:
            draft = draft_of(desk, chosen)
            fill(draft)
            if draft.price < self.kept.price:
                self.take(draft)

        left = self.assign_until - time.monotonic()
        if left > 0:
            assignment.solve(seconds=left, seed=self.seed, workers=self.workers, better=better)

    def take(self, draft: Draft, *, at_once: bool = False) -> None:
        """Keep a better draft and tell of it, though not more often than a person can read."""
        self.best = draft
        now = time.monotonic()
        if self.report is not None and (at_once or now - self.told_at >= TELL_EVERY_S):
            self.told_at = now
            self.say(Phase.DAYS, self.judged(draft, Ending.STOPPED))

    def judged(self, draft: Draft, ending: Ending) -> Solution:
        """The draft as a solution with its reasons, after the judge has found nothing."""
        solution = replace(draft.solution(seed=self.seed, ending=ending), unserved=explain(draft))
        breaches = check(self.problem, solution)
        if breaches:
            raise BrokenPlan(
                "Kế hoạch vừa xếp vi phạm quy tắc {rule} tại {where}; không được lưu",
                rule=breaches[0].rule.value,
                where=breaches[0].where,
            )
        return solution

    def say(self, phase: Phase, solution: Solution | None = None) -> None:
        """Tell the listener where the run is."""
        if self.report is None:
            return
        figures = measure(self.problem, solution) if solution else None
        self.report(Progress(phase, time.monotonic() - self.began, figures, solution))


def order_days(draft: Draft, *, until: float) -> None:
    """Let the day planner put each round into a better order where it knows one; ends at `until` (monotonic)."""
    desk = draft.desk
    for k, old in list(draft.rounds.items()):
        if time.monotonic() >= until:
            return
        order = best_order(desk.clock, desk.depots[k], old.calls)
        if order is None:
            continue
        found = desk.round_of(k, order)
        if isinstance(found, Round) and found.price < old.price:
            draft.replace_order(k, found)

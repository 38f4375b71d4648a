"""The one door: a Problem goes in, a judged Solution comes out, and every better plan is told on the way."""

import time
from collections.abc import Callable
from dataclasses import replace

from outreach.domain.errors import BrokenPlan
from outreach.routing.checks import check
from outreach.routing.day import EASY_STOPS, best_order
from outreach.routing.draft import Desk, Draft, draft_from, draft_of, fill
from outreach.routing.expand import Horizon
from outreach.routing.explain import explain
from outreach.routing.objective import measure
from outreach.routing.problem import Problem
from outreach.routing.solution import Ending, Phase, Progress, Solution
from outreach.routing.validate import validate

Report = Callable[[Progress], None]

FIRST_MOST = 100_000  # needs x vehicle-days up to which a first plan is made before the kernel is there
PHASES = ((0.64, 1.0), (0.12, 0.3), (0.12, 0.3), (0.12, 0.2))  # share of the search, and of the full heat
WARM = 0.3  # at most, where a plan stands already
ENOUGH_ROUNDS = 50_000  # for each visit; a few schools are planned in seconds, whatever time there is
RECOMBINE_SHARE = 0.025  # of the time at most, after each phase
LAST_SHARE = 0.06  # of the time for order, reasons and judging
TELL_EVERY_S = 0.5


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    rounds: int | None = None,
    seed: int = 1,
    start: Solution | None = None,
    report: Report | None = None,
) -> Solution:
    """Plan `problem` within about `seconds`, or in so many rounds of the search.

    Parameters
    ----------
    problem : Problem
        What is to be planned; looked over first.
    seconds : float, optional
        Wall time; the first sound plan is reported long before. Plans of two runs may differ.
    rounds : int, optional
        Rounds of ruin and recreate instead of a time: same problem, seed and rounds give the same plan byte for byte.
    seed : int
        Start of all chance.
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
    if seconds is None and rounds is None:
        seconds = 45.0
    return _Run(problem, seconds=seconds, rounds=rounds, seed=seed, report=report).go(start)


class _Run:
    def __init__(
        self, problem: Problem, *, seconds: float | None, rounds: int | None, seed: int, report: Report | None
    ) -> None:
        self.problem = problem
        self.rounds, self.seed, self.report = rounds, seed, report
        self.began = time.monotonic()
        self.end = self.began + (seconds if seconds is not None else float("inf"))
        self.until = self.began + (seconds or 0.0) * (1 - LAST_SHARE)
        self.recombine_s = (seconds or 0.0) * RECOMBINE_SHARE
        self.told_at = 0.0
        self.ending = Ending.FINISHED

    def go(self, start: Solution | None) -> Solution:
        """Check, travel, first plan, ruin and recreate, orders, reasons, judge."""
        self.say(Phase.CHECKING)
        validate(self.problem)
        self.say(Phase.TRAVEL)
        horizon = Horizon(self.problem)
        desk = Desk(horizon, seed=self.seed)
        self.say(Phase.DAYS)
        best = self.first(desk, start)
        best = self.improved(desk, best, warm=start is not None)
        self.say(Phase.TIMES)
        order_days(best, until=self.end, easy_only=self.rounds is not None)
        fill(best)
        self.say(Phase.JUDGING)
        solution = self.judged(best, self.ending)
        self.say(Phase.JUDGING, solution)
        return solution

    def first(self, desk: Desk, start: Solution | None) -> Draft:
        """The standing plan with what fits, or a plan by cheapest insertion, whichever costs less; told at once."""
        best = draft_from(desk, start) if start is not None else Draft(desk)
        if len(self.problem.needs) * len(desk.vehicle_days) <= FIRST_MOST:
            fill(best)
            if start is not None:
                fresh = Draft(desk)
                fill(fresh)
                best = min(best, fresh, key=lambda draft: draft.price)
            self.take(best)
        return best

    def improved(self, desk: Desk, first: Draft, *, warm: bool) -> Draft:
        """The best plan the search finds from `first` on."""
        from outreach.routing.search import Budget, Search  # noqa: PLC0415 - numba and the kernel: told first

        search = Search(desk.horizon, seed=self.seed)
        needs = self.problem.needs
        numbers = {need.id: u for u, need in enumerate(needs)}
        search.load({k: [numbers[call.need_id] for call in found.calls] for k, found in first.rounds.items()})
        price = search.best_price

        def draft() -> Draft:
            rounds = {k: [needs[u].id for u in order] for k, order in search.best_rounds().items()}
            return draft_of(desk, rounds)

        def tell(_: Search) -> None:
            if self.report is not None and time.monotonic() - self.told_at >= TELL_EVERY_S:
                self.take(draft())

        hot_s = search.full_heat_s()
        to_come = 1.0
        for share, heat in PHASES:
            if self.rounds is not None:
                budget = Budget(round(self.rounds * share))
            else:
                now = time.monotonic()
                rounds = round(ENOUGH_ROUNDS * max(search.world.number("visits"), 10) * share)
                budget = Budget(rounds, until=now + (self.until - now) * share / to_come - self.recombine_s)
            search.run(budget, hot_s=hot_s * (min(heat, WARM) if warm else heat), tell=tell)
            search.back_to_best()
            self.ending = Ending.TIME_UP if time.monotonic() >= budget.until else Ending.FINISHED
            if self.rounds is None and self.until > time.monotonic():
                search.recombine(seconds=self.recombine_s)
            to_come -= share
        return draft() if search.best_price < price else first

    def take(self, draft: Draft) -> None:
        """Tell of a better draft."""
        if self.report is not None:
            self.told_at = time.monotonic()
            self.say(Phase.DAYS, self.judged(draft, Ending.STOPPED))

    def judged(self, draft: Draft, ending: Ending) -> Solution:
        """The draft as a solution with its reasons, after the judge has found nothing."""
        solution = draft.solution(seed=self.seed, ending=ending)
        return judged(self.problem, replace(solution, unserved=explain(draft)))

    def say(self, phase: Phase, solution: Solution | None = None) -> None:
        """Tell the listener where the run is."""
        if self.report is None:
            return
        figures = measure(self.problem, solution) if solution else None
        self.report(Progress(phase, time.monotonic() - self.began, figures, solution))


def judged(problem: Problem, solution: Solution) -> Solution:
    """`solution`, after the judge has found nothing; else BrokenPlan names the first breach."""
    breaches = check(problem, solution)
    if breaches:
        raise BrokenPlan(
            "Kế hoạch vừa xếp vi phạm quy tắc {rule} tại {where}; không được lưu",
            rule=breaches[0].rule.value,
            where=breaches[0].where,
        )
    return solution


def order_days(draft: Draft, *, until: float, easy_only: bool) -> None:
    """Let the day planner put each round into a better order where it knows one; ends at `until` (monotonic).

    With `easy_only` only days for which it needs no time limit, so that the same plan comes out again.
    """
    desk = draft.desk
    for k, old in list(draft.rounds.items()):
        if time.monotonic() >= until:
            return
        if easy_only and len(old.calls) > EASY_STOPS:
            continue
        found = best_order(desk, k, old.calls)
        if found is not None and found.price < old.price:
            draft.replace_order(k, found)

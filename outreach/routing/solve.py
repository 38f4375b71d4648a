"""The one door: a Problem goes in, a judged Solution comes out, and every better plan is told on the way."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.domain.errors import BrokenPlan, InvalidValue
from outreach.routing.bounds.waiting import Proof
from outreach.routing.checks import check
from outreach.routing.day import EASY_STOPS, best_order
from outreach.routing.draft import Desk, Draft, fill
from outreach.routing.expand import Horizon
from outreach.routing.explain import explain
from outreach.routing.objective import measure
from outreach.routing.pins import put_pins
from outreach.routing.problem import Problem
from outreach.routing.redraft import draft_of, forms_of, take_over
from outreach.routing.solution import Ending, Phase, Progress, Solution
from outreach.routing.team import MOST_MEMBERS, Quest, Schedule, Sign, Team
from outreach.routing.validate import validate
from outreach.routing.versions import versions

if TYPE_CHECKING:
    from outreach.routing.search import Search

Report = Callable[[Progress], None]

FIRST_MOST = 100_000  # needs x vehicle-days up to which a first plan is made before the kernel is there
PHASES = ((0.64, 1.0), (0.12, 0.3), (0.12, 0.3), (0.12, 0.2))  # share of the search, and of the full heat
WARM = 0.3  # at most, where a plan stands already
ENOUGH_ROUNDS = 50_000  # for each visit; a few schools are planned in seconds, whatever time there is
RECOMBINE_SHARE = 0.025  # of the time at most, after each phase
LAST_SHARE = 0.06  # of the time for order, reasons and judging
BOUND_SHARE = 0.15  # of the time, to prove how far from the best possible the plan is,
BOUND_FROM_S = 10  # where there is so much of it
TELL_EVERY_S = 0.5
TELL_SHARE = 0.2  # of the searching time at most; a plan of a thousand visits takes a second to explain and judge
TEAM_TELL_SHARE = 0.5  # of the parent's time, who does not search
PHASE_OF = {Sign.COMPILING: Phase.COMPILING, Sign.READY: Phase.DAYS}


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    rounds: int | None = None,
    seed: int = 1,
    processes: int = 1,
    start: Solution | None = None,
    report: Report | None = None,
    prove: bool = True,
) -> Solution:
    """Plan `problem` within about `seconds`, or in so many rounds of the search.

    Parameters
    ----------
    problem : Problem
        What is to be planned; looked over first.
    seconds : float, optional
        Wall time, beside that of compiling the search once after an update; the first sound plan is reported long
        before. Plans of two runs may differ.
    rounds : int, optional
        Rounds of ruin and recreate instead of a time: same problem, seed and rounds give the same plan byte for byte.
    seed : int
        Start of all chance.
    processes : int
        Searches at the same time, each in a process of its own; more than one only with a time, and on machines
        with a core for each.
    start : Solution, optional
        A plan that stands already, of the same or an older problem: what of it still holds is improved,
        and the result is never dearer than that.
    report : callable, optional
        Hears of each phase and of each better plan. Every plan it hears of has passed the judge.
    prove : bool
        Spend the last of a longer time on how far from the best possible the plan is.

    Returns
    -------
    Solution
        Every hard rule kept; what is missing carries reasons found by trying each vehicle-day again.

    Raises
    ------
    InvalidValue
        The problem does not fit together, or the limits do not; the field and what would be right are named.
    BrokenPlan
        The judge found a breach: a fault of the planner, never to be shown or saved.
    """
    if seconds is None and rounds is None:
        seconds = 45.0
    most = MOST_MEMBERS if rounds is None else 1
    if not 1 <= processes <= most:
        raise InvalidValue(
            "{field}: cần số từ 1 đến {most}, khi giới hạn bằng số vòng thì đúng 1, không phải {value}",
            field="processes",
            value=processes,
            most=MOST_MEMBERS,
        )
    run = _Run(problem, seconds=seconds, rounds=rounds, seed=seed, processes=processes, report=report)
    run.share_time(seconds, prove=prove)
    return run.go(start)


class _Run:
    def __init__(
        self,
        problem: Problem,
        *,
        seconds: float | None,
        rounds: int | None,
        seed: int,
        processes: int,
        report: Report | None,
    ) -> None:
        self.problem = problem
        self.rounds, self.seed, self.processes, self.report = rounds, seed, processes, report
        self.began = time.monotonic()
        self.recombine_s = (seconds or 0.0) * RECOMBINE_SHARE
        self.told_price = float("inf")
        self.tell_again_at = 0.0
        self.tell_share = TELL_SHARE if processes == 1 else TEAM_TELL_SHARE
        self.rounds_done = 0
        self.ending = Ending.FINISHED

    def share_time(self, seconds: float | None, *, prove: bool) -> None:
        """Which moments end the search and the rest; without proofs the search has their time."""
        proofs = prove and (seconds or 0.0) >= BOUND_FROM_S
        self.bound_s = (seconds or 0.0) * BOUND_SHARE if proofs else 0.0
        self.end = self.began + (seconds if seconds is not None else float("inf")) - self.bound_s
        self.until = self.began + (seconds or 0.0) * (1 - LAST_SHARE) - self.bound_s

    def put_off(self, seconds: float) -> None:
        """Compiling, once after each update, takes nothing from the time of the search."""
        self.end += seconds
        self.until += seconds

    def go(self, start: Solution | None) -> Solution:
        """Check, travel, first plan, ruin and recreate, orders, reasons, judge, bounds."""
        self.say(Phase.CHECKING)
        validate(self.problem)
        self.say(Phase.TRAVEL)
        horizon = Horizon(self.problem)
        desk = Desk(horizon, seed=self.seed)
        self.say(Phase.DAYS)
        proof = Proof() if self.bound_s else None
        best = self.first(desk, start)
        best = self.improved(desk, best, warm=start is not None)
        self.say(Phase.TIMES)
        order_days(best, until=self.end, easy_only=self.rounds is not None)
        fill(best)
        self.say(Phase.JUDGING)
        solution = self.judged(best, self.ending, nearest=True)
        self.say(Phase.JUDGING, solution)
        if proof is not None:
            self.say(Phase.BOUNDING)
            solution = replace(solution, bounds=proof.of(horizon, solution, seconds=self.bound_s))
            self.say(Phase.BOUNDING, solution)
        return solution

    def first(self, desk: Desk, start: Solution | None) -> Draft:
        """The standing plan with what fits, or a plan by cheapest insertion, whichever costs less; told at once."""
        best = put_pins(Draft(desk), start)
        if start is not None:
            take_over(best, start)
        if len(self.problem.needs) * len(desk.vehicle_days) <= FIRST_MOST:
            fill(best)
            if start is not None:
                fresh = put_pins(Draft(desk), None)
                fill(fresh)
                best = min(best, fresh, key=lambda draft: draft.price)
            self.take(best)
        return best

    def improved(self, desk: Desk, first: Draft, *, warm: bool) -> Draft:
        """The best plan the search finds from `first` on."""
        start = Schedule(forms_of(first), first.nights)
        found = (self.alone if self.processes == 1 else self.together)(desk, start, warm=warm)
        return first if found is None else found

    def alone(self, desk: Desk, start: Schedule, *, warm: bool) -> Draft | None:
        """The best plan that one search in this process finds; None if none is better than `start`."""
        from outreach.routing.kernel.compiled import is_cold  # noqa: PLC0415 - numba and the kernel: told first
        from outreach.routing.search import Search  # noqa: PLC0415

        cold, began = is_cold(), time.monotonic()
        if cold:
            self.say(Phase.COMPILING)
        search = Search(desk.horizon, seed=self.seed)
        search.load(start)
        search.get_ready()
        if cold:
            self.put_off(time.monotonic() - began)
            self.say(Phase.DAYS)
        price = self.told_price = search.best_price

        def look(_: "Search") -> None:
            self.rounds_done = search.rounds_done
            if self.may_tell(search.best_price):
                self.tell(self.draft(desk, search.best()), search.best_price)

        self.ending = descend(
            search, rounds=self.rounds, until=self.until, recombine_s=self.recombine_s, warm=warm, look=look
        )
        self.rounds_done = search.rounds_done
        if search.best_price >= price:
            return None
        return self.last(self.draft(desk, search.best()), search.best_price)

    def together(self, desk: Desk, start: Schedule, *, warm: bool) -> Draft | None:
        """The best plan that the members of a team find; None if none is better than `start`."""
        quest = Quest(self.problem, self.seed, start, warm=warm, until=self.until, recombine_s=self.recombine_s)
        best, ending, phase = None, None, Phase.DAYS
        with Team(quest, self.processes) as team:
            for word in team.words():
                if word.sign is Sign.FOUND and (best is None or word.price < best.price):
                    best, self.rounds_done = word, word.rounds
                elif word.sign is Sign.DONE:
                    ending = word.ending
                elif (now := PHASE_OF.get(word.sign, phase)) is not phase:
                    phase = now
                    self.say(phase)
                if best is not None and self.may_tell(best.price):
                    self.tell(self.draft(desk, best.plan), best.price)
        no_end = Ending.TIME_UP if time.monotonic() >= self.until else Ending.STOPPED  # nobody lived to the end
        self.ending = ending or no_end
        return None if best is None else self.last(self.draft(desk, best.plan), best.price)

    def draft(self, desk: Desk, plan: Schedule) -> Draft:
        """The search's plan with exact times."""
        forms = desk.horizon.forms
        rounds = {k: [forms[number] for number in order] for k, order in plan.rounds.items()}
        return draft_of(desk, rounds, plan.nights)

    def may_tell(self, price: float) -> bool:
        """Whether a plan of this price is news, and the last telling long enough ago."""
        return self.report is not None and price < self.told_price and time.monotonic() >= self.tell_again_at

    def tell(self, draft: Draft, price: float) -> None:
        """Tell of a better plan of the search."""
        began = time.monotonic()
        self.take(draft)
        self.told_price = price
        self.tell_again_at = began + max(TELL_EVERY_S, (time.monotonic() - began) / self.tell_share)

    def last(self, draft: Draft, price: float) -> Draft:
        """The search's last plan, told before its days are put in order."""
        if price < self.told_price:
            self.tell(draft, price)
        return draft

    def take(self, draft: Draft) -> None:
        """Judge a draft and tell of it."""
        if self.report is not None:
            self.say(Phase.DAYS, self.judged(draft, Ending.STOPPED))

    def judged(self, draft: Draft, ending: Ending, *, nearest: bool = False) -> Solution:
        """The draft as a solution with its reasons, after the judge has found nothing."""
        solution = replace(
            draft.solution(seed=self.seed, ending=ending),
            unserved=explain(draft, nearest=nearest),
            rounds=self.rounds_done,
            processes=self.processes,
            versions=versions(),
        )
        return judged(self.problem, solution)

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


def descend(
    search: "Search",
    *,
    until: float,
    recombine_s: float,
    warm: bool,
    look: Callable[["Search"], None],
    rounds: int | None = None,
    meet: Callable[["Search"], None] | None = None,
) -> Ending:
    """Search phase after phase until a moment of time.monotonic, or for so many rounds.

    `look` sees the search at the end of each stretch and after each recombination, `meet` at the end of each phase.
    """
    from outreach.routing.search import Budget  # noqa: PLC0415 - numba and the kernel: only whoever searches

    ending, to_come = Ending.FINISHED, 1.0
    hot_s = search.full_heat_s()
    for share, heat in PHASES:
        if rounds is not None:
            budget = Budget(round(rounds * share))
        else:
            now = time.monotonic()
            most = round(ENOUGH_ROUNDS * max(search.world.number("visits"), 10) * share)
            budget = Budget(most, until=now + (until - now) * share / to_come - recombine_s)
        search.run(budget, hot_s=hot_s * (min(heat, WARM) if warm else heat), look=look)
        search.back_to_best()
        ending = Ending.TIME_UP if time.monotonic() >= budget.until else Ending.FINISHED
        if meet is not None:
            meet(search)
        if rounds is None and until > time.monotonic():
            search.recombine(seconds=recombine_s)
            look(search)
        to_come -= share
    return ending


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
        found = best_order(desk, k, old.calls, ends=draft.ends(k))
        if found is not None and draft.price_of_replacing(k, found) < 0:
            draft.replace_order(k, found)

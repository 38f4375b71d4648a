"""A published plan that a disruption has hit, mended with as few changes as can be."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from outreach.domain.errors import InvalidValue
from outreach.routing.checks import check
from outreach.routing.differences import VisitChange, VisitChangeKind, changes_between
from outreach.routing.disruptions import Disruption, disturbed
from outreach.routing.draft import Desk, Draft, fill
from outreach.routing.expand import Horizon
from outreach.routing.explain import explain
from outreach.routing.nearest import with_nearest
from outreach.routing.objective import measure
from outreach.routing.pins import put_pins
from outreach.routing.problem import Announced, FrozenDay, Pin, Problem, Turn
from outreach.routing.redraft import draft_of, forms_of, take_over
from outreach.routing.rhythm import has_beat
from outreach.routing.solution import Ending, Phase, Progress, Solution, Tour, Trip
from outreach.routing.solve import judged
from outreach.routing.standing import tour_at_hours, what_stands
from outreach.routing.team import Schedule
from outreach.routing.validate import validate
from outreach.routing.versions import versions

Report = Callable[[Progress], None]

TOLERANCE_S = 900  # a visit at most so much earlier or later is still at its time
SEARCH_SHARE = 0.5  # of the time, what is looked over before included; the rest is for reasons and the judge
HOURS_SHARE = 0.5  # of the search with hours kept, before they are let go
LEAST_S = 1.0  # of a search, once its tables stand: on a busy machine they take what it was to have
WARM = 0.2  # of the full heat: the plan stands already
ENOUGH_ROUNDS = 5_000  # for each visit


@dataclass(frozen=True, slots=True)
class Mended:
    """The problem as it is with the disruptions, a sound plan for it, and what that changes of the published one.

    `lost` counts the announced visits that could not stay: on vehicle-days that fell away, at closed sites, or of a day
    that became too short.
    """

    problem: Problem
    solution: Solution
    changes: tuple[VisitChange, ...]
    lost: int

    @property
    def moved(self) -> int:
        """How many announced visits are not made on their day."""
        return sum(change.kind in (VisitChangeKind.MOVED, VisitChangeKind.DROPPED) for change in self.changes)


def mend(
    problem: Problem,
    published: Solution,
    disruptions: Sequence[Disruption],
    *,
    today: date,
    seconds: float = 10.0,
    rounds: int | None = None,
    seed: int = 1,
    tolerance_s: int = TOLERANCE_S,
    report: Report | None = None,
) -> Mended:
    """Mend `published` after `disruptions`: what still holds stays, what lost its place finds another.

    Parameters
    ----------
    problem : Problem
        What the plan was made for.
    published : Solution
        The plan people were told of. Before `today` it must be sound: that part is kept as it was.
    disruptions : sequence of Disruption
        What has changed since, see `disturbed`. None: nothing changes but what was unsound.
    today : date
        The first day that may change; how near a visit is to it says how dear it is to move it.
    seconds : float
        Wall time, about.
    rounds : int, optional
        Rounds of the search instead of a time: the same plan again.
    seed : int
        Start of all chance.
    tolerance_s : int
        A visit that begins at most so much earlier or later is not told as a change.
    report : callable, optional
        Hears of each phase and of the plan.

    Raises
    ------
    InvalidValue
        The problem, a disruption or the past of the plan does not fit together, or what is pinned cannot be kept.
    BrokenPlan
        The judge found a breach: a fault of the planner.
    """
    began = time.monotonic()
    validate(problem)
    run = _Run(announced_from(problem, published, today), published, disruptions, began=began, report=report)
    solution = run.go(seconds=seconds, rounds=rounds, seed=seed)
    changes = changes_between(run.problem, disruptions, published, solution, tolerance_s=tolerance_s)
    return Mended(run.problem, solution, changes, len(run.start.lost))


def announced_from(problem: Problem, published: Solution, today: date) -> Problem:
    """`problem` with all visits of `published` from `today` on announced, and those before it pinned as they were.

    Raises InvalidValue where the past of the plan breaks a rule.
    """
    needs, vehicles = {need.id for need in problem.needs}, {vehicle.id for vehicle in problem.vehicles}
    begun = [trip for trip in published.trips if trip.tours[0].day < today]
    fixed = {(tour.vehicle_id, tour.day) for trip in begun for tour in trip.tours}
    announced = tuple(
        Announced(stop.need_id, tour.day, tour.vehicle_id)
        for tour, stop in published.stops()
        if tour.day >= today and stop.need_id in needs and tour.vehicle_id in vehicles and tour.day in problem.horizon
    )
    made = {(stop.need_id, tour.day) for trip in begun for tour in trip.tours for stop in tour.stops}
    pins = (pin for pin in problem.pins if pin.day is None or (pin.day >= today and (pin.need_id, pin.day) not in made))
    frozen = (one for one in problem.frozen if one.day >= today and (one.vehicle_id, one.day) not in fixed)
    told = replace(
        problem,
        today=today,
        announced=announced,
        pins=(*pins, *(pin for trip in begun for tour in trip.tours for pin in _pins_of(tour))),
        frozen=(*frozen, *(one for trip in begun if len(trip.tours) > 1 for one in _frozen_of(trip))),
    )
    wrong = next((breach for breach in check(told, published) if breach.day is not None and breach.day < today), None)
    if wrong is not None:
        raise InvalidValue(
            "{field}: trước hôm nay kế hoạch đã vi phạm quy tắc {rule} tại {value} ngày {day}",
            field="solution",
            value=wrong.where,
            rule=wrong.rule.value,
            day=f"{wrong.day:%d/%m/%Y}",
        )
    return told


def _frozen_of(trip: Trip) -> Iterator[FrozenDay]:
    """Every day of a trip with its night: one that is under way goes on as it was."""
    for tour in trip.tours:
        yield FrozenDay(tour.vehicle_id, tour.day, None if tour is trip.tours[-1] else tour.end_place_id)


def _pins_of(tour: Tour) -> Iterator[Pin]:
    """Every visit of a tour at its time and place in the order."""
    for i, stop in enumerate(tour.stops):
        after = tour.stops[i - 1].need_id if i else None
        turn = None if i else Turn.FIRST
        yield Pin(stop.need_id, tour.day, tour.vehicle_id, stop.start_s, stop.end_s, turn=turn, after=after)


class _Run:
    """One mending: first with every hour that was told, then without where that serves more or moves less."""

    def __init__(
        self,
        told: Problem,
        published: Solution,
        disruptions: Sequence[Disruption],
        *,
        began: float,
        report: Report | None,
    ) -> None:
        self.began, self.report = began, report
        self.say(Phase.CHECKING)
        self.told, self.published = told, published
        self.problem = disturbed(told, disruptions)
        validate(self.problem)
        self.say(Phase.TRAVEL)
        self.desk = Desk(Horizon(self.problem))
        self.start = what_stands(self.desk, published)
        self.seed, self.rounds_done = 1, 0
        self.waited_s = 0.0  # for the search to be compiled, once after each update

    def go(self, *, seconds: float, rounds: int | None, seed: int) -> Solution:
        """What stands, the searches, times, reasons, judge."""
        self.seed = seed
        span = seconds * SEARCH_SHARE
        ends = (self.began + span * HOURS_SHARE, self.began + span)
        self.say(Phase.DAYS)
        draft, pinned = self.first()
        if pinned:
            held = self.desk.horizon.with_hours(self.start.hours)
            draft = self.better(draft, held, until=ends[0], rounds=rounds)
        if not pinned or self.wants(draft):
            draft = self.better(draft, self.desk.horizon, until=ends[1], rounds=rounds)
        fill(draft)
        self.say(Phase.JUDGING)
        solution = self.judged(draft)
        self.say(Phase.JUDGING, solution)
        return solution

    def first(self) -> tuple[Draft, bool]:
        """What stands, and whether that holds every pin; else the pins first and what of the plan fits beside them."""
        beats = any(has_beat(need) for need in self.problem.needs)  # half-days are taken over one visit at a time
        draft = self.start.draft
        if not beats and all(pin.day is None or pin.day in draft.days[pin.need_id] for pin in self.problem.pins):
            return draft, True
        draft = put_pins(Draft(self.desk), self.published)
        take_over(draft, self.published)
        return draft, False

    def wants(self, draft: Draft) -> bool:
        """Whether a visit is missing that was not missing before, or one was moved that had not lost its place."""
        there = {(need_id, day) for need_id, days in draft.days.items() for day in days}
        gone = {(told.need_id, told.day) for told in self.problem.announced} - there
        return bool(self.newly_missing(draft)) or not gone <= self.start.lost

    def newly_missing(self, draft: Draft) -> frozenset[str]:
        """The needs of which the draft makes fewer visits than were published or are asked for since."""
        made = Counter(stop.need_id for _, stop in self.published.stops())
        old = {need.id for need in self.told.needs}
        wanted = {need.id: made[need.id] if need.id in old else need.quota for need in self.problem.needs}
        return frozenset(need_id for need_id, days in draft.days.items() if len(days) < wanted[need_id])

    def better(self, draft: Draft, horizon: Horizon, *, until: float, rounds: int | None) -> Draft:
        """What the search finds from `draft` on in `horizon`, if its visits are worth more, else `draft`."""
        from outreach.routing.kernel.compiled import is_cold  # noqa: PLC0415 - numba and the kernel: told first
        from outreach.routing.search import Budget, Search  # noqa: PLC0415

        cold = is_cold()
        if cold:
            self.say(Phase.COMPILING)
        search = Search(horizon, seed=self.seed)
        search.load(Schedule(forms_of(draft), draft.nights))
        before = time.monotonic()
        search.get_ready()
        if cold:
            self.waited_s += time.monotonic() - before
        most = ENOUGH_ROUNDS * max(search.world.number("visits"), 10)
        ready = time.monotonic() + LEAST_S
        budget = Budget(most, until=max(until + self.waited_s, ready)) if rounds is None else Budget(rounds)
        search.run(budget, hot_s=search.full_heat_s() * WARM, look=lambda _: None)
        self.rounds_done += search.rounds_done
        forms, best = horizon.forms, search.best()
        found = draft_of(self.desk, {k: [forms[f] for f in order] for k, order in best.rounds.items()}, best.nights)
        return found if _worth(found) < _worth(draft) else draft

    def judged(self, draft: Draft) -> Solution:
        """The draft as a solution with hours kept where they can be, and its reasons; the judge has found nothing.

        How near a missing visit came is looked for only where the published plan made it.
        """
        new, unserved = self.newly_missing(draft), explain(draft, nearest=False)
        near = {one.need_id: one for one in with_nearest(draft, (one for one in unserved if one.need_id in new))}
        solution = Solution(
            trips=(),
            unserved=tuple(near.get(one.need_id, one) for one in unserved),
            seed=self.seed,
            ending=Ending.FINISHED,
            rounds=self.rounds_done,
            versions=versions(),
        )
        return judged(self.problem, self.with_tours(draft, solution))

    def with_tours(self, draft: Draft, solution: Solution) -> Solution:
        """`solution` with the tours of the draft; with the same visits as they were published, where they can be."""
        old = {(tour.vehicle_id, tour.day): tour for tour in self.published.tours()}
        trips = draft.solution(seed=self.seed, ending=Ending.FINISHED).trips
        as_told = [replace(trip, tours=tuple(self._as_told(draft, tour, old) for tour in trip.tours)) for trip in trips]
        tried = replace(solution, trips=tuple(as_told))
        wrong = {breach.day for breach in check(self.problem, tried)}
        if not wrong:
            return tried
        past = self.desk.horizon.is_past
        for i, trip in enumerate(as_told):
            tours = (
                self._at_hours(draft, one, old) if one.day in wrong and not past(one.day) else one for one in trip.tours
            )
            as_told[i] = replace(trip, tours=tuple(tours))
        return replace(solution, trips=tuple(as_told))

    def _as_told(self, draft: Draft, tour: Tour, old: Mapping[tuple[str, date], Tour]) -> Tour:
        """The tour as it was published where it has the same visits and ends, else with the hours that can be kept."""
        was = old.get((tour.vehicle_id, tour.day))
        if was is not None and _frame(was) == _frame(tour):
            return was
        return self._at_hours(draft, tour, old)

    def _at_hours(self, draft: Draft, tour: Tour, old: Mapping[tuple[str, date], Tour]) -> Tour:
        place = (tour.vehicle_id, tour.day)
        return tour_at_hours(draft, self.desk.numbers[place], old.get(place))

    def say(self, phase: Phase, solution: Solution | None = None) -> None:
        """Tell the listener where the run is."""
        if self.report is not None:
            figures = measure(self.problem, solution) if solution else None
            self.report(Progress(phase, time.monotonic() - self.began, figures, solution))


def _worth(draft: Draft) -> float:
    """What a draft's visits cost, moved and missing ones, without any driving."""
    return draft.price - sum(found.price for found in draft.rounds.values())


def _frame(tour: Tour) -> tuple[str, str, frozenset[str]]:
    """Where a tour begins and ends, and whom it visits."""
    return tour.start_place_id, tour.end_place_id, frozenset(stop.need_id for stop in tour.stops)

"""The smallest changes that let a visit in: each is made, the visit put in and the plan judged before it is offered."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import permutations

from outreach.domain.errors import InvalidValue
from outreach.domain.times import TimeWindow
from outreach.routing.changes import Change, ChangeKind, changes_of
from outreach.routing.checks import check
from outreach.routing.draft import ALL_ORDERS_UP_TO, Draft, Round
from outreach.routing.eased import changed
from outreach.routing.expand import Horizon, base_of
from outreach.routing.explain import explain_standing, in_step, standing
from outreach.routing.hurdles import Lack, Spot, Wish
from outreach.routing.nearest import RANK, WaysIn
from outreach.routing.problem import Need, Problem, Vehicle
from outreach.routing.solution import Hurdle, Solution, Stop, Tour, Trip
from outreach.routing.solve import judged
from outreach.routing.timeline import Call, Clock, Ends, Times, call_of
from outreach.routing.travel.great_circle import estimate
from outreach.routing.validate import validate

ROOMS_MOST = 24  # visits whose place would do that are looked at for another place of their own
TRIES_MOST = 60  # vehicle-days on which the same rule would give as little, of one rule
VehicleDay = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Disturbed:
    """A visit of the plan that a fix moves: from when to when; `to_day` None: it is dropped."""

    need_id: str
    vehicle_id: str
    day: date
    start_s: int
    to_vehicle_id: str = ""
    to_day: date | None = None
    to_start_s: int = 0


@dataclass(frozen=True, slots=True)
class Fix:
    """A change with the visit it lets in, judged: where and when it is, what it costs and whom it disturbs."""

    change: Change
    start_s: int
    end_s: int
    drive_s: int  # of the whole plan, more than before
    disturbed: tuple[Disturbed, ...]
    share: float  # of its limit that the rule gives; 0: nothing has to give, 1: all of it
    tours: tuple[Tour, ...]  # as they would be; each takes the place of its vehicle-day's

    @property
    def drops(self) -> bool:
        """Whether a visit is lost for the one that is won."""
        return any(one.to_day is None for one in self.disturbed)


def fixes_for(
    problem: Problem, solution: Solution, need_id: str, *, seconds: float = 2.0, first: date | None = None
) -> tuple[Fix, ...]:
    """What would have to change for one more visit of a need, the smallest change first.

    Parameters
    ----------
    problem : Problem
        What the plan is for.
    solution : Solution
        A plan that stands, sound or not; a fix breaks no rule that it does not break.
    need_id : str
        A need; one that misses no visit has no fixes.
    seconds : float
        Wall time after which no further vehicle-day is looked at.
    first : date, optional
        The first day on which anything may be changed, such as tomorrow.

    Raises
    ------
    InvalidValue
        The problem has no such need.
    """
    return Workbench(problem, solution, first=first).fixes(need_id, seconds=seconds)


def apply(problem: Problem, fix: Fix) -> Problem:
    """`problem` with exactly what `fix` changes."""
    return changed(problem, fix.change)


def applied(problem: Problem, solution: Solution, fix: Fix) -> Solution:
    """`solution` with the visit in it, judged under the changed problem; BrokenPlan where it no longer fits."""
    eased = apply(problem, fix)
    new = _with_tours(eased, solution, fix.tours)
    return judged(eased, replace(new, unserved=explain_standing(eased, new)))


@dataclass(frozen=True, slots=True)
class _Made:
    """A change with the tours it makes, not judged yet."""

    change: Change
    problem: Problem
    tours: tuple[Tour, ...]
    share: float
    disturbed: tuple[Disturbed, ...]
    drive_s: int


class Workbench:
    """A plan laid out, so that the fixes of one need after the other can be found."""

    def __init__(self, problem: Problem, solution: Solution, *, first: date | None = None) -> None:
        self.problem = replace(problem, travel=problem.travel or estimate(problem.places))
        self.solution = solution
        self.draft, taken = standing(self.problem, solution)
        self.horizon = self.draft.desk.horizon
        self.tours: dict[VehicleDay, Tour] = {(tour.vehicle_id, tour.day): tour for tour in solution.tours()}
        far = {(tour.vehicle_id, tour.day) for trip in solution.trips if len(trip.tours) > 1 for tour in trip.tours}
        self.ways = WaysIn(self.draft, taken)
        begin = max(day for day in (first, problem.today, problem.horizon.first) if day is not None)
        self.spots = [spot for spot in self.ways.spots if (spot.vehicle.id, spot.day) not in far and spot.day >= begin]
        self.known = Counter(check(self.problem, in_step(self.problem, solution)))
        numbers = self.draft.desk.numbers
        self.may_take = {numbers[at] for spot in self.spots if (at := (spot.vehicle.id, spot.day)) in numbers}
        self._elsewhere: dict[tuple[str, date], VehicleDay | None] = {}

    def fixes(self, need_id: str, *, seconds: float = 2.0) -> tuple[Fix, ...]:
        """The best fix of each rule that alone would let a visit of the need in, the smallest change first."""
        need = self.horizon.needs.get(need_id)
        if need is None:
            raise InvalidValue("{field}: không có mã {value}", field="need_id", value=need_id)
        wish = self.ways.wish(need)
        if len(wish.days) >= need.quota:
            return ()
        until = time.monotonic() + seconds
        found = [self._judged_first(made) for made in self._by_rule(wish, until)]
        fixes = [fix for fix in found if fix is not None]
        return tuple(sorted(fixes, key=_smallness))

    def _by_rule(self, wish: Wish, until: float) -> Iterator[list[_Made]]:
        """For each rule, and for another visit's place, what can be made, the least disturbing first."""
        best: dict[Hurdle, tuple[Lack, Spot]] = {}
        ties: defaultdict[Hurdle, list[tuple[Lack, Spot]]] = defaultdict(list)
        free: list[Spot] = []
        for spot in self.spots:
            if time.monotonic() >= until:
                break
            if self.ways.is_open(wish, spot):
                free.append(spot)
                continue
            for lack in self.ways.as_near(wish, spot, best):
                if lack.hurdle not in best or lack.amount < best[lack.hurdle][0].amount:
                    best[lack.hurdle] = lack, spot
                    ties[lack.hurdle] = []
                ties[lack.hurdle].append((lack, spot))
        if free:
            yield _least_first(self._make(self._no_change(wish, spot), 0.0) for spot in free[:TRIES_MOST])
            return
        for found in ties.values():
            yield _least_first(self._mended(wish, lack, spot) for lack, spot in found[:TRIES_MOST])
        yield from self._rooms(wish, until)

    def _no_change(self, wish: Wish, spot: Spot) -> Change:
        return Change(None, wish.need.id, spot.vehicle.id, spot.day)

    def _mended(self, wish: Wish, lack: Lack, spot: Spot) -> _Made | None:
        """The visit on `spot` with the rule eased, by round amounts where they do."""
        for change in changes_of(self.draft, lack, spot, wish):
            if made := self._make(change, lack.share):
                return made
        return None

    def _make(self, change: Change, share: float) -> _Made | None:
        """The visit on the vehicle-day of `change`, with the rest of the day as it is."""
        try:
            problem = changed(self.problem, change)
            validate(problem)
        except InvalidValue:
            return None
        at = (change.vehicle_id, change.day)
        tour = _inserted(Horizon(problem), self.tours.get(at), change.need_id, at)
        return None if tour is None else self._weighed(change, problem, (tour,), share)

    def _weighed(self, change: Change, problem: Problem, tours: tuple[Tour, ...], share: float) -> _Made:
        old = [self.tours[at] for tour in tours if (at := (tour.vehicle_id, tour.day)) in self.tours]
        drive_s = sum(tour.drive_s for tour in tours) - sum(tour.drive_s for tour in old)
        return _Made(change, problem, tours, share, tuple(_disturbed(old, tours)), drive_s)

    def _judged_first(self, made: Sequence[_Made]) -> Fix | None:
        """The first that the judge accepts: it finds nothing that it had not found before."""
        for one in made:
            new = _with_tours(one.problem, self.solution, one.tours)
            if not Counter(check(one.problem, new)) - self.known:
                stop = next(s for s in one.tours[0].stops if s.need_id == one.change.need_id)
                return Fix(
                    one.change, stop.start_s, stop.end_s, one.drive_s, one.disturbed, round(one.share, 4), one.tours
                )
        return None

    # another visit's place

    def _rooms(self, wish: Wish, until: float) -> Iterator[list[_Made]]:
        """Another visit moves to a place of its own, or, where none can, one of no higher priority is dropped."""
        givers: list[tuple[Spot, Call]] = []
        for spot in self.spots:
            if time.monotonic() >= until:
                break
            givers += [(spot, other) for other in self.ways.givers(wish, spot)]
        givers.sort(key=lambda one: self._worth(one[1]))
        moved = (self._moved(wish, spot, other) for spot, other in givers[:ROOMS_MOST])
        if with_place := _least_first(moved):
            yield with_place
            return
        may_go = [(s, o) for s, o in givers if self.horizon.needs[o.need_id].priority <= wish.need.priority]
        least = [one for one in may_go if self._worth(one[1]) == self._worth(may_go[0][1])]
        yield _least_first(self._dropped(wish, spot, other) for spot, other in least[:ROOMS_MOST])

    def _worth(self, call: Call) -> int:
        return self.horizon.price_of_missing(self.horizon.needs[call.need_id])

    def _moved(self, wish: Wish, spot: Spot, other: Call) -> _Made | None:
        """`other` on another vehicle-day that has room for it as things are."""
        at, to = (spot.vehicle.id, spot.day), self._other_place(other.need_id, spot.day)
        if to is None or to == at:
            return None
        here = _inserted(self.horizon, self.tours[at], wish.need.id, at, without=other.need_id)
        there = _inserted(self.horizon, self.tours.get(to), other.need_id, to)
        if here is None or there is None:
            return None
        change = Change(Hurdle.ROOM, wish.need.id, *at, amount=1, other_need_id=other.need_id)
        return self._weighed(change, self.problem, (here, there), 0.0)

    def _dropped(self, wish: Wish, spot: Spot, other: Call) -> _Made | None:
        at = (spot.vehicle.id, spot.day)
        here = _inserted(self.horizon, self.tours[at], wish.need.id, at, without=other.need_id)
        change = Change(Hurdle.ROOM, wish.need.id, *at, amount=1, other_need_id=other.need_id)
        return None if here is None else self._weighed(change, self.problem, (here,), 1.0)

    def _other_place(self, need_id: str, day: date) -> VehicleDay | None:
        """The cheapest vehicle-day that could take the visit of `day` as well; the draft is as before afterwards."""
        if (need_id, day) not in self._elsewhere:
            draft, need = self.draft, self.horizon.needs[need_id]
            days = draft.days[need_id]
            draft.days[need_id] = tuple(other for other in days if other != day)
            found = self._cheapest(draft, need, but=day)
            draft.days[need_id] = days
            self._elsewhere[need_id, day] = found
        return self._elsewhere[need_id, day]

    def _cheapest(self, draft: Draft, need: Need, *, but: date) -> VehicleDay | None:
        best: tuple[float, int] | None = None
        for k in draft.desk.allowed(need):
            place = draft.desk.vehicle_days[k]
            held: Round | None = draft.rounds.get(k)
            own = held is not None and any(call.need_id == need.id for call in held.calls)
            if k not in self.may_take or (own and place.day == but):
                continue
            found = draft.price_of_adding(need, k, limit=best[0] if best else float("inf"))
            if found is not None and (best is None or found[0] < best[0]):
                best = found[0], k
        if best is None:
            return None
        place = draft.desk.vehicle_days[best[1]]
        return place.vehicle.id, place.day


def _smallness(fix: Fix) -> tuple[bool, float, int, int, int]:
    """No visit lost, then the smallest share of a limit, the rule that gives most easily, whom it disturbs, road."""
    rank = -1 if fix.change.rule is None else RANK[fix.change.rule]
    return fix.drops, fix.share, rank, len(fix.disturbed), fix.drive_s


def _least_first(made: Iterator[_Made | None]) -> list[_Made]:
    """Whatever could be made, the least disturbing and then the shortest first."""
    found = [one for one in made if one is not None]
    return sorted(found, key=lambda one: (len(one.disturbed), one.drive_s, one.change.day, one.change.vehicle_id))


def _inserted(horizon: Horizon, tour: Tour | None, need_id: str, at: VehicleDay, *, without: str = "") -> Tour | None:
    """The tour with one more visit, and `without` another; the others at their hours if they can, else in order."""
    vehicle, day = horizon.vehicles[at[0]], at[1]
    call = call_of(horizon, horizon.needs[need_id], vehicle, day)
    stops = [stop for stop in tour.stops if stop.need_id != without] if tour else []
    others = [call_of(horizon, horizon.needs[stop.need_id], vehicle, day) for stop in stops]
    kept = [_at_its_hours(other, stop) for other, stop in zip(others, stops, strict=True)]
    clock, ends = Clock(horizon, horizon.rules_on(vehicle, day)), _ends(horizon, vehicle, day, tour)
    ways = [_in_between(kept, call), _in_between(others, call)]
    if len(others) < ALL_ORDERS_UP_TO:
        ways.append(permutations((*others, call)))
    for orders in ways:  # the least change first
        if best := _cheapest_order(horizon, clock, ends, orders):
            return clock.tour(vehicle, day, ends, *best)
    return None


def _ends(horizon: Horizon, vehicle: Vehicle, day: date, tour: Tour | None) -> Ends:
    """Where the vehicle's day starts and ends: at its base, or as its tour does."""
    base = base_of(vehicle, day)
    start, end = (tour.start_place_id, tour.end_place_id) if tour else (base, base)
    return horizon.travel.index[start], horizon.travel.index[end]


def _in_between(others: Sequence[Call], call: Call) -> Iterator[tuple[Call, ...]]:
    """`call` at each place of an order that stays."""
    return ((*others[:i], call, *others[i:]) for i in range(len(others) + 1))


def _at_its_hours(call: Call, stop: Stop) -> Call:
    if stop.end_s <= stop.start_s:  # a service of no time has no hours to keep
        return call
    return replace(call, windows=(TimeWindow(stop.start_s, stop.end_s),), service_s=stop.end_s - stop.start_s)


def _cheapest_order(
    horizon: Horizon, clock: Clock, ends: Ends, orders: Iterator[tuple[Call, ...]]
) -> tuple[tuple[Call, ...], Times] | None:
    best: tuple[float, tuple[Call, ...], Times] | None = None
    for order in orders:
        times = clock.times(ends, order)
        if isinstance(times, Times):
            price = horizon.problem.prices.of_tour(times.drive_s, times.return_s - times.leave_s)
            if best is None or price < best[0]:
                best = price, order, times
    return best and best[1:]


def _disturbed(old: Sequence[Tour], new: Sequence[Tour]) -> Iterator[Disturbed]:
    """The visits of the old tours that are at another time in the new ones, or in none."""
    now = {(stop.need_id, tour.day): (tour, stop) for tour in new for stop in tour.stops}
    elsewhere = {stop.need_id: (tour, stop) for tour in new for stop in tour.stops}
    for tour in old:
        for stop in tour.stops:
            at = now.get((stop.need_id, tour.day)) or elsewhere.get(stop.need_id)
            was = (stop.need_id, tour.vehicle_id, tour.day, stop.start_s)
            if at is None:
                yield Disturbed(*was)
            elif (at[0].vehicle_id, at[0].day, at[1].start_s) != was[1:]:
                yield Disturbed(*was, at[0].vehicle_id, at[0].day, at[1].start_s)


def _with_tours(problem: Problem, solution: Solution, tours: Sequence[Tour]) -> Solution:
    """`solution` with these tours in the places of their vehicle-days, and what is missing counted anew."""
    new = {(tour.vehicle_id, tour.day): tour for tour in tours}
    trips = []
    for trip in solution.trips:
        own = tuple(new.pop((tour.vehicle_id, tour.day), tour) for tour in trip.tours)
        trips.append(replace(trip, tours=own))
    for tour in new.values():
        later = (i for i, trip in enumerate(trips) if trip.tours and trip.tours[0].day > tour.day)
        trips.insert(next(later, len(trips)), Trip(tour.vehicle_id, (tour,)))
    return in_step(problem, replace(solution, trips=tuple(trips)))


__all__ = ["Change", "ChangeKind", "Disturbed", "Fix", "Workbench", "applied", "apply", "fixes_for"]

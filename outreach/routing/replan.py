"""One to four vehicle-days of a plan planned again and nothing else touched: what stands behind hand edits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from math import inf

from outreach.domain.errors import InvalidValue
from outreach.routing.checks import check
from outreach.routing.choice import Choice, Wish
from outreach.routing.day import improved
from outreach.routing.draft import Desk, Draft, Round
from outreach.routing.expand import Horizon, base_of
from outreach.routing.explain import explain_standing
from outreach.routing.problem import Need, Problem
from outreach.routing.rhythm import settled
from outreach.routing.solution import Solution, Tour, Trip
from outreach.routing.solve import judged
from outreach.routing.validate import validate

DAYS_MOST = 4
MODEL_S = 0.1  # before the search
ALONE_S = 0.4  # instead of it

VehicleDays = Sequence[tuple[str, date]]


def replan(
    problem: Problem,
    solution: Solution,
    vehicle_days: VehicleDays,
    *,
    needs: Sequence[str] = (),
) -> Solution:
    """Plan one to four vehicle-days of `solution` again; all its other tours stay as they are.

    Takes about half a second, a second more where the search is not loaded yet. Where it is not even compiled, which
    would take some twenty, the answer is RoutingModel's alone.

    Parameters
    ----------
    problem : Problem
        What the plan is for; looked over first.
    solution : Solution
        A plan that stands. The chosen days may be unsound, such as after a hand edit; the others may not.
    vehicle_days : sequence of (vehicle id, day)
        One to four of them. Their visits may change the day and vehicle among them, their order and their times,
        and one that is worth less may make room for one that is worth more.
    needs : sequence of need ids
        One more visit of each may be taken in; a need that misses none is passed over.

    Returns
    -------
    Solution
        Every hard rule kept and what is missing explained. Never dearer than `solution` where that was sound:
        where nothing better was found it is `solution` itself.

    Raises
    ------
    InvalidValue
        The problem does not fit together, or one of the arguments is none of its.
    BrokenPlan
        The other days of `solution` are unsound, or the chosen ones and no way was found to mend them.
    """
    validate(problem)
    desk = Desk(Horizon(settled(problem, Horizon(problem), solution)))
    ks = _chosen(desk, solution, vehicle_days)
    for i, need_id in enumerate(needs):
        if need_id not in desk.horizon.needs:
            raise InvalidValue("{field}: không có mã {value}", field=f"needs[{i}]", value=need_id)
    part = _Part(desk, solution, ks, frozenset(needs), sound=not check(problem, solution))
    rounds = _best(part.choice, part.start())
    if part.sound and (not part.choice.holds(rounds) or part.choice.price_of(rounds) >= part.price):
        return solution
    new = replace(solution, trips=part.trips_with(rounds), unserved=())
    return judged(problem, replace(new, unserved=explain_standing(problem, new)))


def _best(choice: Choice, start: dict[int, Round]) -> dict[int, Round]:
    """The cheapest rounds found from `start` on, by RoutingModel and by the search that follows it."""
    from outreach.routing.kernel.compiled import is_cold  # noqa: PLC0415 - numba: not before an answer is asked for

    if is_cold():
        return improved(choice, start, seconds=ALONE_S)
    from outreach.routing.narrow import searched  # noqa: PLC0415 - numba and the kernel

    plan = improved(choice, start, seconds=MODEL_S)
    found = searched(choice, plan or start)
    return min((one for one in (plan, found) if choice.holds(one)), key=choice.price_of, default=plan)


def _chosen(desk: Desk, solution: Solution, vehicle_days: VehicleDays) -> tuple[int, ...]:
    """The desk's numbers of the vehicle-days; InvalidValue names the first that cannot be planned again."""
    if not 1 <= len(vehicle_days) <= DAYS_MOST:
        raise InvalidValue(
            "{field}: chọn từ 1 đến {most} ngày xe để xếp lại, không phải {value}",
            field="vehicle_days",
            value=len(vehicle_days),
            most=DAYS_MOST,
        )
    far = {(tour.vehicle_id, tour.day) for trip in solution.trips if len(trip.tours) > 1 for tour in trip.tours}
    for i, (vehicle_id, day) in enumerate(vehicle_days):
        field, said = f"vehicle_days[{i}]", f"{day:%d/%m/%Y}"
        if vehicle_id not in desk.horizon.vehicles:
            raise InvalidValue("{field}: không có mã {value}", field=field, value=vehicle_id)
        if (vehicle_id, day) not in desk.numbers:
            raise InvalidValue("{field}: xe {value} không chạy ngày {day}", field=field, value=vehicle_id, day=said)
        if (vehicle_id, day) in vehicle_days[:i]:
            raise InvalidValue("{field}: xe {value} ngày {day} đứng hai lần", field=field, value=vehicle_id, day=said)
        if (vehicle_id, day) in far:
            raise InvalidValue(
                "{field}: ngày {day} của xe {value} thuộc một chuyến nhiều ngày, không xếp lại riêng được",
                field=field,
                value=vehicle_id,
                day=said,
            )
    return tuple(sorted(desk.numbers[vehicle_id, day] for vehicle_id, day in vehicle_days))


class _Part:
    """The chosen vehicle-days of a plan, and what the rest of it leaves open to them."""

    def __init__(
        self, desk: Desk, solution: Solution, ks: tuple[int, ...], extra: frozenset[str], *, sound: bool
    ) -> None:
        self.desk, self.ks, self.sound = desk, ks, sound
        self.tours: list[tuple[int, Tour]] = []
        self.others: list[Trip] = []
        self.draft = Draft(desk)  # first the other days alone, as far as the chosen ones must know of them
        for trip in solution.trips:
            k = self._number(trip)
            if k in ks:
                self.tours.append((k, trip.tours[0]))
            else:
                self.others.append(trip)
                self._keep(trip)
        own = Counter(stop.need_id for _, tour in self.tours for stop in tour.stops)
        extra |= self._pinned_and_missed()
        self.extra = [need for need in self.draft.needs.values() if need.id in extra]
        asked = own + Counter(extra)
        wishes = tuple(self._wish(need, asked[need.id]) for need in self.draft.needs.values() if asked[need.id])
        crews = {key: desk.horizon.crews_at(*key) - self.draft.out[key] for key in {desk.crew_of[k] for k in ks}}
        others = self.draft.ledger.copy()
        self.choice = Choice(desk, ks, tuple(wish for wish in wishes if any(wish.sets)), crews, others)

    def _number(self, trip: Trip) -> int:
        """The desk's number of a trip's first day; -1 where its vehicle does not drive."""
        return self.desk.numbers.get((trip.vehicle_id, trip.tours[0].day), -1) if trip.tours else -1

    def _keep(self, trip: Trip) -> None:
        """The days of its needs and the crew are taken, its work and its groups are counted."""
        horizon, draft = self.desk.horizon, self.draft
        for tour in trip.tours:
            if tour.vehicle_id in horizon.vehicles:
                draft.out[base_of(horizon.vehicles[tour.vehicle_id], tour.day), tour.day] += 1
            k = self.desk.numbers.get((tour.vehicle_id, tour.day))
            if k is not None:
                draft.ledger.work(k, tour.return_s - tour.leave_s)
            for stop in tour.stops:
                if stop.need_id in draft.days:
                    draft.days[stop.need_id] = tuple(sorted((*draft.days[stop.need_id], tour.day)))
                    if k is not None:
                        draft.ledger.visit(k, stop.need_id)

    def _wish(self, need: Need, asked: int) -> Wish:
        """Which sets of the chosen vehicle-days may hold up to `asked` visits, beside those on other days."""
        taken, vehicle_days = self.draft.days[need.id], self.desk.vehicle_days
        where = [k for k in self.ks if self.desk.may_use(need, k)]
        pinned = self._pinned_days(need)
        sets = (
            frozenset(some)
            for count in range(min(asked, need.quota - len(taken), len(where)) + 1)
            for some in combinations(where, count)
        )
        on = {one: [vehicle_days[k].day for k in one] for one in sets}
        return Wish(
            need, frozenset(s for s, own in on.items() if pinned <= set(own) and _days_fit(need, [*taken, *own]))
        )

    def _pinned_days(self, need: Need) -> frozenset[date]:
        """The chosen days on which a visit of `need` is pinned, beside those with one in a tour that stays."""
        chosen = {self.desk.vehicle_days[k].day for k in self.ks}
        pins = self.desk.horizon.pins.get(need.id, ())
        return frozenset(pin.day for pin in pins if pin.day in chosen and pin.day not in self.draft.days[need.id])

    def _pinned_and_missed(self) -> frozenset[str]:
        """The needs with a pinned visit on a chosen day that the plan does not make."""
        made = {(stop.need_id, tour.day) for _, tour in self.tours for stop in tour.stops}
        needs = self.draft.needs
        return frozenset(
            u for u in self.desk.horizon.pins for day in self._pinned_days(needs[u]) if (u, day) not in made
        )

    @property
    def price(self) -> float:
        """What the chosen vehicle-days cost as they were; infinite if the plan was unsound."""
        if not self.sound:
            return inf
        needs, prices = self.draft.needs, self.desk.horizon.problem.prices
        return sum(
            prices.of_tour(tour.drive_s, tour.return_s - tour.leave_s)
            - sum(self.choice.worth(needs[stop.need_id], k) for stop in tour.stops)
            for k, tour in self.tours
        ) + self.choice.price_together(
            {k: (tour.return_s - tour.leave_s, [stop.need_id for stop in tour.stops]) for k, tour in self.tours}
        )

    def start(self) -> dict[int, Round]:
        """The visits as they were, where the clock accepts them, and each extra one where it costs least."""
        draft, left = self.draft, list[Need]()
        for k, tour in self.tours:
            needs = [draft.needs[stop.need_id] for stop in tour.stops if stop.need_id in draft.needs]
            found = self.desk.round_of(k, tuple(self.desk.call(need, k) for need in needs)) if self.sound else None
            if isinstance(found, Round) and all(self.desk.may_use(need, k) for need in needs):
                draft.take_round(k, found)
            else:
                left += needs
        left.sort(key=self.desk.horizon.price_of_missing, reverse=True)
        for need in [*left, *sorted(self.extra, key=self.desk.horizon.price_of_missing, reverse=True)]:
            self._add(need)
        return dict(draft.rounds)

    def _add(self, need: Need) -> None:
        """Put one visit where it costs least, if there is a place and it is not one too many."""
        draft, best = self.draft, None
        if len(draft.days[need.id]) >= need.quota:
            return
        for k in self.ks:
            found = draft.price_of_adding(need, k) if self.desk.may_use(need, k) else None
            if found is not None and (best is None or found[0] < best[1]):
                best = (k, *found)
        if best is not None:
            draft.add(need, best[0], best[2])

    def trips_with(self, rounds: Mapping[int, Round]) -> tuple[Trip, ...]:
        """The other trips in their order, and a trip of one day for each round before the first that is later."""
        trips = list(self.others)
        for k in sorted(rounds):
            place, found = self.desk.vehicle_days[k], rounds[k]
            tour = self.desk.clock_of(k).tour(place.vehicle, place.day, self.desk.home[k], found.calls, found.times)
            later = (i for i, trip in enumerate(trips) if self._number(trip) > k)
            trips.insert(next(later, len(trips)), Trip(place.vehicle.id, (tour,)))
        return tuple(trips)


def _days_fit(need: Need, days: Sequence[date]) -> bool:
    """Whether visits of a need may be on these days together: gaps, allowed sets, never two on one day."""
    if need.patterns and not any(pattern.issuperset(days) for pattern in need.patterns):
        return False
    most = need.max_gap_days or inf
    gaps = ((after - before).days for before, after in pairwise(sorted(days)))
    return all(max(need.min_gap_days, 1) <= gap <= most for gap in gaps)

"""Which site on which day, all at once, by CP-SAT: quota, spacing, half-day capacity, crews, near sites together.

Driving enters through zones: a vehicle-day that is out goes to one zone, pays the way there and back,
and may serve the sites near it (a generalised assignment in the manner of Fisher and Jaikumar 1981).
Order and exact times come after; what does not fit then is put elsewhere by the search.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from outreach.routing.draft import Desk, Draft, Round
from outreach.routing.objective import TOUR, WRONG_WEEK, price_of_missing
from outreach.routing.problem import NO_ROAD, Need
from outreach.routing.timeline import Call

NOON_S = 12 * 3600
ZONE_REACH_S = 20 * 60  # each site has a zone's seed within this much driving
NEAR_S = 30 * 60  # and may be served together with the seeds this near
HOP_S = 5 * 60  # least driving between two stops of one half-day
TOO_MANY_CHOICES = 400_000  # (visit, vehicle-day) pairs: beyond this the model would not be solved in time


@dataclass(frozen=True, slots=True)
class Zone:
    """A seed site and the places near it."""

    place: int
    near: frozenset[int]


def zones_of(desk: Desk) -> tuple[Zone, ...]:
    """Seeds chosen farthest first until every place of a need has one within `ZONE_REACH_S`."""
    seconds = desk.clock.seconds
    places = sorted({call.place for call in desk.call.values()})
    if not places:
        return ()
    away = {place: float("inf") for place in places}
    seeds: list[int] = []
    while max(away.values()) > ZONE_REACH_S:
        seed = max(places, key=lambda place: (away[place], -place))
        seeds.append(seed)
        for place in places:
            leg = max(seconds[seed][place], seconds[place][seed])
            away[place] = min(away[place], 0 if place == seed else float("inf") if leg == NO_ROAD else leg)
    return tuple(
        Zone(seed, frozenset(p for p in places if p == seed or 0 <= seconds[seed][p] <= NEAR_S)) for seed in seeds
    )


def halves_of(call: Call) -> tuple[int, ...]:
    """The half-days (0 morning, 1 afternoon) in which the service could take place."""
    halves = set()
    for window in call.windows:
        if window.start_s < NOON_S and min(window.end_s, NOON_S) - window.start_s >= call.service_s:
            halves.add(0)
        if window.end_s > NOON_S and window.end_s - max(window.start_s, NOON_S) >= call.service_s:
            halves.add(1)
        if not halves and window.end_s - window.start_s >= call.service_s:
            halves.add(0)  # a long service across noon
    return tuple(sorted(halves))


class Assignment:
    """The CP-SAT model over a desk; build once, then `solve`."""

    def __init__(self, desk: Desk) -> None:
        from ortools.sat.python import cp_model  # 0.8 s and 86 MB: only where it is used

        self.cp_model = cp_model
        self.desk = desk
        self.model = cp_model.CpModel()
        self.goes: dict[tuple[str, int], list[Any]] = defaultdict(list)  # (need, k): one variable per half-day
        self.load: dict[tuple[int, int], list[tuple[Any, Call]]] = defaultdict(list)
        self.to_zone: dict[int, list[Any]] = {}
        self.zone_choices: list[tuple[int, Zone, Any]] = []
        self.price: list[Any] = []
        self.zones = zones_of(desk)
        for need in desk.horizon.problem.needs:
            self.visits_by_day(need)
        self.quota_and_spacing()
        self.half_day_capacity()
        self.near_sites_together()
        self.crews_suffice()
        self.model.minimize(sum(self.price))

    def visits_by_day(self, need: Need) -> None:
        """A need takes a half-day of any vehicle-day that it could use alone."""
        for k in self.desk.allowed[need.id]:
            call = self.desk.call[need.id, k]
            for half in halves_of(call):
                goes = self.model.new_bool_var("")
                self.goes[need.id, k].append(goes)
                self.load[k, half].append((goes, call))

    def quota_and_spacing(self) -> None:
        """At most `quota` visits, at least `min_gap_days` and at most `max_gap_days` apart; a missing one is paid."""
        for need in self.desk.horizon.problem.needs:
            by_day: dict[date, list[Any]] = defaultdict(list)
            for k in self.desk.allowed[need.id]:
                by_day[self.desk.vehicle_days[k].day].extend(self.goes[need.id, k])
            every = [goes for found in by_day.values() for goes in found]
            if not every:
                continue
            self.model.add(sum(every) <= need.quota)
            self.price.append(price_of_missing(need) * (need.quota - sum(every)))
            self.weeks_wished_for(need, by_day)
            days = sorted(by_day)
            for i, day in enumerate(days):
                least = max(need.min_gap_days, 1)
                window = [goes for other in days[i:] if (other - day).days < least for goes in by_day[other]]
                self.model.add(sum(window) <= 1)
            if need.max_gap_days is not None and need.quota > 1:
                self.stay_close(by_day, need.max_gap_days)

    def weeks_wished_for(self, need: Need, by_day: Mapping[date, list[Any]]) -> None:
        """A day outside the wished weeks has its price."""
        if need.preferred_weeks:
            wrong = [
                goes
                for day, found in by_day.items()
                if date.fromordinal(day.toordinal() - day.weekday()) not in need.preferred_weeks
                for goes in found
            ]
            self.price.append(WRONG_WEEK * sum(wrong))

    def stay_close(self, by_day: Mapping[date, list[Any]], max_gap_days: int) -> None:
        """Two visits farther apart than the maximum gap have another between them."""
        for first, last in combinations(sorted(by_day), 2):
            if (last - first).days > max_gap_days:
                between = [goes for day, found in by_day.items() if first < day < last for goes in found]
                self.model.add(sum(by_day[first]) + sum(by_day[last]) <= 1 + sum(between))

    def half_day_capacity(self) -> None:
        """Services, set-ups, pack-ups and hops of a half-day fit between its first opening and last closing."""
        for (_, half), entries in self.load.items():
            calls = [call for _, call in entries]
            handling = max(call.set_up_s + call.pack_up_s for call in calls)
            room = max(span_of(calls, half), *(call.service_s for call in calls)) + handling + HOP_S
            self.model.add(
                sum(goes * (call.service_s + call.set_up_s + call.pack_up_s + HOP_S) for goes, call in entries) <= room
            )

    def near_sites_together(self) -> None:
        """A vehicle-day that serves somebody goes to one zone near all of them, and pays the way there and back."""
        seconds = self.desk.clock.seconds
        places: dict[int, set[int]] = defaultdict(set)
        for need_id, k in self.goes:
            places[k].add(self.desk.call[need_id, k].place)
        near: dict[int, dict[int, list[Any]]] = {}
        for k, found in places.items():
            depot = self.desk.depots[k]
            near[k] = defaultdict(list)
            for zone in self.zones:
                if zone.near.isdisjoint(found):
                    continue
                to_zone = self.model.new_bool_var("")
                self.to_zone.setdefault(k, []).append(to_zone)
                self.zone_choices.append((k, zone, to_zone))
                there_and_back = max(seconds[depot][zone.place], 0) + max(seconds[zone.place][depot], 0)
                self.price.append((TOUR + there_and_back) * to_zone)
                for place in zone.near & found:
                    near[k][place].append(to_zone)
            self.model.add_at_most_one(self.to_zone.get(k, []))
        for (need_id, k), goes in self.goes.items():
            zones = near[k][self.desk.call[need_id, k].place]
            for one in goes:
                self.model.add_bool_or([*zones, one.negated()])

    def crews_suffice(self) -> None:
        """On no day are more vehicles of a depot out than its posts can man."""
        out: dict[tuple[str, date], list[Any]] = defaultdict(list)
        vehicles: dict[tuple[str, date], int] = defaultdict(int)
        for k, to_zone in self.to_zone.items():
            out[self.desk.crew_of[k]].extend(to_zone)
            vehicles[self.desk.crew_of[k]] += 1
        for (depot, day), to_zone in out.items():
            crews = self.desk.horizon.crews_at(depot, day)
            if vehicles[depot, day] > crews:
                self.model.add(sum(to_zone) <= crews)

    def hint(self, draft: Draft) -> None:
        """Start from what a draft holds: each round goes to the zone that has most of it, the rest stays out."""
        best: dict[int, tuple[int, Zone, Any]] = {}
        for k, zone, to_zone in self.zone_choices:
            if k in draft.rounds:
                near = sum(call.place in zone.near for call in draft.rounds[k].calls)
                if near > best.get(k, (0,))[0]:
                    best[k] = (near, zone, to_zone)
        inside = {
            (call.need_id, k): start
            for k, (_, zone, _) in best.items()
            for call, start in _starts(draft.rounds[k])
            if call.place in zone.near
        }
        for key, goes in self.goes.items():
            for half, one in zip(halves_of(self.desk.call[key]), goes, strict=True):
                at = inside.get(key)
                self.model.add_hint(one, at is not None and (at >= NOON_S) == bool(half))
        for k, _, to_zone in self.zone_choices:
            self.model.add_hint(to_zone, k in best and best[k][2] is to_zone)

    def solve(self, *, seconds: float, seed: int, workers: int, better: Callable[[dict[int, list[str]]], None]) -> None:
        """Hand each better choice of needs by vehicle-day to `better`; ends when time is up or nothing is better."""
        assignment = self

        class Listener(self.cp_model.CpSolverSolutionCallback):  # type: ignore[name-defined]
            def on_solution_callback(self) -> None:
                chosen: dict[int, list[str]] = defaultdict(list)
                for (need_id, k), goes in assignment.goes.items():
                    if any(self.boolean_value(one) for one in goes):
                        chosen[k].append(need_id)
                better(chosen)

        solver = self.cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = workers
        solver.parameters.relative_gap_limit = 0.002  # the zones' prices are no finer than that
        solver.solve(self.model, Listener())


def _starts(round_: Round) -> list[tuple[Call, int]]:
    return list(zip(round_.calls, round_.times.start_s, strict=True))


def span_of(calls: Sequence[Call], half: int) -> int:
    """Seconds between the first opening and the last closing of a half-day (0 morning, 1 afternoon)."""
    windows = [window for call in calls for window in call.windows]
    if half == 0:
        hours = [(w.start_s, min(w.end_s, NOON_S)) for w in windows if w.start_s < NOON_S]
    else:
        hours = [(max(w.start_s, NOON_S), w.end_s) for w in windows if w.end_s > NOON_S]
    return max((end for _, end in hours), default=0) - min((start for start, _ in hours), default=0)


def draft_of(desk: Desk, chosen: Mapping[int, list[str]]) -> Draft:
    """The draft that puts each chosen need on its vehicle-day as far as order and times allow."""
    draft = Draft(desk)
    for k in sorted(chosen):
        for need_id in sorted(chosen[k], key=lambda need_id: -draft.needs[need_id].priority):
            found = draft.price_of_adding(draft.needs[need_id], k)
            if found is not None:
                draft.add(draft.needs[need_id], k, found[1])
    return draft

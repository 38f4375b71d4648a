"""A few vehicle-days as a problem of their own, planned by the search that plans whole periods."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from outreach.domain.times import Period
from outreach.routing.choice import Choice, Wish
from outreach.routing.draft import Round
from outreach.routing.expand import Horizon
from outreach.routing.kernel.world import NOWHERE
from outreach.routing.problem import Absence, Need, Problem, Travel, Vehicle
from outreach.routing.redraft import draft_of
from outreach.routing.search import Budget, Search
from outreach.routing.shares import Shares
from outreach.routing.team import Schedule

ROUNDS = 3_000
DAY = timedelta(days=1)


def searched(choice: Choice, start: Mapping[int, Round]) -> dict[int, Round]:
    """The cheapest rounds that the search finds from `start` on, the same ones each time; seldom not as `choice` asks.

    Days tied to visits that stay are the one thing it does not know: whoever calls looks at `choice.holds`.
    """
    horizon = Horizon(_narrowed(choice))
    search = Search(horizon, seed=1)
    numbers = {wish.need.id: u for u, wish in enumerate(choice.wishes)}
    where = search.world["hour"]["row"].reshape(len(numbers), len(choice.ks))
    for wish in choice.wishes:
        where[numbers[wish.need.id], [k not in wish.where for k in choice.ks]] = NOWHERE
    for k, pool in zip(choice.ks, search.world["rule"]["pool"], strict=True):
        search.world["crew"]["left"][pool] = choice.crews.get(choice.desk.crew_of[k], len(choice.ks))
    _know_of_others(search, choice)
    rounds = {choice.ks.index(k): [numbers[call.need_id] for call in found.calls] for k, found in start.items()}
    search.load(Schedule(rounds))
    search.run(Budget(ROUNDS), hot_s=search.full_heat_s(), look=lambda _: None)
    ids = [wish.need.id for wish in choice.wishes]
    plan = {choice.ks[i]: [ids[u] for u in order] for i, order in search.best_rounds().items()}
    return draft_of(choice.desk, plan).rounds


def _know_of_others(search: Search, choice: Choice) -> None:
    """Shares of the work and groups as the whole plan has them, with what the other tours work and visit."""
    if choice.others is None:
        return
    whole, own = choice.others.shares, Shares(search.horizon)
    row = {share.key: g for g, share in enumerate(whole.shares)}
    for g, share in enumerate(own.shares):
        there = whole.shares[row[share.key]]
        search.world["share"][g] = (choice.others.work_s[row[share.key]], there.fair_s, there.days, there.percent)
    for g, name in enumerate(own.groups):
        search.world["bunch"]["tours"][g] = choice.others.tours[whole.groups.index(name)]


def _narrowed(choice: Choice) -> Problem:
    """The problem with nothing but the vehicle-days of `choice` and the needs they may hold."""
    problem, horizon = choice.desk.horizon.problem, choice.desk.horizon
    out: defaultdict[str, list[date]] = defaultdict(list)
    for k in choice.ks:
        out[choice.desk.vehicle_days[k].vehicle.id].append(choice.desk.vehicle_days[k].day)
    days = {wish.need.id: {choice.desk.vehicle_days[k].day for k in wish.where} for wish in choice.wishes}
    vehicles = tuple(_out_on(one, out[one.id], problem.horizon) for one in problem.vehicles if one.id in out)
    needs = tuple(_need(choice, wish) for wish in choice.wishes)
    visited = {need.site_id for need in needs}
    sites = tuple(site for site in problem.sites if site.id in visited)
    depots = {depot for one in vehicles for depot in (one.depot_id, *(loan.depot_id for loan in one.loans))}
    return replace(
        problem,
        vehicles=vehicles,
        sites=sites,
        needs=needs,
        lodgings=(),
        pins=tuple(pin for pin in problem.pins if pin.need_id in days and pin.day in {None, *days[pin.need_id]}),
        travel=_between(horizon.travel, depots | {site.place_id for site in sites}),
    )


def _out_on(vehicle: Vehicle, days: list[date], horizon: Period) -> Vehicle:
    """The vehicle, away on all other days."""
    edges = (horizon.first - DAY, *days, horizon.last + DAY)
    away = (Absence(Period(a + DAY, b - DAY)) for a, b in pairwise(edges) if b - a > DAY)
    return replace(vehicle, absences=(*vehicle.absences, *away))


def _need(choice: Choice, wish: Wish) -> Need:
    """What is asked for on these vehicle-days alone.

    Where visits that stay, or allowed sets of days, tie its days together, its largest sets are the only ones: the
    search makes whole sets or none.
    """
    tied = bool(wish.need.patterns) or any(frozenset({k}) not in wish.sets for k in wish.where)
    sets = [one for one in wish.sets if len(one) == wish.most] if tied and wish.most > 1 else []
    patterns = dict.fromkeys(frozenset(choice.desk.vehicle_days[k].day for k in one) for one in sets)
    return replace(wish.need, quota=wish.most, patterns=tuple(patterns))


def _between(travel: Travel, places: set[str]) -> Travel:
    """Travel between some places alone."""
    ids = tuple(sorted(places))
    rows = [travel.index[place] for place in ids]
    grid = np.ix_(rows, rows)
    return replace(travel, place_ids=ids, seconds=travel.seconds[grid], metres=travel.metres[grid])

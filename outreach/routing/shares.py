"""What is priced over several tours together: fair shares of the work, and sites of one group visited by one tour.

A vehicle, or a week, has its share by the days on which vehicles can drive: half the days, half the work. Only what
lies above the share is paid for, by its square. So of the same work equal parts cost least, and no plan gets cheaper
by working longer, as it does where the distance to the mean is priced (Matl, Hartl and Vidal 2018).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outreach.routing.expand import Horizon
from outreach.routing.objective import price_of_share, week_of

NONE = -1  # no share, no group

Key = tuple[str, str]  # vehicle or week, and which
Work = tuple[int, Sequence[str]]  # of a tour: seconds from leaving to returning, and the needs it serves


@dataclass(frozen=True, slots=True)
class Share:
    """Tours whose work is weighed together: those of a vehicle, or those of a week."""

    key: Key
    percent: int
    days: int  # on which its vehicles can drive, one for each vehicle
    fair_s: int  # what it would work if the least that all visits take were spread evenly over all vehicle-days

    def price(self, work_s: int) -> float:
        """What it costs that these tours work so long, in seconds of driving."""
        return price_of_share(self.percent, work_s - self.fair_s, self.days)


class Shares:
    """The shares of a horizon's vehicle-days and the groups of its needs."""

    def __init__(self, horizon: Horizon) -> None:
        prices = horizon.problem.prices
        self.group_s = prices.group_s
        self.shares = _shares(horizon, {"vehicle": prices.balance_vehicles, "week": prices.balance_weeks})
        row = {share.key: g for g, share in enumerate(self.shares)}
        self.of_tour = [  # by vehicle-day: the share of its vehicle and that of its week
            (row.get(("vehicle", vd.vehicle.id), NONE), row.get(("week", week_of(vd.day)), NONE))
            for vd in horizon.vehicle_days
        ]
        named = {need.id: horizon.sites[need.site_id].group for need in horizon.problem.needs} if self.group_s else {}
        self.groups = sorted(set(named.values()) - {""})
        rows = {name: g for g, name in enumerate(self.groups)}
        self.group_of = {need_id: rows[name] for need_id, name in named.items() if name}


def _shares(horizon: Horizon, percents: Mapping[str, int]) -> list[Share]:
    """Those that have a price, vehicles first."""
    days: Counter[Key] = Counter()
    for vd in horizon.vehicle_days:
        days["vehicle", vd.vehicle.id] += 1
        days["week", week_of(vd.day)] += 1
    all_days, least_s = len(horizon.vehicle_days), _least_work_s(horizon)
    return [
        Share(key, percents[key[0]], count, least_s * count // all_days)
        for key, count in sorted(days.items())
        if percents[key[0]]
    ]


def _least_work_s(horizon: Horizon) -> int:
    """Services and handling of all visits asked for: no plan that makes them all works less."""
    vehicles, needs = horizon.problem.vehicles, horizon.problem.needs
    handling = min((vehicle.set_up_s + vehicle.pack_up_s for vehicle in vehicles), default=0)
    stops: Counter[str] = Counter()
    for need in needs:  # at a site whose visits may share stops, as many as the need with the most visits has
        shared = horizon.rules.shared_set_up
        stops[need.site_id] = max(stops[need.site_id], need.quota) if shared else stops[need.site_id] + need.quota
    handled = sum(count * (horizon.sites[site].extra_set_up_s + handling) for site, count in stops.items())
    return handled + sum(need.quota * need.service_s for need in needs)


class Ledger:
    """How long each share works and which tours visit each group, for a plan in the making or a part of one."""

    def __init__(self, shares: Shares) -> None:
        self.shares = shares
        self.work_s = [0] * len(shares.shares)
        self.visits: Counter[tuple[int, int]] = Counter()  # by group and tour
        self.tours: Counter[int] = Counter()  # by group: how many visit it

    def copy(self) -> "Ledger":
        """The same once more."""
        twin = Ledger(self.shares)
        twin.work_s = list(self.work_s)
        twin.visits, twin.tours = self.visits.copy(), self.tours.copy()
        return twin

    def price_of_work(self, k: int, more_s: int) -> float:
        """What it costs that vehicle-day `k` works `more_s` longer."""
        price = 0.0
        for g in self.shares.of_tour[k]:
            if g != NONE:
                share = self.shares.shares[g]
                price += share.price(self.work_s[g] + more_s) - share.price(self.work_s[g])
        return price

    def work(self, k: int, more_s: int) -> float:
        """Let vehicle-day `k` work `more_s` longer; what that costs."""
        price = self.price_of_work(k, more_s)
        for g in self.shares.of_tour[k]:
            if g != NONE:
                self.work_s[g] += more_s
        return price

    def price_of_visit(self, k: int, need_id: str) -> float:
        """What it costs that vehicle-day `k` visits a site of the group of this need too."""
        group = self.shares.group_of.get(need_id, NONE)
        return self.shares.group_s if group != NONE and self.tours[group] and not self.visits[group, k] else 0.0

    def visit(self, k: int, need_id: str) -> float:
        """Let vehicle-day `k` serve this need; what that costs."""
        price, group = self.price_of_visit(k, need_id), self.shares.group_of.get(need_id, NONE)
        if group != NONE:
            self.tours[group] += not self.visits[group, k]
            self.visits[group, k] += 1
        return price

    def price_with(self, rounds: Mapping[int, Work]) -> float:
        """What more tours cost beside these, on vehicle-days that have none yet."""
        beside = self.copy() if self.shares.shares or self.shares.groups else None
        if beside is None:
            return 0.0
        return sum(
            beside.work(k, work_s) + sum(beside.visit(k, need_id) for need_id in need_ids)
            for k, (work_s, need_ids) in rounds.items()
        )

"""The search from Python's side: an anytime plan that gets better while the kernel ruins and recreates it.

The heat falls to a hundredth, twice: a long way down, then once more from a warm start. In between and
at the end the tours met on the way are put together anew.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from outreach.routing.expand import Horizon
from outreach.routing.kernel.anneal import anneal, empty, load_visit, start_from
from outreach.routing.kernel.hopeless import close_hopeless
from outreach.routing.kernel.nights import set_night
from outreach.routing.kernel.tours import begin_round
from outreach.routing.kernel.world import FAR, NOWHERE, UNIT, Array, World
from outreach.routing.model import world_of
from outreach.routing.recombine import Pool
from outreach.routing.team import Schedule

COOLING = 100.0
STOPS_PER_LEG, MOST_LEGS = 3.0, 4.0  # of heat
STRETCHES = 60  # of a phase: between two of them better plans are heard and the pool is fed
STRETCH_MOST_S = 0.5  # of a long phase; the pool is fed no more often for that
FIRST_ROUNDS = 50  # until the speed is known


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many rounds of a phase, from one share of it to another."""

    begin: float
    end: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a phase lasts: so many rounds, and no longer than till a moment of time.monotonic.

    Without a moment the same rounds give the same plan.
    """

    rounds: int
    until: float = float("inf")

    def next_stretch(self, *, began: float, done: int, speed: float) -> Stretch | None:
        """What comes after `done` rounds of a phase that began then and runs so many rounds a second; None: no more."""
        if self.until == float("inf"):
            count = min(-(-self.rounds // STRETCHES), self.rounds - done)
            return Stretch(done / self.rounds, (done + count) / self.rounds, count) if count > 0 else None
        span = max(self.until - began, 1e-9)
        begin = max((time.monotonic() - began) / span, done / self.rounds)
        if begin >= 1:
            return None
        end = min(begin + min(1 / STRETCHES, STRETCH_MOST_S / span), 1.0)
        share = end - begin
        count = min(int(speed * span * share), int(self.rounds * share) + 1) if speed else FIRST_ROUNDS
        return Stretch(begin, end, max(count, 1))


class Search:
    """One search on one horizon. Whoever runs it may look at it at the end of each stretch."""

    def __init__(self, horizon: Horizon, *, seed: int) -> None:
        self.horizon = horizon
        self.world: World = world_of(horizon, seed=seed)
        self._best: Array = self._plan()
        close_hopeless(self.world.record)
        self._forget_hopeless()
        self._pool = Pool(self.world)
        loads = self.world["need"]["load"]
        self.world.record["over_price"] = int(UNIT * self.typical_leg_s() / max(loads.mean() if len(loads) else 1, 1))
        self.rounds_done = 0

    def _plan(self) -> Array:
        """[2 x node + tour] the next node and the form of each and the nights of tours, as the search stands."""
        nodes = self.world["node"]
        return np.concatenate([nodes["next"], nodes["form"], self.world["tour"]["night"]])

    def _forget_hopeless(self) -> None:
        """Needs that no tour could have are not tried again in each round."""
        needs = self.world.number("needs")
        rows = self.world["hour"]["row"].reshape(self.world.number("forms"), self.world.number("tours"))
        found = np.flatnonzero((rows[:needs] != NOWHERE).any(axis=1))
        self.world["absent"]["need"][: len(found)] = found
        self.world["need"]["absent_at"] = NOWHERE
        self.world["need"]["absent_at"][found] = np.arange(len(found))
        self.world.record["absent_count"] = len(found)

    @property
    def best_price(self) -> float:
        """The price of the best plan so far, in seconds of driving."""
        return self.world.number("best") / UNIT

    def load(self, plan: Schedule) -> None:
        """Start from this plan instead of from nothing, as far as it is sound."""
        world = self.world.record
        begin_round(world)
        for k, place in plan.nights.items():
            set_night(world, k, place)
        for k, needs in plan.rounds.items():
            for form in needs:
                load_visit(world, k, form)
        start_from(world, self._best)

    def back_to_best(self) -> None:
        """Go on from the best plan so far."""
        self._stand_at(self.best())

    def _stand_at(self, plan: Schedule) -> None:
        empty(self.world.record)
        self.load(plan)

    def best(self) -> Schedule:
        """The best plan so far."""
        nights = self._best[2 * len(self.world["node"]) :].tolist()
        return Schedule(self.best_rounds(), {k: place for k, place in enumerate(nights) if place != NOWHERE})

    def best_rounds(self) -> dict[int, tuple[int, ...]]:
        """The tours of the best plan so far."""
        return self._rounds_of(self._best)

    def rounds(self) -> dict[int, tuple[int, ...]]:
        """The tours of the plan the search stands at."""
        return self._rounds_of(self._plan())

    def _rounds_of(self, following: Array) -> dict[int, tuple[int, ...]]:
        visits, (nexts, forms) = (
            self.world.number("visits"),
            following[: 2 * len(self.world["node"])].reshape(2, -1).tolist(),
        )
        found = {}
        for k in range(self.world.number("tours")):
            v, order = nexts[visits + k], []
            while v < visits:
                order.append(forms[v])
                v = nexts[v]
            if order:
                found[k] = tuple(order)
        return found

    def typical_leg_s(self) -> float:
        """What a visit adds to the driving in a good plan: a hop, and its share of the ways from the depot."""
        world = self.world
        places, size = world["need"]["place"], world.number("places")
        legs = world["leg"]["seconds"].reshape(size, size)
        near = world["near"]["need"].reshape(len(places), world.number("neighbours"))[:, :3]
        hops = legs[places[:, None], places[near]] if near.size else np.zeros((len(places), 1))
        depots = np.unique(world["node"]["place"][world.number("visits") :])
        ways = legs[depots[:, None], places[None, :]].min(axis=0) if len(depots) else np.zeros(len(places))
        ways = ways[ways < FAR]
        share = min(world.number("tours") / max(world.number("visits"), 1), 1.0)
        hop = float(hops[hops < FAR].mean()) if (hops < FAR).any() else 0.0
        return max(hop + (2 * float(ways.mean()) * share if ways.size else 0.0), 1.0)

    def full_heat_s(self) -> float:
        """The heat to begin with: up to four typical legs where tours have many stops, one where they have few.

        Measured: on 1,269 visits in 101 tours one leg gave 3 to 4 % more driving than four, on two stops a day four
        gave a little more than one.
        """
        stops = self.world.number("visits") / max(self.world.number("tours"), 1)
        return self.typical_leg_s() * min(max(stops / STOPS_PER_LEG, 1.0), MOST_LEGS)

    def get_ready(self) -> None:
        """Have all that rounds need compiled, or loaded, before the time is shared out."""
        anneal(self.world.record, self._best, 0, 1.0, 1.0)

    def run(self, budget: Budget, *, hot_s: float, look: Callable[["Search"], None]) -> None:
        """Search from where it stands within `budget`, cooling from `hot_s` seconds of driving."""
        if not self.world.number("needs") or not self.world.number("tours"):
            return
        began, done, speed, fed = time.monotonic(), 0, 0.0, 0
        while stretch := budget.next_stretch(began=began, done=done, speed=speed):
            before = time.monotonic()
            heats = _heat(hot_s, stretch.begin), _heat(hot_s, stretch.end)
            anneal(self.world.record, self._best, stretch.rounds, *heats)
            speed = stretch.rounds / max(time.monotonic() - before, 1e-6)
            done += stretch.rounds
            self.rounds_done += stretch.rounds
            if int(stretch.end * STRETCHES) > fed:
                fed = int(stretch.end * STRETCHES)
                self._remember()
            look(self)

    def _remember(self) -> None:
        """Feed the pool with the tours the search stands at, but for those of trips with nights."""
        tours = self.world["tour"]
        costs, over, away = tours["cost"].tolist(), tours["over"].tolist(), self._away(tours["night"].tolist())
        sound = {k: needs for k, needs in self.rounds().items() if not over[k] and k not in away}
        self._pool.add(sound, dict(enumerate(costs)))

    def _away(self, nights: Sequence[int]) -> frozenset[int]:
        """The tours before and after nights away; `nights` says where the night after each tour is spent."""
        after = self.world["rule"]["after"].tolist()
        slept = [k for k, place in enumerate(nights) if place != NOWHERE]
        return frozenset(slept) | {after[k] for k in slept}

    def learn(self, plans: Sequence[Schedule]) -> None:
        """Remember the tours of the plans of others, and go on from the cheapest, their own among them."""
        best, price = self.best(), self.best_price
        for plan in plans:
            self._stand_at(plan)
            self._remember()
            if self.best_price < price:
                best, price = self.best(), self.best_price
        self._stand_at(best)

    def recombine(self, *, seconds: float) -> bool:
        """Put the tours seen so far together anew, all but trips with nights; whether that is cheaper than the best."""
        self.back_to_best()
        self._remember()
        best, price = self.best(), self.best_price
        away = self._away(self.world["tour"]["night"].tolist())
        found = self._pool.recombine(best.rounds, away=away, seconds=seconds)
        if found is None:
            return False
        self._stand_at(Schedule(found, best.nights))
        if self.best_price < price:
            return True
        self._stand_at(best)
        return False


def _heat(hot_s: float, share: float) -> float:
    """The heat after this share of a phase, as a price."""
    return UNIT * hot_s * COOLING**-share

"""The search over whole drafts: cheapest insertion, then ruin and recreate with annealing.

Ruin and recreate after Schrimpf et al. 2000 and Christiaens & Vanden Berghe 2020 (SISR), over
(vehicle, day) rounds with exact times; insertion looks at every vehicle-day a need may use.
"""

import math
import random
import time
from collections.abc import Callable, Sequence

from outreach.routing.draft import Draft, Round
from outreach.routing.problem import NO_ROAD

REMOVED_MEAN = 8
BLINK = 0.01  # now and then a place is not looked at, so that the same choice is not made for ever
HOT_S = 1_500.0  # annealing from here, in seconds of driving: about a leg between neighbouring communes
COLD_S = 15.0
WARM_S = HOT_S / 5  # for a plan that is good already
PATIENCE = 300  # rounds of ruin without a better plan, per need, after which there is little left to find


def insert(draft: Draft, need_id: str, *, rng: random.Random | None = None) -> bool:
    """Put one visit of a need at its cheapest place; False if it fits nowhere."""
    need = draft.needs[need_id]
    best_price, best_round, best_k = math.inf, None, -1
    for k in draft.desk.allowed[need_id]:
        if rng is not None and rng.random() < BLINK:
            continue
        found = draft.price_of_adding(need, k, limit=best_price)
        if found is not None and found[0] < best_price:
            best_price, best_round, best_k = found[0], found[1], k
    if best_round is None:
        return False
    draft.add(need, best_k, best_round)
    return True


def fill(draft: Draft) -> None:
    """Insert everything missing, the most constrained and most urgent first."""
    allowed = draft.desk.allowed

    def urgency(need_id: str) -> tuple[int, int, int]:
        need = draft.needs[need_id]
        return (len(allowed[need_id]) // 10, -need.priority, -need.service_s)

    for need_id in sorted(draft.missing(), key=urgency):
        insert(draft, need_id)


class Ruin:
    """Takes visits of neighbouring sites, of whole rounds, or of rounds near in time out of a draft."""

    def __init__(self, draft: Draft, rng: random.Random) -> None:
        desk = draft.desk
        self.rng = rng
        seconds = desk.clock.seconds
        places = {
            need.id: desk.horizon.travel.index[desk.horizon.sites[need.site_id].place_id]
            for need in draft.needs.values()
        }
        self.neighbours: dict[str, list[str]] = {
            need_id: sorted(places, key=lambda other, here=place: _near(seconds[here][places[other]]))[:60]  # type: ignore[misc]
            for need_id, place in places.items()
        }
        self.need_ids = list(places)

    def __call__(self, draft: Draft) -> None:
        """Remove about `REMOVED_MEAN` visits in one of three ways."""
        rng = self.rng
        count = 1 + int(rng.random() * 2 * REMOVED_MEAN)
        where = {call.need_id: [] for round_ in draft.rounds.values() for call in round_.calls}  # type: dict[str, list[int]]
        for k, round_ in draft.rounds.items():
            for call in round_.calls:
                where[call.need_id].append(k)
        if not where:
            return
        way = rng.random()
        if way < 0.5:
            self._neighbourhood(draft, where, count)
        elif way < 0.8:
            self._whole_rounds(draft, where, count)
        else:
            self._scattered(draft, where, count)

    def _neighbourhood(self, draft: Draft, where: dict[str, list[int]], count: int) -> None:
        seed = self.rng.choice(self.need_ids)
        for need_id in self.neighbours[seed]:
            if count <= 0:
                return
            if need_id in where and self.rng.random() < 0.75:
                count -= _remove(draft, need_id, self.rng.choice(where[need_id]))

    def _whole_rounds(self, draft: Draft, where: dict[str, list[int]], count: int) -> None:
        seed = self.rng.choice(self.need_ids)
        for need_id in self.neighbours[seed]:
            if count <= 0:
                return
            if need_id not in where:
                continue
            k = self.rng.choice(where[need_id])
            round_ = draft.rounds.get(k)
            for call in round_.calls if round_ else ():
                count -= _remove(draft, call.need_id, k)

    def _scattered(self, draft: Draft, where: dict[str, list[int]], count: int) -> None:
        for need_id in self.rng.sample(sorted(where), min(count, len(where))):
            _remove(draft, need_id, self.rng.choice(where[need_id]))


def _near(seconds: int) -> float:
    return math.inf if seconds == NO_ROAD else seconds


def _remove(draft: Draft, need_id: str, k: int) -> int:
    """Remove a visit if it is still there; how many were asked to go."""
    round_: Round | None = draft.rounds.get(k)
    if round_ is None or all(call.need_id != need_id for call in round_.calls):
        return 0
    draft.remove(need_id, k)
    return 1


def _order(draft: Draft, missing: list[str], rng: random.Random) -> Sequence[str]:
    """The order of putting back: by chance, by priority, by few choices, or far ones first."""
    rng.shuffle(missing)
    way = rng.random()
    if way < 0.4:
        return missing
    if way < 0.65:
        return sorted(missing, key=lambda need_id: -draft.needs[need_id].priority)
    if way < 0.85:
        return sorted(missing, key=lambda need_id: len(draft.desk.allowed[need_id]))
    return sorted(missing, key=lambda need_id: -draft.needs[need_id].service_s)


def improve(
    start: Draft,
    *,
    until: float,
    rng: random.Random,
    hot_s: float = HOT_S,
    better: Callable[[Draft], None] | None = None,
) -> Draft:
    """The best draft found by `until` (time.monotonic), annealed from `hot_s`; `better` hears of each new best one."""
    ruin = Ruin(start, rng)
    best, current = start, start
    began = time.monotonic()
    patience = PATIENCE * max(len(start.needs), 10)
    idle = 0
    hopeless = {need_id for need_id, choices in start.desk.allowed.items() if not choices}
    while (now := time.monotonic()) < until and idle < patience:
        idle += 1
        heat = hot_s * (COLD_S / hot_s) ** ((now - began) / max(until - began, 1e-9))
        trial = current.copy()
        ruin(trial)
        missing = [need_id for need_id in trial.missing() if need_id not in hopeless]
        for need_id in _order(trial, missing, rng):
            insert(trial, need_id, rng=rng)
        if trial.price < current.price - heat * math.log(1 - rng.random()):
            current = trial
            if trial.price < best.price - 1e-6:
                fill(trial)  # what a blink passed over: reasons are given for this plan
                best, idle = trial, 0
                if better is not None:
                    better(best)
    return best

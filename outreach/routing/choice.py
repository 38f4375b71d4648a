"""What may be changed of a few vehicle-days: which visits each may hold, and what they are worth."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from outreach.routing.draft import Desk, Round
from outreach.routing.problem import Need
from outreach.routing.rhythm import Half
from outreach.routing.shares import Ledger, Work


@dataclass(frozen=True, slots=True)
class Wish:
    """Visits of one need: the sets of vehicle-days that may hold one each; the empty set where none need be made."""

    need: Need
    sets: frozenset[frozenset[int]]
    half: Half | None = None  # of the beat it is on

    @property
    def most(self) -> int:
        """How many visits there may be."""
        return max(map(len, self.sets))

    @property
    def where(self) -> frozenset[int]:
        """The vehicle-days that may hold one."""
        return frozenset[int]().union(*self.sets)


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be changed: vehicle-days, by the desk's numbers, and what they may hold.

    `crews` is how many of these tours one base may send out on one day, by `desk.crew_of`; none: all.
    `others` is what all other tours work, and which groups they visit; None: what is shared with them has no price.
    """

    desk: Desk
    ks: tuple[int, ...]
    wishes: tuple[Wish, ...]
    crews: Mapping[tuple[str, date], int] = field(default_factory=dict)
    others: Ledger | None = None

    def worth(self, need: Need, k: int) -> float:
        """What a visit saves by being made on vehicle-day `k`, before its driving."""
        horizon = self.desk.horizon
        return horizon.price_of_missing(need) - horizon.price_of_visit(need, self.desk.vehicle_days[k])

    def price_of(self, rounds: Mapping[int, Round]) -> float:
        """What these rounds cost, in seconds of driving, less what their visits would cost if they were missed."""
        needs = self.desk.horizon.needs
        return sum(
            found.price - sum(self.worth(needs[call.need_id], k) for call in found.calls) for k, found in rounds.items()
        ) + self.price_together(
            {k: (found.work_s, [call.need_id for call in found.calls]) for k, found in rounds.items()}
        )

    def price_together(self, rounds: Mapping[int, Work]) -> float:
        """What these rounds cost beside all other tours: shares of the work, and groups visited once more."""
        return self.others.price_with(rounds) if self.others else 0.0

    def holds(self, rounds: Mapping[int, Round]) -> bool:
        """Whether every need has an allowed set of vehicle-days and every tour a crew."""
        held: defaultdict[str, set[int]] = defaultdict(set)
        for k, found in rounds.items():
            for call in found.calls:
                held[call.need_id].add(k)
        out = Counter(self.desk.crew_of[k] for k in rounds)
        return (
            all(held.pop(wish.need.id, set()) in wish.sets for wish in self.wishes)
            and not held
            and all(count <= self.crews.get(key, count) for key, count in out.items())
        )

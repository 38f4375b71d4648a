"""What a mended plan changes of the published one, visit by visit, and which disruption or visit is behind it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from outreach.routing.disruptions import (
    CrewIll,
    Disruption,
    LaterStart,
    RoadClosed,
    SiteClosed,
    UrgentNeed,
    VehicleAway,
    cut_off,
    days_of,
)
from outreach.routing.problem import Problem
from outreach.routing.solution import Solution

VehicleDay = tuple[str, date]


class VisitChangeKind(StrEnum):
    """What became of a visit that people were told of, the gravest first; or that a visit is new."""

    DROPPED = "dropped"
    MOVED = "moved"  # to another day
    OTHER_VEHICLE = "other-vehicle"  # on its day
    OTHER_TIME = "other-time"  # on its day, by its vehicle
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where and when a visit is made."""

    vehicle_id: str
    day: date
    start_s: int


@dataclass(frozen=True, slots=True)
class VisitChange:
    """One visit before and after, and why: the number of the disruption that hit it, or the need it made room for.

    Neither where a place came free for a visit that had none. The need is its own where another visit of it moved.
    """

    kind: VisitChangeKind
    need_id: str
    was: Slot | None
    now: Slot | None
    disruption: int | None = None
    for_need: str | None = None


def changes_between(
    problem: Problem, disruptions: Sequence[Disruption], published: Solution, mended: Solution, *, tolerance_s: int
) -> tuple[VisitChange, ...]:
    """Every visit from `problem.today` on that is not as `published` said, by day; other times beyond `tolerance_s`.

    `problem` is the disturbed one.
    """
    before, after = _slots(problem, published), _slots(problem, mended)
    why = _Why(problem, disruptions, before, after)
    found = []
    for need_id in [*before, *(need_id for need_id in after if need_id not in before)]:
        for was, now in _pairs(before.get(need_id, []), after.get(need_id, [])):
            kind = _kind(was, now, tolerance_s)
            if kind is not None:
                found.append(VisitChange(kind, need_id, was, now, *why.of(need_id, was)))
    return tuple(sorted(found, key=_place))


def _place(change: VisitChange) -> tuple[date, str, int, str]:
    slot = change.was or change.now
    assert slot is not None
    return slot.day, slot.vehicle_id, slot.start_s, change.need_id


def _slots(problem: Problem, solution: Solution) -> dict[str, list[Slot]]:
    """By need its visits that are not past."""
    found: defaultdict[str, list[Slot]] = defaultdict(list)
    for tour, stop in solution.stops():
        if problem.today is None or tour.day >= problem.today:
            found[stop.need_id].append(Slot(tour.vehicle_id, tour.day, stop.start_s))
    return dict(found)


def _pairs(before: Sequence[Slot], after: Sequence[Slot]) -> Iterator[tuple[Slot | None, Slot | None]]:
    """Each visit of a need with what became of it: first those that kept their day, then the others in their order."""
    days = {slot.day: slot for slot in after}
    kept = {slot.day for slot in before} & days.keys()
    yield from ((slot, days[slot.day]) for slot in before if slot.day in kept)
    old = sorted((slot for slot in before if slot.day not in kept), key=lambda slot: slot.day)
    new = sorted((slot for slot in after if slot.day not in kept), key=lambda slot: slot.day)
    for i in range(max(len(old), len(new))):
        yield (old[i] if i < len(old) else None), (new[i] if i < len(new) else None)


def _kind(was: Slot | None, now: Slot | None, tolerance_s: int) -> VisitChangeKind | None:
    if was is None or now is None:
        return VisitChangeKind.ADDED if was is None else VisitChangeKind.DROPPED
    if was.day != now.day:
        return VisitChangeKind.MOVED
    if was.vehicle_id != now.vehicle_id:
        return VisitChangeKind.OTHER_VEHICLE
    return VisitChangeKind.OTHER_TIME if abs(was.start_s - now.start_s) > tolerance_s else None


class _Why:
    """Finds what is behind a change."""

    def __init__(
        self,
        problem: Problem,
        disruptions: Sequence[Disruption],
        before: Mapping[str, Sequence[Slot]],
        after: Mapping[str, Sequence[Slot]],
    ) -> None:
        self.problem, self.disruptions = problem, disruptions
        self.site_of = {need.id: need.site_id for need in problem.needs}
        self.depot_of = {vehicle.id: vehicle.depot_id for vehicle in problem.vehicles}
        self.days = [days_of(problem, one) for one in disruptions]
        self.new: defaultdict[VehicleDay, list[str]] = defaultdict(list)  # visits that came to a vehicle-day
        self.out: defaultdict[VehicleDay, list[str]] = defaultdict(list)  # and, by base and day, to an idle vehicle
        there = {(slot.vehicle_id, slot.day) for slots in before.values() for slot in slots}
        for need_id, slots in after.items():
            old = {(slot.vehicle_id, slot.day) for slot in before.get(need_id, ())}
            for slot in slots:
                if (slot.vehicle_id, slot.day) not in old:
                    self.new[slot.vehicle_id, slot.day].append(need_id)
                    if (slot.vehicle_id, slot.day) not in there:
                        self.out[self.depot_of.get(slot.vehicle_id, ""), slot.day].append(need_id)
        self.moved = {
            need_id
            for need_id, slots in before.items()
            if {slot.day for slot in slots} - {slot.day for slot in after.get(need_id, ())}
        }

    def of(self, need_id: str, was: Slot | None) -> tuple[int | None, str | None]:
        """The disruption that hit the visit, else the need it made room for, as far as there is one."""
        hit = next((i for i in range(len(self.disruptions)) if self._hits(i, need_id, was)), None)
        if hit is not None or was is None:
            return hit, None
        came = self.new[was.vehicle_id, was.day] or self.out[self.depot_of.get(was.vehicle_id, ""), was.day]
        other = next((one for one in came if one != need_id), None)
        return None, other or (need_id if need_id in self.moved else None)

    def _hits(self, i: int, need_id: str, was: Slot | None) -> bool:
        one, days = self.disruptions[i], self.days[i]
        if isinstance(one, UrgentNeed):
            return one.need.id == need_id
        if was is None or days is None or was.day not in days:
            return False
        match one:
            case VehicleAway() | LaterStart():
                return was.vehicle_id == one.vehicle_id
            case SiteClosed():
                return self.site_of.get(need_id) == one.site_id
            case RoadClosed():
                return self.site_of.get(need_id) in cut_off(self.problem, one)
            case CrewIll():
                depots = {post.depot_id for post in self.problem.staff if post.id == one.staff_id}
                return self.depot_of.get(was.vehicle_id) in depots

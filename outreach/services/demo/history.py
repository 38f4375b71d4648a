"""Which sites the demo's buses visited on which days of the half-years behind."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from geopy.distance import great_circle

from outreach.domain.times import HalfDay, HalfYear
from outreach.services.demo.fleet import DRIVING_DAYS, base_index
from outreach.services.demo.frame import Frame
from outreach.services.demo.register import SiteFacts
from outreach.services.demo.sites import FRIDAY_POST, NARROW_ROAD_SCHOOL, generator, hours_of, service_sites

# tours of a half-year by bus: 120 to 150 visits with two buses
TOURS = {1: (42, 30), 2: (42, 30)}
YEARLY_GROWTH = 1.05
MOUNTAIN_GAP = timedelta(days=45)
SAME_DAY_KM = 25.0
NOON_S = 12 * 3600
NEVER_SERVED = frozenset({NARROW_ROAD_SCHOOL, FRIDAY_POST})


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit as it was planned."""

    facts: SiteFacts
    bus: int
    day: date
    half: HalfDay


@dataclass(slots=True)
class _Waiting:
    facts: SiteFacts
    ready: date


def growth(frame: Frame, half_year: HalfYear) -> float:
    """How much of everything there was: the last two half-years 5 % over their same period."""
    halves = (frame.half_year.year - half_year.year) * 2 + frame.half_year.half - half_year.half
    return float(YEARLY_GROWTH ** (1 - halves // 2))


def past_visits(frame: Frame, half_year: HalfYear) -> list[PastVisit]:
    """The visits of a whole half-year in order."""
    found: list[PastVisit] = []
    for bus in range(len(DRIVING_DAYS)):
        random = generator("history", half_year.year, half_year.half, bus)
        usable = [day for day in half_year.period.days() if drives(frame, bus, day)]
        wanted = round(TOURS[half_year.half][bus] * growth(frame, half_year))
        ours = [facts for facts in service_sites() if base_index(facts) == bus and _served_in(facts, half_year)]
        random.shuffle(ours)
        queue = [_Waiting(facts, half_year.period.first) for facts in ours]
        found.extend(_tours(frame, bus, sorted(random.sample(usable, min(wanted, len(usable)))), queue))
    return sorted(found, key=lambda visit: (visit.day, visit.bus, visit.half is HalfDay.AFTERNOON))


def drives(frame: Frame, bus: int, day: date) -> bool:
    """Whether a bus drove on such a day of the past."""
    return day.weekday() in DRIVING_DAYS[bus] and day not in frame.days_off


def is_open(frame: Frame, facts: SiteFacts, day: date, half: HalfDay) -> bool:
    """Whether a host received the bus on this half of the day."""
    if facts.is_school and day not in frame.school_days:
        return False
    morning = half is HalfDay.MORNING
    return any(day.weekday() in hours.weekdays and (hours.start_s < NOON_S) == morning for hours in hours_of(facts))


def _served_in(facts: SiteFacts, half_year: HalfYear) -> bool:
    if facts.on_island or facts.code in NEVER_SERVED:
        return False
    # outside the mountains every site is left out once in four half-years, so that some wait long
    return facts.in_mountains or (half_year.year * 2 + half_year.half + int(facts.code[2:])) % 4 != 0


def _tours(frame: Frame, bus: int, days: Iterable[date], queue: list[_Waiting]) -> Iterator[PastVisit]:
    """Two visits a day where hosts are open: the first of the queue, then one not far from it."""
    for day in days:
        first = _take(frame, queue, day, half=HalfDay.MORNING, near=None)
        if first is None:
            continue
        yield PastVisit(first, bus, day, HalfDay.MORNING)
        second = _take(frame, queue, day, half=HalfDay.AFTERNOON, near=first)
        if second is not None:
            yield PastVisit(second, bus, day, HalfDay.AFTERNOON)


def _take(frame: Frame, queue: list[_Waiting], day: date, *, half: HalfDay, near: SiteFacts | None) -> SiteFacts | None:
    """The first site that is ready, open and near; in the mountains it queues again for a second visit."""
    for place, waiting in enumerate(queue):
        facts = waiting.facts
        if waiting.ready > day or (near and distance_km(facts, near) > SAME_DAY_KM):
            continue
        if is_open(frame, facts, day, half):
            del queue[place]
            if facts.in_mountains:
                queue.append(_Waiting(facts, day + MOUNTAIN_GAP))
            return facts
    return None


@cache
def distance_km(one: SiteFacts, other: SiteFacts) -> float:
    """Great-circle kilometres."""
    return float(great_circle((one.at.lat, one.at.lon), (other.at.lat, other.at.lon)).km)

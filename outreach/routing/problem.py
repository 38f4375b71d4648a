"""What goes into the planner: places, vehicles, crews, sites, needs, days off and rules.

Units are whole seconds and metres. Times of day are seconds after midnight, days are local dates.
Identifiers are strings chosen by the caller and unique within their kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from outreach.domain.places import Coordinates, Terrain
from outreach.domain.times import Period
from outreach.routing.objective import Prices

WORKING_WEEK = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
NO_ROAD = -1


class Quality(StrEnum):
    """Where a travel time comes from."""

    ESTIMATE = "estimate"
    ROAD = "road"


@dataclass(frozen=True, slots=True)
class Place:
    """A point the bus can be at: a depot, a site's access point, a lodging."""

    id: str
    name: str
    at: Coordinates
    terrain: Terrain = Terrain.COAST


@dataclass(frozen=True, slots=True)
class Travel:
    """Seconds and metres between places.

    `seconds` and `metres` are square int32 arrays in the order of `place_ids`; row is from, column is
    to; `NO_ROAD` where no road leads. Not symmetric in general.
    """

    place_ids: tuple[str, ...]
    seconds: npt.NDArray[np.int32]
    metres: npt.NDArray[np.int32]
    quality: Quality = Quality.ESTIMATE
    engine: str = "great-circle"
    index: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = (len(self.place_ids), len(self.place_ids))
        if self.seconds.shape != size or self.metres.shape != size:
            raise ValueError(f"travel arrays must be {size}, not {self.seconds.shape} and {self.metres.shape}")
        object.__setattr__(self, "index", {place: row for row, place in enumerate(self.place_ids)})


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which something or somebody is away, with the reason a planner reads."""

    period: Period
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """What the working rules are on some days of one vehicle; None: as in `Rules`."""

    weekdays: frozenset[int] = EVERY_DAY
    period: Period | None = None  # None: the whole horizon
    leave_earliest_s: int | None = None
    return_latest_s: int | None = None
    shift_max_s: int | None = None
    drive_max_s: int | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """Days on which a vehicle is stationed at another base."""

    period: Period
    depot_id: str  # a place


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A bus, van or boat. Sizes are None where unknown."""

    id: str
    name: str
    depot_id: str  # a place
    kind: str = "bus"
    weekdays: frozenset[int] = WORKING_WEEK  # 0 is Monday
    absences: tuple[Absence, ...] = ()
    set_up_s: int = 240  # before the service; 4 min: median gap in 4,523 timetabled UK legs
    pack_up_s: int = 0
    length_m: float | None = None
    height_m: float | None = None
    weight_kg: float | None = None
    capacity: int | None = None  # what it can carry, in the unit of `Need.load` (boxes); None: whatever is asked
    equipment: frozenset[str] = frozenset()  # on board: a projector, computers, a lift
    hours: tuple[WorkingHours, ...] = ()  # of a day the first one counts
    loans: tuple[Loan, ...] = ()  # of a day the first one counts


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One post at a depot, not a named person."""

    id: str
    depot_id: str
    post: str  # "driver" or "librarian"
    weekdays: frozenset[int] = WORKING_WEEK
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteWindow:
    """When a host receives the bus: on these weekdays, between these times, within `first`..`last` if given."""

    start_s: int
    end_s: int
    weekdays: frozenset[int] = WORKING_WEEK
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A service site. The whole service must lie inside one of its windows of that day."""

    id: str
    name: str
    place_id: str
    kind: str
    windows: tuple[SiteWindow, ...]
    blocked: tuple[Absence, ...] = ()
    reached_by: frozenset[str] = frozenset({"bus", "van"})  # kinds of vehicle that can get there at all
    max_length_m: float | None = None
    max_height_m: float | None = None
    max_weight_kg: float | None = None
    extra_set_up_s: int = 0  # added to the vehicle's set-up and taken before each service
    remote: bool = False  # in a remote, border, island or ethnic-minority commune: missed last
    group: str = ""  # neighbours that one tour should visit, such as those of a commune; "": none


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Visits of a need on one weekday, in one half of the day, every so many weeks."""

    weeks: int
    rule: bool = False  # it must be kept; else each visit off the beat costs `Prices.off_beat_s`


@dataclass(frozen=True, slots=True)
class Need:
    """A site asks for `quota` visits of one service within the horizon."""

    id: str
    site_id: str
    quota: int = 1
    service: str = "bus_visit"
    service_s: int = 7200
    min_gap_days: int = 0  # between starts of two visits for this need, also from `last_visit`
    max_gap_days: int | None = None
    first: date | None = None  # earliest and latest day asked for
    last: date | None = None
    preferred_weeks: frozenset[date] = frozenset()  # Mondays of the weeks wished for
    priority: int = 3  # 1 lowest .. 5 highest
    last_visit: date | None = None
    load: int = 0  # taken along for each visit, in the unit of `Vehicle.capacity`
    patterns: tuple[frozenset[date], ...] = ()  # the only sets of days for all visits together; (): days are free
    equipment: frozenset[str] = frozenset()  # all of it must be on board
    rhythm: Rhythm | None = None


class Turn(StrEnum):
    """A fixed place in the order of a tour."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Pin:
    """What people have fixed of a visit; the planner keeps it, or says which pins contradict each other.

    With a day it is about the visit of that day, which then must be made. Without one it holds for every visit of
    the need, made or not. The whole service lies between `from_s` and `to_s`: a half-day, or one exact time.
    """

    need_id: str
    day: date | None = None
    vehicle_id: str | None = None
    from_s: int | None = None
    to_s: int | None = None
    turn: Turn | None = None  # first or last stop of that day's tour
    after: str | None = None  # the need served right before, in the same tour


@dataclass(frozen=True, slots=True)
class FrozenDay:
    """A vehicle-day that takes the visits pinned to it and no more, and whose nights stay as they are."""

    vehicle_id: str
    day: date
    night_at: str | None = None  # the place of the night after it, in a trip of several days


@dataclass(frozen=True, slots=True)
class Announced:
    """A visit that people were told of: to keep its day, and then its vehicle, is worth something."""

    need_id: str
    day: date
    vehicle_id: str


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which all sites (`site_kinds` None) or some kinds are closed; `stops_vehicles`: nobody drives."""

    period: Period
    reason: str
    site_kinds: frozenset[str] | None = None
    stops_vehicles: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The working rules of the service."""

    leave_earliest_s: int = 6 * 3600
    return_latest_s: int = 18 * 3600
    shift_max_s: int = 11 * 3600  # from leaving to returning, lunch included
    drive_max_s: int = 8 * 3600  # driving in one day
    lunch_s: int = 3600  # 0: no lunch break
    lunch_from_s: int = 11 * 3600  # the whole break lies between these two,
    lunch_to_s: int = 13 * 3600 + 1800  # and is due if a tour is out from before the first till after the second
    stops_max: int | None = None  # visits in one tour
    trip_days_max: int = 1  # days of a trip; more than 1 needs lodgings
    nights_per_month_max: int | None = None  # away from home, of one post in a calendar month
    drivers_per_vehicle: int = 1
    librarians_per_vehicle: int = 2  # Circular 05/2022/TT-BVHTTDL: one operator and two professionals
    step_s: int = 300  # services start at full steps, as timetables are printed
    shared_set_up: bool = False  # visits at one site right after each other are one stop, set up and packed up once
    extra_days: frozenset[date] = frozenset()  # made-up working days, open although at a weekend


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the planner may know."""

    name: str
    horizon: Period
    places: tuple[Place, ...]
    vehicles: tuple[Vehicle, ...]
    staff: tuple[StaffMember, ...]
    sites: tuple[Site, ...]
    needs: tuple[Need, ...]
    closures: tuple[Closure, ...] = ()
    rules: Rules = Rules()
    travel: Travel | None = None  # None: the great-circle estimate
    prices: Prices = Prices()  # noqa: RUF009 - frozen
    pins: tuple[Pin, ...] = ()
    frozen: tuple[FrozenDay, ...] = ()
    lodgings: tuple[str, ...] = ()  # places at which a crew may spend the nights of a trip
    announced: tuple[Announced, ...] = ()
    today: date | None = None  # days before it are past: what is pinned to them stays, nothing else comes there

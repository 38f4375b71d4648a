"""What comes out of the planner: trips of tours of stops, what stayed unserved and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit's place in a tour. The bus arrives, sets up, serves from `start_s` to `end_s`, packs up, departs."""

    need_id: str
    site_id: str
    arrive_s: int
    start_s: int
    end_s: int
    depart_s: int
    drive_s: int  # from the place before
    distance_m: int


@dataclass(frozen=True, slots=True)
class Tour:
    """One vehicle on one day."""

    vehicle_id: str
    day: date
    start_place_id: str
    end_place_id: str
    leave_s: int
    return_s: int
    stops: tuple[Stop, ...]
    drive_s: int  # the whole day, the way home included
    distance_m: int
    lunch_start_s: int | None = None
    lunch_end_s: int | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """From leaving the base to the return: tours on consecutive days, each starting where the last one ended."""

    vehicle_id: str
    tours: tuple[Tour, ...]
    crew: tuple[str, ...] = ()  # the posts on board; (): not said


class ReasonCode(StrEnum):
    """Why a visit is not in the plan; each is found by our own check, never from a solver's silence."""

    NO_ROAD = "no-road"  # no vehicle of the fleet can get there at all
    VEHICLE_TOO_BIG = "vehicle-too-big"  # the road or gate refuses every vehicle
    TOO_FAR = "too-far"  # even as the only stop of a day it breaks shift or driving time
    SERVICE_TOO_LONG = "service-too-long"  # no window is as long as the service
    NO_OPEN_DAY = "no-open-day"  # the site's days and the vehicles' days never meet
    SPACING = "spacing"  # every day left is too near to another visit of the same need
    NO_CREW = "no-crew"  # a vehicle is free on a fitting day, but not the posts
    FULL = "full"  # every fitting vehicle-day is full with visits of the same or higher priority
    NO_EQUIPMENT = "no-equipment"  # no vehicle that gets there has on board what is needed
    PINNED = "pinned"  # people fixed it to a vehicle, hours or days that leave no place
    LOAD = "load"  # a fitting vehicle-day has no room for what is to be taken along
    TIME = "time"  # there is a free half-day, but driving, lunch or shift do not let the visit in
    RHYTHM = "rhythm"  # every day left is off the beat of the visits it has
    LEFT_OUT = "left-out"  # a timetable made by people has room for it on a fitting day and does not hold it
    TWO_RULES = "two-rules"  # never decides: no rule alone is enough to let it in, on any day


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with the figures a sentence needs; which keys stand in `details` is said in docs/routing.md."""

    code: ReasonCode
    details: tuple[tuple[str, int | str], ...] = ()


class Hurdle(StrEnum):
    """A rule that may be all that keeps a visit off a vehicle-day, those that give way most easily first."""

    OPENS_EARLIER = "opens-earlier"  # seconds before the site receives a bus
    CLOSES_LATER = "closes-later"  # seconds after it does no more
    SHIFT = "shift"  # seconds over the longest shift
    LEAVE_EARLIER = "leave-earlier"  # seconds before the earliest leave
    RETURN_LATER = "return-later"  # seconds after the latest return
    DRIVE = "drive"  # seconds over the most driving
    LUNCH = "lunch"  # seconds by which the break would be shorter
    NEED_DATES = "need-dates"  # days outside the need's own dates
    TOO_NEAR = "too-near"  # days under its minimum gap
    TOO_FAR_APART = "too-far-apart"  # days over its maximum gap
    STOPS = "stops"  # visits over the most of a tour
    LOAD = "load"  # units over the vehicle's capacity
    LENGTH = "length"  # centimetres over what the site takes
    HEIGHT = "height"  # centimetres
    WEIGHT = "weight"  # kilograms
    EQUIPMENT = "equipment"  # pieces that are not on board
    LIBRARIANS = "librarians"  # posts missing
    DRIVERS = "drivers"
    CREW = "crew"  # posts of both kinds together
    SITE_CLOSED = "site-closed"  # 1, as for all that follow: the site would receive a bus that day, at its usual hours
    DAY_FROZEN = "day-frozen"  # the vehicle-day would take more than what is pinned to it
    PATTERN = "pattern"  # the day would make one more allowed set of days
    RHYTHM = "rhythm"  # the visit would be off the beat of the others
    PINNED = "pinned"  # what is pinned of every visit of the need would no longer hold
    VEHICLE_WEEKDAY = "vehicle-weekday"
    VEHICLE_AWAY = "vehicle-away"
    ROOM = "room"  # another visit of the day, of no higher priority, would give its place
    VEHICLE_KIND = "vehicle-kind"
    DAY_OFF = "day-off"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The vehicle-day where a rule alone would have to give least for a visit to fit, in the unit of the rule."""

    rule: Hurdle
    amount: int
    vehicle_id: str
    day: date
    other_day: date | None = None  # of the visit that is too near or too far
    other_need_id: str = ""  # whose visit would give its place


@dataclass(frozen=True, slots=True)
class Unserved:
    """`missing` visits of a need that found no day; the first reason is the one that decides.

    `nearest` has one near miss a rule, the nearest first; empty while a run goes on, and where nobody looked.
    """

    need_id: str
    missing: int
    reasons: tuple[Reason, ...]
    nearest: tuple[NearMiss, ...] = ()


class Ending(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    TIME_UP = "time-up"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A plan's visits and driving with what no plan can exceed or undercut; None where nothing is proven.

    `driving_bound_s` is about all plans that make at least as many visits of each need.
    """

    visits: int
    drive_s: int
    served_bound: int | None = None
    driving_bound_s: int | None = None

    @property
    def served_gap(self) -> float | None:
        """The share of the visits there can be at most that the plan does not make."""
        return None if self.served_bound is None else 1 - self.visits / max(self.served_bound, 1)

    @property
    def driving_gap(self) -> float | None:
        """By what share the plan drives more than the least there can be."""
        return None if not self.driving_bound_s else self.drive_s / self.driving_bound_s - 1


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan for the whole horizon, and what it was made with."""

    trips: tuple[Trip, ...]
    unserved: tuple[Unserved, ...] = ()
    seed: int = 0
    ending: Ending = Ending.FINISHED
    rounds: int = 0  # done by the search that found it
    processes: int = 1  # searches that worked on it, each with a seed of its own
    versions: tuple[tuple[str, str], ...] = ()
    bounds: Bounds | None = None  # what was proven of it; None: nobody looked

    def tours(self) -> Iterator[Tour]:
        """Each tour of each trip."""
        for trip in self.trips:
            yield from trip.tours

    def stops(self) -> Iterator[tuple[Tour, Stop]]:
        """Each stop with its tour."""
        for tour in self.tours():
            for stop in tour.stops:
                yield tour, stop


@dataclass(frozen=True, slots=True)
class Figures:
    """The plan in figures; balance is the working hours (leave to return) of each vehicle and each week."""

    visits: int
    wanted: int
    sites_reached: int
    trips: int
    tours: int
    drive_s: int
    service_s: int
    distance_m: int
    work_s_by_vehicle: tuple[tuple[str, int], ...]
    unserved_by_reason: tuple[tuple[str, int], ...]
    work_s_by_week: tuple[tuple[str, int], ...] = ()  # all weeks of the horizon, as ISO writes them
    groups_split: int = 0  # tours beyond the first that visit sites of one group
    served_bound: int | None = None  # visits that no plan exceeds, and seconds of driving that no plan with
    driving_bound_s: int | None = None  # these visits undercuts; None where nothing is proven


class Phase(StrEnum):
    """What the planner is busy with."""

    CHECKING = "checking"
    TRAVEL = "travel"
    COMPILING = "compiling"  # getting the search ready, once after each update; the first plan stands already
    DAYS = "days"  # which site on which day
    TIMES = "times"  # order and times of each day
    JUDGING = "judging"
    BOUNDING = "bounding"  # how far from the best possible; the plan stands already


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a run: `solution` is set whenever a better plan was found."""

    phase: Phase
    elapsed_s: float
    figures: Figures | None = None
    solution: Solution | None = None


class RuleName(StrEnum):
    """Every hard rule the judge knows."""

    UNKNOWN_SITE = "unknown-site"
    UNKNOWN_NEED = "unknown-need"
    UNKNOWN_VEHICLE = "unknown-vehicle"
    WRONG_VEHICLE = "wrong-vehicle"
    VEHICLE_AWAY = "vehicle-away"
    DAY_OFF = "day-off"
    OUTSIDE_HORIZON = "outside-horizon"
    SITE_CLOSED = "site-closed"
    OUTSIDE_WINDOW = "outside-window"
    SHORT_SERVICE = "short-service"
    NO_SET_UP = "no-set-up"
    LATE = "late"  # the bus cannot be there by then
    WRONG_DRIVE = "wrong-drive"  # the stated driving is not what travel says
    NO_LUNCH = "no-lunch"
    SHIFT_TOO_LONG = "shift-too-long"
    SHIFT_TOO_EARLY = "shift-too-early"
    SHIFT_TOO_LATE = "shift-too-late"
    DRIVE_TOO_LONG = "drive-too-long"
    TOO_MANY_STOPS = "too-many-stops"
    NO_EQUIPMENT = "no-equipment"  # what the visit needs is not on board
    PIN_BROKEN = "pin-broken"  # a visit is not as people fixed it
    DAY_FROZEN = "day-frozen"  # a frozen vehicle-day has a visit that is not pinned to it
    OVERLOADED = "overloaded"  # more is taken along than the vehicle carries
    WRONG_PATTERN = "wrong-pattern"  # the days of a need are in none of its allowed sets
    WRONG_RHYTHM = "wrong-rhythm"  # not all visits of a need are on one weekday, in one half-day, in one series
    TOO_NEAR = "too-near"  # two visits of a need under its minimum gap
    TOO_FAR_APART = "too-far-apart"  # over its maximum gap
    OVER_QUOTA = "over-quota"
    NEED_OUTSIDE_DATES = "need-outside-dates"
    NO_CREW = "no-crew"
    TWO_TOURS = "two-tours"  # one vehicle twice on a day
    BROKEN_TRIP = "broken-trip"  # days not consecutive, too many, not starting where the last one ended
    NO_LODGING = "no-lodging"  # a night is spent where no crew may stay
    TOO_MANY_NIGHTS = "too-many-nights"  # the posts of a base are away more nights of a month than they may be
    WRONG_COUNT = "wrong-count"  # what is said to be unserved does not add up


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken rule: where, by how much (seconds, days, visits or metres as the rule has it)."""

    rule: RuleName
    where: str
    amount: int = 0
    day: date | None = None

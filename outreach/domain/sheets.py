"""What people read: plain values that services hand to pages, maps and commands."""

from dataclasses import dataclass
from datetime import date, datetime

from outreach.domain.places import CoordinateQuality, Coordinates, SiteKind
from outreach.domain.times import HalfDay, Period
from outreach.domain.visits import PlanOrigin, PlanState, RunState, ServiceKind, VisitOutcome


@dataclass(frozen=True, slots=True)
class VehicleSign:
    """A bus as people know it. `sign` (1, 2, ...) picks colour, shape and line, and stays for life."""

    id: int
    name: str
    sign: int
    base_name: str


@dataclass(frozen=True, slots=True)
class BasePoint:
    """A base on the map."""

    id: int
    name: str
    at: Coordinates


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One line of the list of sites; planned and wanted count visits of the plan in view."""

    id: int
    code: str
    name: str
    kind: SiteKind
    commune: str
    former_district: str
    at: Coordinates
    quality: CoordinateQuality
    last_visit: date | None
    next_visit: date | None
    planned: int
    wanted: int


@dataclass(frozen=True, slots=True)
class SiteFilter:
    """What a person asks the list of sites for; search ignores diacritics."""

    search: str = ""
    kind: SiteKind | None = None
    commune: str = ""
    base_id: int | None = None
    unserved: bool = False
    not_visited_months: int | None = None


@dataclass(frozen=True, slots=True)
class WindowRow:
    """Service hours of a site: weekdays (0 is Monday) and times; `term` is "term", "summer" or empty for always."""

    weekdays: tuple[int, ...]
    start_s: int
    end_s: int
    term: str


@dataclass(frozen=True, slots=True)
class NeedRow:
    """What a site asks for."""

    id: int
    service: ServiceKind
    period: Period
    quota: int
    minutes: int
    min_gap_days: int
    max_gap_days: int | None
    priority: int
    asked_by: str
    asked_on: date | None


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A recorded visit."""

    day: date
    outcome: VisitOutcome
    service: ServiceKind
    readers: int | None
    items: int | None
    note: str


@dataclass(frozen=True, slots=True)
class ComingVisit:
    """A planned visit of a site."""

    plan_id: int
    plan_name: str
    plan_state: PlanState
    day: date
    start_s: int
    end_s: int
    vehicle: VehicleSign


@dataclass(frozen=True, slots=True)
class SitePage:
    """Everything about one site."""

    row: SiteRow
    active: bool
    access_note: str
    contact: str
    former_address: str
    base_name: str
    windows: tuple[WindowRow, ...]
    blocked: tuple[tuple[Period, str], ...]
    needs: tuple[NeedRow, ...]
    past: tuple[PastVisit, ...]
    coming: tuple[ComingVisit, ...]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of the list of plans."""

    id: int
    name: str
    period: Period
    state: PlanState
    version: int
    visits: int
    wanted: int
    updated_at: datetime
    run_id: int | None  # the run that is queued or running now
    approval: str = ""  # number of the document that approves it
    approved_on: date | None = None
    origin: PlanOrigin = PlanOrigin.PLANNED
    breaches: int = 0  # rules the judge found broken when it last looked


@dataclass(frozen=True, slots=True)
class VehicleShare:
    """What one vehicle does in a plan."""

    vehicle: VehicleSign
    visits: int
    tours: int
    work_s: int
    drive_s: int
    distance_m: int


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """A plan in figures."""

    visits: int
    wanted: int
    sites_reached: int
    sites_total: int
    trips: int
    trips_with_nights: int
    tours: int
    distance_m: int
    drive_s: int
    service_s: int
    longest_day_s: int
    shares: tuple[VehicleShare, ...]
    weeks: int = 0  # in which a vehicle drives, and the work of the busiest and of the quietest of them
    busiest_week_s: int = 0
    quietest_week_s: int = 0
    served_bound: int | None = None  # as the planner proved them; None where nothing is proven of this plan
    driving_bound_s: int | None = None


@dataclass(frozen=True, slots=True)
class BoardVisit:
    """A visit on the board."""

    stop_id: int
    site_id: int
    site_name: str
    commune: str
    half: HalfDay
    start_s: int
    end_s: int
    spare_s: int  # until the host's window closes
    in_hours: bool = True  # inside one of the host's windows


@dataclass(frozen=True, slots=True)
class BoardCell:
    """One vehicle on one day: what it does, or why it stands still (`closed`)."""

    vehicle: VehicleSign
    closed: str
    tour_id: int | None
    trip_number: int | None
    trip_days: int
    visits: tuple[BoardVisit, ...]
    breaches: int = 0  # what the judge found in it


@dataclass(frozen=True, slots=True)
class BoardDay:
    """One day of the board; `closed` is the reason nobody drives, `note` what is special."""

    day: date
    closed: str
    note: str
    cells: tuple[BoardCell, ...]
    breaches: int = 0  # those that concern no single vehicle


@dataclass(frozen=True, slots=True)
class BoardWeek:
    """One week of the board: Monday to Friday, Saturday and Sunday where used anywhere in the plan."""

    number: int
    first: date
    days: tuple[BoardDay, ...]
    visits: int
    free: int  # half-days of usable vehicles without a visit
    note: str

    @property
    def breaches(self) -> int:
        """What the judge found in its days."""
        return sum(day.breaches + sum(cell.breaches for cell in day.cells) for day in self.days)


@dataclass(frozen=True, slots=True)
class DayStop:
    """A stop of the day as the crew reads it."""

    position: int
    site_id: int
    site_name: str
    commune: str
    contact: str
    access_note: str
    at: Coordinates
    service: ServiceKind
    arrive_s: int
    start_s: int
    end_s: int
    depart_s: int
    window_start_s: int
    window_end_s: int
    drive_s: int
    distance_m: int
    in_hours: bool = True  # else the window is the service itself


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One vehicle on one day of a plan."""

    plan_id: int
    day: date
    vehicle: VehicleSign
    start: BasePoint
    end: BasePoint  # the base, or the lodging of the night (`overnight`)
    overnight: bool
    trip_number: int
    day_of_trip: int
    trip_days: int
    crew: tuple[str, ...]
    leave_s: int
    return_s: int
    lunch_start_s: int | None
    lunch_end_s: int | None
    drive_s: int
    home_drive_s: int
    home_distance_m: int
    distance_m: int
    estimated: bool
    stops: tuple[DayStop, ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A moment of a run at which a better plan was found."""

    elapsed_s: float
    visits: int
    distance_m: int
    drive_s: int


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as the page shows it."""

    id: int
    plan_id: int
    plan_name: str
    state: RunState
    phase: str  # a routing Phase, or empty before the start
    queue_position: int
    elapsed_s: float
    limit_s: float
    seed: int
    rounds: int  # done by the search that found the saved plan; 0 before
    processes: int
    versions: tuple[tuple[str, str], ...]  # names and versions of what made the saved plan
    wanted: int
    sites: int
    needs: int
    vehicles: int
    working_days: int
    curve: tuple[CurvePoint, ...]
    error: str  # a sentence in the reader's language, empty while all is well
    stopping: str = ""  # "keep" or "discard" once a person asked the running solve to end

    @property
    def best(self) -> CurvePoint | None:
        """The best plan so far."""
        return self.curve[-1] if self.curve else None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """Who changed what, and when."""

    at: datetime
    who: str
    deed: str
    subject: str
    changes: tuple[tuple[str, str, str], ...]  # field, before, after


@dataclass(frozen=True, slots=True)
class TimetableEntry:
    """A published visit as the public reads it."""

    day: date
    start_s: int
    end_s: int
    site_name: str
    kind: SiteKind
    commune: str
    vehicle: VehicleSign


@dataclass(frozen=True, slots=True)
class Alert:
    """Something on the overview that wants to be looked at."""

    kind: str  # "unserved", "run-failed", "approve", "publish", "expiring"
    title: str
    text: str
    plan_id: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Today, this week, coverage and figures."""

    today: date
    plan: PlanRow | None
    sheets: tuple[DaySheet, ...]
    week: BoardWeek | None
    alerts: tuple[Alert, ...]
    coming: tuple[tuple[date, str], ...]
    period: Period
    reached: int
    sites: int
    coverage: tuple[tuple[str, int, int], ...]  # terrain's name, reached, all
    longest_waiting: tuple[SiteRow, ...]
    visits: int
    visits_before: int | None
    readers: int
    readers_before: int | None

"""The words of the work: kinds of service, states of plans, outcomes of visits."""

from enum import StrEnum


class ServiceKind(StrEnum):
    """What the library does at a site."""

    BUS_VISIT = "bus_visit"
    ROTATION = "rotation"
    SUPPORT = "support"
    DISPLAY = "display"


class PlanState(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    CLOSED = "closed"


class PlanOrigin(StrEnum):
    """Where a plan comes from."""

    PLANNED = "planned"  # found by the planner
    SHEET = "sheet"  # a timetable brought in from a spreadsheet


class VisitOutcome(StrEnum):
    """What became of a visit that was planned."""

    DONE = "done"
    PART = "part"
    CANCELLED = "cancelled"
    MOVED = "moved"


class CancelReason(StrEnum):
    """Why a visit did not take place."""

    RAIN = "rain"
    ROAD = "road"
    EXAM = "exam"
    VEHICLE = "vehicle"
    CREW = "crew"
    HOST = "host"


class Post(StrEnum):
    """The post a member of staff holds on a trip."""

    DRIVER = "driver"
    LIBRARIAN = "librarian"


class VehicleKind(StrEnum):
    """What carries the library."""

    BUS = "bus"
    VAN = "van"
    BOAT = "boat"


class CalendarKind(StrEnum):
    """Why a day is special."""

    HOLIDAY = "holiday"
    SWAP_DAY = "swap_day"  # a working day turned into a day off
    MADE_UP_DAY = "made_up_day"  # a Saturday or Sunday worked in exchange
    SCHOOL_BREAK = "school_break"
    EXAM = "exam"
    CAMPAIGN = "campaign"  # open, and worth a visit


class RequestState(StrEnum):
    """How far a request for the bus has come."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class IntakeState(StrEnum):
    """How far a sheet that is brought in has come."""

    READING = "reading"  # the file waits or is being read
    MAPPING = "mapping"  # a person says which column is what
    CHECKING = "checking"  # rows are being compared with what is there
    READY = "ready"  # a person looks at the preview
    WRITING = "writing"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"  # left by a person, nothing was written
    FAILED = "failed"  # could not be read; nothing was written


class RunState(StrEnum):
    """How far a planning run has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"  # stopped by a person, best plan kept
    DISCARDED = "discarded"  # stopped by a person, result thrown away
    FAILED = "failed"


class JobState(StrEnum):
    """How far background work has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

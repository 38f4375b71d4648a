"""The roles of people, what each may do, and the person who acts."""

from dataclasses import dataclass
from enum import StrEnum

from outreach.domain.errors import NotAllowed


class Role(StrEnum):
    """What a signed-in person is; `PUBLIC` is everybody else."""

    ADMIN = "admin"
    PLANNER = "planner"
    DRIVER = "driver"
    OFFICE = "office"
    PUBLIC = "public"


class Right(StrEnum):
    """One thing a role may be allowed to do."""

    SEE_TIMETABLE = "see-timetable"
    SEE_PLANS = "see-plans"
    SEE_SITES = "see-sites"
    EDIT_REGISTERS = "edit-registers"
    HANDLE_REQUESTS = "handle-requests"
    RECORD_VISITS = "record-visits"
    PLAN = "plan"
    APPROVE = "approve"
    PUBLISH = "publish"
    SEE_AUDIT = "see-audit"
    MANAGE_USERS = "manage-users"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.PLANNER: frozenset(Right) - {Right.MANAGE_USERS},
    Role.OFFICE: frozenset({Right.SEE_TIMETABLE, Right.SEE_PLANS, Right.SEE_SITES, Right.SEE_AUDIT, Right.APPROVE})
    | {Right.HANDLE_REQUESTS, Right.RECORD_VISITS},
    Role.DRIVER: frozenset({Right.SEE_TIMETABLE, Right.SEE_PLANS, Right.SEE_SITES}),
    Role.PUBLIC: frozenset({Right.SEE_TIMETABLE}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person, or the command line (`user_id` None) for one organisation."""

    user_id: int | None
    organisation_id: int
    role: Role
    name: str
    language: str = "vi"


def may(role: Role, right: Right) -> bool:
    """Whether `role` holds `right`."""
    return right in RIGHTS[role]


def require(actor: Actor, right: Right) -> None:
    """Raise NotAllowed unless the actor's role holds `right`."""
    if not may(actor.role, right):
        raise NotAllowed("Tài khoản của bạn không có quyền làm việc này.", right=right.value)

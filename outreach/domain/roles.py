"""The roles of people and what each may do."""

from enum import StrEnum


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
    PLAN = "plan"
    APPROVE = "approve"
    PUBLISH = "publish"
    SEE_AUDIT = "see-audit"
    MANAGE_USERS = "manage-users"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.PLANNER: frozenset(Right) - {Right.MANAGE_USERS},
    Role.OFFICE: frozenset({Right.SEE_TIMETABLE, Right.SEE_PLANS, Right.SEE_SITES, Right.SEE_AUDIT, Right.APPROVE}),
    Role.DRIVER: frozenset({Right.SEE_TIMETABLE, Right.SEE_PLANS, Right.SEE_SITES}),
    Role.PUBLIC: frozenset({Right.SEE_TIMETABLE}),
}


def may(role: Role, right: Right) -> bool:
    """Whether `role` holds `right`."""
    return right in RIGHTS[role]

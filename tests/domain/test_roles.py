"""What each role may do."""

from outreach.domain.roles import RIGHTS, Right, Role, may


def test_the_public_sees_the_timetable_and_nothing_else():
    assert RIGHTS[Role.PUBLIC] == {Right.SEE_TIMETABLE}


def test_only_the_administrator_manages_users():
    assert [role for role in Role if may(role, Right.MANAGE_USERS)] == [Role.ADMIN]


def test_a_driver_reads_plans_and_changes_none():
    assert may(Role.DRIVER, Right.SEE_PLANS)
    assert not may(Role.DRIVER, Right.PLAN)
    assert not may(Role.DRIVER, Right.PUBLISH)

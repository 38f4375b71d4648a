"""Whatever the province and the plan: every fix that is offered, applied, serves the need and satisfies the judge."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.routing.changes import ASKED_AT_LEAST, ASKED_AT_MOST
from outreach.routing.checks import check
from outreach.routing.fixes import applied, apply, fixes_for
from outreach.routing.problem import Problem
from outreach.routing.solution import Hurdle, Solution
from outreach.routing.solve import solve
from tests.routing.near import days_of, planned
from tests.routing.proven import fixes
from tests.routing.test_nearest import busy_weeks, tight_provinces
from tests.routing.test_properties import provinces


def well_formed(asked: Problem) -> Problem:
    """Allowed sets of days as large as the quota, as `validate` wants them; a need without such is free."""
    needs = (replace(n, patterns=tuple(p for p in n.patterns if len(p) == n.quota)) for n in asked.needs)
    return replace(asked, needs=tuple(needs))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(tight_provinces() | busy_weeks() | provinces())
def test_every_fix_applied_serves_the_need_and_satisfies_the_judge(asked):
    """Nothing moves but what is named, the road is as said, and without the change the judge refuses it."""
    asked = well_formed(asked)
    plan = planned(asked)
    for entry in plan.unserved:
        found = fixes(asked, entry.need_id, plan)
        offered = {fix.change.rule for fix in found}
        assert len(offered) == len(found)
        assert None not in offered
        for miss in entry.nearest:
            sensible = miss.rule not in ASKED_AT_MOST and miss.rule not in ASKED_AT_LEAST
            if sensible and miss.rule not in (Hurdle.ROOM, Hurdle.PATTERN, Hurdle.PINNED):
                assert miss.rule in offered
                assert min(fix.change.amount for fix in found if fix.change.rule is miss.rule) == miss.amount


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(tight_provinces(), st.data())
def test_fixes_of_a_plan_with_visits_taken_out_are_true_as_well(asked, data):
    """After a hand edit there is room, or another visit can move: both are found and proven."""
    asked = well_formed(asked)
    plan = planned(asked)
    if not plan.trips or asked.pins:
        return
    gone = data.draw(st.sampled_from(plan.trips))
    left = Solution(tuple(trip for trip in plan.trips if trip is not gone))
    for stop in gone.tours[0].stops:
        days = days_of(left, stop.need_id)
        for fix in fixes_for(asked, left, stop.need_id, seconds=60):
            new = applied(asked, left, fix)
            assert check(apply(asked, fix), new) == ()
            assert len(days_of(new, stop.need_id)) == len(days) + 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces())
def test_fixes_leave_trips_with_nights_as_they_are(asked):
    """Some places are inns: whatever is offered is proven, and no tour of a trip of several days is touched."""
    inns = tuple(place.id for place in asked.places)[1:4]
    asked = replace(asked, lodgings=inns, rules=replace(asked.rules, trip_days_max=3))
    plan = solve(asked, rounds=400)
    away = {(tour.vehicle_id, tour.day) for trip in plan.trips if len(trip.tours) > 1 for tour in trip.tours}
    for entry in plan.unserved:
        for fix in fixes(asked, entry.need_id, plan):
            assert not away & {(tour.vehicle_id, tour.day) for tour in fix.tours}

"""Fixes of a need, each applied and proven: served, judged, and nothing moved but what is named."""

from collections import Counter

from outreach.routing.checks import check
from outreach.routing.fixes import Fix, applied, apply, fixes_for
from outreach.routing.problem import Problem
from outreach.routing.solution import Hurdle, Solution
from tests.routing.near import planned


def fixes(asked: Problem, name: str = "need a", solution: Solution | None = None) -> list[Fix]:
    """The fixes of a need; each is proven on the way."""
    plan = planned(asked) if solution is None else solution
    found = fixes_for(asked, plan, name, seconds=60)
    for fix in found:
        proven(asked, plan, fix)
    return list(found)


def proven(asked: Problem, plan: Solution, fix: Fix) -> None:
    """Applied, the visit is served and the judge content; nothing moves but what is named, and no rule was idle."""
    new, eased = applied(asked, plan, fix), apply(asked, fix)
    assert check(eased, new) == ()
    change = fix.change
    before, after = visits(plan), visits(new)
    won = (change.need_id, change.vehicle_id, change.day, fix.start_s)
    moved = {(one.need_id, one.vehicle_id, one.day, one.start_s) for one in fix.disturbed}
    to = {(one.need_id, one.to_vehicle_id, one.to_day, one.to_start_s) for one in fix.disturbed if one.to_day}
    assert after == (before - moved) | to | {won}
    assert len(after) == len(before) + 1 - fix.drops
    assert sum(t.drive_s for t in new.tours()) - sum(t.drive_s for t in plan.tours()) == fix.drive_s
    if change.rule in (None, Hurdle.ROOM):
        assert eased == asked
    else:
        assert check(asked, new) != ()
    assert unserved(new)[change.need_id] == unserved(plan)[change.need_id] - 1


def visits(plan: Solution) -> set[tuple[object, ...]]:
    return {(stop.need_id, tour.vehicle_id, tour.day, stop.start_s) for tour, stop in plan.stops()}


def unserved(plan: Solution) -> Counter[str]:
    return Counter({entry.need_id: entry.missing for entry in plan.unserved})

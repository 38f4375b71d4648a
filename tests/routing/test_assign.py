"""CP-SAT's choice of days: what it hands over keeps quota, spacing, half-days and crews."""

from datetime import timedelta
from itertools import pairwise

import pytest

from outreach.domain.times import TimeWindow
from outreach.routing.assign import Assignment, draft_of, halves_of, span_of, zones_of
from outreach.routing.draft import Desk
from outreach.routing.expand import Horizon
from outreach.routing.problem import Problem
from outreach.routing.search import fill
from outreach.routing.timeline import Call
from tests.routing.small import MONDAY, MORNING, H, bus, crew, need, problem, site


def call(*windows: tuple[float, float], service_s: int = 2 * H) -> Call:
    """A visit in windows given in hours."""
    hours = tuple(TimeWindow(int(start * H), int(end * H)) for start, end in windows)
    return Call("need", "site", 1, 900, service_s, 900, hours)


def last_choice(asked: Problem) -> tuple[Desk, dict[int, list[str]]]:
    """The best choice CP-SAT hands over."""
    desk = Desk(Horizon(asked))
    choices: list[dict[int, list[str]]] = []
    Assignment(desk).solve(seconds=5, seed=1, workers=1, better=lambda chosen: choices.append(dict(chosen)))
    return desk, choices[-1]


@pytest.mark.parametrize(
    ("found", "halves"),
    [
        (call((7.5, 10.5), (13.5, 16.5)), (0, 1)),
        (call((7.5, 10.5)), (0,)),
        (call((13.5, 16.5)), (1,)),
        (call((7.5, 9), (13.5, 16.5)), (1,)),
        (call((9, 17)), (0, 1)),
        (call((11, 14), service_s=3 * H), (0,)),
        (call((7.5, 9)), ()),
    ],
)
def test_half_days_are_those_in_which_the_service_fits(found, halves):
    """Three hours hold a service of two, an hour and a half does not; one across noon counts as morning."""
    assert halves_of(found) == halves


def test_span_of_a_half_day_runs_from_first_opening_to_last_closing():
    """07:30 to 10:30 and 09:00 to 17:00: the morning is 07:30 to noon, the afternoon noon to 17:00."""
    calls = [call((7.5, 10.5)), call((9, 17))]
    assert (span_of(calls, 0), span_of(calls, 1)) == (int(4.5 * H), 5 * H)


def test_zones_cover_every_site_and_keep_far_ones_apart():
    """Two pairs 60 km apart make two zones, each with its pair."""
    kilometres = {"base": 0, "a": 10, "b": 12, "c": 70, "d": 75}
    names = list("abcd")
    asked = problem(kilometres, sites=[site(name) for name in names], needs=[need(name) for name in names])
    zones = zones_of(Desk(Horizon(asked)))
    assert sorted(sorted(zone.near) for zone in zones) == [[1, 2], [3, 4]]


def test_near_schools_are_put_on_one_day():
    """Two pairs 60 km apart, two days: each pair has its day."""
    names = list("abcd")
    asked = problem(
        {"base": 0, "a": 10, "b": 12, "c": 70, "d": 75},
        sites=[site(name) for name in names],
        needs=[need(name) for name in names],
        days=2,
    )
    _, chosen = last_choice(asked)
    pairs = sorted(sorted(need_ids) for need_ids in chosen.values())
    assert pairs == [["need a", "need b"], ["need c", "need d"]]


def test_choice_keeps_quota_and_both_gaps():
    """Three visits, two to four days apart, within two weeks."""
    asked = problem(
        {"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=3, min_gap_days=2, max_gap_days=4)], days=12
    )
    desk, chosen = last_choice(asked)
    days = sorted(desk.vehicle_days[k].day for k in chosen)
    gaps = [(after - before).days for before, after in pairwise(days)]
    assert len(days) == 3
    assert all(2 <= gap <= 4 for gap in gaps)


def test_one_crew_sends_one_of_two_buses_out():
    """Four schools with mornings only, two buses, one crew, four days: each day has one bus out."""
    names = list("abcd")
    asked = problem(
        {"base": 0, "a": 10, "b": 11, "c": 12, "d": 13},
        sites=[site(name, windows=[MORNING]) for name in names],
        needs=[need(name) for name in names],
        vehicles=[bus("one"), bus("two")],
        staff=crew(),
        days=4,
    )
    desk, chosen = last_choice(asked)
    assert sorted(desk.vehicle_days[k].day for k in chosen) == [MONDAY + timedelta(days=day) for day in range(4)]


def test_nearer_base_serves_a_site_both_could():
    """Two bases 80 km apart, a school beside each, both buses free."""
    asked = problem(
        {"north": 0, "south": 80, "a": 5, "b": 75},
        sites=[site("a"), site("b")],
        needs=[need("a"), need("b")],
        vehicles=[bus("n", depot="north"), bus("s", depot="south")],
        days=2,
    )
    desk, chosen = last_choice(asked)
    served_by = {need_id: desk.vehicle_days[k].vehicle.id for k, needs in chosen.items() for need_id in needs}
    assert served_by == {"need a": "n", "need b": "s"}


def test_choice_becomes_a_draft_with_exact_times():
    """What was chosen fits, so nothing is left to put elsewhere."""
    asked = problem({"base": 0, "a": 10, "b": 12}, sites=[site("a"), site("b")], needs=[need("a"), need("b")], days=1)
    desk, chosen = last_choice(asked)
    draft = draft_of(desk, chosen)
    fill(draft)
    assert draft.missing() == []
    assert len(draft.rounds) == 1


def test_hint_from_a_draft_leads_to_the_same_or_a_better_choice():
    """Started from the first plan, everybody it served is still served."""
    names = list("abcdef")
    asked = problem(
        {"base": 0, **{name: 10.0 + 9 * i for i, name in enumerate(names)}},
        sites=[site(name) for name in names],
        needs=[need(name) for name in names],
    )
    desk = Desk(Horizon(asked))
    from_first = draft_of(desk, {})
    fill(from_first)
    assignment = Assignment(desk)
    assignment.hint(from_first)
    choices: list[int] = []
    assignment.solve(seconds=5, seed=1, workers=1, better=lambda chosen: choices.append(sum(map(len, chosen.values()))))
    assert choices[-1] == len(names)

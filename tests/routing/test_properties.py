"""Small provinces by chance: whatever comes in, what comes out is sound, adds up and gives its reasons."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.routing.checks import _Judge, check
from outreach.routing.expand import Horizon
from outreach.routing.formats import problem_from_json, problem_to_json
from outreach.routing.objective import measure
from outreach.routing.problem import (
    NO_ROAD,
    Absence,
    Closure,
    FrozenDay,
    Need,
    Pin,
    Problem,
    Rules,
    Site,
    SiteWindow,
    Travel,
    Turn,
    Vehicle,
    WorkingHours,
)
from outreach.routing.solution import Solution, Tour
from outreach.routing.solve import solve
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, crew, problem

DAYS = 12
BRITISH = SiteWindow(9 * H, 17 * H)
ODD = SiteWindow(7 * H + 31 * 60, 9 * H + 31 * 60)
KINDS = ("school_primary", "commune_library", "prison")

weekdays = st.frozensets(st.integers(0, 4), min_size=1)
day_numbers = st.integers(0, DAYS - 1)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(day_numbers)
    last = draw(st.integers(first, DAYS - 1))
    return Period(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))


@st.composite
def sites(draw: st.DrawFn, name: str) -> Site:
    windows = draw(st.sampled_from([(MORNING, AFTERNOON), (MORNING,), (AFTERNOON,), (BRITISH,), (ODD,)]))
    open_on = draw(weekdays)
    return Site(
        name,
        name,
        name,
        draw(st.sampled_from(KINDS)),
        tuple(SiteWindow(window.start_s, window.end_s, open_on) for window in windows),
        blocked=tuple(Absence(period) for period in draw(st.lists(periods(), max_size=1))),
        reached_by=draw(st.sampled_from([frozenset({"bus", "van"}), frozenset({"van"}), frozenset({"boat"})])),
        max_length_m=draw(st.sampled_from([None, 7.0, 12.0])),
        extra_set_up_s=draw(st.sampled_from([0, 600])),
    )


@st.composite
def needs(draw: st.DrawFn, name: str) -> Need:
    gap = draw(st.integers(0, 6))
    return Need(
        f"need {name}",
        name,
        quota=draw(st.integers(1, 6)),
        service_s=draw(st.sampled_from([1200, 5400, 7200, 14_400])),
        min_gap_days=gap,
        max_gap_days=draw(st.none() | st.integers(max(gap, 1), 9)),
        priority=draw(st.integers(1, 5)),
        last_visit=draw(st.sampled_from([None, MONDAY - timedelta(days=3)])),
        preferred_weeks=draw(st.sampled_from([frozenset(), frozenset({MONDAY + timedelta(days=7)})])),
        equipment=draw(st.sampled_from([frozenset(), frozenset({"projector"})])),
        load=draw(st.sampled_from([0, 1, 2, 5])),
    )


@st.composite
def provinces(draw: st.DrawFn) -> Problem:
    names = [f"s{i}" for i in range(draw(st.integers(1, 6)))]
    bases = ["north", "south"][: draw(st.integers(1, 2))]
    vehicles = tuple(
        Vehicle(
            f"bus of {base}",
            base,
            base,
            kind=draw(st.sampled_from(["bus", "van"])),
            weekdays=draw(weekdays),
            absences=tuple(Absence(period) for period in draw(st.lists(periods(), max_size=1))),
            length_m=draw(st.sampled_from([None, 8.0])),
            capacity=draw(st.sampled_from([None, 0, 3])),
            set_up_s=draw(st.sampled_from([240, 900])),
            pack_up_s=draw(st.sampled_from([0, 900])),
            equipment=draw(st.sampled_from([frozenset(), frozenset({"projector", "lift"})])),
            hours=draw(st.sampled_from([(), (WorkingHours(frozenset({0, 2}), return_latest_s=13 * H),)])),
        )
        for base in bases
    )
    closures = tuple(
        Closure(period, "nghỉ", draw(st.sampled_from([None, frozenset({KINDS[0]}), frozenset()])), draw(st.booleans()))
        for period in draw(st.lists(periods(), max_size=2))
    )
    staff = tuple(member for base in bases for member in crew(base, librarians=draw(st.integers(1, 2))))
    return problem(
        {
            **{base: 80.0 * i for i, base in enumerate(bases)},
            **{name: draw(st.integers(-40, 130)) for name in names},
        },
        sites=[draw(sites(name)) for name in names],
        needs=[draw(needs(name)) for name in names],
        vehicles=vehicles,
        days=DAYS,
        closures=closures,
        staff=draw(st.sampled_from([(), staff])),
        rules=Rules(
            lunch_s=draw(st.sampled_from([0, H])),
            stops_max=draw(st.sampled_from([None, 1, 2])),
            extra_days=draw(st.sampled_from([frozenset(), frozenset({MONDAY + timedelta(days=5)})])),
        ),
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces(), st.sampled_from([1, 3_000]))
def test_every_plan_is_sound_adds_up_and_gives_its_reasons(asked, rounds):
    """The judge finds nothing; served and unserved make the quota; each missing visit has a reason."""
    solution = solve(asked, rounds=rounds)
    assert check(asked, solution) == ()
    served = Counter(stop.need_id for _, stop in solution.stops())
    missing = {entry.need_id: entry.missing for entry in solution.unserved}
    for wanted in asked.needs:
        assert served[wanted.id] + missing.get(wanted.id, 0) == wanted.quota
    assert all(entry.reasons and entry.missing > 0 for entry in solution.unserved)
    figures = measure(asked, solution)
    assert figures.visits + sum(missing.values()) == figures.wanted
    assert sum(count for _, count in figures.unserved_by_reason) == sum(missing.values())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces(), st.data())
def test_what_is_pinned_stays_while_the_rest_is_planned(asked, data):
    """Stops of one plan, pinned with more or less said of each, hold in the plan of another problem's wishes."""
    plan = solve(asked, rounds=500)
    stops = [(tour, i) for tour in plan.tours() for i in range(len(tour.stops))]
    chosen = data.draw(st.lists(st.sampled_from(stops), unique_by=id, max_size=5)) if stops else []
    pins = tuple(pin_of(*where, data.draw(st.integers(0, 15))) for where in chosen)
    frozen = tuple({FrozenDay(pin.vehicle_id, pin.day) for pin in pins if pin.vehicle_id and data.draw(st.booleans())})
    turned = replace(
        asked, needs=tuple(replace(n, priority=6 - n.priority) for n in asked.needs), pins=pins, frozen=frozen
    )
    found = solve(turned, rounds=1_000, start=data.draw(st.sampled_from([None, plan])))
    assert check(turned, found) == ()


SPOILT = {
    "no vehicles": lambda p: replace(p, vehicles=()),
    "no windows": lambda p: replace(p, sites=tuple(replace(s, windows=()) for s in p.sites)),
    "one point": lambda p: replace(p, travel=still(p, 0)),
    "no roads": lambda p: replace(p, travel=still(p, NO_ROAD)),
    "quota above the days": lambda p: replace(p, needs=tuple(replace(n, quota=400) for n in p.needs)),
    "one visit": lambda p: replace(p, needs=tuple(replace(n, quota=1) for n in p.needs[:1])),
    "no needs": lambda p: replace(p, needs=()),
    "no sites": lambda p: replace(p, sites=(), needs=()),
    "all closed": lambda p: replace(p, closures=(Closure(p.horizon, "nghỉ", None, True),)),
    "all pinned": lambda p: replace(
        p, needs=tuple(replace(n, quota=1) for n in p.needs), pins=tuple(Pin(n.id, p.horizon.first) for n in p.needs)
    ),
    "all frozen": lambda p: replace(
        p, frozen=tuple(FrozenDay(v.id, day) for v in p.vehicles for day in p.horizon.days())
    ),
    "nobody there": lambda p: replace(p, staff=crew("north", drivers=0)),
    "service of a day": lambda p: replace(p, needs=tuple(replace(n, service_s=86_400) for n in p.needs)),
    "service of no time": lambda p: replace(p, needs=tuple(replace(n, service_s=0) for n in p.needs)),
}


def still(asked: Problem, seconds: int) -> Travel:
    """Every leg takes so long."""
    legs = np.full((len(asked.places), len(asked.places)), seconds, dtype=np.int32)
    return Travel(tuple(place.id for place in asked.places), legs, legs)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces(), st.lists(st.sampled_from(sorted(SPOILT)), min_size=1, max_size=3, unique=True))
def test_spoilt_problem_gives_a_sound_plan_or_an_error_with_a_field(asked, faults):
    """Whatever is missing or too much: no crash, and what cannot be is named."""
    for fault in faults:
        asked = SPOILT[fault](asked)
    found = plan_or_field(asked)
    if isinstance(found, Solution):
        assert check(asked, found) == ()
    else:
        assert found.startswith("pins") or (found == "vehicles" and not asked.vehicles)


def plan_or_field(asked: Problem) -> Solution | str:
    try:
        return solve(asked, rounds=300)
    except InvalidValue as error:
        return error.field


def pin_of(tour: Tour, i: int, said: int) -> Pin:
    """A pin of a stop that says its day, and as the bits of `said` have it its bus, hours and turn."""
    stop = tour.stops[i]
    return Pin(
        stop.need_id,
        tour.day,
        vehicle_id=tour.vehicle_id if said & 1 else None,
        from_s=stop.start_s if said & 2 else None,
        to_s=stop.end_s if said & 4 else None,
        turn=Turn.FIRST if said & 8 and i == 0 else None,
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces())
def test_problem_survives_json(asked):
    """What is written is read back the same, travel and all."""
    assert problem_to_json(problem_from_json(problem_to_json(asked))) == problem_to_json(asked)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(provinces())
def test_windows_of_the_planner_are_those_of_the_judge(asked):
    """Both read the calendar for themselves: on each day a site is open for both or for neither."""

    horizon, judge = Horizon(asked), _Judge(asked)
    for found in asked.sites:
        for day in asked.horizon.days():
            theirs = [] if judge.is_closed(found, day) else judge.hours(found, day)
            assert [(w.start_s, w.end_s) for w in horizon.windows_on(found, day)] == sorted(set(theirs))

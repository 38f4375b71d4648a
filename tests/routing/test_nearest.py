"""How near a visit came: each rule in a case a person can work out, and all of them proven by chance."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.domain.times import Period
from outreach.routing import nearest
from outreach.routing.explain import explained
from outreach.routing.formats import solution_from_json, solution_to_json
from outreach.routing.problem import (
    NO_ROAD,
    Absence,
    Closure,
    FrozenDay,
    Need,
    Pin,
    Problem,
    Rules,
    SiteWindow,
    StaffMember,
    Travel,
    WorkingHours,
)
from outreach.routing.solution import Hurdle, NearMiss, ReasonCode
from outreach.routing.solve import solve
from tests.routing.near import days_of, eased, fits_somewhere, opened, planned
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, bus, crew, need, problem, site
from tests.routing.test_properties import provinces

TUESDAY, WEDNESDAY, FRIDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 4))
MOST = {
    Hurdle.OPENS_EARLIER: lambda asked: 24 * H,
    Hurdle.CLOSES_LATER: lambda asked: 24 * H,
    Hurdle.SHIFT: lambda asked: 24 * H - asked.rules.shift_max_s,
    Hurdle.LEAVE_EARLIER: lambda asked: asked.rules.leave_earliest_s,
    Hurdle.RETURN_LATER: lambda asked: 24 * H - asked.rules.return_latest_s,
    Hurdle.DRIVE: lambda asked: 24 * H - asked.rules.drive_max_s,
    Hurdle.LUNCH: lambda asked: asked.rules.lunch_s,
    Hurdle.TOO_NEAR: lambda asked: max(need.min_gap_days for need in asked.needs),
}


def ways(asked: Problem, name: str = "need a") -> dict[Hurdle, NearMiss]:
    """The near misses of the need that found no day; each is proven on the way."""
    solution = planned(asked)
    (found,) = (entry for entry in solution.unserved if entry.need_id == name)
    (wanted,) = (wanted for wanted in asked.needs if wanted.id == name)
    for miss in found.nearest:
        assert opened(asked, solution, miss, wanted), miss
        assert not opened(asked, solution, miss, wanted, less=1), miss
    return {miss.rule: miss for miss in found.nearest}


def amounts(asked: Problem, name: str = "need a") -> dict[Hurdle, int]:
    return {rule: miss.amount for rule, miss in ways(asked, name).items()}


def lone_school(days: int = 1, kilometres: float = 10, **more: object) -> Problem:
    """One school, open in the morning, one bus."""
    asked = {"sites": [site("a", windows=[MORNING])], "needs": [need("a")], **more}
    return problem({"base": 0, "a": kilometres}, days=days, **asked)


def test_service_longer_than_the_window_wants_it_longer_at_either_end():
    """Three and a half hours of service, open from 7:30 to 10:30."""
    asked = lone_school(needs=[need("a", service_s=3 * H + 1800)])
    assert amounts(asked) == {Hurdle.OPENS_EARLIER: 1800, Hurdle.CLOSES_LATER: 1800}


def test_shift_is_over_by_the_waiting_of_no_second():
    """200 minutes there, two hours and a half with set-up and pack-up, 200 back: 550 minutes, 9 hours allowed."""
    asked = lone_school(
        kilometres=200,
        sites=[site("a", windows=[SiteWindow(6 * H, 18 * H)])],
        rules=Rules(shift_max_s=9 * H, lunch_s=0),
    )
    assert amounts(asked) == {Hurdle.SHIFT: 10 * 60}


def test_driving_is_over_by_the_road_alone():
    """250 minutes each way, eight hours allowed."""
    asked = lone_school(
        kilometres=250,
        sites=[site("a", windows=[SiteWindow(6 * H, 18 * H)])],
        rules=Rules(shift_max_s=12 * H, lunch_s=0),
    )
    assert amounts(asked) == {Hurdle.DRIVE: 20 * 60}


def test_early_host_wants_an_early_bus():
    """Set up by 7:30 after an hour and a half of road and a quarter of setting up: away at 5:45."""
    asked = lone_school(kilometres=90, sites=[site("a", windows=[replace(MORNING, end_s=9 * H + 1800)])])
    assert amounts(asked) == {Hurdle.LEAVE_EARLIER: 900, Hurdle.CLOSES_LATER: 900}


def test_late_host_wants_a_late_bus():
    """Ends at 16:30, packs up till 16:45, an hour and a half of road; back by 18:00 is asked for."""
    asked = lone_school(kilometres=90, sites=[site("a", windows=[replace(AFTERNOON, start_s=14 * H + 1800)])])
    assert amounts(asked) == {Hurdle.RETURN_LATER: 900, Hurdle.OPENS_EARLIER: 900}


def test_lunch_in_the_way_says_how_much_shorter_it_would_be():
    """Served 9:00 to 11:00 and 12:30 to 14:30 at one place: 15 minutes of packing and 15 of setting up leave 60."""
    first, second = SiteWindow(9 * H, 11 * H), SiteWindow(12 * H + 1800, 14 * H + 1800)
    sites = [site("a", windows=[first]), site("b", windows=[second])]
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=sites,
        needs=[need("a", priority=2), need("b", priority=4)],
        days=1,
        rules=Rules(lunch_s=H + 600),
    )
    assert amounts(asked)[Hurdle.LUNCH] == 600


def test_host_that_is_closed_on_the_bus_days_is_asked_for_one_of_them():
    """Received on Fridays, the bus drives Monday to Thursday: Monday at the host's, or Friday with the bus."""
    fridays = site("a", windows=[replace(MORNING, weekdays=frozenset({4}))])
    found = ways(lone_school(days=5, sites=[fridays], vehicles=[bus(weekdays=frozenset(range(4)))]))
    assert found == {
        Hurdle.SITE_CLOSED: NearMiss(Hurdle.SITE_CLOSED, 1, "bus", MONDAY),
        Hurdle.VEHICLE_WEEKDAY: NearMiss(Hurdle.VEHICLE_WEEKDAY, 1, "bus", FRIDAY),
    }


def test_need_outside_the_bus_days_says_how_many_days_off():
    """Wished for on Monday or Tuesday; the bus is back on Wednesday."""
    away = Absence(Period(MONDAY, TUESDAY), "xưởng")
    found = ways(lone_school(days=5, needs=[need("a", last=TUESDAY)], vehicles=[bus(absences=(away,))]))
    assert found[Hurdle.NEED_DATES] == NearMiss(Hurdle.NEED_DATES, 1, "bus", WEDNESDAY)
    assert found[Hurdle.VEHICLE_AWAY] == NearMiss(Hurdle.VEHICLE_AWAY, 1, "bus", MONDAY)


def test_visit_too_near_names_the_day_of_the_other():
    """Four days between visits, from Monday the first to Friday: none in between, three at most."""
    asked = lone_school(days=5, needs=[need("a", quota=3, min_gap_days=4)])
    (miss,) = ways(asked).values()
    assert (miss.rule, miss.amount) == (Hurdle.TOO_NEAR, 2)
    assert (miss.day, miss.other_day) == (WEDNESDAY, MONDAY)


def test_visit_too_far_apart_names_the_day_of_the_other():
    """At most two days apart; away from Wednesday to Thursday of a week that begins on Monday and Tuesday."""
    away = Absence(Period(WEDNESDAY, WEDNESDAY + timedelta(days=1)), "xưởng")
    asked = lone_school(days=5, needs=[need("a", quota=3, max_gap_days=2)], vehicles=[bus(absences=(away,))])
    found = ways(asked)
    assert found[Hurdle.TOO_FAR_APART] == NearMiss(Hurdle.TOO_FAR_APART, 1, "bus", FRIDAY, TUESDAY)
    assert found[Hurdle.VEHICLE_AWAY].day == WEDNESDAY


def test_day_outside_every_allowed_set_is_said_so():
    """Monday is the only day allowed, and a day off."""
    off = Closure(Period(MONDAY, MONDAY), "họp", frozenset(), stops_vehicles=True)
    found = ways(lone_school(days=2, needs=[need("a", patterns=(frozenset({MONDAY}),))], closures=[off]))
    assert {rule: miss.day for rule, miss in found.items()} == {Hurdle.PATTERN: TUESDAY, Hurdle.DAY_OFF: MONDAY}


@pytest.mark.parametrize(
    ("drivers", "librarians", "missing"),
    [(1, 1, {Hurdle.LIBRARIANS: 1}), (0, 2, {Hurdle.DRIVERS: 1}), (0, 1, {Hurdle.CREW: 2})],
)
def test_crew_says_who_is_missing(drivers, librarians, missing):
    """One driver and two librarians go with the bus."""
    assert amounts(lone_school(staff=crew(drivers=drivers, librarians=librarians))) == missing


def test_second_bus_counts_the_crew_of_the_first():
    """Two buses, two mornings at once, a crew and a half."""
    mornings = [site("a", windows=[MORNING]), site("b", windows=[MORNING])]
    asked = problem(
        {"base": 0, "a": 10, "b": 11}, sites=mornings, needs=[need("a", priority=2), need("b", priority=4)],
        vehicles=[bus("one"), bus("two")], staff=crew(drivers=2, librarians=3), days=1,
    )  # fmt: skip
    assert ways(asked)[Hurdle.LIBRARIANS].amount == 1


def test_full_day_counts_stops_and_names_whose_place_it_would_be():
    """One visit a day; the other school is as urgent, and was seen last month."""
    seen = MONDAY - timedelta(days=30)
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=[site("a"), site("b")],
        needs=[need("b"), need("a", last_visit=seen)],
        days=1,
        rules=Rules(stops_max=1),
    )
    found = ways(asked)
    assert found == {
        Hurdle.STOPS: NearMiss(Hurdle.STOPS, 1, "bus", MONDAY),
        Hurdle.ROOM: NearMiss(Hurdle.ROOM, 1, "bus", MONDAY, other_need_id="need b"),
    }
    urgent = replace(asked, needs=(replace(asked.needs[0], priority=4), asked.needs[1]))
    assert Hurdle.ROOM not in ways(urgent)


def test_load_counts_the_boxes_too_many():
    """Three boxes and four, five fit."""
    asked = problem(
        {"base": 0, "a": 10, "b": 10}, sites=[site("a"), site("b")],
        needs=[need("a", load=3, priority=2), need("b", load=4)], vehicles=[bus(capacity=5)], days=1,
    )  # fmt: skip
    assert amounts(asked) == {Hurdle.LOAD: 2}


@pytest.mark.parametrize(
    ("vehicle", "limit", "missing"),
    [
        ({"length_m": 9.2}, {"max_length_m": 7.1}, {Hurdle.LENGTH: 210}),
        ({"height_m": 3.405}, {"max_height_m": 3.4}, {Hurdle.HEIGHT: 1}),
        ({"weight_kg": 8900.0}, {"max_weight_kg": 8000.0}, {Hurdle.WEIGHT: 900}),
        ({"kind": "van"}, {"reached_by": frozenset({"bus"})}, {Hurdle.VEHICLE_KIND: 1}),
    ],
)
def test_gate_says_by_how_much_the_bus_is_too_large(vehicle, limit, missing):
    """In whole centimetres and kilograms."""
    assert amounts(lone_school(vehicles=[bus(**vehicle)], sites=[site("a", windows=[MORNING], **limit)])) == missing


def test_equipment_counts_the_pieces_that_are_not_on_board():
    """A projector and a lift are asked for; one bus has the lift, the other nothing."""
    wanted = need("a", equipment=frozenset({"projector", "lift"}))
    found = ways(lone_school(needs=[wanted], vehicles=[bus("one"), bus("two", equipment=frozenset({"lift"}))]))
    assert found == {Hurdle.EQUIPMENT: NearMiss(Hurdle.EQUIPMENT, 1, "two", MONDAY)}


def test_vehicle_with_hours_of_its_own_is_over_by_those():
    """Back by 10:00 on Mondays; served 7:30 to 9:30, packed up at 9:45, half an hour of road."""
    half_day = (WorkingHours(frozenset({0}), return_latest_s=10 * H),)
    assert amounts(lone_school(kilometres=30, vehicles=[bus(hours=half_day)])) == {
        Hurdle.RETURN_LATER: 900, Hurdle.OPENS_EARLIER: 900,
    }  # fmt: skip


@pytest.mark.parametrize("pin", [Pin("need a", vehicle_id="two"), Pin("need a", from_s=9 * H, to_s=10 * H)])
def test_pin_that_leaves_no_place_is_named(pin):
    """Pinned to a bus in the workshop, or to an hour for a service of two."""
    away = Absence(Period(MONDAY, MONDAY), "xưởng")
    asked = replace(lone_school(vehicles=[bus("one"), bus("two", absences=(away,))]), pins=(pin,))
    found = ways(asked)
    assert found[Hurdle.PINNED] == NearMiss(Hurdle.PINNED, 1, "one", MONDAY)
    assert not found.keys() & {Hurdle.OPENS_EARLIER, Hurdle.CLOSES_LATER}  # the host is open long enough


def test_frozen_day_is_named():
    """The bus stands ready, but people have closed the day."""
    asked = replace(lone_school(), frozen=(FrozenDay("bus", MONDAY),))
    assert amounts(asked) == {Hurdle.DAY_FROZEN: 1}


def test_smallest_share_of_its_limit_comes_first():
    """Two librarians of a crew of three are nearer than a host that opens on another day."""
    away = Absence(Period(MONDAY, MONDAY), "tập huấn")
    staff = [StaffMember(m.id, m.depot_id, m.post, absences=(away,) * (m.post == "librarian")) for m in crew()]
    mondays = site("a", windows=[replace(MORNING, weekdays=frozenset({0}))])
    (found,) = planned(lone_school(days=2, sites=[mondays], staff=staff)).unserved
    assert [(miss.rule, miss.day) for miss in found.nearest] == [
        (Hurdle.LIBRARIANS, MONDAY), (Hurdle.SITE_CLOSED, TUESDAY),
    ]  # fmt: skip


def test_two_rules_in_the_way_are_said_honestly():
    """A gate too low for the bus, and four hours of service in three hours of opening."""
    low = site("a", windows=[MORNING], max_height_m=3.0)
    asked = lone_school(sites=[low], needs=[need("a", service_s=4 * H)], vehicles=[bus(height_m=3.4)])
    (found,) = planned(asked).unserved
    assert found.nearest == ()
    assert found.reasons[-1].code is ReasonCode.TWO_RULES


def test_no_rule_makes_a_road():
    """A way there but none back."""
    asked = lone_school()
    assert isinstance(asked.travel, Travel)
    seconds = asked.travel.seconds.copy()
    seconds[1, 0] = NO_ROAD
    (found,) = planned(replace(asked, travel=replace(asked.travel, seconds=seconds))).unserved
    assert [reason.code for reason in found.reasons] == [ReasonCode.NO_ROAD, ReasonCode.TWO_RULES]


def test_search_ends_at_its_bound_and_begins_with_the_dearest(monkeypatch):
    """Whoever was not looked at has no near miss, and nothing is claimed of it."""
    monkeypatch.setattr(nearest, "LOOKS_MOST", 1)
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=[site("a", windows=[MORNING]), site("b", windows=[MORNING])],
        needs=[need("a", service_s=4 * H, priority=2), need("b", service_s=4 * H, priority=4)],
        days=1,
    )
    left, looked_at = planned(asked).unserved
    assert looked_at.nearest
    assert (left.nearest, left.reasons[-1].code) == ((), ReasonCode.SERVICE_TOO_LONG)


def test_a_run_tells_near_misses_at_its_end_and_a_stopped_one_is_given_them():
    """They cost time, so plans told on the way come without; they survive JSON."""
    asked = lone_school(needs=[need("a", service_s=3 * H + 1800)])
    told = []
    solution = solve(asked, rounds=10, report=lambda progress: told.append(progress.solution))
    plans = [plan for plan in told if plan]
    assert plans[0].unserved[0].nearest == ()
    assert solution.unserved[0].nearest != ()
    assert explained(asked, plans[0]).unserved == solution.unserved
    assert solution_from_json(solution_to_json(solution)) == solution


def pins_of(wanted: Need) -> st.SearchStrategy[Pin]:
    """A bus or a half-day for every visit of a need."""
    buses, hours = (
        st.sampled_from([None, "bus of north"]),
        st.sampled_from([(None, None), (12 * H, None), (None, 9 * H)]),
    )
    return st.builds(
        lambda vehicle_id, span: Pin(wanted.id, None, vehicle_id, from_s=span[0], to_s=span[1]), buses, hours
    )


@st.composite
def tight_provinces(draw: st.DrawFn) -> Problem:
    """Small provinces with loads, the needs' own dates, allowed sets of days, pins and a frozen day."""
    asked = draw(provinces())
    days = list(asked.horizon.days())
    wanted = []
    for one in asked.needs:
        first = draw(st.none() | st.sampled_from(days[:6]))
        sets = draw(st.sampled_from([(), (frozenset(days[:4]), frozenset(days[5:9]))]))
        last = draw(st.none() | st.sampled_from(days[6:]))
        load = draw(st.integers(0, 4))
        wanted.append(replace(one, first=first, last=last, load=load, patterns=sets, quota=min(one.quota, 4)))
    pins = tuple(
        draw(st.lists(st.sampled_from(asked.needs).flatmap(pins_of), max_size=2, unique_by=lambda pin: pin.need_id))
    )
    frozen = draw(st.lists(st.builds(FrozenDay, st.just(asked.vehicles[0].id), st.sampled_from(days)), max_size=1))
    buses = tuple(replace(one, capacity=draw(st.none() | st.integers(4, 6))) for one in asked.vehicles)
    return replace(asked, needs=tuple(wanted), vehicles=buses, pins=pins, frozen=tuple(frozen))


@st.composite
def busy_weeks(draw: st.DrawFn) -> Problem:
    """A few days and more schools than the buses can take, near or far: here time, stops and loads run out."""
    reach = draw(st.sampled_from([12, 60, 150]))
    names = [f"s{i}" for i in range(draw(st.integers(4, 8)))]
    hours = st.sampled_from(
        [(MORNING, AFTERNOON), (MORNING,), (SiteWindow(8 * H, 16 * H),), (SiteWindow(6 * H, 19 * H),)]
    )
    minutes = draw(st.sampled_from([(15, 30), (30, 90), (120, 180)]))
    return problem(
        {"base": 0, **{name: draw(st.integers(-reach, reach)) for name in names}},
        sites=[site(name, windows=draw(hours)) for name in names],
        needs=[
            need(
                name,
                service_s=draw(st.sampled_from(minutes)) * 60,
                quota=draw(st.integers(1, 2)),
                min_gap_days=draw(st.integers(0, 2)),
                priority=draw(st.integers(2, 4)),
                load=draw(st.integers(0, 3)),
            )
            for name in names
        ],
        vehicles=[
            bus(name, capacity=draw(st.sampled_from([None, 6]))) for name in ("one", "two")[: draw(st.integers(1, 2))]
        ],
        days=draw(st.integers(1, 3)),
        staff=draw(st.sampled_from([(), crew()])),
        rules=Rules(
            leave_earliest_s=draw(st.sampled_from([6 * H, 7 * H])),
            return_latest_s=draw(st.sampled_from([16 * H, 18 * H])),
            shift_max_s=draw(st.sampled_from([8 * H, 11 * H])),
            drive_max_s=draw(st.sampled_from([4 * H, 8 * H])),
            lunch_s=draw(st.sampled_from([0, H, 2 * H])),
            stops_max=draw(st.sampled_from([None, 3])),
        ),
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(tight_provinces() | busy_weeks())
def test_each_near_miss_is_true_and_the_least(asked):
    """Eased by its amount the judge accepts the visit where it says; by one less, no vehicle-day takes it."""
    solution = planned(asked)
    needs = {one.id: one for one in asked.needs}
    for entry in solution.unserved:
        wanted, days = needs[entry.need_id], days_of(solution, entry.need_id)
        assert not fits_somewhere(asked, solution, wanted)
        for miss in entry.nearest:
            assert opened(asked, solution, miss, wanted), miss
            if miss.amount > 1:
                for less in eased(asked, miss.rule, wanted, miss.amount - 1, days=days):
                    assert not fits_somewhere(less, solution, wanted), miss
        named = {miss.rule for miss in entry.nearest}
        assert bool(named) != (entry.reasons[-1].code is ReasonCode.TWO_RULES)
        for hurdle in set(Hurdle) - named - {Hurdle.ROOM, Hurdle.CREW}:
            most = MOST[hurdle](asked) if hurdle in MOST else 1000
            (open_wide,) = eased(asked, hurdle, wanted, most, days=days)
            assert not fits_somewhere(open_wide, solution, wanted), hurdle

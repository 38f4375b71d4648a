"""One to four vehicle-days planned again: what changes, what stays, and what is refused."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.domain.errors import BrokenPlan, InvalidValue
from outreach.routing.checks import check
from outreach.routing.draft import Desk
from outreach.routing.expand import Horizon
from outreach.routing.explain import explain
from outreach.routing.kernel import compiled
from outreach.routing.problem import FrozenDay, Pin, Problem, Rules, Turn, WorkingHours
from outreach.routing.redraft import draft_of, rounds_of
from outreach.routing.replan import replan
from outreach.routing.search import Search
from outreach.routing.solution import Ending, RuleName, Solution, Trip
from outreach.routing.solve import solve
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, bus, crew, need, problem, site
from tests.routing.test_properties import pin_of, provinces

TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=n) for n in (1, 2, 3))
VehicleDay, pytestmark = tuple[str, date], pytest.mark.usefixtures("warm_kernel")


def standing(asked: Problem, **tours: list[str]) -> Solution:
    """A plan with these sites in this order; a tour's name is its vehicle and the days after Monday: bus_0."""
    desk = Desk(Horizon(asked))
    rounds = {}
    for name, sites in tours.items():
        vehicle, days = name.rsplit("_", 1)
        rounds[desk.numbers[vehicle, MONDAY + timedelta(days=int(days))]] = [f"need {one}" for one in sites]
    draft = draft_of(desk, rounds)
    solution = replace(draft.solution(seed=1, ending=Ending.FINISHED), unserved=explain(draft))
    assert check(asked, solution) == ()
    return solution


def again(asked: Problem, solution: Solution, *days: VehicleDay, needs: tuple[str, ...] = ()) -> Solution:
    """Planned again, judged, and nothing but those days touched."""
    found = replan(asked, solution, days, needs=needs)
    assert check(asked, found) == ()
    assert others(found, days) == others(solution, days)
    return found


def others(solution: Solution, days: tuple[VehicleDay, ...]) -> list[Trip]:
    return [trip for trip in solution.trips if (trip.vehicle_id, trip.tours[0].day) not in days]


def sites_by_tour(solution: Solution) -> dict[VehicleDay, list[str]]:
    return {(tour.vehicle_id, tour.day): [stop.site_id for stop in tour.stops] for tour in solution.tours()}


def price(asked: Problem, solution: Solution) -> float:
    """By the table of prices: what is missed, each tour, each visit outside its weeks."""
    sites = {one.id: one for one in asked.sites}
    needs = {one.id: one for one in asked.needs}
    made = Counter(stop.need_id for _, stop in solution.stops())
    missed = sum(
        (one.quota - made[one.id]) * asked.prices.of_missing(one, sites[one.site_id], asked.horizon.first)
        for one in asked.needs
    )
    tours = sum(asked.prices.of_tour(tour.drive_s, tour.return_s - tour.leave_s) for tour in solution.tours())
    return missed + tours + sum(asked.prices.of_day(needs[stop.need_id], t.day) for t, stop in solution.stops())


def four_schools() -> Problem:
    """Two east, two west, one of each open in the morning, the other in the afternoon."""
    east, west = {"e1": 20, "e2": 22}, {"w1": -20, "w2": -22}
    hours = {"e1": MORNING, "w1": MORNING, "e2": AFTERNOON, "w2": AFTERNOON}
    return problem(
        {"base": 0, **east, **west},
        sites=[site(name, windows=[window]) for name, window in hours.items()],
        needs=[need(name) for name in hours],
        vehicles=[bus("one"), bus("two")],
    )


def test_two_buses_that_cross_are_sorted_out():
    """Each went east and west, 84 km; then one drives 44 km in the east and one 44 km in the west."""
    asked = four_schools()
    crossing = standing(asked, one_0=["e1", "w2"], two_0=["w1", "e2"])
    found = again(asked, crossing, ("one", MONDAY), ("two", MONDAY))
    assert sum(tour.drive_s for tour in crossing.tours()) == 2 * 84 * 60
    assert sum(tour.drive_s for tour in found.tours()) == 2 * 44 * 60
    assert sorted(sites_by_tour(found).values()) == [["e1", "e2"], ["w1", "w2"]]


def test_days_not_chosen_stay_although_they_cross():
    """The same crossing on two days; only one bus of the first is planned again, which cannot mend it."""
    asked = four_schools()
    crossing = standing(asked, one_0=["e1", "w2"], two_1=["w1", "e2"])
    assert again(asked, crossing, ("one", MONDAY)) is crossing


def test_visits_move_between_chosen_days():
    """Monday east and west, Tuesday west and east: after that one day each."""
    asked = four_schools()
    crossing = standing(asked, one_0=["e1", "w2"], two_1=["w1", "e2"])
    found = again(asked, crossing, ("one", MONDAY), ("two", TUESDAY))
    assert sorted(sites_by_tour(found).values()) == [["e1", "e2"], ["w1", "w2"]]


def test_day_that_is_emptied_keeps_its_bus_at_home():
    """A school in the morning and one in the afternoon, on two days for no reason."""
    asked = four_schools()
    found = again(asked, standing(asked, one_0=["e1"], one_1=["e2"]), ("one", MONDAY), ("one", TUESDAY))
    assert list(sites_by_tour(found).values()) == [["e1", "e2"]]


def test_listed_need_is_taken_in_and_another_is_not():
    """Room for an afternoon: e2 is asked for, w2 is not and stays missing, with its reason."""
    asked = four_schools()
    found = again(asked, standing(asked, one_0=["e1"]), ("one", MONDAY), needs=("need e2",))
    assert sites_by_tour(found) == {("one", MONDAY): ["e1", "e2"]}
    assert {entry.need_id for entry in found.unserved} == {"need w1", "need w2"}
    assert all(entry.reasons for entry in found.unserved)


def test_need_that_misses_nothing_is_passed_over():
    asked = four_schools()
    full = standing(asked, one_0=["e1", "e2"], two_0=["w1", "w2"])
    assert again(asked, full, ("one", MONDAY), needs=("need e1",)) is full


def test_new_tour_stands_where_its_day_belongs():
    """Monday and Wednesday are out; Tuesday comes between them."""
    asked = four_schools()
    found = again(asked, standing(asked, one_0=["e1"], one_2=["w1"]), ("one", TUESDAY), needs=("need e2",))
    assert [trip.tours[0].day for trip in found.trips] == [MONDAY, TUESDAY, WEDNESDAY]


def test_urgent_visit_pushes_out_one_that_can_wait():
    """Two schools open in the same morning: priority 5 is taken in, priority 1 says why it is not there any more."""
    asked = problem(
        {"base": 0, "late": 10, "soon": 40},
        sites=[site(name, windows=[MORNING]) for name in ("late", "soon")],
        needs=[need("late", priority=1), need("soon", priority=5)],
    )
    found = again(asked, standing(asked, bus_0=["late"]), ("bus", MONDAY), needs=("need soon",))
    assert sites_by_tour(found) == {("bus", MONDAY): ["soon"]}
    (missing,) = found.unserved
    assert (missing.need_id, missing.missing) == ("need late", 1)
    assert missing.reasons


def test_linked_visits_keep_their_gap_to_days_not_chosen():
    """Monday has a visit, three days must lie between: of Tuesday, Wednesday and Thursday only Thursday will do."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=2, min_gap_days=3)])
    days = (("bus", TUESDAY), ("bus", WEDNESDAY), ("bus", THURSDAY))
    found = again(asked, standing(asked, bus_0=["a"]), *days, needs=("need a",))
    assert sites_by_tour(found) == {("bus", MONDAY): ["a"], ("bus", THURSDAY): ["a"]}


def test_linked_visits_keep_their_gap_among_chosen_days():
    """Two visits of a and two of b on four days; a needs two days between, b must not be farther apart than two."""
    asked = problem(
        {"base": 0, "a": 20, "b": 21},
        sites=[site("a", windows=[MORNING]), site("b", windows=[AFTERNOON])],
        needs=[need("a", quota=2, min_gap_days=2), need("b", quota=2, max_gap_days=2)],
    )
    spread = standing(asked, bus_0=["a"], bus_1=["b"], bus_2=["b"], bus_3=["a"])
    days = tuple(("bus", MONDAY + timedelta(days=n)) for n in range(4))
    found = again(asked, spread, *days)
    assert list(sites_by_tour(found).values()) == [["a", "b"], ["a", "b"]]
    first, second = sorted(tour.day for tour in found.tours())
    assert (second - first).days == 2


def test_visits_with_allowed_sets_of_days_move_within_one():
    """Monday and Wednesday, or Tuesday and Thursday; with Wednesday's visit outside, Monday is the only other day."""
    sets = (frozenset({MONDAY, WEDNESDAY}), frozenset({TUESDAY, THURSDAY}))
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=2, patterns=sets)])
    found = again(asked, standing(asked, bus_2=["a"]), ("bus", MONDAY), ("bus", TUESDAY), needs=("need a",))
    assert sorted(sites_by_tour(found)) == [("bus", MONDAY), ("bus", WEDNESDAY)]


def test_one_crew_sends_out_one_of_two_chosen_buses():
    """East and west in one morning, one driver and two librarians: one of both schools."""
    asked = replace(four_schools(), staff=crew())
    found = again(
        asked, standing(asked, one_0=["e1"]), ("one", MONDAY), ("two", MONDAY), needs=("need w1", "need w2", "need e2")
    )
    assert len(list(found.tours())) == 1
    assert len(list(found.stops())) == 2


def test_crew_that_a_bus_not_chosen_has_is_taken():
    asked = replace(four_schools(), staff=crew())
    busy = standing(asked, one_0=["e1"])
    assert again(asked, busy, ("two", MONDAY), needs=("need w1",)) is busy


def test_pinned_visit_on_a_chosen_day_stays_as_pinned():
    """Two buses that cross; w2 is pinned to the first one's Monday, so that this one drives west."""
    asked = replace(four_schools(), pins=(Pin("need w2", MONDAY, "one"),))
    crossing = standing(asked, one_0=["e1", "w2"], two_0=["w1", "e2"])
    found = again(asked, crossing, ("one", MONDAY), ("two", MONDAY))
    assert sites_by_tour(found) == {("one", MONDAY): ["w1", "w2"], ("two", MONDAY): ["e1", "e2"]}


def test_pinned_visit_is_not_pushed_out_by_an_urgent_one():
    """Two schools open in the same morning: what is pinned stays, however urgent the other."""
    asked = problem(
        {"base": 0, "late": 40, "soon": 10},
        sites=[site(name, windows=[MORNING]) for name in ("late", "soon")],
        needs=[need("late", priority=1), need("soon", priority=5)],
    )
    asked = replace(asked, pins=(Pin("need late", MONDAY),))
    held = standing(asked, bus_0=["late"])
    assert again(asked, held, ("bus", MONDAY), needs=("need soon",)) is held


def test_pinned_day_is_kept_while_other_visits_move():
    """Monday and Tuesday of the same bus go east and west; e1 and w1 are pinned to Tuesday and Monday."""
    asked = replace(four_schools(), pins=(Pin("need e1", TUESDAY), Pin("need w1", MONDAY)))
    crossing = standing(asked, one_0=["w1", "e2"], one_1=["e1", "w2"])
    found = again(asked, crossing, ("one", MONDAY), ("one", TUESDAY))
    assert sites_by_tour(found) == {("one", MONDAY): ["w1", "w2"], ("one", TUESDAY): ["e1", "e2"]}


def test_pinned_visit_of_a_need_with_another_outside_keeps_its_day():
    """Wednesday's visit stays outside; of the two chosen days the other one is pinned to Monday."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", quota=3)])
    asked = replace(asked, pins=(Pin("need a", MONDAY),))
    days = (("bus", MONDAY), ("bus", TUESDAY))
    found = again(asked, standing(asked, bus_0=["a"], bus_2=["a"]), *days, needs=("need a",))
    assert sorted(day for _, day in sites_by_tour(found)) == [MONDAY, TUESDAY, WEDNESDAY]


def test_order_of_a_day_stays_as_pinned():
    """Far right after near, middle last; what is asked for comes before them, where it lies on the way."""
    names = {"near": 5.0, "middle": 10.0, "far": 20.0, "first": 2.0}
    asked = problem(
        {"base": 0, **names},
        sites=[site(name) for name in names],
        needs=[need(name, service_s=1800) for name in names],
    )
    pins = (
        Pin("need near", MONDAY, "bus"),
        Pin("need far", MONDAY, "bus", after="need near"),
        Pin("need middle", MONDAY, turn=Turn.LAST),
    )
    asked = replace(asked, pins=pins)
    held = standing(asked, bus_0=["near", "far", "middle"])
    found = again(asked, held, ("bus", MONDAY), needs=("need first",))
    assert sites_by_tour(found) == {("bus", MONDAY): ["first", "near", "far", "middle"]}


def test_frozen_day_takes_nothing_more_and_gives_nothing_up():
    """Bus one's Monday holds what is pinned to it; what is asked for goes to bus two, although it is a longer way."""
    asked = replace(four_schools(), pins=(Pin("need e1", MONDAY, "one"),), frozen=(FrozenDay("one", MONDAY),))
    found = again(asked, standing(asked, one_0=["e1"]), ("one", MONDAY), ("two", MONDAY), needs=("need e2",))
    assert sites_by_tour(found) == {("one", MONDAY): ["e1"], ("two", MONDAY): ["e2"]}
    held = standing(asked, one_0=["e1"])
    assert again(asked, held, ("one", MONDAY), needs=("need e2",)) is held


def test_missed_pinned_visit_of_a_chosen_day_is_made():
    """By hand w1 was taken out, although pinned: nobody asks for it, and it is made all the same."""
    asked = replace(four_schools(), pins=(Pin("need w1", MONDAY, "one"),))
    without = standing(replace(asked, pins=()), one_0=["w2"])
    assert check(asked, without) != ()
    assert sites_by_tour(again(asked, without, ("one", MONDAY))) == {("one", MONDAY): ["w1", "w2"]}


def test_pins_that_cannot_be_kept_are_named():
    """Two schools in the same morning, each of half a day."""
    asked = problem(
        {"base": 0, "a": 10, "b": 40},
        sites=[site(name, windows=[MORNING]) for name in ("a", "b")],
        needs=[need("a"), need("b")],
    )
    asked = replace(asked, pins=(Pin("need a", MONDAY), Pin("need b", MONDAY)))
    with pytest.raises(BrokenPlan, match="pin-broken"):
        replan(asked, standing(replace(asked, pins=()), bus_0=["a"]), [("bus", MONDAY)])


def test_shorter_hours_of_a_bus_are_kept():
    """Bus one is back by one o'clock on Mondays: the afternoon's school is not for it."""
    early = bus("one", hours=(WorkingHours(frozenset({0}), return_latest_s=13 * H),))
    asked = replace(four_schools(), vehicles=(early, bus("two")))
    held = standing(asked, one_0=["e1"])
    assert again(asked, held, ("one", MONDAY), needs=("need e2",)) is held
    found = again(asked, held, ("one", MONDAY), ("one", TUESDAY), needs=("need e2",))
    assert sites_by_tour(found) == {("one", TUESDAY): ["e1", "e2"]}


def test_search_that_is_not_compiled_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    """RoutingModel alone sorts out the crossing; the search is not asked."""
    monkeypatch.setattr(compiled, "is_cold", lambda: True)
    monkeypatch.setattr(Search, "run", None)
    asked = four_schools()
    crossing = standing(asked, one_0=["e1", "w2"], two_0=["w1", "e2"])
    found = again(asked, crossing, ("one", MONDAY), ("two", MONDAY))
    assert sorted(sites_by_tour(found).values()) == [["e1", "e2"], ["w1", "w2"]]


def test_search_goes_on_where_the_model_stops(monkeypatch: pytest.MonkeyPatch):
    """The model has no time at all, and the search sorts out the crossing."""
    monkeypatch.setattr("outreach.routing.replan.MODEL_S", 1e-9)
    asked = four_schools()
    crossing = standing(asked, one_0=["e1", "w2"], two_1=["w1", "e2"])
    found = again(asked, crossing, ("one", MONDAY), ("two", TUESDAY))
    assert sorted(sites_by_tour(found).values()) == [["e1", "e2"], ["w1", "w2"]]


def test_unsound_day_is_mended():
    """By hand the morning's school was put into the afternoon: it is timed anew, and so sound again."""
    asked = four_schools()
    solution = standing(asked, one_0=["e1", "e2"])
    (trip,) = solution.trips
    tour = trip.tours[0]
    broken = replace(solution, trips=(replace(trip, tours=(replace(tour, stops=tour.stops[::-1]),)),))
    assert check(asked, broken) != ()
    assert sites_by_tour(again(asked, broken, ("one", MONDAY))) == {("one", MONDAY): ["e1", "e2"]}


def test_unsound_day_that_was_not_chosen_is_named():
    asked = four_schools()
    solution = standing(asked, one_0=["e1"])
    (trip,) = solution.trips
    broken = replace(solution, trips=(replace(trip, tours=(replace(trip.tours[0], leave_s=0),)),))
    with pytest.raises(BrokenPlan, match="shift-too-early"):
        replan(asked, broken, [("two", MONDAY)], needs=["need w1"])


@pytest.mark.parametrize(
    ("days", "needs", "field", "said"),
    [
        ([], [], "vehicle_days", "từ 1 đến 4"),
        ([("one", MONDAY + timedelta(days=n)) for n in range(5)], [], "vehicle_days", "không phải 5"),
        ([("one", MONDAY), ("three", MONDAY)], [], "vehicle_days[1]", "three"),
        ([("one", MONDAY + timedelta(days=5))], [], "vehicle_days[0]", "06/03/2027"),
        ([("one", MONDAY - timedelta(days=7))], [], "vehicle_days[0]", "22/02/2027"),
        ([("one", MONDAY), ("one", MONDAY)], [], "vehicle_days[1]", "hai lần"),
        ([("one", MONDAY)], ["need e1", "need x"], "needs[1]", "need x"),
    ],
)
def test_wrong_argument_is_named(days, needs, field, said):
    asked = four_schools()
    with pytest.raises(InvalidValue) as caught:
        replan(asked, standing(asked), days, needs=needs)
    assert caught.value.field == field
    assert said in str(caught.value)


def test_day_of_a_longer_trip_is_refused():
    """Monday and Tuesday with a night between are one trip."""
    asked = replace(four_schools(), rules=Rules(trip_days_max=2))
    monday, tuesday = standing(asked, one_0=["e1"], one_1=["e2"]).trips
    nights = Solution((Trip("one", (*monday.tours, *tuesday.tours)),))
    with pytest.raises(InvalidValue, match="chuyến nhiều ngày") as caught:
        replan(asked, nights, [("two", TUESDAY), ("one", TUESDAY)])
    assert caught.value.field == "vehicle_days[1]"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), provinces())
def test_replanned_days_are_sound_untouched_elsewhere_and_never_dearer(data, asked):
    """Whatever the province and its pins: the judge finds nothing, other days stay, nothing costs more than before."""
    numbers = Desk(Horizon(asked)).numbers
    if not numbers:
        return
    solution = solve(asked, rounds=1)
    thinned = data.draw(st.sampled_from([solution, None]))
    if thinned is None:  # some tours are taken out by hand, so that there is something to put back
        keep = tuple(trip for i, trip in enumerate(solution.trips) if i % 2)
        thinned = standing_without(asked, keep)
    days = tuple(data.draw(st.lists(st.sampled_from(sorted(numbers)), min_size=1, max_size=4, unique=True)))
    needs = tuple(data.draw(st.sets(st.sampled_from([one.id for one in asked.needs]))))
    stops = [(tour, i) for tour in thinned.tours() for i in range(len(tour.stops))]
    pinned = data.draw(st.lists(st.sampled_from(stops), unique_by=id, max_size=5)) if stops else []
    pins = tuple(pin_of(*where, data.draw(st.integers(0, 15))) for where in pinned)
    frozen = tuple({FrozenDay(pin.vehicle_id, pin.day) for pin in pins if pin.vehicle_id and data.draw(st.booleans())})
    asked = replace(asked, pins=pins, frozen=frozen)
    if breaches := check(asked, thinned):  # a frozen day holds nothing but what is pinned
        assert {breach.rule for breach in breaches} == {RuleName.DAY_FROZEN}
        asked = replace(asked, frozen=())
    found = again(asked, thinned, *days, needs=needs)
    assert price(asked, found) <= price(asked, thinned) + 1e-6


def standing_without(asked: Problem, trips: tuple[Trip, ...]) -> Solution:
    """A plan of these trips alone, or of none where a need's visits would be too far apart without the others."""
    desk = Desk(Horizon(asked))
    for some in (trips, ()):
        draft = draft_of(desk, rounds_of(desk, Solution(some)))
        solution = replace(draft.solution(seed=1, ending=Ending.FINISHED), unserved=explain(draft))
        if check(asked, solution) == ():
            return solution
    raise AssertionError("a plan without visits is sound")

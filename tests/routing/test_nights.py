"""Trips with nights away: a day starts where the last one ended, and posts and months have their limits."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.routing.checks import check
from outreach.routing.draft import Desk
from outreach.routing.expand import Horizon
from outreach.routing.objective import Prices
from outreach.routing.problem import Absence, FrozenDay, Loan, Pin, Problem, Rules, StaffMember
from outreach.routing.search import Budget, Search
from outreach.routing.solution import Solution
from outreach.routing.solve import solve
from tests.routing.small import MONDAY, H, bus, crew, need, problem, site
from tests.routing.test_properties import provinces

DAY = timedelta(days=1)
ROUNDS = 2_000  # rounds that are plenty for so few visits


def valley(**rules: object) -> Problem:
    """Two schools 150 and 160 km out, too far for any one day, an inn between them, and a near school."""
    kilometres = {"base": 0, "near": 20, "far": 150, "inn": 155, "end": 160}
    sites = [site("near"), site("far"), site("end")]
    asked = problem(kilometres, sites=sites, needs=[need("near"), need("far"), need("end")], staff=crew(), days=5)
    return replace(asked, lodgings=("inn",), rules=replace(asked.rules, trip_days_max=2, **rules))


def planned(asked: Problem, **more: object) -> Solution:
    solution = solve(asked, rounds=ROUNDS, **more)
    assert check(asked, solution) == ()
    return solution


def test_sites_too_far_for_a_day_are_served_from_an_inn():
    """150 km out is 2.5 h each way: with set-up, service and lunch no day is long enough, two days with a night are."""
    asked = valley()
    at_home = planned(replace(asked, lodgings=()))
    assert [stop.site_id for _, stop in at_home.stops()] == ["near"]
    solution = planned(asked)
    (trip,) = [trip for trip in solution.trips if len(trip.tours) == 2]
    first, second = trip.tours
    assert (first.start_place_id, first.end_place_id) == ("base", "inn")
    assert (second.start_place_id, second.end_place_id) == ("inn", "base")
    assert second.day == first.day + DAY
    assert {stop.site_id for _, stop in solution.stops()} == {"near", "far", "end"}
    # the way is driven once: 150 km out and 5 on to the inn, 5 to the end and 160 home; the near school lies on it
    assert first.drive_s + second.drive_s == 320 * 60


def test_a_trip_of_two_days_pays_for_its_night():
    """Two schools 70 km out fit into one day each; a night saves 140 km of road, 2 h 20, and is worth up to that."""
    kilometres = {"base": 0, "a": 70, "inn": 71, "b": 72}
    asked = problem(
        kilometres,
        sites=[site("a"), site("b")],
        needs=[need("a", service_s=3 * H), need("b", service_s=3 * H)],
        days=2,
        rules=Rules(stops_max=1, trip_days_max=2),
    )
    asked = replace(asked, lodgings=("inn",))
    for night_s, nights in ((2 * H, 1), (3 * H, 0)):
        solution = planned(replace(asked, prices=Prices(night_s=night_s)))
        assert sum(len(trip.tours) - 1 for trip in solution.trips) == nights


def test_no_night_is_spent_where_a_trip_may_not_last_so_long():
    """Trips of one day: as if there were no inn."""
    solution = planned(replace(valley(), rules=replace(valley().rules, trip_days_max=1)))
    assert [len(trip.tours) for trip in solution.trips] == [1]


def test_nights_of_a_month_are_limited_by_the_posts_that_share_them():
    """No night a month is none; one crew with one night a month spends one, and a trip of three days would take two."""
    assert all(len(trip.tours) == 1 for trip in planned(valley(nights_per_month_max=0)).trips)
    asked = valley(nights_per_month_max=1)
    longer = replace(asked, rules=replace(asked.rules, trip_days_max=3))
    assert max(len(trip.tours) for trip in planned(longer).trips) == 2


def test_nobody_stays_away_who_is_not_there_the_next_day():
    """The driver has training on Tuesday and Thursday: no two days in a row but none with the same driver."""
    asked = valley()
    training = tuple(Absence(Period(day, day), "tập huấn") for day in (MONDAY + DAY, MONDAY + 3 * DAY))
    staff = tuple(replace(m, absences=training) if m.post == "driver" else m for m in asked.staff)
    second = StaffMember("base driver 1", "base", "driver", absences=tuple(
        Absence(Period(MONDAY + i * DAY, MONDAY + i * DAY), "nghỉ") for i in (0, 2, 4)))  # fmt: skip
    solution = planned(replace(asked, staff=(*staff, second)))
    assert all(len(trip.tours) == 1 for trip in solution.trips)
    broken = replace(asked, staff=(*staff, second))
    assert "no-crew" in {breach.rule.value for breach in check(broken, planned(asked))}


def test_vehicle_on_loan_starts_and_ends_at_the_base_that_has_it():
    """From Wednesday on the bus belongs to a base at 155 km: the far schools are served from there without a night."""
    asked = valley()
    lent = bus(loans=(Loan(Period(MONDAY + 2 * DAY, MONDAY + 6 * DAY), "inn"),))
    solution = planned(replace(asked, vehicles=(lent,), lodgings=(), staff=(*crew(), *crew("inn"))))
    by_site = {stop.site_id: tour for tour, stop in solution.stops()}
    assert set(by_site) == {"near", "far", "end"}
    assert by_site["far"].start_place_id == by_site["end"].end_place_id == "inn"
    assert by_site["near"].start_place_id == "base"
    assert by_site["near"].day < MONDAY + 2 * DAY


def test_frozen_trip_stays_as_it_is():
    """Both days of a trip frozen with what they hold: the plan made anew has the very same trip."""
    asked = valley()
    (trip,) = [trip for trip in planned(asked).trips if len(trip.tours) == 2]
    first, second = trip.tours
    pins = tuple(Pin(stop.need_id, tour.day, "bus") for tour in trip.tours for stop in tour.stops)
    frozen = (FrozenDay("bus", first.day, night_at="inn"), FrozenDay("bus", second.day))
    again = planned(replace(asked, pins=pins, frozen=frozen), seed=5)
    assert trip in again.trips


@pytest.mark.parametrize(
    ("frozen", "named"),
    [
        ((FrozenDay("bus", MONDAY, night_at="near"), FrozenDay("bus", MONDAY + DAY)), "frozen[0].night_at"),
        ((FrozenDay("bus", MONDAY, night_at="inn"),), "frozen[0].night_at"),
        ((FrozenDay("bus", MONDAY + 4 * DAY, night_at="inn"), FrozenDay("bus", MONDAY)), "frozen[0].night_at"),
    ],
)
def test_frozen_night_that_cannot_be_is_named(frozen, named):
    """Where nobody may stay; followed by a day that is not frozen; on the last day."""
    with pytest.raises(InvalidValue) as caught:
        solve(replace(valley(), frozen=frozen), rounds=1)
    assert caught.value.values["field"] == named


def test_plan_with_nights_is_gone_on_from():
    """A plan that stands with a trip of two days is never made dearer by another run, not even a short one."""
    asked = valley()
    standing = planned(asked)
    assert planned(asked, start=standing, seed=9).trips == standing.trips


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(provinces())
def test_nights_leave_nothing_behind_and_every_plan_is_sound(asked):
    """Any province, some places inns: what the search believes is what the tours cost, and the judge is content."""
    asked = replace(
        asked,
        lodgings=tuple(place.id for place in asked.places)[1:4],
        rules=replace(asked.rules, trip_days_max=3, nights_per_month_max=4),
        prices=replace(asked.prices, night_s=60),
    )
    horizon = Horizon(asked)
    search = Search(horizon, seed=3)
    search.run(Budget(rounds=400), hot_s=3_000.0, look=lambda _: None)
    believed, world = search.best_price, search.world
    search.back_to_best()
    assert search.best_price == pytest.approx(believed)
    assert world["crew"]["nights"].min(initial=0) >= 0
    assert world["stay"]["left"].min(initial=0) >= 0
    solution = solve(asked, rounds=400, seed=3)
    assert check(asked, solution) == ()


def test_days_before_and_after_are_those_of_the_same_base():
    """A bus on loan from Wednesday: Tuesday night is spent at home."""
    lent = bus(loans=(Loan(Period(MONDAY + 2 * DAY, date(2027, 12, 31)), "inn"),))
    desk = Desk(Horizon(replace(valley(), vehicles=(lent,), staff=())))
    assert {(desk.vehicle_days[k].day - MONDAY).days for k in desk.after} == {0, 2, 3}

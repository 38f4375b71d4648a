"""Two hand-made plans side by side."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound
from outreach.domain.times import Period
from outreach.services.comparing import Comparison, Difference, compare
from outreach.store.plans import Plan
from outreach.store.sites import Need, Site
from tests.factories import (
    MONDAY,
    make_base,
    make_plan,
    make_record,
    make_site,
    make_unit,
    make_vehicle,
    make_visit,
)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


class TwoPlans:
    """Four sites named a to d, two buses, and plans A and B over the same four weeks."""

    def __init__(self, session: Session) -> None:
        self.session = session
        base = make_base(session)
        self.buses = [make_vehicle(session, base=base, sign=sign) for sign in (1, 2)]
        commune = make_unit(session, name="Xã Diên Thọ")
        self.sites = {
            name: make_site(session, name=f"Trường {name}", base=base, commune=commune, need=3) for name in "abcd"
        }
        self.needs = {
            name: session.scalars(select(Need).where(Need.site_id == site.id)).one()
            for name, site in self.sites.items()
        }
        self.a = make_plan(session, name="Lịch A")
        self.b = make_plan(session, name="Lịch B")

    def visit(self, plan: Plan, number: int, sites: str, *, bus: int = 0) -> None:
        make_visit(
            self.session, plan=plan, vehicle=self.buses[bus], day=day(number), needs=[self.needs[n] for n in sites]
        )  # fmt: skip

    def compare(self) -> Comparison:
        self.session.flush()
        return compare(self.session, self.a.id, self.b.id)


@pytest.fixture
def plans(session: Session) -> TwoPlans:
    return TwoPlans(session)


def kinds(found: Comparison) -> dict[str, Difference]:
    return {row.name.removeprefix("Trường "): row.difference for row in found.sites}


def test_sites_differ_in_the_ways_people_ask_about(both_session: Session) -> None:
    plans = TwoPlans(both_session)
    for plan in (plans.a, plans.b):
        plans.visit(plan, 0, "a")  # alike
    plans.visit(plans.a, 1, "b")  # only in A
    plans.visit(plans.b, 2, "c")  # only in B
    plans.visit(plans.a, 3, "d")
    plans.visit(plans.b, 4, "d")  # another day
    found = plans.compare()
    assert kinds(found) == {"b": Difference.ONLY_A, "c": Difference.ONLY_B, "d": Difference.DAY}
    assert found.alike == 1
    (other_day,) = found.of_kind(Difference.DAY)
    assert ([visit.day for visit in other_day.a], [visit.day for visit in other_day.b]) == ([day(3)], [day(4)])
    assert other_day.commune == "Xã Diên Thọ"


def test_number_of_visits_bus_and_time_are_differences_of_their_own(plans: TwoPlans) -> None:
    plans.visit(plans.a, 0, "a")
    plans.visit(plans.b, 0, "a")
    plans.visit(plans.b, 14, "a")  # one more
    plans.visit(plans.a, 1, "b", bus=0)
    plans.visit(plans.b, 1, "b", bus=1)  # another bus
    plans.visit(plans.a, 2, "cd")
    plans.visit(plans.b, 2, "dc")  # another order, other times
    assert kinds(plans.compare()) == {
        "a": Difference.NUMBER, "b": Difference.TIME, "c": Difference.TIME, "d": Difference.TIME,
    }  # fmt: skip


def test_two_plans_alike_differ_nowhere(plans: TwoPlans) -> None:
    for plan in (plans.a, plans.b):
        plans.visit(plan, 0, "ab")
        plans.visit(plan, 7, "cd")
    found = plans.compare()
    assert found.sites == ()
    assert found.alike == 4
    assert found.same_period
    assert (found.a.figures, found.a.days_used) == (found.b.figures, 2)


def test_figures_count_days_nights_balance_and_weeks(plans: TwoPlans) -> None:
    plans.visit(plans.a, 0, "a", bus=0)
    plans.visit(plans.a, 0, "b", bus=1)
    plans.visit(plans.a, 8, "c", bus=0)
    plans.visit(plans.b, 8, "abcd", bus=1)
    found = plans.compare()
    assert (found.a.days_used, found.b.days_used) == (2, 1)
    assert (found.a.nights, found.b.nights) == (0, 0)
    # each tour of `make_visit` works from 06:30 to 12:00
    assert [(vehicle.sign, percent) for vehicle, percent in found.a.shares] == [(1, 67), (2, 33)]
    assert [(vehicle.sign, percent) for vehicle, percent in found.b.shares] == [(2, 100)]
    assert [
        (week.first, week.visits_a, week.visits_b, week.distance_a_m, week.distance_b_m) for week in found.weeks
    ] == [
        (day(0), 2, 0, 40_000, 0),
        (day(7), 1, 4, 20_000, 50_000),
    ]
    assert [(week.number_a, week.number_b) for week in found.weeks] == [(1, 1), (2, 2)]


def test_a_site_waits_when_neither_record_nor_plan_reached_it_for_six_months(plans: TwoPlans) -> None:
    """The plans end on 28/03/2027: a was served in October, b a year ago, c never and d by the plan."""
    make_record(plans.session, site=plans.sites["a"], day=date(2026, 10, 1))
    make_record(plans.session, site=plans.sites["b"], day=date(2026, 3, 1))
    plans.visit(plans.a, 0, "d")
    found = plans.compare()
    assert (found.a.waiting, found.b.waiting) == (2, 3)


def test_archived_sites_do_not_wait(plans: TwoPlans) -> None:
    plans.sites["a"].active = False
    assert plans.compare().a.waiting == 3


def test_plans_of_different_periods_say_so(plans: TwoPlans) -> None:
    plans.b = make_plan(plans.session, period=Period(day(28), day(55)))
    plans.visit(plans.a, 0, "a")
    plans.visit(plans.b, 28, "a")
    found = plans.compare()
    assert not found.same_period
    assert [(week.number_a, week.number_b) for week in found.weeks] == [(1, 0), (0, 1)]


def test_breaches_stand_beside_each_plan(plans: TwoPlans) -> None:
    plans.visit(plans.a, 0, "a")
    plans.a.breaches = [{"rule": "late", "where": str(plans.sites["a"].id), "amount": 600, "day": day(0).isoformat()}]
    found = plans.compare()
    (group,) = found.a.broken
    assert group.title == "Không kịp đường đi"
    assert [(line.text, line.day, line.sign) for line in group.lines] == [
        ("Tới Trường a trễ 10 phút so với đường đi", day(0), 1)
    ]
    assert found.b.broken == ()


def test_a_plan_nobody_knows_cannot_be_compared(plans: TwoPlans) -> None:
    with pytest.raises(NotFound):
        compare(plans.session, plans.a.id, 999)


def test_sites_stand_in_the_order_of_their_names(plans: TwoPlans) -> None:
    plans.visit(plans.a, 0, "dcba")
    names = [row.name for row in plans.compare().sites]
    assert names == [site.name for site in plans.session.scalars(select(Site).order_by(Site.sort_key))]

"""A plan that went out as a sheet comes in again as the same plan."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.roles import Actor, Role
from outreach.domain.times import Period
from outreach.i18n import translate, use_language
from outreach.routing.checks import check
from outreach.routing.solution import RuleName
from outreach.routing.solve import solve
from outreach.services import exports
from outreach.services.demo.build import build_demo
from outreach.services.intake.columns import columns_of, guess
from outreach.services.problems import build_problem
from outreach.services.registers.lookups import Lookups
from outreach.services.saving import load_solution, save_solution
from outreach.services.timetable_intake.making import PlanMade, plan_from_rows
from outreach.services.timetable_intake.rows import VisitRow
from outreach.services.timetable_intake.sheet import Timetable, visit_row
from outreach.store.fleet import Vehicle
from outreach.store.plans import Plan, Stop, Tour
from outreach.store.sites import Site
from outreach.wiring import House
from tests.factories import FOUR_WEEKS, MONDAY, make_actor, make_organisation, make_small_province

REGISTER = Timetable()


def sheet_of(session: Session, actor: Actor, plan_id: int) -> list[list[str]]:
    """The export as its cells, headings first."""
    body = b"".join(exports.as_csv(exports.visits_table(session, actor, plan_id)))
    text = body.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=csv.Sniffer().sniff(text.splitlines()[0], ";,").delimiter))


def rows_of(session: Session, cells: list[list[str]]) -> list[VisitRow]:
    """The cells read by the columns that are guessed for them."""
    looks = Lookups(session)
    mapping = guess(REGISTER, columns_of(cells[0], cells[1:50]), looks)
    rows = []
    for number, line in enumerate(cells[1:], start=2):
        reading = REGISTER.read({name: line[index] for index, name in mapping.items()}, looks)
        assert reading.faults == [], [str(fault) for fault in reading.faults]
        rows.append(visit_row(number, {**REGISTER.defaults(), **reading.values}))
    return rows


def again(session: Session, actor: Actor, plan_id: int) -> PlanMade:
    """The plan exported and imported."""
    plan = session.get_one(Plan, plan_id)
    rows = rows_of(session, sheet_of(session, actor, plan_id))
    period = Period(plan.first_day, plan.last_day)
    return plan_from_rows(session, actor, rows, name=f"{plan.name} (nhập lại)", period=period)


def visits_of(session: Session, plan_id: int) -> list[tuple[object, ...]]:
    asked = (
        select(Tour.day, Tour.vehicle_id, Stop.position, Stop.site_id, Stop.service, Stop.start_s, Stop.end_s,
               Stop.distance_m, Tour.distance_m, Tour.leave_s, Tour.return_s)
        .join(Stop, Stop.tour_id == Tour.id)
        .where(Tour.plan_id == plan_id)
        .order_by(Tour.day, Tour.vehicle_id, Stop.position)
    )  # fmt: skip
    return [tuple(row) for row in session.execute(asked)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_headings_of_an_export_are_recognised(session, language):
    with use_language(language):
        headings = [translate(heading) for heading in exports.VISIT_HEADINGS]
        found = guess(REGISTER, columns_of(headings, []), Lookups(session))
    assert {exports.VISIT_HEADINGS[index]: name for index, name in found.items()} == {
        "Ngày": "day", "Xe": "vehicle", "Mã điểm": "site", "Tên điểm": "site_name", "Xã, phường": "commune",
        "Dịch vụ": "service", "Giờ bắt đầu": "start", "Giờ kết thúc": "end", "Số phút": "minutes", "Ngủ lại": "night",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_planned_timetable_comes_in_again_as_it_went_out(both_session, language):
    plan = make_small_province(both_session, buses=2)
    actor = make_actor(both_session)
    problem = build_problem(both_session, plan.id, today=date(2027, 2, 1))
    save_solution(both_session, plan.id, problem, solve(problem, seconds=0.5), actor=actor)
    with use_language(language):
        made = again(both_session, actor, plan.id)
    assert made.breaches == ()
    assert made.needs_made == ()
    assert visits_of(both_session, made.plan_id) == visits_of(both_session, plan.id)
    assert check(problem, load_solution(both_session, made.plan_id)) == ()


@pytest.fixture
def library(house: House) -> int:
    """A small province with two buses, stored; its number."""
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere).id
    with house.session(organisation_id=number) as session:
        make_small_province(session, buses=2)
    return number


_VISIT = st.tuples(
    st.integers(0, 27), st.integers(0, 1), st.integers(0, 7), st.integers(0, 1435), st.integers(5, 180)
)  # day, bus, site, minute, minutes


@given(drawn=st.lists(_VISIT, min_size=1, max_size=8, unique_by=lambda one: (one[0], one[1], one[3])))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_timetable_that_came_in_goes_out_and_comes_in_the_same(house, library, drawn):
    """However unsound: days, buses, sites, starts and lengths stay, and so does what the judge says."""
    session = house.open_session(organisation_id=library)
    try:
        actor = make_actor(session)
        sites = session.scalars(select(Site.id).order_by(Site.id)).all()
        buses = session.scalars(select(Vehicle.id).order_by(Vehicle.id)).all()
        rows = [
            VisitRow(
                number=number,
                day=MONDAY + timedelta(days=day),
                vehicle_id=buses[bus],
                site_id=sites[site],
                start_s=minute * 60,
                service_s=min(minutes, 1440 - minute) * 60,
            )
            for number, (day, bus, site, minute, minutes) in enumerate(drawn, start=2)
        ]
        first = plan_from_rows(session, actor, rows, name="Lịch", period=FOUR_WEEKS)
        assert _written(rows) == _stored(session, first.plan_id)
        second = again(session, actor, first.plan_id)
        assert visits_of(session, second.plan_id) == visits_of(session, first.plan_id)
        assert second.needs_made == ()
        assert _rules(second) == _rules(first)
    finally:
        session.rollback()
        session.close()


def _written(rows: Iterable[VisitRow]) -> list[tuple[object, ...]]:
    return sorted((row.day, row.vehicle_id, row.start_s, row.site_id, row.service_s) for row in rows)


def _stored(session: Session, plan_id: int) -> list[tuple[object, ...]]:
    return sorted((row[0], row[1], row[5], row[3], row[6] - row[5]) for row in visits_of(session, plan_id))


def _rules(made: PlanMade) -> list[tuple[str, str, int, date | None]]:
    # which of a site's needs a visit meets may change once there are more of them
    of_needs = {RuleName.TOO_NEAR, RuleName.SHORT_SERVICE}
    return sorted((b.rule.value, b.where, b.amount, b.day) for b in made.breaches if b.rule not in of_needs)


def test_the_demonstrations_half_year_goes_out_and_comes_in_again(house: House) -> None:
    """The whole half-year of two buses: the same visits and kilometres, and no breach."""
    with house.session(everywhere=True) as everywhere:
        demo = build_demo(everywhere, today=date(2026, 11, 23))
    session = house.open_session(organisation_id=demo.organisation_id)
    try:
        actor = Actor(None, demo.organisation_id, Role.PLANNER, "Người thử")
        problem = build_problem(session, demo.plan_id, today=date(2026, 11, 23))
        solution = solve(problem, seconds=4)
        save_solution(session, demo.plan_id, problem, solution, actor=actor)
        made = again(session, actor, demo.plan_id)
        plan, other = session.get_one(Plan, demo.plan_id), session.get_one(Plan, made.plan_id)
        assert plan.figures["visits"] > 100
        assert made.breaches == ()
        assert made.needs_made == ()
        assert visits_of(session, made.plan_id) == visits_of(session, demo.plan_id)
        same = ("visits", "wanted", "distance_m", "drive_s", "service_s", "work_s_by_vehicle")
        assert {name: other.figures[name] for name in same} == {name: plan.figures[name] for name in same}
    finally:
        session.rollback()
        session.close()

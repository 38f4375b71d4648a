"""Plans, figures, fleet and calendar as programs read them: the same numbers as on the pages, each with its source."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from outreach.domain.visits import VisitOutcome
from outreach.routing.solution import Hurdle, NearMiss
from outreach.services.near_misses import near_to_json
from outreach.store.fleet import Vehicle
from outreach.store.plans import Plan, UnservedNeed
from outreach.store.sites import Need, Site
from outreach.wiring import House
from tests.factories import MONDAY, make_record, make_visit
from tests.web.api.conftest import Program, problem_of
from tests.web.conftest import Province


@pytest.fixture
def planned(house: House, province: Province) -> Province:
    """Two tours with three stops, a need without a day, four records."""
    with house.session(organisation_id=province.organisation_id) as session:
        plan = session.get(Plan, province.plan_id)
        needs = session.scalars(select(Need).order_by(Need.id)).all()
        bus = session.scalars(select(Vehicle)).first()
        make_visit(session, plan=plan, vehicle=bus, day=MONDAY, needs=needs[:2])
        make_visit(session, plan=plan, vehicle=bus, day=MONDAY + timedelta(days=1), needs=needs[2:3])
        near = near_to_json(NearMiss(Hurdle.LIBRARIANS, 1, str(bus.id), MONDAY))
        reasons = [{"code": "full", "details": {}}, near]
        session.add(UnservedNeed(plan_id=plan.id, need_id=needs[3].id, missing=1, reasons=reasons))
        sites = session.scalars(select(Site).order_by(Site.id)).all()
        make_record(session, site=sites[0], day=date(2026, 3, 2), readers_child=80, readers_adult=5, items=120)
        make_record(session, site=sites[0], day=date(2026, 4, 6), readers_child=70, outcome=VisitOutcome.PART)
        make_record(session, site=sites[1], day=date(2026, 3, 3), readers_child=99, outcome=VisitOutcome.CANCELLED)
        make_record(session, site=sites[1], day=date(2026, 3, 4), readers_child=99, checked=False)
    return province


def test_a_plan_comes_with_its_figures(program: Program, planned: Province) -> None:
    listed = program.get("/plans")["items"]
    plan = program.get(f"/plans/{planned.plan_id}")
    assert [{name: plan[name] for name in listed[0]}] == listed
    figures = plan["figures"]
    assert (figures["visits"], figures["wanted"], figures["tours"], figures["sites_reached"]) == (3, 4, 2, 3)
    assert figures["distance_m"] == sum(share["distance_m"] for share in figures["shares"]) == 50_000


def test_tours_come_with_their_stops_in_order(program: Program, planned: Province) -> None:
    tours = program.get(f"/plans/{planned.plan_id}/tours")
    assert [(tour["day"], len(tour["stops"])) for tour in tours["items"]] == [("2027-03-01", 2), ("2027-03-02", 1)]
    stop = tours["items"][0]["stops"][0]
    site = program.get(f"/sites/{stop['site_id']}")
    assert (stop["site"], stop["site_name"], stop["lat"]) == (site["code"], site["name"], site["lat"])
    assert (stop["start"], stop["end"]) == ("07:30", "09:30")
    assert tours["items"][0]["vehicle"]["name"] == "Xe 1"


def test_tours_are_paged_and_narrowed_by_day(program: Program, planned: Province) -> None:
    path = f"/plans/{planned.plan_id}/tours"
    first = program.get(f"{path}?limit=1")
    second = program.get(f"{path}?limit=1&cursor={first['next']}")
    assert [first["items"][0]["day"], second["items"][0]["day"]] == ["2027-03-01", "2027-03-02"]
    assert (first["total"], second["next"]) == (2, None)
    assert program.get(f"{path}?first=2027-03-02")["total"] == 1
    assert program.get(f"{path}?last=2027-02-28")["total"] == 0


def test_needs_without_a_day_say_why(program: Program, planned: Province) -> None:
    answer = program.ask("GET", f"/plans/{planned.plan_id}/unserved", Accept_Language="en")
    (row,) = answer.json["items"]
    assert (row["missing"], row["reasons"][0]["code"]) == (1, "full")
    assert row["reasons"][0]["text"].startswith("Every")
    (near,) = row["nearest"]
    assert (near["rule"], near["amount"], near["day"]) == ("librarians", 1, MONDAY.isoformat())
    assert near["text"].endswith("it would fit with 1 more librarian.")
    assert near["vehicle"]["base"]
    assert row["site"] == program.get(f"/needs/{row['need_id']}")["site"]


def test_figures_count_checked_visits_that_took_place_month_by_month(program: Program, planned: Province) -> None:
    figures = program.get("/figures?first=2026-03-01&last=2026-04-30")
    assert (figures["visits"], figures["readers"], figures["items"], figures["sites"]) == (2, 155, 120, 1)
    assert [(month["first"], month["visits"], month["readers"]) for month in figures["months"]] == [
        ("2026-03-01", 1, 85), ("2026-04-01", 1, 70),
    ]  # fmt: skip
    part = program.get("/figures?first=2026-03-03&last=2026-04-05")
    assert (part["visits"], [month["last"] for month in part["months"]]) == (0, ["2026-03-31", "2026-04-05"])


def test_each_figure_leads_to_the_visits_behind_it(program: Program, planned: Province) -> None:
    figures = program.get("/figures?first=2026-03-01&last=2026-04-30")
    for one in (figures, *figures["months"]):
        visits = program.get(one["records"].removeprefix("/api/v1"))
        assert visits["total"] == one["visits"]
        assert (
            sum((row["readers_child"] or 0) + (row["readers_adult"] or 0) for row in visits["items"]) == one["readers"]
        )
    assert program.get("/visits?first=2026-03-01&last=2026-04-30")["total"] == 4


def test_the_fleet_is_bases_vehicles_and_staff_at_once(program: Program, province: Province) -> None:
    fleet = program.get("/fleet")
    for name in ("bases", "vehicles", "staff"):
        assert fleet[name] == program.get(f"/{name}")["items"]
        assert fleet[name]


def test_the_calendar_tells_working_days(program: Program, province: Province) -> None:
    for day, kind in (("2027-03-03", "holiday"), ("2027-03-06", "made_up_day")):
        program.ask("POST", "/calendar-days", {"day": day, "kind": kind, "name": "Thử"})
    calendar = program.get("/calendar?first=2027-03-01&last=2027-03-07")
    assert [day["kind"] for day in calendar["days"]] == ["holiday", "made_up_day"]
    assert calendar["working_days"] == ["2027-03-01", "2027-03-02", "2027-03-04", "2027-03-05", "2027-03-06"]
    assert [term["name"] for term in calendar["terms"]] == ["Học kỳ II"]
    assert program.get("/calendar?first=2028-03-01&last=2028-03-07")["terms"] == []


@pytest.mark.parametrize("path", ["/plans/{plan}", "/fleet", "/figures?first=2026-03-01&last=2026-04-30"])
def test_what_is_composed_is_not_sent_twice(program: Program, planned: Province, path: str) -> None:
    path = path.format(plan=planned.plan_id)
    etag = program.ask("GET", path).headers["ETag"]
    assert program.ask("GET", path, If_None_Match=etag).status_code == 304


def test_what_changed_is_sent_again(program: Program, planned: Province) -> None:
    etag = program.ask("GET", "/fleet").headers["ETag"]
    program.ask("PATCH", "/vehicles/1", {"seats": 3}, If_Match="*")
    assert program.ask("GET", "/fleet", If_None_Match=etag).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "first"), ("first=2027-01-01", "last"), ("first=2027-02-01&last=2027-01-01", "last"),
        ("first=01/02/2027&last=2027-03-01", "first"), ("first=0001-01-01&last=2027-03-01", "first"),
        ("first=2020-01-01&last=2027-03-01", "last"), ("first=2027-01-01&last=2027-03-01&by=week", "by"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/figures", "/calendar"])
def test_a_period_that_is_none_is_refused_by_name(program: Program, path: str, query: str, field: str) -> None:
    problem = problem_of(program.ask("GET", f"{path}?{query}"), 422, "invalid-value")
    assert field in {one["field"] for one in problem["errors"]}


def test_an_unknown_plan_is_not_found(program: Program) -> None:
    for path in ("/plans/999", "/plans/999/tours", "/plans/999/unserved"):
        problem_of(program.ask("GET", path), 404, "not-found")


def test_fixes_of_a_need_are_found_when_asked_and_name_their_version(program: Program, planned: Province) -> None:
    (left,) = program.get(f"/plans/{planned.plan_id}/unserved")["items"]
    found = program.get(f"/plans/{planned.plan_id}/unserved/{left['need_id']}/fixes")
    plan = program.get(f"/plans/{planned.plan_id}")
    assert (found["need_id"], found["plan_version"]) == (left["need_id"], plan["version"])
    assert found["missing"] > 0
    fix = found["items"][0]
    assert (fix["kind"], fix["rule"], fix["moved"]) == ("none", None, [])
    assert fix["vehicle"]["name"] == "Xe 1"
    assert fix["drive_s"] > 0
    assert problem_of(program.ask("GET", f"/plans/{planned.plan_id}/unserved/999999/fixes"), 404, "not-found")


def test_a_plan_says_whom_it_reaches(program: Program, planned: Province) -> None:
    """Three visits of three sites, two of which were seen before; a fourth misses its visit."""
    found = program.get(f"/plans/{planned.plan_id}/equity")
    assert (found["sites"], found["reached"], found["wanted"], found["visits"]) == (4, 3, 4, 3)
    assert (found["before"]["never"], found["after"]["never"]) == (2, 1)
    (left,) = found["unreached"]
    assert (left["wanted"], left["waited"]) == (1, None)
    assert [one["area"] for one in found["areas"]] == [None, "remote", "border", "island", "ethnic-minority"]

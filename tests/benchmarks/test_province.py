"""The generator of provinces: always the same one, of the size asked for, and one that the planner takes."""

from dataclasses import replace

import pytest

from benchmarks.case import Unusable
from benchmarks.province import FAR_KM, SIZES, province, province_case
from outreach.domain.places import metres_between
from outreach.routing.formats import problem_to_json
from outreach.routing.solve import solve
from outreach.routing.validate import validate


@pytest.mark.parametrize("name", sorted(SIZES))
def test_province_is_sound_and_of_its_size(name):
    """The planner takes it; each site asks for one to three visits, remote ones for most."""
    sites, buses = SIZES[name]
    made = province(sites, buses, 1)
    validate(made)
    assert (len(made.sites), len(made.vehicles)) == (sites, buses)
    quotas = {need.site_id: need.quota for need in made.needs}
    assert set(quotas.values()) == {1, 2, 3}
    remote = [quotas[site.id] for site in made.sites if site.remote]
    others = [quotas[site.id] for site in made.sites if not site.remote]
    assert sum(remote) / len(remote) > sum(others) / len(others)


def test_same_seed_gives_the_same_province_and_another_one_another():
    """Down to the last letter."""
    once, again = (problem_to_json(province(40, 2, 3)) for _ in range(2))
    assert once == again != problem_to_json(province(40, 2, 4))


def test_sites_lie_within_reach_of_a_base():
    """No commune is farther out than the farthest, and a site no more than a few kilometres from its commune."""
    made = province(166, 2, 1)
    bases = [place.at for place in made.places if place.id.startswith("base")]
    away = [min(metres_between(place.at, base) for base in bases) for place in made.places]
    assert max(away) < (FAR_KM + 4) * 1000


def test_province_of_any_size_is_measured_with_what_is_proven():
    """The judge's verdict on a plan of a province of twelve sites; a second one behind a hyphen is another."""
    case = province_case("12x2", "day")
    plan = solve(case.problem, rounds=200)
    verdict = case.judged(plan)
    assert verdict.faults == []
    assert verdict.cost == sum(tour.drive_s for tour in plan.tours()) > 0
    assert case.judged(replace(plan, unserved=())).faults or not plan.unserved
    assert province_case("12x2-2", "day").problem.needs != case.problem.needs


def test_nights_are_for_those_who_ask_for_them():
    home, away = (province_case("166", variant).problem for variant in ("day", "nights"))
    assert home.places == away.places
    assert (len(home.lodgings), home.rules.trip_days_max) == (0, 1)
    assert len(away.lodgings) > 1 < away.rules.trip_days_max


@pytest.mark.parametrize(("name", "variant"), [("167", "day"), ("", "day"), ("166", "depot"), ("166x", "day")])
def test_unknown_province_is_named_with_what_would_be_right(name, variant):
    with pytest.raises(Unusable, match="166, 700, 2000"):
        province_case(name, variant)

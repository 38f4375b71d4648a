"""The generator of provinces: always the same one, of the size asked for, and one that the planner takes."""

import pytest

from benchmarks.province import FAR_KM, SIZES, province
from outreach.domain.places import metres_between
from outreach.routing.formats import problem_to_json
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

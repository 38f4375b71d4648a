"""The estimator: distances against geopy, minutes against the formula by hand."""

import numpy as np
import pytest
from geopy.distance import great_circle
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.places import Coordinates, Terrain
from outreach.routing.problem import Place
from outreach.routing.travel.great_circle import estimate, great_circle_km, minutes_of

NHA_TRANG = Coordinates(lat=12.2458, lon=109.1953)
PHAN_RANG = Coordinates(lat=11.5639, lon=108.9920)
DEGREES = {"allow_nan": False, "allow_infinity": False}


@given(
    st.floats(-89, 89, **DEGREES), st.floats(-179, 179, **DEGREES),
    st.floats(-89, 89, **DEGREES), st.floats(-179, 179, **DEGREES),
)  # fmt: skip
def test_kilometres_agree_with_geopy(lat, lon, other_lat, other_lon):
    """Anywhere on earth, to a millimetre near by and to 1e-9 of the way far off."""
    ours = float(great_circle_km(np.array(lat), np.array(lon), np.array(other_lat), np.array(other_lon)))
    theirs = great_circle((lat, lon), (other_lat, other_lon)).km
    assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("km", "minutes"), [(0, 0), (1, 2.63), (3, 6.83), (4, 8.41), (20, 33.69)])
def test_minutes_follow_the_two_pieces(km, minutes):
    """0.53 + 2.10 d up to 3 km, 6.83 + 1.58 (d - 3) beyond; nothing for no way."""
    assert float(minutes_of(np.array(float(km)))) == pytest.approx(minutes)


def test_leg_between_two_terrains_uses_the_mean_of_their_presets():
    """Coast 1.0 and mountain 1.8 make 1.4 for time; 1.4 and 1.8 make 1.6 for length."""
    places = [Place("a", "a", NHA_TRANG, Terrain.COAST), Place("b", "b", PHAN_RANG, Terrain.MOUNTAIN)]
    travel = estimate(places)
    km = great_circle((NHA_TRANG.lat, NHA_TRANG.lon), (PHAN_RANG.lat, PHAN_RANG.lon)).km
    assert travel.seconds[0, 1] == pytest.approx(1.4 * (6.83 + 1.58 * (km - 3)) * 60, abs=1)
    assert travel.metres[0, 1] == pytest.approx(1.6 * km * 1000, abs=1)
    assert travel.seconds[0, 0] == travel.metres[1, 1] == 0

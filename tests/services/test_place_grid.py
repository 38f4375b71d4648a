"""The grid of places loses nobody and does not slow down."""

from math import cos, radians

from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.places import Coordinates
from outreach.services.place_grid import PlaceGrid

METRE = 1 / 111_195  # of latitude, in degrees
HERE = Coordinates(lat=12.3, lon=109.15)


@given(
    st.floats(-74, 74), st.floats(-179, 179), st.floats(0, 29.9), st.sampled_from([(1, 0), (-1, 0), (0, 1), (0, -1)])
)
def test_a_twin_within_thirty_metres_is_found_whichever_cell_it_lies_in(
    lat: float, lon: float, metres: float, way: tuple[int, int]
) -> None:
    grid = PlaceGrid()
    grid.note(Coordinates(lat=lat, lon=lon), "Trường A", site_id=1)
    step = metres * METRE
    found = grid.nearest(Coordinates(lat=lat + way[0] * step, lon=lon + way[1] * step / cos(radians(lat))))
    assert found is not None
    assert abs(found.metres - metres) < 0.1


def test_the_nearest_is_named_and_one_may_be_left_out() -> None:
    grid = PlaceGrid()
    for number, metres in enumerate((20, 10, 15)):
        grid.note(Coordinates(lat=HERE.lat + metres * METRE, lon=HERE.lon), f"Trường {metres}", site_id=number)
    assert [getattr(grid.nearest(HERE, but=but), "name", "") for but in (None, 1)] == ["Trường 10", "Trường 15"]


def test_a_site_that_moved_is_no_longer_where_it_was() -> None:
    grid = PlaceGrid()
    grid.note(HERE, "Trường A", site_id=7)
    grid.note(Coordinates(lat=HERE.lat + 0.01, lon=HERE.lon), "Trường A", site_id=7)
    assert grid.nearest(HERE) is None


def test_of_thousands_of_rows_on_one_spot_two_are_looked_at() -> None:
    grid = PlaceGrid()
    for row in range(5000):
        grid.note(HERE, f"Trường {row}", site_id=row)
        grid.note(HERE, f"Hàng {row}")
    assert len(list(grid.around(HERE))) == 2
    assert grid.nearest(HERE, but=0) is not None

"""Coordinates and kinds of site."""

import pytest

from outreach.domain.places import Coordinates, SiteKind


def test_coordinates_refuse_swapped_values():
    with pytest.raises(ValueError, match="lat 109"):
        Coordinates(lat=109.2, lon=12.2)


def test_only_schools_follow_the_school_year():
    assert SiteKind.ETHNIC_BOARDING_SCHOOL.is_school
    assert not SiteKind.COMMUNE_LIBRARY.is_school

"""Prices as people read them."""

from dataclasses import fields, replace

from outreach.routing.objective import Prices
from outreach.services.weights import weights_of


def test_prices_are_said_in_hours_and_minutes_the_dearest_first():
    """40,000 s + 20,000 s: 16 h 40; 12,000 s + 29 of 30 times 36,000 s: 13 h; 5 % of an hour: 3 minutes."""
    weights = weights_of(Prices())
    assert weights[0].worth == "16 giờ 40 phút"
    assert weights[1].worth == "13 giờ"
    assert weights[2].worth == "11 giờ 7 phút"
    assert weights[-1].worth == "3 phút"


def test_every_price_is_told():
    """A price that changes changes what is said."""
    usual = weights_of(Prices())
    for field in fields(Prices):
        dearer = replace(Prices(), **{field.name: getattr(Prices(), field.name) * 10})
        assert weights_of(dearer) != usual, field.name

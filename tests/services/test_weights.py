"""Prices as people read them."""

from dataclasses import fields, replace

from outreach.routing.objective import Prices
from outreach.services.weights import PRICES, weights_of


def test_prices_are_said_in_hours_and_minutes_the_dearest_first():
    """35,000 s + 29 of 30 times 70,000 s: 28 h 31; 40,000 s + 20,000 s: 16 h 40; 5 % of an hour: 3 minutes."""
    weights = weights_of(PRICES)
    assert weights[0].worth == "28 giờ 31 phút"
    assert weights[1].worth == "16 giờ 40 phút"
    assert weights[2].worth == "11 giờ 7 phút"
    worth = {weight.what: weight.worth for weight in weights}
    assert worth["Mỗi giờ từ lúc xe rời cơ sở tới lúc về"] == "3 phút"


def test_every_price_is_told():
    """A price that changes changes what is said."""
    usual = weights_of(PRICES)
    for field in fields(Prices):
        dearer = replace(PRICES, **{field.name: getattr(PRICES, field.name) * 10})
        assert weights_of(dearer) != usual, field.name


def test_shares_are_told_by_their_square():
    """2 % of an hour for an hour a day above a share: 72 s, for two hours four times that; 5 % of a long day."""
    worth = {weight.what: weight.worth for weight in weights_of(PRICES)}
    assert worth["Xe làm hơn phần đều của mình hai giờ mỗi ngày: cứ mỗi ngày xe ấy chạy được"] == "5 phút"
    assert worth["Ngày làm việc dài hơn 8 giờ thêm hai giờ"] == "12 phút"

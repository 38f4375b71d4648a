"""The equity report, counted by hand."""

from datetime import date, timedelta

from outreach.domain.equity import Area, SiteShare, equity_of
from outreach.domain.times import Period

FIRST, LAST = date(2027, 1, 1), date(2027, 4, 10)  # a hundred days
HALF = Period(FIRST, LAST)


def share(number: int, *, ago: int | None, wanted: int = 1, on: tuple[int, ...] = (), areas: tuple[Area, ...] = ()):
    """A site last visited `ago` days before the plan and visited on these days of it, counted from 0."""
    last = None if ago is None else FIRST - timedelta(days=ago)
    days = tuple(FIRST + timedelta(days=day) for day in on)
    return SiteShare(number, f"Điểm {number}", "Xã", frozenset(areas), wanted, days, last)


def test_waiting_is_counted_to_the_first_and_to_the_last_day():
    """Waits of 10, 100, 200 days and never; the last two are visited 9 days before the end, the first not."""
    sites = [share(1, ago=10), share(2, ago=100, on=(50,)), share(3, ago=200, on=(90,)), share(4, ago=None, on=(0, 90))]
    found = equity_of(sites, HALF)
    before, after = found.before, found.after
    assert (before.on, before.median, before.ninth_tenth, before.long, before.never) == (FIRST, 100, 200, 1, 1)
    assert before.bands == (1, 1, 0, 1)
    assert (after.on, after.median, after.ninth_tenth, after.long, after.never) == (LAST, 9, 109, 0, 0)
    assert after.bands == (3, 1, 0, 0)


def test_exactly_half_a_year_is_not_long_and_a_day_more_is():
    waits = equity_of([share(1, ago=180), share(2, ago=181)], HALF).before
    assert (waits.long, waits.bands) == (1, (0, 0, 1, 1))


def test_ninth_tenth_is_the_ninth_of_ten_and_the_tenth_of_eleven():
    ten = [share(n, ago=n) for n in range(1, 11)]
    assert (equity_of(ten, HALF).before.median, equity_of(ten, HALF).before.ninth_tenth) == (5, 9)
    eleven = [*ten, share(11, ago=11)]
    assert (equity_of(eleven, HALF).before.median, equity_of(eleven, HALF).before.ninth_tenth) == (6, 10)


def test_shares_count_a_commune_of_two_kinds_in_both_and_once_together():
    """An island on the border asks for 3 and gets 1; a remote commune asks for 2, gets 2; a town asks for 5, gets 4."""
    sites = [
        share(1, ago=10, wanted=3, on=(1,), areas=(Area.ISLAND, Area.BORDER)),
        share(2, ago=10, wanted=2, on=(1, 9), areas=(Area.REMOTE,)),
        share(3, ago=10, wanted=5, on=(1, 2, 3, 4)),
        share(4, ago=10, areas=(Area.REMOTE,)),
    ]
    found = equity_of(sites, HALF)
    assert (found.sites, found.reached, found.wanted, found.visits) == (4, 3, 11, 7)
    counted = {one.area: (one.sites, one.reached, one.wanted, one.visits) for one in found.areas}
    assert counted == {
        None: (3, 2, 6, 3),
        Area.REMOTE: (2, 1, 3, 2),
        Area.BORDER: (1, 1, 3, 1),
        Area.ISLAND: (1, 1, 3, 1),
        Area.ETHNIC_MINORITY: (0, 0, 0, 0),
    }


def test_unreached_sites_stand_in_the_order_of_their_waiting():
    sites = [share(1, ago=5), share(2, ago=90), share(3, ago=None), share(4, ago=400, on=(3,))]
    assert [site.site_id for site in equity_of(sites, HALF).unreached] == [3, 2, 1]


def test_plan_without_sites_has_no_median():
    found = equity_of([], HALF)
    assert (found.before.median, found.after.ninth_tenth, found.before.bands) == (None, None, (0, 0, 0, 0))

"""Whom a plan reaches: how long each site waits before and after it, and what share goes to the hardest places.

Counting rules. A site counts if the plan was to visit it: it has a visit in the plan or misses one. Waiting is the days
from the last visit to the first day of the plan ("before") or to its last day ("after"); a visit of the plan counts as
made. A site never visited has no such number and is counted by itself. Median and ninth tenth are nearest ranks: the
fewest days that half, or nine in ten, of the sites with a number do not exceed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from outreach.domain.times import Period

LONG_DAYS = 180  # a site that waits longer has been left out for half a year
BANDS = (60, 120, LONG_DAYS)  # days up to which a band of waiting goes; the last one is open


class Area(StrEnum):
    """What makes a commune hard to serve; a commune may be several."""

    REMOTE = "remote"
    BORDER = "border"
    ISLAND = "island"
    ETHNIC_MINORITY = "ethnic-minority"


@dataclass(frozen=True, slots=True)
class SiteShare:
    """A site of the plan: what it asks for, the days it is visited, and its last visit before."""

    site_id: int
    name: str
    commune: str
    areas: frozenset[Area]
    wanted: int  # visits
    days: tuple[date, ...]  # of the plan's visits
    last_visit: date | None  # before the plan

    def waited(self, on: date, *, planned: bool) -> int | None:
        """Days since the last visit, the plan's among them or not; None: never visited."""
        days = [day for day in self.days if planned and day <= on]
        last = max([*days, self.last_visit] if self.last_visit else days, default=None)
        return None if last is None else (on - last).days


@dataclass(frozen=True, slots=True)
class Waits:
    """How long sites have waited on a day."""

    on: date
    median: int | None  # None where no site has ever been visited
    ninth_tenth: int | None
    long: int  # sites that wait more than LONG_DAYS
    never: int  # sites never visited
    bands: tuple[int, ...]  # sites by BANDS, then those over the last one


@dataclass(frozen=True, slots=True)
class AreaShare:
    """Sites and visits of one kind of commune; `area` None: all four kinds together."""

    area: Area | None
    sites: int
    reached: int  # sites with at least one visit
    wanted: int
    visits: int


@dataclass(frozen=True, slots=True)
class Equity:
    """A plan by whom it reaches."""

    sites: int
    reached: int
    wanted: int
    visits: int
    before: Waits
    after: Waits
    areas: tuple[AreaShare, ...]  # all four together first
    unreached: tuple[SiteShare, ...]  # never visited first, then the longest waiting


def equity_of(sites: Sequence[SiteShare], period: Period) -> Equity:
    """`sites` counted over the period of a plan."""
    whole = _share(sites, None, lambda _: True)
    unreached = [site for site in sites if not site.days]
    waits = {site.site_id: site.waited(period.last, planned=True) for site in unreached}
    unreached.sort(key=lambda site: (waits[site.site_id] is not None, -(waits[site.site_id] or 0), site.name))
    return Equity(
        sites=whole.sites,
        reached=whole.reached,
        wanted=whole.wanted,
        visits=whole.visits,
        before=_waits(period.first, [site.waited(period.first, planned=False) for site in sites]),
        after=_waits(period.last, [site.waited(period.last, planned=True) for site in sites]),
        areas=(
            _share(sites, None, lambda site: bool(site.areas)),
            *(_share(sites, area, lambda site, area=area: area in site.areas) for area in Area),  # type: ignore[misc]
        ),
        unreached=tuple(unreached),
    )


def _share(sites: Sequence[SiteShare], area: Area | None, belongs: Callable[[SiteShare], bool]) -> AreaShare:
    own = [site for site in sites if belongs(site)]
    return AreaShare(
        area=area,
        sites=len(own),
        reached=sum(bool(site.days) for site in own),
        wanted=sum(site.wanted for site in own),
        visits=sum(len(site.days) for site in own),
    )


def _waits(on: date, waited: Sequence[int | None]) -> Waits:
    known = sorted(days for days in waited if days is not None)
    bands = [0] * (len(BANDS) + 1)
    for days in known:
        bands[sum(days > band for band in BANDS)] += 1
    return Waits(
        on=on,
        median=_rank(known, 50),
        ninth_tenth=_rank(known, 90),
        long=bands[-1],
        never=len(waited) - len(known),
        bands=tuple(bands),
    )


def _rank(known: Sequence[int], percent: int) -> int | None:
    """The nearest rank: the least of `known` that so many percent do not exceed."""
    return known[-(-percent * len(known) // 100) - 1] if known else None

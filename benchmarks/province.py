"""Provinces by chance: bases, sites in communes, school hours and terms, crews, quotas with gaps, and far communes.

`province(166, 2, 1)` is always the same one. With nights its buses may sleep at lodgings among the far communes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, cos, pi, radians, sin
from random import Random

from benchmarks.case import Unusable, Verdict
from outreach.domain.places import Coordinates, Terrain
from outreach.domain.times import Period
from outreach.routing.checks import check
from outreach.routing.problem import (
    WORKING_WEEK,
    Absence,
    Closure,
    Need,
    Place,
    Problem,
    Rules,
    Site,
    SiteWindow,
    StaffMember,
    Vehicle,
)
from outreach.routing.solution import Solution

H, MINUTE = 3_600, 60
HALF_YEAR = Period(date(2027, 1, 4), date(2027, 6, 30))
VARIANTS = ("day", "nights")
PROCESSES = 2
SIZES = {"166": (166, 2), "700": (700, 6), "2000": (2_000, 12)}  # sites and buses
SECONDS = ((166, 60.0), (700, 120.0), (10**9, 300.0))  # for up to so many sites
BUSES_PER_BASE = {2: 1}  # else two
SITES_PER_COMMUNE = 4
FOUR_DAYS = frozenset(range(4))  # on Fridays books are sorted and the buses looked after
SMALL_FLEET = 2  # buses up to which there is nobody else to do that
LOAD = 0.9  # of the half-days on which schools and buses meet
AGAIN = 0.06  # of the visits are second and third ones, however full the half-days are
SCHOOLS = frozenset({"school_primary", "school_lower_secondary", "school_combined"})
TERMS = (Period(date(2027, 1, 4), date(2027, 1, 16)), Period(date(2027, 1, 18), date(2027, 5, 28)))
CLOSED = (
    Closure(Period(date(2027, 2, 4), date(2027, 2, 10)), "Tết Nguyên đán", None, stops_vehicles=True),
    Closure(Period(date(2027, 4, 16), date(2027, 4, 16)), "Giỗ Tổ Hùng Vương", None, stops_vehicles=True),
    Closure(Period(date(2027, 4, 30), date(2027, 5, 3)), "30/4 và 1/5", None, stops_vehicles=True),
    Closure(Period(date(2027, 2, 1), date(2027, 2, 14)), "Học sinh nghỉ Tết", SCHOOLS),
    Closure(Period(date(2027, 1, 4), date(2027, 1, 8)), "Kiểm tra cuối học kỳ I", SCHOOLS),
    Closure(Period(date(2027, 5, 3), date(2027, 5, 14)), "Kiểm tra cuối học kỳ II", SCHOOLS),
)
NEAR_KM, HILLS_KM, MOUNTAIN_KM, FAR_KM = 2.0, 22.0, 45.0, 78.0
KM_PER_DEGREE = 111.2
LODGING_KM = 40.0  # communes at least so far from their base may have a lodging
NIGHTS_AWAY = 3  # days of the longest trip


@dataclass(frozen=True, slots=True)
class Commune:
    """Where sites lie together, so far from the base that looks after them."""

    number: int
    base: int
    at: Coordinates
    km: float

    @property
    def terrain(self) -> Terrain:
        """Coast near the base, then hills, then mountains."""
        if self.km < HILLS_KM:
            return Terrain.COAST
        return Terrain.HILLS if self.km < MOUNTAIN_KM else Terrain.MOUNTAIN

    @property
    def remote(self) -> bool:
        """In the mountains or on the border."""
        return self.terrain is Terrain.MOUNTAIN


@dataclass(frozen=True, slots=True)
class ProvinceCase:
    """A province as it is measured; what a plan costs is its driving in seconds."""

    name: str
    variant: str
    problem: Problem
    best_known: float | None = None
    actual: float | None = None

    def judged(self, answer: Solution) -> Verdict:
        """Driving, visits and what the judge of all plans finds."""
        faults = [f"{breach.rule} at {breach.where}" for breach in check(self.problem, answer)]
        return Verdict(sum(tour.drive_s for tour in answer.tours()), sum(1 for _ in answer.stops()), faults)


def province_case(name: str, variant: str) -> ProvinceCase:
    """The province `166`, `700`, `2000` or `SITESxBUSES`; with a number behind a hyphen another one of that size."""
    found = re.fullmatch(r"(\d+)(?:x(\d+))?(?:-(\d+))?", name)
    if not found or (found[2] is None and found[1] not in SIZES) or variant not in VARIANTS:
        known = ", ".join(SIZES)
        raise Unusable(
            f"there is no province {name} {variant}; say {known} or SITESxBUSES, and {' or '.join(VARIANTS)}"
        )
    sites, buses = (int(found[1]), int(found[2])) if found[2] else SIZES[found[1]]
    return ProvinceCase(name, variant, province(sites, buses, int(found[3] or 1), nights=variant == "nights"))


def seconds_of(sites: int) -> float:
    """What a planner gets for so many sites."""
    return next(seconds for most, seconds in SECONDS if sites <= most)


def province(sites: int, buses: int, seed: int, nights: bool = False) -> Problem:
    """The province of this size and seed, planned for the first half of 2027."""
    return _Maker(sites, buses, seed).problem(nights=nights)


class _Maker:
    def __init__(self, sites: int, buses: int, seed: int) -> None:
        self.name = f"province-{sites}-{buses}-{seed}"
        self.buses = buses
        self.each = BUSES_PER_BASE.get(buses, 2)
        self.weekdays = FOUR_DAYS if buses <= SMALL_FLEET else WORKING_WEEK
        self.bases = tuple(self._bases(ceil(buses / self.each)))
        self.communes = tuple(self._communes(ceil(sites / SITES_PER_COMMUNE)))
        self.homes = [self.communes[i % len(self.communes)] for i in range(sites)]

    def chance(self, *parts: object) -> Random:
        """A generator of its own for each thing, so that one choice never shifts another."""
        return Random("|".join(str(part) for part in (self.name, *parts)))  # noqa: S311

    def problem(self, *, nights: bool) -> Problem:
        """All of it."""
        sites, lodgings = tuple(self._site(i) for i in range(len(self.homes))), tuple(self._lodgings())
        return Problem(
            name=self.name + " nights" * nights,
            horizon=HALF_YEAR,
            places=(*self.bases, *(self._place(i) for i in range(len(sites))), *lodgings),
            vehicles=tuple(self._vehicle(i) for i in range(self.buses)),
            staff=tuple(self._staff()),
            sites=sites,
            needs=tuple(self._needs(sites)),
            closures=CLOSED,
            rules=Rules(trip_days_max=NIGHTS_AWAY if nights else 1),
            lodgings=tuple(place.id for place in lodgings) if nights else (),
        )

    def _bases(self, count: int) -> Iterator[Place]:
        for i in range(count):
            spread = self.chance("base", i)
            at = Coordinates(lat=11.6 + 0.62 * i + spread.uniform(-0.08, 0.08), lon=109.1 + spread.uniform(-0.1, 0.1))
            yield Place(f"base-{i}", f"Thư viện cơ sở {i + 1}", at)

    def _communes(self, count: int) -> Iterator[Commune]:
        """Many near the base, fewer farther out, inland of it."""
        for i in range(count):
            spread, base = self.chance("commune", i), i % len(self.bases)
            km = NEAR_KM + (FAR_KM - NEAR_KM) * spread.random() ** 1.6
            yield Commune(i, base, _at(self.bases[base].at, km, spread.uniform(0.5, 1.5) * pi), km)

    def _place(self, i: int) -> Place:
        home, spread = self.homes[i], self.chance("place", i)
        at = _at(home.at, spread.uniform(0.3, 3.5), spread.uniform(0, 2 * pi))
        return Place(f"site-{i}", f"Điểm {i + 1}, xã {home.number + 1}", at, home.terrain)

    def _site(self, i: int) -> Site:
        home, spread = self.homes[i], self.chance("site", i)
        kind = self._kind(i, spread)
        blocked = HALF_YEAR.first + timedelta(days=spread.randrange(170))
        return Site(
            id=f"site-{i}",
            name=f"Điểm {i + 1}",
            place_id=f"site-{i}",
            kind=kind,
            windows=tuple(_hours(kind, spread)),
            blocked=(Absence(Period(blocked, blocked + timedelta(days=4)), "Bận"),) if spread.random() < 0.3 else (),
            max_length_m=8.0 if spread.random() < 0.03 else None,
            extra_set_up_s=5 * MINUTE if spread.random() < 0.1 else 0,
            remote=home.remote,
        )

    def _kind(self, i: int, spread: Random) -> str:
        """Seven in ten are schools; border posts only in the mountains."""
        if self.homes[i].remote and spread.random() < 0.12:
            return "border_post"
        kinds = ("school_primary", "school_lower_secondary", "school_combined", "commune_library")
        weights = (45, 20, 12, 15, 5, 3)
        return spread.choices((*kinds, "industrial_park", "prison"), weights)[0]

    def _vehicle(self, i: int) -> Vehicle:
        spread = self.chance("vehicle", i)
        monday = date(2027, 3, 1) + timedelta(weeks=spread.randrange(10))
        return Vehicle(
            id=f"bus-{i}",
            name=f"Xe {i + 1}",
            depot_id=self.bases[i // self.each].id,
            weekdays=self.weekdays,
            absences=(Absence(Period(monday, monday + timedelta(days=6)), "Bảo dưỡng"),),
            set_up_s=15 * MINUTE,
            pack_up_s=15 * MINUTE,
            length_m=(7.2, 10.5)[i % 2],
            equipment=frozenset({"projector"}) if i % 2 == 0 else frozenset(),
        )

    def _staff(self) -> Iterator[StaffMember]:
        """A driver and two librarians for each bus, each away for a few days."""
        for i in range(self.buses):
            for j, post in enumerate(("driver", "librarian", "librarian")):
                spread = self.chance("staff", i, j)
                day = HALF_YEAR.first + timedelta(days=spread.randrange(170))
                away = (Absence(Period(day, day + timedelta(days=spread.randrange(3))), "Nghỉ phép"),)
                yield StaffMember(f"post-{i}-{j}", self.bases[i // self.each].id, post, WORKING_WEEK, away)

    def _needs(self, sites: Sequence[Site]) -> Iterator[Need]:
        quotas = self._quotas(sites)
        for i, site in enumerate(sites):
            spread, quota = self.chance("need", i), quotas[i]
            gap = spread.choice((28, 35, 42)) if quota > 1 else 0
            waited = spread.randrange(30, 400)
            weeks = frozenset({date(2027, 3, 1) + timedelta(weeks=spread.randrange(8))})
            yield Need(
                id=f"need-{i}",
                site_id=site.id,
                quota=quota,
                service_s=MINUTE * (60 if site.kind == "border_post" else spread.choice((60, 75, 90, 90, 120))),
                min_gap_days=gap,
                max_gap_days=90 if quota > 1 and spread.random() < 0.3 else None,
                preferred_weeks=weeks if quota == 1 and spread.random() < 0.08 else frozenset(),
                priority=5 if site.remote else spread.choice((2, 3, 3, 3, 4)),
                last_visit=None if spread.random() < 0.1 else HALF_YEAR.first - timedelta(days=waited),
                equipment=frozenset({"projector"}) if spread.random() < 0.05 else frozenset(),
            )

    def _quotas(self, sites: Sequence[Site]) -> list[int]:
        """One visit each; two or three in remote communes, then two elsewhere, as long as there are half-days."""
        school_days = sum(
            day.weekday() in self.weekdays
            and any(day in term for term in TERMS)
            and not any(day in closure.period for closure in CLOSED)
            for day in HALF_YEAR.days()
        )
        quotas = [1] * len(sites)
        left = max(int(LOAD * 2 * school_days * self.buses) - len(sites), int(AGAIN * len(sites)))
        order = self.chance("quotas")
        for i in sorted(range(len(sites)), key=lambda i: (not sites[i].remote, order.random())):
            more = min(order.choice((1, 1, 2)) if sites[i].remote else 1, left)
            quotas[i] += more
            left -= more
        return quotas

    def _lodgings(self) -> Iterator[Place]:
        """A guest house in every third far commune."""
        far = [commune for commune in self.communes if commune.km >= LODGING_KM]
        for commune in far[::3]:
            yield Place(f"lodging-{commune.number}", f"Nhà nghỉ xã {commune.number + 1}", commune.at, commune.terrain)


def _at(start: Coordinates, km: float, angle: float) -> Coordinates:
    lat = start.lat + km * sin(angle) / KM_PER_DEGREE
    return Coordinates(lat=lat, lon=start.lon + km * cos(angle) / (KM_PER_DEGREE * cos(radians(start.lat))))


def _hours(kind: str, spread: Random) -> Iterator[SiteWindow]:
    """When a host receives the bus; schools in each part of the school year."""
    morning, afternoon = (7 * H + 30 * MINUTE, 10 * H + 30 * MINUTE), (13 * H + 30 * MINUTE, 16 * H + 30 * MINUTE)
    if kind in SCHOOLS:
        habit = spread.random()
        mornings = frozenset({1, 2, 3, 4}) if habit < 0.1 else WORKING_WEEK  # flag salute on Mondays
        afternoons = frozenset({0, 1, 3}) if habit > 0.9 else WORKING_WEEK  # no lessons on other afternoons
        for term in TERMS:
            yield SiteWindow(*morning, mornings, term.first, term.last)
            yield SiteWindow(*afternoon, afternoons, term.first, term.last)
    elif kind == "border_post":
        yield SiteWindow(*afternoon, FOUR_DAYS)
    elif kind == "prison":
        yield SiteWindow(8 * H, 10 * H + 30 * MINUTE, frozenset({2}))
        yield SiteWindow(13 * H + 30 * MINUTE, 16 * H, frozenset({2}))
    elif kind == "industrial_park":
        yield SiteWindow(13 * H, 17 * H, frozenset({1, 2, 3}))
    else:
        yield SiteWindow(7 * H + 30 * MINUTE, 11 * H)
        yield SiteWindow(13 * H + 30 * MINUTE, 17 * H)

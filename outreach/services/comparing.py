"""Two plans side by side: in figures, by site and by week."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.sheets import PlanFigures, PlanRow, VehicleSign
from outreach.services.breaches import BreachGroup, PlanBreaches
from outreach.services.plan_rows import plan_figures, plan_row
from outreach.services.problems import SERVED
from outreach.services.sites import months_before
from outreach.store.fleet import Base, Vehicle
from outreach.store.organisations import AdminUnit
from outreach.store.plans import Stop, Tour, Trip
from outreach.store.sites import Site
from outreach.store.visits import VisitRecord

LONG_MONTHS = 6  # a site not reached for longer has waited too long


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit of one of the plans."""

    day: date
    start_s: int
    end_s: int
    vehicle: VehicleSign


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two plans."""

    plan: PlanRow
    figures: PlanFigures
    days_used: int
    nights: int
    waiting: int  # sites in use not reached for more than six months when the plan ends
    shares: tuple[tuple[VehicleSign, int], ...]  # vehicles that drive, each with its per cent of the working hours
    broken: tuple[BreachGroup, ...]


class Difference(StrEnum):
    """How the two plans differ at a site."""

    ONLY_A = "only-a"
    ONLY_B = "only-b"
    NUMBER = "number"  # both go there, one more often
    DAY = "day"  # as often, on other days
    TIME = "time"  # on the same days, by another bus or at other times


@dataclass(frozen=True, slots=True)
class SiteDifference:
    """A site at which the plans differ."""

    site_id: int
    name: str
    commune: str
    difference: Difference
    a: tuple[Visit, ...]
    b: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class WeekPair:
    """A week in both plans; `number` is its number in the plan, 0 where it lies outside."""

    first: date
    number_a: int
    number_b: int
    visits_a: int
    visits_b: int
    distance_a_m: int
    distance_b_m: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans side by side."""

    a: Side
    b: Side
    sites: tuple[SiteDifference, ...]
    alike: int  # sites that both plans visit on the same days, by the same bus, at the same times
    weeks: tuple[WeekPair, ...]

    @property
    def same_period(self) -> bool:
        """Whether both plans cover the same days."""
        return self.a.plan.period == self.b.plan.period

    def of_kind(self, difference: Difference) -> tuple[SiteDifference, ...]:
        """The sites that differ in this way."""
        return tuple(site for site in self.sites if site.difference is difference)


def compare(session: Session, a_id: int, b_id: int) -> Comparison:
    """Compare two plans of the library; raises NotFound."""
    a, b = (_side(session, plan_id) for plan_id in (a_id, b_id))
    visits_a, visits_b = (_visits(session, plan_id) for plan_id in (a_id, b_id))
    sites = tuple(_differences(session, visits_a, visits_b))
    both = len(visits_a.keys() | visits_b.keys())
    return Comparison(a, b, sites, both - len(sites), tuple(_weeks(session, a.plan, b.plan)))


def _side(session: Session, plan_id: int) -> Side:
    row = plan_row(session, plan_id)
    figures = plan_figures(session, plan_id)
    days = session.scalar(select(func.count(func.distinct(Tour.day))).where(Tour.plan_id == plan_id)) or 0
    spans = session.execute(select(Trip.first_day, Trip.last_day).where(Trip.plan_id == plan_id))
    work = sum(share.work_s for share in figures.shares)
    return Side(
        plan=row,
        figures=figures,
        days_used=days,
        nights=sum((last - first).days for first, last in spans),
        waiting=_waiting(session, row),
        shares=tuple(
            (share.vehicle, round(share.work_s * 100 / work)) for share in figures.shares if share.work_s and work
        ),
        broken=PlanBreaches(session, plan_id).groups(),
    )


def _waiting(session: Session, plan: PlanRow) -> int:
    """Sites in use whose last visit, recorded before the plan or planned in it, is long past when the plan ends."""
    since = months_before(plan.period.last, LONG_MONTHS)
    recorded = select(VisitRecord.site_id).where(
        VisitRecord.checked.is_(True),
        VisitRecord.outcome.in_(SERVED),
        VisitRecord.day >= since,
        VisitRecord.day < plan.period.first,
    )
    planned = select(Stop.site_id).join(Tour, Tour.id == Stop.tour_id).where(Tour.plan_id == plan.id, Tour.day >= since)
    waiting = select(func.count(Site.id)).where(
        Site.active.is_(True), Site.id.not_in(recorded), Site.id.not_in(planned)
    )
    return session.scalar(waiting) or 0


def _visits(session: Session, plan_id: int) -> dict[int, tuple[Visit, ...]]:
    """A plan's visits by site, in order."""
    asked = (
        select(Stop.site_id, Tour.day, Stop.start_s, Stop.end_s, Vehicle, Base.short_name)
        .join(Tour, Tour.id == Stop.tour_id)
        .join(Vehicle, Vehicle.id == Tour.vehicle_id)
        .join(Base, Base.id == Vehicle.base_id)
        .where(Tour.plan_id == plan_id)
        .order_by(Tour.day, Stop.start_s, Stop.id)
    )
    found: dict[int, list[Visit]] = defaultdict(list)
    for site_id, day, start_s, end_s, vehicle, base_name in session.execute(asked):
        sign = VehicleSign(vehicle.id, vehicle.name, vehicle.sign, base_name)
        found[site_id].append(Visit(day, start_s, end_s, sign))
    return {site_id: tuple(visits) for site_id, visits in found.items()}


def difference_of(a: tuple[Visit, ...], b: tuple[Visit, ...]) -> Difference | None:
    """How two plans differ at a site; None if they do not."""
    if a == b:
        return None
    if not b or not a:
        return Difference.ONLY_A if a else Difference.ONLY_B
    if len(a) != len(b):
        return Difference.NUMBER
    same_days = [visit.day for visit in a] == [visit.day for visit in b]
    return Difference.TIME if same_days else Difference.DAY


def _differences(
    session: Session, a: dict[int, tuple[Visit, ...]], b: dict[int, tuple[Visit, ...]]
) -> Iterator[SiteDifference]:
    """The sites that differ, in the order of their names."""
    asked = (
        select(Site.id, Site.name, AdminUnit.name)
        .outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
        .order_by(Site.sort_key, Site.code)
    )
    for site_id, name, commune in session.execute(asked):
        mine, yours = a.get(site_id, ()), b.get(site_id, ())
        found = difference_of(mine, yours)
        if found is not None:
            yield SiteDifference(site_id, name, commune or "", found, mine, yours)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(session: Session, a: PlanRow, b: PlanRow) -> Iterator[WeekPair]:
    """Every week in which one of the plans drives."""
    work_a, work_b = _work(session, a.id), _work(session, b.id)
    for monday in sorted(work_a.keys() | work_b.keys()):
        visits_a, distance_a = work_a.get(monday, (0, 0))
        visits_b, distance_b = work_b.get(monday, (0, 0))
        yield WeekPair(
            first=monday,
            number_a=_number(a, monday),
            number_b=_number(b, monday),
            visits_a=visits_a,
            visits_b=visits_b,
            distance_a_m=distance_a,
            distance_b_m=distance_b,
        )


def _work(session: Session, plan_id: int) -> dict[date, tuple[int, int]]:
    """Visits and metres by week."""
    visits: dict[date, int] = defaultdict(int)
    metres: dict[date, int] = defaultdict(int)
    asked = (
        select(Tour.day, Tour.distance_m, func.count(Stop.id))
        .outerjoin(Stop, Stop.tour_id == Tour.id)
        .where(Tour.plan_id == plan_id)
        .group_by(Tour.id, Tour.day, Tour.distance_m)
    )
    for day, distance_m, count in session.execute(asked):
        visits[_monday(day)] += count
        metres[_monday(day)] += distance_m
    return {monday: (visits[monday], metres[monday]) for monday in metres}


def _number(plan: PlanRow, monday: date) -> int:
    if not _monday(plan.period.first) <= monday <= plan.period.last:
        return 0
    return (monday - _monday(plan.period.first)).days // 7 + 1

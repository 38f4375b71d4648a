"""Whom a plan reaches, read from its tables: sites with their communes, visits, missing visits and recorded ones."""

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.equity import Area, Equity, SiteShare, equity_of
from outreach.domain.times import Period
from outreach.i18n import translate
from outreach.services.plan_rows import load_plan
from outreach.services.visit_counts import SERVED
from outreach.store.organisations import AdminUnit
from outreach.store.plans import Stop, Tour, UnservedNeed
from outreach.store.sites import Need, Site
from outreach.store.visits import VisitRecord

# A name for each kind of commune.
AREAS: dict[Area | None, str] = {
    None: "Cả bốn loại xã",
    Area.REMOTE: "Xã đặc biệt khó khăn",
    Area.BORDER: "Xã biên giới",
    Area.ISLAND: "Xã đảo",
    Area.ETHNIC_MINORITY: "Xã vùng dân tộc thiểu số",
}


def area_name(area: Area | None) -> str:
    """A kind of commune in words; None: any of the four."""
    return translate(AREAS[area])


def plan_equity(session: Session, plan_id: int) -> Equity:
    """The equity report of a plan; raises NotFound for a plan of another organisation."""
    plan = load_plan(session, plan_id)
    days, wanted = _visits(session, plan_id), Counter[int]()
    for site_id, own in days.items():
        wanted[site_id] += len(own)
    missing = (
        select(Need.site_id, func.sum(UnservedNeed.missing))
        .join(Need, Need.id == UnservedNeed.need_id)
        .where(UnservedNeed.plan_id == plan_id)
        .group_by(Need.site_id)
    )
    for site_id, count in session.execute(missing):
        wanted[site_id] += count
    last = _last_visits(session, plan.first_day)
    asked = (
        select(Site.id, Site.name, AdminUnit)
        .outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
        .order_by(Site.sort_key, Site.id)
    )
    sites = [
        SiteShare(
            site_id=site_id,
            name=name,
            commune=unit.name if unit else "",
            areas=areas_of(unit),
            wanted=wanted[site_id],
            days=tuple(days[site_id]),
            last_visit=last.get(site_id),
        )
        for site_id, name, unit in session.execute(asked)
        if wanted[site_id]
    ]
    return equity_of(sites, Period(plan.first_day, plan.last_day))


def areas_of(unit: AdminUnit | None) -> frozenset[Area]:
    """What kinds of commune a unit is."""
    if unit is None:
        return frozenset()
    flags = {
        Area.REMOTE: unit.remote,
        Area.BORDER: unit.border,
        Area.ISLAND: unit.island,
        Area.ETHNIC_MINORITY: unit.ethnic_minority,
    }
    return frozenset(area for area, holds in flags.items() if holds)


def _visits(session: Session, plan_id: int) -> defaultdict[int, list[date]]:
    """The days of the plan's visits, by site."""
    asked = (
        select(Stop.site_id, Tour.day)
        .join(Tour, Tour.id == Stop.tour_id)
        .where(Tour.plan_id == plan_id)
        .order_by(Tour.day)
    )
    found: defaultdict[int, list[date]] = defaultdict(list)
    for site_id, day in session.execute(asked):
        found[site_id].append(day)
    return found


def _last_visits(session: Session, before: date) -> dict[int, date]:
    """The last day before `before` on which each site was really served, as the planner counts it."""
    asked = (
        select(VisitRecord.site_id, func.max(VisitRecord.day))
        .where(VisitRecord.day < before, VisitRecord.outcome.in_(SERVED))
        .group_by(VisitRecord.site_id)
    )
    found: dict[int, date] = dict(session.execute(asked).all())
    return found

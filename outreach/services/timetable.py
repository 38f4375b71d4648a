"""The public timetable: visits of published plans, and nothing else."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.names import search_key
from outreach.domain.sheets import TimetableEntry, VehicleSign
from outreach.domain.visits import PlanState
from outreach.services.sites import matches
from outreach.store.fleet import Base, Vehicle
from outreach.store.organisations import AdminUnit, Organisation
from outreach.store.plans import Plan, Stop, Tour
from outreach.store.sites import Site


def library_of_the_public(session: Session) -> int | None:
    """The organisation whose timetable strangers see: the oldest real library, else the oldest of all."""
    return session.scalar(select(Organisation.id).order_by(Organisation.demo, Organisation.id).limit(1))


def published_visits(session: Session, *, search: str, today: date, limit: int) -> tuple[TimetableEntry, ...]:
    """The next visits from `today` on, at most `limit`; `search` looks in name, code, commune and former district."""
    wanted = (
        select(Tour.day, Stop.start_s, Stop.end_s, Site.name, Site.kind, AdminUnit.name, Vehicle, Base.short_name)
        .select_from(Plan)
        .join(Tour, Tour.plan_id == Plan.id)
        .join(Stop, Stop.tour_id == Tour.id)
        .join(Site, Site.id == Stop.site_id)
        .join(Vehicle, Vehicle.id == Tour.vehicle_id)
        .join(Base, Base.id == Vehicle.base_id)
        .outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
        .where(Plan.state == PlanState.PUBLISHED, Tour.day >= today)
        .order_by(Tour.day, Stop.start_s, Site.sort_key, Stop.id)
        .limit(limit)
    )
    for word in search_key(search).split():
        wanted = wanted.where(matches(word))
    return tuple(
        TimetableEntry(
            day=day,
            start_s=start_s,
            end_s=end_s,
            site_name=name,
            kind=kind,
            commune=commune or "",
            vehicle=VehicleSign(vehicle.id, vehicle.name, vehicle.sign, base_name),
        )
        for day, start_s, end_s, name, kind, commune, vehicle, base_name in session.execute(wanted)
    )

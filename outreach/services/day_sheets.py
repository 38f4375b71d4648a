"""What the crew of a vehicle does on a day: the sheet behind the day's page, its map and its print."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from outreach.domain.places import Coordinates
from outreach.domain.sheets import BasePoint, DaySheet, DayStop, VehicleSign
from outreach.i18n import translate_count
from outreach.routing.problem import Rules
from outreach.services.host_hours import HostHours
from outreach.services.plan_rows import load_plan
from outreach.store.fleet import Base, Vehicle
from outreach.store.organisations import AdminUnit
from outreach.store.plans import Stop, Tour, Trip
from outreach.store.sites import Site

_SITE = "site:"


@dataclass(slots=True)
class _Places:
    """Bases and lodgings by the place ids of routing."""

    points: dict[str, BasePoint] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session, tours: list[Tour]) -> "_Places":
        """Every base, and the sites at which a day of these tours begins or ends."""
        places = cls()
        for base in session.scalars(select(Base)):
            places.points[f"base:{base.id}"] = BasePoint(base.id, base.name, Coordinates(lat=base.lat, lon=base.lon))
        ends = {place for tour in tours for place in (tour.start_place, tour.end_place)}
        lodgings = [int(place.removeprefix(_SITE)) for place in ends if place.startswith(_SITE)]
        for site in session.scalars(select(Site).where(Site.id.in_(lodgings))):
            places.points[f"{_SITE}{site.id}"] = BasePoint(site.id, site.name, Coordinates(lat=site.lat, lon=site.lon))
        return places


def day_sheets(session: Session, plan_id: int, day: date) -> tuple[DaySheet, ...]:
    """The sheets of all vehicles that drive on `day`, by sign."""
    return _sheets(session, plan_id, Tour.day == day)


def period_sheets(
    session: Session, plan_id: int, *, first: date | None = None, last: date | None = None
) -> tuple[DaySheet, ...]:
    """The sheets from `first` to `last` (the whole plan when not given), by day and sign."""
    return _sheets(session, plan_id, Tour.day >= (first or date.min), Tour.day <= (last or date.max))


def _sheets(session: Session, plan_id: int, *inside: ColumnElement[bool]) -> tuple[DaySheet, ...]:
    estimated = load_plan(session, plan_id).estimated
    hours = HostHours.of_plan(session, plan_id)
    statement = (
        select(Tour, Trip, Vehicle, Base.short_name)
        .join(Trip, Trip.id == Tour.trip_id)
        .join(Vehicle, Vehicle.id == Tour.vehicle_id)
        .join(Base, Base.id == Vehicle.base_id)
        .where(Tour.plan_id == plan_id, *inside)
        .order_by(Tour.day, Vehicle.sign)
    )
    rows = list(session.execute(statement))
    places = _Places.load(session, [tour for tour, *_ in rows])
    stops = _stops(session, plan_id, hours, *inside)
    crew = _crew()
    return tuple(
        _sheet(
            tour,
            trip,
            VehicleSign(vehicle.id, vehicle.name, vehicle.sign, base_name),
            places=places,
            stops=tuple(stops[tour.id]),
            crew=crew,
            estimated=estimated,
        )
        for tour, trip, vehicle, base_name in rows
    )


def _crew() -> tuple[str, ...]:
    """Posts, not persons: how many of each ride along."""
    rules = Rules()
    return (
        translate_count("{count} lái xe", rules.drivers_per_vehicle),
        translate_count("{count} thủ thư", rules.librarians_per_vehicle),
    )


def _stops(
    session: Session, plan_id: int, hours: HostHours, *inside: ColumnElement[bool]
) -> defaultdict[int, list[DayStop]]:
    statement = (
        select(Stop, Tour.day, Site, AdminUnit.name)
        .join(Tour, Tour.id == Stop.tour_id)
        .join(Site, Site.id == Stop.site_id)
        .outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
        .where(Tour.plan_id == plan_id, *inside)
        .order_by(Stop.tour_id, Stop.position)
    )
    found: defaultdict[int, list[DayStop]] = defaultdict(list)
    for stop, day, site, commune in session.execute(statement):
        window = hours.around(site.id, day, stop.start_s, stop.end_s)
        found[stop.tour_id].append(
            DayStop(
                position=stop.position,
                site_id=site.id,
                site_name=site.name,
                commune=commune or "",
                contact=site.contact,
                access_note=site.access_note,
                at=Coordinates(lat=site.lat, lon=site.lon),
                service=stop.service,
                arrive_s=stop.arrive_s,
                start_s=stop.start_s,
                end_s=stop.end_s,
                depart_s=stop.depart_s,
                window_start_s=window.start_s if window else stop.start_s,
                window_end_s=window.end_s if window else stop.end_s,
                in_hours=window is not None,
                drive_s=stop.drive_s,
                distance_m=stop.distance_m,
            )
        )
    return found


def _sheet(
    tour: Tour,
    trip: Trip,
    vehicle: VehicleSign,
    *,
    places: _Places,
    stops: tuple[DayStop, ...],
    crew: tuple[str, ...],
    estimated: bool,
) -> DaySheet:
    return DaySheet(
        plan_id=tour.plan_id,
        day=tour.day,
        vehicle=vehicle,
        start=places.points[tour.start_place],
        end=places.points[tour.end_place],
        overnight=tour.end_place.startswith(_SITE),
        trip_number=trip.number,
        day_of_trip=(tour.day - trip.first_day).days + 1,
        trip_days=(trip.last_day - trip.first_day).days + 1,
        crew=crew,
        leave_s=tour.leave_s,
        return_s=tour.return_s,
        lunch_start_s=tour.lunch_start_s,
        lunch_end_s=tour.lunch_end_s,
        drive_s=tour.drive_s,
        home_drive_s=tour.drive_s - sum(stop.drive_s for stop in stops),
        home_distance_m=tour.distance_m - sum(stop.distance_m for stop in stops),
        distance_m=tour.distance_m,
        estimated=estimated,
        stops=stops,
    )

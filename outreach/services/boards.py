"""The board of a plan: its weeks, days and vehicles, and the needs that found no day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.places import Coordinates
from outreach.domain.sheets import BoardCell, BoardDay, BoardVisit, BoardWeek, VehicleSign
from outreach.domain.times import HalfDay, Period
from outreach.domain.unserved import UnservedRow
from outreach.i18n import translate
from outreach.services.breaches import PlanBreaches
from outreach.services.day_sheets import day_sheets, period_sheets
from outreach.services.host_hours import HostHours
from outreach.services.near_misses import near_days, nearest_in, reasons_in
from outreach.services.plan_rows import list_plans, load_plan, plan_figures, plan_row, run_view
from outreach.services.reasons import reason_text
from outreach.services.standstills import Standstills
from outreach.store.fleet import Base, Vehicle
from outreach.store.organisations import AdminUnit
from outreach.store.plans import Stop, Tour, Trip, UnservedNeed
from outreach.store.sites import Need, Site

__all__ = [
    "board", "day_sheets", "list_plans", "period_sheets", "plan_figures", "plan_row", "run_view", "unserved",
    "used_days",
]  # fmt: skip

NOON_S = 12 * 3600
SATURDAY = 5


class _Tours:
    """The tours of a plan with their visits, by vehicle and day."""

    def __init__(self, session: Session, plan_id: int, period: Period) -> None:
        self._by_cell: dict[tuple[int, date], tuple[Tour, Trip]] = {}
        self._visits: dict[int, list[BoardVisit]] = defaultdict(list)
        self._marks = PlanBreaches(session, plan_id).marks()
        hours = HostHours.of_plan(session, plan_id)
        inside = (Tour.plan_id == plan_id, Tour.day.between(period.first, period.last))
        for tour, trip in session.execute(select(Tour, Trip).join(Trip, Trip.id == Tour.trip_id).where(*inside)):
            self._by_cell[tour.vehicle_id, tour.day] = tour, trip
        statement = (
            select(Stop, Tour.day, Site.name, AdminUnit.name)
            .join(Tour, Tour.id == Stop.tour_id)
            .join(Site, Site.id == Stop.site_id)
            .outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
            .where(*inside)
            .order_by(Stop.tour_id, Stop.position)
        )
        for stop, day, site_name, commune in session.execute(statement):
            window = hours.around(stop.site_id, day, stop.start_s, stop.end_s)
            self._visits[stop.tour_id].append(
                BoardVisit(
                    stop_id=stop.id,
                    site_id=stop.site_id,
                    site_name=site_name,
                    commune=commune or "",
                    half=HalfDay.MORNING if stop.start_s < NOON_S else HalfDay.AFTERNOON,
                    start_s=stop.start_s,
                    end_s=stop.end_s,
                    spare_s=window.end_s - stop.end_s if window else 0,
                    in_hours=window is not None,
                )
            )

    def days(self) -> set[date]:
        """The days on which anybody drives."""
        return {day for _, day in self._by_cell}

    def cell(self, vehicle: VehicleSign, day: date, closed: str) -> BoardCell:
        """What `vehicle` does on `day`; a drive that is planned counts more than a reason to stand still."""
        found = self._by_cell.get((vehicle.id, day))
        if found is None:
            return BoardCell(vehicle, closed, None, None, 0, ())
        tour, trip = found
        trip_days = (trip.last_day - trip.first_day).days + 1
        marks = self._marks.get((day, vehicle.sign), 0)
        return BoardCell(vehicle, "", tour.id, trip.number, trip_days, tuple(self._visits[tour.id]), marks)

    def mark(self, day: date) -> int:
        """How many breaches of the day concern no single vehicle."""
        return self._marks.get((day, None), 0)


def _vehicles(session: Session, plan_id: int) -> Sequence[tuple[Vehicle, VehicleSign]]:
    """Vehicles in use and those the plan drives, by sign."""
    driven = select(Tour.vehicle_id).where(Tour.plan_id == plan_id)
    statement = (
        select(Vehicle, Base.short_name)
        .join(Base, Base.id == Vehicle.base_id)
        .where(Vehicle.active | Vehicle.id.in_(driven))
        .order_by(Vehicle.sign)
    )
    return [
        (vehicle, VehicleSign(vehicle.id, vehicle.name, vehicle.sign, base_name))
        for vehicle, base_name in session.execute(statement)
    ]


def monday_of(day: date) -> date:
    """The Monday of the week in which `day` lies."""
    return day - timedelta(days=day.weekday())


def board(
    session: Session, plan_id: int, *, first: date | None = None, last: date | None = None
) -> tuple[BoardWeek, ...]:
    """The weeks of a plan, Monday first; with `first` and `last` only the weeks that touch these days."""
    plan = load_plan(session, plan_id)
    whole = Period(plan.first_day, plan.last_day)
    shown = Period(max(first or whole.first, whole.first), min(last or whole.last, whole.last))
    shown = Period(monday_of(shown.first), monday_of(shown.last) + timedelta(days=6))
    vehicles = _vehicles(session, plan_id)
    tours = _Tours(session, plan_id, shown)
    stand = Standstills(session, whole)
    used = {day.weekday() for day in tours.days()} | {day.weekday() for day in shown.days() if stand.works_on(day)}
    columns = [weekday for weekday in range(7) if weekday < SATURDAY or weekday in used]
    start = monday_of(whole.first)
    return tuple(
        _week(monday, (monday - start).days // 7 + 1, columns, vehicles=vehicles, tours=tours, stand=stand)
        for monday in _mondays(shown)
    )


def _mondays(period: Period) -> Iterator[date]:
    for offset in range(0, len(period), 7):
        yield period.first + timedelta(days=offset)


def _week(
    monday: date,
    number: int,
    columns: list[int],
    *,
    vehicles: Sequence[tuple[Vehicle, VehicleSign]],
    tours: _Tours,
    stand: Standstills,
) -> BoardWeek:
    dates = [monday + timedelta(days=weekday) for weekday in columns]
    days = tuple(_day(day, vehicles, tours=tours, stand=stand) for day in dates)
    cells = [cell for day in days if not day.closed for cell in day.cells]
    return BoardWeek(
        number=number,
        first=monday,
        days=days,
        visits=sum(len(cell.visits) for cell in cells),
        free=sum(2 - len({visit.half for visit in cell.visits}) for cell in cells if not cell.closed),
        note=stand.week_note(dates),
    )


def _day(day: date, vehicles: Sequence[tuple[Vehicle, VehicleSign]], *, tours: _Tours, stand: Standstills) -> BoardDay:
    off = stand.of_everybody(day)
    cells = tuple(tours.cell(sign, day, off or stand.of_vehicle(vehicle, day)) for vehicle, sign in vehicles)
    if any(cell.tour_id for cell in cells):
        off = ""
    elif not off and cells and all(cell.closed for cell in cells):
        reasons = {cell.closed for cell in cells}
        off = reasons.pop() if len(reasons) == 1 else translate("Không xe nào chạy")
    return BoardDay(day=day, closed=off, note=stand.note(day), cells=cells, breaches=tours.mark(day))


def used_days(session: Session, plan_id: int) -> tuple[date, ...]:
    """The days on which a plan drives, in order."""
    statement = select(Tour.day).where(Tour.plan_id == plan_id).distinct().order_by(Tour.day)
    return tuple(session.scalars(statement))


def unserved(session: Session, plan_id: int) -> tuple[UnservedRow, ...]:
    """The needs that found no day, those with the most urgent priority first."""
    load_plan(session, plan_id)
    statement = (
        select(UnservedNeed, Need, Site, AdminUnit.name)
        .join(Need, Need.id == UnservedNeed.need_id)
        .join(Site, Site.id == Need.site_id)
        .outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
        .where(UnservedNeed.plan_id == plan_id)
        .order_by(Need.priority.desc(), Site.sort_key, Need.id)
    )
    rows = []
    near = near_days(session)
    for left, need, site, commune in session.execute(statement):
        reasons = reasons_in(left.reasons)
        rows.append(
            UnservedRow(
                need_id=need.id,
                site_id=site.id,
                site_name=site.name,
                commune=commune or "",
                at=Coordinates(lat=site.lat, lon=site.lon),
                service=need.service,
                missing=left.missing,
                quota=need.quota,
                codes=tuple(str(reason.code) for reason in reasons),
                reasons=tuple(reason_text(reason) for reason in reasons),
                nearest=near.of(nearest_in(left.reasons)),
            )
        )
    return tuple(rows)

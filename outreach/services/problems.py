"""A plan's tables turned into the problem the planner solves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from outreach.domain.calendar import TermSpan, term_periods
from outreach.domain.errors import NotFound
from outreach.domain.places import Coordinates
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind, PlanState, ServiceKind, VisitOutcome
from outreach.routing.problem import (
    Absence,
    Need,
    Place,
    Problem,
    Rhythm,
    Rules,
    Site,
    SiteWindow,
    StaffMember,
    Vehicle,
)
from outreach.services.calendars import closures_of, presumed_days, terms
from outreach.services.weights import PRICES
from outreach.store import fleet, plans, sites, visits
from outreach.store.organisations import AdminUnit

ON_WHEELS = frozenset({"bus", "van"})
ON_WATER = frozenset({"boat"})
SERVED = (VisitOutcome.DONE, VisitOutcome.PART)


def base_place(base_id: int) -> str:
    """The place id of a base."""
    return f"base:{base_id}"


def site_place(site_id: int) -> str:
    """The place id of a site."""
    return f"site:{site_id}"


def build_problem(session: Session, plan_id: int, *, today: date | None) -> Problem:
    """The problem of a plan: everything of its organisation that is active in its period.

    A draft plans nothing on or before `today`; None: a plan that stands is judged, whatever day it is.
    Raises NotFound for a plan of another organisation.
    """
    plan = session.scalar(select(plans.Plan).where(plans.Plan.id == plan_id))
    if plan is None:
        raise NotFound("Không tìm thấy kế hoạch này.")
    problem = problem_of(session, plan.name, Period(plan.first_day, plan.last_day), gone=_gone(plan, today))
    rules = replace(problem.rules, trip_days_max=plan.trip_days_max, nights_per_month_max=plan.nights_per_month_max)
    return replace(problem, rules=rules)


def problem_of(session: Session, name: str, horizon: Period, *, gone: tuple[Absence, ...] = ()) -> Problem:
    """The problem of a period; on the days `gone` no vehicle drives."""
    bases = session.scalars(select(fleet.Base).order_by(fleet.Base.id)).all()
    site_rows = session.scalars(select(sites.Site).where(sites.Site.active.is_(True)).order_by(sites.Site.id)).all()
    days = presumed_days(session, horizon)
    made_up = frozenset(d.day for d in days if d.kind is CalendarKind.MADE_UP_DAY)
    return Problem(
        name=name,
        horizon=horizon,
        places=(
            *(Place(base_place(b.id), b.name, Coordinates(lat=b.lat, lon=b.lon), b.terrain) for b in bases),
            *(Place(site_place(s.id), s.name, Coordinates(lat=s.lat, lon=s.lon), s.terrain) for s in site_rows),
        ),
        vehicles=_vehicles(session, horizon, gone=gone),
        staff=_staff(session, horizon),
        sites=_sites(session, site_rows, horizon),
        needs=_needs(session, {s.id for s in site_rows}, horizon),
        closures=closures_of(days),
        rules=Rules(extra_days=made_up, shared_set_up=True),
        prices=PRICES,
        lodgings=tuple(site_place(s.id) for s in site_rows if s.lodging),
    )


def _gone(plan: plans.Plan, today: date | None) -> tuple[Absence, ...]:
    """Days already over cannot be planned any more; a plan past its draft is judged as it was made."""
    if today is not None and plan.state is PlanState.DRAFT and plan.first_day <= today < plan.last_day:
        return (Absence(Period(plan.first_day, today), "Ngày đã qua"),)
    return ()


def _away(session: Session, owner: InstrumentedAttribute[int], horizon: Period) -> dict[int, list[Absence]]:
    """The absences that touch the horizon, by the row (vehicle, post or site) that `owner` names."""
    table, key = owner.class_, owner.key
    rows = session.scalars(
        select(table)
        .where(table.first_day <= horizon.last, table.last_day >= horizon.first)
        .order_by(table.first_day, table.id)
    )
    found: dict[int, list[Absence]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(Absence(Period(row.first_day, row.last_day), row.reason))
    return found


def _vehicles(session: Session, horizon: Period, *, gone: tuple[Absence, ...]) -> tuple[Vehicle, ...]:
    away = _away(session, fleet.VehicleAbsence.vehicle_id, horizon)
    rows = session.scalars(select(fleet.Vehicle).where(fleet.Vehicle.active.is_(True)).order_by(fleet.Vehicle.sign))
    return tuple(
        Vehicle(
            id=str(row.id),
            name=row.name,
            depot_id=base_place(row.base_id),
            kind=row.kind.value,
            weekdays=frozenset(row.weekdays),
            absences=(*gone, *away[row.id]),
            set_up_s=row.set_up_minutes * 60,
            pack_up_s=row.pack_up_minutes * 60,
            length_m=row.length_m,
            height_m=row.height_m,
            weight_kg=row.weight_kg,
        )
        for row in rows
    )


def _staff(session: Session, horizon: Period) -> tuple[StaffMember, ...]:
    away = _away(session, fleet.StaffAbsence.staff_member_id, horizon)
    statement = select(fleet.StaffMember).where(fleet.StaffMember.active.is_(True)).order_by(fleet.StaffMember.id)
    return tuple(
        StaffMember(
            id=str(row.id),
            depot_id=base_place(row.base_id),
            post=row.post.value,
            weekdays=frozenset(row.weekdays),
            absences=tuple(away[row.id]),
        )
        for row in session.scalars(statement)
    )


def _sites(session: Session, rows: Sequence[sites.Site], horizon: Period) -> tuple[Site, ...]:
    spans = terms(session, horizon)
    windows: dict[int, list[SiteWindow]] = defaultdict(list)
    window_rows = (
        select(sites.SiteWindow)
        .join(sites.Site, sites.Site.id == sites.SiteWindow.site_id)  # the guard keeps to our own sites
        .order_by(sites.SiteWindow.site_id, sites.SiteWindow.start_s)
    )
    for window in session.scalars(window_rows):
        windows[window.site_id].extend(_resolve(window, spans, horizon))
    blocked = _away(session, sites.SiteBlock.site_id, horizon)
    remote = _remote_units(session)
    return tuple(
        Site(
            id=str(row.id),
            name=row.name,
            place_id=site_place(row.id),
            kind=row.kind.value,
            windows=tuple(windows[row.id]),
            blocked=tuple(blocked[row.id]),
            reached_by=ON_WHEELS if row.reached_by_road else ON_WATER,
            max_length_m=row.max_length_m,
            max_height_m=row.max_height_m,
            max_weight_kg=row.max_weight_kg,
            extra_set_up_s=row.set_up_minutes * 60,
            remote=row.admin_unit_id in remote,
            group="" if row.admin_unit_id is None else f"unit:{row.admin_unit_id}",
        )
        for row in rows
    )


def _remote_units(session: Session) -> frozenset[int]:
    """Units in the mountains' hardest places, on the border, on islands or of ethnic minorities: served first."""
    flags = (AdminUnit.remote, AdminUnit.border, AdminUnit.island, AdminUnit.ethnic_minority)
    return frozenset(session.scalars(select(AdminUnit.id).where(or_(*flags))))


def _resolve(row: sites.SiteWindow, spans: Sequence[TermSpan], horizon: Period) -> Iterable[SiteWindow]:
    """One window for each part of the horizon in which its term runs."""
    weekdays = frozenset(row.weekdays)
    if not row.term:
        return (SiteWindow(row.start_s, row.end_s, weekdays),)
    return (
        SiteWindow(row.start_s, row.end_s, weekdays, first=part.first, last=part.last)
        for part in term_periods(row.term, spans, horizon)
    )


def _needs(session: Session, active: set[int], horizon: Period) -> tuple[Need, ...]:
    """The needs whose dates touch the horizon, less the visits made before it."""
    past = _served_days(session, horizon)
    statement = (
        select(sites.Need)
        .where(sites.Need.first_day <= horizon.last, sites.Need.last_day >= horizon.first)
        .order_by(sites.Need.id)
    )
    found: list[Need] = []
    for row in session.scalars(statement):
        if row.site_id not in active:
            continue
        served = past[row.site_id, row.service]
        left = row.quota - sum(row.first_day <= day for day in served)
        if left < 1:
            continue
        found.append(
            Need(
                id=str(row.id),
                site_id=str(row.site_id),
                quota=left,
                service=row.service.value,
                service_s=row.minutes * 60,
                min_gap_days=row.min_gap_days,
                max_gap_days=row.max_gap_days,
                rhythm=Rhythm(row.rhythm_weeks, rule=row.rhythm_rule) if row.rhythm_weeks else None,
                first=row.first_day if row.first_day > horizon.first else None,
                last=row.last_day if row.last_day < horizon.last else None,
                preferred_weeks=frozenset(date.fromisoformat(text) for text in row.preferred_weeks),
                priority=row.priority,
                last_visit=max(served, default=None),
            )
        )
    return tuple(found)


def _served_days(session: Session, horizon: Period) -> dict[tuple[int, ServiceKind], list[date]]:
    """The days before the horizon on which each site was really served."""
    record = visits.VisitRecord
    statement = select(record.site_id, record.service, record.day).where(
        record.day < horizon.first, record.outcome.in_(SERVED)
    )
    found: dict[tuple[int, ServiceKind], list[date]] = defaultdict(list)
    for site_id, service, day in session.execute(statement):
        found[site_id, service].append(day)
    return found

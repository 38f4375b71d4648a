"""Sites as the list, the map and their own page show them."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from outreach.domain.errors import NotFound
from outreach.domain.names import proper_part, search_key, sort_key
from outreach.domain.places import Coordinates
from outreach.domain.sheets import (
    BasePoint,
    ComingVisit,
    NeedRow,
    PastVisit,
    SiteFilter,
    SitePage,
    SiteRow,
    VehicleSign,
    WindowRow,
)
from outreach.domain.times import Period
from outreach.domain.visits import PlanState, VisitOutcome
from outreach.store.fleet import Base, Vehicle
from outreach.store.organisations import AdminUnit
from outreach.store.plans import Plan, Stop, Tour
from outreach.store.sites import Need, Site, SiteBlock, SiteWindow
from outreach.store.visits import VisitRecord

SERVED = (VisitOutcome.DONE, VisitOutcome.PART)
# a closed plan left the timetable; it neither promises visits nor counts them
IN_VIEW = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED, PlanState.PUBLISHED)
PAST_SHOWN = 20
_ESCAPE = "\\"

Unit = aliased(AdminUnit)
FormerUnit = aliased(AdminUnit)
SiteColumns = tuple[Site, str | None, str | None]


def matches(word: str) -> ColumnElement[bool]:
    """Whether a site's search key holds `word` (itself a search key); % and _ stand for themselves."""
    plain = word.replace(_ESCAPE, _ESCAPE * 2).replace("%", _ESCAPE + "%").replace("_", _ESCAPE + "_")
    return Site.search_key.like(f"%{plain}%", escape=_ESCAPE)


def list_sites(session: Session, site_filter: SiteFilter, *, plan_id: int | None, today: date) -> tuple[SiteRow, ...]:
    """Active sites that fit the filter, in the order of their names, with the visits of a plan.

    Without `plan_id` the plan in view is the newest that is not closed. Raises NotFound for a plan of
    another library.
    """
    wanted = _site_columns().where(Site.active.is_(True))
    for word in search_key(site_filter.search).split():
        wanted = wanted.where(matches(word))
    if site_filter.kind is not None:
        wanted = wanted.where(Site.kind == site_filter.kind)
    if site_filter.commune:
        wanted = wanted.where(Unit.name == site_filter.commune)
    if site_filter.base_id is not None:
        wanted = wanted.where(Site.base_id == site_filter.base_id)
    plan = _plan_in_view(session, plan_id)
    found = [(row[0], row[1], row[2]) for row in session.execute(wanted)]
    rows = _site_rows(session, found, plan, today)
    if site_filter.unserved:
        rows = [row for row in rows if row.planned < row.wanted]
    if site_filter.not_visited_months is not None:
        first = months_before(today, site_filter.not_visited_months)
        rows = [row for row in rows if row.last_visit is None or row.last_visit < first]
    return tuple(rows)


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _site_columns() -> Select[Site, str, str]:
    return (
        select(Site, Unit.name, FormerUnit.name)
        .outerjoin(Unit, Unit.id == Site.admin_unit_id)
        .outerjoin(FormerUnit, FormerUnit.id == Site.former_unit_id)
    )


def _plan_in_view(session: Session, plan_id: int | None) -> Plan | None:
    if plan_id is None:
        newest = select(Plan).where(Plan.state.in_(IN_VIEW)).order_by(Plan.first_day.desc(), Plan.id.desc())
        return session.scalar(newest.limit(1))
    plan = session.scalar(select(Plan).where(Plan.id == plan_id))
    if plan is None:
        raise NotFound("Không có kế hoạch này.")
    return plan


def _site_rows(session: Session, found: Iterable[SiteColumns], plan: Plan | None, today: date) -> list[SiteRow]:
    # a handful of statements for any number of sites; one site's page pays the same
    found = sorted(found, key=lambda columns: (columns[0].sort_key, columns[0].code))
    only = [columns[0].id for columns in found] if len(found) == 1 else []
    last = _last_visits(session, only, today)
    planned: dict[int, int] = {}
    coming: dict[int, date] = {}
    wanted: dict[int, int] = {}
    if plan is not None:
        planned, coming, wanted = _plan_counts(session, plan, only, today)
    return [
        SiteRow(
            id=site.id,
            code=site.code,
            name=site.name,
            kind=site.kind,
            commune=commune or "",
            former_district=former or "",
            at=Coordinates(lat=site.lat, lon=site.lon),
            quality=site.quality,
            last_visit=last.get(site.id),
            next_visit=coming.get(site.id),
            planned=planned.get(site.id, 0),
            wanted=wanted.get(site.id, 0),
        )
        for site, commune, former in found
    ]


def _last_visits(session: Session, only: list[int], today: date) -> dict[int, date]:
    asked = (
        select(VisitRecord.site_id, func.max(VisitRecord.day))
        .where(VisitRecord.checked.is_(True), VisitRecord.outcome.in_(SERVED), VisitRecord.day <= today)
        .group_by(VisitRecord.site_id)
    )
    if only:
        asked = asked.where(VisitRecord.site_id.in_(only))
    return dict(iter(session.execute(asked)))


def _plan_counts(
    session: Session, plan: Plan, only: list[int], today: date
) -> tuple[dict[int, int], dict[int, date], dict[int, int]]:
    """Visits planned, the next one from `today` on, and visits wanted; each by site."""
    stops = select(Stop.site_id, Tour.day).join(Tour, Tour.id == Stop.tour_id).where(Tour.plan_id == plan.id)
    needs = (
        select(Need.site_id, func.sum(Need.quota))
        .where(Need.first_day <= plan.last_day, Need.last_day >= plan.first_day)
        .group_by(Need.site_id)
    )
    if only:
        stops, needs = stops.where(Stop.site_id.in_(only)), needs.where(Need.site_id.in_(only))
    planned: dict[int, int] = {}
    coming: dict[int, date] = {}
    for site_id, day in session.execute(stops):
        planned[site_id] = planned.get(site_id, 0) + 1
        if day >= today:
            coming[site_id] = min(day, coming.get(site_id, day))
    return planned, coming, {site_id: int(quota) for site_id, quota in session.execute(needs)}


def site_page(session: Session, site_id: int, *, today: date) -> SitePage:
    """Everything about one site; raises NotFound for a site of another library."""
    found = session.execute(
        _site_columns().add_columns(Base.name).join(Base, Base.id == Site.base_id).where(Site.id == site_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Không có điểm phục vụ này.")
    site, commune, former, base_name = found
    (row,) = _site_rows(session, [(site, commune, former)], _plan_in_view(session, None), today)
    windows = (
        select(SiteWindow).where(SiteWindow.site_id == site_id).order_by(SiteWindow.term.desc(), SiteWindow.start_s)
    )
    blocks = select(SiteBlock).where(SiteBlock.site_id == site_id).order_by(SiteBlock.first_day)
    return SitePage(
        row=row,
        active=site.active,
        access_note=site.access_note,
        contact=site.contact,
        former_address=_former_address(session, site.former_unit_id),
        base_name=base_name,
        windows=tuple(WindowRow(tuple(w.weekdays), w.start_s, w.end_s, w.term) for w in session.scalars(windows)),
        blocked=tuple((Period(b.first_day, b.last_day), b.reason) for b in session.scalars(blocks)),
        needs=_needs(session, site_id, today),
        past=_past(session, site_id, today),
        coming=_coming(session, site_id, today),
    )


def _former_address(session: Session, unit_id: int | None) -> str:
    """The former unit and those above it, as an address is written; at most commune, district, province."""
    unit = session.get(AdminUnit, unit_id) if unit_id is not None else None
    names: list[str] = []
    while unit is not None and len(names) < 3:
        names.append(unit.name)
        above = select(AdminUnit).where(AdminUnit.code == unit.parent_code).order_by(AdminUnit.valid_to, AdminUnit.id)
        unit = session.scalar(above.limit(1)) if unit.parent_code else None
    return ", ".join(names)


def _needs(session: Session, site_id: int, today: date) -> tuple[NeedRow, ...]:
    asked = select(Need).where(Need.site_id == site_id, Need.last_day >= today).order_by(Need.first_day, Need.id)
    return tuple(
        NeedRow(
            id=need.id,
            service=need.service,
            period=Period(need.first_day, need.last_day),
            quota=need.quota,
            minutes=need.minutes,
            min_gap_days=need.min_gap_days,
            max_gap_days=need.max_gap_days,
            priority=need.priority,
            asked_by=need.asked_by,
            asked_on=need.asked_on,
        )
        for need in session.scalars(asked)
    )


def _past(session: Session, site_id: int, today: date) -> tuple[PastVisit, ...]:
    asked = (
        select(VisitRecord)
        .where(VisitRecord.site_id == site_id, VisitRecord.day <= today)
        .order_by(VisitRecord.day.desc(), VisitRecord.id.desc())
        .limit(PAST_SHOWN)
    )
    return tuple(
        PastVisit(
            day=record.day,
            outcome=record.outcome,
            service=record.service,
            readers=_sum(record.readers_child, record.readers_adult),
            items=record.items,
            note=record.note,
        )
        for record in session.scalars(asked)
    )


def _sum(*counts: int | None) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _coming(session: Session, site_id: int, today: date) -> tuple[ComingVisit, ...]:
    """Visits from today on in every plan that is not closed; several drafts may each promise their own."""
    asked = (
        select(Plan, Tour.day, Stop.start_s, Stop.end_s, Vehicle, Base.short_name)
        .join(Tour, Tour.plan_id == Plan.id)
        .join(Stop, Stop.tour_id == Tour.id)
        .join(Vehicle, Vehicle.id == Tour.vehicle_id)
        .join(Base, Base.id == Vehicle.base_id)
        .where(Plan.state.in_(IN_VIEW), Stop.site_id == site_id, Tour.day >= today)
        .order_by(Tour.day, Stop.start_s, Stop.id)
    )
    return tuple(
        ComingVisit(
            plan_id=plan.id,
            plan_name=plan.name,
            plan_state=plan.state,
            day=day,
            start_s=start_s,
            end_s=end_s,
            vehicle=VehicleSign(vehicle.id, vehicle.name, vehicle.sign, base_name),
        )
        for plan, day, start_s, end_s, vehicle, base_name in session.execute(asked)
    )


def name_of(session: Session, site_id: int) -> str:
    """The site's name; "" for one of another library."""
    return session.scalar(select(Site.name).where(Site.id == site_id)) or ""


def suggestions(session: Session, text: str, *, most: int) -> tuple[tuple[str, str], ...]:
    """Code and name of active sites whose name, code or commune holds every word of `text`."""
    wanted = select(Site.code, Site.name, Unit.name).outerjoin(Unit, Unit.id == Site.admin_unit_id)
    for word in search_key(text).split():
        wanted = wanted.where(matches(word))
    rows = session.execute(wanted.where(Site.active.is_(True)).order_by(Site.sort_key, Site.id).limit(most))
    return tuple((code, f"{name} · {commune}" if commune else name) for code, name, commune in rows)


def list_bases(session: Session) -> tuple[BasePoint, ...]:
    """All bases in the order of their names."""
    bases = sorted(session.scalars(select(Base)), key=lambda base: (sort_key(base.name), base.id))
    return tuple(BasePoint(base.id, base.name, Coordinates(lat=base.lat, lon=base.lon)) for base in bases)


def list_communes(session: Session) -> tuple[str, ...]:
    """Communes in which there are active sites, in the order of their proper names."""
    asked = select(Unit.name).join(Site, Site.admin_unit_id == Unit.id).where(Site.active.is_(True)).distinct()
    return tuple(sorted(session.scalars(asked), key=lambda name: (sort_key(proper_part(name)), name)))

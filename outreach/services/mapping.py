"""Maps composed for the pages: rows are read here and handed to the map makers as plain values."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotFound
from outreach.domain.places import Coordinates
from outreach.domain.sheets import DaySheet, SiteFilter, SiteRow
from outreach.domain.times import half_year_of
from outreach.i18n import current_language, translate
from outreach.maps import day as day_maps
from outreach.maps import period as period_maps
from outreach.maps import picker as picker_maps
from outreach.maps import sites as site_maps
from outreach.maps.base import MapLook
from outreach.maps.land import read_outlines
from outreach.maps.signs import Place
from outreach.services import boards, sites
from outreach.services.day_sheets import day_sheets, period_sheets
from outreach.services.plan_rows import load_plan
from outreach.settings import Settings
from outreach.store.organisations import AdminUnit, Organisation

__all__ = ["TILE_HOST", "MapLook", "coverage_map", "day_map", "map_look", "picker_map", "plan_map", "sites_map"]

TILE_HOST = "https://tile.openstreetmap.org"
NAMES_AROUND = 0.35  # degrees round the sites within which communes are named
COMMUNE_KINDS = ("xã", "phường", "thị trấn", "đặc khu")


def map_look(settings: Settings, *, nonce: str, static_url: Callable[[str], str], theme: str) -> MapLook:
    """How maps are dressed for this reader; outlines that cannot be read become a note on the map."""
    outlines, note = None, ""
    if settings.outlines:
        try:
            outlines = read_outlines(Path(settings.outlines))
        except InvalidValue as error:
            note = translate(error.message, **error.values)
    return MapLook(
        nonce=nonce,
        static_url=static_url,
        language=current_language(),
        theme=theme,
        osm_tiles=settings.osm_tiles == "on",
        outlines=outlines,
        outlines_note=note,
    )


def _commune_names(session: Session, rows: tuple[SiteRow, ...], today: date) -> tuple[Place, ...]:
    """Today's communes around the sites, the towns and the short names first."""
    if not rows:
        return ()
    lats, lons = [row.at.lat for row in rows], [row.at.lon for row in rows]
    statement = select(AdminUnit).where(
        AdminUnit.lat.between(min(lats) - NAMES_AROUND, max(lats) + NAMES_AROUND),
        AdminUnit.lon.between(min(lons) - NAMES_AROUND, max(lons) + NAMES_AROUND),
        or_(AdminUnit.valid_from.is_(None), AdminUnit.valid_from <= today),
        or_(AdminUnit.valid_to.is_(None), AdminUnit.valid_to >= today),
    )
    places = []
    for unit in session.scalars(statement):
        kind = next((kind for kind in COMMUNE_KINDS if unit.name.casefold().startswith(f"{kind} ")), "")
        if not kind or unit.lat is None or unit.lon is None:
            continue
        short = unit.name[len(kind) :].strip()
        rank = 2 + len(short.split()) - (kind != "xã")
        places.append(Place(name=unit.name, short=short, at=Coordinates(lat=unit.lat, lon=unit.lon), rank=rank))
    return tuple(sorted(places, key=lambda place: (place.rank, place.name)))


def _all_sites(session: Session, *, plan_id: int | None, today: date) -> tuple[SiteRow, ...]:
    return sites.list_sites(session, SiteFilter(), plan_id=plan_id, today=today)


def sites_map(
    session: Session,
    look: MapLook,
    asked: SiteFilter,
    *,
    plan_id: int | None,
    today: date,
    chosen_id: int | None = None,
) -> str:
    """The sites that `asked` finds, the others as dots."""
    everything = _all_sites(session, plan_id=plan_id, today=today)
    rows = sites.list_sites(session, asked, plan_id=plan_id, today=today)
    return site_maps.sites_map(
        look,
        rows=rows,
        others=everything,
        bases=sites.list_bases(session),
        places=_commune_names(session, everything, today),
        chosen_id=rows[0].id if len(rows) == 1 else chosen_id,
    )


def picker_map(
    session: Session, look: MapLook, at: Coordinates | None, *, today: date, own_id: int | None = None
) -> str:
    """The map on which a site's point is picked; `own_id` is the site, which is no dot among the others."""
    rows = _all_sites(session, plan_id=None, today=today)
    return picker_maps.picker_map(
        look,
        at=at,
        others=tuple(row for row in rows if row.id != own_id),
        bases=sites.list_bases(session),
        places=_commune_names(session, rows, today),
    )


def coverage_map(session: Session, look: MapLook, *, today: date) -> str:
    """What this half-year has reached so far."""
    organisation = session.get(Organisation, session.info["organisation_id"])
    if organisation is None:
        raise NotFound("Không có thư viện này.")
    rows = _all_sites(session, plan_id=None, today=today)
    return site_maps.coverage_map(
        look,
        rows=rows,
        bases=sites.list_bases(session),
        places=_commune_names(session, rows, today),
        period=half_year_of(today, organisation.half_year_kind).period,
        today=today,
    )


def _week_sheets(session: Session, plan_id: int, week: int | None) -> tuple[DaySheet, ...]:
    plan = load_plan(session, plan_id)
    if week is None:
        return period_sheets(session, plan_id)
    first = boards.monday_of(plan.first_day) + timedelta(weeks=week - 1)
    if week < 1 or first > plan.last_day:
        raise NotFound("Kế hoạch này không có tuần {week}.", week=week)
    return period_sheets(session, plan_id, first=first, last=first + timedelta(days=6))


def plan_map(
    session: Session, look: MapLook, plan_id: int, *, week: int | None, unserved_only: bool = False, today: date
) -> str:
    """A plan's week with its tours, or the whole plan when `week` is None; raises NotFound.

    With `unserved_only` the needs without a day stand alone among the other sites.
    """
    rows = _all_sites(session, plan_id=plan_id, today=today)
    return period_maps.plan_map(
        look,
        sheets=() if unserved_only else _week_sheets(session, plan_id, week),
        unserved=boards.unserved(session, plan_id),
        others=rows,
        bases=sites.list_bases(session),
        places=_commune_names(session, rows, today),
        week=week,
    )


def day_map(session: Session, look: MapLook, plan_id: int, day: date, *, bus: int | None = None, today: date) -> str:
    """The tours of one day, or of the vehicle with the sign `bus`; raises NotFound for an unknown plan."""
    load_plan(session, plan_id)
    rows = _all_sites(session, plan_id=plan_id, today=today)
    sheets = tuple(sheet for sheet in day_sheets(session, plan_id, day) if bus is None or sheet.vehicle.sign == bus)
    return day_maps.day_map(look, sheets=sheets, others=rows, places=_commune_names(session, rows, today))

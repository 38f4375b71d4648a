"""The map of a plan: one week with its tours, or the whole period without lines."""

from itertools import groupby

from outreach.domain.sheets import BasePoint, DaySheet, SiteRow
from outreach.domain.unserved import UnservedRow
from outreach.i18n import clock, short_day, translate, translate_count, weekday
from outreach.maps.base import MapLook, Scene, draw
from outreach.maps.day import end_sign, once_each, tour_leg
from outreach.maps.signs import Mark, Place, Sign, letter_of
from outreach.maps.sites import base_signs, site_link, site_sign

LINES_SHOWN = 6  # a popup of a long period stays readable


def _visit_signs(sheets: tuple[DaySheet, ...]) -> list[Sign]:
    """One sign for each bus at each site, with all its visits as lines."""
    visits = [(stop.site_id, sheet.vehicle.sign, sheet, stop) for sheet in sheets for stop in sheet.stops]
    visits.sort(key=lambda visit: (visit[0], visit[1], visit[2].day))
    signs = []
    for (site_id, bus), group in groupby(visits, key=lambda visit: visit[:2]):
        found = list(group)
        lines = [
            f"{sheet.vehicle.name}, {weekday(sheet.day)} {short_day(sheet.day)}, "
            f"{clock(stop.start_s)} – {clock(stop.end_s)}"
            for _, _, sheet, stop in found
        ]
        if len(lines) > LINES_SHOWN:
            rest = len(lines) - LINES_SHOWN
            lines = [*lines[:LINES_SHOWN], translate_count("và {count} buổi nữa", rest)]
        stop = found[0][3]
        signs.append(
            Sign(
                mark=Mark.VISIT,
                at=stop.at,
                name=stop.site_name,
                id=f"site:{site_id}",
                bus=bus,
                number=letter_of(bus),
                lines=(stop.commune, *lines),
                link=site_link(site_id),
            )
        )
    return signs


def unserved_sign(row: UnservedRow) -> Sign:
    """A need without a day, with its reasons."""
    return Sign(
        mark=Mark.UNSERVED,
        at=row.at,
        name=row.site_name,
        id=f"site:{row.site_id}",
        lines=(
            row.commune,
            translate("Chưa xếp {missing}/{quota} buổi", missing=row.missing, quota=row.quota),
            *row.reasons[:2],
        ),
        link=site_link(row.site_id),
    )


def plan_map(
    look: MapLook,
    *,
    sheets: tuple[DaySheet, ...],
    unserved: tuple[UnservedRow, ...] = (),
    others: tuple[SiteRow, ...] = (),
    bases: tuple[BasePoint, ...] = (),
    places: tuple[Place, ...] = (),
    week: int | None = None,
) -> str:
    """The visits of `sheets` by bus; the tours are drawn when one `week` is shown, for more would be a tangle."""
    shown = {stop.site_id for sheet in sheets for stop in sheet.stops} | {row.site_id for row in unserved}
    signs = [site_sign(row, Mark.DOT) for row in others if row.id not in shown]
    # a site asks once for each service, but stands once on the map
    signs += once_each([unserved_sign(row) for row in unserved])
    signs += _visit_signs(sheets)
    if week is not None:
        nights = [end_sign(s.end, s.vehicle, night=True, label=False) for s in sheets if s.overnight]
        signs += once_each(nights)
    signs += base_signs(bases)
    if week is None:
        title = translate("Bản đồ kế hoạch cả kỳ. Danh sách ở bên cạnh.")
    else:
        title = translate("Bản đồ kế hoạch, tuần {week}. Danh sách ở bên cạnh.", week=week)
    legs = tuple(tour_leg(sheet) for sheet in sheets) if week is not None else ()
    return draw(look, Scene(title=title, signs=tuple(signs), legs=legs, places=places))

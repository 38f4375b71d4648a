"""The map of one day: numbered stops and the way between them."""

from dataclasses import replace

from outreach.domain.names import board_name
from outreach.domain.sheets import BasePoint, DaySheet, DayStop, SiteRow, VehicleSign
from outreach.i18n import clock, long_day, translate
from outreach.maps.base import MapLook, Scene, draw
from outreach.maps.signs import Leg, Mark, Place, Sign
from outreach.maps.sites import site_link, site_sign


def stop_lines(stop: DayStop) -> tuple[str, ...]:
    """What the day's list says about a stop, line by line."""
    served = {"start": clock(stop.start_s), "end": clock(stop.end_s)}
    if stop.in_hours:
        opened = {"open": clock(stop.window_start_s), "close": clock(stop.window_end_s)}
        hours = translate("{start} – {end}, nơi nhận {open} – {close}", **served, **opened)
    else:
        hours = translate("{start} – {end}, ngoài giờ nơi nhận", **served)
    return (hours, " · ".join(part for part in (stop.commune, stop.contact) if part))


def _stop_sign(stop: DayStop, vehicle: VehicleSign) -> Sign:
    return Sign(
        mark=Mark.STOP,
        at=stop.at,
        name=stop.site_name,
        id=f"site:{stop.site_id}",
        bus=vehicle.sign,
        number=str(stop.position),
        label=board_name(stop.site_name),
        lines=stop_lines(stop),
        link=site_link(stop.site_id),
    )


def end_sign(point: BasePoint, vehicle: VehicleSign, *, night: bool, line: str = "", label: bool = True) -> Sign:
    """Where a tour begins or ends: its base, or the place of the night."""
    name = translate("Nghỉ đêm: {place}", place=point.name) if night else point.name
    return Sign(
        mark=Mark.NIGHT if night else Mark.BASE,
        at=point.at,
        name=name,
        id="" if night else f"base:{point.id}",
        bus=vehicle.sign if night else None,
        label=board_name(name) if label else "",
        lines=(line,) if line else (),
    )


def tour_leg(sheet: DaySheet) -> Leg:
    """The whole way of a day's tour."""
    return Leg(
        points=(sheet.start.at, *(stop.at for stop in sheet.stops), sheet.end.at),
        bus=sheet.vehicle.sign,
        estimated=sheet.estimated,
    )


def tour_ends(sheet: DaySheet, *, label: bool = True) -> list[Sign]:
    """The signs of a tour's beginning and end."""
    leave = translate("{vehicle} xuất phát {time}", vehicle=sheet.vehicle.name, time=clock(sheet.leave_s))
    back = translate("{vehicle} tới nơi {time}", vehicle=sheet.vehicle.name, time=clock(sheet.return_s))
    started_out = sheet.day_of_trip > 1
    start = end_sign(sheet.start, sheet.vehicle, night=started_out, line=leave, label=label)
    if sheet.start.at == sheet.end.at and started_out == sheet.overnight:
        both = end_sign(sheet.start, sheet.vehicle, night=started_out, line=f"{leave}, {back}", label=label)
        return [both]
    return [start, end_sign(sheet.end, sheet.vehicle, night=sheet.overnight, line=back, label=label)]


def once_each(signs: list[Sign]) -> list[Sign]:
    """Signs of the same kind at the same point drawn once, with all their lines."""
    found: dict[tuple[Mark, float, float], Sign] = {}
    for sign in signs:
        key = (sign.mark, sign.at.lat, sign.at.lon)
        first = found.setdefault(key, sign)
        news = tuple(line for line in sign.lines if line not in first.lines)
        found[key] = replace(first, lines=first.lines + news)
    return list(found.values())


def day_map(
    look: MapLook,
    *,
    sheets: tuple[DaySheet, ...],
    others: tuple[SiteRow, ...] = (),
    places: tuple[Place, ...] = (),
) -> str:
    """The tours of one day; sites not visited are dots."""
    visited = {stop.site_id for sheet in sheets for stop in sheet.stops}
    signs = [site_sign(row, Mark.DOT) for row in others if row.id not in visited]
    signs += once_each([sign for sheet in sheets for sign in tour_ends(sheet)])
    signs += [_stop_sign(stop, sheet.vehicle) for sheet in sheets for stop in sheet.stops]
    legs = tuple(tour_leg(sheet) for sheet in sheets)
    names = ", ".join(sheet.vehicle.name for sheet in sheets)
    when = long_day(sheets[0].day) if sheets else ""
    title = translate("Bản đồ {day}: {vehicles}. Danh sách ở bên cạnh.", day=when, vehicles=names)
    return draw(
        look,
        Scene(
            title=title,
            signs=tuple(signs),
            legs=legs,
            places=places,
            focus=tuple(point for leg in legs for point in leg.points),
        ),
    )

"""A coast with four sites, one of them far out at sea, and a bus that goes round them."""

from datetime import date

from outreach.domain.places import CoordinateQuality, Coordinates, SiteKind
from outreach.domain.sheets import BasePoint, DaySheet, DayStop, SiteRow, VehicleSign
from outreach.domain.times import Period
from outreach.domain.unserved import UnservedRow
from outreach.domain.visits import ServiceKind
from outreach.maps.base import MapLook
from outreach.maps.day import day_map
from outreach.maps.period import plan_map
from outreach.maps.picker import picker_map
from outreach.maps.signs import Place
from outreach.maps.sites import coverage_map, sites_map

DAY = date(2026, 12, 21)
NHA_TRANG = Coordinates(lat=12.2458, lon=109.1953)
DIEN_KHANH = Coordinates(lat=12.26, lon=109.10)
KHANH_VINH = Coordinates(lat=12.28, lon=108.90)
CAM_RANH = Coordinates(lat=11.92, lon=109.14)
TRUONG_SA = Coordinates(lat=8.645, lon=111.92)


def static_url(path: str) -> str:
    return f"/static/{path}"


def look(**changes: object) -> MapLook:
    return MapLook(**{"nonce": "abc123", "static_url": static_url} | changes)  # type: ignore[arg-type]


def site(number: int, at: Coordinates, name: str = "", *, planned: int = 1, last_visit: date | None = None) -> SiteRow:
    name = name or f"Trường Tiểu học số {number}"
    return SiteRow(
        number, f"KH{number:03d}", name, SiteKind.PRIMARY_SCHOOL, "Xã Diên Thọ", "Diên Khánh", at,
        CoordinateQuality.APPROXIMATE, last_visit, None, planned, 1,
    )  # fmt: skip


def stop(position: int, row: SiteRow, *, commune: str = "Xã Diên Thọ", contact: str = "Văn thư") -> DayStop:
    start_s = 27_000 + 9_000 * position
    return DayStop(
        position, row.id, row.name, commune, contact, "", row.at, ServiceKind.BUS_VISIT,
        start_s, start_s, start_s + 5_400, start_s + 5_400, 27_000, 61_200, 1_200, 12_000,
    )  # fmt: skip


def sheet(
    vehicle: VehicleSign, base: BasePoint, stops: tuple[DayStop, ...], *, night: BasePoint | None = None
) -> DaySheet:
    return DaySheet(
        plan_id=1, day=DAY, vehicle=vehicle, start=base, end=night or base, overnight=night is not None, trip_number=1,
        day_of_trip=1, trip_days=2, crew=("1 lái xe",), leave_s=23_400, return_s=58_000, lunch_start_s=None,
        lunch_end_s=None, drive_s=5_000, home_drive_s=1_000, home_distance_m=9_000, distance_m=60_000, estimated=True,
        stops=stops,
    )  # fmt: skip


def all_maps(name: str = "Trường Tiểu học số", dressed: MapLook | None = None) -> dict[str, str]:
    """Every kind of map, with `name` in each field that holds a text."""
    dress = dressed or look()
    sites = (
        site(1, DIEN_KHANH, name),
        site(2, KHANH_VINH, f"{name} 2", planned=0),
        site(3, CAM_RANH, f"{name} 3", last_visit=date(2026, 11, 3)),
        site(4, TRUONG_SA, f"{name} 4"),
    )
    base = BasePoint(1, f"Cơ sở {name}", NHA_TRANG)
    vehicle = VehicleSign(1, f"Xe {name}", 2, name)
    tour = sheet(
        vehicle, base, (stop(1, sites[0], commune=name, contact=name), stop(2, sites[2])),
        night=BasePoint(9, f"Nghỉ {name}", KHANH_VINH),
    )  # fmt: skip
    unserved = UnservedRow(1, 4, name, name, TRUONG_SA, ServiceKind.BUS_VISIT, 1, 1, ("no-road",), (name,))
    places = (Place(name=name, short=name, at=DIEN_KHANH),)
    return {
        "sites": sites_map(dress, rows=sites, bases=(base,), places=places, chosen_id=1),
        "coverage": coverage_map(
            dress, rows=sites, bases=(base,), places=places, today=DAY,
            period=Period(date(2026, 6, 15), date(2026, 12, 14)),
        ),
        "week": plan_map(
            dress, sheets=(tour,), unserved=(unserved,), others=sites, bases=(base,), places=places, week=2
        ),
        "plan": plan_map(dress, sheets=(tour,), unserved=(unserved,), others=sites, bases=(base,), places=places),
        "day": day_map(dress, sheets=(tour,), others=sites, places=places),
        "picker": picker_map(dress, at=DIEN_KHANH, others=sites, bases=(base,), places=places),
    }  # fmt: skip

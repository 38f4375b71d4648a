"""The demo's sites: facts from the register, service hours, contacts and access notes made by a seeded generator."""

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from outreach.domain.names import search_key, sort_key
from outreach.domain.places import SiteKind
from outreach.services.demo.fleet import Fleet, base_index
from outreach.services.demo.frame import Frame
from outreach.services.demo.register import SiteFacts, former_district_code, read_sites
from outreach.store.sites import Site, SiteBlock, SiteWindow

ISLAND_SCHOOL = "KH120"
NARROW_ROAD_SCHOOL = "KH109"  # a ford on its road takes vehicles of up to 6.5 m
FRIDAY_POST = "KH126"  # receives on Fridays, when no bus drives
ONE_AFTERNOON_POST = "KH130"
BUILDING_SCHOOL = "KH006"  # a new wing is being built where the bus would stand
LONG_SERVICE_SCHOOL = "KH031"  # wishes for a reading day longer than any of its hours

WORKING_WEEK = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Hours:
    """Service hours of a host: weekdays (0 is Monday), seconds after midnight, "term" or "" for always."""

    weekdays: tuple[int, ...]
    start_s: int
    end_s: int
    term: str = ""


def _at(hours: int, minutes: int = 0) -> int:
    return hours * 3600 + minutes * 60


def generator(*parts: object) -> Random:
    """A generator of its own for each thing, so that one choice never shifts another."""
    return Random("|".join(str(part) for part in parts))  # noqa: S311 - invented data, no secret


def service_sites() -> tuple[SiteFacts, ...]:
    """Every site that is no base."""
    return tuple(facts for facts in read_sites() if facts.kind != "depot")


_BOTH_HALVES_AT_A_LIBRARY = (Hours(WORKING_WEEK, _at(7, 30), _at(11)), Hours(WORKING_WEEK, _at(13, 30), _at(17)))
_HOURS_OF_ONE = {
    FRIDAY_POST: (Hours((4,), _at(13, 30), _at(16, 30)),),
    ONE_AFTERNOON_POST: (Hours((2,), _at(13, 30), _at(16, 30)),),
}
_HOURS_OF_KIND = {
    SiteKind.BORDER_POST: (Hours((0, 1, 2, 3), _at(13, 30), _at(16, 30)),),
    SiteKind.PRISON: (Hours((2,), _at(8), _at(10, 30)), Hours((2,), _at(13, 30), _at(16))),
    SiteKind.INDUSTRIAL_PARK: (Hours((1, 2, 3), _at(13), _at(17)),),
    SiteKind.COMMUNE_LIBRARY: _BOTH_HALVES_AT_A_LIBRARY,
    SiteKind.ETHNIC_BOARDING_SCHOOL: (
        Hours((3,), _at(7, 30), _at(10, 30), "term"),
        Hours(WORKING_WEEK, _at(13, 30), _at(17), "term"),
    ),
}


def hours_of(facts: SiteFacts) -> tuple[Hours, ...]:
    """When a host receives the bus."""
    own = _HOURS_OF_ONE.get(facts.code) or _HOURS_OF_KIND.get(facts.site_kind)
    return own or _school_hours(facts)


def _school_hours(facts: SiteFacts) -> tuple[Hours, ...]:
    morning = Hours(WORKING_WEEK, _at(7, 30), _at(10, 30), "term")
    afternoon = Hours(WORKING_WEEK, _at(13, 30), _at(16, 30), "term")
    habit = generator("hours", facts.code).random()
    if habit < 0.06:  # no lessons on these afternoons
        return (morning, Hours((0, 1, 3), _at(13, 30), _at(16, 30), "term"))
    if habit < 0.14:  # flag salute and class meeting on Monday mornings
        return (Hours((1, 2, 3, 4), _at(7, 30), _at(10, 30), "term"), afternoon)
    return (morning, afternoon)


_CONTACTS = {
    SiteKind.COMMUNE_LIBRARY: "Công chức văn hóa - xã hội xã",
    SiteKind.BORDER_POST: "Trực ban đồn",
    SiteKind.INDUSTRIAL_PARK: "Ban quản lý khu công nghiệp",
    SiteKind.PRISON: "Đội giáo dục, hồ sơ",
}
_SCHOOL_CONTACTS = ("Văn thư nhà trường", "Nhân viên thư viện nhà trường", "Tổng phụ trách Đội")
_SCHOOL_SOURCE = "Tên và xã: © OpenStreetMap, ODbL 1.0; vị trí gần đúng"
_SOURCES = {
    SiteKind.COMMUNE_LIBRARY: "Danh mục xã, phường từ 01/07/2025; vị trí giả định",
    SiteKind.BORDER_POST: "Minh họa",
    SiteKind.INDUSTRIAL_PARK: "Tên chưa kiểm tra; xã và vị trí phỏng đoán",
    SiteKind.PRISON: "Theo báo chí; xã và vị trí phỏng đoán",
}
_NOTES = (
    "Cổng chính rộng, xe vào được sân trường.",
    "Đỗ xe ở sân sau, có mái che; ổ điện tại nhà đa năng.",
    "Sân nhỏ: đỗ dọc hàng rào phía đông, báo bảo vệ trước 15 phút.",
    "Không vào giờ tan học (10:30 và 16:30), đường trước cổng đông.",
    "Có bóng mát và ổ điện ngoài hiên thư viện.",
)
_MOUNTAIN_NOTES = (
    "Đường đèo, mùa mưa gọi trước khi đi.",
    "Đoạn cuối là đường bê tông hẹp, đi chậm; quay đầu tại sân trường.",
    "Sóng điện thoại yếu, hẹn giờ trước một ngày.",
)
_SPECIAL_NOTES = {
    ISLAND_SCHOOL: "Trên đảo, không có đường bộ. Gửi sách theo tàu.",
    NARROW_ROAD_SCHOOL: "Cầu tràn trên đường vào chỉ cho xe dài đến 6,5 m.",
    FRIDAY_POST: "Đơn vị chỉ nhận đoàn vào chiều thứ Sáu.",
    BUILDING_SCHOOL: "Đang xây nhà lớp học, sân không đỗ được xe.",
}
# from the README of the demo data
_PEOPLE = {
    SiteKind.PRIMARY_SCHOOL: (250, 900),
    SiteKind.LOWER_SECONDARY_SCHOOL: (300, 1000),
    SiteKind.COMBINED_SCHOOL: (300, 900),
    SiteKind.ETHNIC_BOARDING_SCHOOL: (200, 450),
}


def _note(facts: SiteFacts, random: Random) -> str:
    if facts.code in _SPECIAL_NOTES:
        return _SPECIAL_NOTES[facts.code]
    if facts.site_kind is SiteKind.PRISON:
        return "Gửi danh sách tổ phục vụ và biển số xe trước 5 ngày; không mang điện thoại vào trong."
    if facts.in_mountains:
        return random.choice(_MOUNTAIN_NOTES)
    return random.choice(_NOTES) if random.random() < 0.6 else ""


_LODGINGS = {SiteKind.ETHNIC_BOARDING_SCHOOL, SiteKind.BORDER_POST}  # they have beds for guests


def _site_row(facts: SiteFacts, organisation_id: int, fleet: Fleet, unit_ids: dict[str, int]) -> dict[str, Any]:
    random = generator("site", facts.code)
    low, high = _PEOPLE.get(facts.site_kind, (30, 150))
    contact = random.choice(_SCHOOL_CONTACTS) if facts.is_school else _CONTACTS[facts.site_kind]
    words = f"{facts.name} {facts.code} {facts.commune} {facts.former_commune} {facts.former_district}"
    return {
        "organisation_id": organisation_id,
        "code": facts.code,
        "name": facts.name,
        "search_key": search_key(words)[:600],
        "sort_key": sort_key(facts.name)[:900],
        "kind": facts.site_kind,
        "base_id": fleet.base_ids[base_index(facts)],
        "admin_unit_id": unit_ids[facts.commune_code],
        "former_unit_id": unit_ids[former_district_code(facts.former_district)],
        "lat": facts.at.lat,
        "lon": facts.at.lon,
        "quality": facts.quality,
        "terrain": facts.terrain,
        "reached_by_road": not facts.on_island,
        "lodging": facts.site_kind in _LODGINGS and not facts.on_island,
        "max_length_m": 6.5 if facts.code == NARROW_ROAD_SCHOOL else None,
        "people": random.randint(low, high) // 5 * 5,
        "contact": contact,
        "access_note": _note(facts, random),
        "source": _SOURCES.get(facts.site_kind, _SCHOOL_SOURCE),
    }


def add_sites(
    session: Session, organisation_id: int, frame: Frame, *, fleet: Fleet, unit_ids: dict[str, int]
) -> dict[str, int]:
    """Write sites, their hours and blocked days; ids by code."""
    session.execute(insert(Site), [_site_row(facts, organisation_id, fleet, unit_ids) for facts in service_sites()])
    found = select(Site.code, Site.id).where(Site.organisation_id == organisation_id)
    ids = dict(session.execute(found).all())
    windows = [
        {
            "site_id": ids[facts.code],
            "weekdays": list(hours.weekdays),
            "start_s": hours.start_s,
            "end_s": hours.end_s,
            "term": hours.term,
        }
        for facts in service_sites()
        for hours in hours_of(facts)
    ]
    session.execute(insert(SiteWindow), windows)
    blocked = frame.half_year.period
    session.add(
        SiteBlock(
            site_id=ids[BUILDING_SCHOOL],
            first_day=blocked.first,
            last_day=blocked.last,
            reason="Đang xây nhà lớp học, sân không đỗ được xe",
        )
    )
    return ids

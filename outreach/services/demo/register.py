"""The facts of the demo province: sites and communes read from data/demo, and the administrative units in tables."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from outreach.domain.names import search_key
from outreach.domain.places import CoordinateQuality, Coordinates, SiteKind, Terrain
from outreach.settings import PROJECT
from outreach.store.organisations import AdminUnit, AdminUnitChange

FOLDER = PROJECT / "data" / "demo"
DISTRICTS_ENDED = date(2025, 6, 30)
COMMUNES_BEGAN = date(2025, 7, 1)
MERGER = "Nghị quyết 202/2025/QH15"
CODES = "Quyết định 19/2025/QĐ-TTg"
PROVINCE = "56"
FORMER_PROVINCES = {"Khánh Hòa": "cu-khanh-hoa", "Ninh Thuận": "cu-ninh-thuan"}

MOUNTAIN_DISTRICTS = frozenset({"Huyện Khánh Vĩnh", "Huyện Khánh Sơn", "Huyện Bác Ái"})
HILL_DISTRICTS = frozenset({"Huyện Ninh Sơn", "Huyện Thuận Bắc"})
ISLAND_DISTRICT = "Huyện Trường Sa"


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """One line of data/demo/sites.csv."""

    code: str
    name: str
    kind: str  # a SiteKind, or "depot"
    commune: str
    commune_code: str
    former_commune: str
    former_district: str
    former_province: str
    at: Coordinates
    quality: CoordinateQuality

    @property
    def site_kind(self) -> SiteKind:
        """The kind of a site that is no base."""
        return SiteKind(self.kind)

    @property
    def is_school(self) -> bool:
        """Whether the site follows the school year."""
        return self.site_kind.is_school

    @property
    def in_mountains(self) -> bool:
        """Whether the site lies in one of the three mountain districts of before the merger."""
        return self.former_district in MOUNTAIN_DISTRICTS

    @property
    def on_island(self) -> bool:
        """Whether no road leads there."""
        return self.former_district == ISLAND_DISTRICT

    @property
    def terrain(self) -> Terrain:
        """What the roads around are like, judged by the former district."""
        if self.in_mountains:
            return Terrain.MOUNTAIN
        return Terrain.HILLS if self.former_district in HILL_DISTRICTS else Terrain.COAST


@cache
def read_sites() -> tuple[SiteFacts, ...]:
    """All lines of data/demo/sites.csv, bases first."""
    with (FOLDER / "sites.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            SiteFacts(
                code=row["site_id"],
                name=row["name"],
                kind=row["kind"],
                commune=row["commune"],
                commune_code=row["commune_code"],
                former_commune=row["old_commune"],
                former_district=row["old_district"],
                former_province=row["old_province"],
                at=Coordinates(lat=float(row["lat"]), lon=float(row["lon"])),
                quality=_quality(row["coord_quality"]),
            )
            for row in csv.DictReader(file)
        )


def _quality(text: str) -> CoordinateQuality:
    return CoordinateQuality.COMMUNE_POINT if text == "commune_point" else CoordinateQuality.APPROXIMATE


def _slug(name: str) -> str:
    return search_key(name).replace(" - ", "-").replace(" ", "-")


def former_district_code(district: str) -> str:
    """Our own code of a former district; the official one is not in the data."""
    return f"cu-{_slug(district)}"


def former_commune_code(commune: str, district: str) -> str:
    """Our own code of a former commune; names repeat between districts."""
    short = _slug(district.split(" ", 1)[1])
    return f"cu-{_slug(commune)}-{short}"[:40]


def add_admin_units(session: Session, organisation_id: int) -> dict[str, int]:
    """Write provinces, communes and former units of a new library; ids by code."""
    owner = {"organisation_id": organisation_id}
    session.execute(insert(AdminUnit), [row | owner for row in _unit_rows()])
    by_code = select(AdminUnit.code, AdminUnit.id).where(AdminUnit.organisation_id == organisation_id)
    ids = dict(session.execute(by_code.order_by(AdminUnit.valid_from)).all())
    session.execute(insert(AdminUnitChange), [row | owner for row in _change_rows(ids)])
    return ids


def _unit(code: str, name: str, kind: str, parent: str | None, **more: object) -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(("valid_from", "valid_to", "lat", "lon"))
    flags = dict.fromkeys(("border", "island", "ethnic_minority", "remote"), False)
    return blank | flags | {"code": code, "name": name, "kind": kind, "parent_code": parent} | more


def _unit_rows() -> Iterator[dict[str, Any]]:
    yield _unit(PROVINCE, "Tỉnh Khánh Hòa", "tỉnh", None, valid_from=COMMUNES_BEGAN)
    for name, code in FORMER_PROVINCES.items():
        yield _unit(code, f"Tỉnh {name}", "tỉnh", None, valid_to=DISTRICTS_ENDED)
    written: set[str] = set()
    for row in _communes():
        first_district = row["old_districts"].split(" (")[0]
        far = first_district in MOUNTAIN_DISTRICTS
        yield _unit(
            row["commune_code"],
            row["commune"],
            row["type"].lower(),
            PROVINCE,
            valid_from=COMMUNES_BEGAN,
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            island=first_district == ISLAND_DISTRICT,
            ethnic_minority=far,
            remote=far,
        )
        for unit in _former_units(row):
            if unit["code"] not in written:
                written.add(unit["code"])
                yield unit


def _communes() -> list[dict[str, str]]:
    with (FOLDER / "communes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _districts(row: dict[str, str]) -> list[tuple[str, str]]:
    """Former districts of a commune with their former provinces."""
    return [(text.split(" (")[0], text.split(" (")[1].rstrip(")")) for text in row["old_districts"].split("; ")]


def _former_units(row: dict[str, str]) -> Iterator[dict[str, Any]]:
    districts = _districts(row)
    for district, province in districts:
        kind = "huyện" if district.startswith("Huyện") else "thành phố" if district.startswith("Thành") else "thị xã"
        parent = FORMER_PROVINCES[province]
        yield _unit(former_district_code(district), district, kind, parent, valid_to=DISTRICTS_ENDED)
    for commune, district in _former_communes(row):
        kind = commune.split(" ", 1)[0].lower() if not commune.startswith("Thị trấn") else "thị trấn"
        parent = former_district_code(district)
        code = former_commune_code(commune, district)
        yield _unit(code, commune, kind, parent, valid_to=DISTRICTS_ENDED)


def _former_communes(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Former communes with their district: the sites tell where a commune of today had more than one district."""
    told = {(s.commune_code, s.former_commune): s.former_district for s in read_sites()}
    for text in row["old_communes"].split("; "):
        commune = text.removesuffix(" (một phần)")  # a commune that was divided stands in several lines
        yield commune, told.get((row["commune_code"], commune), _districts(row)[0][0])


def _change_rows(ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    def change(old: str, new: str, *, whole: bool, decree: str) -> dict[str, Any]:
        return {
            "old_unit_id": ids[old],
            "new_unit_id": ids[new],
            "whole": whole,
            "decree": decree,
            "day": COMMUNES_BEGAN,
        }

    for code in FORMER_PROVINCES.values():
        yield change(code, PROVINCE, whole=True, decree=MERGER)
    rows = _communes()
    parts = [pair for row in rows for pair in set(_former_communes(row))]
    for row in rows:
        for district, _ in _districts(row):
            yield change(former_district_code(district), row["commune_code"], whole=False, decree=CODES)
        for pair in dict.fromkeys(_former_communes(row)):
            whole = parts.count(pair) == 1
            yield change(former_commune_code(*pair), row["commune_code"], whole=whole, decree=CODES)

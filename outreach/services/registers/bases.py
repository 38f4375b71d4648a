"""The register of bases: where vehicles start and end."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.places import Terrain
from outreach.exchange.coordinates import looks_swapped, read_coordinates
from outreach.services.registers import fields as f
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Note, Reading, Register, Said, Values, hanging, narrowed
from outreach.store.fleet import Base, StaffMember, Vehicle
from outreach.store.sites import Site

SWAPPED = "vĩ độ và kinh độ bị đổi chỗ, đã đổi lại"


def point_field() -> f.Field:
    """A pasted point, from which `lat` and `lon` follow."""
    return f.Field(
        name="point",
        heading="Tọa độ",
        entry_only=True,
        empty=None,
        read=lambda text, looks: read_coordinates(text, near=looks.middle),
        write=lambda value, _: f"{value.at.lat}, {value.at.lon}",
        aliases="vi tri; gps; google maps; link ban do; coordinates; toa do; location",
        hint="Dán tọa độ, đường dẫn Google Maps hoặc plus code đều được.",
    )


def base_field(**more: Any) -> f.Field:  # noqa: ANN401 - the other columns of Field
    """The base a row belongs to, by its name."""
    return f.reference(
        "base_id", "Cơ sở", find=Lookups.base, names=lambda looks: looks.bases, aliases="base; don vi; co so quan ly",
        **more,
    )  # fmt: skip


def complete_base(reading: Reading, looks: Lookups, *, known: Values | None) -> None:
    """A row without a base belongs to the only one there is; raises InvalidValue where people must say which."""
    values = reading.values
    if values.get("base_id") is not None or "base_id" in {fault.field for fault in reading.faults}:
        return
    if known is not None:  # a base is changed and never emptied
        values.pop("base_id", None)
    elif len(looks.base_points) == 1:
        values["base_id"] = next(iter(looks.base_points))
    elif not looks.base_points:
        raise InvalidValue("thư viện chưa có cơ sở nào; thêm cơ sở trước", field="base_id", value="")
    else:
        raise InvalidValue("chưa ghi cơ sở nào; các cơ sở là: {known}", field="base_id", value="",
                           known=", ".join(looks.bases.values()))  # fmt: skip


class Bases(Register):
    """Bases, known again by name."""

    name: ClassVar[str] = "bases"
    title: ClassVar[str] = "Các cơ sở"
    noun: ClassVar[str] = "cơ sở"
    table = Base
    key = ("name",)
    archives: ClassVar[bool] = True
    fields = (
        f.line("name", "Tên cơ sở", most=200, required=True, aliases="co so; ten; base"),
        f.line("short_name", "Tên ngắn", most=80, hint="Để trống thì lấy tên cơ sở."),
        point_field(),
        f.number("lat", "Vĩ độ", least=-180, most=180, aliases="latitude"),
        f.number("lon", "Kinh độ", least=-180, most=180, aliases="longitude; lng; long"),
        f.choice("terrain", "Địa hình", Terrain, empty=Terrain.COAST),
        f.yes_no("active", "Đang dùng", empty=True),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:  # noqa: ARG002
        """A position, and a short name for the board."""
        values = reading.values
        if known is None or not values.get("short_name", True):
            values["short_name"] = values.get("short_name") or str(values.get("name", ""))[:80]
        complete_point(reading, known=known)

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        """Bases with sites, vehicles or posts."""
        text = "Cơ sở này còn điểm phục vụ, xe hoặc người; hãy cất thay vì xóa."
        columns = (Site.base_id, Vehicle.base_id, StaffMember.base_id)
        return {number: text for column in columns for number in hanging(session, column, ids)}

    def still_needed(self, session: Session, ids: Sequence[int], *, today: date) -> dict[int, Said]:  # noqa: ARG002
        """Bases to which sites, vehicles or posts in use belong."""
        text = "Cơ sở này còn điểm phục vụ, xe hoặc người đang dùng; hãy chuyển sang cơ sở khác trước khi cất."
        found: dict[int, Said] = {}
        for table in (Site, Vehicle, StaffMember):
            asked = select(table.base_id).where(table.active.is_(True)).distinct()
            for part in narrowed(asked, table.base_id, ids):
                found |= {number: (text, {}) for number in session.scalars(part)}
        return found


def complete_point(reading: Reading, *, known: Values | None, needed: bool = True) -> None:
    """`lat` and `lon` from what was pasted or typed: both, in order, on the earth; raises InvalidValue."""
    values: dict[str, Any] = reading.values
    if values.get("point"):
        values["lat"], values["lon"] = values["point"].at.lat, values["point"].at.lon
        if values["point"].swapped:
            reading.notes.append(Note("point", SWAPPED))
    elif {"lat", "lon", "point"} & {fault.field for fault in reading.faults}:
        return
    if known is not None and not {"lat", "lon"} & values.keys():
        return
    lat, lon = ({**(known or {}), **values}.get(name) for name in ("lat", "lon"))
    if lat is None and lon is None:
        if not needed:
            return
        raise InvalidValue("chưa có tọa độ; điền Tọa độ, hoặc Vĩ độ và Kinh độ", field="lat", value="")
    if lat is None or lon is None:
        raise InvalidValue("vĩ độ và kinh độ phải đi cùng nhau", field="lat" if lat is None else "lon", value="")
    if looks_swapped(lat, lon):
        values["lat"], values["lon"] = lat, lon = lon, lat
        reading.notes.append(Note("lat", SWAPPED))
    if abs(lat) > 90:
        raise InvalidValue("{value} nằm ngoài khoảng từ -90 đến 90", field="lat", value=str(lat))
    if (lat, lon) == (0, 0):
        raise InvalidValue("tọa độ 0; 0 là chỗ chưa điền, xin lấy tọa độ thật", field="lat", value="0")

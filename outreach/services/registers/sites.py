"""The register of sites: one row with its service hours and blocked days."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from outreach.domain.cells import DaysOff, ServiceHours, write_hours
from outreach.domain.errors import InvalidValue
from outreach.domain.places import CoordinateQuality, Coordinates, SiteKind, Terrain
from outreach.domain.times import Period
from outreach.services.registers import fields as f
from outreach.services.registers.bases import base_field, complete_point, point_field
from outreach.services.registers.called import Units
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.places import commune_id, complete_commune, complete_district, district_id
from outreach.services.registers.promises import promised_days
from outreach.services.registers.register import (
    Note,
    Reading,
    Record,
    Register,
    Said,
    Values,
    chunks,
    hanging,
    narrowed,
)
from outreach.services.registers.search_keys import Former, Unit, keys_of
from outreach.store.bulk import add_rows, insert_rows
from outreach.store.plans import Stop
from outreach.store.requests import Request
from outreach.store.sites import Need, Site, SiteBlock, SiteWindow
from outreach.store.visits import VisitRecord

MORNING, AFTERNOON = (7 * 3600 + 1800, 10 * 3600 + 1800), (13 * 3600 + 1800, 16 * 3600 + 1800)
USUAL_HOURS = tuple(ServiceHours((0, 1, 2, 3, 4), start, end) for start, end in (MORNING, AFTERNOON))
# columns that are values as they stand
PLAIN = (
    "code", "name", "kind", "lat", "lon", "quality", "terrain", "base_id", "people", "contact", "access_note",
    "reached_by_road", "lodging", "max_length_m", "max_height_m", "max_weight_kg", "set_up_minutes", "source", "active",
)  # fmt: skip
KEYED = {"name", "code", "commune", "commune_code", "former_district"}  # search and order go by these
_KINDS = {
    "tieu hoc": SiteKind.PRIMARY_SCHOOL, "th": SiteKind.PRIMARY_SCHOOL, "primary": SiteKind.PRIMARY_SCHOOL,
    "trung hoc co so": SiteKind.LOWER_SECONDARY_SCHOOL, "thcs": SiteKind.LOWER_SECONDARY_SCHOOL,
    "truong thcs": SiteKind.LOWER_SECONDARY_SCHOOL,
    "th va thcs": SiteKind.COMBINED_SCHOOL, "th-thcs": SiteKind.COMBINED_SCHOOL, "th&thcs": SiteKind.COMBINED_SCHOOL,
    "truong lien cap": SiteKind.COMBINED_SCHOOL, "lien cap": SiteKind.COMBINED_SCHOOL,
    "ptdtnt": SiteKind.ETHNIC_BOARDING_SCHOOL, "ptdtbt": SiteKind.ETHNIC_BOARDING_SCHOOL,
    "noi tru": SiteKind.ETHNIC_BOARDING_SCHOOL, "ban tru": SiteKind.ETHNIC_BOARDING_SCHOOL,
    "thu vien phuong": SiteKind.COMMUNE_LIBRARY, "thu vien cap xa": SiteKind.COMMUNE_LIBRARY,
    "thu vien co so": SiteKind.COMMUNE_LIBRARY, "tu sach": SiteKind.COMMUNITY_LIBRARY,
    "bien phong": SiteKind.BORDER_POST, "kcn": SiteKind.INDUSTRIAL_PARK,
}  # fmt: skip


class Sites(Register):
    """Service sites."""

    name: ClassVar[str] = "sites"
    title: ClassVar[str] = "Điểm phục vụ"
    noun: ClassVar[str] = "điểm phục vụ"
    table = Site
    key = ("code",)
    archives: ClassVar[bool] = True
    fields = (
        f.line(
            "code",
            "Mã điểm",
            most=40,
            required=True,
            aliases="ma; ma so; ma truong; site_id; id; stt ma",
            hint="Mã riêng của điểm; nhập lại cùng mã là sửa.",
        ),
        f.line(
            "name",
            "Tên điểm",
            most=200,
            required=True,
            aliases="ten; ten truong; ten don vi; don vi; diem phuc vu; site; school; ten thu vien",
        ),
        f.choice("kind", "Loại điểm", SiteKind, required=True, also=_KINDS, aliases="loai; loai hinh; cap hoc; type"),
        f.line(
            "commune",
            "Xã, phường",
            most=200,
            aliases="xa; phuong; xa/phuong; xa phuong; don vi hanh chinh; ward; ten xa",
        ),
        f.line("commune_code", "Mã xã", most=40, aliases="ma dvhc; ma don vi hanh chinh; ma phuong; ward_code"),
        f.line(
            "former_district",
            "Huyện cũ",
            most=200,
            aliases="huyen; quan huyen; huyen (truoc 1/7/2025); old_district; district",
        ),
        point_field(),
        f.number("lat", "Vĩ độ", least=-180, most=180, aliases="latitude; vi do (lat); y; geoy"),
        f.number("lon", "Kinh độ", least=-180, most=180, aliases="longitude; lng; long; x; geox"),
        f.choice(
            "quality",
            "Độ chính xác",
            CoordinateQuality,
            empty=CoordinateQuality.APPROXIMATE,
            aliases="coord_quality",
            also={
                "old_commune_point": CoordinateQuality.APPROXIMATE,
                "old_commune_point+snapped": CoordinateQuality.APPROXIMATE,
                "commune_assigned": CoordinateQuality.APPROXIMATE,
                "commune_assigned+snapped": CoordinateQuality.APPROXIMATE,
            },
        ),
        f.choice("terrain", "Địa hình", Terrain, empty=Terrain.COAST),
        base_field(hint="Để trống thì lấy cơ sở gần nhất."),
        f.hours("windows", "Giờ nhận xe", aliases="khung gio; gio nhan; gio don; thoi gian nhan; hours; opening hours"),
        f.days_off("blocked", "Ngày không nhận", aliases="ngay ban; khong nhan; blocked days"),
        f.whole("people", "Số người", least=0, most=100_000, aliases="so hoc sinh; hoc sinh; si so; dan so"),
        f.line(
            "contact",
            "Đầu mối",
            most=200,
            aliases="lien he; nguoi lien he; bo phan lien he",
            hint="Ghi chức danh, ví dụ “Nhân viên thư viện trường”; không ghi tên riêng.",
        ),
        f.lines("access_note", "Chỗ đỗ xe", aliases="ghi chu; duong vao; do xe; note; notes"),
        f.yes_no("reached_by_road", "Có đường bộ", empty=True, aliases="duong bo"),
        f.yes_no("lodging", "Nghỉ đêm được", empty=False, aliases="cho nghi dem; nha khach; ngu lai"),
        f.number("max_length_m", "Xe dài nhất (m)", least=1, most=30),
        f.number("max_height_m", "Xe cao nhất (m)", least=1, most=10),
        f.number("max_weight_kg", "Xe nặng nhất (kg)", least=100, most=60_000),
        f.whole("set_up_minutes", "Phút bày thêm", least=0, most=240, empty=0),
        f.line("source", "Nguồn", most=300),
        f.yes_no("active", "Đang phục vụ", empty=True, aliases="dang dung; trang thai"),
    )

    # ---- reading

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """Position, commune, base and hours: mended, found or filled in, each with a note."""
        complete_commune(reading, looks.units)
        complete_district(reading, looks.units)
        self._place(reading, looks, known=known)
        self._base(reading, looks, new=known is None)
        self._windows(reading, new=known is None)

    @staticmethod
    def _windows(reading: Reading, *, new: bool) -> None:
        """A new site of which no hours are told has the usual ones; one that is there loses them."""
        if "windows" in _names(reading.faults) or reading.values.get("windows", None if new else ()) is not None:
            return
        reading.values["windows"] = USUAL_HOURS if new else ()
        if new:
            note = "chưa có giờ nhận, tạm lấy giờ thường: {hours}"
            reading.notes.append(Note("windows", note, {"hours": write_hours(USUAL_HOURS)}))

    def _place(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        values, new = reading.values, known is None
        given = {"lat", "lon", "point"} & values.keys()
        faulty = {"lat", "lon", "point"} & set(_names(reading.faults))
        if not faulty and (new or given) and all(values.get(name) is None for name in ("lat", "lon", "point")):
            self._from_commune(reading, looks, new=new)
        else:
            complete_point(reading, known=known)

    def _from_commune(self, reading: Reading, looks: Lookups, *, new: bool) -> None:
        """A site without a position stands on its commune's point until somebody knows better."""
        values = reading.values
        at = looks.units.points.get(values.get("commune_code") or "") if new else None
        if at is None:
            for name in ("lat", "lon"):
                values.pop(name, None)
            if new:
                raise InvalidValue("chưa có tọa độ; điền Tọa độ, hoặc Vĩ độ và Kinh độ", field="lat", value="")
            return
        values["lat"], values["lon"], values["quality"] = at.lat, at.lon, CoordinateQuality.COMMUNE_POINT
        reading.notes.append(Note("lat", "chưa có tọa độ, tạm đặt ở điểm giữa xã"))

    def _base(self, reading: Reading, looks: Lookups, *, new: bool) -> None:
        if "base_id" in _names(reading.faults) or (not new and "base_id" not in reading.values):
            return
        if reading.values.get("base_id") is None:
            if not new:
                del reading.values["base_id"]
            elif not looks.base_points:
                raise InvalidValue("thư viện chưa có cơ sở nào; thêm cơ sở trước", field="base_id", value="")
            elif len(looks.base_points) == 1:
                reading.values["base_id"] = next(iter(looks.base_points))
            elif reading.values.get("lat") is not None:
                reading.values["base_id"] = looks.nearest_base(
                    Coordinates(lat=reading.values["lat"], lon=reading.values["lon"])
                )
                name = looks.bases[reading.values["base_id"]]
                reading.notes.append(Note("base_id", "chưa ghi cơ sở, lấy cơ sở gần nhất: {name}", {"name": name}))

    def subject(self, values: Values, looks: Lookups) -> str:  # noqa: ARG002 - the name says enough
        """The site's name."""
        return str(values.get("name", ""))

    # ---- rows

    def load(self, session: Session, ids: Sequence[int] | None = None) -> dict[int, Record]:
        """Sites with hours and blocked days; three statements for every thousand."""
        columns = [getattr(Site, name) for name in PLAIN]
        asked = (
            select(Site.id, Site.version, Unit.name, Unit.code, Former.name, *columns)
            .outerjoin(Unit, Unit.id == Site.admin_unit_id)
            .outerjoin(Former, Former.id == Site.former_unit_id)
            .order_by(Site.id)
        )
        hours, off = _hours(session, ids), _days_off(session, ids)
        return {
            number: Record(number, version, {
                **dict(zip(PLAIN, plain, strict=True)),
                "commune": commune or "", "commune_code": code or "", "former_district": former or "",
                "windows": tuple(sorted(hours.get(number, ()))), "blocked": tuple(off.get(number, ())),
            })
            for part in narrowed(asked, Site.id, ids)
            for number, version, commune, code, former, *plain in session.execute(part)
        }  # fmt: skip

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Write sites, their hours and blocked days."""
        if not rows:
            return []
        units = Lookups(session).units
        owner = {"organisation_id": session.info["organisation_id"]}
        ids = insert_rows(session, Site, [self._columns(values, session, units) | owner for values in rows])
        _write_children(session, list(zip(ids, rows, strict=True)))
        return ids

    def update(self, session: Session, rows: Sequence[tuple[int, Values]]) -> None:
        """Change sites; hours and blocked days are replaced where they are among the changes."""
        units = Lookups(session).units
        ours = {number for part in narrowed(select(Site.id), Site.id, [number for number, _ in rows])
                for number in session.scalars(part)}  # fmt: skip
        rows = [(number, values) for number, values in rows if number in ours]
        names = self.load(session, [number for number, values in rows if KEYED & values.keys()])
        plain = []
        for number, values in rows:
            columns = self._columns(values, session, units)
            if number in names:
                columns |= keys_of({**names[number].values, **values})
            plain.append((number, columns))
        self.write_columns(session, plain)
        for table, name in ((SiteWindow, "windows"), (SiteBlock, "blocked")):
            for some in chunks([number for number, values in rows if name in values]):
                session.execute(delete(table).where(table.site_id.in_(some)))
        _write_children(session, rows)

    def _columns(self, values: Values, session: Session, units: Units) -> dict[str, Any]:
        columns = {name: values[name] for name in PLAIN if name in values}
        if "commune_code" in values:
            columns["admin_unit_id"] = commune_id(values, session, units)
        if "former_district" in values:
            columns["former_unit_id"] = district_id(values, session, units)
        if {"name", "code", "commune"} <= values.keys():
            columns |= keys_of(values)
        return columns

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        """Sites with needs, planned stops, recorded visits or requests keep their history."""
        found: dict[int, str] = {}
        for column, text in (
            (Request.site_id, "Điểm này có đề nghị trong sổ; hãy cất điểm thay vì xóa."),
            (Need.site_id, "Điểm này có nhu cầu; hãy cất điểm thay vì xóa."),
            (VisitRecord.site_id, "Điểm này có buổi đã phục vụ; hãy cất điểm thay vì xóa."),
            (Stop.site_id, "Điểm này có trong kế hoạch; hãy cất điểm thay vì xóa."),
            (Site.merged_into_id, "Có điểm trùng đã gộp vào điểm này; hãy cất điểm thay vì xóa."),
        ):
            found |= dict.fromkeys(hanging(session, column, ids), text)
        return found

    def still_needed(self, session: Session, ids: Sequence[int], *, today: date) -> dict[int, Said]:
        """Sites with visits to come that are published already."""
        text = "Điểm này còn buổi đã công bố vào {days}; hãy dời hoặc bỏ các buổi ấy trước khi cất."
        days = promised_days(session, Stop.site_id, ids, today=today)
        return {number: (text, {"days": when}) for number, when in days.items()}


def _names(faults: Sequence[InvalidValue]) -> list[str]:
    return [fault.field for fault in faults]


def _hours(session: Session, ids: Sequence[int] | None) -> dict[int, list[ServiceHours]]:
    """Service hours by site."""
    columns = (SiteWindow.site_id, SiteWindow.weekdays, SiteWindow.start_s, SiteWindow.end_s, SiteWindow.term)
    found: dict[int, list[ServiceHours]] = defaultdict(list)
    for part in narrowed(select(*columns).join(Site, Site.id == SiteWindow.site_id), SiteWindow.site_id, ids):
        for site_id, weekdays, start_s, end_s, term in session.execute(part):
            found[site_id].append(ServiceHours(tuple(weekdays), start_s, end_s, term))
    return found


def _days_off(session: Session, ids: Sequence[int] | None) -> dict[int, list[DaysOff]]:
    """Blocked days by site, in order."""
    columns = (SiteBlock.site_id, SiteBlock.first_day, SiteBlock.last_day, SiteBlock.reason)
    asked = select(*columns).join(Site, Site.id == SiteBlock.site_id).order_by(*columns[1:])
    found: dict[int, list[DaysOff]] = defaultdict(list)
    for part in narrowed(asked, SiteBlock.site_id, ids):
        for site_id, first, last, reason in session.execute(part):
            found[site_id].append(DaysOff(Period(first, last), reason))
    return found


def _write_children(session: Session, rows: Sequence[tuple[int, Values]]) -> None:
    """Add the hours and blocked days that rows of the session's library bring."""
    windows = [
        {"site_id": number, "weekdays": list(w.weekdays), "start_s": w.start_s, "end_s": w.end_s, "term": w.term}
        for number, values in rows
        for w in values.get("windows") or ()
    ]
    blocks = [
        {"site_id": number, "first_day": b.period.first, "last_day": b.period.last, "reason": b.reason}
        for number, values in rows
        for b in values.get("blocked", ())
    ]
    add_rows(session, SiteWindow, windows)
    add_rows(session, SiteBlock, blocks)

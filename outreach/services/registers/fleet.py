"""The registers of vehicles and of posts."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.names import search_key
from outreach.domain.visits import Post, VehicleKind
from outreach.services.registers import fields as f
from outreach.services.registers.bases import base_field, complete_base
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.promises import promised_days
from outreach.services.registers.register import Note, Reading, Register, Said, Values, hanging
from outreach.store.fleet import StaffMember, Vehicle
from outreach.store.organisations import Organisation
from outreach.store.plans import Tour, Trip
from outreach.store.visits import VisitRecord

MOST_SIGNS = 99
_KINDS = {
    "xe thu vien": VehicleKind.BUS, "xe buyt": VehicleKind.BUS, "xe o to": VehicleKind.BUS, "o to": VehicleKind.BUS,
    "xe tai": VehicleKind.VAN, "xe con": VehicleKind.VAN, "xe ban tai": VehicleKind.VAN,
    "tau": VehicleKind.BOAT, "xuong": VehicleKind.BOAT, "thuyen": VehicleKind.BOAT, "ca no": VehicleKind.BOAT,
}  # fmt: skip
_POSTS = {
    "tai xe": Post.DRIVER, "lai xe thu vien": Post.DRIVER,
    "can bo thu vien": Post.LIBRARIAN, "nhan vien thu vien": Post.LIBRARIAN, "thu vien vien": Post.LIBRARIAN,
    "can bo": Post.LIBRARIAN,
}  # fmt: skip


def weekdays_field(heading: str, **more: Any) -> f.Field:  # noqa: ANN401 - the other columns of Field
    """The weekdays on which a vehicle or a post works."""
    return f.weekdays("weekdays", heading, aliases="thu; cac thu; ngay trong tuan; weekdays; working days", **more)


class _Weekly(Register):
    """Rows whose weekdays the database keeps as a list."""

    def from_columns(self, columns: dict[str, Any]) -> Values:
        """Weekdays as a tuple, in order."""
        return {**columns, "weekdays": tuple(sorted(columns["weekdays"]))}

    def to_columns(self, values: Values, session: Session) -> dict[str, Any]:  # noqa: ARG002 - as in Register
        """Weekdays as a list."""
        return {**values, "weekdays": list(values["weekdays"])} if "weekdays" in values else dict(values)


class Vehicles(_Weekly):
    """Buses, vans and boats, known again by their number."""

    name: ClassVar[str] = "vehicles"
    title: ClassVar[str] = "Đội xe"
    noun: ClassVar[str] = "xe"
    table = Vehicle
    key = ("sign",)
    archives: ClassVar[bool] = True
    fields = (
        f.whole(
            "sign",
            "Số xe",
            least=1,
            most=MOST_SIGNS,
            aliases="so; so hieu; xe so; vehicle number",
            hint="Số cho xe màu và nét riêng. Để trống thì lấy số còn trống.",
        ),
        f.line("name", "Tên xe", most=80, aliases="ten; xe; vehicle", hint="Để trống thì là “Xe” và số."),
        f.line("plate", "Biển số", most=20, aliases="bien so xe; bien kiem soat; bks; license plate; registration"),
        f.choice("kind", "Loại xe", VehicleKind, empty=VehicleKind.BUS, also=_KINDS, aliases="loai; phuong tien; type"),
        base_field(),
        weekdays_field("Ngày chạy", hint="Những thứ xe được chạy, ví dụ T2-T6."),
        f.whole("set_up_minutes", "Phút bày xe", least=0, most=240, empty=4, aliases="thoi gian bay; set-up minutes"),
        f.whole("pack_up_minutes", "Phút thu dọn", least=0, most=240, empty=0, aliases="thoi gian thu don"),
        f.number("length_m", "Dài (m)", least=1, most=30, aliases="chieu dai; dai; length"),
        f.number("height_m", "Chiều cao (m)", least=0.5, most=10, aliases="chieu cao; cao; height"),
        f.number("weight_kg", "Nặng (kg)", least=50, most=60_000, aliases="trong luong; khoi luong; nang; weight"),
        f.whole("seats", "Số ghế", least=0, most=99, aliases="cho ngoi; ghe"),
        f.whole("books", "Số sách", least=0, most=100_000, aliases="sach; so ban sach; tai lieu"),
        f.whole("computers", "Số máy tính", least=0, most=99, aliases="may tinh; may vi tinh"),
        f.yes_no("active", "Đang dùng", empty=True, aliases="con dung; trang thai"),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """A vehicle without a number is the one with its plate, or a new one with the next free number."""
        values = reading.values
        if known is not None and values.get("sign", known["sign"]) is None:
            del values["sign"]
        if known is None and values.get("sign") is None and "sign" not in {fault.field for fault in reading.faults}:
            values["sign"] = (
                looks.sign_of(values.get("plate") or "")
                or looks.sign_of(values.get("name") or "")
                or _said(values.get("name") or "")
            )
            if values["sign"] is None:
                if len(looks.signs) >= MOST_SIGNS:
                    raise InvalidValue("đã dùng hết các số từ 1 đến {most}", field="sign", value="", most=MOST_SIGNS)
                reading.notes.append(Note("sign", "chưa ghi số xe, sẽ lấy số còn trống"))
        whole = {**(known or {}), **values}
        if not whole.get("name") and whole.get("sign"):
            values["name"] = f"Xe {whole['sign']}"
        complete_base(reading, looks, known=known)

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Write vehicles; those without a number get the lowest free ones."""
        own = session.info["organisation_id"]
        session.execute(select(Organisation.id).where(Organisation.id == own).with_for_update())  # one number once
        taken = set(session.scalars(select(Vehicle.sign))) | {row["sign"] for row in rows if row.get("sign")}
        free = (number for number in range(1, MOST_SIGNS + 1) if number not in taken)
        numbered = []
        for row in rows:
            sign = row.get("sign") or next(free, None)
            if sign is None:
                raise InvalidValue("đã dùng hết các số từ 1 đến {most}", field="sign", value="", most=MOST_SIGNS)
            numbered.append({**row, "sign": sign, "name": row.get("name") or f"Xe {sign}"})
        return super().insert(session, numbered)

    def subject(self, values: Values, looks: Lookups) -> str:  # noqa: ARG002 - the name says enough
        """The vehicle's name."""
        return str(values.get("name", ""))

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        """Vehicles in plans and recorded visits keep their history."""
        found: dict[int, str] = {}
        for column, text in (
            (VisitRecord.vehicle_id, "Xe này có buổi đã phục vụ; hãy cất xe thay vì xóa."),
            (Tour.vehicle_id, "Xe này có trong kế hoạch; hãy cất xe thay vì xóa."),
            (Trip.vehicle_id, "Xe này có trong kế hoạch; hãy cất xe thay vì xóa."),
        ):
            found |= dict.fromkeys(hanging(session, column, ids), text)
        return found

    def still_needed(self, session: Session, ids: Sequence[int], *, today: date) -> dict[int, Said]:
        """Vehicles that drive on days to come of published plans."""
        text = "Xe này còn chạy theo kế hoạch đã công bố vào {days}; hãy đổi xe cho các ngày ấy trước khi cất."
        days = promised_days(session, Tour.vehicle_id, ids, today=today)
        return {number: (text, {"days": when}) for number, when in days.items()}


def _said(name: str) -> int | None:
    """The number in a name like "Xe 3"."""
    said = re.fullmatch(r"xe (\d{1,2})", search_key(name))
    return (int(said[1]) or None) if said else None


class Staff(_Weekly):
    """Posts at a base, known again by their label."""

    name: ClassVar[str] = "staff"
    title: ClassVar[str] = "Tổ phục vụ"
    noun: ClassVar[str] = "vị trí"
    table = StaffMember
    key = ("label",)
    archives: ClassVar[bool] = True
    fields = (
        f.line(
            "label",
            "Vị trí",
            most=80,
            required=True,
            aliases="ten; ten vi tri; chuc danh; nhan su; nguoi; label",
            hint="Ghi chức danh, ví dụ “Lái xe 1”; không ghi tên riêng.",
        ),
        f.choice(
            "post", "Việc trên xe", Post, required=True, also=_POSTS, aliases="viec; cong viec; nhiem vu; vai tro"
        ),
        base_field(),
        weekdays_field("Ngày làm", hint="Những thứ đi xe được, ví dụ T2-T6."),
        f.yes_no("active", "Đang làm", empty=True, aliases="dang dung; con lam; trang thai"),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """The only base where none is named."""
        complete_base(reading, looks, known=known)

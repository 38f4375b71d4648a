"""The sheet of a timetable: its columns, how a row is read, and what of the registers it leaves behind."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from outreach.domain.cells import read_day, read_time, write_day, write_time
from outreach.domain.errors import InvalidValue
from outreach.domain.names import search_key
from outreach.domain.roles import Right
from outreach.domain.times import DAY_S
from outreach.domain.visits import ServiceKind
from outreach.services.planning import YEARS
from outreach.services.registers import fields as f
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.named_sites import NamedSite, plain
from outreach.services.registers.needs import SERVICES, Needs
from outreach.services.registers.register import Note, Reading, Record, Register, Values
from outreach.services.timetable_intake.rows import VisitRow
from outreach.store.sites import Need

SHORTEST, LONGEST = 5, 600  # minutes of a visit, as of a need
_SPAN = re.compile(r"(.+?)\s*(?:-|–|—|→|~|den|toi|to)\s*(.+)")  # of a search key
_MIDNIGHT = re.compile(r"24(?:[:hHg.](?:00)?)?(?::00)?")
WRONG_SPAN = "“{value}” không phải giờ; ghi như 07:30 hoặc 07:30-09:30"


@dataclass(frozen=True, slots=True)
class Hours:
    """A cell of hours: "07:30", or "07:30-09:30"."""

    start_s: int
    end_s: int | None


def read_end(text: str) -> int:
    """A time at which something ends, which may be midnight: "24:00"."""
    return DAY_S if _MIDNIGHT.fullmatch(text.strip()) else read_time(text)


def read_hours(text: str) -> Hours:
    """A time or two."""
    span = _SPAN.fullmatch(search_key(text))
    try:
        if span is None:
            return Hours(read_time(text), None)
        return Hours(read_time(span[1]), read_end(span[2]))
    except InvalidValue:
        raise InvalidValue(WRONG_SPAN, field="", value=text) from None


def _read_day(text: str) -> object:
    day = read_day(text)
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise InvalidValue("năm của {value} nằm ngoài khoảng {early} đến {late}", field="", value=text,
                           early=str(YEARS[0]), late=str(YEARS[1]))  # fmt: skip
    return day


def _read_vehicle(text: str, looks: Lookups) -> int:
    """The vehicle of this name, number or plate; spaces, dots and "số" make no difference."""
    try:
        return looks.vehicle(text)
    except InvalidValue:
        wanted = _bare(text)
        found = {number for way, number in looks.vehicle_ways() if _bare(way) == wanted}
        if len(found) != 1 or not wanted:
            raise
        return found.pop()


def _read_lodging(text: str, looks: Lookups) -> int:
    """The site of this code or name at which a crew stays."""
    if text.strip() in looks.site_codes.values():
        return looks.site(text)
    return _named(text, "", looks).id


def _bare(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", "", search_key(text).replace("xe so", "xe"))


def _words(name: str, heading: str, *, aliases: str) -> f.Field:
    return f.line(name, heading, most=400, entry_only=True, aliases=aliases)


class Timetable(Register):
    """A timetable kept in a sheet: every row is a visit, and all of them become one plan.

    Its own records are the needs that visits without one leave in the register of needs.
    """

    name: ClassVar[str] = "timetable"
    title: ClassVar[str] = "Lịch đang dùng (thành kế hoạch)"
    noun: ClassVar[str] = "lịch"
    table = Need
    key = ("day",)
    adds_only: ClassVar[bool] = True
    write_right: ClassVar[Right] = Right.PLAN
    read_right: ClassVar[Right] = Right.SEE_PLANS
    fields = (
        f.Field(
            name="day",
            heading="Ngày",
            read=lambda text, _: _read_day(text),
            write=lambda value, _: write_day(value),
            widget=f.Widget.DAY,
            required=True,
            empty=None,
            aliases="ngay phuc vu; ngay di; ngay thang; ngay xe chay; date; day",
        ),
        f.Field(
            name="vehicle",
            heading="Xe",
            read=_read_vehicle,
            write=lambda value, looks: looks.vehicle_names[value],
            empty=None,
            aliases="so xe; ten xe; bien so; bien so xe; vehicle; bus",
            hint="Tên, số hoặc biển số. Thư viện có một xe thì để trống được.",
        ),
        f.Field(
            name="site",
            heading="Mã điểm",
            read=lambda text, looks: looks.site(text),
            write=lambda value, looks: looks.site_codes[value],
            empty=None,
            aliases="ma; ma truong; ma diem phuc vu; site code; site_code; code",
            hint="Không có mã thì ghi tên điểm.",
        ),
        _words(
            "site_name",
            "Tên điểm",
            aliases="diem; truong; ten truong; diem phuc vu; dia diem; noi phuc vu; noi den; don vi; site; stop; place",
        ),
        _words("commune", "Xã, phường", aliases="xa; phuong; xa phuong; dia ban; commune"),
        f.choice(
            "service",
            "Dịch vụ",
            ServiceKind,
            empty=ServiceKind.BUS_VISIT,
            also=SERVICES,
            aliases="loai phuc vu; hinh thuc; noi dung",
        ),
        f.Field(
            name="hours",
            heading="Giờ",
            read=lambda text, _: read_hours(text),
            write=lambda value, _: write_time(value.start_s),
            entry_only=True,
            empty=None,
            aliases="gio phuc vu; khung gio; thoi gian; thoi gian phuc vu; hours; time",
            hint="07:30, hoặc 07:30-09:30. Không ghi giờ thì theo thứ tự dòng.",
        ),
        f.time("start", "Giờ bắt đầu", aliases="bat dau; tu gio; gio den; from; start time"),
        f.Field(
            name="end",
            heading="Giờ kết thúc",
            read=lambda text, _: read_end(text),
            write=lambda value, _: write_time(value),
            widget=f.Widget.TIME,
            entry_only=True,
            empty=None,
            aliases="ket thuc; den gio; gio ve; to; end time",
        ),
        f.whole(
            "minutes",
            "Số phút",
            least=SHORTEST,
            most=LONGEST,
            aliases="thoi luong; phut; so phut phuc vu; duration",
            hint="Để trống thì lấy theo nhu cầu của điểm.",
        ),
        f.Field(
            name="night",
            heading="Ngủ lại",
            read=_read_lodging,
            write=lambda value, looks: looks.site_codes[value],
            empty=None,
            aliases="nghi dem; nghi dem o; noi nghi dem; cho nghi; overnight; lodging",
            hint="Mã hoặc tên điểm mà tổ nghỉ đêm sau ngày ấy, trong chuyến nhiều ngày.",
        ),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:  # noqa: ARG002 - rows are new
        """The bus, the site by code or name, and the times held against each other."""
        faulty = {fault.field for fault in reading.faults}
        for check, needs in (
            (_find_vehicle, {"vehicle"}),
            (_find_site, {"site"}),
            (_find_times, _TIMES),
            (_find_night, {"night"}),
        ):
            if not needs & faulty:
                try:
                    check(reading, looks)
                except InvalidValue as error:
                    reading.faults.append(error)

    def key_of(self, values: Values) -> tuple[Any, ...]:
        """Bus, day, site and start; a row that is not read whole yet is like no other."""
        if values.get("site") is None or "minutes" not in values:
            return (object(),)
        return values["day"], values["vehicle"], values["site"], values.get("start")

    def subject(self, values: Values, looks: Lookups) -> str:
        """The site's name."""
        site = looks.named_sites.by_id.get(values.get("site") or 0)
        return site.name if site else ""

    # ---- rows: the needs that timetables left behind

    def keys(self, session: Session, like: Sequence[Values] | None = None) -> dict[tuple[Any, ...], int]:  # noqa: ARG002
        """Rows of a timetable are never known again: each sheet is a plan of its own."""
        return {}

    def load(self, session: Session, ids: Sequence[int] | None = None) -> dict[int, Record]:
        """Needs, as far as a timetable speaks of them."""
        if not ids:
            return {}
        return {
            number: Record(
                number,
                found.version,
                {
                    **self.defaults(),
                    "site": found.values["site_id"],
                    "service": found.values["service"],
                    "minutes": found.values["minutes"],
                },
            )
            for number, found in Needs().load(session, ids).items()
        }

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        """Needs that another plan or a request speaks of."""
        return Needs().in_use(session, ids)


_TIMES = {"hours", "start", "end", "minutes"}


def _find_vehicle(reading: Reading, looks: Lookups) -> None:
    values = reading.values
    if values.get("vehicle") is None:
        if len(looks.vehicles_in_use) != 1:
            raise InvalidValue("chưa điền; ghi tên, số hoặc biển số của xe", field="vehicle", value="")
        values["vehicle"] = looks.vehicles_in_use[0]
    if values["vehicle"] not in looks.vehicles_in_use:
        name = looks.vehicle_names[values["vehicle"]]
        raise InvalidValue("“{value}” đã cất, không còn chạy; lấy ra dùng lại hoặc ghi xe khác", field="vehicle",
                           value=name)  # fmt: skip


def _find_site(reading: Reading, looks: Lookups) -> None:
    values, sites = reading.values, looks.named_sites
    name, commune = values.get("site_name") or "", values.get("commune") or ""
    if values.get("site") is not None:
        found = sites.by_id[values["site"]]
        if name and plain(name) not in (plain(found.name), plain(found.code)):
            said = "mã {code} là “{name}”, bảng ghi “{written}”; lấy theo mã"
            reading.notes.append(Note("site", said, {"code": found.code, "name": found.name, "written": name}))
    elif name:
        found = _named(name, commune, looks)
    else:
        raise InvalidValue("chưa điền mã điểm hoặc tên điểm", field="site", value="")
    values["site"] = _in_use(found, reading, looks).id


def _named(name: str, commune: str, looks: Lookups) -> NamedSite:
    found = looks.named_sites.find(name, commune=commune)
    if len(found) == 1:
        return found[0]
    if found:
        known = "; ".join(str(site) for site in found[:5])
        raise InvalidValue("có {count} điểm tên “{value}”: {known}. Ghi thêm mã điểm", field="site_name", value=name,
                           count=len(found), known=known)  # fmt: skip
    near = "; ".join(str(site) for site in looks.named_sites.near(name))
    if near:
        raise InvalidValue("không có điểm “{value}”; có phải: {near}?", field="site_name", value=name, near=near)
    raise InvalidValue(
        "không có điểm “{value}” và không tên nào gần giống; thêm điểm này trước rồi gửi lại",
        field="site_name",
        value=name,
    )


def _in_use(site: NamedSite, reading: Reading, looks: Lookups) -> NamedSite:
    """`site`, or the one it was merged into."""
    if site.active:
        return site
    other = looks.named_sites.by_id.get(site.merged_into or 0)
    if other is None or not other.active:
        raise InvalidValue("“{value}” đã cất, không còn phục vụ; lấy ra dùng lại hoặc bỏ dòng này", field="site",
                           value=site.name)  # fmt: skip
    reading.notes.append(
        Note("site", "“{name}” đã gộp vào “{other}”; lấy điểm ấy", {"name": site.name, "other": other.name})
    )
    return other


def _find_night(reading: Reading, looks: Lookups) -> None:
    """The lodging in use, or the site it was merged into."""
    if (night := reading.values.get("night")) is not None:
        reading.values["night"] = _in_use(looks.named_sites.by_id[night], reading, looks).id


def _find_times(reading: Reading, looks: Lookups) -> None:  # noqa: ARG001 - one shape for all checks
    values = reading.values
    hours, start_s = values.get("hours"), values.get("start")
    end_s: int | None = values.get("end")
    if hours is not None:
        start_s = hours.start_s if start_s is None else start_s
        end_s = hours.end_s if end_s is None else end_s
    minutes: int | None = values.get("minutes")
    if end_s is not None and start_s is None:
        if minutes is None:
            raise InvalidValue("có giờ kết thúc mà thiếu giờ bắt đầu", field="start", value="")
        start_s = end_s - minutes * 60
    if end_s is not None and start_s is not None:
        lasts = (end_s - start_s) // 60
        if lasts <= 0:
            raise InvalidValue("phải sau giờ bắt đầu {start}", field="end", value=write_time(end_s),
                               start=write_time(start_s))  # fmt: skip
        if not SHORTEST <= lasts <= LONGEST:
            raise InvalidValue("buổi dài {minutes} phút; mỗi buổi từ {least} đến {most} phút", field="end",
                               value=write_time(end_s), minutes=lasts, least=SHORTEST, most=LONGEST)  # fmt: skip
        if minutes is not None and minutes != lasts:
            said = "bảng ghi {written} phút, từ giờ bắt đầu tới giờ kết thúc là {minutes}; lấy theo giờ"
            reading.notes.append(Note("minutes", said, {"written": minutes, "minutes": lasts}))
        minutes = lasts
    if start_s is not None and (start_s < 0 or start_s + (minutes or SHORTEST) * 60 > DAY_S):
        raise InvalidValue("buổi này không nằm gọn trong một ngày", field="start", value=write_time(start_s % DAY_S))
    values["start"], values["minutes"] = start_s, minutes


def visit_row(number: int, values: Values) -> VisitRow:
    """A row that was read whole."""
    minutes = values.get("minutes")
    return VisitRow(
        number=number,
        day=values["day"],
        vehicle_id=values["vehicle"],
        site_id=values["site"],
        service=values["service"],
        start_s=values.get("start"),
        service_s=None if minutes is None else minutes * 60,
        night_id=values.get("night"),
    )

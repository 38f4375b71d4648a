"""The register of visits that took place, or did not: what crews report and what old lists tell."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.cells import read_number, write_day, write_number, write_time
from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Right
from outreach.domain.visits import CancelReason, ServiceKind, VisitOutcome
from outreach.domain.words import word_of
from outreach.i18n import translate
from outreach.services.registers import fields as f
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.needs import service_field, site_field
from outreach.services.registers.register import Reading, Register, Values
from outreach.store.visits import VisitRecord

FARTHEST_KM = 2_000
TOOK_PLACE = (VisitOutcome.DONE, VisitOutcome.PART)
_OUTCOMES = {
    "xong": VisitOutcome.DONE, "hoan thanh": VisitOutcome.DONE, "da thuc hien": VisitOutcome.DONE,
    "mot phan": VisitOutcome.PART, "huy": VisitOutcome.CANCELLED, "khong thuc hien": VisitOutcome.CANCELLED,
    "doi": VisitOutcome.MOVED, "doi lich": VisitOutcome.MOVED, "hoan": VisitOutcome.MOVED,
}  # fmt: skip
_REASONS = {
    "mua": CancelReason.RAIN, "bao": CancelReason.RAIN, "thoi tiet": CancelReason.RAIN, "lu": CancelReason.ROAD,
    "sat lo": CancelReason.ROAD, "thi": CancelReason.EXAM, "xe hong": CancelReason.VEHICLE,
    "thieu can bo": CancelReason.CREW, "truong hoan": CancelReason.HOST,
}  # fmt: skip


def _count(name: str, heading: str, **more: Any) -> f.Field:  # noqa: ANN401 - the other columns of Field
    return f.whole(name, heading, least=0, most=1_000_000, **more)


def _distance() -> f.Field:
    """Kept in metres, written in kilometres."""
    return f.Field(
        name="distance_m",
        heading="Quãng đường (km)",
        read=lambda text, _: round(read_number(text, least=0, most=FARTHEST_KM) * 1000),
        write=lambda value, _: write_number(value / 1000),
        widget=f.Widget.NUMBER,
        empty=None,
        aliases="km; so km; quang duong; distance",
    )


class Visits(Register):
    """Recorded visits. One without a key of its own is known again by site, day, service and start."""

    name: ClassVar[str] = "visits"
    title: ClassVar[str] = "Buổi đã phục vụ"
    noun: ClassVar[str] = "buổi đã phục vụ"
    table = VisitRecord
    key = ("record_key",)
    exact: ClassVar[bool] = True  # keys are made by machines
    write_right: ClassVar[Right] = Right.RECORD_VISITS
    fields = (
        f.line(
            "record_key",
            "Mã phiếu",
            most=60,
            aliases="ma buoi; so phieu; record",
            hint="Để trống thì nhận ra buổi theo điểm, ngày, dịch vụ và giờ bắt đầu.",
        ),
        site_field(),
        f.day("day", "Ngày", required=True, aliases="ngay phuc vu; ngay di; date"),
        f.time("start_s", "Bắt đầu", aliases="gio bat dau; gio den; tu gio; gio; start time"),
        f.time("end_s", "Kết thúc", aliases="gio ket thuc; gio ve; den gio; end time"),
        service_field(),
        f.reference(
            "vehicle_id",
            "Xe",
            find=Lookups.vehicle,
            names=lambda looks: looks.vehicle_names,
            aliases="so xe; ten xe; bien so; vehicle",
        ),
        f.choice("outcome", "Kết quả", VisitOutcome, empty=VisitOutcome.DONE, also=_OUTCOMES, aliases="tinh trang"),
        f.choice("cancel_reason", "Lý do hủy", CancelReason, also=_REASONS, aliases="ly do; ly do huy, doi"),
        _count("readers_child", "Bạn đọc thiếu nhi", aliases="thieu nhi; hoc sinh; luot hoc sinh; children"),
        _count("readers_adult", "Bạn đọc người lớn", aliases="nguoi lon; giao vien; luot nguoi lon; adults"),
        _count("items", "Lượt tài liệu", aliases="luot sach; so luot sach; tai lieu; luot muon; items"),
        _count("computer_uses", "Lượt máy tính", aliases="may tinh; luot truy cap; luot dung may"),
        _count("cards", "Thẻ mới", aliases="the; the ban doc; so the cap moi; new cards"),
        _distance(),
        f.yes_no("estimated", "Số ước tính", empty=False, aliases="uoc tinh; estimate"),
        f.yes_no("checked", "Đã kiểm", empty=True, aliases="da kiem tra; da duyet; kiem tra"),
        f.lines("note", "Ghi chú", aliases="nhan xet; noi dung; note; notes"),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """A key, times in order, a reason only where something was called off, no report of days to come."""
        values = reading.values
        faulty = {fault.field for fault in reading.faults}
        if known is not None and not values.get("record_key", "-"):
            del values["record_key"]
        if known is None and "outcome" not in values and values.get("cancel_reason") is not None:
            values["outcome"] = VisitOutcome.CANCELLED
        if known is None and not values.get("record_key") and not {"site_id", "day", "service", "start_s"} & faulty:
            values["record_key"] = _key_of_same(values, looks)
        self._check({**self.defaults(), **(known or {}), **values})

    @staticmethod
    def _check(whole: Values) -> None:
        start, end, day = whole.get("start_s"), whole.get("end_s"), whole.get("day")
        if start is not None and end is not None and end <= start:
            raise InvalidValue("giờ kết thúc phải sau giờ bắt đầu", field="end_s", value=write_time(end))
        if whole.get("outcome") in TOOK_PLACE:
            if whole.get("cancel_reason") is not None:
                reason = translate(word_of(whole["cancel_reason"]))
                raise InvalidValue("buổi đã phục vụ thì không có lý do hủy", field="cancel_reason", value=reason)
            if day is not None and day > date.today():
                raise InvalidValue("chưa tới ngày {value} nên chưa thể đã phục vụ", field="day", value=write_day(day))

    def subject(self, values: Values, looks: Lookups) -> str:
        """The site's code and the day."""
        return f"{looks.site_codes.get(values.get('site_id', 0), '')} {write_day(values['day'])}"


def _key_of_same(values: Values, looks: Lookups) -> str:
    """The key of the visit this row tells of: one that is there, or the same new one however often the row comes."""
    site_id, day, start_s = values["site_id"], values["day"], values.get("start_s")
    service: ServiceKind = values.get("service") or ServiceKind.BUS_VISIT
    there = looks.kept("visits", _starts).get((site_id, day, service), [])
    for start, key in there:
        if start == start_s:
            return key
    if len(there) == 1 and None in (start_s, there[0][0]):  # only one of the two tells when it began
        return there[0][1]
    began = "" if start_s is None else f"-{write_time(start_s).replace(':', '')}"
    return f"{site_id}-{day:%Y%m%d}-{service.value}{began}"


def _starts(session: Session) -> dict[tuple[int, date, ServiceKind], list[tuple[int | None, str]]]:
    """Start and key of the visits that are there, by site, day and service."""
    found: dict[tuple[int, date, ServiceKind], list[tuple[int | None, str]]] = {}
    columns = (
        VisitRecord.site_id, VisitRecord.day, VisitRecord.service, VisitRecord.start_s, VisitRecord.record_key,
    )  # fmt: skip
    for site_id, day, service, start_s, key in session.execute(select(*columns).order_by(VisitRecord.id)):
        found.setdefault((site_id, day, service), []).append((start_s, key))
    return found

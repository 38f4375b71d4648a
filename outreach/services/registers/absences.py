"""The registers of days on which vehicles and posts are away."""

from typing import Any, ClassVar

from outreach.domain.cells import write_day
from outreach.domain.errors import InvalidValue
from outreach.services.registers import fields as f
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Reading, Register, Values
from outreach.store.fleet import StaffAbsence, StaffMember, Vehicle, VehicleAbsence


def first_day_field(**more: Any) -> f.Field:  # noqa: ANN401 - the other columns of Field
    """The first of several days."""
    return f.day("first_day", "Từ ngày", aliases="ngay dau; bat dau; tu; ngay; from; start", **more)


def last_day_field(**more: Any) -> f.Field:  # noqa: ANN401
    """The last of several days."""
    return f.day("last_day", "Đến ngày", aliases="ngay cuoi; ket thuc; den; to; until; end", **more)


def refuse_disorder(reading: Reading, known: Values | None, *, most: int) -> None:
    """Raise InvalidValue when the last day lies before the first one, or absurdly far behind it."""
    whole = {**(known or {}), **reading.values}
    first, last = whole.get("first_day"), whole.get("last_day")
    if first is None or last is None:
        return
    if last < first:
        raise InvalidValue("ngày cuối phải bằng hoặc sau ngày đầu", field="last_day", value=write_day(last))
    if (last - first).days >= most:
        raise InvalidValue("dài nhất {most} ngày; xem lại năm của hai ngày", field="last_day", value=write_day(last),
                           most=most)  # fmt: skip


def _reason_field() -> f.Field:
    return f.line("reason", "Lý do", most=200, aliases="ly do nghi; noi dung; ghi chu; note")


class _Absences(Register):
    """Days away, known again by who is away and from when."""

    longest: ClassVar[int] = 1500  # a vehicle may wait for years for a decision

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:  # noqa: ARG002 - as in Register
        """Without a last day it is one day."""
        values = reading.values
        faulty = {fault.field for fault in reading.faults}
        if values.get("last_day") is None and "last_day" not in faulty and (known is None or "last_day" in values):
            values["last_day"] = {**(known or {}), **values}.get("first_day")
        refuse_disorder(reading, known, most=self.longest)

    def subject(self, values: Values, looks: Lookups) -> str:
        """Who or what is away, and from which day."""
        whose = self.key[0]
        return f"{self.field(whose).text_of(values.get(whose), looks)} {write_day(values['first_day'])}"


class VehicleDays(_Absences):
    """Days on which a vehicle cannot drive."""

    name: ClassVar[str] = "vehicle-days"
    title: ClassVar[str] = "Ngày xe nghỉ"
    noun: ClassVar[str] = "ngày xe nghỉ"
    table = VehicleAbsence
    owner = ("vehicle_id", Vehicle)
    key = ("vehicle_id", "first_day")
    fields = (
        f.reference(
            "vehicle_id",
            "Xe",
            find=Lookups.vehicle,
            names=lambda looks: looks.vehicle_names,
            required=True,
            aliases="so xe; ten xe; bien so; vehicle",
        ),
        first_day_field(required=True),
        last_day_field(hint="Để trống thì là một ngày."),
        _reason_field(),
    )


class StaffDays(_Absences):
    """Days on which a post is away."""

    name: ClassVar[str] = "staff-days"
    title: ClassVar[str] = "Ngày vắng của tổ phục vụ"
    noun: ClassVar[str] = "ngày vắng"
    table = StaffAbsence
    owner = ("staff_member_id", StaffMember)
    key = ("staff_member_id", "first_day")
    fields = (
        f.reference(
            "staff_member_id",
            "Vị trí",
            find=Lookups.staff_member,
            names=lambda looks: looks.staff_labels,
            required=True,
            aliases="ten vi tri; chuc danh; nguoi; nhan su; staff; label",
        ),
        first_day_field(required=True),
        last_day_field(hint="Để trống thì là một ngày."),
        _reason_field(),
    )

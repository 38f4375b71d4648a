"""The register of needs: what each site asks for in a half-year."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.cells import read_day, write_day
from outreach.domain.errors import InvalidValue
from outreach.domain.times import half_year_of
from outreach.domain.visits import ServiceKind
from outreach.services.registers import fields as f
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Reading, Register, Values, hanging
from outreach.store.organisations import Organisation
from outreach.store.plans import Stop, UnservedNeed
from outreach.store.requests import Request
from outreach.store.sites import Need

SERVICES = {
    "xe ve": ServiceKind.BUS_VISIT, "xe": ServiceKind.BUS_VISIT, "phuc vu luu dong": ServiceKind.BUS_VISIT,
    "luan chuyen": ServiceKind.ROTATION, "ho tro": ServiceKind.SUPPORT, "ho tro chuyen mon": ServiceKind.SUPPORT,
    "ho tro chuyen mon, nghiep vu": ServiceKind.SUPPORT,
}  # fmt: skip
LONGEST_DAYS = 400


def site_field(*, required: bool = True, **more: Any) -> f.Field:  # noqa: ANN401 - the other columns of Field
    """The site a row is about, by its code."""
    return f.reference(
        "site_id",
        "Mã điểm",
        find=Lookups.site,
        names=lambda looks: looks.site_codes,
        listed=False,
        required=required,
        aliases="ma; ma truong; diem; site; site_code",
        **more,
    )


def service_field() -> f.Field:
    """What the library does at the site; a bus visit where nothing is said."""
    return f.choice(
        "service",
        "Dịch vụ",
        ServiceKind,
        empty=ServiceKind.BUS_VISIT,
        also=SERVICES,
        aliases="loai phuc vu; hinh thuc; loai dich vu; service",
    )


def _read_weeks(text: str, _looks: Lookups) -> list[str]:
    days = [read_day(part.strip()) for part in text.replace(",", ";").split(";") if part.strip()]
    return sorted({(day - timedelta(days=day.weekday())).isoformat() for day in days})


def _write_weeks(value: list[str], _looks: Lookups) -> str:
    return "; ".join(write_day(date.fromisoformat(text)) for text in value)


class Needs(Register):
    """Needs, known again by site, service and days."""

    name: ClassVar[str] = "needs"
    title: ClassVar[str] = "Nhu cầu"
    noun: ClassVar[str] = "nhu cầu"
    table = Need
    key = ("site_id", "service", "first_day", "last_day")
    fields = (
        site_field(),
        service_field(),
        f.day(
            "first_day",
            "Từ ngày",
            aliases="ngay dau; bat dau; from",
            hint="Để trống cả hai ngày thì lấy trọn kỳ 6 tháng tới.",
        ),
        f.day(
            "last_day",
            "Đến ngày",
            aliases="ngay cuoi; ket thuc; to",
        ),
        f.whole(
            "quota",
            "Số buổi",
            least=1,
            most=60,
            empty=1,
            aliases="so lan; so buoi mot ky; visits",
        ),
        f.whole(
            "minutes",
            "Số phút",
            least=5,
            most=600,
            empty=120,
            aliases="thoi luong; so phut moi buoi; phut",
        ),
        f.whole("min_gap_days", "Cách ít nhất (ngày)", least=0, most=366, empty=0),
        f.whole("max_gap_days", "Cách nhiều nhất (ngày)", least=1, most=366),
        f.whole(
            "rhythm_weeks",
            "Nhịp đều (tuần)",
            least=1,
            most=26,
            aliases="nhip; nhip deu; cach tuan; rhythm",
            hint="Cùng thứ, cùng buổi sáng hoặc chiều, cách đều chừng này tuần. Để trống nếu không cần.",
        ),
        f.yes_no(
            "rhythm_rule",
            "Bắt buộc giữ nhịp",
            empty=False,
            aliases="bat buoc; giu nhip",
            hint="Không bắt buộc thì là mong muốn: máy chỉ xếp lệch nhịp khi bù lại được nhiều đường đi.",
        ),
        f.Field(
            name="preferred_weeks",
            heading="Tuần mong muốn",
            read=_read_weeks,
            write=_write_weeks,
            empty=[],
            hint="Một ngày trong mỗi tuần, cách nhau bằng dấu chấm phẩy.",
        ),
        f.whole(
            "priority", "Ưu tiên", least=1, most=5, empty=3, aliases="muc uu tien", hint="Từ 1 (ít) đến 5 (nhiều)."
        ),
        f.line("asked_by", "Bên đề nghị", most=200, aliases="don vi de nghi; nguoi de nghi"),
        f.day("asked_on", "Ngày đề nghị"),
        f.line("letter", "Số công văn", most=80, aliases="cong van; van ban"),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """Days: both, in order; a new need without days asks for the coming half-year."""
        values = reading.values
        faulty = {fault.field for fault in reading.faults}
        silent = values.get("first_day") is None and values.get("last_day") is None
        if known is None and silent and not {"first_day", "last_day"} & faulty:
            values["first_day"], values["last_day"] = coming_half_year(looks.session)
        first, last = ({**(known or {}), **values}.get(name) for name in ("first_day", "last_day"))
        for name, day in (("first_day", first), ("last_day", last)):
            if day is None and name not in faulty:
                raise InvalidValue("chưa điền", field=name, value="")
        if first and last and last < first:
            raise InvalidValue("ngày cuối phải bằng hoặc sau ngày đầu", field="last_day", value=write_day(last))
        if first and last and (last - first).days >= LONGEST_DAYS:
            raise InvalidValue("một nhu cầu dài nhất {most} ngày", field="last_day", value=write_day(last),
                               most=LONGEST_DAYS)  # fmt: skip
        least, most = ({**(known or {}), **values}.get(name) for name in ("min_gap_days", "max_gap_days"))
        if least and most and most < least:
            raise InvalidValue(
                "khoảng cách nhiều nhất phải bằng hoặc hơn ít nhất", field="max_gap_days", value=str(most)
            )

        _check_rhythm({**(known or {}), **values})

    def subject(self, values: Values, looks: Lookups) -> str:
        """The site's code and the number of visits."""
        return f"{looks.site_codes.get(values.get('site_id', 0), '')} x {values.get('quota')}"

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        """Needs that a plan or the register of requests speaks of."""
        found: dict[int, str] = {}
        for column, text in (
            (Request.need_id, "Nhu cầu này thuộc một đề nghị trong sổ."),
            (UnservedNeed.need_id, "Nhu cầu này có trong kế hoạch; hãy sửa ngày hoặc số buổi thay vì xóa."),
            (Stop.need_id, "Nhu cầu này có trong kế hoạch; hãy sửa ngày hoặc số buổi thay vì xóa."),
        ):
            found |= dict.fromkeys(hanging(session, column, ids), text)
        return found


def _check_rhythm(values: Values) -> None:
    """A rhythm goes with the gaps of its need."""
    weeks, least, most = (values.get(name) for name in ("rhythm_weeks", "min_gap_days", "max_gap_days"))
    if not weeks:
        if values.get("rhythm_rule"):
            raise InvalidValue("điền số tuần, hoặc chọn không bắt buộc", field="rhythm_weeks", value="")
        return
    if least and least > 7 * weeks:
        raise InvalidValue(
            "nhịp {weeks} tuần ngắn hơn khoảng cách ít nhất {days} ngày",
            field="rhythm_weeks", value=str(weeks), weeks=weeks, days=least,
        )  # fmt: skip
    if most and most < 7 * weeks:
        raise InvalidValue(
            "nhịp {weeks} tuần dài hơn khoảng cách nhiều nhất {days} ngày",
            field="rhythm_weeks", value=str(weeks), weeks=weeks, days=most,
        )  # fmt: skip


def coming_half_year(session: Session) -> tuple[date, date]:
    """The half-year after the running one, as the library counts half-years."""
    kind = session.scalars(
        select(Organisation.half_year_kind).where(Organisation.id == session.info["organisation_id"])
    ).one()
    period = half_year_of(date.today(), kind).next().period
    return period.first, period.last

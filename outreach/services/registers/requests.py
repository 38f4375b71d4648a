"""The register of requests: who asked for the bus, by which letter, and what was answered."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.cells import write_day
from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Right
from outreach.domain.visits import RequestState, ServiceKind
from outreach.services.registers import fields as f
from outreach.services.registers.absences import first_day_field, last_day_field, refuse_disorder
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.needs import service_field, site_field
from outreach.services.registers.register import Reading, Register, Values, narrowed
from outreach.store.organisations import Organisation
from outreach.store.requests import Request

LONGEST_DAYS = 400
_STATES = {
    "cho": RequestState.OPEN, "moi": RequestState.OPEN, "chua tra loi": RequestState.OPEN,
    "dong y": RequestState.ACCEPTED, "nhan": RequestState.ACCEPTED, "duyet": RequestState.ACCEPTED,
    "tu choi": RequestState.DECLINED, "khong dong y": RequestState.DECLINED, "rut": RequestState.WITHDRAWN,
}  # fmt: skip


class Requests(Register):
    """Requests, known again by their number; one without a number gets the next one, in the order of arrival."""

    name: ClassVar[str] = "requests"
    title: ClassVar[str] = "Sổ đề nghị"
    noun: ClassVar[str] = "đề nghị"
    table = Request
    key = ("number",)
    write_right: ClassVar[Right] = Right.HANDLE_REQUESTS
    read_right: ClassVar[Right] = Right.HANDLE_REQUESTS
    fields = (
        f.whole(
            "number",
            "Số thứ tự",
            least=1,
            most=9_999_999,
            aliases="so; so den; so vao so; number",
            hint="Để trống thì lấy số tiếp theo.",
        ),
        f.day("asked_on", "Ngày nhận", required=True, aliases="ngay; ngay den; ngay de nghi; ngay gui; date"),
        f.line(
            "asked_by",
            "Bên đề nghị",
            most=200,
            required=True,
            aliases="don vi de nghi; noi gui; co quan; nguoi de nghi; asked by",
            hint="Tên đơn vị, không ghi tên riêng của người.",
        ),
        f.line("letter", "Số công văn", most=80, aliases="cong van; van ban; so ky hieu; letter"),
        site_field(required=False, hint="Để trống khi nơi đề nghị chưa là điểm phục vụ."),
        f.line("place", "Nơi đề nghị", most=200, aliases="noi; dia diem; dia chi; place"),
        service_field(),
        f.lines("wish", "Nội dung", aliases="noi dung de nghi; yeu cau; mong muon; wish"),
        first_day_field(),
        last_day_field(),
        f.choice(
            "state", "Trạng thái", RequestState, empty=RequestState.OPEN, also=_STATES, aliases="ket qua; tinh trang"
        ),
        f.day("decided_on", "Ngày trả lời", aliases="ngay giai quyet; ngay tra loi; decided on"),
        f.lines("answer", "Trả lời", aliases="noi dung tra loi; y kien; answer"),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """A place, days in order; a request that came without a number is known by its letter and its asker."""
        values = reading.values
        faulty = {fault.field for fault in reading.faults}
        whole = {**(known or {}), **values}
        if known is not None and values.get("number", 0) is None:
            del values["number"]
        if known is None and whole.get("number") is None and not faulty:
            values["number"] = looks.kept("requests", _numbers).get(_marks(values))
        if not whole.get("site_id") and not whole.get("place") and not {"site_id", "place"} & faulty:
            raise InvalidValue("chưa điền; ghi nơi đề nghị hoặc mã điểm", field="place", value="")
        refuse_disorder(reading, known, most=LONGEST_DAYS)
        asked, decided = whole.get("asked_on"), whole.get("decided_on")
        if asked and decided and decided < asked:
            raise InvalidValue("ngày trả lời phải bằng hoặc sau ngày nhận", field="decided_on",
                               value=write_day(decided))  # fmt: skip

    def subject(self, values: Values, looks: Lookups) -> str:  # noqa: ARG002 - as in Register
        """Number and asker."""
        return f"{values.get('number') or ''} {values.get('asked_by', '')}".strip()

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Write requests; those without a number get the next ones, in the order of the rows."""
        own = session.info["organisation_id"]
        session.execute(select(Organisation.id).where(Organisation.id == own).with_for_update())  # one number once
        last = max([session.scalar(select(func.max(Request.number))) or 0, *(row.get("number") or 0 for row in rows)])
        numbered = []
        for row in rows:
            last += not row.get("number")
            numbered.append({**row, "number": row.get("number") or last})
        return super().insert(session, numbered)

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        """Requests that became a need."""
        text = "Đề nghị này đã thành nhu cầu; hãy đổi trạng thái thay vì xóa."
        became = select(Request.id).where(Request.need_id.is_not(None))
        return {number: text for part in narrowed(became, Request.id, ids) for number in session.scalars(part)}


_MARKS = ("asked_on", "asked_by", "letter", "site_id", "place", "service")


def _marks(values: Values) -> tuple[Any, ...]:
    """What tells two requests apart that have no numbers."""
    parts = [values.get(name) for name in _MARKS[:-1]]
    said = (part.casefold() if isinstance(part, str) else part for part in parts)
    return (*(part or None for part in said), values.get("service") or ServiceKind.BUS_VISIT)


def _numbers(session: Session) -> dict[tuple[Any, ...], int]:
    """Numbers of the requests that are there."""
    columns = [getattr(Request, name) for name in _MARKS]
    rows = session.execute(select(Request.number, *columns).order_by(Request.number.desc()))
    return {_marks(dict(zip(_MARKS, row[1:], strict=True))): row[0] for row in rows}

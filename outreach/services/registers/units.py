"""The register of administrative units: communes, wards, special zones, former districts, provinces."""

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from outreach.domain.cells import write_day
from outreach.domain.errors import InvalidValue
from outreach.domain.names import search_key, unit_kind
from outreach.domain.words import UNIT_KINDS
from outreach.services.registers import fields as f
from outreach.services.registers.bases import complete_point, point_field
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Reading, Register, Values, chunks, hanging
from outreach.services.registers.search_keys import renew_sites_of
from outreach.store.organisations import AdminUnit, AdminUnitChange
from outreach.store.sites import Site

HAS_SITES = "Đơn vị này còn điểm phục vụ."
IN_CHANGES = "Đơn vị này có trong danh sách thay đổi địa giới."
IS_PARENT = "Đơn vị này còn đơn vị trực thuộc."


class Units(Register):
    """Units, known again by their code and the day they began: a code outlives the unit that bore it."""

    name: ClassVar[str] = "units"
    title: ClassVar[str] = "Đơn vị hành chính"
    noun: ClassVar[str] = "đơn vị hành chính"
    table = AdminUnit
    key = ("code", "valid_from")
    fields = (
        f.line("code", "Mã đơn vị", most=40, required=True, aliases="ma; ma dvhc; ma xa; ma so; code; unit_code"),
        f.line("name", "Tên đơn vị", most=200, required=True, aliases="ten; ten xa; xa; xa, phuong; don vi; name"),
        f.word("kind", "Loại đơn vị", UNIT_KINDS, aliases="loai; cap; type; kind", hint="Để trống thì lấy theo tên."),
        f.line("parent_code", "Mã cấp trên", most=40, empty=None, aliases="ma tinh; ma huyen; truc thuoc; parent"),
        point_field(),
        f.number("lat", "Vĩ độ", least=-180, most=180, aliases="latitude; vi do (lat)"),
        f.number("lon", "Kinh độ", least=-180, most=180, aliases="longitude; lng; long"),
        f.yes_no("border", "Biên giới", empty=False, aliases="xa bien gioi"),
        f.yes_no("island", "Hải đảo", empty=False, aliases="xa dao; dao"),
        f.yes_no("ethnic_minority", "Dân tộc thiểu số", empty=False, aliases="vung dan toc thieu so; dtts"),
        f.yes_no("remote", "Đặc biệt khó khăn", empty=False, aliases="kho khan; vung sau; vung sau, vung xa; dbkk"),
        f.day("valid_from", "Có từ ngày", aliases="tu ngay; hieu luc tu; thanh lap", hint="Để trống: có từ trước."),
        f.day("valid_to", "Có đến ngày", aliases="den ngay; het hieu luc; giai the", hint="Để trống: đang còn."),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """A kind by the name; the first day of the one unit with this code when the sheet does not speak of it."""
        values = reading.values
        if known is None and "valid_from" not in values and values.get("code"):
            same = [unit for unit in looks.units.all_with(values["code"]) if unit.id]
            if len(same) == 1:
                values["valid_from"] = same[0].valid_from
        whole = {**(known or {}), **values}
        if not whole.get("kind") and whole.get("name") and "kind" not in {fault.field for fault in reading.faults}:
            values["kind"] = kind_of(whole["name"], former=whole.get("valid_to") is not None)
        complete_point(reading, known=known, needed=False)
        first, last = whole.get("valid_from"), whole.get("valid_to")
        if first and last and last < first:
            raise InvalidValue("ngày cuối phải bằng hoặc sau ngày đầu", field="valid_to", value=write_day(last))

    def subject(self, values: Values, looks: Lookups) -> str:  # noqa: ARG002 - the name says enough
        """The unit's name."""
        return str(values.get("name", ""))

    def update(self, session: Session, rows: Sequence[tuple[int, Values]]) -> None:
        """Change units; their sites are found by the new names."""
        super().update(session, rows)
        renamed = [number for number, values in rows if "name" in values]
        if renamed:
            renew_sites_of(session, renamed)

    def in_use(self, session: Session, ids: Sequence[int]) -> dict[int, str]:
        """Units with sites, of a change, or with units below them."""
        found: dict[int, str] = {}
        child = aliased(AdminUnit)
        for some in chunks(ids):
            above = select(AdminUnit.id).join(child, child.parent_code == AdminUnit.code).where(AdminUnit.id.in_(some))
            found |= dict.fromkeys(session.scalars(above), IS_PARENT)
        for column, text in (
            (AdminUnitChange.old_unit_id, IN_CHANGES),
            (AdminUnitChange.new_unit_id, IN_CHANGES),
            (Site.former_unit_id, HAS_SITES),
            (Site.admin_unit_id, HAS_SITES),
        ):
            found |= dict.fromkeys(hanging(session, column, ids), text)
        return found


def kind_of(name: str, *, former: bool) -> str:
    """The kind a unit's name begins with, or the likeliest one."""
    key = search_key(name)
    begins = (kind for kind in UNIT_KINDS if key.startswith(search_key(kind) + " "))
    return next(begins, None) or unit_kind(name, former=former)

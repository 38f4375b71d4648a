"""Where a site lies: communes and former districts by name or code; new ones are added along."""

import re
from datetime import date

from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.names import search_key, unit_kind
from outreach.services.registers.called import Units
from outreach.services.registers.register import Note, Reading, Values
from outreach.store.organisations import AdminUnit

DISTRICTS_ENDED = date(2025, 6, 30)
COMMUNES_BEGAN = date(2025, 7, 1)
CODE_MOST = 40


def own_code(name: str, *, former: bool) -> str:
    """A code of our own for a unit that came without one: "xa-khanh-vinh", "cu-huyen-khanh-vinh"."""
    slug = re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")
    return ("cu-" if former else "") + slug[: CODE_MOST - 3]


def complete_commune(reading: Reading, units: Units) -> None:
    """Give `commune` and `commune_code` as the register of units has them; a commune nobody knows is noted as new."""
    values = reading.values
    if not {"commune", "commune_code"} & values.keys():
        return
    name, code = values.get("commune") or "", values.get("commune_code") or ""
    number = units.by_code(code, name=name) if code else None
    if number is None and name:
        same = units.by_name(name, former=False)
        if len(same) > 1:
            raise InvalidValue("có {count} nơi cùng tên “{value}”; ghi thêm cột Mã xã", field="commune", value=name,
                               count=len(same))  # fmt: skip
        if not same and not code and (near := units.near(name, former=False)):
            raise InvalidValue("không có “{value}”; có phải {near}?", field="commune", value=name,
                               near=" / ".join(near))  # fmt: skip
        number = (
            same[0] if same and (not code or units.codes[same[0]].startswith(own_code(name, former=False))) else None
        )
    if number is not None:
        values["commune"], values["commune_code"] = units.names[number], units.codes[number]
    elif name:
        values["commune_code"] = code or own_code(name, former=False)
        reading.notes.append(Note("commune", "“{name}” chưa có trong danh mục, sẽ được thêm", {"name": name}))
    elif code:
        raise InvalidValue("không có xã mang mã “{value}”; ghi thêm tên xã", field="commune_code", value=code)
    else:
        values["commune"] = values["commune_code"] = ""


def complete_district(reading: Reading, units: Units) -> None:
    """Give `former_district` its full name; one nobody knows is noted as new."""
    name = reading.values.get("former_district") or ""
    if not name:
        return
    same = units.by_name(name, former=True)
    if len(same) == 1:
        reading.values["former_district"] = units.names[same[0]]
    elif not same and (near := units.near(name, former=True)):
        raise InvalidValue("không có “{value}”; có phải {near}?", field="former_district", value=name,
                           near=" / ".join(near))  # fmt: skip
    elif not same:
        reading.notes.append(Note("former_district", "“{name}” chưa có trong danh mục, sẽ được thêm", {"name": name}))


def commune_id(values: Values, session: Session, units: Units) -> int | None:
    """The id of the row's commune, added to the register of units when it is new."""
    code, name = values.get("commune_code") or "", values.get("commune") or ""
    if not code:
        return None
    return units.by_code(code, name=name) or _add(session, units, code, name, former=False)


def district_id(values: Values, session: Session, units: Units) -> int | None:
    """The same for the former district."""
    name = values.get("former_district") or ""
    if not name:
        return None
    same = units.by_name(name, former=True)
    return same[0] if same else _add(session, units, own_code(name, former=True), name, former=True)


def _add(session: Session, units: Units, code: str, name: str, *, former: bool) -> int:
    kind = unit_kind(name, former=former)
    row = AdminUnit(
        organisation_id=session.info["organisation_id"],
        code=code,
        name=name,
        kind=kind,
        parent_code=None,
        valid_from=None if former else COMMUNES_BEGAN,
        valid_to=DISTRICTS_ENDED if former else None,
    )
    session.add(row)
    session.flush()
    units.add(row.id, code, name, former=former)
    return row.id

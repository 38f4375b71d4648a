"""The register of changes of units, as a decree lists them: which old unit became (part of) which new one, and when."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from outreach.domain.errors import InvalidValue
from outreach.services.registers import fields as f
from outreach.services.registers.called import Unit
from outreach.services.registers.called import Units as KnownUnits
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.places import own_code
from outreach.services.registers.register import Note, Reading, Record, Register, Values, chunks, narrowed
from outreach.services.registers.units import kind_of
from outreach.store.organisations import AdminUnit, AdminUnitChange

ONE_DAY = timedelta(days=1)
PLAIN = ("whole", "decree", "day")
Old, New = aliased(AdminUnit), aliased(AdminUnit)


class UnitChanges(Register):
    """Changes, known again by both codes and the day. Writing one makes the units it names where they are missing
    and ends an old unit that went over as a whole; deleting it lets that unit live on.
    """

    name: ClassVar[str] = "unit-changes"
    title: ClassVar[str] = "Thay đổi địa giới"
    noun: ClassVar[str] = "thay đổi địa giới"
    table = AdminUnitChange
    key = ("old_code", "new_code", "day")
    fields = (
        f.line("old_code", "Mã cũ", most=40, aliases="ma xa cu; ma don vi cu; ma dvhc cu; old code"),
        f.line("old_name", "Tên cũ", most=200, aliases="don vi cu; xa cu; xa, phuong cu; ten xa cu; truoc sap xep"),
        f.line("new_code", "Mã mới", most=40, aliases="ma xa moi; ma don vi moi; ma dvhc moi; new code"),
        f.line("new_name", "Tên mới", most=200, aliases="don vi moi; xa moi; xa, phuong moi; ten xa moi; sau sap xep"),
        f.yes_no(
            "whole",
            "Nhập toàn bộ",
            empty=True,
            also={"toan bo": True, "nguyen trang": True, "mot phan": False, "whole": True, "part": False},
            aliases="toan bo; nguyen trang; toan bo hay mot phan; whole",
            hint="“không” khi chỉ một phần của đơn vị cũ sang đơn vị mới.",
        ),
        f.line("decree", "Nghị quyết", most=200, aliases="van ban; nghi dinh; so nghi quyet; can cu; decree"),
        f.day("day", "Ngày hiệu lực", required=True, aliases="ngay; ngay ap dung; hieu luc; tu ngay; day; date"),
    )

    # ---- reading

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:
        """Both units by code or by name; one that nobody knows needs its name and will be made."""
        values = reading.values
        whole = {**(known or {}), **values}
        day = whole.get("day")
        if day is None:
            return
        if not known or {"old_code", "old_name", "day"} & values.keys():
            values["old_code"], values["old_name"] = self._unit(reading, looks, whole, former=True, on=day - ONE_DAY)
        if not known or {"new_code", "new_name", "day"} & values.keys():
            values["new_code"], values["new_name"] = self._unit(reading, looks, whole, former=False, on=day)

    @staticmethod
    def _unit(reading: Reading, looks: Lookups, whole: Values, *, former: bool, on: date) -> tuple[str, str]:
        """Code and name of the old (`former`) or the new unit as it was on a day."""
        side = "old" if former else "new"
        code, name = whole.get(f"{side}_code") or "", whole.get(f"{side}_name") or ""
        units = looks.units
        if not code and not name:
            raise InvalidValue("chưa điền mã hoặc tên", field=f"{side}_code", value="")
        if not code:
            same = units.named_on_day(name, on)
            if len(same) > 1:
                raise InvalidValue("có {count} nơi cùng tên “{value}”; ghi thêm mã", field=f"{side}_name", value=name,
                                   count=len(same))  # fmt: skip
            code = same[0].code if same else own_code(name, former=former)
        unit = units.on_day(code, on)
        if unit is not None and (former or not _renamed(unit, name, on)):
            return unit.code, unit.name
        if not name:
            raise InvalidValue("chưa có đơn vị mang mã “{value}” vào ngày ấy; ghi thêm tên", field=f"{side}_code",
                               value=code)  # fmt: skip
        reading.notes.append(Note(f"{side}_name", "“{name}” chưa có trong danh mục, sẽ được thêm", {"name": name}))
        units.know(_coming(code, name, former=former, on=on))  # the next rows of the sheet may name it by its code
        return code, name

    def subject(self, values: Values, looks: Lookups) -> str:  # noqa: ARG002 - as in Register
        """Both names."""
        return f"{values.get('old_name', '')} → {values.get('new_name', '')}"

    # ---- rows

    def load(self, session: Session, ids: Sequence[int] | None = None) -> dict[int, Record]:
        """Changes with the codes and names of their units."""
        asked = (
            select(AdminUnitChange, Old.code, Old.name, New.code, New.name)
            .join(Old, Old.id == AdminUnitChange.old_unit_id)
            .join(New, New.id == AdminUnitChange.new_unit_id)
            .order_by(AdminUnitChange.id)
        )
        return {
            row.id: Record(row.id, row.version, {
                "old_code": old_code, "old_name": old, "new_code": new_code, "new_name": new,
                "whole": row.whole, "decree": row.decree, "day": row.day,
            })
            for part in narrowed(asked, AdminUnitChange.id, ids)
            for row, old_code, old, new_code, new in session.execute(part)
        }  # fmt: skip

    def keys(self, session: Session, like: Sequence[Values] | None = None) -> dict[tuple[Any, ...], int]:  # noqa: ARG002
        """Ids by codes and day."""
        return {self.key_of(record.values): number for number, record in self.load(session).items()}

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Write changes, and what follows from them for the units."""
        if not rows:
            return []
        pairs = _both_units(session, rows)
        owner = session.info["organisation_id"]
        columns = [
            {"old_unit_id": old, "new_unit_id": new, "organisation_id": owner,
             "whole": row.get("whole", True), "decree": row.get("decree", ""), "day": row["day"]}
            for row, (old, new) in zip(rows, pairs, strict=True)
        ]  # fmt: skip
        made = insert(AdminUnitChange).returning(AdminUnitChange.id, sort_by_parameter_order=True)
        ids = list(session.scalars(made, columns))
        _end(session, ids)
        return ids

    def update(self, session: Session, rows: Sequence[tuple[int, Values]]) -> None:
        """Change changes: the units follow."""
        before = self.load(session, [number for number, _ in rows])
        rows = [(number, values) for number, values in rows if number in before]
        _revive(session, [number for number, _ in rows])
        wholes = [{**before[number].values, **values} for number, values in rows]
        columns = [
            (
                number,
                {"old_unit_id": old, "new_unit_id": new} | {name: values[name] for name in PLAIN if name in values},
            )
            for (number, values), (old, new) in zip(rows, _both_units(session, wholes), strict=True)
        ]
        self.write_columns(session, columns)
        _end(session, [number for number, _ in rows])

    def delete(self, session: Session, ids: Sequence[int]) -> None:
        """Delete changes: old units that ended by them live on, new ones stay."""
        _revive(session, ids)
        super().delete(session, ids)


def _renamed(unit: Unit, name: str, day: date) -> bool:
    """Whether from `day` on another unit bears the code of this one."""
    return bool(name) and unit.valid_from != day and unit.name.casefold() != name.casefold()


def _coming(code: str, name: str, *, former: bool, on: date) -> Unit:
    """A unit that will be made: an old one ends on its day, a new one begins."""
    return Unit(0, code, name, valid_to=on) if former else Unit(0, code, name, valid_from=on)


def _both_units(session: Session, rows: Sequence[Values]) -> list[tuple[int, int]]:
    """Ids of old and new unit for each row; what is missing is made first, all at once."""
    units = KnownUnits(session)
    missing: list[Unit] = []
    for row in rows:
        for code, name, former, on in _sides(row):
            unit = units.on_day(code, on)
            if unit is None or (not former and _renamed(unit, name, on)):
                missing.append(_coming(code, name, former=former, on=on))
                units.know(missing[-1])
    if missing:
        _make(session, missing)
        units = KnownUnits(session)
    found = []
    for row in rows:
        old, new = (units.on_day(code, on) for code, _, _, on in _sides(row))
        if old is None or new is None:
            raise AssertionError("units that were missing have been made above")
        found.append((old.id, new.id))
    return found


def _sides(row: Values) -> tuple[tuple[str, str, bool, date], tuple[str, str, bool, date]]:
    """Code, name, whether it is the old one, and a day on which it existed, of both units."""
    day: date = row["day"]
    return (
        (row["old_code"], row.get("old_name") or "", True, day - ONE_DAY),
        (row["new_code"], row.get("new_name") or "", False, day),
    )


def _make(session: Session, units: Sequence[Unit]) -> None:
    session.execute(
        insert(AdminUnit),
        [
            {
                "organisation_id": session.info["organisation_id"], "code": unit.code, "name": unit.name,
                "kind": kind_of(unit.name, former=unit.valid_to is not None), "parent_code": None,
                "valid_from": unit.valid_from, "valid_to": unit.valid_to,
            }
            for unit in units
        ],
    )  # fmt: skip


def _whole_changes(session: Session, ids: Sequence[int]) -> list[tuple[int, date]]:
    """Old units that went over as a whole, with the day."""
    asked = select(AdminUnitChange.old_unit_id, AdminUnitChange.day).where(AdminUnitChange.whole.is_(True))
    return [(row[0], row[1]) for part in narrowed(asked, AdminUnitChange.id, ids) for row in session.execute(part)]


def _bereft_of_code(session: Session, ids: Sequence[int]) -> list[tuple[int, date]]:
    """Units whose code another one bears from the day of a change."""
    asked = (
        select(Old.id, AdminUnitChange.day)
        .select_from(AdminUnitChange)
        .join(New, New.id == AdminUnitChange.new_unit_id)
        .join(Old, and_(Old.code == New.code, Old.id != New.id))
        .where(New.valid_from == AdminUnitChange.day)
    )
    return [(row[0], row[1]) for part in narrowed(asked, AdminUnitChange.id, ids) for row in session.execute(part)]


def _end(session: Session, ids: Sequence[int]) -> None:
    """Units that went over as a whole or lost their code to another one have ended the day before."""
    ending: dict[date, set[int]] = {}
    for unit, day in (*_whole_changes(session, ids), *_bereft_of_code(session, ids)):
        ending.setdefault(day, set()).add(unit)
    for day, units in ending.items():
        for some in chunks(sorted(units)):
            lives_on = or_(AdminUnit.valid_to.is_(None), AdminUnit.valid_to >= day)
            began = or_(AdminUnit.valid_from.is_(None), AdminUnit.valid_from < day)
            _write_end(session, [AdminUnit.id.in_(some), lives_on, began], day - ONE_DAY)


def _revive(session: Session, ids: Sequence[int]) -> None:
    """Take back the end of old units that these changes ended, unless another change ends them too."""
    ended = _whole_changes(session, ids)
    units = sorted({unit for unit, _ in ended})
    asked = select(AdminUnitChange.id, AdminUnitChange.old_unit_id).where(AdminUnitChange.whole.is_(True))
    going, kept = set(ids), set()
    for part in narrowed(asked, AdminUnitChange.old_unit_id, units):
        kept |= {unit for number, unit in session.execute(part) if number not in going}
    by_day: dict[date, set[int]] = {}
    for unit, day in ended:
        if unit not in kept:
            by_day.setdefault(day - ONE_DAY, set()).add(unit)
    for last_day, some in by_day.items():
        for few in chunks(sorted(some)):
            _write_end(session, [AdminUnit.id.in_(few), AdminUnit.valid_to == last_day], None)


def _write_end(session: Session, which: Sequence[Any], last_day: date | None) -> None:
    ending = update(AdminUnit).where(*which).values(valid_to=last_day, version=AdminUnit.version + 1)
    session.execute(ending.execution_options(synchronize_session=False))

"""Models of the registers' rows, made from their fields: what is given, what makes a new row, what changes one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from outreach.i18n import use_language
from outreach.services.registers.examples import EXAMPLES
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Record, Register
from outreach.web.api.shapes import NOTHING, Strict, called, described, is_reference, may_be_null, name_of, shape_of

NAME_MOST = 200
ID_LIMITS = {"minimum": 1, "maximum": 999_999_999}


class Given(BaseModel):
    """What goes out."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Note(Given):
    """Something to know of a value that was taken."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Models:
    """The models of one register."""

    row: type[Given]
    saved: type[Given]
    listed: type[Given]
    new: type[Strict]
    change: type[Strict]


def models_of(register: Register) -> Models:
    """The models of `register`."""
    name = register.table.__name__
    examples = _examples(register)
    row: Any = create_model(name, __base__=Given, __doc__=register.title, **_row_fields(register, examples))
    saved = create_model(
        f"{name}Saved", __base__=row, __doc__=register.title,
        notes=(list[Note], Field(description="Những điều cần biết về giá trị đã nhận.")),
        more=(list[int], Field(description="Số hiệu các dòng khác được thêm cùng lúc.")),
    )  # fmt: skip
    listed = create_model(
        f"{name}List", __base__=Given, __doc__=register.title,
        items=(list[row], Field(description="Các dòng của trang này, theo thứ tự số hiệu.")),
        total=(int, Field(description="Số dòng tìm thấy ở mọi trang.")),
        next=(str | None, Field(description="Giá trị cursor của trang sau; null ở trang cuối.")),
    )  # fmt: skip
    new = create_model(
        f"{name}New", __base__=Strict, __doc__=register.title, **_taken_fields(register, examples, new=True)
    )
    change = create_model(
        f"{name}Patch", __base__=Strict, __doc__=register.title, **_taken_fields(register, examples, new=False)
    )
    new.model_config["json_schema_extra"] = _either(register)
    return Models(row, saved, listed, new, change)


def _examples(register: Register) -> dict[str, Any]:
    """The example row of the sheets, as JSON."""
    found: dict[str, Any] = {}
    for name, text in EXAMPLES.get(register.name, {}).items():
        one = register.field(name)
        if is_reference(one):
            found[called(one)] = text
        elif one.entry_only:
            found[name] = text
        else:
            with use_language("vi"):
                found[name_of(one)] = shape_of(one).give(one.read(text, NOTHING))
    return found


def _row_fields(register: Register, examples: Mapping[str, Any]) -> dict[str, Any]:
    """Every field of a row as it is given; limits are left to what comes in."""
    fields: dict[str, Any] = {
        "id": (int, Field(description="Số hiệu, không đổi.", examples=[12])),
        "version": (int, Field(description="Bản, tăng sau mỗi lần lưu; cũng là ETag.", examples=[3])),
        "updated_at": (datetime, Field(description="Lần lưu gần nhất.", examples=["2027-03-01T08:30:00+00:00"])),
    }
    for one in register.kept:
        if is_reference(one):
            text, number = (str | None, int | None) if may_be_null(one) else (str, int)
            fields[called(one)] = (text, described(one, examples.get(called(one))))
            fields[one.name] = (number, described(one))
        else:
            kind = shape_of(one).kind
            fields[name_of(one)] = (
                kind | None if may_be_null(one) else kind, described(one, examples.get(name_of(one)))
            )  # fmt: skip
    return fields


def _taken_fields(register: Register, examples: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for one in register.fields:
        if not new and one.name == register.spreads:  # one row becomes several when it is made, not later
            continue
        if is_reference(one):
            text, number = (str | None, int | None) if may_be_null(one) else (str, int)
            limits = {"maxLength": NAME_MOST, "minLength": 1}
            fields[called(one)] = (text, described(one, examples.get(called(one)), default=None, limits=limits))
            fields[one.name] = (number, described(one, default=None, limits=ID_LIMITS))
            continue
        shape = shape_of(one)
        kind = shape.kind | None if may_be_null(one) and not one.entry_only else shape.kind
        needed = {} if new and one.required else {"default": None}
        fields[name_of(one)] = (kind, described(one, examples.get(name_of(one)), limits=shape.limits, **needed))
    return fields


def _either(register: Register) -> Callable[[dict[str, Any]], None]:
    """A required reference is given by name or by number."""
    both = [one for one in register.fields if is_reference(one) and one.required]
    wanted = [{"anyOf": [{"required": [called(one)]}, {"required": [one.name]}]} for one in both]

    def extend(schema: dict[str, Any]) -> None:
        if wanted:
            schema["allOf"] = wanted

    return extend


def row_of(register: Register, record: Record, updated_at: datetime, *, looks: Lookups) -> dict[str, Any]:
    """The JSON of a row."""
    found: dict[str, Any] = {"id": record.id, "version": record.version, "updated_at": updated_at.isoformat()}
    for one in register.kept:
        value = record.values.get(one.name)
        if is_reference(one):
            found[called(one)] = None if value is None else one.text_of(value, looks)
            found[one.name] = value
        else:
            found[name_of(one)] = None if value is None else shape_of(one).give(value)
    return found

"""How the values of register fields look as JSON: one shape for each way in which a form asks for a value."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from outreach.domain import cells
from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.services.registers import fields as f

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:30"])]
Season = Literal["", "term", "summer"]
NOTHING: Any = None  # where a closed set would look things up, and has no need to
REFERENCE = "_id"  # ends the name of a field that holds another row's number


class Strict(BaseModel):
    """What comes in: every name known, every value of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class ServiceHours(Strict):
    """When a host receives the bus on some weekdays."""

    weekdays: Annotated[list[Weekday], Field(min_length=1, examples=[["mon", "tue"]])]
    start: Clock
    end: Clock
    term: Season = Field("", description="Để trống là cả năm; term là trong năm học, summer là trong hè.")


class DaysOff(Strict):
    """Days on which a host does not receive the bus."""

    first: date
    last: date
    reason: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """`kind` is the type of the JSON value; `give` makes it from a field's value, `take` the other way."""

    kind: Any
    give: Callable[[Any], Any] = lambda value: value
    take: Callable[[Any], Any] = lambda value: value
    limits: dict[str, Any] = field(default_factory=dict)


def _give_hours(value: tuple[cells.ServiceHours, ...]) -> list[dict[str, Any]]:
    return [
        {
            "weekdays": [WEEKDAYS[day] for day in one.weekdays],
            "start": cells.write_time(one.start_s),
            "end": cells.write_time(one.end_s),
            "term": one.term,
        }
        for one in value
    ]


def _take_hours(value: list[ServiceHours]) -> tuple[cells.ServiceHours, ...]:
    return tuple(
        cells.ServiceHours(
            tuple(sorted({WEEKDAYS.index(day) for day in one.weekdays})),
            cells.read_time(one.start),
            cells.read_time(one.end),
            one.term,
        )
        for one in value
    )


def _give_days_off(value: tuple[cells.DaysOff, ...]) -> list[dict[str, Any]]:
    return [
        {"first": one.period.first.isoformat(), "last": one.period.last.isoformat(), "reason": one.reason}
        for one in value
    ]


def _take_days_off(value: list[DaysOff]) -> tuple[cells.DaysOff, ...]:
    for number, one in enumerate(value):
        if one.last < one.first:
            raise InvalidValue("ngày cuối phải bằng hoặc sau ngày đầu", field=f"{number}.last", value=str(one.last))
    return tuple(cells.DaysOff(Period(one.first, one.last), one.reason) for one in value)


_PLAIN = {
    f.Widget.DAY: Shape(date, give=date.isoformat),
    f.Widget.TIME: Shape(Clock, give=cells.write_time, take=cells.read_time),
    f.Widget.YES_NO: Shape(bool),
    f.Widget.WEEKDAYS: Shape(
        list[Weekday],
        give=lambda days: [WEEKDAYS[day] for day in days],
        take=lambda days: tuple(sorted({WEEKDAYS.index(day) for day in days})),
    ),
    f.Widget.HOURS: Shape(list[ServiceHours], give=_give_hours, take=_take_hours),
    f.Widget.DAYS_OFF: Shape(list[DaysOff], give=_give_days_off, take=_take_days_off),
}
# people write kilometres, the value is in metres
_OTHER_UNITS = {"Quãng đường (km)": "Quãng đường (m)"}
# days that a form asks for in one line
_DAYS = Shape(list[date], give=list, take=lambda days: [day.isoformat() for day in days])


def is_reference(one: f.Field) -> bool:
    """Whether the field holds another row's number."""
    return one.name.endswith(REFERENCE)


def called(one: f.Field) -> str:
    """The name under which a reference is given by what people call the row: "site" for "site_id"."""
    return one.name.removesuffix(REFERENCE)


def name_of(one: f.Field) -> str:
    """The name of a field's value: that of the code, without the unit where the value is no number of seconds."""
    return one.name.removesuffix("_s") if one.widget is f.Widget.TIME else one.name


def shape_of(one: f.Field) -> Shape:
    """The shape of a field's values."""
    if isinstance(one.empty, list):
        return _DAYS
    if one.widget is f.Widget.CHOICE:
        assert one.options is not None
        codes = tuple(code for code, _ in one.options(NOTHING))
        return Shape(Literal[codes], give=str)
    if one.widget in (f.Widget.WHOLE, f.Widget.NUMBER):
        limits = {"minimum": one.least, "maximum": one.most}
        kind = int if one.widget is f.Widget.WHOLE else Annotated[float, Field(allow_inf_nan=False)]
        return Shape(kind, limits={name: limit for name, limit in limits.items() if limit is not None})
    if one.widget in (f.Widget.LINE, f.Widget.LINES):
        limits = {"maxLength": one.most} if one.most else {}
        return Shape(str, limits=limits | ({"minLength": 1} if one.required else {}))
    return _PLAIN[one.widget]


def may_be_null(one: f.Field) -> bool:
    """Whether nothing is a value of the field."""
    return one.empty is None and not one.required


def described(
    one: f.Field,
    example: Any = None,  # noqa: ANN401 - any JSON
    *,
    limits: dict[str, Any] | None = None,
    **more: Any,  # noqa: ANN401
) -> FieldInfo:
    """What the API's description says of a field; heading and hint are translated line by line later."""
    heading = _OTHER_UNITS.get(one.heading, one.heading)
    said = "\n".join(text for text in (heading, one.hint) if text)
    info: FieldInfo = Field(
        description=said, examples=None if example is None else [example], json_schema_extra=limits or None, **more
    )
    return info

"""Problems, solutions and figures as JSON, for the command line, the solver's process and bug reports.

The JSON has the names and units of the dataclasses; dates are ISO, sets are sorted lists, coordinates
an object with lat and lon. docs/routing.md says it with whole examples.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from outreach.domain.errors import InvalidValue
from outreach.routing.differences import VisitChange
from outreach.routing.disruptions import Disruption, DisruptionKind
from outreach.routing.problem import Problem, Quality, Travel
from outreach.routing.solution import Figures, Solution

T = TypeVar("T")
LARGEST = 2**31 - 1
SCHEMA = 1  # of problems, solutions and disruptions; a file of another one is refused, not misread


@dataclass(frozen=True, slots=True)
class _Listed:
    """A file of disruptions, each still as it was read."""

    disruptions: tuple[object, ...]


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """A problem as plain JSON values."""
    return {"schema": SCHEMA, **_plain(problem)}


def problem_from_json(data: object) -> Problem:
    """The problem in `data`; InvalidValue names the field that is wrong."""
    return _read(Problem, _of_this_schema(data, "problem"), "problem")


def solution_to_json(solution: Solution) -> dict[str, Any]:
    """A solution as plain JSON values."""
    return {"schema": SCHEMA, **_plain(solution)}


def solution_from_json(data: object) -> Solution:
    """The solution in `data`; InvalidValue names the field that is wrong."""
    return _read(Solution, _of_this_schema(data, "solution"), "solution")


def disruptions_to_json(disruptions: Sequence[Disruption]) -> dict[str, Any]:
    """Disruptions as plain JSON values."""
    return {"schema": SCHEMA, "disruptions": [{"kind": one.kind.value, **_plain(one)} for one in disruptions]}


def disruptions_from_json(data: object) -> tuple[Disruption, ...]:
    """The disruptions in `data`; InvalidValue names the field that is wrong."""
    listed = _read(_Listed, _of_this_schema(data, "file"), "file").disruptions
    return tuple(_disruption(one, f"disruptions[{i}]") for i, one in enumerate(listed))


def changes_to_json(changes: Sequence[VisitChange]) -> list[Any]:
    """What a mended plan changes as plain JSON values."""
    return [_plain(change) for change in changes]


def changes_from_json(data: object) -> tuple[VisitChange, ...]:
    """The changes in `data`; InvalidValue names the field that is wrong."""
    found: tuple[VisitChange, ...] = _value(tuple[VisitChange, ...], data, "changes")
    return found


def _disruption(data: object, path: str) -> Disruption:
    if not isinstance(data, Mapping):
        raise InvalidValue("{field}: cần một đối tượng JSON, không phải {value}", field=path, value=_shown(data))
    if "kind" not in data:
        raise InvalidValue("{field}: thiếu trường này", field=f"{path}.kind")
    kind = _member(DisruptionKind, data["kind"], f"{path}.kind")
    one = next(one for one in get_args(Disruption) if one.kind is kind)
    found: Disruption = _read(one, {name: value for name, value in data.items() if name != "kind"}, path)
    return found


def figures_to_json(figures: Figures) -> dict[str, Any]:
    """Figures as plain JSON values."""
    return _plain(figures)


def _of_this_schema(data: object, path: str) -> object:
    """`data` without its schema's number, which may be left out."""
    if not isinstance(data, Mapping) or "schema" not in data:
        return data
    if data["schema"] != SCHEMA:
        raise InvalidValue(
            "{field}: bản này đọc cấu trúc số {known}, không đọc {value}",
            field=f"{path}.schema",
            value=_shown(data["schema"]),
            known=SCHEMA,
        )
    return {name: value for name, value in data.items() if name != "schema"}


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one return a kind of value
    if isinstance(value, Travel):
        return {
            "place_ids": list(value.place_ids),
            "seconds": value.seconds.tolist(),
            "metres": value.metres.tolist(),
            "quality": value.quality.value,
            "engine": value.engine,
        }
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.init}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: type[T], data: object, path: str) -> T:
    """`data` as a value of `kind`, a dataclass; every field is looked at."""
    if not isinstance(data, Mapping):
        raise InvalidValue("{field}: cần một đối tượng JSON, không phải {value}", field=path, value=_shown(data))
    _refuse_unknown(kind, data, path)
    if kind is Travel:
        return _read_travel(data, path)  # type: ignore[return-value]
    hints = _hints(kind)  # type: ignore[arg-type]
    known = {field.name: field for field in fields(kind) if field.init}  # type: ignore[arg-type]
    values = {}
    for name, field in known.items():
        if name in data:
            values[name] = _value(hints[name], data[name], f"{path}.{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise InvalidValue("{field}: thiếu trường này", field=f"{path}.{name}")
    try:
        return kind(**values)
    except ValueError as error:
        raise InvalidValue("{field}: {why}", field=path, why=str(error)) from error


def _refuse_unknown(kind: type, data: Mapping[str, object], path: str) -> None:
    known = [field.name for field in fields(kind) if field.init]
    for name in data:
        if name not in known:
            raise InvalidValue(
                "{field}: không có trường {value}; các trường là {known}",
                field=path,
                value=name,
                known=", ".join(known),
            )


def _value(hint: Any, data: object, path: str) -> Any:  # noqa: PLR0911 - one return a kind of value
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        kinds = [arg for arg in args if arg is not type(None)]
        return _value(next((kind for kind in kinds if kind is type(data)), kinds[0]), data, path)
    if origin in (tuple, frozenset):
        if not isinstance(data, list):
            raise InvalidValue("{field}: cần một danh sách, không phải {value}", field=path, value=_shown(data))
        if origin is tuple and args[-1] is not Ellipsis:
            if len(data) != len(args):
                raise InvalidValue("{field}: cần {count} phần tử", field=path, value=_shown(data), count=len(args))
            return tuple(
                _value(arg, item, f"{path}[{i}]") for i, (arg, item) in enumerate(zip(args, data, strict=True))
            )
        return origin(_value(args[0], item, f"{path}[{i}]") for i, item in enumerate(data))
    if hint is object:
        return data
    if is_dataclass(hint):
        return _read(hint, data, path)  # type: ignore[arg-type]
    if issubclass(hint, Enum):
        return _member(hint, data, path)
    if hint is date:
        return _day(data, path)
    return _scalar(hint, data, path)


def _member(kind: type[Enum], data: object, path: str) -> Enum:
    try:
        return kind(data)
    except ValueError as error:
        known = ", ".join(str(member.value) for member in kind)
        raise InvalidValue(
            "{field}: {value} không đúng; các giá trị là {known}", field=path, value=_shown(data), known=known
        ) from error


def _day(data: object, path: str) -> date:
    try:
        return date.fromisoformat(data)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            "{field}: {value} không phải ngày dạng 2027-01-31", field=path, value=_shown(data)
        ) from error


def _scalar(kind: type, data: object, path: str) -> Any:
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        data = float(data)
    good = isinstance(data, kind) and (kind is bool or not isinstance(data, bool))
    if good and isinstance(data, int) and abs(data) > LARGEST:
        good = False
    if good and isinstance(data, float) and not np.isfinite(data):
        good = False
    if not good:
        names = {int: "số nguyên", float: "số", str: "chuỗi", bool: "true hoặc false"}
        raise InvalidValue(
            "{field}: cần {kind}, không phải {value}",
            field=path,
            value=_shown(data),
            kind=names.get(kind, kind.__name__),
        )
    return data


def _read_travel(data: Mapping[str, object], path: str) -> Travel:
    ids = _value(tuple[str, ...], data.get("place_ids"), f"{path}.place_ids")
    arrays = []
    for name in ("seconds", "metres"):
        try:
            given = np.array(data.get(name))
        except (TypeError, ValueError, OverflowError):
            given = np.zeros(0, dtype=np.int32)
        whole = np.issubdtype(given.dtype, np.integer)  # numpy would cut 1.9 to 1 and read "7" as 7
        if not whole or given.shape != (len(ids), len(ids)) or (given < -1).any() or (given > LARGEST).any():
            raise InvalidValue(
                "{field}: cần bảng {size} x {size} số nguyên, -1 là không có đường",
                field=f"{path}.{name}",
                size=len(ids),
            )
        arrays.append(given.astype(np.int32))
    quality = _member(Quality, data.get("quality", "road"), f"{path}.quality")
    engine = _scalar(str, data.get("engine", "given"), f"{path}.engine")
    return Travel(ids, arrays[0], arrays[1], Quality(quality.value), engine)


def _shown(data: object) -> str:
    """A value cut to what fits into a sentence."""
    text = repr(data)
    return text if len(text) <= 60 else text[:57] + "..."

"""What comes in: JSON bodies, parameters and headers, checked for their types, every fault named at once."""

import re
from dataclasses import dataclass, field
from typing import Any, TypeVar

from apiflask.schema_adapters import registry
from apiflask.schema_adapters.pydantic import PydanticAdapter
from flask import Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from outreach.domain.errors import InvalidValue, SeveralFaults
from outreach.web.api.faults import Unreadable, UnsupportedType, fault_of

JSON = "application/json"
_PLACE = re.compile(r"line (\d+) column (\d+)")
# characters that no text has: not every database, sheet or page can hold them
_BARE = frozenset(chr(code) for code in range(32)) - frozenset("\t\n\r")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Sent:
    """A body: `raw` as it was sent, `values` of the right type by name, faults of the others."""

    raw: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[InvalidValue] = field(default_factory=list)


def _body(request: Request) -> bytes:
    if request.mimetype != JSON:
        raise UnsupportedType("Cần Content-Type: {wanted}, không phải “{given}”.", wanted=JSON, given=request.mimetype)
    return request.get_data(cache=True)


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        place = _PLACE.search(str(error))
        line, column = place.groups() if place else ("1", "1")
        raise Unreadable(
            "Thân của yêu cầu không phải JSON đúng cú pháp: dòng {line}, cột {column}.", line=line, column=column
        ) from None
    if not isinstance(raw, dict):
        raise InvalidValue("cần một đối tượng", field="", value=None)
    return raw


def read_body(request: Request, model: type[BaseModel]) -> Sent:
    """The body of `request`; raises Unreadable, UnsupportedType. Faults of single values are kept beside the rest."""
    sent = Sent(_read_json(_body(request)))
    sent.faults += [_unprintable(name) for name, value in sent.raw.items() if _holds_bare(name) or _holds_bare(value)]
    if not sent.faults:
        try:
            found = model.model_validate_json(request.get_data())
        except ValidationError as error:
            sent.faults += [fault_of(one) for one in error.errors(include_url=False)]
        else:
            sent.values = {name: getattr(found, name) for name in found.model_fields_set}
            return sent
    _read_apart(sent, model)
    return sent


def _read_apart(sent: Sent, model: type[BaseModel]) -> None:
    """The values of a body that is wrong elsewhere, each by itself."""
    bad = {fault.field.split(".")[0] for fault in sent.faults}
    for name, value in sent.raw.items():
        if name in bad or name not in model.model_fields:
            continue
        kind: Any = model.model_fields[name].annotation
        try:
            sent.values[name] = TypeAdapter(kind).validate_json(to_json(value), strict=True)
        except ValidationError as error:
            sent.faults += [fault_of({**one, "loc": (name, *one["loc"])}) for one in error.errors(include_url=False)]


def _holds_bare(value: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return not _BARE.isdisjoint(value)
    if isinstance(value, list):
        return any(_holds_bare(one) for one in value)
    if isinstance(value, dict):
        return any(_holds_bare(name) or _holds_bare(one) for name, one in value.items())
    return False


def _unprintable(name: str) -> InvalidValue:
    return InvalidValue("Nội dung gửi lên có ký tự không in được. Xin gõ lại.", field=name, value=None)


def _checked(model: type[Model], given: dict[str, str]) -> Model:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = [fault_of({**one, "loc": one["loc"][:1]}) for one in error.errors(include_url=False)]
        raise SeveralFaults(list({fault.field: fault for fault in reversed(faults)}.values())[::-1]) from None


class Adapter(PydanticAdapter):
    """APIFlask's adapter with our reading: our sentences, nothing forced, nothing unknown let through."""

    def validate_input(self, request: Request, location: str, **_more: Any) -> Any:  # noqa: ANN401
        """What the view gets for its `location`."""
        if location == "json":
            return read_body(request, self.model_class)
        if location == "query":
            return _checked(self.model_class, request.args.to_dict())
        assert location == "headers"
        names = {name: name.replace("_", "-") for name in self.model_class.model_fields}
        given = {name: request.headers[header] for name, header in names.items() if header in request.headers}
        return _checked(self.model_class, given)


def install() -> None:
    """Let APIFlask read by `Adapter`."""
    registry.register("pydantic", Adapter)

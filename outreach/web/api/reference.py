"""The description of the API as rows for a page: resources with their verbs and fields, parts, errors."""

from dataclasses import dataclass
from typing import Any

from outreach.i18n import translate
from outreach.web.api.described import PARTS, TITLES
from outreach.web.errors import PAGES


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field or parameter; `place` says where a parameter goes, `part` names the model of a nested value."""

    name: str
    kind: str
    said: str
    example: str = ""
    required: bool = False
    place: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb of a resource; `takes` a body or not."""

    method: str
    path: str
    summary: str
    parameters: tuple[FieldRow, ...]
    statuses: tuple[str, ...]
    takes: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """What one address is about."""

    name: str
    title: str
    operations: tuple[Operation, ...]
    fields: tuple[FieldRow, ...]


def resources(document: dict[str, Any]) -> tuple[Resource, ...]:
    """Each resource in the order of the document, without what is told of every list."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    return tuple(
        Resource(
            name, translate(TITLES[name]), tuple(_operation(*one) for one in operations), _fields(document, operations)
        )
        for name, operations in found.items()
    )


def parts(document: dict[str, Any]) -> tuple[tuple[str, str, tuple[FieldRow, ...]], ...]:
    """The models that stand inside others: name, what it is, its fields."""
    schemas = document["components"]["schemas"]
    inside: set[str] = set()
    for name in schemas:
        if not name.endswith(("List", "New", "Patch", "Saved")):
            inside |= {row.part for row in _rows(document, name, "")}
    return tuple(
        (name, schemas[name].get("description", ""), _rows(document, name, "")) for name in sorted(inside - {""})
    )  # fmt: skip


def errors() -> tuple[tuple[str, int, str], ...]:
    """Each stable code with its status and its title."""
    rows = [(code, page.api_status or page.status, translate(page.title)) for code, page in PAGES.items()]
    return tuple(sorted(rows, key=lambda row: (row[1], row[0])))


def _operation(method: str, path: str, operation: dict[str, Any]) -> Operation:
    parameters = tuple(
        FieldRow(
            name=one["name"], kind=_kind(one["schema"]), said=one["description"], place=one["in"],
            required=one["required"], example=_example(one["schema"]),
        )
        for one in operation["parameters"]
    )  # fmt: skip
    return Operation(
        method, path, operation["summary"], parameters, tuple(operation["responses"]), "requestBody" in operation
    )


def _fields(document: dict[str, Any], operations: list[tuple[str, str, dict[str, Any]]]) -> tuple[FieldRow, ...]:
    """The fields of a row: as it is given, with what a new one must have."""
    shown, taken = "", ""
    for method, _, operation in operations:
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json")
        if answer and method == "GET":
            name = answer["schema"]["$ref"].removeprefix(PARTS)
            shown = name if not shown or not name.endswith("List") else shown
        if method == "POST":
            taken = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].removeprefix(PARTS)
    return _rows(document, shown, taken)


def _rows(document: dict[str, Any], shown: str, taken: str) -> tuple[FieldRow, ...]:
    schemas = document["components"]["schemas"]
    new = schemas.get(taken, {})
    names = list(schemas[shown].get("properties", {})) + list(new.get("properties", {}))
    rows = []
    for name in dict.fromkeys(names):
        given = schemas[shown].get("properties", {}).get(name, {})
        limited = new.get("properties", {}).get(name, given)
        rows.append(
            FieldRow(
                name=name,
                kind=_kind(limited or given),
                said=limited.get("description", given.get("description", "")),
                example=_example(limited) or _example(given),
                required=name in new.get("required", ()),
                part=_part(limited),
            )
        )
    return tuple(rows)


def _part(schema: dict[str, Any]) -> str:
    """The nested model of a value; closed sets are told in place."""
    if "$ref" in schema:
        return str(schema["$ref"].removeprefix(PARTS))
    return _part(schema["items"]) if "items" in schema else ""


def _kind(schema: dict[str, Any]) -> str:
    """The type of a value in a few words."""
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"]) + _limits(schema)
    if "enum" in schema:
        return " | ".join(f'"{code}"' for code in schema["enum"])
    if "$ref" in schema:
        return _part(schema)
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'])}]"
    kind = str(schema.get("format") or schema.get("type", ""))
    return kind + _limits(schema)


def _limits(schema: dict[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f" {least}…{most}"
    return f" ≤ {schema['maxLength']}" if "maxLength" in schema else ""


def _example(schema: dict[str, Any]) -> str:
    examples = schema.get("examples")
    return "" if not examples or isinstance(examples[0], list | dict) else str(examples[0])

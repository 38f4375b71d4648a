"""What the description of the API says of answers that failed, and the description itself in the reader's language."""

from collections.abc import Mapping
from typing import Any, cast

from apiflask import APIFlask
from flask import current_app

from outreach.i18n import current_language, translate
from outreach.services.registers.catalogue import register_called
from outreach.web.errors import PAGES
from outreach.web.problems import MEDIA_TYPE

PARTS = "#/components/schemas/"
PROBLEM = {"$ref": f"{PARTS}Problem"}
# in the order of the description: registers, then what is read alone
RESOURCES = (
    "sites", "needs", "requests", "visits", "bases", "vehicles", "vehicle-days", "staff", "staff-days",
    "calendar-days", "terms", "units", "unit-changes",
)  # fmt: skip
TITLES = {
    **{name: register_called(name).title for name in RESOURCES},
    "plans": "Kế hoạch",
    "figures": "Số liệu",
    "fleet": "Cơ sở, xe và tổ phục vụ",
    "calendar": "Lịch làm việc",
}
# what may happen to any request
ANYWHERE = ("token-refused", "not-allowed", "invalid-value", "too-many-tries", "error", "unavailable")
NOT_MODIFIED: dict[int, Any] = {304: {"description": "Bản bạn có vẫn đúng"}}
TOKEN = "token"  # noqa: S105 - the name of the scheme
PROBLEM_SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "Vì sao yêu cầu không thực hiện được (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "description": "Trang nói về loại lỗi này."},
        "title": {"type": "string", "description": "Loại lỗi bằng lời."},
        "status": {"type": "integer", "description": "Trạng thái HTTP."},
        "detail": {"type": "string", "description": "Điều đã xảy ra lần này."},
        "code": {"type": "string", "description": "Mã lỗi, không đổi giữa các bản.", "enum": sorted(PAGES)},
        "instance": {"type": "string", "description": "Địa chỉ được hỏi."},
        "errors": {
            "type": "array",
            "description": "Từng giá trị chưa đúng.",
            "items": {
                "type": "object",
                "required": ["field", "value", "message"],
                "properties": {
                    "field": {"type": "string", "description": "Tên trường; phần trong danh sách như windows.0.start."},
                    "value": {"description": "Giá trị đã gửi."},
                    "message": {"type": "string", "description": "Điều chưa đúng, và cách sửa."},
                },
            },
        },
        "current": {"type": "object", "description": "Dòng như đang lưu, khi bản đã cũ (412)."},
    },
}

# what models are, beside those named after their register
SAID = {
    "Note": "Điều cần biết về một giá trị đã nhận: được sửa giúp, còn ngờ, hoặc tự điền.",
    "ServiceHours": "Giờ đón xe trong các ngày của tuần.",
    "DaysOff": "Những ngày không nhận.",
    "Plan": "Một kế hoạch.",
    "PlanVehicle": "Một xe trong kế hoạch.",
    "Share": "Phần của một xe trong kế hoạch.",
    "Figures": "Số liệu của kế hoạch.",
    "PlanWithFigures": "Một kế hoạch với số liệu.",
    "PlanList": "Một trang của danh sách",
    "Place": "Nơi xe đi hoặc về: cơ sở, hoặc điểm ngủ lại.",
    "TourStop": "Một điểm dừng: xe đến, phục vụ, rời đi.",
    "PlanTour": "Một xe trong một ngày.",
    "TourList": "Một trang của danh sách",
    "Reason": "Vì sao chưa xếp được.",
    "Near": "Một ngày xếp được nếu nới riêng một quy tắc.",
    "Unserved": "Một nhu cầu chưa xếp đủ buổi.",
    "UnservedList": "Một trang của danh sách",
    "MovedVisit": "Một buổi phải đổi theo, hoặc bị bỏ.",
    "Fix": "Một thay đổi đã xếp thử và kiểm lại, nhờ đó nhu cầu được phục vụ.",
    "FixList": "Các cách gỡ của một nhu cầu.",
    "Waiting": "Các điểm đã chờ bao lâu tới một ngày.",
    "AreaPart": "Phần của một loại xã.",
    "Unreached": "Một điểm không có buổi nào.",
    "EquityReport": "Kế hoạch tới được những ai.",
    "Counts": "Số liệu của một kỳ, đếm từ các buổi đã phục vụ.",
    "CountsByMonth": "Số liệu của một kỳ và của từng tháng trong kỳ.",
    "Fleet": "Cơ sở, xe và tổ phục vụ.",
    "Calendar": "Lịch của một kỳ.",
}


def fails(*codes: str) -> Any:  # noqa: ANN401 - APIFlask's own type for answers is not handed out
    """The answers of a route that are problems: those of any request, and `codes`."""
    found: dict[int, dict[str, Any]] = {}
    for code in dict.fromkeys((*ANYWHERE, *codes)):
        page = PAGES[code]
        found.setdefault(
            page.api_status or page.status,
            {"description": page.title, "content": {MEDIA_TYPE: {"schema": PROBLEM}}},
        )
    return dict(sorted(found.items()))


def description() -> dict[str, Any]:
    """The OpenAPI document in the language of the moment; made once for each."""
    kept: dict[str, dict[str, Any]] = current_app.extensions.setdefault("outreach_api_description", {})
    language = current_language()
    if language not in kept:
        kept[language] = _in_words(cast("APIFlask", current_app).spec)
    return kept[language]


def _in_words(part: Any, within: str = "") -> Any:  # noqa: ANN401 - any JSON
    """A part of the document with its texts translated and without what says nothing."""
    if isinstance(part, list):
        return [_in_words(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {}
    for name, value in part.items():
        if within != "properties" and name in ("description", "summary") and isinstance(value, str):
            found[name] = "\n".join(translate(line) for line in value.split("\n"))
        elif within != "properties" and (
            (name == "default" and value is None) or (name == "title" and within == "field")
        ):
            continue
        else:
            found[name] = _in_words(value, "field" if within == "properties" else name)
    return found


def finish(spec: Any) -> Any:  # noqa: ANN401 - APIFlask allows YAML here, we have JSON
    """Complete what APIFlask made: names of headers, limits of numbers in addresses, the shape of problems."""
    _name_parts_once(spec)
    schemas = spec["components"]["schemas"]
    for name, said in SAID.items():
        if name in schemas:
            schemas[name]["description"] = said
    schemas["Problem"] = PROBLEM_SCHEMA
    spec["tags"] = [{"name": name, "description": title} for name, title in TITLES.items()]
    spec["paths"] = dict(sorted(spec["paths"].items(), key=lambda item: list(TITLES).index(_tag(item[1]))))
    for operations in spec["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [_parameter(one) for one in operation.get("parameters", ())]
            for answer in operation["responses"].values():
                headers = answer.get("headers", {})
                answer["headers"] = {_header(name): _said(header) for name, header in headers.items()}
    return spec


def _tag(operations: dict[str, Any]) -> str:
    return str(next(iter(operations.values()))["tags"][0])


def _name_parts_once(spec: dict[str, Any]) -> None:
    """APIFlask names a model inside another one "Outer.Inner"; ours are the same wherever they stand."""
    schemas = spec.get("components", {}).get("schemas", {})
    for name in [name for name in schemas if "." in name]:
        schemas.setdefault(name.split(".")[-1], schemas[name])
        del schemas[name]
    closed = {name: schemas.pop(name)["enum"] for name in list(schemas) if "enum" in schemas[name]}
    _refer_to_parts(spec, closed)


def _refer_to_parts(part: Any, closed: Mapping[str, list[str]]) -> None:  # noqa: ANN401 - any JSON
    """Let references name the parts; closed sets are written where they are used."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            name = part.pop("$ref").split("/")[-1].split(".")[-1]
            part |= {"type": "string", "enum": closed[name]} if name in closed else {"$ref": f"{PARTS}{name}"}
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            _refer_to_parts(one, closed)


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    if one["in"] == "path" and one["schema"] == {"type": "integer"}:
        limits = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
        return one | {"schema": limits, "description": "Số hiệu."}
    if one["in"] == "header":
        one = one | {"name": _header(one["name"]), "required": one["required"] or one["name"].lower() == "if-match"}
    return _said(one)


def _header(name: str) -> str:
    return "ETag" if name.lower() == "etag" else name.title()


def _said(one: dict[str, Any]) -> dict[str, Any]:
    """The description of a parameter beside its schema, where readers look for it."""
    schema = {name: value for name, value in one["schema"].items() if name not in ("description", "title")}
    return one | {"schema": schema, "description": one["schema"].get("description", "")}

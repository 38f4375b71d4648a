"""What programs do wrong, as errors: a body that is no JSON, values of a wrong type, a change without its version."""

from typing import Any

from pydantic_core import ErrorDetails

from outreach.domain.errors import InvalidValue, OutreachError, StaleEdit


class Unreadable(OutreachError):
    """The body is not what its type says."""

    code = "bad-request"


class UnsupportedType(OutreachError):
    """The body is of a type nobody reads here."""

    code = "unsupported-type"


class VersionNeeded(OutreachError):
    """A change must say which version it changes."""

    code = "version-needed"


class NewerVersion(StaleEdit):
    """The row is newer than the change thinks; `extra` shows it as it stands."""

    def __init__(self, message: str, *, current: dict[str, Any], **values: object) -> None:
        super().__init__(message, **values)
        self.extra = {"current": current}


# kind of pydantic's error, or how it begins -> our sentence
_SENTENCES = {
    "missing": "chưa điền",
    "extra_forbidden": "không có trường tên này",
    "string_type": "cần một chuỗi",
    "string_pattern": "“{value}” không phải giờ; ghi như 07:30",
    "string_too_long": "dài {length} ký tự, nhiều nhất {most}",
    "int": "“{value}” không phải số nguyên; ghi như 120",
    "float": "cần một số",
    "finite": "cần một số",
    "bool": "cần true hoặc false",
    "datetime": "cần thời điểm có múi giờ như 2027-03-05T08:30:00+07:00",
    "timezone": "cần thời điểm có múi giờ như 2027-03-05T08:30:00+07:00",
    "date": "cần ngày như 2027-03-05",
    "list": "cần một danh sách",
    "too_short": "danh sách còn trống",
    "model": "cần một đối tượng",
    "literal": "không có lựa chọn “{value}”; ghi một trong: {known}",
    "greater_than": "{value} nhỏ quá; nhỏ nhất là {least}",
    "less_than": "{value} lớn quá; lớn nhất là {most}",
}


def fault_of(error: ErrorDetails) -> InvalidValue:
    """A type error of pydantic in our words."""
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    begins = next((begin for begin in _SENTENCES if kind.startswith(begin)), "")
    message = _SENTENCES.get(begins, "giá trị này không đúng kiểu")
    return InvalidValue(
        message,
        field=".".join(str(part) for part in error["loc"]),
        value=None if begins == "missing" else value,
        known=context.get("expected", ""),
        least=context.get("ge", ""),
        most=context.get("le", context.get("max_length", "")),
        length=len(value) if isinstance(value, str) else 0,
    )

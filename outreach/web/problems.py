"""Errors of the API as problem details (RFC 9457): what happened, field by field where a body was wrong."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from outreach.domain.errors import InvalidValue, OutreachError
from outreach.i18n import current_language, translate
from outreach.services.registers.editing import RefusedRecord

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 60
SHOWN_MOST = 200
CHALLENGE = 'Bearer realm="outreach"'


def faults_of(error: OutreachError | None) -> Sequence[InvalidValue]:
    """Each wrong value behind `error`."""
    if isinstance(error, RefusedRecord):
        return error.reading.faults
    several: Sequence[InvalidValue] | None = getattr(error, "faults", None)
    if several is not None:
        return several
    return [error] if isinstance(error, InvalidValue) else []


def problem(
    code: str, *, status: int, title: str, detail: str, error: OutreachError | None = None
) -> Response:  # fmt: skip
    """The answer to a request that failed; `code` is stable, title and detail are in the reader's language.

    An error may bring `extra`, further members of the answer.
    """
    body: dict[str, Any] = {
        "type": f"/api#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.path,
    }
    faults = faults_of(error)
    if faults:
        body["errors"] = [_fault(fault) for fault in faults]
    extra: Mapping[str, Any] = getattr(error, "extra", {})
    answer = Response(json.dumps(body | dict(extra), ensure_ascii=False), status, content_type=MEDIA_TYPE)
    answer.content_language.add(current_language())
    if "current" in extra:
        answer.set_etag(str(extra["current"]["version"]))
    if status in (429, 503):
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    if status == 401:
        answer.headers["WWW-Authenticate"] = CHALLENGE
    return answer


def _fault(fault: InvalidValue) -> dict[str, Any]:
    return {
        "field": fault.field, "value": _shown(fault.value),
        "message": translate(fault.message, **{**fault.values, "value": _shown(fault.values["value"])}),
    }  # fmt: skip


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    """`value` as it was sent if it is short; a megabyte need not go back."""
    if value is None or isinstance(value, bool | int):
        return value if value is None or abs(value) < 10**18 else str(value)[:SHOWN_MOST]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > SHOWN_MOST:
        return text[:SHOWN_MOST] + "…"
    return text if isinstance(value, str) or not _is_finite(value) else value


def _is_finite(value: Any) -> bool:  # noqa: ANN401 - JSON knows no infinity
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True

"""What goes out: JSON with its version, pages with their links, and the versions that requests name."""

import base64
import binascii
import hashlib
import json
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.datastructures import ETags

from outreach.domain.errors import InvalidValue
from outreach.i18n import current_language
from outreach.web.api.faults import VersionNeeded

_CURSOR = "v1:"


def json_answer(body: Any, status: int = 200) -> Response:  # noqa: ANN401 - any JSON
    """`body` as JSON."""
    answer = Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.update(("Authorization", "Accept-Language"))
    answer.content_language.add(current_language())
    return answer


def versioned(body: dict[str, Any], status: int = 200) -> Response:
    """The JSON of a row with its version as ETag; 304 to whoever has this version already."""
    return _tagged(body, str(body["version"]), status)


def composed(body: dict[str, Any]) -> Response:
    """The JSON of what is composed of many rows, with a digest of itself as ETag."""
    whole = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return _tagged(body, hashlib.sha256(whole.encode()).hexdigest()[:32], 200)


def _tagged(body: dict[str, Any], version: str, status: int) -> Response:
    if status == 200 and request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(version):
        answer = json_answer(None, 304)
        answer.set_data(b"")
        del answer.headers["Content-Type"]
    else:
        answer = json_answer(body, status)
    answer.set_etag(version)
    return answer


def wanted_version(version: int) -> bool:
    """Whether If-Match names `version`; raises VersionNeeded when it names none at all."""
    named: ETags = request.if_match
    if not request.headers.get("If-Match", "").strip():
        raise VersionNeeded("Gửi kèm tiêu đề If-Match với ETag của bản bạn đang sửa, ví dụ If-Match: \"{version}\".",
                            version=version)  # fmt: skip
    return named.contains_weak(str(version))


def cursor_after(last_id: int) -> str:
    """An opaque word for the place after a row."""
    return base64.urlsafe_b64encode(f"{_CURSOR}{last_id}".encode()).decode().rstrip("=")


def after_cursor(cursor: str | None) -> int:
    """The row after which a page begins; raises InvalidValue for a word that we never gave."""
    if cursor is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
        if text.startswith(_CURSOR) and len(text) < 20:
            return int(text.removeprefix(_CURSOR))
    except (binascii.Error, ValueError):
        pass
    raise InvalidValue("không phải cursor đã nhận từ trang trước", field="cursor", value=cursor)


def paged(items: list[Any], *, total: int, last_id: int | None) -> Response:
    """One page with the addresses of the first and the next one in Link."""
    following = None if last_id is None else cursor_after(last_id)
    answer = json_answer({"items": items, "total": total, "next": following})
    links = [f'<{_here(None)}>; rel="first"']
    if following:
        links.append(f'<{_here(following)}>; rel="next"')
    answer.headers["Link"] = ", ".join(links)
    return answer


def _here(cursor: str | None) -> str:
    asked = {name: value for name, value in request.args.items() if name != "cursor"}
    if cursor:
        asked["cursor"] = cursor
    return request.path + (f"?{urlencode(asked)}" if asked else "")

"""A creation that may be sent again: the same key and body get the same answer, and nothing is made twice."""

import re
from collections.abc import Callable

from flask import Response, g, request

from outreach.domain.errors import InvalidValue
from outreach.services.kept_answers import KEY_MOST, Answer, answer_before, asked_hash, keep_answer
from outreach.web.clock import now

KEY = r"^[!-~]+$"  # what can be seen in a header
KEPT = ("Content-Type", "Content-Language", "ETag", "Location")
REPLAYED = "Idempotency-Replayed"


def once(key: str | None, make: Callable[[], Response]) -> Response:
    """The answer of `make`, or the one given before to this key; raises KeyReused for a key of another request.

    A refused creation keeps nothing: it may be mended and sent again under its key.
    """
    if key is None:
        return make()
    if not re.fullmatch(KEY, key) or len(key) > KEY_MOST:
        raise InvalidValue("khóa gồm 1 đến {most} chữ cái không dấu, chữ số, dấu câu, không có khoảng trắng",
                           field="Idempotency-Key", value=key, most=KEY_MOST)  # fmt: skip
    asked = asked_hash(request.method, request.full_path, request.get_data())
    before = answer_before(g.session, g.actor, key, asked=asked, now=now())
    if before is not None:
        return Response(before.body, before.status, {**before.headers, REPLAYED: "true"})
    answer = make()
    kept = {name: answer.headers[name] for name in KEPT if name in answer.headers}
    keep_answer(g.session, g.actor, key, Answer(answer.status_code, kept, answer.get_data()))
    return answer

"""Answers to creations, kept under the key that their sender chose: a retry makes nothing twice."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Actor
from outreach.store.keys import KeptAnswer

KEPT_FOR = timedelta(hours=24)
KEY_MOST = 100


class KeyReused(InvalidValue):
    """The key already stands for another request."""

    code = "key-reused"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def asked_hash(method: str, path: str, body: bytes) -> str:
    """What tells two requests apart."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()


def answer_before(session: Session, actor: Actor, key: str, *, asked: str, now: datetime) -> Answer | None:
    """The answer already given to this request; None means: do it now, the key is yours until the commit.

    Two requests with one key at the same moment: the second waits for the first to be stored, then gets its answer.
    Raises KeyReused when the key stands for another request.
    """
    session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < now - KEPT_FOR))
    mine = select(KeptAnswer).where(KeptAnswer.user_id == actor.user_id, KeptAnswer.key == key)
    found = session.scalar(mine)
    if found is None:
        claim = KeptAnswer(
            organisation_id=actor.organisation_id, user_id=actor.user_id, key=key, asked=asked, status=0, headers={},
            body=b"", created_at=now,
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(claim)
        except IntegrityError:
            found = session.scalars(mine).one()
        else:
            return None
    if found.asked != asked:
        raise KeyReused(
            "Khóa “{value}” đã dùng cho một yêu cầu khác trong 24 giờ qua; hãy đặt khóa mới.",
            field="Idempotency-Key",
            value=key,
        )
    return Answer(found.status, dict(found.headers), found.body)


def keep_answer(session: Session, actor: Actor, key: str, answer: Answer) -> None:
    """Keep the answer under the key that `answer_before` gave; it lasts if the request's changes do."""
    mine = (KeptAnswer.user_id == actor.user_id, KeptAnswer.key == key)
    values = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    session.execute(update(KeptAnswer).where(*mine).values(**values))

"""Requests for the bus: who waits how long, and what was decided; an accepted one becomes a need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.cells import read_long_text
from outreach.domain.errors import InvalidValue, NotFound, StaleEdit, WrongState
from outreach.domain.names import search_key
from outreach.domain.roles import Actor, Right, require
from outreach.domain.visits import RequestState, ServiceKind
from outreach.domain.words import word_of
from outreach.i18n import translate
from outreach.services import audit
from outreach.services.registers.editing import RefusedRecord
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.needs import Needs
from outreach.store.people import User
from outreach.store.requests import Request
from outreach.store.sites import Need, Site

REGISTER = "requests"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request with its place in words; `waiting` are days since it came, None once it is decided."""

    id: int
    version: int
    number: int
    asked_by: str
    asked_on: date
    letter: str
    site_id: int | None
    site_code: str
    place: str
    service: ServiceKind
    wish: str
    first_day: date | None
    last_day: date | None
    state: RequestState
    waiting: int | None
    decided_on: date | None
    decided_by: str
    answer: str
    need_id: int | None


def list_requests(session: Session, *, state: RequestState | None, search: str, today: date) -> tuple[RequestRow, ...]:
    """Open requests first, those that wait longest on top; the others by the day of their answer."""
    wanted = select(Request, Site.code, Site.name, User.display_name)
    wanted = wanted.outerjoin(Site, Site.id == Request.site_id).outerjoin(User, User.id == Request.decided_by)
    if state is not None:
        wanted = wanted.where(Request.state == state)
    rows = [_row(*found, today=today) for found in session.execute(wanted)]
    words = search_key(search).split()
    found = [row for row in rows if all(word in _words(row) for word in words)]
    waiting = sorted((row for row in found if row.waiting is not None), key=lambda row: (row.asked_on, row.number))
    decided = [row for row in found if row.waiting is None]
    return (*waiting, *sorted(decided, key=lambda row: (row.decided_on or row.asked_on, row.number), reverse=True))


def _words(row: RequestRow) -> str:
    return search_key(" ".join((row.asked_by, row.place, row.site_code, row.letter, row.wish, str(row.number))))


def _row(request: Request, code: str | None, name: str | None, who: str | None, *, today: date) -> RequestRow:
    open_now = request.state is RequestState.OPEN
    return RequestRow(
        request.id, request.version, request.number, request.asked_by, request.asked_on, request.letter,
        request.site_id, code or "", name or request.place, request.service, request.wish, request.first_day,
        request.last_day, request.state, max(0, (today - request.asked_on).days) if open_now else None,
        request.decided_on, who or "", request.answer, request.need_id,
    )  # fmt: skip


def request_row(session: Session, request_id: int, *, today: date) -> RequestRow:
    """One request; raises NotFound."""
    wanted = select(Request, Site.code, Site.name, User.display_name).where(Request.id == request_id)
    wanted = wanted.outerjoin(Site, Site.id == Request.site_id).outerjoin(User, User.id == Request.decided_by)
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound("Không có đề nghị này, hoặc đã bị xóa.")
    return _row(*found, today=today)


def _open_request(session: Session, actor: Actor, request_id: int, version: int) -> Request:
    """The request, held until the end of the transaction; raises StaleEdit, WrongState for a decided one."""
    require(actor, Right.HANDLE_REQUESTS)
    request = session.scalar(select(Request).where(Request.id == request_id).with_for_update())
    if request is None:
        raise NotFound("Không có đề nghị này, hoặc đã bị xóa.")
    if request.version != version:
        raise StaleEdit("Người khác vừa sửa đề nghị này trước bạn.")
    return request


def accept(
    session: Session, actor: Actor, request_id: int, *, version: int, today: date, need: Mapping[str, str] | None,
    answer: str,
) -> int | None:  # fmt: skip
    """Accept a request; `need` are texts of the need it becomes (None: no need), whose id is returned.

    A need of the same site, service and days is linked, not doubled. Raises RefusedRecord, InvalidValue, StaleEdit.
    """
    request = _open_request(session, actor, request_id, version)
    if request.state is not RequestState.OPEN:
        raise WrongState("Đề nghị này đã được trả lời.")
    need_id = _need_of(session, actor, request, need) if need is not None else None
    request.need_id = need_id
    _decide(session, actor, request, RequestState.ACCEPTED, today=today, answer=answer)
    return need_id


def _need_of(session: Session, actor: Actor, request: Request, texts: Mapping[str, str]) -> int:
    if request.site_id is None:
        raise InvalidValue("đề nghị chưa gắn với điểm phục vụ nào; sửa đề nghị và ghi mã điểm trước", field="site_id")
    register, looks = Needs(), Lookups(session)
    whole = {
        **texts, "site_id": looks.site_codes[request.site_id], "service": request.service.value,
        "asked_by": request.asked_by, "asked_on": request.asked_on.isoformat(), "letter": request.letter,
    }  # fmt: skip
    reading = register.read(whole, looks)
    if reading.faults:
        raise RefusedRecord(reading)
    values = {**register.defaults(), **reading.values}
    same = session.scalar(
        select(Need.id).where(
            Need.site_id == request.site_id, Need.service == values["service"],
            Need.first_day == values["first_day"], Need.last_day == values["last_day"],
        )
    )  # fmt: skip
    if same is not None:
        return same
    (number,) = register.insert(session, [values])
    subject = register.subject(values, looks)
    changes = {"quota": [None, str(values["quota"])], "asked_by": [None, request.asked_by]}
    audit.record(session, actor, "add-needs", "needs", number, subject, changes)
    return number


def decline(session: Session, actor: Actor, request_id: int, *, version: int, today: date, answer: str) -> None:
    """Decline a request with an answer; raises InvalidValue without one."""
    request = _open_request(session, actor, request_id, version)
    if request.state is not RequestState.OPEN:
        raise WrongState("Đề nghị này đã được trả lời.")
    if not answer.strip():
        raise InvalidValue("ghi lý do để bên đề nghị hiểu", field="answer", value="")
    _decide(session, actor, request, RequestState.DECLINED, today=today, answer=answer)


def withdraw(session: Session, actor: Actor, request_id: int, *, version: int, today: date, answer: str) -> None:
    """The asker took the request back."""
    request = _open_request(session, actor, request_id, version)
    if request.state is not RequestState.OPEN:
        raise WrongState("Đề nghị này đã được trả lời.")
    _decide(session, actor, request, RequestState.WITHDRAWN, today=today, answer=answer)


def reopen(session: Session, actor: Actor, request_id: int, *, version: int) -> None:
    """Take a decision back; the need it became stays."""
    request = _open_request(session, actor, request_id, version)
    if request.state is RequestState.OPEN:
        raise WrongState("Đề nghị này chưa được trả lời.")
    before, request.state = request.state, RequestState.OPEN
    request.decided_on = request.decided_by = None
    request.version += 1
    session.flush()
    _log(session, actor, request, before)


def _decide(session: Session, actor: Actor, request: Request, state: RequestState, *, today: date, answer: str) -> None:
    try:
        request.answer = read_long_text(answer)
    except InvalidValue as error:
        raise error.about("answer", value=answer[:80]) from None
    before, request.state = request.state, state
    request.decided_on, request.decided_by = max(today, request.asked_on), actor.user_id
    request.version += 1
    session.flush()
    _log(session, actor, request, before)


def _log(session: Session, actor: Actor, request: Request, before: RequestState) -> None:
    pair = [translate(word_of(before)), translate(word_of(request.state))]
    subject = f"{request.number} {request.asked_by}"
    audit.record(session, actor, "change-requests", REGISTER, request.id, subject, {"state": pair})

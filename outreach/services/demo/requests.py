"""The demo's register of requests: some became needs, some wait for an answer, some were declined."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from outreach.domain.visits import RequestState, ServiceKind
from outreach.services.demo.frame import Frame
from outreach.services.demo.register import SiteFacts
from outreach.services.demo.sites import ISLAND_SCHOOL, generator, service_sites
from outreach.store.requests import Request
from outreach.store.sites import Need

ACCEPTED = 9
WISH = "Kính đề nghị Thư viện tỉnh đưa xe thư viện lưu động về phục vụ học sinh."
# host's own words, days ago, what became of it, the answer
_OTHERS = (
    ("Trường Mầm non (minh họa), thôn Suối Cau", 3, RequestState.OPEN, ""),
    ("Nhà văn hóa khu dân cư (minh họa)", 9, RequestState.OPEN, ""),
    ("Trung tâm bảo trợ xã hội (minh họa)", 16, RequestState.OPEN, ""),
    ("Lễ hội sách của phường (minh họa)", 34, RequestState.DECLINED, "Xe đã có lịch tại hai trường vào ngày lễ hội."),
    ("Câu lạc bộ hưu trí (minh họa)", 41, RequestState.WITHDRAWN, ""),
)


def add_requests(session: Session, organisation_id: int, frame: Frame, *, site_ids: dict[str, int]) -> int:
    """Write the register; returns the number of requests."""
    needs = session.execute(
        select(Need)
        .where(Need.organisation_id == organisation_id, Need.service == ServiceKind.BUS_VISIT)
        .order_by(Need.asked_on, Need.id)
        .limit(ACCEPTED)
    ).scalars()
    rows = sorted([*map(_accepted, needs), *_island(frame, site_ids), *_others(frame)], key=lambda row: row["asked_on"])
    owner = {"organisation_id": organisation_id}
    session.execute(insert(Request), [row | owner | {"number": number} for number, row in enumerate(rows, start=1)])
    return len(rows)


def _row(**columns: Any) -> dict[str, Any]:  # noqa: ANN401 - columns of every type
    blank: dict[str, Any] = {
        "letter": "", "site_id": None, "place": "", "service": ServiceKind.BUS_VISIT, "wish": WISH, "first_day": None,
        "last_day": None, "state": RequestState.OPEN, "decided_on": None, "answer": "", "need_id": None,
    }  # fmt: skip
    return blank | columns


def _accepted(need: Need) -> dict[str, Any]:
    asked_on = need.asked_on or need.first_day - timedelta(days=20)
    return _row(
        asked_by=need.asked_by,
        asked_on=asked_on,
        letter=need.letter,
        site_id=need.site_id,
        first_day=need.first_day,
        last_day=need.last_day,
        state=RequestState.ACCEPTED,
        decided_on=asked_on + timedelta(days=4),
        answer="Đã đưa vào nhu cầu của kỳ.",
        need_id=need.id,
    )


def _island(frame: Frame, site_ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    """A school on the island asks; no road leads there."""
    facts: SiteFacts = next(one for one in service_sites() if one.code == ISLAND_SCHOOL)
    yield _row(
        asked_by=f"Ủy ban nhân dân {facts.commune}",
        asked_on=frame.today - timedelta(days=12),
        letter=_letter(facts.code),
        site_id=site_ids[facts.code],
        service=ServiceKind.ROTATION,
        wish="Đề nghị gửi sách luân chuyển ra đảo theo tàu.",
    )


def _others(frame: Frame) -> Iterator[dict[str, Any]]:
    for place, ago, state, answer in _OTHERS:
        asked_on: date = frame.today - timedelta(days=ago)
        decided = None if state is RequestState.OPEN else asked_on + timedelta(days=6)
        yield _row(
            asked_by=place, asked_on=asked_on, letter=_letter(place), place=place, state=state, decided_on=decided,
            answer=answer,
        )  # fmt: skip


def _letter(seed: str) -> str:
    return f"{generator('request', seed).randint(12, 480)}/CV (minh họa)"

"""Answers kept under a key: given again, for a day, to the same request of the same person alone."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.roles import Actor, Role
from outreach.services.kept_answers import KEPT_FOR, Answer, KeyReused, answer_before, asked_hash, keep_answer
from outreach.store.keys import KeptAnswer
from outreach.wiring import House
from tests.factories import make_organisation, make_user

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
ANSWER = Answer(201, {"Location": "/api/v1/sites/9"}, "{“tên”}".encode())
ASKED = asked_hash("POST", "/api/v1/sites", b"{}")


def person(session: Session) -> Actor:
    user = make_user(session)
    return Actor(user.id, user.organisation_id, Role.PLANNER, "Người thử")


def test_the_same_request_gets_the_same_answer(both_session: Session):
    actor = person(both_session)
    assert answer_before(both_session, actor, "k", asked=ASKED, now=NOW) is None
    keep_answer(both_session, actor, "k", ANSWER)
    assert answer_before(both_session, actor, "k", asked=ASKED, now=NOW) == ANSWER


def test_another_request_under_the_key_is_refused(session: Session):
    actor = person(session)
    answer_before(session, actor, "k", asked=ASKED, now=NOW)
    for other in (
        asked_hash("POST", "/api/v1/sites", b"[]"),
        asked_hash("POST", "/api/v1/bases", b"{}"),
        asked_hash("PUT", "/api/v1/sites", b"{}"),
    ):
        with pytest.raises(KeyReused) as refused:
            answer_before(session, actor, "k", asked=other, now=NOW)
        assert refused.value.value == "k"


def test_a_key_belongs_to_one_person(session: Session):
    for actor in (person(session), person(session)):
        assert answer_before(session, actor, "k", asked=ASKED, now=NOW) is None
        keep_answer(session, actor, "k", ANSWER)


def test_answers_are_forgotten_after_a_day(both_session: Session):
    actor = person(both_session)
    answer_before(both_session, actor, "k", asked=ASKED, now=NOW)
    keep_answer(both_session, actor, "k", ANSWER)
    later = NOW + KEPT_FOR + timedelta(seconds=1)
    assert answer_before(both_session, actor, "other", asked=ASKED, now=later) is None
    assert both_session.scalar(select(func.count(KeptAnswer.id))) == 1
    assert answer_before(both_session, actor, "k", asked=ASKED, now=later) is None


def test_of_two_at_the_same_moment_one_does_it_and_the_other_gets_its_answer(both: House):
    with both.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere).id
    with both.session(organisation_id=number) as session:
        actor = person(session)
    found: list[Answer | None] = []

    def second() -> None:
        with both.session(organisation_id=number) as session:
            found.append(answer_before(session, actor, "k", asked=ASKED, now=NOW))

    waiting = Thread(target=second)
    with both.session(organisation_id=number) as session:
        assert answer_before(session, actor, "k", asked=ASKED, now=NOW) is None
        waiting.start()  # the database lets it wait until this one is stored
        keep_answer(session, actor, "k", ANSWER)
    waiting.join(timeout=30)
    assert found == [ANSWER]

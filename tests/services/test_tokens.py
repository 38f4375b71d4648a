"""Personal tokens: who may make them, how long they live, who is behind one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, NotAllowed, NotFound, WrongState
from outreach.domain.roles import Actor, Role
from outreach.services import tokens
from outreach.services.tokens import Scope, TokenState, bearer_of, list_tokens, make_token, note_use, revoke_token
from outreach.wiring import House
from tests.factories import make_actor, make_organisation, make_user

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
BOTH = (Scope.READ, Scope.WRITE)


def person(session: Session, role: Role = Role.PLANNER) -> Actor:
    user = make_user(session, role=role)
    return Actor(user.id, user.organisation_id, user.role, user.display_name)


def test_a_token_leads_to_its_owner_and_scopes(both_session: Session):
    actor = person(both_session, Role.OFFICE)
    token = make_token(both_session, actor, name=" Trang  web ", scopes=BOTH, days=30, now=NOW)
    found = bearer_of(both_session, token, now=NOW)
    assert (found.actor.user_id, found.actor.role, found.scopes) == (actor.user_id, Role.OFFICE, set(BOTH))
    (row,) = list_tokens(both_session, actor, now=NOW)
    assert (row.name, row.hint, row.state) == ("Trang web", token[:12], TokenState.OPEN)
    assert row.expires_at == NOW + timedelta(days=30)


def test_an_unknown_token_leads_to_nobody(session: Session):
    make_token(session, person(session), name="a", scopes=BOTH, days=None, now=NOW)
    for token in ("", "otr_", "otr_" + "x" * 43, "x" * 10_000):
        assert bearer_of(session, token, now=NOW) is None


def test_a_token_ends_on_its_day_and_one_without_never_does(session: Session):
    actor = person(session)
    short = make_token(session, actor, name="a", scopes=BOTH, days=30, now=NOW)
    forever = make_token(session, actor, name="b", scopes=BOTH, days=None, now=NOW)
    later = NOW + timedelta(days=30)
    assert bearer_of(session, short, now=later - timedelta(seconds=1))
    assert bearer_of(session, short, now=later) is None
    assert bearer_of(session, forever, now=NOW + timedelta(days=10_000))
    assert [row.state for row in list_tokens(session, actor, now=later)] == [TokenState.OPEN, TokenState.EXPIRED]


def test_a_revoked_token_stays_in_the_list_and_opens_nothing(session: Session):
    actor = person(session)
    token = make_token(session, actor, name="a", scopes=BOTH, days=30, now=NOW)
    number = list_tokens(session, actor, now=NOW)[0].id
    assert revoke_token(session, actor, number, now=NOW) == "a"
    assert revoke_token(session, actor, number, now=NOW) == "a"
    assert bearer_of(session, token, now=NOW) is None
    assert list_tokens(session, actor, now=NOW)[0].state is TokenState.REVOKED


def test_nobody_sees_or_revokes_the_tokens_of_others(session: Session):
    owner, other = person(session), person(session, Role.ADMIN)
    make_token(session, owner, name="a", scopes=BOTH, days=30, now=NOW)
    number = list_tokens(session, owner, now=NOW)[0].id
    assert list_tokens(session, other, now=NOW) == ()
    with pytest.raises(NotFound):
        revoke_token(session, other, number, now=NOW)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": "  "}, "name"), ({"name": "x" * 81}, "name"), ({"days": 31}, "days"), ({"scopes": ()}, "scopes")],
)
def test_what_is_wrong_with_a_new_token_is_named(session: Session, more: dict, field: str):
    with pytest.raises(InvalidValue) as refused:
        make_token(session, person(session), **{"name": "a", "scopes": BOTH, "days": 30, "now": NOW, **more})
    assert refused.value.field == field


def test_only_people_with_an_account_make_tokens(session: Session):
    with pytest.raises(WrongState):
        make_token(session, make_actor(session), name="a", scopes=BOTH, days=30, now=NOW)
    with pytest.raises(NotAllowed):
        make_token(session, make_actor(session, Role.PUBLIC), name="a", scopes=BOTH, days=30, now=NOW)


def test_a_person_has_so_many_tokens_at_a_time(session: Session, monkeypatch):
    monkeypatch.setattr(tokens, "TOKENS_MOST", 2)
    actor = person(session)
    for days in (30, None):
        make_token(session, actor, name="a", scopes=BOTH, days=days, now=NOW)
    with pytest.raises(InvalidValue):
        make_token(session, actor, name="c", scopes=BOTH, days=30, now=NOW)
    make_token(session, actor, name="c", scopes=BOTH, days=30, now=NOW + timedelta(days=31))


def test_use_is_noted_now_and_then(both: House):
    with both.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere).id
    with both.session(organisation_id=number) as session:
        token = make_token(session, person(session), name="a", scopes=BOTH, days=30, now=NOW)
    with both.session(everywhere=True) as everywhere:
        found = bearer_of(everywhere, token, now=NOW)
        assert found.used_long_ago
        note_use(everywhere, found.token_id, now=NOW)
    with both.session(everywhere=True, write=False) as everywhere:
        assert not bearer_of(everywhere, token, now=NOW + timedelta(minutes=4)).used_long_ago
        assert bearer_of(everywhere, token, now=NOW + timedelta(minutes=6)).used_long_ago

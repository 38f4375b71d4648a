"""Needs by hand: a rhythm goes with the gaps of its need, or the field and what would be right are said."""

import pytest
from sqlalchemy.orm import Session

from outreach.services.registers.editing import RefusedRecord, save_texts
from outreach.services.registers.needs import Needs
from tests.factories import make_actor, make_base, make_site

NEEDS = Needs()


@pytest.fixture
def code(session: Session) -> str:
    return make_site(session, base=make_base(session)).code


def test_a_rhythm_is_kept_with_its_need(session: Session, code: str):
    texts = {"site_id": code, "quota": "6", "rhythm_weeks": "2", "rhythm_rule": "có", "max_gap_days": "30"}
    values = save_texts(session, make_actor(session), NEEDS, texts).record.values
    assert (values["rhythm_weeks"], values["rhythm_rule"]) == (2, True)


def test_a_need_without_a_rhythm_has_none(session: Session, code: str):
    values = save_texts(session, make_actor(session), NEEDS, {"site_id": code}).record.values
    assert (values["rhythm_weeks"], values["rhythm_rule"]) == (None, False)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"rhythm_rule": "có"}, "số tuần"),
        ({"rhythm_weeks": "0"}, "26"),
        ({"rhythm_weeks": "2", "min_gap_days": "15"}, "15 ngày"),
        ({"rhythm_weeks": "2", "max_gap_days": "13"}, "13 ngày"),
    ],
)
def test_a_rhythm_that_cannot_be_is_refused(session: Session, code: str, texts: dict[str, str], said: str):
    with pytest.raises(RefusedRecord) as refused:
        save_texts(session, make_actor(session), NEEDS, {"site_id": code, **texts})
    assert [fault.field for fault in refused.value.reading.faults] == ["rhythm_weeks"]
    assert said in str(refused.value.reading.faults[0])

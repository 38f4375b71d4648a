"""Putting away what is still needed: said first, done when said again."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from outreach.domain.times import Period
from outreach.domain.visits import PlanState
from outreach.services.intake.checking import Checker
from outreach.services.intake.verdicts import Verdict
from outreach.services.registers.catalogue import register_called
from outreach.services.registers.editing import RefusedRecord, StillNeeded, archive_record, record_of, save_texts
from outreach.services.registers.lookups import Lookups
from tests.factories import make_actor, make_base, make_need, make_plan, make_site, make_vehicle, make_visit

TODAY = date.today()
AROUND = Period(TODAY - timedelta(days=30), TODAY + timedelta(days=30))


def planned(session: Session, *days: int, state: PlanState = PlanState.PUBLISHED):
    """A site and a vehicle that meet so many days from today."""
    base = make_base(session)
    site, vehicle = make_site(session, base=base), make_vehicle(session, base=base)
    plan, need = make_plan(session, state=state, period=AROUND), make_need(session, site=site, period=AROUND)
    for day in days:
        make_visit(session, plan=plan, vehicle=vehicle, day=TODAY + timedelta(days=day), needs=[need])
    return {"sites": site.id, "vehicles": vehicle.id, "bases": base.id}


@pytest.mark.parametrize("name", ["sites", "vehicles"])
def test_visits_to_come_of_a_published_plan_are_said_with_their_days(both_session: Session, name):
    number = planned(both_session, -3, 2, 4, 5, 6, 7, 8)[name]
    register, actor = register_called(name), make_actor(both_session)
    with pytest.raises(StillNeeded) as needed:
        archive_record(both_session, actor, register, number, version=1, active=False)
    assert f"{TODAY + timedelta(days=2):%d/%m/%Y}" in str(needed.value)
    assert "(+1)" in str(needed.value)
    assert f"{TODAY - timedelta(days=3):%d/%m/%Y}" not in str(needed.value)
    assert record_of(both_session, register, number).values["active"]
    with pytest.raises(RefusedRecord) as refused:
        save_texts(both_session, actor, register, {"active": "không"}, record_id=number, version=1)
    assert [fault.field for fault in refused.value.reading.faults] == ["active"]
    assert not archive_record(both_session, actor, register, number, version=1, active=False, forced=True).values[
        "active"
    ]


@pytest.mark.parametrize(
    ("days", "state"), [((-1,), PlanState.PUBLISHED), ((2,), PlanState.DRAFT), ((2,), PlanState.CLOSED)]
)
def test_what_is_past_or_not_published_stands_in_nobodys_way(session: Session, days, state):
    number = planned(session, *days, state=state)["sites"]
    archived = archive_record(session, make_actor(session), register_called("sites"), number, version=1, active=False)
    assert not archived.values["active"]


def test_a_base_to_which_something_in_use_belongs_is_put_away_last(session: Session):
    numbers, actor = planned(session), make_actor(session)
    for name in ("vehicles", "sites"):
        with pytest.raises(StillNeeded, match="Cơ sở này còn"):
            archive_record(session, actor, register_called("bases"), numbers["bases"], version=1, active=False)
        archive_record(session, actor, register_called(name), numbers[name], version=1, active=False)
    base = archive_record(session, actor, register_called("bases"), numbers["bases"], version=1, active=False)
    assert not base.values["active"]


@pytest.mark.parametrize("name", ["sites", "vehicles"])
def test_a_sheet_does_not_put_away_what_is_promised(session: Session, name):
    number = planned(session, 3)[name]
    register = register_called(name)
    key = register.key[0]
    text = register.texts_of(record_of(session, register, number).values, Lookups(session))[key]
    for cell, verdict in (("không", Verdict.WRONG), ("có", Verdict.SAME), ("hả", Verdict.WRONG)):
        checker = Checker(register, {0: key, 1: "active"}, clear=False)
        checker.look(session, [(2, [text, cell])])
        (found,) = checker.check(session, [(2, [text, cell])])
        assert found.verdict is verdict
        assert [fault.field for fault in found.faults] == (["active"] if verdict is Verdict.WRONG else [])

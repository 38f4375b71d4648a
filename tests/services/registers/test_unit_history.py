"""What became of a unit, seen from both sides."""

from datetime import date

from sqlalchemy.orm import Session

from outreach.services.registers.unit_history import unit_history
from outreach.store.organisations import AdminUnitChange
from tests.factories import make_site, make_unit

DAY = date(2025, 7, 1)


def change(session: Session, old, new, *, whole: bool = True) -> None:
    session.add(
        AdminUnitChange(
            organisation_id=old.organisation_id, old_unit_id=old.id, new_unit_id=new.id, whole=whole,
            decree="NQ 1", day=DAY,
        )
    )  # fmt: skip
    session.flush()


def test_a_unit_knows_what_it_was_made_of_and_what_became_of_it(both_session: Session):
    first = make_unit(both_session, name="Xã Đại Lãnh", valid_to=date(2025, 6, 30))
    second = make_unit(both_session, name="Xã Ân Hảo", valid_to=date(2025, 6, 30))
    new = make_unit(both_session, name="Xã Mới")
    change(both_session, first, new)
    change(both_session, second, new, whole=False)
    make_site(both_session, commune=new)
    made = unit_history(both_session, new.id)
    assert [(step.name, step.whole) for step in made.before] == [("Xã Ân Hảo", False), ("Xã Đại Lãnh", True)]
    assert (made.after, made.sites) == ((), 1)
    (became,) = unit_history(both_session, first.id).after
    assert (became.unit_id, became.decree, became.day) == (new.id, "NQ 1", DAY)


def test_a_unit_that_never_changed_has_no_history(session: Session):
    unit = make_unit(session)
    assert unit_history(session, unit.id).before == unit_history(session, unit.id).after == ()

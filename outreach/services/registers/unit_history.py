"""What an administrative unit was made of, and what became of it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from outreach.domain.names import sort_key
from outreach.store.organisations import AdminUnit, AdminUnitChange
from outreach.store.sites import Site

_Old, _New = aliased(AdminUnit), aliased(AdminUnit)


@dataclass(frozen=True, slots=True)
class Step:
    """One change: the unit on its other side, whether all of the old one went over, and by which decree."""

    unit_id: int
    name: str
    whole: bool
    decree: str
    day: date


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """The units before and behind one, in the order of their names, and the sites in it."""

    before: tuple[Step, ...]
    after: tuple[Step, ...]
    sites: int


def unit_history(session: Session, unit_id: int) -> UnitHistory:
    """The history of a unit of this library; nothing for one that was never changed."""
    change = AdminUnitChange
    asked = (
        select(change.old_unit_id, change.new_unit_id, change.whole, change.decree, change.day, _Old.name, _New.name)
        .join(_Old, _Old.id == change.old_unit_id)
        .join(_New, _New.id == change.new_unit_id)
        .where(or_(change.old_unit_id == unit_id, change.new_unit_id == unit_id))
    )
    before, after = [], []
    for old_id, new_id, whole, decree, day, old_name, new_name in session.execute(asked):
        if new_id == unit_id:
            before.append(Step(old_id, old_name, whole, decree, day))
        else:
            after.append(Step(new_id, new_name, whole, decree, day))
    inside = or_(Site.admin_unit_id == unit_id, Site.former_unit_id == unit_id)
    sites = session.scalar(select(func.count(Site.id)).where(Site.active.is_(True), inside)) or 0
    return UnitHistory(_in_order(before), _in_order(after), sites)


def _in_order(steps: list[Step]) -> tuple[Step, ...]:
    return tuple(sorted(steps, key=lambda step: (step.day, sort_key(step.name))))

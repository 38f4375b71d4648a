"""How columns with the same headings were understood the last time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.visits import IntakeState
from outreach.services.intake.columns import FAULT_KEYS, Mapping_, heading_keys
from outreach.services.intake.steps import mapping_of
from outreach.services.registers.register import Register
from outreach.store.intakes import Intake

LOOKED_AT = 30  # intakes; an older habit is asked for anew
KEPT = (IntakeState.READY, IntakeState.WRITING, IntakeState.APPLIED, IntakeState.UNDONE)


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice that led to a preview or further."""

    mapping: Mapping_
    clear: bool


def last_choice(session: Session, register: Register, headings: Sequence[str]) -> Choice | None:
    """The newest one for these headings in this order; None when it no longer fits the register.

    The column of faults that a sheet to mend begins with does not count.
    """
    places = _places(headings)
    keys = [key for _, key in places]
    names = {field.name for field in register.fields}
    asked = (
        select(Intake)
        .where(Intake.register == register.name, Intake.state.in_(KEPT))
        .order_by(Intake.id.desc())
        .limit(LOOKED_AT)
    )
    for intake in session.scalars(asked):
        before = _places(intake.facts.get("headings", ()))
        mapping = mapping_of(intake)
        if [key for _, key in before] == keys and names >= set(mapping.values()):
            moved = {old: new for (old, _), (new, _) in zip(before, places, strict=True)}
            return Choice(
                {moved[index]: name for index, name in mapping.items() if index in moved},
                bool(intake.facts.get("clear")),
            )
    return None


def _places(headings: Sequence[str]) -> list[tuple[int, str]]:
    """Each column with its heading as it is compared, without the column of faults."""
    return [(index, key) for index, key in enumerate(heading_keys(headings)) if key not in FAULT_KEYS]

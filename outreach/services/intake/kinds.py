"""What can be brought in as a sheet: every register, and a timetable that becomes a plan."""

from outreach.domain.errors import NotFound
from outreach.services.registers.catalogue import REGISTERS
from outreach.services.registers.register import Register
from outreach.services.timetable_intake.sheet import Timetable

TIMETABLE = Timetable.name
KINDS: dict[str, Register] = {**REGISTERS, TIMETABLE: Timetable()}


def kind_called(name: str) -> Register:
    """The kind of sheet with this name; raises NotFound."""
    found = KINDS.get(name)
    if found is None:
        raise NotFound("Không có danh sách “{name}”.", name=name)
    return found

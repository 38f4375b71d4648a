"""All registers, by the name that command line, addresses and API use."""

from outreach.domain.errors import NotFound
from outreach.services.registers.absences import StaffDays, VehicleDays
from outreach.services.registers.bases import Bases
from outreach.services.registers.calendars import CalendarDays, Terms
from outreach.services.registers.fleet import Staff, Vehicles
from outreach.services.registers.needs import Needs
from outreach.services.registers.register import Register
from outreach.services.registers.requests import Requests
from outreach.services.registers.sites import Sites
from outreach.services.registers.unit_changes import UnitChanges
from outreach.services.registers.units import Units
from outreach.services.registers.visits import Visits

# in the order in which an empty library fills them: each names rows only of those before it
_IN_ORDER: tuple[Register, ...] = (
    Bases(), Vehicles(), VehicleDays(), Staff(), StaffDays(), CalendarDays(), Terms(), Units(), UnitChanges(),
    Sites(), Needs(), Visits(), Requests(),
)  # fmt: skip
REGISTERS: dict[str, Register] = {register.name: register for register in _IN_ORDER}


def register_called(name: str) -> Register:
    """The register with this name; raises NotFound."""
    found = REGISTERS.get(name)
    if found is None:
        raise NotFound("Không có danh sách “{name}”.", name=name)
    return found

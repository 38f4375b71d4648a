"""All registers, by the name that command line, addresses and API use."""

from outreach.domain.errors import NotFound
from outreach.services.registers.bases import Bases
from outreach.services.registers.needs import Needs
from outreach.services.registers.register import Register
from outreach.services.registers.sites import Sites

# in the order in which an empty library fills them: each names rows only of those before it
REGISTERS: dict[str, Register] = {register.name: register for register in (Bases(), Sites(), Needs())}


def register_called(name: str) -> Register:
    """The register with this name; raises NotFound."""
    found = REGISTERS.get(name)
    if found is None:
        raise NotFound("Không có danh sách “{name}”.", name=name)
    return found

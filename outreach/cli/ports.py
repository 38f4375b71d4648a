"""The port that the server asks for first."""

from outreach.domain.errors import InvalidValue
from outreach.settings import Settings


def first_port(settings: Settings) -> int:
    """The first port to try; raises InvalidValue when OUTREACH_PORT is none."""
    if not settings.port.isdecimal() or not 1 <= int(settings.port) <= 65_535:
        raise InvalidValue("OUTREACH_PORT={value} không phải cổng từ 1 đến 65535.", field="port", value=settings.port)
    return int(settings.port)

"""Cells that were checked, turned back into values; the same cell is read once."""

from collections.abc import Mapping

from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register, Values

KEPT_MOST = 20_000  # cells remembered
LONGEST = 120  # longer ones hardly come twice


class CellReader:
    """Reads cells that the same fields wrote."""

    def __init__(self, register: Register, looks: Lookups) -> None:
        self._fields = {field.name: field for field in register.kept}
        self._looks = looks
        self._known: dict[tuple[str, str], object] = {}

    def values(self, texts: Mapping[str, str]) -> Values:
        """The values of some cells; raises InvalidValue for one that can no longer be read."""
        return {name: self._value(name, text) for name, text in texts.items()}

    def _value(self, name: str, text: str) -> object:
        key = (name, text)
        if key in self._known:
            return self._known[key]
        value = self._fields[name].value_of(text, self._looks)
        if len(text) <= LONGEST and len(self._known) < KEPT_MOST:
            self._known[key] = value
        return value

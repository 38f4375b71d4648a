"""The one family of errors: a stable code, a sentence to translate and the values it speaks of."""

from collections.abc import Sequence


class OutreachError(Exception):
    """A named failure a person can act on.

    `message` is the Vietnamese source sentence with {named} places; the edge translates it and
    fills in `values`. Nothing below the web knows an HTTP status.
    """

    code = "error"

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message.format(**self.values)


class InvalidValue(OutreachError):
    """What came in is wrong; `field` names it, `value` shows it, the sentence says what would be right."""

    code = "invalid-value"

    def __init__(self, message: str, *, field: str, value: object = None, **values: object) -> None:
        super().__init__(message, field=field, value=value, **values)
        self.field = field
        self.value = value

    @property
    def more(self) -> dict[str, object]:
        """What the sentence speaks of besides field and value."""
        return {name: value for name, value in self.values.items() if name not in ("field", "value")}

    def about(self, field: str, *, value: object) -> "InvalidValue":
        """The same fault under the name and with the value that a reader knows."""
        return InvalidValue(self.message, field=field, value=value, **self.more)


class SeveralFaults(InvalidValue):
    """Several faults at once; speaks with the words of the first, `faults` (not empty) holds them all."""

    def __init__(self, faults: Sequence[InvalidValue]) -> None:
        first = faults[0]
        super().__init__(first.message, field=first.field, value=first.value, **first.more)
        self.faults = tuple(faults)


class NotFound(OutreachError):
    """No such thing in this organisation."""

    code = "not-found"


class NotAllowed(OutreachError):
    """The person's role may not do this."""

    code = "not-allowed"


class StaleEdit(OutreachError):
    """Somebody else saved a newer version first."""

    code = "stale-edit"


class WrongState(OutreachError):
    """The thing is in a state in which this cannot be done."""

    code = "wrong-state"


class BrokenPlan(OutreachError):
    """The judge found broken rules: the plan is neither saved nor shown."""

    code = "broken-plan"


class Unavailable(OutreachError):
    """Something the work needs is not there: a folder, a port, the database, the disk."""

    code = "unavailable"

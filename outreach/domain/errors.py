"""The one family of errors: a stable code, a sentence to translate and the values it speaks of."""


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

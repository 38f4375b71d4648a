"""Whole numbers from addresses and forms, no larger than a database can look for."""

from flask import Flask
from werkzeug.routing import IntegerConverter

DIGITS = 9


class Number(IntegerConverter):
    """`<int:...>` in an address; a longer number is an address that does not exist."""

    regex = rf"\d{{1,{DIGITS}}}"


def whole(text: str) -> int:
    """`text` as a whole number for `request.args.get(..., type=whole)`; ValueError, so the default, if too long."""
    if len(text.strip()) > DIGITS:
        raise ValueError(f"more than {DIGITS} digits")
    return int(text)


def install(app: Flask) -> None:
    """Use `Number` for every `<int:...>`."""
    app.url_map.converters["int"] = Number

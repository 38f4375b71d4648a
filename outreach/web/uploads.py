"""Routes that take files: the one place where more than the usual size may come in."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

A_MEGABYTE = 1_048_576
FILE_MOST = 50 * A_MEGABYTE
AROUND_IT = A_MEGABYTE  # the other fields of the form
PASTED_MOST = 8 * A_MEGABYTE

View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """Let a route take a file of 50 MB, or a table pasted into a field."""
    view.__takes_files__ = True  # type: ignore[attr-defined]
    return view


def _widen() -> None:
    """Before anybody reads the form: its size is judged when it is first read."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method == "POST" and getattr(view, "__takes_files__", False):
        request.max_content_length = FILE_MOST + AROUND_IT
        request.max_form_memory_size = PASTED_MOST


def install(app: Flask) -> None:
    """Must come before everything that reads a form."""
    app.before_request(_widen)

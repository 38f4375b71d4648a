"""What a plan was made with: the same problem, seed and rounds give it again only with the same of these."""

import platform
from functools import cache
from importlib.metadata import version

from outreach import __version__
from outreach.routing.kernel.fingerprint import fingerprint

LIBRARIES = ("numba", "numpy", "ortools")


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """Names and versions; of the compiled search the fingerprint of its sources."""
    return (
        ("outreach", __version__),
        ("python", platform.python_version()),
        *((name, version(name)) for name in LIBRARIES),
        ("kernel", fingerprint()),
    )

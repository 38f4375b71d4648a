"""The one decorator of the kernel: compiled by numba, kept on disk, free of Python's lock.

numba's own cache looks at the file of a function and not at those of the functions it calls, so that a change in
another file would go unnoticed. Here the folder's name is the hash of the kernel's fingerprint, of numba and of the
processor: other sources, another folder.
"""

import hashlib
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba

from outreach.routing.kernel.fingerprint import fingerprint

VARIABLE = "OUTREACH_KERNEL_CACHE"


def cache_folder(base: Path, sources: Path = Path(__file__).parent) -> Path:
    """The folder under `base` for what is compiled from the kernel in `sources` on this machine."""
    seen = hashlib.sha256()
    cpu = llvmlite.binding.get_host_cpu_name()
    for part in (numba.__version__, platform.python_version(), cpu, fingerprint(sources)):
        seen.update(part.encode())
    return base / seen.hexdigest()[:16]


def _base() -> Path:
    return Path(os.environ.get(VARIABLE) or Path.home() / ".cache" / "outreach" / "kernel")


FOLDER = cache_folder(_base())
numba.config.CACHE_DIR = str(FOLDER)  # type: ignore[attr-defined]
LAST = "anneal"  # the function that calls all the others: on disk after them


def is_cold() -> bool:
    """Whether the search must be compiled first, which takes some twenty seconds."""
    return not any(FOLDER.glob(f"*/{LAST}.{LAST}-*.nbi"))


def compiled(function: Callable[..., Any]) -> Any:
    """`function` as machine code; whole numbers divide as numpy does it."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)

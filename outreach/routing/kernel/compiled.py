"""The one decorator of the kernel: compiled by numba, kept on disk, free of Python's lock.

numba's own cache looks at the file of a function and not at those of the functions it calls, so that a change in
another file would go unnoticed. Here the folder's name is the hash of all files of the kernel, of numba and of the
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

VARIABLE = "OUTREACH_KERNEL_CACHE"


def cache_folder(base: Path, sources: Path = Path(__file__).parent) -> Path:
    """The folder under `base` for what is compiled from the kernel in `sources` on this machine."""
    seen = hashlib.sha256()
    for part in (numba.__version__, platform.python_version(), llvmlite.binding.get_host_cpu_name()):
        seen.update(part.encode())
    for path in sorted(sources.glob("*.py")):
        seen.update(path.name.encode() + path.read_bytes())
    return base / seen.hexdigest()[:16]


def _base() -> Path:
    return Path(os.environ.get(VARIABLE) or Path.home() / ".cache" / "outreach" / "kernel")


numba.config.CACHE_DIR = str(cache_folder(_base()))  # type: ignore[attr-defined]


def compiled(function: Callable[..., Any]) -> Any:
    """`function` as machine code; whole numbers divide as numpy does it."""
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)

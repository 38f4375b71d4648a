"""The repository's own files, as the tests of the house read them."""

from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LEFT_OUT = {".git", ".venv", "instance", "build", "screenshots", "__pycache__", "node_modules"}
BINARY = {".png", ".jpg", ".woff2", ".mo", ".ico", ".gz", ".db"}


def project_files(*suffixes: str) -> Iterator[Path]:
    """Every file of the repository whose name ends with one of `suffixes` (none: every text file)."""
    for path in sorted(PROJECT.rglob("*")):
        parts = path.relative_to(PROJECT).parts
        if not path.is_file() or any(p in LEFT_OUT or p.endswith(("_cache", ".egg-info")) for p in parts):
            continue
        if ".hypothesis" in parts or path.suffix in BINARY:
            continue
        if not suffixes or path.suffix in suffixes:
            yield path


def name_of(path: Path) -> str:
    """The path inside the repository."""
    return path.relative_to(PROJECT).as_posix()

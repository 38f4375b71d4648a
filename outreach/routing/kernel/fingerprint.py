"""The kernel's sources as one word: equal words, equal search."""

import hashlib
from pathlib import Path


def fingerprint(sources: Path = Path(__file__).parent) -> str:
    """The hash of all files of the kernel in `sources`."""
    seen = hashlib.sha256()
    for path in sorted(sources.glob("*.py")):
        seen.update(path.name.encode() + path.read_bytes())
    return seen.hexdigest()[:12]

"""Turns at something that may be asked only so often: one line for all processes of an installation."""

import struct
import sys
from pathlib import Path
from typing import IO

from outreach.domain.errors import Unavailable

STALE_S = 60  # a turn farther ahead than this was written before the clock was set back

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)


def take_turn(file: Path, *, every_s: float, patience_s: float, now_s: float) -> float:
    """Seconds to wait from `now_s` (of the wall clock) until the turn that is now ours.

    The file holds the moment of the last turn given away; it is locked only while it is read and
    written, so nobody waits behind a slow answer. Raises Unavailable when the line is longer than
    `patience_s` (no turn is taken then), or when the file cannot be written.
    """
    try:
        with file.open("a+b") as held:
            _lock(held)
            return _next_turn(held, every_s=every_s, patience_s=patience_s, now_s=now_s)
    except OSError as error:
        raise Unavailable(
            "Không ghi được vào thư mục dữ liệu {folder}: {why}",
            folder=str(file.parent),
            why=error.strerror or str(error),
        ) from error


def _next_turn(held: IO[bytes], *, every_s: float, patience_s: float, now_s: float) -> float:
    held.seek(0)
    written = held.read(8)
    last: float = struct.unpack("<d", written)[0] if len(written) == 8 else 0.0
    if not last < now_s + STALE_S:  # also what is no number
        last = 0.0
    turn = max(now_s, last + every_s)
    if turn - now_s > patience_s:
        raise Unavailable("Nhiều người đang tìm cùng lúc. Xin thử lại sau vài giây.")
    held.seek(0)
    held.truncate()
    held.write(struct.pack("<d", turn))
    return turn - now_s

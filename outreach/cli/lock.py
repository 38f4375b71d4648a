"""One server and one worker to a folder: a file held locked as long as the process lives."""

import sys
from pathlib import Path
from typing import IO

from outreach.domain.errors import Unavailable

if sys.platform == "win32":
    import msvcrt

    def _seize(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _seize(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def hold(folder: Path, name: str) -> IO[bytes]:
    """Hold `name` in `folder` until the process ends, however it ends; raises Unavailable when somebody has it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / f"{name}.lock").open("a+b")
    except OSError as error:
        raise Unavailable(
            "Không ghi được vào thư mục dữ liệu {folder}: {why}", folder=str(folder), why=error.strerror or str(error)
        ) from error
    try:
        _seize(file)
    except OSError as error:
        file.close()
        raise Unavailable(
            "Outreach đang chạy với thư mục {folder}. Mỗi thư mục chỉ một máy chủ; xin dừng máy kia hoặc đặt "
            "OUTREACH_INSTANCE sang thư mục khác.",
            folder=str(folder),
        ) from error
    return file

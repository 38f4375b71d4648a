"""The installation's own secret, made at the first run and kept in the instance folder."""

import os
import secrets as random_bytes
from pathlib import Path

from outreach.domain.errors import Unavailable
from outreach.settings import Settings

FILE = "secret.key"
LENGTH = 64  # hexadecimal digits: 32 bytes


def secret_key(settings: Settings) -> str:
    """The key that signs form cookies; only the owner of the folder may read its file."""
    path = settings.instance_folder / FILE
    try:
        found = _read(path)
        if found is None:
            settings.instance_folder.mkdir(parents=True, exist_ok=True)
            found = _make(path)
    except OSError as error:
        raise Unavailable(
            "Không đọc hay ghi được tệp khóa {path}: {why}", path=str(path), why=error.strerror or str(error)
        ) from error
    if len(found) < LENGTH:
        raise Unavailable("Tệp khóa {path} bị hỏng. Xin xóa tệp này rồi khởi động lại.", path=str(path))
    return found


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None


def _make(path: Path) -> str:
    """Write a new key beside and put it in place whole, so that a crash leaves no half a key."""
    beside = path.with_name(f"{FILE}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(random_bytes.token_hex(LENGTH // 2))
    beside.replace(path)
    return path.read_text(encoding="ascii").strip()

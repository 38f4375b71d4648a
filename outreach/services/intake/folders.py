"""Where the files of an intake lie until it has ended: a folder of its own, never under the name the sender gave."""

import secrets
import shutil
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from outreach.settings import Settings

NAME_MOST = 200
PASTED = "bảng dán"


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one intake."""

    path: Path

    @property
    def source(self) -> Path:
        """The file as it was sent."""
        return self.path / "source"

    @property
    def rows(self) -> Path:
        """Its rows as they were read."""
        return self.path / "rows"

    def verdicts(self, name: str) -> Path:
        """The rows of one verdict."""
        return self.path / f"verdicts-{name}"

    def remove(self) -> None:
        """Everything is gone; what is gone already does no harm."""
        shutil.rmtree(self.path, ignore_errors=True)


def new_folder(settings: Settings) -> Folder:
    """An empty folder that only the server can read."""
    folder = folder_called(settings, secrets.token_hex(16))
    folder.path.mkdir(parents=True, mode=0o700)
    return folder


def folder_called(settings: Settings, token: str) -> Folder:
    """The folder with this token."""
    return Folder(_home(settings) / token)


def remove_strays(settings: Settings, known: frozenset[str], *, older_than_s: float) -> int:
    """Remove folders that belong to no intake and are older; returns how many."""
    gone = 0
    home = _home(settings)
    for path in home.iterdir() if home.is_dir() else ():
        if path.name not in known and time.time() - path.stat().st_mtime > older_than_s:
            Folder(path).remove()
            gone += 1
    return gone


def _home(settings: Settings) -> Path:
    return settings.instance_folder / "intakes"


def tidy_file_name(name: str | None) -> str:
    """The name of a file as a person gave it, fit to be shown: no folders, nothing invisible, of bearable length."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in unicodedata.normalize("NFC", last) if char.isprintable())
    return " ".join(shown.split())[:NAME_MOST] or PASTED

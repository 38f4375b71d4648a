"""What became of each row of a sheet, in files: one for each verdict, read page by page whatever their length."""

import json
from array import array
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from dataclasses import field as column
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import IO

from outreach.domain.errors import InvalidValue
from outreach.i18n import translate
from outreach.services.intake.folders import Folder
from outreach.services.registers.register import Note


class Verdict(StrEnum):
    """What a row of a sheet is to the register."""

    WRONG = "wrong"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


LISTS = tuple(verdict.value for verdict in Verdict)
GROUPS_MOST = 5_000  # different notes that are kept
EXAMPLES = 5  # rows that are told with each


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about a field: a Vietnamese source text with {named} places, told in the reader's language."""

    field: str
    message: str
    value: str = ""
    values: Mapping[str, object] = column(default_factory=dict)

    def __str__(self) -> str:
        return translate(self.message, **{"value": self.value, **self.values})


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """One row. `texts` are the cells of a new row that say something, those that change, or those of a wrong row;
    `before` the cells they replace. `id` and `version` are of the row that is there.
    """

    row: int
    verdict: Verdict
    subject: str
    texts: Mapping[str, str] = column(default_factory=dict)
    before: Mapping[str, str] = column(default_factory=dict)
    id: int | None = None
    version: int | None = None
    faults: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """One note with the rows that carry it: how many, and the first of them."""

    note: Said
    count: int
    rows: tuple[int, ...]


def said_of_fault(fault: InvalidValue) -> Said:
    """The sentence of a fault."""
    return Said(fault.field, fault.message, "" if fault.value is None else str(fault.value), fault.more)


def said_of_note(note: Note) -> Said:
    """The sentence of a note."""
    return Said(note.field, note.message, values=note.values)


class VerdictWriter:
    """Writes the verdicts of a sheet. Use as a context manager; `counts` counts them and the rows with notes."""

    def __init__(self, folder: Folder) -> None:
        self.counts = {**dict.fromkeys(LISTS, 0), "noted": 0}
        self._groups: dict[str, tuple[Said, list[int]]] = {}
        self._folder = folder
        self._starts = {name: array("Q") for name in LISTS}
        self._ends = dict.fromkeys(LISTS, 0)
        self._stack = ExitStack()

    def __enter__(self) -> "VerdictWriter":
        self._files: dict[str, IO[bytes]] = {
            name: self._stack.enter_context(self._folder.verdicts(name).open("wb")) for name in LISTS
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        for name, starts in self._starts.items():
            _index(self._folder, name).write_bytes(starts.tobytes())
        groups = sorted(self._groups.values(), key=lambda group: -group[1][0])
        lines = [_encode([_plain(note), count, rows]) for note, (count, *rows) in groups]
        _groups_file(self._folder).write_text("\n".join(lines), encoding="utf-8")

    def write(self, found: RowVerdict) -> None:
        """Add one row."""
        name = found.verdict.value
        self._starts[name].append(self._ends[name])
        self._ends[name] += self._files[name].write(_encoded(found))
        self.counts[name] += 1
        self.counts["noted"] += bool(found.notes)
        for note in found.notes:
            self._group(note, found.row)

    def _group(self, note: Said, row: int) -> None:
        key = f"{note.field}\0{note.message}\0{note.values}"
        if key not in self._groups and len(self._groups) >= GROUPS_MOST:
            return
        _, rows = self._groups.setdefault(key, (note, [0]))
        rows[0] += 1  # how many; behind it the first of them
        if len(rows) <= EXAMPLES:
            rows.append(row)


def read_page(folder: Folder, name: str, *, page: int, size: int) -> tuple[RowVerdict, ...]:
    """One page of the rows of a verdict, from page 1; empty behind the last."""
    starts = array("Q")
    index = _index(folder, name)
    if not index.exists():
        return ()
    starts.frombytes(index.read_bytes())
    first = (max(page, 1) - 1) * size
    if first >= len(starts):
        return ()
    with folder.verdicts(name).open("rb") as file:
        file.seek(starts[first])
        return tuple(_decoded(line) for line in islice(file, size))


def read_all(folder: Folder, name: str) -> Iterator[RowVerdict]:
    """All rows of a verdict, one by one."""
    with folder.verdicts(name).open("rb") as file:
        for line in file:
            yield _decoded(line)


def read_groups(folder: Folder) -> tuple[NoteGroup, ...]:
    """The notes of all rows, the most frequent first."""
    path = _groups_file(folder)
    if not path.exists():
        return ()
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return tuple(NoteGroup(Said(*note), count, tuple(rows)) for note, count, rows in found)


def _groups_file(folder: Folder) -> Path:
    return folder.verdicts("notes")


def _index(folder: Folder, name: str) -> Path:
    """Where each row of the verdict begins."""
    return folder.verdicts(name).with_suffix(".index")


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def _encoded(found: RowVerdict) -> bytes:
    return (
        _encode(
            [
                found.row,
                found.verdict.value,
                found.subject,
                found.texts,
                found.before,
                found.id,
                found.version,
                [_plain(one) for one in found.faults],
                [_plain(one) for one in found.notes],
            ]
        )
        + "\n"
    ).encode("utf-8", "replace")


def _plain(one: Said) -> list[object]:
    return [one.field, one.message, one.value, dict(one.values)]


def _decoded(line: bytes) -> RowVerdict:
    row, verdict, subject, texts, before, number, version, faults, notes = json.loads(line)
    return RowVerdict(
        row,
        Verdict(verdict),
        subject,
        texts,
        before,
        number,
        version,
        tuple(Said(*one) for one in faults),
        tuple(Said(*one) for one in notes),
    )

"""A sheet read in a process of its own: the file may be anything, the server stays whole."""

import json
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from outreach.domain.errors import InvalidValue, Unavailable
from outreach.exchange.parsing import part_of
from outreach.exchange.sheets import MB, ReadLimits, SheetFacts
from outreach.i18n import number
from outreach.settings import PROJECT

__all__ = ["ReadLimits", "SheetFacts", "read_rows", "read_sheet"]

LIMITS = ReadLimits()
LARGE = 10 * MB  # a file that may take twice the time: 100,000 rows of 20 cells as Excel saves them
log = logging.getLogger("outreach.exchange")

COMMAND = (sys.executable, "-m", "outreach.exchange.child")
# A Ctrl-C in the console belongs to the server alone.
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
# what a Python needs to start; secrets of the server are not for a process that reads strangers' files
PASSED_ON = ("PATH", "PYTHONPATH", "SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


def read_sheet(
    source: Path,
    target: Path,
    *,
    file_name: str,
    limits: ReadLimits = LIMITS,
    told: Callable[[int], None] | None = None,
) -> SheetFacts:
    """Read `source` (CSV, TSV or XLSX, whatever `file_name` says) and write its rows to `target`, for `read_rows`.

    `told` hears how many rows are there so far. Raises InvalidValue with a sentence that helps; then there is no
    `target`.
    """
    size = source.stat().st_size
    if size > limits.bytes:
        raise InvalidValue(
            "Tệp “{file_name}” lớn hơn {limit} MB. Hãy chia thành nhiều tệp, hoặc bỏ hình ảnh và trang tính thừa.",
            field="file",
            value=file_name,
            file_name=file_name,
            limit=number(limits.bytes / MB),
        )
    question = {
        "source": str(source),
        "target": str(target),
        "file_name": file_name,
        "limits": {name: getattr(limits, name) for name in ReadLimits.__slots__},
    }
    seconds = min(limits.seconds_most, limits.seconds * (1 + size / LARGE))
    try:
        return _ask(question, seconds, told or _not_told)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        part_of(target).unlink(missing_ok=True)


def read_rows(target: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file written by `read_sheet`: number in the sheet, one text for each heading."""
    with target.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            row, cells = json.loads(line)
            yield row, cells


class _Reader:
    """The process that reads one file. Use as a context manager: at the end of the block it is gone."""

    def __init__(self, question: dict[str, Any]) -> None:
        # a file, not a pipe: nobody has to empty it
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
        known = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                encoding="utf-8",
                # one arena: each further one would reserve 64 MB of the address space that is limited
                env={**known, "PYTHONPATH": path, "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "1"},
                creationflags=NEW_GROUP,
                start_new_session=True,
            )
        except OSError as error:
            self._errors.close()
            raise Unavailable("Máy chủ đang quá bận nên chưa đọc được tệp. Xin thử lại sau một phút.") from error
        self._lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._put(question)

    def __enter__(self) -> "_Reader":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._listener.join(timeout=5)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._errors.close()

    def hear(self, timeout_s: float) -> dict[str, Any] | None:
        """The next answer; None after the last. Raises queue.Empty when `timeout_s` pass without a word."""
        return self._lines.get(timeout=max(timeout_s, 0.001))

    def last_words(self) -> str:
        """How the process ended and the end of what it wrote to its error output, for the log."""
        code = self._process.wait(timeout=5)
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - 4_000))
        return f"exit code {code}\n{self._errors.read().decode('utf-8', 'replace')}"

    def _put(self, question: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()  # and left open: when it closes, the child ends
        except OSError:
            return  # it died first; the reader of its output finds out

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)


def _not_told(_rows: int) -> None:
    return


def _ask(question: dict[str, Any], seconds: float, told: Callable[[int], None]) -> SheetFacts:
    deadline = time.monotonic() + seconds
    name = question["file_name"]
    with _Reader(question) as reader:
        while True:
            try:
                answer = reader.hear(deadline - time.monotonic())
            except queue.Empty:
                raise InvalidValue(
                    "Đọc tệp “{file_name}” quá {limit} giây nên đã dừng. Hãy chia thành nhiều tệp nhỏ hơn, "
                    "hoặc chép riêng bảng cần nhập sang một tệp mới.",
                    field="file",
                    value=name,
                    file_name=name,
                    limit=number(seconds),
                ) from None
            if answer is None:
                log.error("the reader of a sheet ended without an answer: %s", reader.last_words())
                raise InvalidValue(
                    "Không đọc được tệp “{file_name}”: tệp bị hỏng hoặc quá lớn. Hãy mở bằng Excel, lưu lại "
                    "dạng .xlsx hoặc .csv rồi gửi lại.",
                    field="file",
                    value=name,
                    file_name=name,
                )
            if "facts" in answer:
                return _facts(answer["facts"])
            if "error" in answer:
                raise _error(answer["error"])
            told(answer["rows"])


def _facts(known: dict[str, Any]) -> SheetFacts:
    return SheetFacts(**{**known, "headings": tuple(known["headings"]), "notes": tuple(known["notes"])})


def _error(said: dict[str, Any]) -> InvalidValue | Unavailable:
    values = dict(said["values"])
    if isinstance(values.get("limit"), int):
        values["limit"] = number(values["limit"])
    if said["code"] == Unavailable.code:
        return Unavailable(said["message"], **values)
    return InvalidValue(said["message"], **values)

"""The solver in a process of its own: fed once, heard line by line, ended by closing its input or by force."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from outreach.settings import PROJECT

# A Ctrl-C in the console belongs to the server alone; the child ends when its input closes.
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
COMMAND = (sys.executable, "-m", "outreach.routing.child")


class SolverChild:
    """One solve. Use as a context manager: at the end of the block the process is gone."""

    def __init__(self, question: Mapping[str, Any], *, kernel_cache: Path) -> None:
        path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "OUTREACH_KERNEL_CACHE": str(kernel_cache)},
            creationflags=NEW_GROUP,
            start_new_session=True,
        )
        self._lines: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._said: deque[str] = deque(maxlen=30)
        self._threads = [
            threading.Thread(target=self._feed, args=(json.dumps(question),), daemon=True),
            threading.Thread(target=self._listen, daemon=True),
            threading.Thread(target=self._overhear, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def __enter__(self) -> "SolverChild":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End the process now, if it is not over."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=5)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            _close(pipe)

    def hear(self, timeout_s: float) -> tuple[dict[str, Any], ...] | None:
        """What was said since the last time, waiting at most `timeout_s` for the first word; None after the last."""
        heard: list[dict[str, Any]] = []
        try:
            answer = self._lines.get(timeout=timeout_s)
            while True:
                if answer is None:
                    self._lines.put(None)  # the end stays the end
                    return tuple(heard) if heard else None
                heard.append(answer)
                answer = self._lines.get_nowait()
        except queue.Empty:
            return tuple(heard)

    def last_words(self) -> str:
        """The end of what the process wrote to its error output, for the log."""
        return "".join(self._said)

    def exit_code(self) -> int | None:
        """How the process ended; None while it lives."""
        return self._process.poll()

    def _feed(self, question: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
        except OSError:
            return  # it died first; the reader of its output finds out

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                self._lines.put(json.loads(line))
            except ValueError:
                self._said.append(line)
        self._lines.put(None)

    def _overhear(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said.append(line)


def _close(pipe: IO[str] | None) -> None:
    if pipe is None:
        return
    try:
        pipe.close()
    except OSError:
        return  # what was never delivered to a dead process

"""Several searches on different seeds, each in a process of its own, that hand their best plans on through the parent.

The parent does not search: it hears of better plans, judges and tells them while the others go on. Members end when
their input closes, however the parent ended; one that dies is missed by nobody.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import IO

from outreach.routing.problem import Problem
from outreach.routing.solution import Ending

COMMAND = (sys.executable, "-m", "outreach.routing.member")
# A Ctrl-C in the console belongs to the parent alone.
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
MOST_MEMBERS = 64
HEAR_EVERY_S = 0.1
PATIENCE_S = 1.0  # with those who are late at the end of a phase
GRACE_S = 0.5  # after the time; then nobody is waited for

Rounds = Mapping[int, Sequence[int]]  # needs in order, by vehicle-day; both by their numbers


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plan as the search knows it: tours, and the row of the place at which the night after some is spent."""

    rounds: Rounds = field(default_factory=dict)
    nights: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quest:
    """What each member is asked. Moments are of time.monotonic, one clock for all processes of a machine."""

    problem: Problem
    seed: int
    start: Schedule
    warm: bool
    until: float
    recombine_s: float


class Sign(StrEnum):
    """What a member has to say."""

    COMPILING = "compiling"
    READY = "ready"  # and searching
    FOUND = "found"  # a better plan than its last one
    RESTING = "resting"  # at the end of a phase, until it hears of the others' plans
    DONE = "done"
    PAUSE = "pause"  # nobody said anything for a while


@dataclass(frozen=True, slots=True)
class Word:
    """A message of a member; its best plan comes with FOUND and RESTING, how its search ended with DONE."""

    sign: Sign
    price: float = 0.0  # in seconds of driving
    rounds: int = 0
    plan: Schedule = field(default_factory=Schedule)
    ending: Ending = Ending.STOPPED


class Team:
    """So many members on one quest. Use as a context manager: at the end of the block their processes are gone."""

    def __init__(self, quest: Quest, count: int) -> None:
        self._until = quest.until
        self._heard: queue.SimpleQueue[tuple[int, Word | None]] = queue.SimpleQueue()
        self._resting: dict[int, Word] = {}
        self._rest_began = 0.0
        project = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (project, os.environ.get("PYTHONPATH"))))
        self._members = [
            subprocess.Popen(  # noqa: S603 - our own interpreter and module
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path},
                creationflags=NEW_GROUP,
                start_new_session=True,
            )
            for _ in range(count)
        ]
        self._alive = set(range(count))
        self._threads = [
            threading.Thread(target=self._attend, args=(number, replace(quest, seed=quest.seed + number)), daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "Team":
        return self

    def __exit__(self, *_: object) -> None:
        for number in range(len(self._members)):
            self.kill(number)
        for member, thread in zip(self._members, self._threads, strict=True):
            member.wait()
            thread.join()
            for pipe in (member.stdin, member.stdout):
                _close(pipe)

    def kill(self, number: int) -> None:
        """End a member by force."""
        self._members[number].kill()

    def words(self) -> Iterator[Word]:
        """What the members say until all are done or dead or the time is over."""
        while self._alive:
            try:
                number, word = self._heard.get(timeout=HEAR_EVERY_S)
            except queue.Empty:
                if time.monotonic() >= self._until + GRACE_S:
                    return
                self._answer()
                yield Word(Sign.PAUSE)
                continue
            if word is None or word.sign is Sign.DONE:
                self._alive.discard(number)
                self._resting.pop(number, None)
            elif word.sign is Sign.RESTING:
                self._rest_began = self._rest_began if self._resting else time.monotonic()
                self._resting[number] = word
            self._answer()
            if word is not None:
                yield word

    def _answer(self) -> None:
        """Give all plans to those who rest, once they all do or have waited long enough."""
        late = len(self._resting) < len(self._alive)
        if not self._resting or (late and time.monotonic() < self._rest_began + PATIENCE_S):
            return
        plans = [word.plan for word in self._resting.values()]
        for number in self._resting:
            pipe = self._members[number].stdin
            assert pipe is not None
            try:
                pickle.dump(plans, pipe)
                pipe.flush()
            except OSError:
                continue  # it died; its thread says so
        self._resting.clear()

    def _attend(self, number: int, quest: Quest) -> None:
        """Give a member its quest and hear it until it ends."""
        member = self._members[number]
        assert member.stdin is not None
        assert member.stdout is not None
        try:
            pickle.dump(quest, member.stdin)
            member.stdin.flush()
            while True:
                self._heard.put((number, pickle.load(member.stdout)))  # noqa: S301 - our own child
        except (OSError, EOFError, pickle.UnpicklingError):
            self._heard.put((number, None))


def _close(pipe: IO[bytes] | None) -> None:
    assert pipe is not None
    try:
        pipe.close()
    except OSError:
        return  # what was never delivered to a dead process

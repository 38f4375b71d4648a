"""The queue that wakes a worker: a message is a job's number and nothing more.

The jobs table is the truth. A message that is lost or doubled does no harm: the reaper sends a lost
one again, and a job is claimed once.
"""

import logging
import sqlite3
from collections.abc import Callable
from enum import StrEnum

import psycopg
from huey import Huey, PostgresHuey, SqliteHuey
from huey.api import TaskWrapper

from outreach.settings import Settings
from outreach.wiring import House

log = logging.getLogger(__name__)

TROUBLES = (OSError, sqlite3.Error, psycopg.Error)


class Lane(StrEnum):
    """Where a job waits; each lane has a worker of its own, so that short work never waits behind a long solve."""

    LONG = "outreach"
    SHORT = "outreach-short"


def open_queue(settings: Settings, lane: Lane = Lane.LONG) -> Huey:
    """The queue of a lane beside the database: a file in the instance folder, or tables in PostgreSQL."""
    if settings.database_url:
        return PostgresHuey(lane.value, dsn=settings.database_url, table_prefix="queue", results=False)
    return SqliteHuey(lane.value, filename=str(settings.instance_folder / "queue.db"), results=False)


def wake_task(queue: Huey, work: Callable[[int], None]) -> TaskWrapper:
    """The queue's one task under its one name; `work` is done where a worker takes the message."""

    def wake(job_id: int) -> None:
        work(job_id)

    return queue.task(name="wake")(wake)


def _not_here(job_id: int) -> None:
    raise AssertionError(f"job {job_id} was taken by a process that only sends")


def enqueue(house: House, job_id: int | None, lane: Lane = Lane.LONG) -> None:
    """Wake a worker for a job whose row is committed; a queue in trouble is left to the reaper."""
    if job_id is None:
        return
    try:
        queue = open_queue(house.settings, lane)
        wake_task(queue, _not_here)(job_id)
        queue.storage.close()
    except TROUBLES:
        log.exception("could not wake a worker for job %s; the next sweep will", job_id)


def waiting_jobs(queue: Huey) -> frozenset[int]:
    """The jobs for which a message lies in the queue."""
    return frozenset(task.args[0] for task in queue.pending() if task.args)

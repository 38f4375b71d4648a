"""The reaper: wakes workers for jobs that nobody was told of, and takes jobs from workers that vanished.

A worker lives as long as its beat grows. The reaper measures the silence on its own monotonic clock,
so that a wall clock put forward takes no job from a live worker.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from huey import Huey

from outreach.domain.errors import OutreachError
from outreach.jobs.kinds import KINDS
from outreach.jobs.queue import TROUBLES, Lane, enqueue, waiting_jobs
from outreach.services import backups, jobs
from outreach.services.intake import care
from outreach.services.jobs import OpenJob
from outreach.wiring import House

log = logging.getLogger(__name__)

SWEEP_EVERY_S = 60.0
SILENCE_S = 45.0  # a live worker beats every two seconds; a busy database may hold it up for ten


class Reaper:
    """Remembers when each running job last beat."""

    def __init__(
        self, house: House, queues: Mapping[Lane, Huey], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._house, self._queues, self._clock = house, queues, clock
        self._seen: dict[int, tuple[int, int, float]] = {}  # job: attempt, beat, first seen at

    def sweep(self, *, all_dead: bool = False) -> None:
        """Look at all open jobs once; `all_dead`: no worker can be alive, because we are just starting."""
        with self._house.session(everywhere=True, write=False) as session:
            found = [job for job in jobs.open_jobs(session) if job.kind in KINDS]
        told = frozenset().union(*(waiting_jobs(queue) for queue in self._queues.values()))
        for job in found:
            if not job.running:
                if job.id not in told:
                    enqueue(self._house, job.id, KINDS[job.kind].lane)
            elif (all_dead or self._silent(job)) and self._recover(job):
                enqueue(self._house, job.id, KINDS[job.kind].lane)
        alive = {job.id for job in found if job.running}
        self._seen = {number: seen for number, seen in self._seen.items() if number in alive}

    def _silent(self, job: OpenJob) -> bool:
        now = self._clock()
        attempt, beat, since = self._seen.get(job.id, (-1, -1, now))
        if (attempt, beat) != (job.attempt, job.beat):
            self._seen[job.id] = (job.attempt, job.beat, now)
            return False
        return now - since >= SILENCE_S

    def _recover(self, job: OpenJob) -> bool:
        with self._house.session(everywhere=True) as session:
            waits_again = KINDS[job.kind].recover(session, job)
        log.warning("job %s: its worker vanished; %s", job.id, "queued again" if waits_again else "ended")
        return waits_again

    def tend(self) -> None:
        """Sweep, and once a day back up and tidy: a server may run for years without a restart."""
        self.sweep()
        backups.daily_backup(self._house)
        care.tidy(self._house)

    def keep_sweeping(self, closing: threading.Event) -> None:
        """Tend every minute until `closing`; what is in trouble is tried again the next time."""
        while not closing.wait(SWEEP_EVERY_S):
            try:
                self.tend()
            except (OutreachError, *TROUBLES):
                log.exception("a sweep failed")

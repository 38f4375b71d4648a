"""The worker: takes jobs one after the other, inside the server or as a process of its own."""

import logging
import threading

from huey.consumer import Consumer
from huey.consumer import Worker as HueyWorker

from outreach.jobs.queue import open_queue, wake_task
from outreach.jobs.reaper import Reaper
from outreach.jobs.tasks import work_for
from outreach.wiring import House

log = logging.getLogger(__name__)

CLOSE_S = 1.5


class TidyWorker(HueyWorker):  # type: ignore[misc]  # huey has no types
    """A taker of messages that closes its own line to the queue when it ends."""

    def shutdown(self) -> None:
        """End in good order."""
        super().shutdown()
        self.huey.storage.close()


class QuietConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer that leaves the signals of the process alone; it would keep the server from ending."""

    worker_class = TidyWorker

    def _set_signal_handlers(self) -> None:
        return


class Worker:
    """One consumer thread and the reaper. `alone`: no other worker can exist on this database."""

    def __init__(self, house: House, *, alone: bool) -> None:
        self._alone = alone
        self._closing = threading.Event()
        self._queue = queue = open_queue(house.settings)
        wake_task(queue, work_for(house, self._closing))
        # One solve at a time: it uses all cores but one; the others wait their turn.
        self._consumer = QuietConsumer(queue, workers=1, periodic=False, max_delay=0.5, shutdown_timeout=CLOSE_S)
        self._reaper = Reaper(house, queue)
        self._sweeper = threading.Thread(
            target=self._reaper.keep_sweeping, args=(self._closing,), name="reaper", daemon=True
        )

    def start(self) -> None:
        """Resume what an earlier process left behind, then take jobs."""
        self._reaper.sweep(all_dead=self._alone)
        self._consumer.start()
        self._sweeper.start()

    def run(self) -> None:
        """Take jobs until the program is told to end."""
        self.start()
        while not self._closing.wait(1.0):
            self._consumer.check_worker_health()

    def close(self) -> None:
        """End the solve that runs now, put it back, and stop, within about two seconds."""
        self._closing.set()
        self._consumer.stop(graceful=True)
        if self._sweeper.is_alive():
            self._sweeper.join(CLOSE_S)
        self._queue.storage.close()

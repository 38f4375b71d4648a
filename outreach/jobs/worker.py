"""The worker: takes the jobs of each lane one after the other, inside the server or as a process of its own."""

import logging
import threading

from huey.consumer import Consumer
from huey.consumer import Worker as HueyWorker

from outreach.jobs.queue import Lane, open_queue, wake_task
from outreach.jobs.reaper import Reaper
from outreach.jobs.tasks import work_for
from outreach.wiring import House

log = logging.getLogger(__name__)

CLOSE_S = 1.5
# how long a lane may sleep between two looks: a person waits for short work, a solve takes a minute anyway
LOOK_AFTER_S = {Lane.LONG: 0.5, Lane.SHORT: 0.2}


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
    """A thread for each lane and the reaper. `alone`: no other worker can exist on this database."""

    def __init__(self, house: House, *, alone: bool) -> None:
        self._alone = alone
        self._closing = threading.Event()
        self._queues = {lane: open_queue(house.settings, lane) for lane in Lane}
        # One job of a lane at a time: a solve uses all cores but one, and SQLite has one writer.
        self._consumers = [self._consumer(house, lane) for lane in Lane]
        self._reaper = Reaper(house, self._queues)
        self._sweeper = threading.Thread(
            target=self._reaper.keep_sweeping, args=(self._closing,), name="reaper", daemon=True
        )

    def _consumer(self, house: House, lane: Lane) -> QuietConsumer:
        queue = self._queues[lane]
        wake_task(queue, work_for(house, self._closing))
        pause_s = LOOK_AFTER_S[lane]
        return QuietConsumer(
            queue,
            workers=1,
            periodic=False,
            initial_delay=min(0.1, pause_s),
            max_delay=pause_s,
            shutdown_timeout=CLOSE_S,
        )

    def start(self) -> None:
        """Resume what an earlier process left behind, then take jobs."""
        self._reaper.sweep(all_dead=self._alone)
        for consumer in self._consumers:
            consumer.start()
        self._sweeper.start()

    def run(self) -> None:
        """Take jobs until the program is told to end."""
        self.start()
        while not self._closing.wait(1.0):
            for consumer in self._consumers:
                consumer.check_worker_health()

    def close(self) -> None:
        """End what runs now, put it back, and stop, within about two seconds."""
        self._closing.set()
        closers = [
            threading.Thread(target=consumer.stop, kwargs={"graceful": True}, daemon=True)
            for consumer in self._consumers
        ]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join()
        if self._sweeper.is_alive():
            self._sweeper.join(CLOSE_S)
        for queue in self._queues.values():
            queue.storage.close()

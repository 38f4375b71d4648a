"""Bounds reckoned beside the one who waits for them: a stop is heard at once, and time that is up is up."""

import threading
import time

from outreach.routing.expand import Horizon
from outreach.routing.solution import Bounds, Solution

LATE_S = 1.0  # longer than asked for that is waited; then nothing is claimed
HEAR_EVERY_S = 0.1


class Proof:
    """Gets what it needs ready while others work; a machine compiles it once after each update."""

    def __init__(self) -> None:
        self._ready = threading.Thread(target=_get_ready, daemon=True)
        self._ready.start()

    def of(self, horizon: Horizon, solution: Solution, *, seconds: float) -> Bounds | None:
        """Both bounds of a sound plan in about `seconds`; None where they are not done in time."""
        until = time.monotonic() + seconds
        found: list[Bounds] = []
        worker = threading.Thread(target=self._reckon, args=(horizon, solution, until, found), daemon=True)
        worker.start()
        while worker.is_alive() and time.monotonic() < until + LATE_S:
            worker.join(HEAR_EVERY_S)
        return found[0] if found else None

    def _reckon(self, horizon: Horizon, solution: Solution, until: float, found: list[Bounds]) -> None:
        from outreach.routing.bounds.proof import bounds_of  # noqa: PLC0415 - numba: not before it is ready

        self._ready.join()
        left = until - time.monotonic()
        if left > 0:
            found.append(bounds_of(horizon.problem, solution, seconds=left, horizon=horizon))


def _get_ready() -> None:
    from outreach.routing.bounds.columns import get_ready  # noqa: PLC0415 - numba: whoever waits is not kept

    get_ready()

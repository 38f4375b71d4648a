"""What a worker does with a message."""

import logging
import threading
from collections.abc import Callable

from outreach.jobs.kinds import KINDS
from outreach.services import jobs
from outreach.wiring import House

log = logging.getLogger(__name__)


def work_for(house: House, closing: threading.Event) -> Callable[[int], None]:
    """The deed for one job number; `closing` tells it to put its work back and end."""

    def work(job_id: int) -> None:
        if closing.is_set():
            return
        with house.session(everywhere=True, write=False) as session:
            facts = jobs.facts_of(session, job_id)
        if facts is None:
            return
        kind = KINDS.get(facts.kind)
        if kind is None:  # a newer program left it
            log.error("job %s: nobody here does %s", job_id, facts.kind)
            return
        kind.work(house, job_id, organisation_id=facts.organisation_id, closing=closing)

    return work

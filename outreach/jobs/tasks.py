"""What a worker does with a message."""

import threading
from collections.abc import Callable

from outreach.jobs.runner import run_job
from outreach.services import runs
from outreach.wiring import House


def work_for(house: House, closing: threading.Event) -> Callable[[int], None]:
    """The deed for one job number; `closing` tells it to put its work back and end."""

    def work(job_id: int) -> None:
        with house.session(everywhere=True, write=False) as session:
            organisation_id = runs.organisation_of_job(session, job_id)
        if organisation_id is not None and not closing.is_set():
            run_job(house, job_id, organisation_id=organisation_id, closing=closing)

    return work

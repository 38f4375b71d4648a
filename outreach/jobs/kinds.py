"""The kinds of background work: where each waits, what does it, what becomes of it when its worker vanishes."""

from collections.abc import Callable
from dataclasses import dataclass

from outreach.jobs.intakes import run_intake
from outreach.jobs.queue import Lane
from outreach.jobs.runner import run_job
from outreach.services import runs
from outreach.services.intake import steps


@dataclass(frozen=True, slots=True)
class Kind:
    """`work(house, job_id, organisation_id=, closing=)`; `recover(session, job)` says whether the job waits again."""

    lane: Lane
    work: Callable[..., None]
    recover: Callable[..., bool]


KINDS = {
    runs.JOB_KIND: Kind(Lane.LONG, run_job, runs.recover_run),
    steps.JOB_KIND: Kind(Lane.SHORT, run_intake, steps.recover_intake),
}

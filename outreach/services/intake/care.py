"""Old intakes looked after: previews nobody came back to are dropped, files nobody needs are removed."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from outreach.domain.visits import IntakeState
from outreach.services.intake.folders import remove_strays
from outreach.services.intake.steps import ENDED
from outreach.store.base import utc_now
from outreach.store.intakes import Intake
from outreach.wiring import House

KEPT_DAYS = 14
STRAY_AFTER_S = 86_400.0  # a file that is being received has no intake yet
WAITING = (IntakeState.MAPPING, IntakeState.READY)


def tidy(house: House, *, now: datetime | None = None) -> None:
    """Drop intakes that waited for a person longer than they are kept, and remove files without a use."""
    old = (now or utc_now()) - timedelta(days=KEPT_DAYS)
    waits_too_long = (Intake.state.in_(WAITING), Intake.created_at < old)
    with house.session(everywhere=True, write=False) as session:
        dropped = list(session.scalars(select(Intake.id).where(*waits_too_long)))
    if dropped:
        with house.session(everywhere=True) as session:
            session.execute(update(Intake).where(*waits_too_long).values(state=IntakeState.DROPPED))
    with house.session(everywhere=True, write=False) as session:
        kept = frozenset(session.scalars(select(Intake.folder).where(Intake.state.not_in(ENDED))))
    remove_strays(house.settings, kept, older_than_s=STRAY_AFTER_S)

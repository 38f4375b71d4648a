"""What the library has promised and a row put away would break: visits to come of published plans."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.cells import write_day
from outreach.domain.visits import PlanState
from outreach.services.registers.register import narrowed
from outreach.store.plans import Plan, Stop, Tour

SHOWN = 5


def promised_days(session: Session, column: Any, ids: Sequence[int], *, today: date) -> dict[int, str]:  # noqa: ANN401 - any column
    """The coming days on which published plans visit (`Stop.site_id`) or use (`Tour.vehicle_id`) rows, in words."""
    asked = select(column, Tour.day).distinct().select_from(Tour).join(Plan, Plan.id == Tour.plan_id)
    if column.class_ is Stop:
        asked = asked.join(Stop, Stop.tour_id == Tour.id)
    asked = asked.where(Plan.state == PlanState.PUBLISHED, Tour.day >= today).order_by(Tour.day)
    days: dict[int, list[date]] = {}
    for part in narrowed(asked, column, ids):
        for number, day in session.execute(part):
            days.setdefault(number, []).append(day)
    return {number: _in_words(found) for number, found in days.items()}


def _in_words(days: Sequence[date]) -> str:
    more = f" (+{len(days) - SHOWN})" if len(days) > SHOWN else ""
    return ", ".join(write_day(day) for day in days[:SHOWN]) + more

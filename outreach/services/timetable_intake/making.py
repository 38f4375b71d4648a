"""A timetable written down as a draft plan, with the needs it meets."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue
from outreach.domain.roles import Actor, Right, require
from outreach.domain.times import Period
from outreach.domain.visits import ServiceKind
from outreach.i18n import translate
from outreach.routing.problem import Need
from outreach.routing.solution import Breach, Figures
from outreach.services.planning import create_plan
from outreach.services.saving import save_written
from outreach.services.timetable_intake.drawing import draw, half_year_kind
from outreach.services.timetable_intake.rows import VisitRow, period_of
from outreach.store.sites import Need as NeedRow

ASKED_BY = "Lịch nhập từ bảng tính"


@dataclass(frozen=True, slots=True)
class PlanMade:
    """The plan that a timetable became; `needs_made` are the ids of needs the register did not have."""

    plan_id: int
    breaches: tuple[Breach, ...]
    figures: Figures
    needs_made: tuple[int, ...]


def plan_from_rows(
    session: Session, actor: Actor, rows: Sequence[VisitRow], *, name: str, period: Period | None = None
) -> PlanMade:
    """Make a draft plan of a timetable: every visit on its day, with its bus and at its time, sound or not.

    Visits that no need of the register covers get needs of their own, which say where they come from. Raises
    InvalidValue for a name or period no plan can have, and for a timetable without visits.
    """
    require(actor, Right.PLAN)
    if not rows:
        raise InvalidValue("Bảng không có buổi nào.", field="rows", value=0)
    period = period or period_of(rows, half_year_kind(session))
    plan = create_plan(session, actor, name=name, period=period)
    drawn = draw(session, rows, name=plan.name, period=period)
    ids = {need.id: _need_row(session, need, period) for need in drawn.made}
    drawn = drawn.with_needs({temporary: str(number) for temporary, number in ids.items()})
    save_written(
        session,
        actor,
        plan,
        problem=drawn.problem,
        solution=drawn.solution,
        breaches=drawn.breaches,
        needs_made=len(ids),
    )
    return PlanMade(plan.id, drawn.breaches, drawn.figures, tuple(ids.values()))


def _need_row(session: Session, need: Need, period: Period) -> int:
    row = NeedRow(
        organisation_id=session.info["organisation_id"],
        site_id=int(need.site_id),
        service=ServiceKind(need.service),
        first_day=period.first,
        last_day=period.last,
        quota=need.quota,
        minutes=need.service_s // 60,
        asked_by=translate(ASKED_BY),
    )
    session.add(row)
    session.flush()
    return row.id

"""A timetable written down as a draft plan, with the needs it meets."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from outreach.domain.roles import Actor, Right, require
from outreach.domain.times import Period
from outreach.domain.visits import ServiceKind
from outreach.i18n import translate
from outreach.routing.problem import Need
from outreach.routing.solution import Breach, Figures
from outreach.services.planning import create_plan, plan_name
from outreach.services.saving import save_written
from outreach.services.timetable_intake.drawing import Drawn, draw
from outreach.services.timetable_intake.rows import VisitRow
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

    Raises InvalidValue for a name or period no plan can have, and for a timetable without visits.
    """
    require(actor, Right.PLAN)
    return plan_from_drawn(session, actor, draw(session, rows, name=plan_name(name), period=period), name=name)


def plan_from_drawn(session: Session, actor: Actor, drawn: Drawn, *, name: str) -> PlanMade:
    """Write down a timetable that was drawn up just now.

    Visits that no need of the register covers get needs of their own, which say where they come from.
    """
    longest = drawn.problem.rules.trip_days_max
    plan = create_plan(session, actor, name=name, period=drawn.period, trip_days_max=longest)
    rows = [_need_row(session, need, drawn.period) for need in drawn.made]
    session.add_all(rows)
    session.flush()
    ids = {need.id: row.id for need, row in zip(drawn.made, rows, strict=True)}
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


def _need_row(session: Session, need: Need, period: Period) -> NeedRow:
    return NeedRow(
        organisation_id=session.info["organisation_id"],
        site_id=int(need.site_id),
        service=ServiceKind(need.service),
        first_day=period.first,
        last_day=period.last,
        quota=need.quota,
        minutes=need.service_s // 60,
        asked_by=translate(ASKED_BY),
    )

"""A plan before the judge again, as sites, vehicles and calendar are now."""

from sqlalchemy.orm import Session

from outreach.domain.roles import Actor, Right, require
from outreach.routing.checks import check
from outreach.routing.explain import in_step
from outreach.routing.solution import Breach
from outreach.services import audit
from outreach.services.problems import build_problem
from outreach.services.reasons import breach_to_json
from outreach.services.saving import load_plan_row, load_solution
from outreach.store.base import utc_now


def judge(session: Session, plan_id: int) -> tuple[Breach, ...]:
    """Every breach of the plan as it stands. Needs that came or changed since are no breach: they were not planned."""
    problem = build_problem(session, plan_id, today=None)
    return check(problem, in_step(problem, load_solution(session, plan_id)))


def judge_again(session: Session, actor: Actor, plan_id: int) -> tuple[Breach, ...]:
    """Judge the plan now and keep what was found beside it."""
    require(actor, Right.PLAN)
    plan = load_plan_row(session, plan_id, lock=True)
    breaches = judge(session, plan_id)
    found = [breach_to_json(breach) for breach in breaches]
    if found != plan.breaches:
        before = len(plan.breaches)
        plan.breaches, plan.updated_at = found, utc_now()
        session.flush()
        changes = {"breaches": [before, len(found)]}
        audit.record(session, actor, "judge-plan", "plan", plan.id, plan.name, changes)
    return breaches

"""A timetable on its way through an intake: judged for the preview, written as a plan, taken back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, OutreachError, StaleEdit
from outreach.domain.times import Period
from outreach.domain.visits import PlanOrigin, PlanState
from outreach.i18n import translate
from outreach.routing.solution import Breach
from outreach.services import audit
from outreach.services.breaches import BreachGroup, grouped
from outreach.services.intake.folders import PASTED, Folder
from outreach.services.intake.kinds import TIMETABLE, kind_called
from outreach.services.intake.steps import Claim, said
from outreach.services.intake.values import CellReader
from outreach.services.intake.verdicts import Verdict, read_all
from outreach.services.planning import NAME_MAX
from outreach.services.reasons import Names, breach_from_json, breach_to_json, load_all_names
from outreach.services.registers.lookups import Lookups
from outreach.services.runs import active_run
from outreach.services.timetable_intake.drawing import Drawn, draw, half_year_kind
from outreach.services.timetable_intake.making import plan_from_drawn
from outreach.services.timetable_intake.rows import VisitRow, period_of
from outreach.services.timetable_intake.sheet import visit_row
from outreach.store.intakes import Intake, IntakeChange
from outreach.store.plans import Plan
from outreach.store.sites import Site

VISITS_MOST = 20_000  # of one plan; more are several half-years or a mistake
BREACHES_KEPT = 500  # for the preview; the plan keeps all of them
OVERTAKEN = "Dữ liệu vừa thay đổi trong lúc bạn xem, nên bảng đã được so lại từ đầu. Xin xem lại rồi nhập."
CHANGED_SINCE = "đã được xếp lại hoặc trình duyệt sau lần nhập này; xóa bản nháp nếu không cần nữa"


@dataclass(frozen=True, slots=True)
class Outline:
    """What a timetable would be as a plan; `error` says why it cannot be one."""

    name: str
    whole: Period | None  # the half-years it touches
    days: Period | None  # from its first to its last day
    figures: Mapping[str, int]
    needs_made: int
    breaches: int
    broken: tuple[BreachGroup, ...]
    error: str


def default_name(file_name: str) -> str:
    """The name of a plan from the name of its file."""
    stem = " ".join(PurePath(file_name).stem.replace("_", " ").split()) if file_name != PASTED else ""
    return stem[:NAME_MAX] or translate("Lịch đang dùng")


def outline(session: Session, folder: Folder) -> dict[str, Any]:
    """The timetable drawn up and judged, to be kept with the intake until a person has looked at it."""
    try:
        rows = visit_rows(session, folder)
        if not rows:
            return {}
        kind = half_year_kind(session)
        whole, days = period_of(rows, kind), period_of(rows, kind, whole=False)
        drawn = draw(session, rows, name=TIMETABLE, period=whole)
    except InvalidValue as error:
        return {"error": said(error)}
    figures = drawn.figures
    return {
        "whole": _days_to_json(whole),
        "days": _days_to_json(days),
        "figures": {
            "visits": figures.visits,
            "wanted": figures.wanted,
            "sites": figures.sites_reached,
            "tours": figures.tours,
            "vehicles": len({tour.vehicle_id for tour in drawn.solution.tours()}),
            "distance_m": figures.distance_m,
            "drive_s": figures.drive_s,
        },
        "made": {need.id: int(need.site_id) for need in drawn.made},
        "count": len(drawn.breaches),
        "breaches": [breach_to_json(breach) for breach in _kept(drawn)],
    }


def _kept(drawn: Drawn) -> Sequence[Breach]:
    return sorted(drawn.breaches, key=lambda one: one.day or drawn.period.first)[:BREACHES_KEPT]


def outline_view(session: Session, intake: Intake) -> Outline | None:
    """The outline in the reader's words; None of anything but a timetable, and of one without a readable row."""
    kept = intake.facts.get("plan")
    if intake.register != TIMETABLE or not kept:
        return None
    name = default_name(intake.file_name)
    if "error" in kept:
        return Outline(name, None, None, {}, 0, 0, (), kept["error"])
    return Outline(
        name=name,
        whole=_days_from_json(kept["whole"]),
        days=_days_from_json(kept["days"]),
        figures=kept["figures"],
        needs_made=len(kept["made"]),
        breaches=kept["count"],
        broken=grouped([breach_from_json(raw) for raw in kept["breaches"]], _names(session, kept["made"])),
        error="",
    )


def _names(session: Session, made: Mapping[str, int]) -> Names:
    """All names, and whose the needs are that are not there yet."""
    names = load_all_names(session)
    sites = dict(iter(session.execute(select(Site.id, Site.name))))
    return replace(names, needs={**names.needs, **{need: sites.get(site, "") for need, site in made.items()}})


def visit_rows(session: Session, folder: Folder) -> list[VisitRow]:
    """The rows that were read whole; raises StaleEdit when what they name has gone, InvalidValue for too many."""
    register = kind_called(TIMETABLE)
    cells = CellReader(register, Lookups(session))
    defaults = register.defaults()
    rows = []
    for found in read_all(folder, Verdict.NEW):
        try:
            rows.append(visit_row(found.row, {**defaults, **cells.values(found.texts)}))
        except InvalidValue as error:
            raise StaleEdit(OVERTAKEN) from error
        if len(rows) > VISITS_MOST:
            raise InvalidValue(
                "Bảng có hơn {most} buổi, quá nhiều cho một kế hoạch. Chia bảng thành nhiều tệp.",
                field="day",
                most=VISITS_MOST,
            )
    return rows


def drawn_of(session: Session, claim: Claim, folder: Folder) -> Drawn:
    """The timetable drawn up for the plan that a person wishes; reads only, for it may take its time."""
    wish = claim.facts.get("wish") or {}
    rows = visit_rows(session, folder)
    try:
        period = period_of(rows, half_year_kind(session), whole=wish.get("whole", True)) if rows else None
        return draw(session, rows, name=TIMETABLE, period=period)
    except InvalidValue as error:
        if error.field in ("site", "vehicle"):  # put away since the preview
            raise StaleEdit(OVERTAKEN) from error
        raise


def write_plan(session: Session, claim: Claim, intake: Intake, drawn: Drawn) -> None:
    """Make the plan and remember what was made with it; raises StaleEdit for what has gone meanwhile."""
    name = (intake.facts.get("wish") or {}).get("name") or default_name(claim.file_name)
    try:
        made = plan_from_drawn(session, claim.actor, drawn, name=name)
    except IntegrityError as error:  # a need or a site was deleted since it was drawn up
        raise StaleEdit(OVERTAKEN) from error
    intake.plan_id = made.plan_id
    _remember(session, intake.id, made.needs_made)


def _remember(session: Session, intake_id: int, needs: Sequence[int]) -> None:
    register, looks = kind_called(TIMETABLE), Lookups(session)
    records = register.load(session, needs)
    changes = []
    for number in needs:
        texts = register.texts_of(records[number].values, looks)
        after = {"texts": {name: text for name, text in texts.items() if text}, "version": records[number].version}
        changes.append({"intake_id": intake_id, "record_id": number, "before": None, "after": after})
    if changes:
        session.execute(insert(IntakeChange), changes)


def take_plan_back(session: Session, claim: Claim, plan_id: int | None) -> tuple[str, str, dict[str, object]] | None:
    """Delete the plan of an intake; what stands in the way instead, if it is no longer what came in."""
    plan = session.scalars(select(Plan).where(Plan.id == plan_id).with_for_update()).one_or_none()
    if plan is None:
        return None  # a person deleted it already
    if plan.state is not PlanState.DRAFT or plan.origin is not PlanOrigin.SHEET or active_run(session, plan.id):
        return plan.name, CHANGED_SINCE, {}
    visits = {"visits": [plan.figures.get("visits", 0), 0]}
    audit.record(session, claim.actor, "undo-import-plan", "plan", plan.id, plan.name, visits)
    session.delete(plan)
    session.flush()
    return None


def refuse_outline(intake: Intake) -> None:
    """Raise what makes a timetable no plan."""
    kept = intake.facts.get("plan") or {}
    if "error" in kept:
        raise told_error(kept["error"])


def told_error(text: str) -> OutreachError:
    """An error that was kept."""
    message, values = json.loads(text)
    return OutreachError(message, **values)


def _days_to_json(period: Period) -> list[str]:
    return [period.first.isoformat(), period.last.isoformat()]


def _days_from_json(raw: Sequence[str]) -> Period:
    return Period(date.fromisoformat(raw[0]), date.fromisoformat(raw[1]))

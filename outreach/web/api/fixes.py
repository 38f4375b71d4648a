"""Fixes of a need without enough days, found when a program asks."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g

from outreach.domain.roles import Right
from outreach.domain.unserved import FixRow, MovedVisit, NeedFixes
from outreach.i18n import clock
from outreach.services.fixes import need_fixes
from outreach.web.api.answers import json_answer
from outreach.web.api.described import TOKEN, fails
from outreach.web.api.plan_models import FixList
from outreach.web.api.plans import TAG, vehicle_of
from outreach.web.auth import allow
from outreach.web.clock import today


def open_fixes(desk: APIBlueprint) -> None:
    """Give `desk` the route of fixes."""

    @desk.get("/plans/<int:plan_id>/unserved/<int:need_id>/fixes", endpoint="plans-fixes")
    @allow(Right.SEE_PLANS)
    @desk.output(FixList, description="Các cách gỡ, thay đổi nhỏ nhất trước")
    @desk.doc(
        summary="Cách gỡ cho một nhu cầu chưa xếp đủ, tìm ngay lúc hỏi", operation_id="plans-fixes", tags=[TAG],
        security=TOKEN, responses=fails("not-found"),
    )  # fmt: skip
    def fixes_view(plan_id: int, need_id: int) -> Response:
        return json_answer(_fixes(need_fixes(g.session, plan_id, need_id, today=today())))


def _fixes(found: NeedFixes) -> dict[str, Any]:
    return {
        "need_id": found.need_id, "missing": found.missing, "plan_version": found.version,
        "items": [_fix(row) for row in found.fixes],
    }  # fmt: skip


def _fix(row: FixRow) -> dict[str, Any]:
    return {
        "kind": row.kind, "rule": row.rule or None, "amount": row.amount, "day": row.day.isoformat(),
        "vehicle": vehicle_of(row.vehicle), "start": clock(row.start_s), "end": clock(row.end_s),
        "drive_s": row.drive_s, "text": row.text, "moved": [_moved(visit) for visit in row.moved],
    }  # fmt: skip


def _moved(visit: MovedVisit) -> dict[str, Any]:
    dropped = visit.to_day is None
    return {
        "need_id": visit.need_id, "site_name": visit.site_name, "day": visit.day.isoformat(),
        "start": clock(visit.start_s), "vehicle": vehicle_of(visit.vehicle),
        "to_day": None if visit.to_day is None else visit.to_day.isoformat(),
        "to_start": None if dropped else clock(visit.to_start_s),
        "to_vehicle": None if visit.to_vehicle is None else vehicle_of(visit.to_vehicle), "text": visit.text,
    }  # fmt: skip

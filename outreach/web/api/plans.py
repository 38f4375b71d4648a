"""Plans, read only: their list and figures, the tours with their stops, and what found no day."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import Response, g

from outreach.domain.roles import Right
from outreach.domain.sheets import BasePoint, DaySheet, DayStop, PlanFigures, PlanRow, VehicleSign
from outreach.domain.unserved import UnservedRow
from outreach.i18n import clock
from outreach.services import boards
from outreach.services.registers.lookups import Lookups
from outreach.web.api.answers import after_cursor, composed, paged
from outreach.web.api.asked import ListHeaders, MaybeKnown, PageAsked, RowHeaders, TourPageAsked
from outreach.web.api.described import NOT_MODIFIED, TOKEN, fails
from outreach.web.api.plan_models import Figures, PlanList, PlanWithFigures, Share, TourList, UnservedList
from outreach.web.auth import allow

TAG = "plans"
Row = TypeVar("Row")
Codes = Mapping[int, str]  # of sites, by their numbers


def open_plans(desk: APIBlueprint) -> None:
    """Give `desk` the routes of plans."""

    @desk.get("/plans", endpoint="plans-list")
    @allow(Right.SEE_PLANS)
    @desk.input(PageAsked, location="query")
    @desk.output(PlanList, headers=ListHeaders, description="Một trang của danh sách")
    @desk.doc(summary="Liệt kê", operation_id="plans-list", tags=[TAG], security=TOKEN, responses=fails())
    def list_view(query_data: PageAsked) -> Response:
        rows = sorted(boards.list_plans(g.session), key=lambda row: row.id)
        after = after_cursor(query_data.cursor)
        ahead = [row for row in rows if row.id > after]
        shown = ahead[: query_data.limit]
        last_id = shown[-1].id if len(ahead) > len(shown) else None
        return paged([_plan(row) for row in shown], total=len(rows), last_id=last_id)

    @desk.get("/plans/<int:plan_id>", endpoint="plans-get")
    @allow(Right.SEE_PLANS)
    @desk.input(MaybeKnown, location="headers")
    @desk.output(PlanWithFigures, headers=RowHeaders, description="Kế hoạch với số liệu")
    @desk.doc(
        summary="Xem một kế hoạch", operation_id="plans-get", tags=[TAG], security=TOKEN,
        responses=NOT_MODIFIED | fails("not-found"),
    )  # fmt: skip
    def get_view(plan_id: int, headers_data: MaybeKnown) -> Response:  # noqa: ARG001 - read from the request
        row = boards.plan_row(g.session, plan_id)
        return composed(_plan(row) | {"figures": _figures(boards.plan_figures(g.session, plan_id))})

    @desk.get("/plans/<int:plan_id>/tours", endpoint="plans-tours")
    @allow(Right.SEE_PLANS)
    @desk.input(TourPageAsked, location="query")
    @desk.output(TourList, headers=ListHeaders, description="Một trang của danh sách")
    @desk.doc(
        summary="Các ngày xe chạy với điểm dừng", operation_id="plans-tours", tags=[TAG], security=TOKEN,
        responses=fails("not-found"),
    )  # fmt: skip
    def tours_view(plan_id: int, query_data: TourPageAsked) -> Response:
        sheets = boards.period_sheets(g.session, plan_id, first=query_data.first, last=query_data.last)
        codes = Lookups(g.session).site_codes
        return _part(sheets, query_data, lambda sheet: _tour(sheet, codes))

    @desk.get("/plans/<int:plan_id>/unserved", endpoint="plans-unserved")
    @allow(Right.SEE_PLANS)
    @desk.input(PageAsked, location="query")
    @desk.output(UnservedList, headers=ListHeaders, description="Một trang của danh sách")
    @desk.doc(
        summary="Nhu cầu chưa xếp đủ, với lý do", operation_id="plans-unserved", tags=[TAG], security=TOKEN,
        responses=fails("not-found"),
    )  # fmt: skip
    def unserved_view(plan_id: int, query_data: PageAsked) -> Response:
        codes = Lookups(g.session).site_codes
        return _part(boards.unserved(g.session, plan_id), query_data, lambda row: _unserved(row, codes))


def _part(rows: Sequence[Row], asked: PageAsked, written: Callable[[Row], dict[str, Any]]) -> Response:
    """A page of rows that are counted by their place in the plan."""
    after = max(after_cursor(asked.cursor), 0)
    shown = rows[after : after + asked.limit]
    ends = after + len(shown)
    return paged([written(row) for row in shown], total=len(rows), last_id=ends if ends < len(rows) else None)


def _plan(row: PlanRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "first_day": row.period.first.isoformat(),
        "last_day": row.period.last.isoformat(), "state": row.state.value, "version": row.version,
        "updated_at": row.updated_at.isoformat(), "visits": row.visits, "wanted": row.wanted,
        "approval": row.approval, "approved_on": row.approved_on.isoformat() if row.approved_on else None,
    }  # fmt: skip


def vehicle_of(sign: VehicleSign) -> dict[str, Any]:
    """A vehicle of a plan."""
    return {"id": sign.id, "name": sign.name, "sign": sign.sign, "base": sign.base_name}


def _figures(figures: PlanFigures) -> dict[str, Any]:
    plain = {name: getattr(figures, name) for name in Figures.model_fields if name != "shares"}
    shares = [
        {name: getattr(share, name) for name in Share.model_fields if name != "vehicle"}
        | {"vehicle": vehicle_of(share.vehicle)}
        for share in figures.shares
    ]
    return plain | {"shares": shares}


def _place(point: BasePoint) -> dict[str, Any]:
    return {"id": point.id, "name": point.name, "lat": point.at.lat, "lon": point.at.lon}


def _tour(sheet: DaySheet, codes: Codes) -> dict[str, Any]:
    return {
        "day": sheet.day.isoformat(), "vehicle": vehicle_of(sheet.vehicle), "trip": sheet.trip_number,
        "day_of_trip": sheet.day_of_trip, "trip_days": sheet.trip_days, "start": _place(sheet.start),
        "end": _place(sheet.end), "overnight": sheet.overnight, "leave": clock(sheet.leave_s),
        "back": clock(sheet.return_s),
        "lunch_start": None if sheet.lunch_start_s is None else clock(sheet.lunch_start_s),
        "lunch_end": None if sheet.lunch_end_s is None else clock(sheet.lunch_end_s),
        "drive_s": sheet.drive_s, "distance_m": sheet.distance_m, "estimated": sheet.estimated,
        "stops": [_stop(stop, codes) for stop in sheet.stops],
    }  # fmt: skip


def _stop(stop: DayStop, codes: Codes) -> dict[str, Any]:
    return {
        "position": stop.position, "site": codes[stop.site_id], "site_id": stop.site_id,
        "site_name": stop.site_name, "commune": stop.commune,
        "lat": stop.at.lat, "lon": stop.at.lon, "service": stop.service.value, "arrive": clock(stop.arrive_s),
        "start": clock(stop.start_s), "end": clock(stop.end_s), "depart": clock(stop.depart_s),
        "drive_s": stop.drive_s, "distance_m": stop.distance_m,
    }  # fmt: skip


def _unserved(row: UnservedRow, codes: Codes) -> dict[str, Any]:
    reasons = [{"code": code, "text": text} for code, text in zip(row.codes, row.reasons, strict=True)]
    nearest = [
        {
            "rule": near.rule, "amount": near.amount, "day": near.day.isoformat(), "vehicle": vehicle_of(near.vehicle),
            "text": near.text,
        }
        for near in row.nearest
    ]  # fmt: skip
    return {
        "need_id": row.need_id, "site": codes[row.site_id], "site_id": row.site_id, "site_name": row.site_name,
        "commune": row.commune,
        "service": row.service.value, "quota": row.quota, "missing": row.missing, "reasons": reasons,
        "nearest": nearest,
    }  # fmt: skip

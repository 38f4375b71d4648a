"""What is read at once: figures and calendar of a period, and the fleet."""

from datetime import date
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, g
from pydantic import Field, create_model

from outreach.domain.calendar import working_days
from outreach.domain.roles import Right
from outreach.domain.times import Period
from outreach.services.calendars import special_days
from outreach.services.registers.catalogue import register_called
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.walk import whole
from outreach.services.visit_counts import VisitCounts, monthly_counts, visit_counts
from outreach.web.api.answers import composed
from outreach.web.api.asked import MaybeKnown, PeriodAsked, RowHeaders, period_asked
from outreach.web.api.described import NOT_MODIFIED, TOKEN, fails
from outreach.web.api.models import Given, Models, row_of
from outreach.web.auth import allow
from outreach.web.bearer import API

FIGURE_DAYS = 1_100
CALENDAR_DAYS = 400
FLEET = ("bases", "vehicles", "staff")


class Counts(Given):
    """Figures of a period, counted from recorded visits."""

    first: Annotated[date, Field(description="Ngày đầu của kỳ.")]
    last: Annotated[date, Field(description="Ngày cuối của kỳ.")]
    visits: Annotated[int, Field(description="Số buổi đã phục vụ.")]
    readers: Annotated[int, Field(description="Số lượt bạn đọc.")]
    readers_child: Annotated[int, Field(description="Trong đó trẻ em.")]
    readers_adult: Annotated[int, Field(description="Trong đó người lớn.")]
    items: Annotated[int, Field(description="Số lượt tài liệu.")]
    sites: Annotated[int, Field(description="Số điểm được phục vụ.")]
    records: Annotated[str, Field(description="Địa chỉ các buổi đứng sau những số này.")]


class CountsByMonth(Counts):
    """Figures of a period and of each of its months."""

    months: Annotated[list[Counts], Field(description="Từng tháng trong kỳ.")]


def _counts(found: VisitCounts) -> dict[str, Any]:
    period = {"first": found.period.first.isoformat(), "last": found.period.last.isoformat()}
    return {
        **period, "visits": found.visits, "readers": found.readers, "readers_child": found.readers_child,
        "readers_adult": found.readers_adult, "items": found.items, "sites": found.sites,
        "records": f"{API}/visits?counted=true&first={period['first']}&last={period['last']}",
    }  # fmt: skip


def open_periods(desk: APIBlueprint, models: dict[str, Models]) -> None:
    """Give `desk` the routes of figures, fleet and calendar; `models` are those of the registers."""
    _figures(desk)
    _fleet(desk, models)
    _calendar(desk, models)


def _figures(desk: APIBlueprint) -> None:
    @desk.get("/figures", endpoint="figures")
    @allow(Right.SEE_PLANS)
    @desk.input(PeriodAsked, location="query")
    @desk.input(MaybeKnown, location="headers")
    @desk.output(CountsByMonth, headers=RowHeaders, description="Số liệu của kỳ")
    @desk.doc(
        summary="Số liệu của một kỳ, có địa chỉ các buổi đứng sau", operation_id="figures", tags=["figures"],
        security=TOKEN, responses=NOT_MODIFIED | fails(),
    )  # fmt: skip
    def view(query_data: PeriodAsked, headers_data: MaybeKnown) -> Response:  # noqa: ARG001 - read from the request
        period = period_asked(query_data.first, query_data.last, most=FIGURE_DAYS)
        months = [_counts(month) for month in monthly_counts(g.session, period)]
        return composed(_counts(visit_counts(g.session, period)) | {"months": months})


def _rows(name: str, looks: Lookups) -> list[dict[str, Any]]:
    register = register_called(name)
    return [row_of(register, one.record, one.updated_at, looks=looks) for one in whole(g.session, register)]


def _fleet(desk: APIBlueprint, models: dict[str, Models]) -> None:
    parts: dict[str, Any] = {}
    for name in FLEET:
        row = models[name].row
        parts[name] = (list[row], Field(description=register_called(name).title))  # type: ignore[valid-type]
    fleet: Any = create_model("Fleet", __base__=Given, **parts)

    @desk.get("/fleet", endpoint="fleet")
    @allow(Right.SEE_SITES)
    @desk.input(MaybeKnown, location="headers")
    @desk.output(fleet, headers=RowHeaders, description="Cơ sở, xe và tổ phục vụ.")
    @desk.doc(
        summary="Cơ sở, xe và tổ phục vụ trong một lần", operation_id="fleet", tags=["fleet"], security=TOKEN,
        responses=NOT_MODIFIED | fails(),
    )  # fmt: skip
    def view(headers_data: MaybeKnown) -> Response:  # noqa: ARG001 - read from the request
        looks = Lookups(g.session)
        return composed({name: _rows(name, looks) for name in FLEET})


def _calendar(desk: APIBlueprint, models: dict[str, Models]) -> None:
    day, term = models["calendar-days"].row, models["terms"].row
    parts: dict[str, Any] = {
        "first": (date, Field(description="Ngày đầu của kỳ.")),
        "last": (date, Field(description="Ngày cuối của kỳ.")),
        "days": (list[day], Field(description="Ngày đặc biệt")),  # type: ignore[valid-type]
        "terms": (list[term], Field(description="Học kỳ và hè")),  # type: ignore[valid-type]
        "working_days": (
            list[date], Field(description="Những ngày làm việc: đã trừ nghỉ lễ, đã thêm ngày làm bù.")
        ),
    }  # fmt: skip
    calendar: Any = create_model("Calendar", __base__=Given, **parts)

    @desk.get("/calendar", endpoint="calendar")
    @allow(Right.SEE_SITES)
    @desk.input(PeriodAsked, location="query")
    @desk.input(MaybeKnown, location="headers")
    @desk.output(calendar, headers=RowHeaders, description="Lịch của một kỳ.")
    @desk.doc(
        summary="Ngày đặc biệt, học kỳ và ngày làm việc của một kỳ", operation_id="calendar", tags=["calendar"],
        security=TOKEN, responses=NOT_MODIFIED | fails(),
    )  # fmt: skip
    def view(query_data: PeriodAsked, headers_data: MaybeKnown) -> Response:  # noqa: ARG001 - read from the request
        period = period_asked(query_data.first, query_data.last, most=CALENDAR_DAYS)
        looks = Lookups(g.session)
        return composed({
            "first": period.first.isoformat(), "last": period.last.isoformat(),
            "days": [row for row in _rows("calendar-days", looks) if _touches(period, row["day"], row["day"])],
            "terms": [row for row in _rows("terms", looks) if _touches(period, row["first_day"], row["last_day"])],
            "working_days": [day.isoformat() for day in working_days(period, special_days(g.session, period))],
        })  # fmt: skip


def _touches(period: Period, first: str, last: str) -> bool:
    return first <= period.last.isoformat() and last >= period.first.isoformat()

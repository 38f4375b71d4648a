"""Whom a plan reaches, for programs."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g

from outreach.domain.equity import AreaShare, Equity, SiteShare, Waits
from outreach.domain.roles import Right
from outreach.services.equity import plan_equity
from outreach.services.registers.lookups import Lookups
from outreach.web.api.answers import composed
from outreach.web.api.asked import MaybeKnown, RowHeaders
from outreach.web.api.described import NOT_MODIFIED, TOKEN, fails
from outreach.web.api.equity_models import EquityReport
from outreach.web.api.plans import TAG
from outreach.web.auth import allow


def open_equity(desk: APIBlueprint) -> None:
    """Give `desk` the route of the equity report."""

    @desk.get("/plans/<int:plan_id>/equity", endpoint="plans-equity")
    @allow(Right.SEE_PLANS)
    @desk.input(MaybeKnown, location="headers")
    @desk.output(EquityReport, headers=RowHeaders, description="Báo cáo công bằng")
    @desk.doc(
        summary="Công bằng giữa các nơi: thời gian chờ, phần của các xã khó khăn, điểm không được tới",
        operation_id="plans-equity", tags=[TAG], security=TOKEN, responses=NOT_MODIFIED | fails("not-found"),
    )  # fmt: skip
    def equity_view(plan_id: int, headers_data: MaybeKnown) -> Response:  # noqa: ARG001 - read from the request
        codes = Lookups(g.session).site_codes
        return composed(_equity(plan_equity(g.session, plan_id), codes))


def _equity(found: Equity, codes: dict[int, str]) -> dict[str, Any]:
    return {
        "sites": found.sites, "reached": found.reached, "wanted": found.wanted, "visits": found.visits,
        "before": _waits(found.before), "after": _waits(found.after), "areas": [_area(one) for one in found.areas],
        "unreached": [_unreached(site, found, codes[site.site_id]) for site in found.unreached],
    }  # fmt: skip


def _waits(waits: Waits) -> dict[str, Any]:
    return {
        "on": waits.on.isoformat(), "median": waits.median, "ninth_tenth": waits.ninth_tenth, "long": waits.long,
        "never": waits.never,
    }  # fmt: skip


def _area(one: AreaShare) -> dict[str, Any]:
    return {
        "area": one.area.value if one.area else None, "sites": one.sites, "reached": one.reached,
        "wanted": one.wanted, "visits": one.visits,
    }  # fmt: skip


def _unreached(site: SiteShare, found: Equity, code: str) -> dict[str, Any]:
    return {
        "site": code, "site_id": site.site_id, "site_name": site.name, "commune": site.commune,
        "wanted": site.wanted, "areas": sorted(area.value for area in site.areas),
        "waited": site.waited(found.after.on, planned=True),
    }  # fmt: skip

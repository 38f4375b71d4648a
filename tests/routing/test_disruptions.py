"""Each disruption on a problem of a few schools: what may be after it, from today on, and what cannot be one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.routing.disruptions import (
    CrewIll,
    Disruption,
    LaterStart,
    RoadClosed,
    SiteClosed,
    UrgentNeed,
    VehicleAway,
    disturbed,
)
from outreach.routing.expand import Horizon, Standstill
from outreach.routing.formats import disruptions_from_json, disruptions_to_json
from outreach.routing.problem import Problem, WorkingHours
from outreach.routing.validate import validate
from tests.routing.small import MONDAY, H, bus, crew, need, problem, site

EVERY_KIND: tuple[Disruption, ...] = (
    VehicleAway("bus", Period(MONDAY, MONDAY), "máy hỏng"),
    CrewIll("base driver 0", Period(MONDAY, MONDAY)),
    SiteClosed("a", Period(MONDAY, MONDAY)),
    RoadClosed("base", "b"),
    UrgentNeed(replace(need("a"), id="urgent", equipment=frozenset({"projector"}))),
    LaterStart("bus", Period(MONDAY, MONDAY), 9 * H),
)


def on(offset: int) -> date:
    return MONDAY + timedelta(days=offset)


def during(first: int, last: int) -> Period:
    return Period(on(first), on(last))


def school_bus(**more: object) -> Problem:
    """Two schools, a bus, its crew, one week."""
    return problem(
        {"base": 0, "a": 10, "b": 12}, sites=[site("a"), site("b")], needs=[need("a"), need("b")], staff=crew(),
        vehicles=[bus(**more)],
    )  # fmt: skip


def standing(asked: Problem) -> list[Standstill | None]:
    """Why the bus does not drive, for each day of the week."""
    horizon = Horizon(asked)
    return [horizon.standstill(asked.vehicles[0], on(i)) for i in range(5)]


def open_days(asked: Problem, site_id: str) -> list[int]:
    horizon = Horizon(asked)
    return [i for i in range(5) if horizon.windows_on(horizon.sites[site_id], on(i))]


def test_a_vehicle_that_is_away_does_not_drive():
    after = disturbed(school_bus(), [VehicleAway("bus", during(1, 2))])
    assert standing(after) == [None, Standstill.AWAY, Standstill.AWAY, None, None]


def test_what_began_before_today_holds_from_today_on():
    """The bus broke down on Monday; on Wednesday, today, what was driven till then was driven."""
    after = disturbed(replace(school_bus(), today=on(2)), [VehicleAway("bus", during(0, 3))])
    assert standing(after) == [None, None, Standstill.AWAY, Standstill.AWAY, None]


def test_what_is_over_before_today_changes_nothing():
    asked = replace(school_bus(), today=on(3))
    assert disturbed(asked, [VehicleAway("bus", during(0, 2)), SiteClosed("a", during(-9, -1))]) == asked


def test_without_its_only_driver_a_base_sends_nobody():
    after = disturbed(school_bus(), [CrewIll("base driver 0", during(4, 9))])
    assert standing(after) == [None, None, None, None, Standstill.NO_CREW]


def test_a_closed_site_receives_no_bus():
    after = disturbed(school_bus(), [SiteClosed("a", during(0, 3))])
    assert (open_days(after, "a"), open_days(after, "b")) == ([4], [0, 1, 2, 3, 4])


@pytest.mark.parametrize("road", [RoadClosed("base", "b", during(1, 3)), RoadClosed("b", "base", during(1, 3))])
def test_what_is_behind_a_closed_road_is_not_visited(road):
    """The road is closed both ways, and it is the school that cannot be reached, whichever end is named first."""
    after = disturbed(school_bus(), [road])
    assert (open_days(after, "a"), open_days(after, "b")) == ([0, 1, 2, 3, 4], [0, 4])


def test_a_road_without_a_period_is_closed_from_today_to_the_end():
    """Between two schools the farther end, the one named last, is cut off."""
    after = disturbed(replace(school_bus(), today=on(3)), [RoadClosed("a", "b")])
    assert (open_days(after, "a"), open_days(after, "b")) == ([0, 1, 2, 3, 4], [0, 1, 2])


def test_an_urgent_need_is_asked_for():
    more = replace(need("a"), id="urgent")
    assert disturbed(school_bus(), [UrgentNeed(more)]).needs[-1] == more


def test_a_bus_that_starts_later_keeps_the_other_hours_it_has():
    """On Tuesdays it is back by three; it still is, and leaves at nine like on the other days of the period."""
    own = WorkingHours(frozenset({1}), return_latest_s=15 * H)
    asked = school_bus(hours=(own,))
    after = disturbed(asked, [LaterStart("bus", during(1, 2), 9 * H)])
    validate(after)
    horizon = Horizon(after)
    found = [horizon.rules_on(after.vehicles[0], on(i)) for i in range(4)]
    assert [rules.leave_earliest_s for rules in found] == [6 * H, 9 * H, 9 * H, 6 * H]
    assert [rules.return_latest_s for rules in found] == [18 * H, 15 * H, 18 * H, 18 * H]


def test_a_later_start_never_makes_a_bus_leave_earlier():
    after = disturbed(
        school_bus(hours=(WorkingHours(leave_earliest_s=10 * H),)), [LaterStart("bus", during(0, 0), 7 * H)]
    )
    assert Horizon(after).rules_on(after.vehicles[0], on(0)).leave_earliest_s == 10 * H


def test_all_disruptions_are_read_as_they_were_written():
    assert disruptions_from_json(disruptions_to_json(EVERY_KIND)) == EVERY_KIND


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (VehicleAway("boat", during(0, 0)), "disruptions[0].vehicle_id"),
        (LaterStart("boat", during(0, 0), 9 * H), "disruptions[0].vehicle_id"),
        (LaterStart("bus", during(0, 0), 18 * H), "disruptions[0].leave_s"),
        (CrewIll("cook", during(0, 0)), "disruptions[0].staff_id"),
        (SiteClosed("z", during(0, 0)), "disruptions[0].site_id"),
        (RoadClosed("moon", "a"), "disruptions[0].from_place"),
        (RoadClosed("a", "moon"), "disruptions[0].to_place"),
        (RoadClosed("base", "base"), "disruptions[0].to_place"),
        (UrgentNeed(need("a")), "disruptions[0].need.id"),
        (UrgentNeed(need("z")), "disruptions[0].need.site_id"),
    ],
)
def test_a_disruption_of_what_is_not_there_is_named(one, field):
    with pytest.raises(InvalidValue) as raised:
        disturbed(school_bus(), [one])
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ([], "file"),
        ({"disruptions": [3]}, "disruptions[0]"),
        ({"disruptions": [{"vehicle_id": "bus"}]}, "disruptions[0].kind"),
        ({"disruptions": [{"kind": "flood"}]}, "disruptions[0].kind"),
        ({"disruptions": [{"kind": "vehicle-away", "vehicle_id": "bus"}]}, "disruptions[0].period"),
        ({"disruptions": [{"kind": "urgent-need", "need": {"id": "x"}}]}, "disruptions[0].need.site_id"),
        (
            {"disruptions": [{"kind": "road-closed", "from_place": "a", "to_place": "b", "site_id": "a"}]},
            "disruptions[0]",
        ),
        ({"schema": 2, "disruptions": []}, "file.schema"),
    ],
)
def test_a_file_that_is_wrong_is_named(data, field):
    with pytest.raises(InvalidValue) as raised:
        disruptions_from_json(data)
    assert raised.value.field == field

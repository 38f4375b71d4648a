"""The geometry of the strip and of the curve."""

from datetime import date

import pytest

from outreach.domain.places import Coordinates
from outreach.domain.sheets import BasePoint, CurvePoint, DaySheet, DayStop, VehicleSign
from outreach.domain.visits import ServiceKind
from outreach.web.planner.drawings import curve, strip

HERE = Coordinates(lat=12.2, lon=109.2)


def test_the_curve_rises_to_the_line_of_all_visits() -> None:
    points = [CurvePoint(0.0, 96, 7_480_000, 0), CurvePoint(38.0, 148, 6_120_000, 0)]
    drawn = curve(points, wanted=155, limit_s=60.0, elapsed_s=40.0)
    assert drawn is not None
    assert (drawn.measure, drawn.first, drawn.last) == ("visits", 96, 148)
    assert drawn.bound == 38.0
    assert 38.0 < drawn.end_y < 60.0
    assert [second for _, second in drawn.ticks] == [0, 15, 30, 45, 60]


def test_the_curve_shows_kilometres_when_all_visits_stood_from_the_start() -> None:
    points = [CurvePoint(1.0, 12, 900_000, 0), CurvePoint(5.0, 12, 700_000, 0)]
    drawn = curve(points, wanted=12, limit_s=10.0, elapsed_s=6.0)
    assert drawn is not None
    assert (drawn.measure, drawn.first, drawn.last, drawn.bound) == ("kilometres", 900, 700, None)


def test_a_single_plan_is_a_flat_line_and_nothing_is_no_curve() -> None:
    assert curve([], wanted=12, limit_s=10.0, elapsed_s=1.0) is None
    flat = curve([CurvePoint(1.0, 0, 0, 0)], wanted=0, limit_s=10.0, elapsed_s=2.0)
    assert flat is not None
    assert flat.last == 0


def day_of(minutes: int) -> DaySheet:
    """A day with one stop of so many minutes from 8 o'clock."""
    base = BasePoint(id=1, name="Cơ sở", at=HERE)
    stop = DayStop(
        position=1, site_id=7, site_name="Trường Phổ thông Dân tộc nội trú Ninh Thuận", commune="", contact="",
        access_note="", at=HERE, service=ServiceKind.BUS_VISIT, arrive_s=28_800, start_s=28_800,
        end_s=28_800 + minutes * 60, depart_s=43_200, window_start_s=25_200, window_end_s=43_200, drive_s=0,
        distance_m=0,
    )  # fmt: skip
    return DaySheet(
        plan_id=1, day=date(2027, 4, 19), vehicle=VehicleSign(id=1, name="Xe 1", sign=1, base_name=""), start=base,
        end=base, overnight=False, trip_number=1, day_of_trip=1, trip_days=1, crew=(), leave_s=28_800,
        return_s=43_200, lunch_start_s=None, lunch_end_s=None, drive_s=0, home_drive_s=0, home_distance_m=0,
        distance_m=0, estimated=True, stops=(stop,),
    )  # fmt: skip


@pytest.mark.parametrize(("minutes", "label"), [(180, "PTDTNT Ninh Thuận"), (90, "PTDTNT Ninh…"), (60, "1"), (30, "1")])
def test_a_name_on_the_strip_is_shortened_by_words_and_kept_whole_beside(minutes: int, label: str) -> None:
    drawn = strip(day_of(minutes), names=["PTDTNT Ninh Thuận"]).services[0]
    assert drawn.label == label
    assert drawn.title == "Trường Phổ thông Dân tộc nội trú Ninh Thuận"

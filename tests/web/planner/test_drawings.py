"""The geometry of the strip and of the curve."""

from outreach.domain.sheets import CurvePoint
from outreach.web.planner.drawings import curve


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

"""Regular timetables: what is read, what the checker names, and that the planner's own are regular."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.beats import regular, timed
from benchmarks.regular import RegularAnswer, RegularCase, read_regular
from tests.benchmarks.folders import TIMETABLE, write

pytestmark = pytest.mark.usefixtures("warm_kernel")


@pytest.fixture
def service(tmp_path: Path) -> RegularCase:
    """Two weeks, Mondays and Tuesdays: W each week, between A and B in the first and before C in the second."""
    stops = {"W": 52.02, "A": 52.00, "B": 52.04, "C": 52.06, "D": 52.10, "E": 52.12}
    tours = {("T1", 1, 1): "AWB", ("T2", 1, 2): "D", ("T3", 2, 1): "WC", ("T4", 2, 2): "E"}
    rows = [
        f"{stop},{stops[stop]},1.00,20,M1,{tour},{week},{weekday}"
        for (tour, week, weekday), route in tours.items()
        for stop in route
    ]
    write(tmp_path / "east.csv", TIMETABLE, *rows)
    return read_regular(tmp_path, "east", "depot")


def test_series_are_the_stops_of_several_weeks(service: RegularCase):
    assert service.series == ((1, 4),)
    assert service.driven == {0: [0, 1, 2], 1: [3], 2: [4, 5], 3: [6]}


def test_twice_a_week_makes_two_series(tmp_path: Path):
    rows = [
        f"{stop},52.0,1.00,20,M1,T{week}{day},{week},{day}" for week in (1, 2) for day in (1, 3) for stop in ("W", "X")
    ]
    write(tmp_path / "east.csv", TIMETABLE, *rows)
    found = read_regular(tmp_path, "east", "depot").series
    assert found == ((0, 4), (2, 6), (1, 5), (3, 7))


def test_times_are_found_where_there_are_some_and_only_there(service: RegularCase):
    """W waits for its later week. Before A in one week and after C in the other it would still have one time."""
    found = timed(service, service.driven)
    assert found is not None
    assert found.starts[1] == found.starts[4]
    assert timed(service, {0: [0, 1, 2], 1: [3], 2: [5], 3: [4, 6]}) is None  # another weekday
    tight = replace(service, case=replace(service.case, limit=1))
    assert timed(tight, service.driven) is None


def test_checker_names_each_fault(service: RegularCase):
    """From sound times: the other week a minute later, a stop too early, a tour too long, a visit left out."""
    found = timed(service, service.driven)
    assert found is not None
    sound = RegularAnswer(found.routes, found.starts)
    verdict = service.judged(sound)
    assert (verdict.faults, verdict.regular, verdict.served) == ([], 1.0, 7)
    later = {v: start + 60 * (v == 4) for v, start in found.starts.items()}
    assert "series 0 is not regular" in service.judged(replace(sound, starts=later)).faults
    assert service.judged(replace(sound, starts=later)).regular == 0.0
    sooner = {v: start - 3_600 * (v == 2) for v, start in found.starts.items()}
    assert any("too early" in fault for fault in service.judged(replace(sound, starts=sooner)).faults)
    longer = {v: start + 36_000 * (v == 2) for v, start in found.starts.items()}
    assert any("is out from" in fault for fault in service.judged(replace(sound, starts=longer)).faults)
    without = replace(sound, routes={**found.routes, 2: [5]})
    assert service.judged(without).regular == 0.0


def test_the_planner_makes_a_regular_timetable_that_drives_no_more(service: RegularCase):
    answer = regular(service, seconds=1.0, seed=1)
    verdict = service.judged(answer)
    assert (verdict.faults, verdict.regular, verdict.served) == ([], 1.0, 7)
    assert service.actual is not None
    assert verdict.cost <= service.actual

"""Any folder of the same layout can be measured."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import ours, readers
from benchmarks.case import Case, Unusable, check
from tests.benchmarks.folders import (
    CUSTOMERS,
    FACTS,
    TIMETABLE,
    write,
    write_periodic,
    write_site_dependent,
    write_timetable,
)

pytestmark = pytest.mark.usefixtures("warm_kernel")


def assert_planned(case: Case) -> None:
    answer = ours.outreach(case, seconds=0.2, seed=1)
    verdict = check(case, answer.routes)
    assert (verdict.served, verdict.faults) == (len(case.visits), [])


def test_two_timetables_without_a_summary_are_read(tmp_path: Path):
    write_timetable(tmp_path, "east.csv", 5)
    write_timetable(tmp_path, "west.csv", 3)
    assert readers.instances(tmp_path, ".csv", ()) == ["east", "west"]
    assert readers.instances(tmp_path, ".csv", (), largest=1) == ["east"]
    case = readers.read_timetable(tmp_path, "east", "depot")
    assert (len(case.visits), len(case.slots)) == (5, 3)
    assert_planned(case)


def test_names_are_found_in_any_case(tmp_path: Path):
    write_timetable(tmp_path, "East.CSV", 4)
    write_site_dependent(tmp_path, "pr01.VRP", 2)
    write(tmp_path / "PR01.Sol", "Route #1: 1 2", "Cost: 4000")
    assert readers.instances(tmp_path, ".csv", ()) == ["East"]
    assert readers.instances(tmp_path, ".csv", ["EAST"]) == ["EAST"]
    assert len(readers.read_timetable(tmp_path, "east", "depot").visits) == 4
    assert readers.read_site_dependent(tmp_path, "PR01").best_known == 4.0


def test_the_overlapping_service_is_measured_only_when_asked_for(tmp_path: Path):
    write_timetable(tmp_path, "york.csv", 2)
    write_timetable(tmp_path, "east_riding_of_yorkshire.csv", 2)
    assert readers.instances(tmp_path, ".csv", ()) == ["york"]
    assert readers.instances(tmp_path, ".csv", ["east_riding_of_yorkshire"]) == ["east_riding_of_yorkshire"]


def test_a_service_of_one_visit_is_planned(tmp_path: Path):
    write_timetable(tmp_path, "east.csv", 1)
    for variant in ("depot", "open"):
        assert_planned(readers.read_timetable(tmp_path, "east", variant))


def test_an_open_timetable_with_set_up_keeps_its_longest_day(tmp_path: Path):
    write_timetable(tmp_path, "east.csv", 6)
    bare = readers.read_timetable(tmp_path, "east", "open")
    case = readers.read_timetable(tmp_path, "east", "open", set_up_s=240)
    assert case.variant == "open set-up 240 s"
    assert case.limit == bare.limit + 2 * 240
    assert_planned(case)


def test_services_are_merged_to_about_so_many_visits(tmp_path: Path):
    for name, visits in (("large.csv", 8), ("middle.csv", 5), ("small.csv", 2)):
        write_timetable(tmp_path, name, visits)
    names = [readers.merged(tmp_path, visits) for visits in (6, 10, 15, 24)]
    assert names == ["large", "large+small", "large+middle+small", "large:2+middle+small"]
    assert len(readers.read_timetable(tmp_path, names[-1], "depot").visits) == 23


def test_a_small_folder_is_copied_nine_times_at_most(tmp_path: Path):
    write_timetable(tmp_path, "small.csv", 2)
    assert readers.merged(tmp_path, 5_000) == "small:9"


def test_a_copy_of_a_service_is_elsewhere_with_the_same_legs(tmp_path: Path):
    write_timetable(tmp_path, "east.csv", 4)
    legs = readers.read_timetable(tmp_path, "east:2", "depot").legs
    assert np.array_equal(legs[:4, :4], legs[4:8, 4:8])
    assert legs[:4, 4:8].min() > legs[:4, :4].max()
    assert_planned(readers.read_timetable(tmp_path, "east:2", "depot"))


def test_a_periodic_folder_with_fewer_files_than_its_summary_names_is_read(tmp_path: Path):
    write_periodic(tmp_path, "p02.csv", 3)
    write(tmp_path / "summary.csv", f"{FACTS},best_known_file", "p02,3,2,1,10,,12.5", "p04,9,2,1,10,,99")
    assert readers.instances(tmp_path, ".csv", ()) == ["p02"]
    case = readers.read_periodic(tmp_path, "p02")
    assert case.best_known == 12.5
    assert_planned(case)


def test_best_known_costs_may_be_missing(tmp_path: Path):
    write_periodic(tmp_path, "p02.csv", 1)
    write(tmp_path / "SUMMARY.csv", FACTS, "P02,1,2,1,10,50")
    write_site_dependent(tmp_path, "PR02.vrp", 1)
    for case in (readers.read_periodic(tmp_path, "p02"), readers.read_site_dependent(tmp_path, "PR02")):
        assert case.best_known is None
        assert_planned(case)


def test_what_is_not_there_is_said_with_what_is(tmp_path: Path):
    write_timetable(tmp_path, "east.csv", 2)
    with pytest.raises(Unusable, match=r"holds no west\.csv; it has east"):
        readers.instances(tmp_path, ".csv", ["east+west"])
    with pytest.raises(Unusable, match="holds no east:x"):
        readers.instances(tmp_path, ".csv", ["east:x"])
    with pytest.raises(Unusable, match="there is no folder"):
        readers.instances(tmp_path / "nowhere", ".csv", ())
    with pytest.raises(Unusable, match=r"holds no instance \*\.vrp"):
        readers.instances(tmp_path, ".vrp", ())


def test_a_folder_of_another_layout_is_named(tmp_path: Path):
    write_periodic(tmp_path, "p02.csv", 1)
    with pytest.raises(Unusable, match=f"wants rows with the columns {TIMETABLE.replace(',', ', ')}; it lacks stop_id"):
        readers.read_timetable(tmp_path, "p02", "depot")
    with pytest.raises(Unusable, match=r"lacks summary\.csv"):
        readers.read_periodic(tmp_path, "p02")
    write(tmp_path / "summary.csv", FACTS, "p04,1,2,1,10,50")
    with pytest.raises(Unusable, match="has no row for p02"):
        readers.read_periodic(tmp_path, "p02")
    write(tmp_path / "p02.csv", CUSTOMERS)
    write(tmp_path / "summary.csv", FACTS, "p02,1,2,1,10,50")
    with pytest.raises(Unusable, match=r"p02\.csv wants rows"):
        readers.read_periodic(tmp_path, "p02")


def test_rounds_are_counted_from_a_whole_plan(tmp_path: Path):
    write_timetable(tmp_path, "east.csv", 4)
    case = readers.read_timetable(tmp_path, "east", "depot")
    answer = ours.rounds(case, seconds=1, seed=1)
    assert answer.rounds == ours.ROUNDS
    verdict = check(case, answer.routes)
    assert (verdict.served, verdict.faults) == (4, [])


def test_a_trace_gets_better_and_ends_with_the_plan(tmp_path: Path):
    write_timetable(tmp_path, "east.csv", 6)
    case = readers.read_timetable(tmp_path, "east", "depot")
    answer = ours.told(case, seconds=0.2, seed=1)
    costs = [cost for _, cost in answer.trace]
    assert costs[-1] == check(case, answer.routes).cost == min(costs)
    assert [now for now, _ in answer.trace] == sorted(now for now, _ in answer.trace)

"""The commands of the benchmarks: rows kept and found again, faults in one line, pages of all kinds of rows."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import results
from benchmarks.table import OURS, ROUNDS, TRACED, Row, Table, command, engine_version, merged
from tests.benchmarks.folders import write, write_timetable

ROW = Row("uk", "east", "depot", "pyvrp", 10.0, 1, "", 100.0, feasible=True, served=4, took=10.0)
OLD = (
    '{"bench": "uk", "instance": "east", "variant": "depot", "solver": "vroom", "seconds": 10.0, "seed": 1, '
    '"version": "", "cost": 120.0, "feasible": true, "served": 4, "took": 9.0}'
)


def test_rows_without_the_newer_columns_are_read(tmp_path: Path):
    write(tmp_path / "old.jsonl", OLD)
    (row,) = Table(tmp_path / "old.jsonl").rows
    assert (row.rounds, row.peak_mb, row.per_thousand_s) == (None, None, None)


def test_a_line_that_was_cut_off_is_measured_again_and_harms_no_other(tmp_path: Path):
    path = tmp_path / "rows.jsonl"
    path.write_text(OLD + "\n" + json.dumps(asdict(ROW))[:60], encoding="utf-8")
    table = Table(path)
    assert table.get(ROW.key) is None
    table.add(ROW)
    table.add(replace(ROW, seed=2))
    assert [row.solver for row in Table(path).rows] == ["vroom", "pyvrp", "pyvrp"]


def test_the_later_of_two_rows_of_a_measurement_counts(tmp_path: Path):
    for name, cost in (("one", 100.0), ("two", 90.0)):
        Table(tmp_path / name).add(replace(ROW, cost=cost))
    assert [row.cost for row in merged([tmp_path / "one", tmp_path / "two"])] == [90.0]


def test_a_page_holds_rows_of_every_kind(tmp_path: Path):
    growth = replace(ROW, bench="growth", instance="a:2+b+c+d+e", served=5_000, peak_mb=900.0, tours=500)
    rows = [
        ROW,
        replace(ROW, solver=OURS, version="v", variant="open set-up 240 s"),
        replace(growth, solver=OURS, version="v", cost=90.0),
        growth,
        replace(growth, solver=ROUNDS, rounds=200_000, rounds_s=4.0),
        replace(growth, instance="e", served=7),
        replace(ROW, bench=TRACED, solver=OURS, trace=((1.0, 110.0), (2.0, 100.0))),
    ]
    page = "\n".join(results.page(rows))
    assert "`python -m benchmarks uk --seconds 10 --variant open --set-up 240`" in page
    assert "| a:2+b and 3 more | 5000 | 500 | rounds |  | 10 | 1 | 100.0 | 200,000 | 0.020 | 900 |" in page
    assert page.index("| e | 7 |") < page.index("| a:2+b and 3 more |")
    assert "- against pyvrp: sum -10.00 % over 1 runs" in page
    assert "against rounds" not in page


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("uk --data nowhere", "there is no folder nowhere"),
        ("uk --data . --only west", "holds no west.csv; it has east"),
        ("growth --data . --only 4,west", "holds no west.csv; it has east"),
        ("pvrp --data .", "lacks summary.csv"),
        ("windows --data .", "holds no instance *.vrp"),
        ("uk --data . --solvers best", "uk knows no planner best; it has outreach, rounds, pyvrp"),
        ("day --only monday", "there is no day monday; days are called day-STOPS-NUMBER, such as day-8-1"),
        ("day --solvers pyvrp", "day knows no planner pyvrp; it has outreach, cp-sat"),
        ("convergence --data . --solvers vroom", "convergence knows no planner vroom; it has outreach, pyvrp"),
        ("uk --data . --json east.csv", "east.csv line 1 is no row of results"),
        ("uk --data . --json .", "Is a directory"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(
    words: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    write_timetable(tmp_path, "east.csv", 4)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["benchmarks", *words.split()])
    with pytest.raises(SystemExit) as end:
        command(benchmarks.main)
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


def test_a_page_of_no_file_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("sys.argv", ["results", str(tmp_path / "none.jsonl")])
    with pytest.raises(SystemExit):
        command(results.main)
    assert capsys.readouterr().err == f"benchmarks: there is no file {tmp_path / 'none.jsonl'}\n"


@pytest.mark.usefixtures("warm_kernel")
def test_a_day_is_planned_against_the_exact_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    words = ["benchmarks", "day", "--only", "day-3-1", "--seconds", "2", "--json", str(tmp_path / "rows.jsonl")]
    monkeypatch.setattr("sys.argv", words)
    command(benchmarks.main)
    assert "equal to CP-SAT in 1 of 1 proven" in capsys.readouterr().out
    page = "\n".join(results.page(Table(tmp_path / "rows.jsonl").rows))
    assert "| day-3-1 | cp-sat |  | 2 | 1 |" in page


@pytest.mark.usefixtures("warm_kernel")
def test_an_interrupted_run_goes_on_where_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name in ("east.csv", "west.csv"):
        write_timetable(tmp_path, name, 4)
    path = tmp_path / "new" / "folder" / "rows.jsonl"
    before = replace(ROW, solver=OURS, seconds=0.2, version=engine_version(), note="measured before")
    Table(path).add(before)
    words = ["benchmarks", "uk", "--data", str(tmp_path), "--solvers", OURS, "--seconds", "0.2", "--json", str(path)]
    monkeypatch.setattr("sys.argv", words)
    command(benchmarks.main)
    first, second = Table(path).rows
    assert first.note == before.note
    assert (second.instance, second.served, second.feasible, second.tours) == ("west", 4, True, 2)
    assert "against the timetable as it was" in capsys.readouterr().out

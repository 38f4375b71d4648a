"""The command line: a plan made and judged from files, and failures in one sentence."""

import json
import signal
import subprocess
import sys
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.cli import main
from outreach.domain.places import Coordinates
from outreach.domain.times import Period
from outreach.routing.formats import problem_to_json, solution_to_json
from outreach.routing.problem import Closure, Need, Place, Problem, Site, SiteWindow, StaffMember, Vehicle
from outreach.routing.solve import solve
from outreach.settings import PROJECT

HOUR = 3600
MONDAY = date(2027, 3, 1)
SCHOOL_DAY = (SiteWindow(7 * HOUR + 1800, 10 * HOUR + 1800), SiteWindow(13 * HOUR + 1800, 16 * HOUR + 1800))


def two_schools_one_bus() -> Problem:
    """Two schools near the base, two visits each at least a week apart; Wednesday is a holiday."""
    here = {"base": 12.25, "a": 12.27, "b": 12.29}
    holiday = Closure(Period(date(2027, 3, 3), date(2027, 3, 3)), "Nghỉ lễ", stops_vehicles=True)
    return Problem(
        name="two_schools_one_bus",
        horizon=Period(MONDAY, date(2027, 3, 14)),
        places=tuple(Place(key, key.upper(), Coordinates(lat=lat, lon=109.1)) for key, lat in here.items()),
        vehicles=(
            Vehicle("bus", "Xe 1", "base"),
            Vehicle("boat", "Thuyền 1", "base", kind="boat", weekdays=frozenset({5})),
        ),
        staff=(
            StaffMember("d", "base", "driver"),
            StaffMember("l1", "base", "librarian"),
            StaffMember("l2", "base", "librarian"),
        ),
        sites=tuple(Site(key, f"Trường {key.upper()}", key, "school_primary", SCHOOL_DAY) for key in "ab"),
        needs=tuple(Need(f"need {key}", key, quota=2, min_gap_days=7) for key in "ab"),
        closures=(holiday,),
    )


PROBLEM = two_schools_one_bus()


@pytest.fixture(scope="module")
def sound() -> dict[str, Any]:
    """A sound solution as JSON."""
    return solution_to_json(solve(PROBLEM, seconds=1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "problem.json").write_text(json.dumps(problem_to_json(PROBLEM)), encoding="utf-8")
    return tmp_path


def checked(folder: Path, solution: dict[str, Any]) -> int:
    (folder / "solution.json").write_text(json.dumps(solution), encoding="utf-8")
    return main(["check", str(folder / "problem.json"), str(folder / "solution.json")])


def test_a_problem_is_solved_and_the_result_found_sound(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(folder / "problem.json"), str(folder / "solution.json")]
    assert main(["solve", files[0], "-o", files[1], "--seconds", "1"]) == 0
    said = capsys.readouterr().out
    assert "Buổi đã xếp" in said
    assert "4 / 4" in said
    assert main(["check", *files]) == 0
    assert capsys.readouterr().out == "Không có vi phạm nào.\n"


def test_two_searches_at_once_and_no_rounds_with_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(folder / "problem.json"), str(folder / "solution.json")]
    command = ["solve", files[0], "-o", files[1], "--processes", "2"]
    assert main([*command, "--seconds", "2"]) == 0
    assert json.loads((folder / "solution.json").read_text(encoding="utf-8"))["processes"] == 2
    with pytest.raises(SystemExit) as ended:
        main([*command, "--rounds", "10"])
    assert ended.value.code == 2


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_solve_that_is_interrupted_writes_its_best_plan(folder: Path, processes: str) -> None:
    files = [str(folder / "problem.json"), str(folder / "solution.json")]
    command = [sys.executable, "-m", "outreach", "solve", files[0], "-o", files[1], "--seconds", "600"]
    with subprocess.Popen(
        [*command, "--processes", processes], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if "4/4" in line)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Đã dừng theo yêu cầu" in said
    assert main(["check", *files]) == 0
    assert json.loads((folder / "solution.json").read_text(encoding="utf-8"))["ending"] == "stopped"


def tours(solution: dict[str, Any]) -> list[dict[str, Any]]:
    return [tour for trip in solution["trips"] for tour in trip["tours"]]


def late(solution: dict[str, Any]) -> None:
    stop = tours(solution)[0]["stops"][0]
    stop["arrive_s"] -= 60


def no_lunch(solution: dict[str, Any]) -> None:
    tour = next(tour for tour in tours(solution) if tour["lunch_start_s"])
    tour["lunch_start_s"] = tour["lunch_end_s"] = None


def wrong_vehicle(solution: dict[str, Any]) -> None:
    trip = solution["trips"][0]
    trip["vehicle_id"] = trip["tours"][0]["vehicle_id"] = "boat"


def moved(solution: dict[str, Any], place: int, day: date) -> None:
    tours(solution)[place]["day"] = day.isoformat()


def two_visits_too_close(solution: dict[str, Any]) -> None:
    first = date.fromisoformat(tours(solution)[0]["day"])
    moved(solution, -1, first + timedelta(days=1))


def holiday(solution: dict[str, Any]) -> None:
    moved(solution, 0, date(2027, 3, 3))


def over_long_shift(solution: dict[str, Any]) -> None:
    tour = tours(solution)[0]
    tour["leave_s"] = 6 * HOUR
    tour["return_s"] = 18 * HOUR


def unknown_site(solution: dict[str, Any]) -> None:
    tours(solution)[0]["stops"][0]["site_id"] = "nowhere"


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (late, "late"),
        (no_lunch, "no-lunch"),
        (wrong_vehicle, "wrong-vehicle"),
        (two_visits_too_close, "too-near"),
        (holiday, "day-off"),
        (over_long_shift, "shift-too-long"),
        (unknown_site, "unknown-site"),
    ],
)
def test_a_hand_broken_solution_is_rejected_with_a_named_line(
    folder: Path, sound: dict[str, Any], capsys: pytest.CaptureFixture[str], broken: Any, rule: str
) -> None:
    solution = deepcopy(sound)
    broken(solution)
    assert checked(folder, solution) == 1
    lines = capsys.readouterr().out.splitlines()
    assert rule in [line.split(": ")[0] for line in lines]
    assert all(len(line.split(": ", 1)[1]) > 10 for line in lines)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"trips": 3}', "[" * 100_000])
def test_a_solution_that_is_none_is_bad_input(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    (folder / "solution.json").write_text(text, encoding="utf-8")
    assert main(["check", str(folder / "problem.json"), str(folder / "solution.json")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_a_missing_file_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(folder / "nothing.json"), "-o", str(folder / "out.json")]) == 2
    assert "nothing.json" in capsys.readouterr().err


def test_solving_and_checking_need_no_database(folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from outreach.cli import main\n"
        "result = main(sys.argv[1:])\n"
        "assert not {'flask', 'outreach.wiring', 'alembic'} & set(sys.modules), 'too much was loaded'\n"
        "sys.exit(result)"
    )
    files = [str(folder / "problem.json"), str(folder / "solution.json")]
    for command in (["solve", files[0], "-o", files[1], "--seconds", "1"], ["check", *files]):
        done = subprocess.run(
            [sys.executable, "-c", code, *command], check=False, cwd=PROJECT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    for name in ("demo", "serve", "worker", "plan", "solve", "check", "user", "db", "doctor"):
        assert f"\n    {name} " in said

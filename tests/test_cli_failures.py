"""Commands in a broken world: one sentence, exit code 2, nothing a person cannot read."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from outreach.cli import main
from outreach.domain.errors import InvalidValue, Unavailable
from outreach.routing.formats import problem_to_json
from outreach.routing.problem import Pin
from outreach.services.backups import back_up
from outreach.settings import PROJECT, Settings
from outreach.wiring import open_house
from tests.test_cli import PROBLEM

TOO_LONG = "9" * 30


@pytest.fixture
def instance(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own that the commands look at; nothing is in it."""
    monkeypatch.setenv("OUTREACH_INSTANCE", settings.instance)
    settings.instance_folder.mkdir()
    return settings.instance_folder


def refused(capsys: pytest.CaptureFixture[str], command: list[str]) -> str:
    """The one sentence of a command that could not be done."""
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "ngoài dự kiến" not in said
    return said


@pytest.mark.parametrize(
    "address",
    ["x", "mysql://a/b", "sqlite:////tmp/x.db", "http://x", "postgresql://a:b:c/d", "postgresql://nowhere.invalid/x"],
)
@pytest.mark.parametrize("command", [["plan", "show"], ["serve"]])
def test_a_database_address_that_is_none_is_one_sentence(
    instance: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    command: list[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    refused(capsys, command)


def test_a_password_in_a_wrong_database_address_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue) as caught:
        open_house(Settings(instance=str(tmp_path), database_url="mysql://me:hush@there/db"))
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("command", [["plan", "show"], ["serve"], ["db", "backup"], ["demo", "--no-serve"]])
def test_a_damaged_database_is_one_sentence(
    instance: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (instance / "outreach.db").write_bytes(b"no database at all" * 1000)
    assert "bị hỏng" in refused(capsys, command)


@pytest.mark.parametrize(
    "broken",
    [
        {"DATABASE_URL": "x"},
        {"DATABASE_URL": "postgresql://127.0.0.1:1/x"},
        {"OUTREACH_PORT": "abc"},
        {"OUTREACH_PORT": "99999"},
        {"OUTREACH_SOLVER_PROCESSES": "0"},
        {"OUTREACH_SOLVER_PROCESSES": "all"},
        {"OUTREACH_INSTANCE": "/dev/null"},
    ],
)
def test_the_doctor_goes_on_after_what_is_ill(
    instance: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, broken: dict[str, str]
) -> None:
    for name, value in broken.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗" in said
    assert len(said.splitlines()) == 7
    assert "ngoài dự kiến" not in said


def test_an_address_nobody_can_listen_on_is_one_sentence(
    instance: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_HOST", "999.1.1.1")
    assert "OUTREACH_HOST" in refused(capsys, ["serve"])


@pytest.mark.parametrize(
    "command", [["plan", "show", TOO_LONG], ["plan", "show", "-1"], ["plan", "solve", "1", "--seed", TOO_LONG]]
)
def test_a_number_no_database_holds_is_refused(
    instance: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(command)
    assert caught.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_nothing_is_backed_up_where_nothing_is(settings: Settings) -> None:
    house = open_house(settings)
    with pytest.raises(Unavailable, match="Chưa có dữ liệu"):
        back_up(house)
    house.close()
    assert not (settings.instance_folder / "backups").exists()


def test_a_password_nobody_can_type_is_one_sentence(
    instance: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "--password-stdin" in refused(capsys, ["user", "add", "can.bo", "--name", "Cán bộ"])


def test_a_place_that_cannot_be_written_is_known_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = tmp_path / "problem.json"
    problem.write_text(json.dumps(problem_to_json(PROBLEM)), encoding="utf-8")
    said = refused(capsys, ["solve", str(problem), "-o", str(tmp_path / "no" / "where.json"), "--seconds", "60"])
    assert str(tmp_path) in said


def test_a_plan_that_cannot_be_made_leaves_no_empty_file(tmp_path: Path) -> None:
    """A pin on a day on which the bus does not drive: said, exit 2, nothing written."""
    need = PROBLEM.needs[0]
    sunday = next(day for day in PROBLEM.horizon.days() if day.weekday() == 6)
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    pinned = replace(PROBLEM, pins=(Pin(need.id, sunday),))
    problem.write_text(json.dumps(problem_to_json(pinned)), encoding="utf-8")
    assert main(["solve", str(problem), "-o", str(plan), "--seconds", "2"]) == 2
    assert not plan.exists()


def test_a_reader_who_leaves_early_is_one_sentence(tmp_path: Path) -> None:
    code = "import sys; from outreach.cli import main; sys.stdin.readline(); sys.exit(main(['doctor']))"
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={"OUTREACH_INSTANCE": str(tmp_path), "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        child.stdin.write("\n")
        child.stdin.close()
        said = child.stderr.read()
    assert child.returncode == 2
    assert said.count("\n") == 1
    assert "Traceback" not in said

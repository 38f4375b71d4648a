"""Commands that work on an installation: plans, accounts, backups, and the demonstration."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from outreach.cli import main
from outreach.cli.lock import hold
from outreach.domain.errors import Unavailable
from outreach.services.backups import ready_database
from outreach.settings import Settings
from outreach.wiring import open_house
from tests.factories import make_organisation, make_small_province


@pytest.fixture
def installation(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A small province in a folder that the commands look at."""
    monkeypatch.setenv("OUTREACH_INSTANCE", settings.instance)
    house = open_house(settings)
    ready_database(house)
    with house.session(everywhere=True) as session:
        organisation = make_organisation(session)
    with house.session(organisation_id=organisation.id) as session:
        make_small_province(session)
    house.close()
    return settings


def test_a_plan_goes_from_nothing_to_the_public(installation: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "new", "Tháng ba", "--first", "2027-03-01", "--last", "2027-03-28"]) == 0
    assert "Kế hoạch số 2: Tháng ba" in capsys.readouterr().out
    assert main(["plan", "publish", "2", "--number", "9/QĐ"]) == 2
    assert "chưa có chuyến" in capsys.readouterr().err
    assert main(["plan", "solve", "2", "--seconds", "1"]) == 0
    said = capsys.readouterr().out
    assert "12 / 12" in said
    assert "không có vi phạm nào" in said
    assert main(["plan", "publish", "2"]) == 2
    assert "--number" in capsys.readouterr().err
    assert main(["plan", "publish", "2", "--number", "9/QĐ", "--day", "2027-02-20"]) == 0
    assert main(["plan", "show"]) == 0
    assert "đã công bố" in capsys.readouterr().out


def test_an_account_is_added_once(
    installation: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["user", "add", "canbo.thu", "--name", "Cán bộ thử", "--role", "office", "--password-stdin"]
    for expected in (0, 2):
        monkeypatch.setattr("sys.stdin", io.StringIO("một câu dài dễ nhớ\n"))
        assert main(command) == expected
    said = capsys.readouterr()
    assert "câu dài" not in said.out + said.err


def test_a_backup_brings_back_what_was_there(installation: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "backup"]) == 0
    backup = Path(capsys.readouterr().out.split()[-1])
    assert main(["plan", "new", "Thừa", "--first", "2027-03-01", "--last", "2027-03-28"]) == 0
    assert main(["db", "restore", str(backup)]) == 0
    assert main(["plan", "show"]) == 0
    assert "Thừa" not in capsys.readouterr().out.splitlines()[-1]


def test_nothing_is_restored_under_a_running_server(installation: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with hold(installation.instance_folder, "server"):
        assert main(["db", "restore", "anything.db"]) == 2
        with pytest.raises(Unavailable):
            hold(installation.instance_folder, "server")
    assert "đang chạy" in capsys.readouterr().err
    hold(installation.instance_folder, "server").close()


def test_the_doctor_finds_a_healthy_installation(installation: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert "✗" not in capsys.readouterr().out


@pytest.mark.parametrize("command", [["serve"], ["demo", "--no-serve"], ["worker"], ["plan", "show"], ["db", "backup"]])
def test_a_folder_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    monkeypatch.setenv("OUTREACH_INSTANCE", str(in_the_way))
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(in_the_way) in said


def test_a_port_that_is_none_is_refused(
    installation: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_PORT", "99999")
    assert main(["serve"]) == 2
    assert "OUTREACH_PORT=99999" in capsys.readouterr().err


def test_an_empty_folder_says_how_to_begin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTREACH_INSTANCE", str(tmp_path / "new"))
    assert main(["plan", "show"]) == 2
    assert "demo" in capsys.readouterr().err

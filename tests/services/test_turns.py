"""One line for all processes: no two turns closer together than agreed."""

import subprocess
import sys
from pathlib import Path

import pytest

from outreach.domain.errors import Unavailable
from outreach.services.turns import take_turn

NOON = 1_800_000_000.0


def wait(folder: Path, now_s: float = NOON, *, patience_s: float = 4.0) -> float:
    return take_turn(folder / "geocoder.turn", every_s=1.1, patience_s=patience_s, now_s=now_s)


def test_each_turn_comes_after_the_one_before(tmp_path: Path) -> None:
    assert [round(wait(tmp_path), 3) for _ in range(4)] == [0, 1.1, 2.2, 3.3]


def test_whoever_would_wait_too_long_takes_no_turn(tmp_path: Path) -> None:
    for _ in range(4):
        wait(tmp_path)
    for _ in range(3):
        with pytest.raises(Unavailable, match="Nhiều người đang tìm"):
            wait(tmp_path)
    assert wait(tmp_path, NOON + 0.5) == pytest.approx(3.9)


def test_nobody_waits_when_the_last_turn_is_past(tmp_path: Path) -> None:
    wait(tmp_path)
    assert wait(tmp_path, NOON + 1.1) == 0
    assert wait(tmp_path, NOON + 1.6) == pytest.approx(0.6)


@pytest.mark.parametrize("written", [b"", b"half", b"\xff" * 8, b"\x00" * 400])
def test_a_file_that_tells_nothing_is_no_hindrance(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "geocoder.turn").write_bytes(written)
    assert wait(tmp_path) == 0


def test_a_clock_that_was_set_back_stops_nobody(tmp_path: Path) -> None:
    wait(tmp_path, NOON + 86_400)
    assert wait(tmp_path) == 0


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        wait(tmp_path / "khong-co")
    assert "khong-co" in str(caught.value)


def test_processes_share_one_line(tmp_path: Path) -> None:
    """Four processes take twenty turns at one moment: nobody gets the turn of another."""
    program = (
        "import sys; from pathlib import Path; from outreach.services.turns import take_turn\n"
        "for _ in range(5): print(take_turn(Path(sys.argv[1]), every_s=1.1, patience_s=99, now_s=float(sys.argv[2])))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "geocoder.turn"), str(NOON)]
    # the line may be up to 22 s long; STALE_S is 60
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    waits = [float(line) for process in started for line in process.communicate()[0].split()]
    assert [process.returncode for process in started] == [0] * 4
    assert sorted(waits) == pytest.approx([1.1 * turn for turn in range(20)])

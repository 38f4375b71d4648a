"""Sheets through the real process: what comes back, what is refused, and that nothing is left behind."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from outreach.domain.errors import InvalidValue
from outreach.exchange.reading import ReadLimits, read_rows, read_sheet
from outreach.exchange.writing import write_csv, write_xlsx

HEADINGS = ("Mã", "Tên điểm", "Ghi chú")
ROWS = (
    ("KH-1", "Trường Tiểu học Vĩnh Hòa", "=SUM(A1)"),
    ("KH-2", "Xã Đắk Lắk", "'tis; ok"),
    ("3", "-12,5", "+84 x"),
)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_written_is_read_back(tmp_path: Path, form):
    source, target, told = tmp_path / "in", tmp_path / "out", []
    if form == "csv":
        source.write_bytes(b"".join(write_csv(HEADINGS, ROWS)))
    else:
        source.write_bytes(write_xlsx(HEADINGS, ROWS, title="Điểm"))
    facts = read_sheet(source, target, file_name=f"điểm.{form}", told=told.append)
    assert facts.headings == HEADINGS
    assert (facts.rows, facts.first_row, facts.notes) == (3, 1, ())
    assert [(number, tuple(cells)) for number, cells in read_rows(target)] == list(zip((2, 3, 4), ROWS, strict=True))
    assert told == [3]


def test_refused_file_leaves_nothing_behind(tmp_path: Path):
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(b"M\xc3\xa3,T\xc3\xaan\n" + b"1,a\n2,b\n3,\x00\n")
    with pytest.raises(InvalidValue) as caught:
        read_sheet(source, target, file_name="điểm.csv")
    assert (caught.value.values["cell"], caught.value.values["column"]) == ("B4", "Tên")
    assert list(tmp_path.iterdir()) == [source]


def test_file_larger_than_the_limit_is_not_even_opened(tmp_path: Path):
    source = tmp_path / "in"
    source.write_bytes(b"a,b\n" * 1000)
    with pytest.raises(InvalidValue, match="lớn hơn"):
        read_sheet(source, tmp_path / "out", file_name="điểm.csv", limits=ReadLimits(bytes=1000))


def test_progress_is_told_while_rows_come(tmp_path: Path):
    source, told = tmp_path / "in", []
    source.write_bytes(b"a,b\n" + b"1,2\n" * 7_000)
    assert read_sheet(source, tmp_path / "out", file_name="a.csv", told=told.append).rows == 7_000
    assert told == sorted(told)
    assert len(told) > 2
    assert told[-1] == 7_000


def test_reader_ends_when_whoever_asked_is_gone(tmp_path: Path):
    """Stdin closes while a large file is read; no answer is given any more."""
    (tmp_path / "in").write_bytes(b"a,b\n" + b"1,2\n" * 2_000_000)
    limits = asdict(ReadLimits(rows=10**9))
    question = {"source": str(tmp_path / "in"), "target": str(tmp_path / "out"), "file_name": "a", "limits": limits}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-m", "outreach.exchange.child"], stdin=pipe, stdout=pipe, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(question) + "\n")
        child.stdin.flush()
        assert json.loads(child.stdout.readline())["rows"] > 0
        child.stdin.close()
        assert child.wait(timeout=10) == 1
        assert "facts" not in child.stdout.read()


def test_reader_knows_no_secret_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its environment is made anew: what the server was started with stays with the server."""
    monkeypatch.setenv("OUTREACH_SECRET_KEY", "s3cret")
    monkeypatch.setenv("PYTHONSTARTUP", "nowhere")
    (tmp_path / "in").write_bytes(b"a,b\n" + b"1,2\n" * 50_000)
    seen: list[bytes] = []

    def look(_rows: int) -> None:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if b"outreach.exchange.child" in (entry / "cmdline").read_bytes():
                    seen.append((entry / "environ").read_bytes())
            except OSError:
                continue

    read_sheet(tmp_path / "in", tmp_path / "out", file_name="a.csv", told=look)
    assert seen
    assert not any(b"s3cret" in environ for environ in seen)

"""Sheets through the real process: what comes back, what is refused, and that nothing is left behind."""

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

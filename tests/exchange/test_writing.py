"""Rows written for other programs: nothing in them runs, nothing is lost."""

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from outreach.domain.errors import InvalidValue
from outreach.exchange.writing import write_csv, write_geojson, write_xlsx
from tests.exchange.books import read

FORMULAS = ["=SUM(A1)", "+1+1", "-1+1", "@x", "\tx", "=cmd|' /C calc'!A0", "＝1", "'x", "''"]
NUMBERS = ["-12.5", "+3", "-12,5", "12", "0", "-1.234.567,8"]


def test_csv_is_what_excel_opens_by_itself():
    written = b"".join(write_csv(["Mã", "Tên, đủ"], [["1", 'nói "có"'], ["2", "a;b"], ["", ""], [" 3", "x\ny"]]))
    assert written.decode("utf-8-sig") == ('Mã,"Tên, đủ"\r\n1,"nói ""có"""\r\n2,"a;b"\r\n,\r\n" 3","x\ny"\r\n')
    assert written.startswith(b"\xef\xbb\xbf")


def test_csv_comes_in_pieces_and_takes_rows_as_they_come():
    taken = 0

    def rows():
        nonlocal taken
        for number in range(20_000):
            taken += 1
            yield [str(number), "Trường Tiểu học"]

    pieces = write_csv(["Mã", "Tên"], rows())
    assert next(pieces).startswith(b"\xef\xbb\xbf")
    assert taken < 20_000
    assert b"".join(pieces).endswith("19999,Trường Tiểu học\r\n".encode())


@pytest.mark.parametrize("cell", FORMULAS)
def test_csv_cell_that_could_run_is_guarded(cell):
    line = b"".join(write_csv(["Mã", "x"], [["1", cell]])).decode("utf-8-sig").splitlines()[1]
    assert line.removeprefix("1,").removeprefix('"').startswith("'")


@pytest.mark.parametrize("cell", NUMBERS)
def test_csv_number_stays_a_number(cell):
    line = b"".join(write_csv(["Mã", "x"], [["1", cell]])).decode("utf-8-sig").splitlines()[1]
    assert line.removeprefix("1,").strip('"') == cell


def test_headings_are_guarded_as_well(tmp_path):
    written = b"".join(write_csv(["=A", "sep=;"], [["1", "2"]]))
    assert written.startswith(b"\xef\xbb\xbf'=A,")
    assert read(tmp_path, written).facts.headings == ("=A", "sep=;")
    assert read(tmp_path, b"".join(write_csv(["sep=;"], [["1"]]))).facts.headings == ("sep=;",)


def test_workbook_holds_no_formula(tmp_path):
    written = write_xlsx(["=Mã", "Tên"], [[cell, cell] for cell in FORMULAS + NUMBERS], title="=x")
    with ZipFile(BytesIO(written)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        assert b"calcChain" not in b"".join(map(str.encode, package.namelist()))
    assert not re.search(r"<f[ >/]", sheet)
    assert set(re.findall(r' t="(\w+)"', sheet)) == {"inlineStr"}
    cells = [cell for row in load_workbook(BytesIO(written)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells[2::2]] == FORMULAS + NUMBERS
    risky = [cell.quotePrefix for cell in cells[2::2]]
    assert risky == [True] * len(FORMULAS) + [False] * len(NUMBERS)


def test_workbook_is_dressed_for_reading_and_typing():
    written = write_xlsx(
        ["Mã", "Tên điểm"], [["1", "x" * 500], ["2", "a"]], title="Điểm phục vụ/2026: [tất cả] và còn dài"
    )
    workbook = load_workbook(BytesIO(written))
    sheet = workbook.active
    assert sheet.title == "Điểm phục vụ 2026   tất cả  và"
    assert sheet.freeze_panes == "A2"
    assert [cell.font.b for cell in sheet[1]] == [True, True]
    assert [cell.font.b for cell in sheet[2]] == [False, False]
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (8, 60)
    # what a person types stays as typed: Excel would make 03/04/2026 the fourth of March
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}
    assert sheet.column_dimensions["B"].number_format == "@"


def test_notes_stand_at_their_cells_also_at_empty_ones():
    notes = {(0, 1): "Ngày “31/2/2026” không có. Hãy ghi dạng dd/MM/yyyy.", (2, 0): "Thiếu mã."}
    written = write_xlsx(["Mã", "Ngày"], [["1", "31/2/2026"], ["2", "x"], ["", "y"]], title="Cần sửa", notes=notes)
    sheet = load_workbook(BytesIO(written)).active
    found = {
        (cell.row - 2, cell.column - 1): cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment
    }
    assert (2, 0) not in found or found == notes
    with ZipFile(BytesIO(written)) as package:
        comments = next(
            package.read(name).decode() for name in package.namelist() if "comment" in name and name.endswith(".xml")
        )
    assert re.findall(r'<comment ref="(\w+)"', comments) == ["B2", "A4"]
    assert all(text in comments for text in notes.values())


@pytest.mark.parametrize("title", ["", "'", "***", "a" * 50, "''x'", "History"])
def test_any_title_makes_a_sheet(tmp_path, title):
    assert read(tmp_path, write_xlsx(["Mã", "Tên"], [["1", "a"]], title=title)).rows == {2: ["1", "a"]}


def test_empty_table_is_written(tmp_path):
    found = read(tmp_path, write_xlsx(["Mã", "Tên"], [], title="x"))
    assert (found.facts.headings, found.facts.rows) == (("Mã", "Tên"), 0)


def test_what_excel_cannot_hold_is_refused():
    with pytest.raises(InvalidValue, match="B3"):
        write_xlsx(["Mã", "Tên"], [["1", "a"], ["2", "x" * 32_768]], title="x")
    assert write_xlsx(["Mã", "Tên"], [["1", "x" * 32_767]], title="x")


def test_geojson_is_a_feature_collection_with_longitude_first():
    features = [(12.2388, 109.1967, {"mã": "KH1", "tên": "</script>"}), (-1.5, 2.25, {"n": None, "có": True})]
    assert json.loads(b"".join(write_geojson(features))) == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [109.1967, 12.2388]},
                "properties": {"mã": "KH1", "tên": "</script>"},
            },
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [2.25, -1.5]},
                "properties": {"n": None, "có": True},
            },
        ],
    }
    assert json.loads(b"".join(write_geojson([]))) == {"type": "FeatureCollection", "features": []}

"""Workbooks as Excel, LibreOffice and other programs save them."""

from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook

from outreach.domain.errors import InvalidValue
from outreach.exchange.notes import ERROR_VALUES, HIDDEN_ROWS, MERGED_CELLS, OTHER_SHEETS, ROWS_ABOVE, note
from outreach.exchange.reading import ReadLimits
from outreach.exchange.sheets import column_letters
from tests.exchange.books import HEAD, SHEET, book, read, row

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def saved(workbook: Workbook) -> bytes:
    written = BytesIO()
    workbook.save(written)
    return written.getvalue()


def sheet_of(*rows: list[object]) -> Workbook:
    workbook = Workbook()
    for cells in rows:
        workbook.active.append(cells)
    return workbook


def cell(value: str, kind: str = "n", *, style: int | None = None, formula: str | None = None) -> str:
    said = f"<f>{formula}</f>" if formula is not None else ""
    styled = f' s="{style}"' if style is not None else ""
    return f'<c t="{kind}"{styled}>{said}<v>{value}</v></c>'


def test_values_come_out_as_a_person_sees_them(tmp_path):
    workbook = sheet_of(
        ["Mã", "Vĩ độ", "Số", "Ngày", "Giờ", "Lúc", "Có", "Không", "Lâu"],
        [
            "KH1",
            12.238812345678,
            12.0,
            date(2026, 12, 21),
            time(7, 30),
            datetime(2026, 12, 21, 14, 5),
            True,
            False,
            timedelta(hours=26, minutes=30),
        ],
        [7, -109.5, 84901234567, datetime(2026, 2, 1), time(7, 20, 15), datetime(2026, 2, 1), None, "x", 1e-7],
    )
    found = read(tmp_path, saved(workbook))
    assert found.cells == [
        ["KH1", "12.238812345678", "12", "21/12/2026", "07:30", "21/12/2026 14:05", "có", "không", "26:30"],
        ["7", "-109.5", "84901234567", "01/02/2026", "07:20:15", "01/02/2026", "", "x", "0.0000001"],
    ]
    assert (found.facts.encoding, found.facts.separator, found.facts.sheet_name) == ("", "", "Sheet")


def test_result_of_a_formula_is_read(tmp_path):
    rows = (
        HEAD
        + row(2, cell("3", formula="1+2"), cell("Trường", "str", formula="A1"))
        + row(3, "1", cell("", "str", formula="B9"))
    )
    assert read(tmp_path, book(rows)).cells == [["3", "Trường"], ["1", ""]]


@pytest.mark.parametrize(
    "bare", ["<c r='B7'><f>1+1</f><v/></c>", "<c r='B7'><f>1+1</f></c>", "<c r='B7' t='str'><f>A1</f></c>"]
)
def test_formula_without_a_result_is_refused_by_its_cell(tmp_path, bare):
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, book(HEAD + row(2, "1", "a") + row(7, "2", bare)))
    assert caught.value.values["cell"] == "B7"
    assert "công thức" in str(caught.value)


def test_formula_of_openpyxl_has_no_result(tmp_path):
    with pytest.raises(InvalidValue, match="B2"):
        read(tmp_path, saved(sheet_of(["Mã", "Tên"], [1, "=SUM(A1:A9)"])))


def test_formula_without_a_result_above_the_headings_does_no_harm(tmp_path):
    found = read(tmp_path, book(row(1, "<c><f>TODAY()</f></c>") + row(3, "Mã", "Tên") + row(4, "1", "a")))
    assert (found.rows, found.facts.notes) == ({4: ["1", "a"]}, (note(ROWS_ABOVE, 1),))


def test_errors_stay_to_be_named_by_their_row(tmp_path):
    found = read(tmp_path, book(HEAD + row(2, cell("#N/A", "e", formula="VLOOKUP()"), cell("#REF!", "e"))))
    assert (found.cells, found.facts.notes) == ([["#N/A", "#REF!"]], (note(ERROR_VALUES, 2),))


def test_shared_texts_are_put_together_and_spelt_out(tmp_path):
    """Runs of other colours make one text; how to pronounce it is left out; _x000D_ is a line break."""
    texts = (
        "<si><t>Mã</t></si><si><r><t>Tên </t></r><r><rPr/><t>điểm</t></r><rPh sb='0' eb='1'><t>ten</t></rPh></si>"
        "<si><t>hai_x000D__x000A_dòng</t></si><si><t xml:space='preserve'> _x005F_x0041_ </t></si><si/>"
    )
    rows = row(1, cell("0", "s"), cell("1", "s")) + row(2, cell("2", "s"), cell("3", "s")) + row(3, cell("4", "s"), "a")
    found = read(tmp_path, book(rows, texts=texts))
    assert found.facts.headings == ("Mã", "Tên điểm")
    assert found.cells == [["hai dòng", " _x0041_ "], ["", "a"]]


def test_cells_may_say_where_they_stand_or_not(tmp_path):
    rows = (
        HEAD + '<row><c t="str"><v>1</v></c><c r="D2" t="str"><v>x</v></c></row><row r="9"><c r="B9"><v>2</v></c></row>'
    )
    found = read(tmp_path, book(rows))
    assert found.rows == {2: ["1", "", "", "x"], 9: ["", "2", "", ""]}


@pytest.mark.parametrize("prefixed", [False, True])
def test_strict_and_prefixed_workbooks_are_read(tmp_path, prefixed):
    found = book(HEAD + row(2, "1", "a"), namespace=STRICT)
    if prefixed:
        sheet = (
            f'<x:worksheet xmlns:x="{STRICT}" xmlns:y="urn:y"><x:sheetData><x:row r="1"><x:c t="inlineStr"><x:is>'
            "<x:t>Mã</x:t><y:t>nothing of ours</y:t></x:is></x:c><x:c t='str'><x:v>Tên</x:v></x:c></x:row>"
            '<x:row r="2"><x:c><x:v>1</x:v></x:c><x:c t="str"><x:v>a</x:v></x:c></x:row></x:sheetData></x:worksheet>'
        )
        found = book("", more={"xl/worksheets/sheet1.xml": sheet})
    assert read(tmp_path, found).rows == {2: ["1", "a"]}


def test_first_visible_sheet_with_a_table_is_read_and_the_others_are_named(tmp_path):
    workbook = Workbook()
    workbook.active.title = "Ẩn"
    workbook.active.append(["Mã", "Tên"])
    workbook.active.sheet_state = "hidden"
    workbook.create_sheet("Trống")
    workbook.create_sheet("Hướng dẫn").append(["Điền vào trang sau"])
    for name in ("Điểm", "Xe"):
        sheet = workbook.create_sheet(name)
        sheet.append(["Mã", "Tên"])
        sheet.append(["1", name])
    workbook.active = 1
    found = read(tmp_path, saved(workbook))
    assert (found.facts.sheet_name, found.cells) == ("Điểm", [["1", "Điểm"]])
    assert found.facts.notes == (note(OTHER_SHEETS, "Hướng dẫn, Xe"),)


def test_workbook_with_hidden_sheets_alone_is_refused(tmp_path):
    listed = '<sheet name="A" sheetId="1" state="veryHidden" r:id="r1"/>'
    with pytest.raises(InvalidValue, match="đang hiện"):
        read(tmp_path, book(HEAD + row(2, "1", "a"), listed=listed))


def test_title_over_merged_cells_and_blank_rows_and_columns_are_left_aside(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    sheet["A1"] = "DANH SÁCH TRƯỜNG NĂM HỌC 2026-2027"
    sheet.merge_cells("A1:D1")
    for column, text in enumerate(("STT", "Tên trường", "Xã"), start=2):
        sheet.cell(4, column, text)
    sheet.cell(6, 2, 1)
    sheet.cell(6, 3, "Trường A")
    sheet.cell(400, 9, " ")
    found = read(tmp_path, saved(workbook))
    assert (found.facts.headings, found.facts.first_row) == (("", "STT", "Tên trường", "Xã"), 4)
    assert found.rows == {6: ["", "1", "Trường A", ""]}


def test_text_of_a_cell_merged_over_rows_stands_in_each(tmp_path):
    """A commune written once beside its three schools; a number is not repeated, it may be the sum."""
    workbook = sheet_of(
        ["Trường", "Xã", "Số buổi"],
        ["A", "Vĩnh Hòa", 6],
        ["B", None, None],
        ["C", "x", None],
        ["D", None, None],
        ["E", "Đại Lãnh", None],
    )
    workbook.active["B4"].value = None
    for area in ("B2:B4", "C2:C4", "A6:B7"):
        workbook.active.merge_cells(area)
    found = read(tmp_path, saved(workbook))
    assert found.cells == [
        ["A", "Vĩnh Hòa", "6"],
        ["B", "Vĩnh Hòa", ""],
        ["C", "Vĩnh Hòa", ""],
        ["D", "", ""],
        ["E", "", ""],
    ]
    assert found.facts.notes == (note(MERGED_CELLS, 2),)


def test_merged_cells_cannot_blow_up_a_file(tmp_path):
    """A long text over all rows of many columns would be gigabytes."""
    text = "x" * 30_000
    rows = HEAD + row(2, text, *[text] * 50) + "".join(row(number, *[""] * 50, "a") for number in range(3, 300))
    merged = "".join(
        f'<mergeCell ref="{column_letters(index)}2:{column_letters(index)}1048576"/>' for index in range(50)
    )
    sheet = f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells></worksheet>'
    with pytest.raises(InvalidValue, match="quá nhiều chữ"):
        read(tmp_path, book("", more={"xl/worksheets/sheet1.xml": sheet}), limits=ReadLimits(written=20 * 2**20))


@pytest.mark.parametrize("area", ["", "A1", "?", "A9:A2", "XFD2:XFD9", "A1:A3", "A2:A99999999", "a2:a3"])
def test_merged_cells_that_make_no_sense_do_not_matter(tmp_path, area):
    rows = f'{HEAD}{row(2, "x", "a")}{row(3, "", "b")}</sheetData><mergeCells><mergeCell ref="{area}"/></mergeCells>'
    sheet = f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</worksheet>'
    found = read(tmp_path, book("", more={"xl/worksheets/sheet1.xml": sheet}))
    assert found.rows == {2: ["x", "a"], 3: ["", "b"]}


def test_hidden_rows_are_read_with_a_note(tmp_path):
    rows = HEAD + row(2, "1", "a").replace("<row", '<row hidden="1"') + row(3, "2", "b") + '<row r="4" hidden="true"/>'
    found = read(tmp_path, book(rows))
    assert (len(found.rows), found.facts.notes) == (2, (note(HIDDEN_ROWS, 1),))


def test_dates_since_1904_are_read_as_such(tmp_path):
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    rows = HEAD + row(2, cell("0", style=1), cell("44915", style=1))
    found = read(tmp_path, book(rows, styles=styles, properties='<workbookPr date1904="1"/>'))
    assert found.cells == [["01/01/1904", "21/12/2026"]]


def test_dates_written_as_iso_are_read(tmp_path):
    rows = (
        HEAD
        + row(2, cell("2026-12-21", "d"), cell("2026-12-21T07:30:00Z", "d"))
        + row(3, cell("07:30:00", "d"), cell("x", "d"))
    )
    assert read(tmp_path, book(rows)).cells == [["21/12/2026", "21/12/2026 07:30"], ["07:30", "x"]]


def test_code_with_leading_zeros_by_its_format_keeps_them(tmp_path):
    workbook = sheet_of(["Mã", "Tên"], [7, "a"])
    workbook.active["A2"].number_format = "0000"
    assert read(tmp_path, saved(workbook)).cells == [["0007", "a"]]


def test_dimension_that_lies_does_not_matter(tmp_path):
    """A sheet that claims a million rows, and one whose million rows are there and empty."""
    claimed = '<worksheet xmlns="{}"><dimension ref="A1:XFD1048576"/><sheetData>{}</sheetData></worksheet>'
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = book("", more={"xl/worksheets/sheet1.xml": claimed.format(namespace, HEAD + row(2, "1", "a"))})
    assert read(tmp_path, content).rows == {2: ["1", "a"]}
    empty = "".join(f'<row r="{number}" spans="1:9" s="1"/>' for number in range(3, 200_003))
    content = book(HEAD + row(2, "1", "a") + empty)
    assert read(tmp_path, content, limits=ReadLimits(rows=1, ratio=10_000)).rows == {2: ["1", "a"]}


def test_empty_cells_far_to_the_right_do_not_matter_and_full_ones_are_refused(tmp_path):
    far = '<c r="XFD2" s="1"/>'
    assert read(tmp_path, book(HEAD + row(2, "1", "a", far))).rows == {2: ["1", "a"]}
    with pytest.raises(InvalidValue, match="XFD2") as caught:
        read(tmp_path, book(HEAD + row(2, "1", "a", '<c r="XFD2"><v>1</v></c>')))
    assert caught.value.values["limit"] == 200


def test_long_cell_and_control_character_are_refused_by_row_and_column(tmp_path):
    long, control = book(HEAD + row(5, "1", "x" * 2**20)), book(HEAD + row(5, "1", "a_x0000_b"))
    shared = book(HEAD + row(5, "1", cell("0", "s")), texts=f"<si><t>{'x' * 2**20}</t></si>")
    for content in (long, control, shared):
        with pytest.raises(InvalidValue) as caught:
            read(tmp_path, content)
        assert (caught.value.values["cell"], caught.value.values["column"]) == ("B5", "Tên")


@pytest.mark.parametrize(
    "rows",
    [
        row(2, "1", "a") + row(1, "2", "b"),
        row(2, "1", cell("0", "s")),
        row(2, "1", cell("-1", "s")),
        row(2, "1", cell("x", "s")),
        row(2, "1", '<c r="?9"><v>1</v></c>'),
        row(2, "1", '<c r="ABCD9"><v>1</v></c>'),
        '<row r="x"/>',
        '<row r="1048577"/>',
        "<row><c>",
    ],
)
def test_sheet_that_contradicts_itself_is_damaged(tmp_path, rows):
    with pytest.raises(InvalidValue, match="bị hỏng"):
        read(tmp_path, book(HEAD + rows))


@pytest.mark.parametrize("style", ["99", "x", "-1", "1" * 5_000])
def test_style_that_is_not_there_says_nothing(tmp_path, style):
    assert read(tmp_path, book(HEAD + row(2, "1", f'<c s="{style}"><v>46377</v></c>'))).cells == [["1", "46377"]]

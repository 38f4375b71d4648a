"""CSV as programs and people really write it."""

import pytest

from outreach.domain.errors import InvalidValue
from outreach.exchange.notes import CP1252, CP1258, EXTRA_COLUMNS, ROWS_ABOVE, note
from outreach.exchange.reading import ReadLimits
from tests.exchange.books import in_cp1258, read

LIST = (
    "Mã;Tên điểm;Vĩ độ;Kinh độ\r\nKH1;Trường Tiểu học Vĩnh Hòa;12,2958;109,1963\r\n"
    "KH2;Xã Đại Lãnh, khu B;12,8;109,3\r\n"
)
CELLS = [["KH1", "Trường Tiểu học Vĩnh Hòa", "12,2958", "109,1963"], ["KH2", "Xã Đại Lãnh, khu B", "12,8", "109,3"]]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-be", "utf-16")],
)
def test_unicode_is_recognised(tmp_path, encoding, name):
    text = LIST if encoding != "utf-16-be" else f"\ufeff{LIST}"
    found = read(tmp_path, text.encode(encoding))
    assert found.facts.headings == ("Mã", "Tên điểm", "Vĩ độ", "Kinh độ")
    assert (found.facts.encoding, found.facts.separator, found.facts.notes) == (name, ";", ())
    assert found.cells == CELLS


def test_windows_1258_is_recognised_and_composed(tmp_path):
    """It writes most tones behind their letter."""
    assert in_cp1258("ọ") == b"o\xf2"
    found = read(tmp_path, in_cp1258(LIST))
    assert found.facts.headings == ("Mã", "Tên điểm", "Vĩ độ", "Kinh độ")
    assert found.cells == CELLS
    assert (found.facts.encoding, found.facts.notes) == ("cp1258", (CP1258,))


def test_letters_of_another_language_are_read_as_windows_1252_with_a_note(tmp_path):
    found = read(tmp_path, "Größe,Straße\nfür Müller,naïve “x”\n".encode("cp1252"))
    assert found.facts.headings == ("Größe", "Straße")
    assert found.cells == [["für Müller", "naïve “x”"]]
    assert (found.facts.encoding, found.facts.notes) == ("cp1252", (CP1252,))


def test_torn_utf8_is_refused_by_its_line_and_not_taken_for_another_encoding(tmp_path):
    content = ("Mã,Tên\n" + "KH,Trường Tiểu học Vĩnh Hòa\n" * 50).encode()
    torn = content.replace("ọ".encode(), b"\xe1\xbb", 1)
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, torn)
    assert caught.value.values["row"] == 2
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, b"\xef\xbb\xbfM,T\n1,a\n2,\xff\n")
    assert caught.value.values["row"] == 3


def test_torn_utf16_is_refused(tmp_path):
    with pytest.raises(InvalidValue, match="bị hỏng"):
        read(tmp_path, "Mã,Tên\n1,a".encode("utf-16") + b"\x00\xd8\n\x00")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_the_sign_that_divides_evenly(tmp_path, separator):
    lines = (("Mã", "Tên", "Số"), ("1", "a; b, c | d", "1"), ("2", 'e "f" g', "2"), ("3", "x", "3"))
    content = "\n".join(separator.join(f'"{cell}"' if " | " in cell else cell for cell in line) for line in lines)
    found = read(tmp_path, content.encode())
    assert found.facts.separator == separator
    assert found.cells == [list(line) for line in lines[1:]]


def test_commas_in_numbers_and_addresses_do_not_win_over_semicolons(tmp_path):
    content = "Tên;Vĩ độ;Kinh độ\n" + "12 Trần Phú, Nha Trang;12,1;109,2\n" * 30
    assert read(tmp_path, content.encode()).facts.separator == ";"


def test_tabs_divide_a_list_in_which_every_cell_is_quoted(tmp_path):
    """Nothing but tabs is left of its lines when quoted text does not count."""
    quoted = "".join("\t".join(f'"{cell}"' for cell in line.split(";")) + "\r\n" for line in LIST.splitlines())
    found = read(tmp_path, quoted.encode("utf-16"))
    assert (found.facts.separator, found.cells) == ("\t", CELLS)


def test_line_of_excel_that_names_the_separator_is_no_row(tmp_path):
    found = read(tmp_path, b"\xef\xbb\xbfsep=|\r\nM\xc3\xa3|T\xc3\xaan\r\n1,2,3|a,b,c\r\n")
    assert found.facts.headings == ("Mã", "Tên")
    assert found.rows == {2: ["1,2,3", "a,b,c"]}


def test_one_column_is_a_table(tmp_path):
    found = read(tmp_path, "Mã\nKH1\nKH2\n".encode())
    assert (found.facts.headings, found.rows) == (("Mã",), {2: ["KH1"], 3: ["KH2"]})


def test_rows_keep_their_number_in_the_sheet(tmp_path):
    """Blank lines count, and a line break inside a cell does not: that is how Excel numbers rows."""
    content = 'Mã,Tên\n\n1,"hai\ndòng"\n , \n,,\n2,"a\tb"\n\n'
    assert read(tmp_path, content.encode()).rows == {3: ["1", "hai dòng"], 6: ["2", "a b"]}


def test_short_rows_are_filled_and_long_ones_kept_where_something_stands(tmp_path):
    found = read(tmp_path, "Mã,Tên,,\n1\n2,a,,,\n3,b,c,,  ,d\n4,e\n".encode())
    assert found.facts.headings == ("Mã", "Tên", "", "", "", "")
    assert found.cells == [
        ["1", "", "", "", "", ""],
        ["2", "a", "", "", "", ""],
        ["3", "b", "c", "", "  ", "d"],
        ["4", "e", "", "", "", ""],
    ]
    assert found.facts.notes == (note(EXTRA_COLUMNS, 4),)


def test_title_rows_above_the_headings_are_left_aside(tmp_path):
    content = (
        "SỞ VĂN HÓA,,,CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nDANH SÁCH TRƯỜNG NĂM 2026,,,\nSTT,Tên trường,Xã,Vĩ độ\n"
        "1,Trường A,Xã B,12.1\n"
    )
    found = read(tmp_path, content.encode())
    assert found.facts.headings == ("STT", "Tên trường", "Xã", "Vĩ độ")
    assert (found.facts.first_row, found.facts.notes) == (4, (note(ROWS_ABOVE, 2),))
    assert found.rows == {5: ["1", "Trường A", "Xã B", "12.1"]}


def test_row_with_a_text_beyond_the_headings_is_no_heading(tmp_path):
    """Nothing may vanish because one person wrote a remark beside the table."""
    found = read(tmp_path, "Mã,Tên,Xã\nKHA,Trường A,Xã B\nKHB,Trường B,Xã C,,gọi trước\n".encode())
    assert found.facts.headings == ("Mã", "Tên", "Xã", "", "")
    assert len(found.rows) == 2


def test_letterhead_over_a_narrow_table_is_no_heading(tmp_path):
    content = "SỞ VĂN HÓA,,CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nDANH SÁCH\nMã,Tên,Xã\nKHA,Trường A,Xã B\n"
    assert read(tmp_path, content.encode()).facts.headings == ("Mã", "Tên", "Xã")


def test_headings_are_composed_squeezed_and_kept_when_they_repeat(tmp_path):
    found = read(tmp_path, '\u200bMa\u0303 ,Tên  điểm,"Ghi\nchú",Ghi chú\n1,2,3,4\n'.encode())
    assert found.facts.headings == ("Mã", "Tên điểm", "Ghi chú", "Ghi chú")


def test_cells_are_composed_and_keep_their_spaces(tmp_path):
    assert read(tmp_path, "Mã,Tên\n 1 ,Hòa\u0300 Bi\u0300nh\n".encode()).cells == [[" 1 ", "Hòà Bình"]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'-x", "-x"),
        ("''a", "'a"),
        ("''", "'"),
        ("'", "'"),
        ("'tis", "'tis"),
        ("=1+1", "=1+1"),
        ("-12.5", "-12.5"),
    ],
)
def test_guard_before_a_formula_is_taken_away(tmp_path, written, meant):
    assert read(tmp_path, f"Mã,Tên\n1,{written}\n".encode()).cells == [["1", meant]]


def test_only_headings_are_a_sheet_without_rows(tmp_path):
    found = read(tmp_path, "Mã,Tên\n,\n".encode())
    assert (found.facts.headings, found.facts.rows, found.rows) == (("Mã", "Tên"), 0, {})


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\t\n", b"\xff\xfe", b",,,\n,,\n"])
def test_nothing_is_refused(tmp_path, content):
    with pytest.raises(InvalidValue):
        read(tmp_path, content)


def test_quote_that_is_never_closed_is_refused_by_its_row(tmp_path):
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, 'Mã,Tên\n1,a\n2,"Trường\n3,b\n4,c\n'.encode())
    assert caught.value.values["row"] == 3


def test_cell_of_a_megabyte_is_refused_by_row_and_column(tmp_path):
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, "Mã,Tên\n1,a\n2,".encode() + b"x" * 2**20 + b"\n")
    assert {name: caught.value.values[name] for name in ("cell", "row", "column", "length")} == {
        "cell": "B3",
        "row": 3,
        "column": "Tên",
        "length": 2**20,
    }


def test_cell_beyond_all_measure_is_refused(tmp_path):
    with pytest.raises(InvalidValue):
        read(tmp_path, "Mã,Tên\n1,a\n2,".encode() + b"x" * 5 * 2**20 + b"\n")


@pytest.mark.parametrize("letter", ["\0", "\x07", "\x1b", "\x7f", "\x85"])
def test_control_character_is_refused_by_row_and_column(tmp_path, letter):
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, f"Mã,Tên,Số\n1,a,1\n\n2,b{letter}c,1\n".encode())
    assert (caught.value.values["cell"], caught.value.values["column"]) == ("B4", "Tên")
    assert caught.value.field == "file"


def test_too_many_rows_and_columns_are_refused(tmp_path):
    few = ReadLimits(rows=3, columns=3)
    assert read(tmp_path, b"a,b,c\n1,1,1\n2,2,2\n3,3,3\n", limits=few).facts.rows == 3
    with pytest.raises(InvalidValue, match="3 dòng"):
        read(tmp_path, b"a,b,c\n" + b"1,1,1\n" * 4, limits=few)
    with pytest.raises(InvalidValue, match="3 cột"):
        read(tmp_path, b"a,b,c,d\n1,1,1\n", limits=few)
    with pytest.raises(InvalidValue, match="4 cột"):
        read(tmp_path, b"a,b,c\n1,1,1\n1,1,1,1\n", limits=few)


def test_more_text_than_may_be_written_is_refused(tmp_path):
    with pytest.raises(InvalidValue, match="quá nhiều chữ"):
        read(tmp_path, "Mã,Tên\n".encode() + b"1,xxxxxxxxxx\n" * 100, limits=ReadLimits(written=1_000))

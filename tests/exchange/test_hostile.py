"""Files that mean harm or are something else: refused with a sentence that helps, before they cost much."""

import struct
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from outreach.domain.errors import InvalidValue, OutreachError
from outreach.exchange.reading import ReadLimits, read_sheet
from outreach.exchange.writing import write_xlsx
from tests.exchange.books import HEAD, book, packed, read, row

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def wide(text: str) -> bytes:
    """A name as the directory of an old Office file holds it."""
    return text.encode("utf-16-le")


def refused(folder: Path, content: bytes, **options: object) -> str:
    with pytest.raises(InvalidValue) as caught:
        read(folder, content, name="danh sách.xlsx", **options)
    assert caught.value.field == "file"
    assert not (folder / "target").exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OLE + wide("EncryptionInfo") + wide("EncryptedPackage"), "có mật khẩu"),
        (OLE + wide("Workbook"), "đời cũ (.xls)"),
        (OLE, "đời cũ (.xls)"),
        (OLE + wide("WordDocument"), "Word"),
        (OLE + wide("PowerPoint Document"), "PowerPoint"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "x"}), ".ods"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
        (packed({"[Content_Types].xml": "", "word/document.xml": ""}), "Word"),
        (packed({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "PowerPoint"),
        (packed({"[Content_Types].xml": "", "xl/workbook.bin": ""}), ".xlsb"),
        (packed({"Index/Document.iwa": ""}), "Numbers"),
        (packed({"doc.kml": ""}), "KMZ"),
        (packed({"danh sách.csv": "a,b"}), "ZIP"),
        (packed({}), "ZIP"),
        (packed({"[Content_Types].xml": ""}), "bị hỏng"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"II*\x00", "TIFF"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"\x00\x00\x00\x18ftypmp42", "MP4"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"{\\rtf1", "RTF"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><table>", "HTML hoặc XML"),
        (b'<?xml version="1.0"?><Workbook>', "HTML hoặc XML"),
        (b"<TABLE><tr>", "HTML hoặc XML"),
        (bytes(range(256)) * 8, "không phải bảng tính"),
        (b"PK\x03\x04 and nothing more", "bị hỏng"),
    ],
)
def test_other_file_is_refused_by_its_name(tmp_path, content, said):
    sentence = refused(tmp_path, content)
    assert said in sentence
    assert "danh sách.xlsx" in sentence


def test_name_does_not_matter_only_content(tmp_path):
    content = write_xlsx(["Mã", "Tên"], [["1", "a"]], title="x")
    assert read(tmp_path, content, name="a.csv").rows == {2: ["1", "a"]}
    assert read(tmp_path, "Mã,Tên\n1,a\n".encode(), name="a.xlsx").rows == {2: ["1", "a"]}


def test_small_workbook_that_unpacks_to_much_is_not_unpacked(tmp_path):
    """About 200 kB that would become 74 MB and hold a reader for a minute."""
    cells = "<c r='A1'><v>1</v></c>" * 1_000
    blank = f"<row r='1'>{cells}</row>"
    content = book(blank * (74 * 2**20 // len(blank)))
    assert len(content) < 400_000
    assert "giải nén" in refused(tmp_path, content)


def test_bomb_is_refused_whatever_part_it_is_in(tmp_path):
    zeros = "0" * (11 * 2**20)
    assert "giải nén" in refused(tmp_path, book(HEAD, more={"xl/media/image1.png": zeros}))
    assert "giải nén" in refused(tmp_path, book(HEAD, texts=zeros))


def test_sum_of_the_parts_and_their_number_are_limited(tmp_path):
    assert "giải nén" in refused(tmp_path, book(HEAD), limits=ReadLimits(unpacked=1_000))
    many = book(HEAD, more={f"x{number}": "" for number in range(2_000)})
    assert "giải nén" in refused(tmp_path, many)
    crowd = book(HEAD, more={f"{'x' * 500}{number}": "" for number in range(3_000)})
    assert "giải nén" in refused(tmp_path, crowd)


def test_size_that_lies_is_damage(tmp_path):
    """The table says 100 bytes where a bomb lies: no more than 100 are unpacked, and they do not add up."""
    content = bytearray(book("<row/>" * 10**6))
    at = content.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<L", content, at + 24, 100)
    assert "bị hỏng" in refused(tmp_path, bytes(content))


@pytest.mark.parametrize(
    "part",
    [
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
    ],
)
@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE a [" + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12)) + "]>",
        '<!DOCTYPE a [<!ENTITY e11 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">',
    ],
)
def test_declared_entities_are_refused(tmp_path, part, declaration):
    plain = book(HEAD + row(2, "1", "a"))
    with ZipFile(BytesIO(plain)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    entity = "" if 'SYSTEM "http' in declaration else "&e11;"
    parts[part] = f'<?xml version="1.0"?>{declaration}'.encode() + parts[part].replace(
        b"</", entity.encode() + b"</", 1
    )
    assert "bị hỏng" in refused(tmp_path, packed(parts))


@pytest.mark.parametrize("name", ["../x.xml", "xl/../../x", "/etc/x", "C:\\x", "xl\\..\\x"])
def test_part_that_leaves_the_package_is_refused(tmp_path, name):
    content = book(HEAD + row(2, "1", "a"), more={name.replace("\\", "/"): ""})
    assert "bị hỏng" in refused(tmp_path, content)


@pytest.mark.parametrize("packing", [ZIP_BZIP2, ZIP_LZMA])
def test_rare_packing_is_refused(tmp_path, packing):
    written = BytesIO()
    with ZipFile(written, "w", packing) as package:
        package.writestr("xl/workbook.xml", "<a/>")
    assert "bị hỏng" in refused(tmp_path, written.getvalue())


def test_locked_part_is_refused(tmp_path):
    content = bytearray(book(HEAD))
    at = content.rfind(b"xl/workbook.xml") - 46
    struct.pack_into("<H", content, at + 8, 1)
    assert "có mật khẩu" in refused(tmp_path, bytes(content))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_damage(tmp_path):
    written = BytesIO(book(HEAD))
    with ZipFile(written, "a", ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<a/>")
    assert "bị hỏng" in refused(tmp_path, written.getvalue())


def test_markup_as_text_stays_text(tmp_path):
    """What a page does with it is the page's care; a sheet keeps every letter."""
    rows = [["<script>alert(1)</script>", "]]>&amp;"], ['=HYPERLINK("http://x")', "@x"]]
    assert read(tmp_path, write_xlsx(["<b>Mã</b>", "&lt;"], rows, title="<i>:?*")).cells == rows


def test_a_million_rows_are_refused(tmp_path):
    with (tmp_path / "in").open("wb") as file:
        file.write("Mã,Tên\n".encode())
        file.write(b"1,a\n" * 1_000_001)
    with pytest.raises(InvalidValue, match=r"200\.000 dòng"):
        read_sheet(tmp_path / "in", tmp_path / "out", file_name="lớn.csv")


def test_reader_that_takes_too_long_is_ended(tmp_path):
    (tmp_path / "in").write_bytes("Mã,Tên\n".encode() + b"1,a\n" * 100_000)
    with pytest.raises(InvalidValue, match="quá 0 giây"):
        read_sheet(tmp_path / "in", tmp_path / "out", file_name="a.csv", limits=ReadLimits(seconds_most=0.01))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_reader_that_needs_too_much_memory_says_so(tmp_path):
    """A row of eight million cells, in a process that may have 80 MB."""
    (tmp_path / "in").write_bytes(b"a" + b",a" * 8_000_000)
    with pytest.raises(InvalidValue, match="bộ nhớ"):
        read_sheet(tmp_path / "in", tmp_path / "out", file_name="a.csv", limits=ReadLimits(memory=80 * 2**20))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_reader_that_falls_over_is_one_sentence_and_a_line_in_the_log(tmp_path, caplog):
    """A fault of our own, here a limit that is no number, is no fault of the server's."""
    (tmp_path / "in").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(InvalidValue, match="bị hỏng hoặc quá lớn"):
        read_sheet(tmp_path / "in", tmp_path / "out", file_name="a.csv", limits=ReadLimits(rows="many"))
    assert "TypeError" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "in").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(OutreachError) as caught:
        read_sheet(tmp_path / "in", tmp_path / "nowhere" / "out", file_name="a.csv")
    assert caught.value.code == "unavailable"


def test_whoever_listens_may_stop_the_reading(tmp_path):
    (tmp_path / "in").write_bytes("Mã,Tên\n".encode() + b"1,a\n" * 50_000)

    def stop(rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_sheet(tmp_path / "in", tmp_path / "out", file_name="a.csv", told=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]

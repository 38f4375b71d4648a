"""Text of the ABC fonts: whole sentences as people of that time know them, and every name of the demonstration."""

import csv
from pathlib import Path

import pytest

from outreach.exchange.notes import MENDED_TCVN3, TCVN3, note
from outreach.exchange.old_letters import LETTERS, Letters, from_tcvn3, letters_of
from outreach.exchange.syllables import is_syllable
from outreach.exchange.writing import write_xlsx
from tests.exchange.books import book, in_cp1258, read, row

# as they look in a program that takes TCVN3 for Western letters
SENTENCES = {
    "Céng hßa x· héi chñ nghÜa ViÖt Nam": "Cộng hòa xã hội chủ nghĩa Việt Nam",
    "§éc lËp - Tù do - H¹nh phóc": "Độc lập - Tự do - Hạnh phúc",
    "Tr\u00adêng TiÓu häc VÜnh Hßa": "Trường Tiểu học Vĩnh Hòa",
    "Th\u00ad viÖn tØnh Kh¸nh Hßa": "Thư viện tỉnh Khánh Hòa",
    "§ån Biªn phßng VÜnh L\u00ad¬ng": "Đồn Biên phòng Vĩnh Lương",
    "Uû ban nh©n d©n ph\u00adêng B¾c Nha Trang": "Uỷ ban nhân dân phường Bắc Nha Trang",
    "Tr\u00adêng PTDT néi tró huyÖn Kh¸nh S¬n": "Trường PTDT nội trú huyện Khánh Sơn",
    "Gi÷a th¸ng, mçi ngµy phôc vô tõ 7 giê ®Õn 11 giê": "Giữa tháng, mỗi ngày phục vụ từ 7 giờ đến 11 giờ",
    "Kü thuËt, quÝ IV, ®Þa ®iÓm mÉu gi¸o": "Kỹ thuật, quí IV, địa điểm mẫu giáo",
    "CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
}
DEMO = (Path(__file__).parents[2] / "data/demo/sites.csv").read_text(encoding="utf-8")
NAMES = list(csv.DictReader(DEMO.splitlines()))
BACK = {letter: chr(code) for code, letter in LETTERS.items()}


def in_tcvn3(text: str) -> str:
    """Vietnamese as an ABC font needs it; small letters stand for the capitals that the code has no place for."""
    return "".join(letter if letter.isascii() else BACK.get(letter) or BACK[letter.lower()] for letter in text)


def lowered(text: str) -> str:
    """What is left of `text` on that way."""
    return "".join(letter if letter.isascii() or letter in BACK else letter.lower() for letter in text)


@pytest.mark.parametrize("old", SENTENCES)
def test_sentence_is_recognised_and_turned_into_unicode(old):
    assert letters_of(old) is Letters.TCVN3
    assert from_tcvn3(old) == SENTENCES[old]
    assert letters_of(SENTENCES[old]) is Letters.UNICODE


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Truong A", Letters.PLAIN),
        ("“KH–1”…", Letters.PLAIN),
        ("xã", Letters.EITHER),  # or "xó"
        ("3 × 4, 5 µm, 12° 14′", Letters.EITHER),
        ("20 m²", Letters.UNKNOWN),
        ("José Müller", Letters.UNKNOWN),
        ("Ngô Quyền", Letters.UNICODE),
        ("«Sách» và báo", Letters.UNICODE),
        ("lµ nhµ", Letters.TCVN3),
        ("Trường Tiểu học", Letters.UNICODE),
    ],
)
def test_letters_of_short_texts(text, letters):
    assert letters_of(text) is letters


@pytest.mark.parametrize("encoding", ["tcvn3", "cp1258"])
def test_list_in_an_old_encoding_comes_out_in_unicode(tmp_path, encoding):
    """All names of the demonstration, byte for byte as an old program would have saved them."""
    names = [line["name"] for line in NAMES]
    lines = ["Tên điểm phục vụ;Xã", *(f"{line['name']};{line['commune']}" for line in NAMES)]
    if encoding == "tcvn3":
        content = in_tcvn3("\r\n".join(lines)).encode("cp1252")
        names = [lowered(name) for name in names]
    else:
        content = in_cp1258("\r\n".join(lines))
    found = read(tmp_path, content)
    assert found.facts.encoding == encoding
    assert [cells[0] for cells in found.cells] == names


def test_old_letters_in_a_workbook_are_mended_with_a_note(tmp_path):
    """The short word can be read either way: its column decides."""
    rows = [["Tr\u00adêng TiÓu häc VÜnh Hßa", "x· §¹i L·nh"], ["Nhµ v¨n hãa", "xã"]]
    found = read(tmp_path, write_xlsx(["Tªn ®iÓm", "X·"], rows, title="x"))
    assert found.facts.headings == ("Tên điểm", "Xã")
    assert found.cells == [["Trường Tiểu học Vĩnh Hòa", "xã Đại Lãnh"], ["Nhà văn hóa", "xó"]]
    assert found.facts.notes == (note(MENDED_TCVN3, 6),)


def test_old_letters_saved_as_utf8_are_mended(tmp_path):
    content = "Tªn ®iÓm,X·\nTr\u00adêng TiÓu häc,x· §¹i L·nh\n".encode()
    found = read(tmp_path, content)
    assert (found.facts.encoding, found.cells) == ("utf-8", [["Trường Tiểu học", "xã Đại Lãnh"]])


def test_unicode_beside_old_letters_stays(tmp_path):
    """Each column by itself; where both are mixed, only what cannot be right is mended."""
    rows = [
        ["Trường Tiểu học", "Tr\u00adêng TiÓu häc", "xã", "Điểm trường"],
        ["xã Hoà Bình", "xã", "có", "TiÓu häc"],
        ["có", "cã", "lá", "có"],
    ]
    found = read(tmp_path, write_xlsx(["Một", "Hai", "Ba", "Bốn"], rows, title="x"))
    assert found.cells == [
        ["Trường Tiểu học", "Trường Tiểu học", "xã", "Điểm trường"],
        ["xã Hoà Bình", "xó", "có", "Tiểu học"],
        ["có", "có", "lá", "có"],
    ]


def test_unicode_alone_is_never_touched(tmp_path):
    rows = [["xã"], ["José × Müller"], ["5 µm"], ["Trường"], ["Û"], ["häc, häc"]]
    found = read(tmp_path, write_xlsx(["Tên", "x"], [[*cells, "a"] for cells in rows], title="x"))
    assert ([cells[:1] for cells in found.cells], found.facts.notes) == (rows, ())


def test_font_of_a_workbook_decides_where_letters_alone_would_not(tmp_path):
    """ "Xã" in .VnTime is "Xó"; .VnTimeH shows capitals; Unicode typed in such a font stays."""
    styles = (
        '<fonts><font><name val="Arial"/></font><font><name val=".VnTime"/></font><font><name val=".VnTimeH"/></font>'
        '</fonts><cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="2"/></cellXfs>'
        '<dxfs><font><name val=".VnTime"/></font></dxfs>'
    )
    cells = [
        f'<c t="inlineStr" s="{style}"><is><t>{text}</t></is></c>'
        for style, text in ((0, "xã"), (1, "xã"), (2, "Tr\u00adêng TiÓu häc"), (1, "Trường"), (9, "có"))
    ]
    found = read(tmp_path, book(row(1, "A", "B", "C", "D", "E") + row(2, *cells), styles=styles))
    assert found.cells == [["xã", "xó", "TRƯỜNG TIỂU HỌC", "Trường", "có"]]
    assert found.facts.notes == (note(MENDED_TCVN3, 2),)


def test_note_of_a_file_in_the_old_encoding(tmp_path):
    content = "\n".join(["Tªn,X·", *(f"{old},a" for old in SENTENCES if "," not in old)]).encode("latin-1")
    assert read(tmp_path, content).facts.notes == (TCVN3,)


@pytest.mark.parametrize("word", ["Nghiêng", "quỳnh", "giếng", "ĐẮK", "khuỷu", "ươm", "y", "Trường", "Thuở"])
def test_syllables_are_recognised(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["Tr\u00adêng", "häc", "TiÓu", "café", "bb", "", "cac̀", "ấ̀", "Müller"])
def test_other_words_are_no_syllables(word):
    assert not is_syllable(word)

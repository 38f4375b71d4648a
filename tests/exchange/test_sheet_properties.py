"""Any bytes are a sheet or a sentence; any table is read back as it was written."""

import unicodedata
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from outreach.domain.errors import InvalidValue
from outreach.exchange.csv_cells import guarded, unguarded
from outreach.exchange.writing import write_csv, write_xlsx
from tests.exchange.books import HEAD, Read, book, packed, read, row


def patient(examples: int) -> settings:
    """As many examples, however long each takes; the same ones every time."""
    return settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
    )


# everything but control characters and halves of letters; "any" letter, and more often those that mean something here
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"])) | st.text(
    st.sampled_from("=+-@'\",;|_x0041 aư\u0301\ufeff\ufffe<&>")
)
headings = st.text(st.sampled_from("aăbcđêơưABC =+-@'\",;|_"), min_size=1).filter(
    lambda text: any(map(str.isalpha, text))
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    columns = draw(st.integers(1, 5))
    head = draw(st.lists(headings, min_size=columns, max_size=columns))
    return head, draw(st.lists(st.lists(texts, min_size=columns, max_size=columns), max_size=6))


def read_anywhere(content: bytes) -> Read:
    with TemporaryDirectory() as folder:
        return read(Path(folder), content)


def expected(rows: list[list[str]]) -> dict[int, list[str]]:
    """The rows with anything in them, composed, by their number in the sheet."""
    composed = [[unicodedata.normalize("NFC", cell) for cell in cells] for cells in rows]
    return {number: cells for number, cells in enumerate(composed, start=2) if any(map(str.strip, cells))}


def tidy(head: list[str]) -> tuple[str, ...]:
    return tuple(" ".join(heading.split()) for heading in head)


@patient(300)
@given(tables())
@example((["sep=;"], [["a;b"]]))
@example((["a", "b"], [["x", 'a;"b'], ["-1", "'"], ["", " "]]))
@example((["a", "b"], [["\ufeff", "_x000D_"]]))
def test_csv_is_read_back_as_it_was_written(table):
    head, rows = table
    found = read_anywhere(b"".join(write_csv(head, rows)))
    assert (found.facts.headings, found.rows, found.facts.separator) == (tidy(head), expected(rows), ",")


@patient(60)
@given(tables())
@example((["a", "b"], [["_x0041_", "_x005F_x0041_"], ["\ufffe", " =1 "]]))
def test_workbook_is_read_back_as_it_was_written(table):
    head, rows = table
    found = read_anywhere(write_xlsx(head, rows, title="x"))
    assert (found.facts.headings, found.rows) == (tidy(head), expected(rows))


@patient(500)
@given(st.text())
def test_guard_goes_away_again(cell):
    assert unguarded(guarded(cell)) == cell


def is_sheet_or_sentence(content: bytes) -> None:
    try:
        found = read_anywhere(content)
    except InvalidValue as error:
        refusal = error
    else:
        assert found.facts.rows == len(found.rows)
        assert all(len(cells) == len(found.facts.headings) for cells in found.cells)
        assert all(any(map(str.strip, cells)) for cells in found.cells)
        return
    assert refusal.field == "file"
    assert str(refusal)


@patient(300)
@given(st.binary(max_size=2_000) | st.text(max_size=500).map(str.encode))
@example(b"\xff\xfe\x00\xd8")
@example(b"sep=;")
@example(b'"')
@example(b"\x00" * 50)
def test_any_bytes_are_a_sheet_or_a_sentence(content):
    is_sheet_or_sentence(content)


@patient(100)
@given(
    st.text(st.sampled_from("\",;\t|\r\n ab'=é\u0301"), max_size=200), st.sampled_from(["utf-8", "utf-16", "cp1258"])
)
def test_any_text_of_separators_is_a_sheet_or_a_sentence(text, encoding):
    is_sheet_or_sentence(text.encode(encoding, "replace"))


SOUND = book(
    HEAD + row(2, '<c t="s"><v>0</v></c>', '<c s="1"><f>A1</f><v>46377.5</v></c>') + row(5, '<c t="b"><v>1</v></c>'),
    texts="<si><t>Trường</t></si>",
    styles='<numFmts><numFmt numFmtId="200" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts><font><name val=".VnTime"/></font></fonts><cellXfs><xf/><xf numFmtId="200" fontId="0"/></cellXfs>',
)
PARTS = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/worksheets/sheet1.xml",
)


@patient(300)
@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=4), st.sampled_from(["over", "into", "cut"]))
def test_any_damage_to_a_workbook_is_a_sheet_or_a_sentence(at, bytes_, how):
    behind = {"over": at + len(bytes_), "into": at, "cut": len(SOUND)}[how]
    is_sheet_or_sentence(SOUND[:at] + bytes_ + SOUND[behind:])


@patient(300)
@given(
    st.sampled_from(PARTS),
    st.integers(0, 700),
    st.integers(0, 20),
    st.sampled_from(
        [
            "",
            "<",
            "x",
            "-1",
            "999999999999",
            "9" * 30,
            '"',
            "<c/>",
            "<row/>",
            "<v>",
            "</row>",
            "²",
            "\0",
            "A1",
            "</c><c t='s'>",
        ]
    ),
)
def test_any_damage_inside_a_part_is_a_sheet_or_a_sentence(part, at, length, put):
    with ZipFile(BytesIO(SOUND)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    whole = parts[part]
    at %= len(whole)
    parts[part] = whole[:at] + put + whole[at + length :]
    is_sheet_or_sentence(packed(parts))

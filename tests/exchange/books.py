"""Files made by hand for the tests of sheets, and the reader without its process."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unicodedata import normalize
from zipfile import ZIP_DEFLATED, ZipFile

from outreach.exchange.parsing import parse_file
from outreach.exchange.reading import ReadLimits, SheetFacts, read_rows
from outreach.exchange.syllables import TONES

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Read:
    """A sheet read in this process."""

    facts: SheetFacts
    rows: dict[int, list[str]]

    @property
    def cells(self) -> list[list[str]]:
        """The rows without their numbers."""
        return list(self.rows.values())


def read(folder: Path, content: bytes, *, name: str = "tệp", limits: ReadLimits | None = None) -> Read:
    """`content` read as a file in `folder`."""
    source, target = folder / "source", folder / "target"
    source.write_bytes(content)
    facts = parse_file(source, target, file_name=name, limits=limits or ReadLimits())
    return Read(facts, dict(read_rows(target)))


def book(
    *sheets: str,
    texts: str = "",
    styles: str = "",
    listed: str = "",
    properties: str = "",
    more: dict[str, str] | None = None,
    namespace: str = SHEET,
) -> bytes:
    """A workbook from the markup of its rows: `<row>...</row>` for each sheet."""
    numbers = range(1, len(sheets) + 1)
    names = listed or "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    relations += f'<Relationship Id="t" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    relations += f'<Relationship Id="s" Type="{OFFICE}/styles" Target="/xl/styles.xml"/>'
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{OFFICE}">{properties}'
        f"<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{namespace}">{texts}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{namespace}">{styles}</styleSheet>',
        **{
            f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData></worksheet>'
            for n, rows in zip(numbers, sheets, strict=True)
        },
        **(more or {}),
    }
    return packed(parts)


def in_cp1258(text: str) -> bytes:
    """Vietnamese as Windows wrote it: most tones stand behind their letter."""
    return b"".join(_letter_in_cp1258(letter) for letter in text)


def _letter_in_cp1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        marks = normalize("NFD", letter)
        tone = next(mark for mark in marks if mark in TONES)
        return (normalize("NFC", marks.replace(tone, "")) + tone).encode("cp1258")


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip file of these parts."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


def row(number: int, *texts: str) -> str:
    """A row of texts in their cells; what begins with "<" is a cell already."""
    cells = (text if text.startswith("<") else f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{"".join(cells)}</row>'


HEAD = row(1, "Mã", "Tên")

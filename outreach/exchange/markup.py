"""The XML inside workbooks, read as a stream; a document that declares anything of its own is refused.

No workbook has a DOCTYPE, and without one there are no entities: neither bombs nor files of the server can come in.
"""

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat
from zipfile import BadZipFile

CHUNK = 64 * 1024
Started = Callable[[str, dict[str, str]], None]
Ended = Callable[[str], None]
Said = Callable[[str], None]

# the namespaces of sheets: the usual one, and the one of files saved as "Strict Open XML"
SHEET_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)


def sheet_names(*names: str) -> dict[str, str]:
    """Full names, as the parser tells them, of elements of a sheet, each with its short name."""
    return {f"{namespace} {name}": name for namespace in SHEET_NAMESPACES for name in names}


def whole(text: str) -> int | None:
    """The number that an attribute of a workbook holds, from 0; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def stream(source: IO[bytes], *, start: Started, end: Ended | None = None, text: Said | None = None) -> Iterator[None]:
    """Feed `source` through the handlers, giving back control after each piece."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    while chunk := source.read(CHUNK):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def run(source: IO[bytes], *, start: Started, end: Ended | None = None, text: Said | None = None) -> None:
    """Feed the whole of `source` through the handlers."""
    for _ in stream(source, start=start, end=end, text=text):
        pass


def _refuse(*_: object) -> None:
    raise BadZipFile("a part of a workbook with declarations of its own")

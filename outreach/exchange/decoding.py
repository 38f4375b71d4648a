"""The encoding of a text file, found from its bytes."""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from outreach.domain.errors import InvalidValue
from outreach.exchange import notes
from outreach.exchange.old_letters import from_tcvn3
from outreach.exchange.sheets import MB
from outreach.exchange.syllables import share_of_syllables

WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
WORDS_ENOUGH = 3_000
SURE = 0.6
TORN = "\ufffd"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to open a text file: Python's name, our name, what mends a cell, a note for the reader."""

    codec: str
    name: str
    mend: Callable[[str], str] | None = None
    note: str = ""


UTF8 = Encoding("utf-8-sig", "utf-8")
UTF16 = Encoding("utf-16", "utf-16")
# CP1258 writes most tones behind their letter; every cell is composed later
CP1258 = Encoding("cp1258", "cp1258", note=notes.CP1258)
# TCVN3 leaves 0x80 to 0x9F to the marks of CP1252: typographic quotes, dashes
TCVN3 = Encoding("cp1252", "tcvn3", mend=from_tcvn3, note=notes.TCVN3)
CP1252 = Encoding("cp1252", "cp1252", note=notes.CP1252)


def encoding_of(source: Path, *, file_name: str) -> Encoding:
    """The encoding of `source`; raises InvalidValue where it says UTF-8 and is torn."""
    with source.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF16
    torn_at = _first_torn_line(source)
    if torn_at is None:
        return UTF8
    sample = _high_words(source)
    if start.startswith(codecs.BOM_UTF8) or _is_mostly_utf8(sample):
        raise InvalidValue(
            "Dòng {row} của tệp “{file_name}” có ký tự hỏng, không phải UTF-8. Hãy lưu lại tệp dạng “CSV UTF-8” "
            "hoặc .xlsx rồi gửi lại.",
            field="file",
            value=file_name,
            file_name=file_name,
            row=torn_at,
        )
    as_cp1258 = share_of_syllables([_in_cp1258(word) for word in sample])
    as_tcvn3 = share_of_syllables([from_tcvn3(word.decode("cp1252", "replace")) for word in sample])
    if max(as_cp1258, as_tcvn3) < SURE:
        return CP1252
    return CP1258 if as_cp1258 >= as_tcvn3 else TCVN3


def _pieces(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while piece := file.read(MB):
            yield piece


def _first_torn_line(source: Path) -> int | None:
    """The first line that is not UTF-8, from 1; None when all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    for piece in _pieces(source):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            return lines + error.object[: error.start].count(b"\n")
        lines += piece.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return lines
    return None


def _high_words(source: Path) -> list[bytes]:
    found: list[bytes] = []
    for piece in _pieces(source):
        found += WORD.findall(piece)
        if len(found) >= WORDS_ENOUGH:
            break
    return found[:WORDS_ENOUGH]


def _is_mostly_utf8(words: list[bytes]) -> bool:
    """Whether nearly everything beyond ASCII is UTF-8: the file was UTF-8 and has been torn."""
    text = b" ".join(words).decode("utf-8", "replace")
    high = [letter for letter in text if not letter.isascii()]
    return high.count(TORN) < 0.1 * len(high)


def _in_cp1258(word: bytes) -> str:
    return unicodedata.normalize("NFC", word.decode("cp1258", "replace"))

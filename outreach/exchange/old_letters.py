"""TCVN3, the letters of the ABC fonts (.VnTime and its kin), found in text and turned into Unicode."""

import re
import unicodedata
from enum import IntEnum

from outreach.exchange.syllables import is_syllable, share_of_syllables

# TCVN 5712:1993 from 0xA1 to 0xFF. In the fonts toned capitals are small letters shown by a font of capitals
# (.VnTimeH), so that the toned capitals here are rare; 0xB0 to 0xB4 are tones that stand after their letter.
HIGH = (
    "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323"
    "àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
LETTERS = dict(enumerate(HIGH, start=0xA1))
HIGH_WORD = re.compile("[A-Za-z]*[\u00a1-\u00ff][A-Za-z\u00a1-\u00ff]*")
# letters of Vietnamese that neither TCVN3 nor any Latin-1 text can hold
ONLY_UNICODE = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")
SIGNS = "«»·°§"  # stand beside a word in Unicode; letters in TCVN3
SIGN_FIRST = re.compile("[\u00a1-\u00bf\u00d7\u00f7][A-Za-z]*")  # "×", "µm": says nothing by itself
SURE = 0.7  # share of syllables; the rest may be names and short forms


class Letters(IntEnum):
    """How the letters of a text were written, as far as the text alone tells."""

    PLAIN = 0  # nothing that would differ
    UNICODE = 1
    TCVN3 = 2
    EITHER = 3
    UNKNOWN = 4  # Vietnamese in neither


def letters_of(text: str) -> Letters:
    """How `text` (in NFC) was written."""
    if text.isascii():
        return Letters.PLAIN
    if ONLY_UNICODE.search(text):
        return Letters.UNICODE
    found = HIGH_WORD.findall(text)
    words = [word for word in found if not SIGN_FIRST.fullmatch(word)]
    if not words:
        return Letters.EITHER if found else Letters.PLAIN
    return _weighed(
        share_of_syllables([word.strip(SIGNS) for word in words]),
        share_of_syllables([from_tcvn3(word) for word in words]),
    )


def clear_words(text: str) -> list[str]:
    """The words of `text` that are syllables in TCVN3 and nothing as they stand; one or two letters prove little."""
    words = (word for word in HIGH_WORD.findall(text) if len(word) > 2 and not is_syllable(word.strip(SIGNS)))
    return [word for word in words if is_syllable(from_tcvn3(word))]


def from_tcvn3(text: str) -> str:
    """`text`, whose letters are TCVN3 taken for Latin-1, in Unicode and NFC."""
    mended = HIGH_WORD.sub(_word, text)
    return mended.upper() if _is_in_capitals(text) else mended


def _weighed(as_it_stands: float, as_tcvn3: float) -> Letters:
    if max(as_it_stands, as_tcvn3) < SURE:
        return Letters.UNKNOWN
    if as_it_stands == as_tcvn3:
        return Letters.EITHER
    return Letters.TCVN3 if as_tcvn3 > as_it_stands else Letters.UNICODE


def _word(found: re.Match[str]) -> str:
    word = unicodedata.normalize("NFC", found.group().translate(LETTERS))
    return word.upper() if _is_in_capitals(word) else word


def _is_in_capitals(text: str) -> bool:
    """Whether the plain letters are capitals: then the toned ones were small ones in a font of capitals."""
    plain = [letter for letter in text if letter.isascii() and letter.isalpha()]
    return len(plain) > 1 and all(map(str.isupper, plain))

"""TCVN3, the letters of the ABC fonts (.VnTime and its kin), found in text and turned into Unicode."""

import re
import unicodedata
from enum import Enum

from outreach.exchange.syllables import share_of_syllables

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


class Letters(Enum):
    """How the letters of a text were written, as far as the text alone tells."""

    PLAIN = "plain"  # nothing that would differ
    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    EITHER = "either"
    UNKNOWN = "unknown"  # Vietnamese in neither


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


def from_tcvn3(text: str) -> str:
    """`text`, whose letters are TCVN3 taken for Latin-1, in Unicode and NFC."""
    return HIGH_WORD.sub(_word, text)


def _weighed(as_it_stands: float, as_tcvn3: float) -> Letters:
    if max(as_it_stands, as_tcvn3) < SURE:
        return Letters.UNKNOWN
    if as_it_stands == as_tcvn3:
        return Letters.EITHER
    return Letters.TCVN3 if as_tcvn3 > as_it_stands else Letters.UNICODE


def _word(found: re.Match[str]) -> str:
    word = unicodedata.normalize("NFC", found.group().translate(LETTERS))
    latin = [letter for letter in word if letter.isascii()]
    # a heading typed in capitals: the toned letters were small ones in a font of capitals
    return word.upper() if len(latin) > 1 and all(map(str.isupper, latin)) else word

"""Vietnamese names: keys to search without marks and to sort in dictionary order."""

import re
import unicodedata

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ORDER = {letter: f"{rank:02d}" for rank, letter in enumerate(_ALPHABET)}
# dictionary order of tones: level, grave, hook, tilde, acute, dot
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


class _Plain(dict[int, str]):
    """What each letter is without mark and capital, worked out when it first comes."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFD", chr(code).casefold().replace("đ", "d"))
        self[code] = found = "".join(char for char in plain if not unicodedata.combining(char))
        return found


_PLAIN = _Plain()


def search_key(text: str) -> str:
    """`text` without marks and capitals, spaces squeezed: "Trường Tiểu học" -> "truong tieu hoc"."""
    return " ".join(text.translate(_PLAIN).split())


class _Ranked(dict[str, tuple[str, str]]):
    """The place of each letter in the alphabet and its tone, worked out when it first comes."""

    def __missing__(self, char: str) -> tuple[str, str]:
        tone, kept = "0", ""
        for part in unicodedata.normalize("NFD", char):
            if part in _TONES:
                tone = _TONES[part]
            else:
                kept += part
        base = unicodedata.normalize("NFC", kept)
        self[char] = found = (_ORDER.get(base, base), tone)
        return found


_RANKED = _Ranked()


def sort_key(text: str) -> str:
    """A key whose plain order is the Vietnamese dictionary order: letters first (a ă â ... d đ), then tones."""
    parts = [_RANKED[char] for char in unicodedata.normalize("NFC", text.casefold())]
    return "".join(letter for letter, _ in parts) + "|" + "".join(tone for _, tone in parts)


# longest first: a later rule must not cut a piece out of an earlier one
_SHORT = tuple(
    (re.compile(pattern, re.IGNORECASE), short)
    for pattern, short in (
        (r"^trường\s+", ""),
        (r"trung học phổ thông", "THPT"),
        (r"(phổ thông dân tộc|ptdt) bán trú", "PTDTBT"),
        (r"(phổ thông dân tộc|ptdt) nội trú", "PTDTNT"),
        (r"dân tộc nội trú", "DTNT"),
        (r"trung học cơ sở", "THCS"),
        (r"tiểu học", "TH"),
        (r"\s*(-|&|và)\s*(?=THCS)", "-"),
        (r"^thư viện", "TV"),
        (r"^đồn biên phòng", "Đồn BP"),
        (r"^khu công nghiệp", "KCN"),
        (r"\s*\(minh họa\)( -)?", ""),
    )
)


def board_name(text: str) -> str:
    """`text` as short as the board and the map need it: "Trường Tiểu học Khánh Bình" -> "TH Khánh Bình"."""
    for pattern, short in _SHORT:
        text = pattern.sub(short, text)
    return text.strip()


_TOGETHER = (
    "Tiểu học", "tiểu học", "Trung học", "cơ sở", "Nội trú", "nội trú", "Bán trú", "bán trú", "Mầm non",
    "Thư viện", "Khu công nghiệp",
)  # fmt: skip
_UNIT_KINDS = ("Xã ", "Phường ", "Đặc khu ", "Thị trấn ")


def keep_together(text: str) -> str:
    """`text` with spaces that must not break a line inside compounds of one sense; for display only."""
    for compound in _TOGETHER:
        text = text.replace(compound, compound.replace(" ", "\u00a0"))
    return text


def proper_part(commune: str) -> str:
    """The name of a commune without its kind: "Xã Bắc Khánh Vĩnh" -> "Bắc Khánh Vĩnh"."""
    for kind in _UNIT_KINDS:
        commune = commune.removeprefix(kind)
    return commune


COMMUNE_KINDS = ("xã", "phường", "đặc khu")
_FORMER_KINDS = ("thành phố", "thị xã", "huyện", "quận", "thị trấn", "xã", "phường")


def unit_kind(name: str, *, former: bool) -> str:
    """The kind that a unit's name begins with: "Xã Khánh Vĩnh" -> "xã"; a guess when it says none."""
    kinds = _FORMER_KINDS if former else COMMUNE_KINDS
    return next((kind for kind in kinds if name.casefold().startswith(kind)), "huyện" if former else "xã")


def first_letter(name: str) -> str:
    """The letter under which an index lists `name`: "Đại Lãnh" -> "Đ", "Ấp Bắc" -> "A"."""
    if name[:1] in "đĐ":
        return "Đ" if name else ""
    return search_key(name)[:1].upper()

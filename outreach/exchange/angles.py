"""Two angles as people type them: decimal degrees or degrees, minutes and seconds, with or without letters."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from outreach.domain.errors import InvalidValue
from outreach.exchange.angle_words import MARKS, READERS, SIDE_OF, VIETNAMESE_LETTERS

SHOWN = 40  # letters of what was typed that a sentence repeats

NOT_A_POINT = (
    "“{seen}” không phải tọa độ. Nhập vĩ độ rồi kinh độ, ví dụ 10.0341, 105.7881, hoặc dán liên kết Google Maps."
)
ONE_NUMBER = "“{seen}” chỉ có một số. Cần cả vĩ độ và kinh độ, ví dụ 10.0341, 105.7881."
WRONG_COUNT = "“{seen}” có {count} số. Chỉ nhập vĩ độ và kinh độ, ví dụ 10.0341, 105.7881."
NOT_MINUTES = (
    "“{seen}” có phút hoặc giây không hợp lệ. Phút và giây đi từ 0 đến dưới 60, ví dụ 10°02'03\"B 105°47'17\"Đ."
)
NORTH_OR_NAM = "“{seen}” có chữ N, có thể là Nam hoặc North (Bắc). Viết 10.0341 B 105.7881 Đ, hoặc chỉ nhập hai số."
SIDES = "“{seen}” phải có một vĩ độ (B hoặc N) và một kinh độ (Đ hoặc E), ví dụ 10.0341 B 105.7881 Đ."

UNITS = ("degree", "minute", "second", "colon")


class Axis(StrEnum):
    """Which of the two an angle is."""

    LAT = "lat"
    LON = "lon"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPair:
    """Two angles in degrees; nobody has yet asked whether they are on the globe."""

    lat: float
    lon: float
    decimals: int
    sexagesimal: bool


@dataclass(slots=True)
class _Angle:
    """One angle while its parts come in."""

    numbers: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    sign: str = ""
    side: str = ""
    axis: Axis | None = None
    closed: bool = False

    @property
    def empty(self) -> bool:
        return not (self.numbers or self.sign or self.side or self.axis)

    def ends_before(self, kind: str, unit: str) -> bool:
        """Whether a part of this kind belongs to another angle."""
        if self.empty:
            return False
        if self.closed or kind in ("lat", "lon"):
            return True
        if kind == "side":
            return bool(self.side)
        return bool(self.numbers) and (kind == "sign" or unit == "degree")

    def take(self, kind: str, word: str, unit: str) -> None:
        """Add one part."""
        if kind == "number":
            self.numbers.append(word)
            self.units.append(unit)
        elif kind == "sign":
            self.sign = word
        elif kind == "side":
            self.side = word
            self.closed = bool(self.numbers)  # a letter after the figures ends them
        else:
            self.axis = Axis(kind)


def tidy(text: str) -> str:
    """`text` with one spelling for each mark, and without what surrounds a pasted value."""
    return unicodedata.normalize("NFKC", text.translate(MARKS)).strip(" \t\r\n\u200b\ufeff'`,;")


def refusal(message: str, text: str, **values: object) -> InvalidValue:
    """The error that repeats the beginning of what was typed."""
    flat = " ".join(text.split())
    seen = flat if len(flat) <= SHOWN else f"{flat[:SHOWN]}…"
    return InvalidValue(message, field="", value=text, seen=seen, **values)


def read_pair(text: str) -> TypedPair:
    """The two angles typed in `text`; InvalidValue says what is missing."""
    angles = _angles(text)
    if len(angles) == 1 and not angles[0].side:
        angles = _even_halves(angles[0])
    count = sum(len(angle.numbers) for angle in angles)
    if len(angles) != 2:
        raise refusal(ONE_NUMBER if count == 1 else WRONG_COUNT if count > 2 else NOT_A_POINT, text, count=count)
    if not all(angle.numbers for angle in angles):
        raise refusal(NOT_A_POINT, text)
    _name_axes(angles, text)
    lat, lon = sorted(angles, key=lambda angle: angle.axis is Axis.LON)
    return TypedPair(
        lat=_degrees(lat, text),
        lon=_degrees(lon, text),
        decimals=min(_decimals(lat), _decimals(lon)),
        sexagesimal=max(len(lat.numbers), len(lon.numbers)) > 1,
    )


def _parts(text: str) -> Iterator[tuple[str, str]]:
    flat = text.casefold().strip("()[]{} ").replace("\r", "\n")
    for piece in re.split(r"([;|\n\t]+)", flat):
        # 10,0341; 105.7881: each side of a semicolon has a decimal mark of its own
        mark = "." if re.search(r"\d\.\d", piece) else ","
        if re.fullmatch(r"\s*[+-]?\d+(,[+-]?\d+){2}\s*", piece):
            mark = "."  # three whole numbers, not 10.105 and 35
        for found in READERS[mark].finditer(piece):
            yield str(found.lastgroup), found.group()


def _angles(text: str) -> list[_Angle]:
    """The angles one after another: a stop, a letter, a label or a degree sign tells where the next begins."""
    angles = [_Angle()]
    parts = [part for part in _parts(text) if part[0] != "space"]
    for place, (kind, word) in enumerate(parts):
        current = angles[-1]
        if kind in UNITS:
            if not place or parts[place - 1][0] != "number":
                raise refusal(NOT_A_POINT, text)
        elif kind == "other":
            raise refusal(NOT_A_POINT, text)
        elif kind == "stop":
            current.closed = not current.empty
        else:
            after = parts[place + 1][0] if place + 1 < len(parts) else ""
            unit = after if kind == "number" and after in UNITS else ""
            if current.ends_before(kind, unit):
                current = _Angle()
                angles.append(current)
            current.take(kind, word, unit)
    return angles


def _even_halves(whole: _Angle) -> list[_Angle]:
    """10 02 03 105 47 17: nothing but spaces, so the first half is the first angle."""
    size = len(whole.numbers) // 2
    if len(whole.numbers) not in (2, 4, 6) or whole.units[size - 1] == "colon":
        return [whole]
    return [
        _Angle(numbers=whole.numbers[:size], units=whole.units[:size], sign=whole.sign),
        _Angle(numbers=whole.numbers[size:], units=whole.units[size:]),
    ]


def _name_axes(angles: list[_Angle], text: str) -> None:
    """Say of each angle whether it is the latitude; two plain numbers are latitude, then longitude."""
    letters = {angle.side for angle in angles if angle.side}
    if "n" in letters and letters & VIETNAMESE_LETTERS:
        raise refusal(NORTH_OR_NAM, text)
    for angle in angles:
        if angle.side:
            angle.axis = Axis.LAT if SIDE_OF[angle.side] in "ns" else Axis.LON
    named = [angle.axis for angle in angles if angle.axis]
    if not named:
        angles[0].axis, angles[1].axis = Axis.LAT, Axis.LON
    elif len(named) == 1 or named[0] is named[1]:
        raise refusal(SIDES, text)


def _degrees(angle: _Angle, text: str) -> float:
    expected = list(UNITS[: len(angle.numbers)])
    fitting = all(unit in ("", "colon", wanted) for unit, wanted in zip(angle.units, expected, strict=False))
    whole = all(number.isdigit() for number in angle.numbers[:-1])
    if len(angle.numbers) > 3 or not fitting or not whole or (angle.sign and angle.side):
        raise refusal(NOT_A_POINT, text)
    degrees, *smaller = [float(number.replace(",", ".")) for number in angle.numbers]
    if not math.isfinite(degrees):  # hundreds of digits
        raise refusal(NOT_A_POINT, text)
    if any(part >= 60 for part in smaller):
        raise refusal(NOT_MINUTES, text)
    value = degrees + sum(part / 60.0**power for power, part in enumerate(smaller, start=1))
    return -value if angle.sign == "-" or SIDE_OF.get(angle.side) in ("s", "w") else value


def _decimals(angle: _Angle) -> int:
    """Decimals of a degree that say as much: a minute is about two, a second about four."""
    _, _, typed = angle.numbers[-1].replace(",", ".").partition(".")
    return len(typed) + 2 * (len(angle.numbers) - 1)

"""A point as people paste it: decimal degrees, degrees and minutes, a map link, geo: or a Plus Code."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from openlocationcode import openlocationcode

from outreach.domain.errors import InvalidValue
from outreach.domain.places import Coordinates
from outreach.exchange.angles import read_pair, refusal, tidy
from outreach.exchange.map_links import find_link, read_link

LONGEST = 4000  # letters; a link to a place is a thousand at most
NOWHERE = 0.001  # degrees round 0, 0: the sea off Africa, where empty cells lie

EMPTY = "chưa có tọa độ. Nhập vĩ độ rồi kinh độ, ví dụ 10.0341, 105.7881."
TOO_LONG = "“{seen}” dài hơn {limit} ký tự. Nhập vĩ độ rồi kinh độ, ví dụ 10.0341, 105.7881."
NO_SUCH_LAT = "vĩ độ {degrees} không nằm trong khoảng -90 đến 90. Nhập vĩ độ rồi kinh độ, ví dụ 10.0341, 105.7881."
NO_SUCH_LON = "kinh độ {degrees} không nằm trong khoảng -180 đến 180. Nhập vĩ độ rồi kinh độ, ví dụ 10.0341, 105.7881."
ZERO = "tọa độ 0, 0 nằm giữa biển gần châu Phi, thường do ô để trống. Nhập tọa độ thật, ví dụ 10.0341, 105.7881."
BAD_GEO = "“{seen}” không phải liên kết geo đọc được. Liên kết đúng có dạng geo:10.0341,105.7881."
BAD_CODE = "“{seen}” không phải Plus Code đúng. Mã đầy đủ có dạng 7P272QMQ+J6."
SHORT_CODE = "“{seen}” là Plus Code rút gọn, chưa biết ở vùng nào. Nhập mã đầy đủ, ví dụ 7P272QMQ+J6."

# what most cells of a sheet hold; read without the grammar of angles.py, which gives the same ten times slower
PLAIN = re.compile(r"(-?\d{1,3}\.(\d{1,15}))(?:[,;] ?| )(-?\d{1,3}\.(\d{1,15}))", re.ASCII)
CODE = re.compile(r"([23456789CFGHJMPQRVWX0]{2,8}\+[23456789CFGHJMPQRVWX]*)(?:[\s,].*)?", re.IGNORECASE | re.DOTALL)
SHORT_DIGITS = 4  # before the plus, as maps write it: right within half a degree of the place it is read near
DECIMALS_OF_CODE = {2: 0, 4: 0, 6: 1, 8: 2, 10: 4}  # a code of ten is 14 m wide
GEO = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)(?:,-?\d+(?:\.\d+)?)?((?:;[^;]*)*)", re.ASCII)


class Way(StrEnum):
    """How a point was written."""

    DECIMAL = "decimal"
    GOOGLE = "google"
    GEO = "geo"
    """A geo: link, or a link from OpenStreetMap or another map."""
    DMS = "dms"
    PLUS_CODE = "plus_code"


@dataclass(frozen=True, slots=True)
class PastedPoint:
    """A point that was understood, and how.

    `swapped`: longitude stood first and was put right. `decimals`: of a degree, the least of the
    two as typed; for the other ways, what they are worth.
    """

    at: Coordinates
    way: Way
    swapped: bool
    decimals: int


def looks_swapped(lat: float, lon: float) -> bool:
    """Whether the two surely stand in the wrong order: no latitude is above 90, as longitudes in Vietnam are."""
    return abs(lon) <= 90 < abs(lat) <= 180


def read_coordinates(text: str, *, near: Coordinates | None = None) -> PastedPoint:
    """The point that `text` means; a short Plus Code is read near `near`.

    InvalidValue has a sentence that begins with a small letter, to stand after "Dòng 12, cột Tọa độ:".
    """
    if plain := PLAIN.fullmatch(text):
        decimals = min(len(plain[2]), len(plain[4]))
        return _point(float(plain[1]), float(plain[3]), way=Way.DECIMAL, decimals=decimals, text=text)
    if len(text) > LONGEST:
        raise refusal(TOO_LONG, text, limit=LONGEST)
    typed = tidy(text)
    if not typed:
        raise refusal(EMPTY, text)
    if re.fullmatch(r"0[\s,;]+0", typed):  # an empty cell of a map program; "0,0" alone would be one number
        raise refusal(ZERO, text)
    link = find_link(typed)
    if link:
        linked = read_link(link, text)
        pair, way = linked.pair, Way.GOOGLE if linked.google else Way.GEO
    elif typed.casefold().startswith("geo:"):
        return _read_geo(typed, text)
    elif "+" in typed and (code := CODE.fullmatch(typed)):
        return _read_code(code.group(1).upper(), text, near=near)
    else:
        pair = read_pair(typed)
        way = Way.DMS if pair.sexagesimal else Way.DECIMAL
    return _point(pair.lat, pair.lon, way=way, decimals=pair.decimals, text=text)


def _point(lat: float, lon: float, *, way: Way, decimals: int, text: str) -> PastedPoint:
    swapped = looks_swapped(lat, lon)
    if swapped:
        lat, lon = lon, lat
    if abs(lat) > 90:
        raise refusal(NO_SUCH_LAT, text, degrees=f"{lat:.9g}")
    if abs(lon) > 180:
        raise refusal(NO_SUCH_LON, text, degrees=f"{lon:.9g}")
    if abs(lat) < NOWHERE and abs(lon) < NOWHERE:
        raise refusal(ZERO, text)
    return PastedPoint(at=Coordinates(lat=lat, lon=lon), way=way, swapped=swapped, decimals=decimals)


def _read_geo(typed: str, text: str) -> PastedPoint:
    """RFC 5870, and Android's geo:0,0?q=lat,lon(name), where the question wins."""
    place, _, question = typed[4:].partition("?")
    asked = dict(parse_qsl(question)).get("q", "")
    if asked:
        try:
            pair = read_pair(tidy(re.sub(r"\(.*", "", asked, flags=re.DOTALL)))
        except InvalidValue:
            pair = None  # a name: the numbers before the question count
        if pair:
            return _point(pair.lat, pair.lon, way=Way.GEO, decimals=pair.decimals, text=text)
    found = GEO.fullmatch(place.strip())
    if not found or re.search(r";crs=(?!wgs84(?:;|$))", found[3], re.IGNORECASE):
        raise refusal(BAD_GEO, text)
    decimals = min(len(number.partition(".")[2]) for number in (found[1], found[2]))
    return _point(float(found[1]), float(found[2]), way=Way.GEO, decimals=decimals, text=text)


def _read_code(code: str, text: str, *, near: Coordinates | None) -> PastedPoint:
    if openlocationcode.isShort(code) and code.index("+") == SHORT_DIGITS and len(code) > SHORT_DIGITS + 2:
        if near is None:
            raise refusal(SHORT_CODE, text)
        code = openlocationcode.recoverNearest(code, near.lat, near.lon)
    if not openlocationcode.isFull(code):
        raise refusal(BAD_CODE, text)
    area = openlocationcode.decode(code)
    decimals = DECIMALS_OF_CODE.get(area.codeLength, area.codeLength - 6)
    return _point(area.latitudeCenter, area.longitudeCenter, way=Way.PLUS_CODE, decimals=decimals, text=text)

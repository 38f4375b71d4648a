"""Where a link copied from a map on the web points to; nothing is fetched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote_plus, urlsplit

from outreach.domain.errors import InvalidValue
from outreach.exchange.angles import TypedPair, read_pair, refusal, tidy

SHORT_LINK = "liên kết rút gọn {host} không chứa tọa độ. Mở nó trong trình duyệt rồi sao chép địa chỉ dài hiện ra."
NO_POINT = "liên kết {host} không chứa tọa độ. Trên bản đồ, nhấn giữ đúng chỗ rồi sao chép hai số hiện ra."
BROKEN = "“{seen}” không phải liên kết đọc được. Sao chép lại cả địa chỉ trên thanh địa chỉ."

# they hold a name only their own server can look up
SHORT_HOSTS = ("maps.app.goo.gl", "goo.gl", "app.goo.gl", "g.co", "g.page", "osm.org", "bit.ly", "tinyurl.com")
LINK = re.compile(r"(?:https?://|www\.|maps\.|goo\.gl/|g\.co/|osm\.org/)\S+", re.IGNORECASE)
NUMBER = r"(-?\d{1,3}(?:\.\d+)?)"
PIN = re.compile(rf"!3d{NUMBER}!4d{NUMBER}")
STEP = re.compile(rf"!1d{NUMBER}!2d{NUMBER}")  # a directions link: longitude first
CENTRE = re.compile(rf"@{NUMBER},{NUMBER}(?:,(\d+(?:\.\d+)?)([zm]))?")
HASH = re.compile(rf"map=(\d+(?:\.\d+)?)/{NUMBER}/{NUMBER}")
# what names the place itself comes before what is only looked at
NAMING = ("destination", "daddr", "query", "q", "ll", "viewpoint", "cbll", "center", "cp", "sll")
ENOUGH = 4  # decimals, about 11 m


@dataclass(frozen=True, slots=True)
class LinkedPoint:
    """What a link says, and whether it is one of Google's."""

    pair: TypedPair
    google: bool


def find_link(text: str) -> str:
    """The first link in `text`, as shared together with a place's name; empty when there is none."""
    found = LINK.search(text)
    return found.group().rstrip(").,;>\"'") if found else ""


def read_link(link: str, text: str) -> LinkedPoint:
    """The point that `link`, found in `text`, names, else the centre of its view; InvalidValue when it has neither."""
    try:
        address = urlsplit(link if "://" in link else f"https://{link}")
        host = (address.hostname or "").removeprefix("www.")
    except ValueError as error:
        raise refusal(BROKEN, text) from error
    if host in SHORT_HOSTS and not HASH.search(address.fragment):
        raise refusal(SHORT_LINK, text, host=host)
    pair = next(_points(address), None)
    if pair is None:
        raise refusal(NO_POINT, text, host=host[:60])
    return LinkedPoint(pair=pair, google="google." in host)


def _points(address: SplitResult) -> Iterator[TypedPair]:
    """Everything the link says of a place, the surest first."""
    path = unquote_plus(unquote_plus(address.path))
    asked = dict(parse_qsl(address.query))
    for found in (*PIN.findall(path)[-1:], *PIN.findall(asked.get("pb", ""))[-1:]):
        yield _pair(*found)
    if "mlat" in asked and "mlon" in asked:
        yield from _typed(f"{asked['mlat']}, {asked['mlon']}")
    for name in NAMING:
        yield from _typed(asked.get(name, "").replace("~", ", "))
    directions = "/dir/" in path
    if directions:
        yield from (_pair(lat, lon) for lon, lat in STEP.findall(path)[-1:])
    pieces = [piece for piece in path.split("/") if piece and piece[0] not in "@!"]
    for piece in reversed(pieces):
        yield from _typed(piece)
    if directions:
        return  # the view of a whole journey is nowhere
    yield from (_view(*found) for found in CENTRE.findall(path)[-1:])
    yield from (_view(lat, lon, zoom, "z") for zoom, lat, lon in HASH.findall(unquote_plus(address.fragment)))


def _typed(value: str) -> Iterator[TypedPair]:
    """`value` as two angles, if that is what it is: 10.03,105.78 or loc:10.03,105.78 or 10°02'03"N 105°47'17"E."""
    bare = re.sub(r"^loc:|\(.*\)$", "", tidy(value).casefold()).strip()
    if re.search(r"\d", bare):
        try:
            yield read_pair(bare)
        except InvalidValue:
            return


def _pair(lat: str, lon: str) -> TypedPair:
    decimals = min(len(number.partition(".")[2]) for number in (lat, lon))
    return TypedPair(lat=float(lat), lon=float(lon), decimals=decimals, sexagesimal=False)


def _view(lat: str, lon: str, size: str, unit: str) -> TypedPair:
    """The middle of a window: worth no more than its zoom (z) or its height in metres (m) tells."""
    pair = _pair(lat, lon)
    if not size:
        return pair
    worth = (float(size) - 5) // 3 if unit == "z" else ENOUGH - len(size.partition(".")[0]) + 3
    decimals = max(0, min(pair.decimals, int(worth)))
    return TypedPair(lat=pair.lat, lon=pair.lon, decimals=decimals, sexagesimal=False)

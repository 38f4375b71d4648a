"""Every way people write a point is understood, mended or refused with a reason."""

import contextlib
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openlocationcode import openlocationcode

from outreach.domain.errors import InvalidValue
from outreach.domain.places import Coordinates
from outreach.exchange.coordinates import PastedPoint, Way, looks_swapped, read_coordinates

CAN_THO = Coordinates(lat=10.03, lon=105.78)
LAT, LON = 10.0341, 105.7881
PLACE = "https://www.google.com/maps/place/Tr%C6%B0%E1%BB%9Dng/@10.0300,105.7700,17z/data=!3m1!4b1!4m6!3m5!1s0x31a0"
TYPED = (
    "10.0341, 105.7881",
    "10.0341,105.7881",
    "10.0341 105.7881",
    "10.0341\t105.7881",
    "10.0341 - 105.7881",
    "10,0341; 105,7881",
    "10,0341 105,7881",
    "10,0341, 105,7881",
    "10,0341,105,7881",
    "10,0341; 105.7881",
    "(10.0341, 105.7881)",
    "'10.0341, 105.7881",
    "10.0341N 105.7881E",
    "N10.0341 E105.7881",
    "10.0341° N, 105.7881° E",
    "10,0341 B; 105,7881 Đ",
    "10.0341 bắc, 105.7881 đông",
    "105.7881 E, 10.0341 N",
    "Vĩ độ: 10,0341 Kinh độ: 105,7881",
    "Vĩ độ 10.0341\nKinh độ 105.7881",
    "Kinh độ: 105.7881, Vĩ độ: 10.0341",
    "lat: 10.0341, lng: 105.7881",
    "lat=10.0341&lon=105.7881",
    "１０．０３４１，１０５．７８８１",
    "\ufeff 10.0341,\u00a0105.7881 \u200b",
)
MINUTES = (
    "10°02'02.76\"N 105°47'17.16\"E",
    "10°02′02,76″B 105°47′17,16″Đ",
    "10º02’02.76”N, 105º47’17.16”E",
    "N 10° 02' 02.76'', E 105° 47' 17.16''",
    "10° 2.046' 105° 47.286'",
    "10 02 02.76 105 47 17.16",
    "10:02:02.76, 105:47:17.16",
    "10 độ 2 phút 2,76 giây Bắc, 105 độ 47 phút 17,16 giây Đông",
    "105°47'17.16\"E 10°02'02.76\"N",
)
GOOGLE = (
    PLACE + "!8m2!3d10.0341!4d105.7881!16s%2Fg%2F11",
    "Trường Tiểu học Thử\n" + PLACE + "!8m2!3d10.0341!4d105.7881",
    "https://www.google.com/maps/@10.0341,105.7881,17z",
    "https://www.google.com/maps?q=10.0341,105.7881",
    "https://maps.google.com/maps?q=loc:10.0341,105.7881",
    "https://maps.google.com/?q=10.0341,105.7881(Tr%C6%B0%E1%BB%9Dng)&z=14",
    "maps.google.com/?ll=10.0341,105.7881",
    "https://www.google.com.vn/maps/search/?api=1&query=10.0341%2C105.7881",
    "https://www.google.com/maps/dir/?api=1&origin=11,106&destination=10.0341%2C105.7881&travelmode=driving",
    "https://www.google.com/maps/place/10.0341+105.7881",
    "https://www.google.com/maps/place/10%C2%B002'02.76%22N+105%C2%B047'17.16%22E/@10.03,105.7,17z",
    "https://www.google.com/maps/search/10.0341,+105.7881?entry=tts",
    "https://www.google.com/maps/dir/11.1,106.1/10.0341,105.7881/@10.5,105.9,9z",
    "https://www.google.com/maps/dir/A/B/@10.5,105.9,9z/data=!4m2!4m1!1d106.1!2d11.1!1m5!1d105.7881!2d10.0341!3e0",
)
OTHER_MAPS = (
    "https://www.openstreetmap.org/?mlat=10.0341&mlon=105.7881#map=15/10.9/105.1",
    "https://www.openstreetmap.org/#map=17/10.0341/105.7881",
    "https://maps.apple.com/?ll=10.0341,105.7881&q=A",
    "https://www.bing.com/maps?cp=10.0341~105.7881&lvl=16",
    "geo:10.0341,105.7881",
    "GEO:10.0341,105.7881;u=35",
    "geo:10.0341,105.7881,12.5;crs=wgs84;u=35",
    "geo:0,0?q=10.0341,105.7881(Label)",
    "geo:10.0341,105.7881?q=Label",
)


def close(point: PastedPoint, lat: float, lon: float, *, within: float = 1e-9) -> bool:
    return abs(point.at.lat - lat) <= within and abs(point.at.lon - lon) <= within


@pytest.mark.parametrize(
    ("way", "text"),
    [(Way.DECIMAL, text) for text in TYPED]
    + [(Way.DMS, text) for text in MINUTES]
    + [(Way.GOOGLE, text) for text in GOOGLE]
    + [(Way.GEO, text) for text in OTHER_MAPS],
)
def test_the_same_point_is_understood_in_every_way(way: Way, text: str) -> None:
    point = read_coordinates(text)
    assert close(point, LAT, LON), point
    assert (point.way, point.swapped) == (way, False)
    assert point.decimals >= 4


@pytest.mark.parametrize("text", ["105.7881, 10.0341", "[105.7881, 10.0341]", "lat: 105.7881, lon: 10.0341"])
def test_longitude_first_is_put_right_and_said(text: str) -> None:
    point = read_coordinates(text)
    assert close(point, LAT, LON)
    assert point.swapped


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("51.5072, -0.1276", 51.5072, -0.1276),
        ("51.5072,-0.1276", 51.5072, -0.1276),
        ("-0.1276, 51.5072", -0.1276, 51.5072),
        ("51.5N 0.1W", 51.5, -0.1),
        ("33°51'S 151°12'E", -33.85, 151.2),
        ("8,5 Nam; 115,2 Đông", -8.5, 115.2),
        ("-33.85 +151.2", -33.85, 151.2),
        ("90, 180", 90, 180),
        ("-90,-180", -90, -180),
    ],
)
def test_points_outside_vietnam_stay_where_they_were_typed(text: str, lat: float, lon: float) -> None:
    point = read_coordinates(text)
    assert close(point, lat, lon)
    assert not point.swapped


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "chưa có tọa độ"),
        (" \n\t ", "chưa có tọa độ"),
        ("Trường Tiểu học số 3", "không phải tọa độ"),
        ("NaN, NaN", "không phải tọa độ"),
        ("inf, 105.7", "không phải tọa độ"),
        ("1e5", "phải có một vĩ độ"),
        ("07:30", "không phải tọa độ"),
        ("23/11/2026", "không phải tọa độ"),
        ("10.03-105.78", "không phải tọa độ"),
        ("9" * 400, "chỉ có một số"),
        ("9" * 400 + ", 3", "không phải tọa độ"),
        ("x" * 5000, "dài hơn 4000"),
        ("10.0341", "chỉ có một số"),
        ("10,0341", "chỉ có một số"),
        ("10.1, 105.2, 3", "có 3 số"),
        ("10,105,35", "có 3 số"),
        ("0,0", "0, 0"),
        ("0.0000 0.0000", "0, 0"),
        ("0N 0E", "0, 0"),
        ("91, 91", "vĩ độ 91"),
        ("10.03, 181", "kinh độ 181"),
        ("100341, 1057881", "vĩ độ 100341"),
        ("10°62'02\"N 105°47'17\"E", "phút hoặc giây"),
        ("10.0341 N 105.7881 Đ", "Nam hoặc North"),
        ("10.0341 N 105.7881 N", "phải có một vĩ độ"),
        ("https://maps.app.goo.gl/abc123", "liên kết rút gọn maps.app.goo.gl"),
        ("https://goo.gl/maps/abc123", "liên kết rút gọn goo.gl"),
        ("Trường Tiểu học 3\nhttps://g.co/kgs/abc", "liên kết rút gọn g.co"),
        ("https://www.google.com/maps/place/Ch%E1%BB%A3", "không chứa tọa độ"),
        ("https://www.google.com/maps/dir/A/B/@10.5,105.9,9z", "không chứa tọa độ"),
        ("http://[::1", "không phải liên kết đọc được"),
        ("geo:10.0341", "không phải liên kết geo"),
        ("geo:10.0341,105.7881;crs=other", "không phải liên kết geo"),
        ("2QMQ+J6 Ninh Kiều", "Plus Code rút gọn"),
        ("MQ+J6", "không phải Plus Code"),
    ],
)
def test_what_is_no_point_is_refused_with_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_coordinates(text)
    sentence = str(caught.value)
    assert said in sentence
    assert not sentence[0].isupper()
    assert len(sentence) < 260
    assert (caught.value.field, caught.value.value) == ("", text)


def test_a_plus_code_is_the_middle_of_its_square() -> None:
    point = read_coordinates("7p272qmq+j6")
    assert close(point, LAT, LON, within=0.0001)
    assert (point.way, point.decimals) == (Way.PLUS_CODE, 4)
    assert read_coordinates("7P270000+").decimals == 0


def test_a_short_plus_code_is_read_near_the_commune() -> None:
    point = read_coordinates("2QMQ+J6 Ninh Kiều, Cần Thơ", near=CAN_THO)
    assert point == read_coordinates("7P272QMQ+J6")


@pytest.mark.parametrize(
    ("text", "decimals"),
    [
        ("10.03, 105.7881", 2),
        ("10, 106", 0),
        ("10.0300, 105.7000", 4),
        ("10°02'N 105°47'E", 2),
        ("10°02'03\"N 105°47'17\"E", 4),
        ("10°02.05'N 105°47.28'E", 4),
        ("https://www.google.com/maps/@10.0341123,105.7881123,17z", 4),
        ("https://www.google.com/maps/@10.0341123,105.7881123,9z", 1),
        ("https://www.google.com/maps/@10.0341123,105.7881123,65000m/data=!3m1!1e3", 2),
        ("https://www.openstreetmap.org/#map=8/10.0341/105.7881", 1),
    ],
)
def test_a_point_says_how_fine_it_is(text: str, decimals: int) -> None:
    assert read_coordinates(text).decimals == decimals


def understood(text: str) -> PastedPoint | None:
    """The point, or nothing where a sentence refused it; every other error is the test's failure."""
    with contextlib.suppress(InvalidValue):
        return read_coordinates(text, near=CAN_THO)
    return None


@given(st.text() | st.text(alphabet="0123456789.,;:+-° '\"NEBĐnsewdt/@!=&?geo\n", max_size=60))
def test_any_text_gives_a_point_on_the_globe_or_a_sentence(text: str) -> None:
    point = understood(text)
    if point:
        assert -90 <= point.at.lat <= 90
        assert -180 <= point.at.lon <= 180
        assert point.decimals >= 0


@given(st.sampled_from(GOOGLE + OTHER_MAPS), st.data())
def test_a_damaged_link_gives_a_point_on_the_globe_or_a_sentence(link: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(link)))
    noise = data.draw(st.text(max_size=8))
    point = understood(link[:cut] + noise + link[cut + len(noise) :])
    assert point is None or abs(point.at.lat) <= 90


lats = st.floats(-89, 89).map(lambda value: round(value, 6)).filter(lambda value: abs(value) > 0.01)
lons = st.floats(-179, 179).map(lambda value: round(value, 6))


@given(lats, lons, st.integers(0, 8))
def test_decimal_degrees_come_back_as_they_were_written(lat: float, lon: float, decimals: int) -> None:
    for text in (f"{lat:.{decimals}f}, {lon:.{decimals}f}", f"{lat:.{decimals}f};{lon:.{decimals}f}".replace(".", ",")):
        if re.fullmatch(r"-?0?(,0+)?", text.split(";")[0]) or abs(round(lat, decimals)) < 0.001:
            continue  # the sea off Africa
        point = read_coordinates(text)
        assert (point.at.lat, point.at.lon) == (float(f"{lat:.{decimals}f}"), float(f"{lon:.{decimals}f}"))
        assert (point.way, point.decimals, point.swapped) == (Way.DECIMAL, decimals, False)


@given(lats, lons)
def test_the_quick_way_and_the_grammar_agree(lat: float, lon: float) -> None:
    for mark in (", ", ",", "; ", " "):
        plain = f"{lat:.6f}{mark}{lon:.6f}"
        assert read_coordinates(plain) == read_coordinates(f"({plain})")


@given(lats, lons)
def test_links_come_back_as_they_were_written(lat: float, lon: float) -> None:
    for text, way in (
        (f"https://www.google.com/maps/place/X/@1,2,9z/data=!8m2!3d{lat:.6f}!4d{lon:.6f}", Way.GOOGLE),
        (f"https://www.google.com/maps/search/?api=1&query={quote(f'{lat:.6f},{lon:.6f}')}", Way.GOOGLE),
        (f"https://www.openstreetmap.org/?mlat={lat:.6f}&mlon={lon:.6f}", Way.GEO),
        (f"geo:{lat:.6f},{lon:.6f};u=10", Way.GEO),
    ):
        point = read_coordinates(text)
        assert (point.at.lat, point.at.lon, point.way) == (lat, lon, way)


def _minutes(value: float, sides: str) -> str:
    hundredths = round(abs(value) * 360_000)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}°{minutes % 60:02d}'{rest // 100:02d}.{rest % 100:02d}\"{sides[value < 0]}"


@given(lats, lons)
def test_degrees_minutes_and_seconds_come_back(lat: float, lon: float) -> None:
    point = read_coordinates(f"{_minutes(lat, 'NS')} {_minutes(lon, 'EW')}")
    assert close(point, lat, lon, within=0.00001)
    assert point.way is Way.DMS
    assert close(read_coordinates(f"{_minutes(abs(lat), 'B')}, {_minutes(lon, 'ĐT')}"), abs(lat), lon, within=0.00001)


@given(lats, lons)
def test_plus_codes_come_back(lat: float, lon: float) -> None:
    code = openlocationcode.encode(lat, lon)
    point = read_coordinates(code)
    assert openlocationcode.encode(point.at.lat, point.at.lon) == code
    near = Coordinates(lat=lat + 0.2 if lat < 88 else lat - 0.2, lon=lon)
    assert read_coordinates(f"{code[4:]} Ninh Kiều", near=near) == point


@given(st.floats(8, 24), st.floats(102, 110))
def test_a_vietnamese_point_is_never_taken_for_another_order(lat: float, lon: float) -> None:
    assert not looks_swapped(lat, lon)
    assert looks_swapped(lon, lat)

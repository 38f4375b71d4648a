"""What every map document promises: nothing from outside, a nonce on each script, small."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import shapely

from outreach import web
from outreach.maps import sheet as sheets
from outreach.maps.escape import for_html, for_script
from outreach.maps.land import Outlines
from outreach.maps.signs import shape_of
from outreach.maps.sites import sites_map
from tests.maps import scenes

STATIC = Path(web.__file__).parent / "static"
KINDS = ("sites", "coverage", "week", "plan", "day", "picker")

EVIL = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "`${alert(1)}`",
    "\"'); alert(1); //",
    "{{ 7 * 7 }}{{{{",
    "{% raw %}{# {{",
    "a\u2028b\u2029c\\u003cscript>",
)


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def drawing(document: str) -> dict[str, object]:
    """The data handed to the map's own script."""
    found = re.search(r"outreachMap\.draw\(\w+, (\{.*\})\);", document)
    assert found
    data: dict[str, object] = json.loads(found.group(1))
    return data


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    return scenes.all_maps()


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_loads_nothing_from_outside(documents: dict[str, str], kind: str) -> None:
    for _, attributes in Tags(documents[kind]).found:
        for name in ("src", "href", "action", "data", "srcset"):
            assert (attributes.get(name) or "/static/").startswith("/static/"), attributes
    assert not re.search(r"url\(|@import|https?://|[\"']//", documents[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_a_map_loads_is_in_the_repository(documents: dict[str, str], kind: str) -> None:
    paths = re.findall(r'(?:src|href)="/static/([^"]+)"', documents[kind])
    assert len(paths) == (6 if kind == "picker" else 5)
    assert all((STATIC / path).is_file() for path in paths)


@pytest.mark.parametrize("kind", KINDS)
def test_every_script_carries_the_nonce(documents: dict[str, str], kind: str) -> None:
    scripts = [attributes for tag, attributes in Tags(documents[kind]).found if tag == "script"]
    assert scripts
    assert all(attributes["nonce"] == "abc123" for attributes in scripts)


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_has_no_inline_style_handler_or_forbidden_zoom(documents: dict[str, str], kind: str) -> None:
    found = Tags(documents[kind]).found
    assert "style" not in {tag for tag, _ in found}
    assert not [name for _, attributes in found for name in attributes if name.startswith("on") or name == "style"]
    assert "user-scalable" not in documents[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_document_stays_small(documents: dict[str, str], kind: str) -> None:
    assert len(documents[kind]) < 60_000


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("kind", KINDS)
def test_no_text_becomes_code_whatever_the_field(kind: str, evil: str) -> None:
    harmless = scenes.all_maps("Trường")[kind]
    document = scenes.all_maps(evil)[kind]
    assert [tag for tag, _ in Tags(document).found] == [tag for tag, _ in Tags(harmless).found]
    assert "`" not in document
    assert "${" not in document
    assert "{{" not in document
    # and the text arrives unharmed
    assert any(evil in text for text in walk(drawing(document)))


def walk(value: object) -> list[str]:
    """All texts in nested data."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in walk(part)]
    if isinstance(value, list):
        return [text for part in value for text in walk(part)]
    return [value] if isinstance(value, str) else []


def test_text_in_scripts_and_in_html_is_escaped() -> None:
    assert for_script("<a>&'`${x}\u2028") == '"\\u003ca\\u003e\\u0026\\u0027\\u0060\\u0024{x}\\u2028"'
    assert json.loads(for_script(["Ấp Bắc", "</script>"])) == ["Ấp Bắc", "</script>"]
    assert for_html('<b a="\'`">&') == "&#60;b a=&#34;&#39;&#96;&#34;&#62;&#38;"


def test_the_title_and_theme_are_escaped_too() -> None:
    document = scenes.all_maps(dressed=scenes.look(theme='dark"><script>', language='vi"><b>'))["day"]
    assert "<b>" not in document
    assert "data-theme" not in document


def test_an_asset_that_is_not_vendored_is_an_error() -> None:
    chart = sheets.new_map((12.0, 109.0))
    chart.default_js = [("markercluster", "https://cdn.example/cluster.js")]
    with pytest.raises(KeyError, match="markercluster"):
        sheets.render(chart, title="", language="vi", theme="", nonce="n", static_url=scenes.static_url)


def test_tiles_and_their_attribution_come_only_when_switched_on() -> None:
    document = scenes.all_maps(dressed=scenes.look(osm_tiles=True))["day"]
    assert "https://tile.openstreetmap.org/{z}/{x}/{y}.png" in document
    assert "OpenStreetMap" in str(drawing(document)["credit"])
    assert drawing(scenes.all_maps()["day"])["credit"] == ""


def test_a_popup_links_only_inside_this_server(documents: dict[str, str]) -> None:
    signs = drawing(documents["week"])["signs"]
    assert isinstance(signs, list)
    links = [sign["link"] for sign in signs if "link" in sign]
    assert links
    assert all(re.fullmatch(r"/diem/\d+", link) for link in links)


def test_a_far_island_is_kept_with_a_way_to_it(documents: dict[str, str]) -> None:
    data = drawing(documents["sites"])
    assert "8.645" in json.dumps(data["signs"])
    assert data["away"] == [{"text": "Ngoài khung: TH số 4", "box": [[8.645, 111.92], [8.645, 111.92]]}]
    (south, _), (_, east) = data["view"]  # type: ignore[misc]
    assert south > 11
    assert east < 110
    edge_south, edge_east = data["edge"][0][0], data["edge"][1][1]  # type: ignore[index]
    assert edge_south < 8.645
    assert edge_east > 111.92


def test_the_sea_is_named_in_vietnamese_and_nothing_else_is(documents: dict[str, str]) -> None:
    seas = drawing(documents["sites"])["seas"]
    assert isinstance(seas, list)
    assert {sea[0] for sea in seas} <= {"Biển Đông", "Quần đảo Hoàng Sa", "Quần đảo Trường Sa"}
    assert "Biển Đông" in {sea[0] for sea in seas}


def test_a_week_has_its_lines_and_the_whole_plan_none(documents: dict[str, str]) -> None:
    assert documents["week"].count('"className": "leg bus-2"') == 1
    assert documents["week"].count('"className": "halo"') == 1
    assert "halo" not in documents["plan"]


def test_stops_are_numbered_in_order_and_joined_to_the_list(documents: dict[str, str]) -> None:
    signs = drawing(documents["day"])["signs"]
    assert isinstance(signs, list)
    stops = [(sign["number"], sign["id"], sign["bus"]) for sign in signs if sign["mark"] == "stop"]
    assert stops == [("1", "site:1", 2), ("2", "site:3", 2)]
    assert [sign["mark"] for sign in signs if sign["mark"] in ("base", "night")] == ["base", "night"]


def test_the_seventh_bus_shares_colour_and_shape_with_the_first() -> None:
    assert [shape_of(bus) for bus in (1, 6, 7, 12, 13)] == [1, 6, 1, 6, 1]


def test_without_outlines_land_is_land_and_with_them_neighbours_step_back() -> None:
    province = Outlines(shapes=(shapely.box(108.5, 11.5, 109.3, 12.8),))
    dressed = scenes.all_maps(dressed=scenes.look(outlines=province))["sites"]
    assert '"className":"land-2"' in dressed
    assert '"className":"outline"' in dressed
    assert '"className":"land"' in scenes.all_maps()["sites"]


def test_a_map_of_nothing_is_still_a_map() -> None:
    assert drawing(sites_map(scenes.look(), rows=()))["signs"] == []


def test_sites_turn_red_only_once_a_plan_has_visits() -> None:
    waiting = tuple(scenes.site(number, scenes.DIEN_KHANH, planned=0) for number in (1, 2))
    assert '"mark":"unserved"' not in sites_map(scenes.look(), rows=waiting)
    begun = (*waiting, scenes.site(3, scenes.CAM_RANH, planned=1))
    assert sites_map(scenes.look(), rows=begun).count('"mark":"unserved"') == 2

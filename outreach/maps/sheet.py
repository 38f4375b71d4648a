"""Folium with local assets, a nonce on each script and no text that could run. Imported late: Folium is heavy."""

from collections.abc import Callable
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from outreach.maps.escape import for_html, for_script

TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"

# Folium's assets by name: our copy, or None for what our maps do not use (jQuery, Bootstrap, icon fonts).
ASSETS: dict[str, str | None] = {
    "leaflet": "vendor/leaflet/leaflet.js",
    "leaflet_css": "vendor/leaflet/leaflet.css",
    "jquery": None,
    "bootstrap": None,
    "awesome_markers": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers_font_css": None,
    "awesome_markers_css": None,
    "awesome_rotate_css": None,
    "map_css": "css/map.css",
    "tokens_css": "css/tokens.css",
    "map_inside": "js/map-inside.js",
    "picker_inside": "js/picker-inside.js",
}


class Sheet(Figure):
    """The whole document: language, theme and title are ours to say."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="{{ this.language }}"'
        '{% if this.theme %} data-theme="{{ this.theme }}"{% endif %}>\n'
        "<head>\n<title>{{ this.page_title }}</title>\n{{ this.header.render(**kwargs) }}\n</head>\n"
        "<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, *, title: str, language: str, theme: str) -> None:
        super().__init__()
        self.page_title = for_html(title)
        self.language = for_html(language)
        self.theme = theme if theme in ("light", "dark") else ""


class QuietMap(folium.Map):
    """Folium's map without inline styles, and free to zoom with the browser's own gesture."""

    default_js = [("leaflet", ""), ("map_inside", "")]  # noqa: RUF012 - Folium's own form; addresses come by localise
    default_css = [("leaflet_css", ""), ("tokens_css", ""), ("map_css", "")]  # noqa: RUF012

    _template = Template(
        """
        {% macro header(this, kwargs) %}
            <meta name="viewport" content="width=device-width, initial-scale=1">
        {% endmacro %}
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                ...{{ this.options|tojavascript }},
                ...outreachMap.options()
            });
        {% endmacro %}
        """
    )


class Drawing(MacroElement):
    """Signs and names, handed to our own script as data; nothing in it is ever read as HTML."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            outreachMap.draw({{ this._parent.get_name() }}, {{ this.data }});
        {% endmacro %}
        """
    )

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self._name = "Drawing"
        self.data = for_script(data)


class Picker(JSCSSMixin, MacroElement):
    """A point that the reader puts on the map; our own script tells the page around it where."""

    default_js = [("picker_inside", "")]  # noqa: RUF012 - Folium's own form
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            outreachPicker.start({{ this._parent.get_name() }}, {{ this.data }});
        {% endmacro %}
        """
    )

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self._name = "Picker"
        self.data = for_script(data)


class Area(folium.GeoJson):
    """Folium's GeoJSON layer with compact numbers and one style, coloured by class."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.geoJson({{ this.compact }}, {{ this.look }});
        {% endmacro %}
        """
    )

    def __init__(self, shapes: dict[str, Any], *, class_name: str) -> None:
        super().__init__(shapes, control=False)
        self.compact = for_script(shapes)
        self.look = for_script({"interactive": False, "style": {"className": class_name}})


def localise(root: Figure, static_url: Callable[[str], str]) -> None:
    """Point every asset below `root` at our own copy; KeyError names an asset that is not vendored."""
    stack: list[Element] = [root]
    while stack:
        element = stack.pop()
        stack += element._children.values()
        for kind in ("default_js", "default_css"):
            if hasattr(element, kind):
                ours = [(name, ASSETS[name]) for name, _ in getattr(element, kind)]
                # on the element, not on its class: the class's list is shared by all maps
                setattr(element, kind, [(name, static_url(path)) for name, path in ours if path])


def area(shapes: dict[str, Any], *, class_name: str) -> Area:
    """A Folium layer of plain areas coloured by the style sheet."""
    return Area(shapes, class_name=class_name)


def line(points: list[list[float]], *, class_name: str) -> folium.PolyLine:
    """A Folium line coloured and dashed by the style sheet."""
    drawn = folium.PolyLine(points, smooth_factor=0)
    drawn.options |= {"className": class_name, "interactive": False}
    return drawn


def street_tiles() -> folium.TileLayer:
    """OpenStreetMap's tiles; the attribution is plain text in our own corner."""
    return folium.TileLayer(TILES, attr="OpenStreetMap", max_zoom=19, control=False)


def new_map(centre: tuple[float, float], *, closer: bool = False) -> QuietMap:
    """An empty map; zoom buttons, scale and attribution are drawn by our own script. `closer`: down to the gate."""
    return QuietMap(
        location=list(centre),
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        max_zoom=19 if closer else 17,
        zoom_start=9,
    )


def render(
    chart: QuietMap, *, title: str, language: str, theme: str, nonce: str, static_url: Callable[[str], str]
) -> str:
    """The finished document; every script tag carries `nonce`."""
    sheet = Sheet(title=title, language=language, theme=theme)
    sheet.add_child(chart)
    localise(sheet, static_url)
    # no text of ours can hold "<script": for_script and for_html have taken every "<" away
    document: str = sheet.render().replace("<script", f'<script nonce="{for_html(nonce)}"')
    return document

"""Every page, as a browser gets it: nothing is loaded from outside, and no text is left untranslated."""

import gettext
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from outreach import i18n
from outreach.web.bearer import API
from tests.house.conftest import Furnished
from tests.house.files import PROJECT, name_of

STATIC = PROJECT / "outreach/web/static"
OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[\w-]+\.[\w.-]+")
CSS_LOAD = re.compile(r"(?:url\(|@import)\s*['\"]?\s*(?:https?:)?//")
ONE_TIME = ("/thiet-lap/", "/mat-khau/")  # links that are used up or not made here
LOADING = {"src", "srcset", "data", "poster", "action", "formaction", "background", "xlink:href"}


class Loads(HTMLParser):
    """Gathers what a page would load or send elsewhere; a link that a reader may follow is no load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else ""
        for name, value in attrs:
            loads = name in LOADING or (name == "href" and tag not in ("a", "area"))
            if loads and OUTSIDE.match((value or "").strip()):
                self.found.append(f"<{tag} {name}={value}>")
            if name == "style" and CSS_LOAD.search(value or ""):
                self.found.append(f"<{tag} style={value}>")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "style" and CSS_LOAD.search(data):
            self.found.append(data.strip()[:200])
        if self.inside == "script":
            self.found += OUTSIDE.findall(data)


class Missed(gettext.NullTranslations):
    """Notes every text that the English catalogue does not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def gettext(self, message: str) -> str:
        self.texts.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.texts.add(msgid1)
        return msgid1


def _pages(house: Furnished) -> Iterator[tuple[str, str]]:
    """Each address that can be read, with its document."""
    with house.app.test_request_context():
        for rule in house.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or rule.rule.startswith(f"{API}/"):
                continue
            wanted = {name: house.places[name] for name in rule.arguments}
            address = rule.build(wanted, append_unknown=False)
            assert address
            answer = house.client.get(address[1])
            assert answer.status_code < 400 or address[1].startswith(ONE_TIME), f"{address[1]}: {answer.status}"
            if answer.mimetype == "text/html":
                yield address[1], answer.get_data(as_text=True)


def test_no_page_or_map_loads_anything_from_outside(furnished):
    found = {}
    seen = 0
    for address, page in _pages(furnished):
        parser = Loads()
        parser.feed(page)
        seen += 1
        if parser.found:
            found[address] = parser.found
    assert found == {}
    assert seen > 20


def test_no_style_or_script_of_ours_names_another_host():
    found = []
    for path in sorted(STATIC.rglob("*")):
        if path.suffix == ".css" and CSS_LOAD.search(path.read_text(encoding="utf-8")):
            found.append(name_of(path))
        if path.suffix in (".js", ".css", ".svg") and "vendor" not in path.parts:
            found += OUTSIDE.findall(path.read_text(encoding="utf-8"))
    assert found == []


def test_every_text_of_every_page_has_its_english(furnished):
    """Also texts that stand in tables without a Vietnamese letter to give them away."""
    missed = Missed()
    english = i18n._catalogue("en")
    english.add_fallback(missed)
    furnished.client.set_cookie("outreach_language", "en")
    try:
        for _ in _pages(furnished):
            pass
    finally:
        english._fallback = None
    assert missed.texts == set()


def test_a_page_in_english_says_so(furnished):
    furnished.client.set_cookie("outreach_language", "en")
    assert '<html lang="en"' in furnished.client.get("/lich").get_data(as_text=True)

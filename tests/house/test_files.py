"""What must not stand in any file of the repository."""

import re
import unicodedata

import pytest

from tests.house.files import BINARY, PROJECT, name_of, project_files

# parts are written apart, so that this file does not find itself
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|Users|root|work|opt)/[\w.-]+"),
    "a package registry's address": re.compile(
        r"https?://[^\s\"')]*(?:py" + r"pi|python" + r"hosted|npm" + r"js)[^\s]*"
    ),
    "a mail address": re.compile(r"[\w.+-]+@(?:gmail|yahoo|outlook|hotmail|icloud)\.\w+"),
    "a mobile number": re.compile(r"(?<![\d.])(?:\+84|0)[35789]\d{2}[ .]?\d{3}[ .]?\d{3}(?![\d.])"),
    "work left to do": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
}
OTHERS = ("outreach/web/static/vendor/", "data/")
VAGUE = {"util.py", "utils.py", "helpers.py", "common.py", "manager.py", "misc.py"}


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_file_holds(kind):
    found = []
    for path in project_files():
        if name_of(path).startswith(OTHERS):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if FORBIDDEN[kind].search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_texts_are_composed_the_same_way_everywhere():
    """Vietnamese letters are NFC: two spellings of one word would be two words."""
    for path in project_files(".py", ".html", ".md", ".css", ".js", ".po", ".csv", ".toml"):
        text = path.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), name_of(path)


def test_no_file_has_a_vague_name():
    assert [name_of(path) for path in project_files(".py") if path.name in VAGUE] == []


def test_pictures_and_fonts_are_small():
    for path in PROJECT.glob("outreach/**/*"):
        if path.suffix in BINARY:
            assert path.stat().st_size < 700_000, name_of(path)


def test_every_vendored_folder_names_its_origin_and_licence():
    for folder in (PROJECT / "outreach/web/static/vendor").iterdir():
        names = {path.name for path in folder.iterdir()}
        assert "ORIGIN" in names, folder.name
        assert any(name.startswith("LICENSE") for name in names), folder.name

"""The English catalogue: texts gathered from code and templates, translations kept, .mo compiled.

Vietnamese is the source language, so there is no Vietnamese catalogue
(docs/decisions/0003-vietnamese-is-the-source-language.md).
"""

import argparse
import ast
import io
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "outreach"
PO = PACKAGE / "translations/en/LC_MESSAGES/messages.po"
MO = PO.with_suffix(".mo")
SINGLE = ("translate", "_")
LABELS = ("title", "noun")  # of registers: shown whatever their letters ("xe")
COUNTED = ("translate_count", "_n")
# letters that only Vietnamese writing uses: a sign that a text is meant for people
VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]")
PLACES = re.compile(r"\{(\w*)[^}]*\}")
# facts and invented names, written into the database as they stand; words that are read, not shown;
# sentences said before anything can be imported
DATA = (
    "__main__.py",
    "services/demo*.py",
    "services/demo*/*.py",
    "services/calendars.py",
    "domain/names.py",
    "domain/school_words.py",
    "domain/spellings.py",
    "services/registers/examples.py",
    "domain/calendar.py",
    "exchange/angle_words.py",
    "exchange/old_letters.py",
    "exchange/syllables.py",
    "exchange/worksheets.py",
)
# the date of the catalogue's form, not of its content: a catalogue changes only when its texts do
STAMP = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Texts:
    """Texts found, each with the files that use it; `faults` are sentences for the developer."""

    files: dict[str, set[str]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, text: str, where: str, *, counted: bool = False) -> None:
        """Note `text` as used in file `where`."""
        if not text.strip():
            return
        self.files.setdefault(text, set()).add(where)
        if counted:
            self.counted.add(text)


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def error_names(trees: dict[Path, ast.Module]) -> set[str]:
    """The names of all classes that descend from OutreachError."""
    names = {"OutreachError"}
    classes = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    grown = True
    while grown:
        found = {c.name for c in classes if any(_name_of(base) in names for base in c.bases)}
        grown = not found <= names
        names |= found
    return names


def _docstrings(tree: ast.Module) -> set[int]:
    """Identities of the constants that are docstrings."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


def _python_texts(tree: ast.Module, errors: set[str], texts: Texts, *, where: str, data: bool) -> None:
    skipped = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            plain = "".join(str(p.value) for p in node.values if isinstance(p, ast.Constant))
            if VIETNAMESE.search(plain) and not data:
                texts.faults.append(f"{where}:{node.lineno}: an f-string cannot be translated: {plain!r}")
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first, called = node.args[0], _name_of(node.func)
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            if called in SINGLE or called in errors:
                texts.add(first.value, where)
            elif called in COUNTED:
                texts.add(first.value, where, counted=True)
    if data:
        return
    for node in ast.walk(tree):
        # a label in a table is translated where it is used; its letters give it away here, or the name it is given
        text = node.value if isinstance(node, ast.Constant) and id(node) not in skipped else None
        if isinstance(text, str) and VIETNAMESE.search(text):
            texts.add(text, where)
        if isinstance(node, ast.AnnAssign) and _name_of(node.target) in LABELS and isinstance(node.value, ast.Constant):
            texts.add(str(node.value.value), where)


def _template_texts(path: Path, texts: Texts, *, where: str) -> None:
    found = babel_extract(io.BytesIO(path.read_bytes()), [*SINGLE, *COUNTED], [], {"silent": "false"})
    for _line, function, message, _comments in found:
        text = message[0] if isinstance(message, tuple) else message
        if text is not None:  # a variable holds a text of a table in Python, found there
            texts.add(text, where, counted=function in COUNTED)


def gather() -> Texts:
    """Every text of the product."""
    texts = Texts()
    data = {path for pattern in DATA for path in PACKAGE.glob(pattern)}
    sources = sorted(PACKAGE.rglob("*.py"))
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources}
    errors = error_names(trees)
    for path, tree in trees.items():
        where = path.relative_to(PROJECT).as_posix()
        if "migrations" not in path.parts:
            _python_texts(tree, errors, texts, where=where, data=path in data)
    for path in sorted((PACKAGE / "web/templates").rglob("*.*")):
        _template_texts(path, texts, where=path.relative_to(PROJECT).as_posix())
    for text, files in texts.files.items():
        if unicodedata.normalize("NFC", text) != text:
            texts.faults.append(f"{sorted(files)[0]}: not in NFC: {text!r}")
    return texts


def english_of(message: Message) -> tuple[str, ...]:
    """The English forms of a message: one, or one and many."""
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def renewed(texts: Texts, old: Catalog) -> Catalog:
    """A catalogue of exactly `texts`, with the translations of `old`."""
    kept = {(m.id[0] if isinstance(m.id, tuple) else m.id): english_of(m) for m in old if m.id}
    new = Catalog(locale="en", domain="messages", project="Outreach", version="0", fuzzy=False, charset="utf-8",
                  creation_date=STAMP, revision_date=STAMP, header_comment="# English texts of Outreach.",
                  msgid_bugs_address="-", last_translator="-", language_team="en")  # fmt: skip
    for text in sorted(texts.files):
        english = kept.get(text, ("",))
        where = [(name, 1) for name in sorted(texts.files[text])]
        if text in texts.counted:
            new.add((text, text), (english[0], english[-1]), where)
        else:
            new.add(text, english[-1], where)
    return new


def faults_of(catalogue: Catalog) -> Iterator[str]:
    """Texts without English, and places like {name} that differ between the two languages."""
    for message in catalogue:
        if not message.id:
            continue
        source = message.id[0] if isinstance(message.id, tuple) else message.id
        for english in english_of(message):
            if not english:
                yield f"no English for {source!r}"
            elif set(PLACES.findall(source)) != set(PLACES.findall(english)):
                yield f"other places in English: {source!r} -> {english!r}"
            elif unicodedata.normalize("NFC", english) != english:
                yield f"not in NFC: {english!r}"


def as_bytes(catalogue: Catalog) -> tuple[bytes, bytes]:
    """The .po and the .mo file of `catalogue`."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=0, include_lineno=False)
    write_mo(mo, catalogue)
    return po.getvalue(), mo.getvalue()


def read_catalogue() -> Catalog:
    """The English catalogue as it stands on disk."""
    if not PO.exists():
        return Catalog(locale="en")
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def faults() -> list[str]:
    """Everything wrong with texts and catalogue, one sentence each."""
    texts = gather()
    renewed_catalogue = renewed(texts, read_catalogue())
    found = [*texts.faults, *faults_of(renewed_catalogue)]
    po, mo = as_bytes(renewed_catalogue)
    if not PO.exists() or PO.read_bytes() != po or not MO.exists() or MO.read_bytes() != mo:
        found.append("the English catalogue is behind the texts: run make fix")
    return found


def main() -> None:
    """Renew the catalogue, or only --check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail if something is missing")
    if not parser.parse_args().check:
        PO.parent.mkdir(parents=True, exist_ok=True)
        po, mo = as_bytes(renewed(gather(), read_catalogue()))
        PO.write_bytes(po)
        MO.write_bytes(mo)
    found = faults()
    print("\n".join(found) or "Catalogues: complete.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

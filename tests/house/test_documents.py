"""The documents keep up with the code."""

import re
from dataclasses import fields

from outreach.settings import Settings
from tests.house.files import PROJECT, name_of, project_files
from tools import pins, reference

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
README_LINES = 120


def test_settings_commands_and_error_codes_are_documented():
    page = reference.PAGE.read_text(encoding="utf-8")
    assert page == reference.renewed(page), "docs/operate.md is behind the code: run make docs"


def test_each_setting_stands_in_the_reference():
    table = reference.settings_table()
    assert all(f"`{one.metadata['env']}`" in table and one.metadata["doc"] in table for one in fields(Settings))


def test_every_command_says_what_it_does():
    commands = reference.commands_of(reference.build_parser())
    assert len(commands) > 8
    assert [usage for usage, text in commands if not text] == []


def test_readmes_are_short():
    for name in ("README.md", "README.vi.md"):
        assert len((PROJECT / name).read_text(encoding="utf-8").splitlines()) <= README_LINES


def test_links_between_documents_lead_somewhere():
    broken: list[str] = []
    for path in project_files(".md"):
        targets = [t for t in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in t]
        broken += [f"{name_of(path)}: {target}" for target in targets if not (path.parent / target).exists()]
    assert broken == []


def test_commands_of_make_are_the_ones_the_documents_name():
    """A document names no target that the Makefile does not have."""
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set()
    for path in project_files(".md"):
        named |= set(re.findall(r"`make ([a-z-]+)`", path.read_text(encoding="utf-8")))
    assert named <= targets


def test_every_dependency_has_a_reason():
    reasons = (PROJECT / "docs/decisions/0001-stack.md").read_text(encoding="utf-8").casefold()
    for name in ("requirements.txt", "requirements-dev.txt"):
        for package in pins.pins_of(PROJECT / name)[0]:
            assert package.removesuffix("-playwright-python") in reasons, package


def test_requirements_are_pinned_and_in_step_with_the_constraints():
    assert pins.faults() == []

"""The reference part of docs/operate.md: settings, commands and error codes, written from the code."""

import argparse
import sys
from dataclasses import fields
from pathlib import Path

from outreach.cli import build_parser

from outreach.domain.errors import OutreachError
from outreach.settings import PROJECT as ROOT
from outreach.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs/operate.md"
START, END = "<!-- made by `make docs` from here -->", "<!-- made by `make docs` to here -->"


def settings_table() -> str:
    """Each setting with its default and what it is for."""
    lines = ["| setting | default | for |", "|---|---|---|"]
    for one in fields(Settings):
        default = str(one.default).replace(str(ROOT), ".")
        lines.append(f"| `{one.metadata['env']}` | {f'`{default}`' if default else ''} | {one.metadata['doc']} |")
    return "\n".join(lines)


def commands_of(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
    """Each command with its usage line, without the program's name, and its help."""
    found: list[tuple[str, str]] = []
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, child in action.choices.items():
            below = commands_of(child)
            usage = " ".join(child.format_usage().removeprefix("usage: ").split())
            found += below or [(usage, child.description or helps.get(name, ""))]
    return found


def commands_list() -> str:
    """Each command on a line of its own."""
    return "\n".join(f"- `{usage}`  \n  {text}" for usage, text in commands_of(build_parser()))


def error_codes() -> str:
    """Each error code with its meaning."""
    waiting, kinds = [OutreachError], []
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        kinds.append(kind)
    meanings = {kind.code: (kind.__doc__ or "").strip().splitlines()[0] for kind in reversed(kinds)}
    return "\n".join(f"- `{code}`: {meaning}" for code, meaning in sorted(meanings.items()))


def reference() -> str:
    """The whole generated part."""
    return (
        f"{START}\n\n## Settings\n\nRead from the environment when a command starts.\n\n{settings_table()}\n\n"
        f"## Commands\n\n{commands_list()}\n\n"
        f"## Error codes\n\nEvery failure a person can act on has a stable code; a command ends with exit code 2.\n\n"
        f"{error_codes()}\n\n{END}"
    )


def renewed(page: str) -> str:
    """`page` with its generated part as it should be."""
    before, _, rest = page.partition(START)
    return before + reference() + rest.partition(END)[2]


def main() -> None:
    """Write the reference, or only --check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail if the page is behind")
    page = PAGE.read_text(encoding="utf-8")
    wanted = renewed(page)
    if parser.parse_args().check:
        print("Reference: in step." if page == wanted else "docs/operate.md is behind the code: run make docs")
        sys.exit(page != wanted)
    PAGE.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()

"""The reference part of docs/operate.md: settings, commands and error codes, written from the code."""

import argparse
import ast
import sys
from dataclasses import fields

from outreach.cli import build_parser
from outreach.i18n import use_language
from outreach.settings import Settings
from tools.catalogues import PACKAGE, PROJECT, error_names

PAGE = PROJECT / "docs/operate.md"
START, END = "<!-- made by `make docs` from here -->", "<!-- made by `make docs` to here -->"


def settings_table() -> str:
    """Each setting with its default and what it is for."""
    lines = ["| setting | default | for |", "|---|---|---|"]
    for one in fields(Settings):
        default = str(one.default).replace(str(PROJECT), ".")
        lines.append(f"| `{one.metadata['env']}` | {f'`{default}`' if default else ''} | {one.metadata['doc']} |")
    return "\n".join(lines)


def commands_of(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
    """Each command with its usage line and what it is for."""
    found: list[tuple[str, str]] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                usage = " ".join(child.format_usage().removeprefix("usage: ").replace("[-h] ", "").split())
                found += commands_of(child) or [(usage.removesuffix(" [-h]"), child.description or "")]
    return found


def commands_list() -> str:
    """Each command on a line of its own, in English."""
    with use_language("en"):
        commands = commands_of(build_parser())
    return "\n".join(f"- `python -m {usage}`  \n  {text}" for usage, text in commands)


def error_codes() -> str:
    """Each error code with its meaning."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    errors = error_names(trees)
    meanings: dict[str, str] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef) or node.name not in errors:
                continue
            for line in node.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
                    code = str(ast.literal_eval(line.value))
                    meanings[code] = (ast.get_docstring(node) or "").splitlines()[0]
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

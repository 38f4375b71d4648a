"""Files and functions stay small enough to read."""

import ast
from pathlib import Path

from tests.house.files import name_of, project_files

FILE_LINES = 400
FUNCTION_LINES = 60
# a migration is a list of columns, written once and never read as a story
HISTORY = "outreach/store/migrations/versions/"
# longer on purpose, each with its reason
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def _sources() -> list[Path]:
    return [path for path in project_files(".py") if not name_of(path).startswith(HISTORY)]


def test_files_have_at_most_400_lines():
    long = {name_of(p): n for p in _sources() if (n := len(p.read_text("utf-8").splitlines())) > FILE_LINES}
    assert set(long) == set(LONG_FILES), long


def test_functions_have_at_most_60_lines():
    long = {}
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[f"{name_of(path)}:{node.name}"] = lines
    assert set(long) == set(LONG_FUNCTIONS), long

"""The floors of the house are kept."""

import subprocess
import sys
from pathlib import Path

from tests.house.files import PROJECT


def test_every_import_falls_to_a_lower_floor():
    """The contracts in pyproject.toml hold."""
    command = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([command, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

"""The pins: requirements are exact, constraints hold the whole resolved set, pyproject agrees."""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
HEADER = "# The whole resolved set, made by `make lock`. Change requirements*.txt, then run it again.\n"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;#]+)$")


def canonical(name: str) -> str:
    """A package name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(path: Path) -> tuple[dict[str, str], list[str]]:
    """Name to version of each line of `path`, and the lines that pin nothing exactly."""
    pins: dict[str, str] = {}
    loose: list[str] = []
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = raw.split("#")[0].strip()
        if not line or line.startswith("-r "):
            continue
        found = PIN.match(line)
        if found:
            pins[canonical(found[1])] = found[2]
        else:
            loose.append(f"{path.name}: {line!r} is no exact pin")
    return pins, loose


def faults(project: Path = PROJECT) -> list[str]:
    """Everything that is out of step, one sentence each."""
    constraints, found = pins_of(project / "constraints.txt")
    for name in ("requirements.txt", "requirements-dev.txt"):
        pins, loose = pins_of(project / name)
        found += loose
        for package, version in pins.items():
            if constraints.get(package) != version:
                found.append(
                    f"{name} wants {package} {version}, constraints.txt {constraints.get(package)}: run make lock"
                )
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.search(r'__version__ = "(.+)"', (project / "outreach/__init__.py").read_text(encoding="utf-8"))
    if version is None or version[1] != settings["version"]:
        found.append("outreach/__init__.py and pyproject.toml name different versions")
    if settings["requires-python"] != ">=3.11":
        found.append("pyproject.toml and the Makefile name different Pythons")
    return found


def lock(python: str) -> str:
    """The text of constraints.txt: what is installed beside `python`."""
    frozen = subprocess.run(  # noqa: S603 - the interpreter that make has just built
        [python, "-m", "pip", "freeze", "--exclude", "pip", "--exclude", "setuptools", "--exclude", "wheel"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return HEADER + "".join(f"{line}\n" for line in sorted(frozen.split(), key=str.lower))


def main() -> None:
    """Check the pins, or write constraints.txt with --lock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", metavar="PYTHON", help="write constraints.txt from this interpreter's packages")
    chosen = parser.parse_args()
    if chosen.lock:
        (PROJECT / "constraints.txt").write_text(lock(chosen.lock), encoding="utf-8")
        return
    found = faults()
    print("\n".join(found) or "Pins: exact and in step.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

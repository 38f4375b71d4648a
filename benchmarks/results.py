"""The tables of results.md from files of rows.

python -m benchmarks.results build/bench/bench.jsonl > benchmarks/results.md
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.day import PROOF_S
from benchmarks.table import OURS, Row, Table, summary

TITLES = {
    "uk": "British timetables planned anew",
    "pvrp": "Periodic instances (Cordeau, Gendreau and Laporte 1997)",
    "windows": "Site-dependent instances with windows (Cordeau and Laporte 2001)",
    "growth": "Growth",
    "day": "One day with windows, lunch and stops that may fall away",
}
HEAD = """# Results

Cost is driving in seconds (uk, growth) or length (pvrp, windows); of a day it is driving in seconds and the price of
each stop left out. Every planner had one core and the seconds of its row; one checker priced all answers. `version` is
a hash of the planner's files. Made by `python -m benchmarks.results FILES`; the rows by the commands in the Makefile
(`bench`), or one by one with `--only INSTANCE`.

Machine: a virtual machine with 2 cores and 23 GB, Debian 12, Python 3.11, both cores busy with such runs.
"""
COLUMNS = """| instance | planner | version | seconds | seed | cost | visits | to the best known, remark |
|---|---|---|---|---|---|---|---|"""


def page(rows: Sequence[Row]) -> Iterator[str]:
    """The page, line by line."""
    yield HEAD
    for bench, title in TITLES.items():
        found = [row for row in rows if row.bench == bench and row.cost is not None]
        if not found:
            continue
        yield f"## {title}\n"
        groups: dict[tuple[str, float], list[Row]] = defaultdict(list)
        for row in found:
            groups[row.variant, _standard(bench, row)].append(row)
        for (variant, seconds), group in sorted(groups.items()):
            more = f" --variant {variant}" if variant else ""
            yield f"`python -m benchmarks {bench} --seconds {seconds:g}{more}`\n"
            yield COLUMNS
            for row in sorted(group, key=lambda row: (row.instance, row.solver != OURS, row.solver, row.seed)):
                yield _line(row)
            yield ""
            yield from (f"- {sentence}" for sentence in summary(bench, group))
            yield ""


def _standard(bench: str, row: Row) -> float:
    """The seconds of the run that a row belongs to: large services had twice as many, our planner of a day has few."""
    if bench == "day":
        return float(PROOF_S)
    return 30.0 if bench == "uk" and row.seconds == 60 else row.seconds


def _line(row: Row) -> str:
    known = f"{100 * (row.cost / row.best_known - 1):+.2f} %" if row.cost and row.best_known else row.note
    cost = "-" if row.cost is None else f"{row.cost:,.1f}" + ("" if row.feasible else " not feasible")
    cells = (row.instance, row.solver, row.version, f"{row.seconds:g}", row.seed, cost, row.served, known)
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main() -> None:
    """Print the page of some files of rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    rows = [row for file in parser.parse_args().files for row in Table(file).rows]
    print("\n".join(page(rows)))


if __name__ == "__main__":
    main()

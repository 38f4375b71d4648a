"""The tables of results.md from files of rows.

python -m benchmarks.results build/bench/bench.jsonl > benchmarks/results.md
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.day import PROOF_S
from benchmarks.table import OWN, PROVINCE, TRACED, Row, command, merged, summary

TITLES = {
    "uk": "British timetables planned anew",
    "rhythm": "British timetables planned anew: a stop of several weeks has one weekday and one time",
    "pvrp": "Periodic instances (Cordeau, Gendreau and Laporte 1997)",
    "windows": "Site-dependent instances with windows (Cordeau and Laporte 2001)",
    "growth": "Growth: British services put together",
    TRACED: "Convergence",
    "replan": "Published plans after disruptions",
    PROVINCE: "Provinces, nights at home and away",
    "day": "One day with windows, lunch and stops that may fall away",
}
PICTURED = ("growth", TRACED)
HEAD = """# Results

Cost is driving in seconds (uk, growth, convergence) or length (pvrp, windows); of a day it is driving in seconds and
the price of each stop left out. Every planner had one core and the seconds of its row; one checker priced all answers.
`version` is a hash of the planner's files. Made by `python -m benchmarks.results FILES`; the rows by the commands in
the Makefile (`bench`), or one by one with `--only INSTANCE`.

Machine: a virtual machine with 2 cores and 23 GB, Debian 12, Python 3.11, both cores busy with such runs.
"""
COLUMNS = """| instance | planner | version | seconds | seed | cost | visits | to the best known, remark |
|---|---|---|---|---|---|---|---|"""
GROWTH = """`a:2` is service a and a copy of it one degree further west. `rounds` is the search alone: 200,000 rounds
from a plan that is as good at every size, in seconds of the processor. MB is the most memory its process held.

| instance | visits | vehicle-days | planner | version | seconds | seed | cost | rounds | s per 1,000 rounds | MB |
|---|---|---|---|---|---|---|---|---|---|---|"""


PROVINCES = """`at most` is what no plan can exceed, `at least` what no plan with these visits can undercut, a dash
where nothing is proven (docs/bounds.md). Two searches on two cores; MB is what all processes held together.

| instance | planner | version | seconds | seed | driving | visits | at most | at least | above | MB |
|---|---|---|---|---|---|---|---|---|---|---|"""


def page(rows: Sequence[Row]) -> Iterator[str]:
    """The page, line by line."""
    yield HEAD
    for bench, title in TITLES.items():
        found = [row for row in rows if row.bench == bench and row.cost is not None]
        if not found:
            continue
        yield f"## {title}\n"
        if bench in PICTURED:
            yield f"![{title}](../docs/plots/{bench}.svg)\n"
        groups: dict[tuple[str, float], list[Row]] = defaultdict(list)
        for row in found:
            groups[row.variant, _standard(bench, row)].append(row)
        for (variant, seconds), group in sorted(groups.items()):
            more = f" --variant {variant}".replace(" set-up ", " --set-up ").removesuffix(" s") if variant else ""
            yield f"`python -m benchmarks {bench} --seconds {seconds:g}{more}`\n"
            yield HEADS.get(bench, COLUMNS)
            yield from (LINES.get(bench, _line)(row) for row in _in_order(bench, group))
            yield ""
            yield from (f"- {sentence}" for sentence in summary(bench, group))
            yield ""


def _standard(bench: str, row: Row) -> float:
    """The seconds of the run that a row belongs to: large services had twice as many, our planner of a day has few."""
    if bench == "day":
        return float(PROOF_S)
    return 30.0 if bench in ("uk", "rhythm") and row.seconds == 60 else row.seconds


def _in_order(bench: str, rows: Sequence[Row]) -> list[Row]:
    """By instance, merged ones by their visits; ours first."""
    visits = {row.instance: row.served if bench in PICTURED else 0 for row in rows if row.feasible}

    def place(row: Row) -> tuple[object, ...]:
        return visits.get(row.instance, 0), row.instance, row.solver not in OWN, row.solver, row.seed

    return sorted(rows, key=place)


def _cost(row: Row) -> str:
    return "-" if row.cost is None else f"{row.cost:,.1f}" + ("" if row.feasible else " not feasible")


def _line(row: Row) -> str:
    known = f"{100 * (row.cost / row.best_known - 1):+.2f} %" if row.cost and row.best_known else row.note
    run = (row.solver, row.version, f"{row.seconds:g}", row.seed, _cost(row), row.served, known)
    return _cells(_name(row), *run)


def _growth(row: Row) -> str:
    run = (row.solver, row.version, f"{row.seconds:g}", row.seed, _cost(row))
    pace = f"{row.per_thousand_s:.3f}" if row.per_thousand_s is not None else ""
    memory = f"{row.peak_mb:,.0f}" if row.peak_mb is not None else ""
    rounds = f"{row.rounds:,}" if row.rounds is not None else ""
    return _cells(_name(row), row.served, row.tours or "", *run, rounds, pace, memory)


def _province(row: Row) -> str:
    run = (row.solver, row.version, f"{row.seconds:g}", row.seed, _cost(row), row.served)
    above = f"{100 * (row.cost / row.driving_bound - 1):.2f} %" if row.cost and row.driving_bound else "-"
    most = "-" if row.served_bound is None else row.served_bound
    memory = f"{row.peak_mb:,.0f}" if row.peak_mb is not None else ""
    return _cells(row.instance, *run, most, row.driving_bound or "-", above, memory)


HEADS = {"growth": GROWTH, PROVINCE: PROVINCES}
LINES = {"growth": _growth, PROVINCE: _province}


def _name(row: Row) -> str:
    """The instance; of many services put together the two largest."""
    parts = row.instance.split("+")
    return row.instance if len(parts) <= 4 else f"{'+'.join(parts[:2])} and {len(parts) - 2} more"


def _cells(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def main() -> None:
    """Print the page of some files of rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    print("\n".join(page(merged(parser.parse_args().files))))


if __name__ == "__main__":
    command(main)

"""The planner against its peers and against best known solutions.

    python -m benchmarks uk --seconds 30 --json results/uk.json
    python -m benchmarks pvrp --only p05,pr09 --seconds 60
    python -m benchmarks day
    python -m benchmarks province --only 166,700 --variant nights
    python -m benchmarks replan --only 166

Rows are appended to the file and not measured twice; docs/routing.md says what each benchmark is.
"""

import argparse
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks import day, province, readers, regular, replan, runs
from benchmarks.case import Unusable
from benchmarks.table import (
    ANEW,
    EXACT,
    OURS,
    OWN,
    PROVINCE,
    ROUNDS,
    TRACED,
    Row,
    Table,
    command,
    engine_version,
    summary,
)

SHARED = Path(__file__).resolve().parents[2] / "shared" / "benchmarks"
LARGE = 1_000  # visits: such services get twice the seconds of the standard run
STANDARD_S = 30
USUAL_S = {"day": day.PROOF_S, PROVINCE: 0.0}  # 0: by their size
MERGED = {  # visits of services put together
    "growth": ("100", "300", "1000", "2000", "5000"),
    TRACED: ("300", "1000", "2000"),
}
FOLDERS = {
    "uk": "uk-timetables",
    "rhythm": "uk-timetables",
    "pvrp": "pvrp",
    "windows": "sdvrptw",
    "growth": "uk-timetables",
    TRACED: "uk-timetables",
}
SOLVERS = {
    "uk": (OURS, "pyvrp"),
    "rhythm": (OURS,),
    "pvrp": (OURS,),
    "windows": (OURS,),
    "growth": (OURS, ROUNDS),
    TRACED: (OURS, "pyvrp"),
    "day": (OURS, EXACT),
    "replan": (OURS, ANEW),
    PROVINCE: (OURS,),
}


def cases(
    bench: str, data: Path, *, only: list[str], largest: int | None, variant: str, set_up_s: int
) -> Iterator[runs.AnyCase]:
    """The instances of a benchmark, one after the other, when all names are known to be there."""
    if bench == "replan":
        yield from replan.cases(only)
        return
    if bench == "day":
        yield from map(day.day_case, only or day.NAMES[-(largest or 0) :])
        return
    if bench == PROVINCE:
        yield from (province.province_case(name, variant) for name in only or province.SIZES)
        return
    if bench in MERGED and largest is None:
        sizes = (readers.merged(data, int(name)) if name.isdigit() else name for name in only or MERGED[bench])
        only = list(dict.fromkeys(sizes))
    if FOLDERS[bench] == "uk-timetables":
        for name in readers.instances(data, ".csv", only, largest=largest):
            if bench == "rhythm":
                yield regular.read_regular(data, name, variant, set_up_s=set_up_s)
            else:
                yield readers.read_timetable(data, name, variant, set_up_s=set_up_s)
    elif bench == "pvrp":
        for name in readers.instances(data, ".csv", only, largest=largest):
            yield readers.read_periodic(data, name)
    else:
        for name in readers.instances(data, ".vrp", only, largest=largest):
            yield readers.read_site_dependent(data, name)


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("bench", choices=sorted(SOLVERS))
    parser.add_argument("--data", type=Path, help="folder with the instances")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--largest", type=int, metavar="N", help="so many instances, those with the longest files")
    chosen.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=[],
        help="names, by commas; of timetables also a+b or a:2 (growth, convergence: also a number of visits)",
    )
    parser.add_argument(
        "--variant", choices=("depot", "open", *province.VARIANTS), help="depot or open; of provinces day or nights"
    )
    parser.add_argument("--solvers", type=lambda text: text.split(","), help="by commas")
    parser.add_argument("--seconds", type=float, help="for each planner; of a day, for the exact model")
    parser.add_argument("--seed", type=lambda text: [int(seed) for seed in text.split(",")], default=[1])
    parser.add_argument("--threads", type=int, choices=(1,), default=1, help="each planner has one core")
    parser.add_argument("--set-up", type=int, default=0, metavar="S", help="seconds charged to each stop (uk, rhythm)")
    parser.add_argument("--json", type=Path, help="file the rows are appended to")
    options = parser.parse_args()
    options.variant = options.variant or ("day" if options.bench == PROVINCE else "depot")
    options.solvers = options.solvers or list(SOLVERS[options.bench])
    known = SOLVERS[TRACED] if options.bench == TRACED else runs.solvers(options.bench)
    for solver in options.solvers:
        if solver not in known:
            raise Unusable(f"{options.bench} knows no planner {solver}; it has {', '.join(known)}")
    return options


def main() -> None:
    """Measure what is asked for and not measured yet, print each row, sum up."""
    options = arguments()
    table = Table(options.json)
    data = options.data or SHARED / FOLDERS.get(options.bench, "")
    asked = options.seconds or {"day": day.PROOF_S, "replan": replan.MEND_S}.get(options.bench, STANDARD_S)
    shown: list[Row] = []
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"{options.bench}: {multiprocessing.cpu_count()} cores, load {load:.1f} before", flush=True)
    chosen = {"only": options.only, "largest": options.largest, "variant": options.variant, "set_up_s": options.set_up}
    for case in cases(options.bench, data, **chosen):
        for seed in options.seed:
            for solver in options.solvers:
                seconds = seconds_of(options.bench, case, solver, asked=asked)
                version = engine_version() if solver in OWN else ""
                key = (options.bench, case.name, case.variant, solver, seconds, seed, version)
                row = table.get(key)
                if row is None:
                    row = runs.measure(options.bench, case, solver, seconds=seconds, seed=seed)
                    table.add(row)
                shown.append(row)
                print(line(row), flush=True)
    for sentence in summary(options.bench, shown):
        print(sentence)


def seconds_of(bench: str, case: runs.AnyCase, solver: str, *, asked: float) -> float:
    """What a planner gets: on a day ours has its own time; large services have twice the standard one."""
    if isinstance(case, replan.RepairCase):
        return replan.ANEW_S[case.size] if solver == ANEW else asked
    if isinstance(case, day.DayCase):
        return day.DAY_S if solver == OURS else asked
    if isinstance(case, province.ProvinceCase):
        return asked or province.seconds_of(len(case.problem.sites))
    large = bench in ("uk", "rhythm") and len(case.visits) > LARGE
    return asked * (2 if large and asked >= STANDARD_S else 1)


def line(row: Row) -> str:
    """A row for people."""
    cost = "-" if row.cost is None else f"{row.cost:,.1f}"
    against = row.best_known or (row.actual if row.regular is not None else None)
    known = f"  {100 * (row.cost / against - 1):+.2f} %" if row.cost and against else ""
    state = f"  {row.note}" if row.feasible else f"  NOT FEASIBLE: {row.note}"
    run = f"{row.instance:24} {row.solver:10} {row.seconds:g} s seed {row.seed}"
    pace = f"  {row.per_thousand_s:.3f} s per 1,000 rounds" if row.per_thousand_s is not None else ""
    moved = "" if row.moved is None else f"  {row.moved} moved"
    moved += "" if row.lost is None else f" of {row.lost} lost"
    bounds = f"  of at most {row.served_bound}" if row.served_bound is not None else ""
    bounds += f"  {100 * (row.cost / row.driving_bound - 1):.2f} % above" if row.driving_bound and row.cost else ""
    memory = f"  {row.peak_mb:,.0f} MB" if row.peak_mb is not None else ""
    return f"{run}  {cost:>14}  {row.served} visits{bounds}{moved}{known}{pace}{memory}{state}".rstrip()


if __name__ == "__main__":
    command(main)

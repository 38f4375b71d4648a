"""Rows of results: appended to a file, found again by their key, and summed up for people."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

import outreach.routing
from benchmarks.case import Unusable

OURS = "outreach"
EXACT = "cp-sat"
ANEW = "anew"  # a mended plan's problem planned again without regard to what was announced
PROVEN = "proven"  # the remark of a planner that knows its answer to be the best
ROUNDS = "rounds"  # of our search alone
OWN = (OURS, ROUNDS, ANEW)
TRACED = "convergence"
PROVINCE = "province"
ROUTING = Path(outreach.routing.__file__).parent


@dataclass(frozen=True, slots=True)
class Row:
    """One planner on one instance."""

    bench: str
    instance: str
    variant: str
    solver: str
    seconds: float
    seed: int
    version: str
    cost: float | None
    feasible: bool
    served: int
    took: float
    note: str = ""
    best_known: float | None = None
    actual: float | None = None
    tours: int | None = None  # that could be driven
    rounds: int | None = None
    rounds_s: float | None = None  # what those took
    served_bound: int | None = None  # visits that no plan exceeds, and
    driving_bound: int | None = None  # seconds that none with these visits undercuts; None where nothing is proven
    peak_mb: float | None = None  # memory of the planner's process, the instance's own table of legs included
    regular: float | None = None  # share of the series that are (rhythm)
    trace: Sequence[tuple[float, float]] = ()  # seconds and cost of each better plan
    moved: int | None = None  # announced visits not made on their day
    lost: int | None = None  # announced visits that could not stay where they were

    @property
    def per_thousand_s(self) -> float | None:
        """Seconds that a thousand rounds took."""
        return 1000 * self.rounds_s / self.rounds if self.rounds and self.rounds_s is not None else None

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two rows the same measurement."""
        return (self.bench, self.instance, self.variant, self.solver, self.seconds, self.seed, self.version)


def engine_version() -> str:
    """A short hash of every file of the planner: another planner, other rows."""
    seen = hashlib.sha256()
    for path in sorted(ROUTING.rglob("*.py")):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:10]


class Table:
    """A file with one JSON object a line; without a file, rows in memory."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8") if path is not None and path.exists() else ""
        self.rows = list(_rows(text, where=str(path)))
        self._by_key = {row.key: row for row in self.rows}
        self._torn = bool(text) and not text.endswith("\n")

    def get(self, key: tuple[object, ...]) -> Row | None:
        """The row measured before, if there is one."""
        return self._by_key.get(key)

    def add(self, row: Row) -> None:
        """Keep a row, on disk at once."""
        self.rows.append(row)
        self._by_key[row.key] = row
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write("\n" * self._torn + json.dumps(asdict(row)) + "\n")
            self._torn = False


def _rows(text: str, *, where: str) -> Iterator[Row]:
    """The rows of a file; the beginning of one, left by a run that was interrupted, is passed over."""
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            yield Row(**json.loads(line))
        except json.JSONDecodeError as error:
            if line.strip() and not line.startswith("{"):
                raise Unusable(f"{where} line {number} is no row of results: {line[:40]}") from error
        except TypeError as error:
            raise Unusable(f"{where} line {number} is no row of results: {error}") from error


def merged(files: Sequence[Path]) -> list[Row]:
    """The rows of several files; of two of the same measurement, the later one."""
    for path in files:
        if not path.is_file():
            raise Unusable(f"there is no file {path}")
    return list({row.key: row for path in files for row in Table(path).rows}.values())


def summary(bench: str, rows: Iterable[Row]) -> Iterator[str]:
    """What the rows of a benchmark say, in sentences."""
    if bench == "replan":
        return _repairs(rows)
    if bench == PROVINCE:
        return _provinces(rows)
    return _days(rows) if bench == "day" else _periods(rows)


def _provinces(rows: Iterable[Row]) -> Iterator[str]:
    """Each plan against what is proven of it, and what nights away are worth."""
    rows = [row for row in rows if row.cost is not None and row.feasible]
    for row in rows:
        served = f"{100 * row.served / row.served_bound:.2f} % of what is possible" if row.served_bound else "no bound"
        gap = f", driving {_percent((row.cost or 0) / row.driving_bound - 1)}" if row.driving_bound else ""
        yield f"{row.instance} {row.variant}: {row.served} visits, {served}{gap}"
    by_night = {(row.instance, row.seconds, row.seed): row for row in rows if row.variant == "nights"}
    for row in rows:
        other = by_night.get((row.instance, row.seconds, row.seed)) if row.variant == "day" else None
        if other is not None:
            more = f"{other.served - row.served:+} visits, driving {_percent((other.cost or 0) / (row.cost or 1) - 1)}"
            yield f"{row.instance}: nights away {more}"


def _repairs(rows: Iterable[Row]) -> Iterator[str]:
    """By size: announced visits moved to those lost, visits made to those of planning anew, and the longest run."""
    rows = list(rows)
    new = {(row.instance, row.seed): row for row in rows if row.solver == ANEW and row.feasible}
    for size in dict.fromkeys(row.instance.partition("-")[0] for row in rows):
        ours = [r for r in rows if r.solver == OURS and r.feasible and r.instance.partition("-")[0] == size]
        if not ours:
            continue
        moved, lost = sum(row.moved or 0 for row in ours), sum(row.lost or 0 for row in ours)
        above = sum((row.moved or 0) > 1.2 * (row.lost or 0) for row in ours)
        yield (
            f"{size} sites: {moved} announced visits moved, {lost} had lost their place ({moved / max(lost, 1):.2f}); "
            f"more than 1.2 times as many in {above} of {len(ours)}; longest {max(row.took for row in ours):.1f} s"
        )
        pairs = [(row, new[row.instance, row.seed]) for row in ours if (row.instance, row.seed) in new]
        if pairs:
            worst, where = min((mine.served / max(other.served, 1) - 1, mine.instance) for mine, other in pairs)
            served, anew = sum(mine.served for mine, _ in pairs), sum(other.served for _, other in pairs)
            yield (
                f"{size} sites: {served} visits made, planned anew {anew} with "
                f"{sum(other.moved or 0 for _, other in pairs)} moved; worst {_percent(worst)} ({where})"
            )


def _days(rows: Iterable[Row]) -> Iterator[str]:
    """The day planner against the exact model: where that has proven its day the best, and where it has not."""
    rows = list(rows)
    ours = {(row.instance, row.seed): row for row in rows if row.solver == OURS}
    exact = [row for row in rows if row.solver == EXACT and row.feasible and (row.instance, row.seed) in ours]
    for proven in (True, False):
        gaps = [
            (_cost(ours[row.instance, row.seed]) - _cost(row), row.instance)
            for row in exact
            if (row.note == PROVEN) is proven
        ]
        if not gaps:
            continue
        worst, where = max(gaps)
        equal, better = sum(gap == 0 for gap, _ in gaps), sum(gap < 0 for gap, _ in gaps)
        if proven:
            yield f"equal to CP-SAT in {equal} of {len(gaps)} proven, worst gap {worst:,.0f} s of driving ({where})"
        else:
            more = f"equal in {equal}, worst gap {worst:,.0f} s ({where})"
            yield f"not proven: cheaper than CP-SAT in {better} of {len(gaps)}, {more}"
    if ours:
        yield f"longest {max(row.took for row in ours.values()):.2f} s"


def _cost(row: Row) -> float:
    """What an answer costs; infinite where it broke a rule or there was none."""
    return inf if row.cost is None or not row.feasible else row.cost


def _periods(rows: Iterable[Row]) -> Iterator[str]:
    """Ours against each peer on what both have measured in the same seconds and seed, and against the best known."""
    rows = [row for row in rows if row.cost is not None and row.solver != ROUNDS]
    ours = {(r.instance, r.variant, r.seconds, r.seed): r for r in rows if r.solver == OURS and r.feasible}
    for solver in sorted({row.solver for row in rows} - {OURS}):
        pairs = [
            (ours[key], row)
            for row in rows
            if row.solver == solver
            and row.feasible
            and (key := (row.instance, row.variant, row.seconds, row.seed)) in ours
        ]
        if pairs:
            mine, theirs = sum(a.cost or 0 for a, _ in pairs), sum(b.cost or 0 for _, b in pairs)
            gaps = [((a.cost or 0) / b.cost - 1, a) for a, b in pairs if b.cost]
            worst = max(gaps, key=lambda pair: pair[0])
            yield (
                f"against {solver}: sum {_percent(mine / theirs - 1)} over {len(pairs)} runs, "
                f"worst {_percent(worst[0])} ({worst[1].instance}, seed {worst[1].seed})"
            )
    known = [(row.cost / row.best_known - 1, row) for row in ours.values() if row.best_known and row.cost]
    if known:
        worst_gap, row = max(known, key=lambda pair: pair[0])
        mean = sum(gap for gap, _ in known) / len(known)
        yield (
            f"against the best known: mean {_percent(mean)}, worst {_percent(worst_gap)} ({row.instance}), "
            f"{len(known)} of {sum(r.solver == OURS for r in rows)} runs feasible"
        )
    actual = [row for row in ours.values() if row.actual]
    if actual:
        saved = sum(row.cost or 0 for row in actual) / sum(row.actual or 0 for row in actual) - 1
        yield f"against the timetable as it was: {_percent(saved)}"


def command(main: Callable[[], None]) -> None:
    """Run a command; what cannot be used is said in one line."""
    try:
        main()
    except (Unusable, OSError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        sys.exit(2)


def _percent(share: float) -> str:
    return f"{100 * share:+.2f} %"

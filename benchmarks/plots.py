"""The two pictures of docs/routing.md from files of rows.

    python -m benchmarks.plots build/bench/bench.jsonl

Drawn without a ground and in middle tones, so that they read on a light page and on a dark one.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator, PercentFormatter

from benchmarks.table import OURS, OWN, ROUNDS, TRACED, Row, command, merged

PLOTS = Path(__file__).resolve().parents[1] / "docs" / "plots"
PEER = "pyvrp"
NAMES = {OURS: "Outreach", PEER: "PyVRP"}
COLOURS = {OURS: "#3580e0", PEER: "#d0770f"}
INK = "#7b7b7b"
WORST_GAP = 25.0  # percent: plans further away are not drawn
PLAIN = FuncFormatter(lambda number, _: f"{number:,.0f}")
MOST_MB = 1_024  # that the planner promises to stay under at 5,000 visits
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "outreach",  # the same rows give the same file
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color", "grid.color"), INK
    ),
}


def convergence(rows: Sequence[Row]) -> Figure:
    """The gap to the best plan that anybody found, over time, an instance a panel."""
    instances = sorted({row.instance: row.served for row in rows if row.trace}.items(), key=lambda pair: pair[1])
    figure, panels = _panels(len(instances), share_y=True)
    for panel, (instance, visits) in zip(panels, instances, strict=True):
        own = [row for row in rows if row.instance == instance and row.trace]
        best = min(cost for row in own for _, cost in row.trace)
        for row in own:
            times = [*(now for now, _ in row.trace), max(row.seconds, row.trace[-1][0])]
            gaps = [100 * (cost / best - 1) for _, cost in (*row.trace, row.trace[-1])]
            panel.step(times, gaps, where="post", color=COLOURS[row.solver], label=NAMES[row.solver])
        longest = max(row.seconds for row in own)
        panel.set(title=f"{visits:,} visits", xscale="log", xlabel="seconds", xlim=(0.5, longest), ylim=(0, WORST_GAP))
        _count(panel, [now for now in (1, 3, 10, 30, 100, 300) if now <= longest])
        panel.yaxis.set_major_formatter(PercentFormatter(decimals=0, symbol=" %"))
    panels[0].set_ylabel("driving above the best")
    _legend(figure, panels)
    return figure


def growth(rows: Sequence[Row]) -> Figure:
    """Time of a round, memory and driving against PyVRP, over the number of visits."""
    figure, (pace, memory, driving) = _panels(3)
    _line(pace, [(row.served, 1000 * (row.per_thousand_s or 0)) for row in rows if row.solver == ROUNDS])
    pace.set(title="Time of a round", ylabel="microseconds")
    _line(memory, [(row.served, row.peak_mb) for row in rows if row.solver == OURS and row.peak_mb])
    memory.axhline(MOST_MB, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    memory.annotate("1 GiB", (0, MOST_MB), (3, -11), xycoords=("axes fraction", "data"), textcoords="offset points")
    memory.set(title="Memory of the planner", ylabel="MB, at most")
    _line(driving, _against(rows))
    driving.axhline(0, color=COLOURS[PEER], linewidth=1.4)
    right = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "ha": "right"}
    driving.annotate(NAMES[PEER], (1, 0), (-2, 3), **right)
    seconds = max((row.seconds for row in rows if row.solver == OURS), default=0)
    driving.set(title="Driving against PyVRP", ylabel=f"in the same {seconds:g} s")
    driving.yaxis.set_major_formatter(PercentFormatter(decimals=0, symbol=" %"))
    low, high = driving.get_ylim()
    driving.set_ylim(min(low, -2.0), max(high, 2.0))
    for panel in (pace, memory):
        panel.set_ylim(bottom=0)
        panel.yaxis.set_major_formatter(PLAIN)
    for panel in (pace, memory, driving):
        panel.set(xscale="log", xlabel="visits", xlim=(90, 6_500))
        panel.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
        _count(panel, (100, 300, 1_000, 3_000))
    return figure


def _against(rows: Sequence[Row]) -> list[tuple[int, float]]:
    """Visits, and percent more driving of ours than of PyVRP in the same seconds and with the same seed."""
    theirs = {(row.instance, row.seconds, row.seed): row.cost for row in rows if row.solver == PEER and row.feasible}
    pairs = [(row, theirs.get((row.instance, row.seconds, row.seed))) for row in rows if row.solver == OURS]
    return [(row.served, 100 * (row.cost / cost - 1)) for row, cost in pairs if row.cost and row.feasible and cost]


def _panels(count: int, *, share_y: bool = False) -> tuple[Figure, list[Axes]]:
    figure, panels = plt.subplots(1, count, figsize=(8.6, 2.7), sharey=share_y, squeeze=False, layout="constrained")
    figure.get_layout_engine().set(wspace=0.06)
    return figure, list(panels[0])


def _line(panel: Axes, points: Sequence[tuple[float, float]]) -> None:
    """Ours, the mean of all seeds at each size."""
    sizes = sorted({x for x, _ in points})
    panel.plot(sizes, [mean(y for x, y in points if x == size) for size in sizes], "o-", color=COLOURS[OURS])


def _count(panel: Axes, at: Sequence[float]) -> None:
    """Plain numbers at a few places of a logarithmic axis."""
    panel.xaxis.set_major_locator(FixedLocator(list(at)))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(PLAIN)


def _legend(figure: Figure, panels: Sequence[Axes]) -> None:
    """Each planner once, however many runs it has."""
    pairs = [pair for panel in panels for pair in zip(*panel.get_legend_handles_labels(), strict=True)]
    once = {name: line for line, name in pairs}
    figure.legend(once.values(), once.keys(), loc="outside upper right", ncols=len(once))


def newest(rows: Sequence[Row]) -> list[Row]:
    """The longest runs of a benchmark on timetables as they are; of ours those of the version measured last."""
    versions = [row.version for row in rows if row.solver in OWN]
    longest = max((row.seconds for row in rows if row.solver != ROUNDS), default=0)
    return [
        row
        for row in rows
        if row.variant == "depot"
        and (row.solver not in OWN or row.version == versions[-1])
        and (row.solver == ROUNDS or row.seconds == longest)
        and row.cost is not None
    ]


def main() -> None:
    """Draw what the files hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=PLOTS, help="folder of the pictures")
    options = parser.parse_args()
    rows = merged(options.files)
    options.out.mkdir(parents=True, exist_ok=True)
    mpl.use("svg")
    for bench, draw in ((TRACED, convergence), ("growth", growth)):
        found = newest([row for row in rows if row.bench == bench])
        if not found:
            print(f"no rows of {bench}: no picture")
            continue
        with mpl.rc_context(STYLE):
            figure = draw(found)
            path = options.out / f"{bench}.svg"
            figure.savefig(path, transparent=True, metadata={"Date": None, "Creator": None})
            plt.close(figure)
        print(path)


if __name__ == "__main__":
    command(main)

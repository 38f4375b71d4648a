"""`solve` and `check`: the planner and its judge on JSON files, without a database."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from outreach.cli.summary import PHASES, print_summary
from outreach.domain.errors import InvalidValue
from outreach.i18n import kilometres, number, translate
from outreach.routing.checks import check as judge
from outreach.routing.formats import problem_from_json, solution_from_json, solution_to_json
from outreach.routing.problem import Problem
from outreach.routing.solution import Progress
from outreach.routing.solve import solve as plan
from outreach.routing.validate import validate
from outreach.services.reasons import Names, breach_text
from outreach.settings import Settings

T = TypeVar("T")


def solve(settings: Settings, args: argparse.Namespace) -> int:
    """Plan the problem of one file into another file."""
    problem = _read(args.problem, problem_from_json)
    args.output.open("a", encoding="utf-8").close()  # a place that cannot be written is known before the work
    os.environ.setdefault("OUTREACH_KERNEL_CACHE", str(settings.kernel_cache_folder))
    seconds = args.seconds if args.rounds is None else None
    solution = plan(problem, seconds=seconds, rounds=args.rounds, seed=args.seed, report=_tell)
    text = json.dumps(solution_to_json(solution), ensure_ascii=False, indent=1)
    args.output.write_text(text + "\n", encoding="utf-8")
    print_summary(problem, solution)
    return 0


def check(_settings: Settings, args: argparse.Namespace) -> int:
    """Judge a solution: 0 and one line when it is sound, 1 and a line for each breach."""
    problem = _read(args.problem, problem_from_json)
    validate(problem)
    breaches = judge(problem, _read(args.solution, solution_from_json))
    names = names_of(problem)
    for breach in breaches:
        print(f"{breach.rule.value}: {breach_text(breach, names)}")
    if not breaches:
        print(translate("Không có vi phạm nào."))
    return 1 if breaches else 0


def names_of(problem: Problem) -> Names:
    """How the problem itself calls its things."""
    return Names(
        vehicles={vehicle.id: vehicle.name for vehicle in problem.vehicles},
        sites={site.id: site.name for site in problem.sites},
        bases={place.id.removeprefix("base:"): place.name for place in problem.places},
    )


def _read(path: Path, parse: Callable[[object], T]) -> T:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        why = str(error)
        raise InvalidValue("{path} không phải JSON: {why}", field="file", path=str(path), why=why) from error
    return parse(data)


def _tell(progress: Progress) -> None:
    line = f"{number(progress.elapsed_s, 1):>6} s  {translate(PHASES[progress.phase])}"
    if progress.figures:
        figures = progress.figures
        done = translate("{visits}/{wanted} buổi", visits=number(figures.visits), wanted=number(figures.wanted))
        line += f"  {done}  {kilometres(figures.distance_m)}"
    print(line, file=sys.stderr, flush=True)

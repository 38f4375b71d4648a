"""`solve` and `check`: the planner and its judge on JSON files, without a database."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from outreach.cli.summary import PHASES, print_summary
from outreach.domain.errors import InvalidValue, OutreachError
from outreach.i18n import kilometres, number, translate
from outreach.jobs.child import SolverChild
from outreach.routing.checks import check as judge
from outreach.routing.formats import problem_from_json, problem_to_json, solution_from_json, solution_to_json
from outreach.routing.problem import Problem
from outreach.routing.solution import Phase
from outreach.routing.validate import validate
from outreach.services.reasons import Names, breach_text
from outreach.settings import Settings

T = TypeVar("T")
LOOK_EVERY_S = 0.5
STOPPED = 130  # as shells say it of a command ended by Ctrl-C


def solve(settings: Settings, args: argparse.Namespace) -> int:
    """Plan the problem of one file into another file; on Ctrl-C with the best plan found by then, and 130."""
    problem = read(args.problem, problem_from_json)
    validate(problem)
    try_to_write(args.output)
    question = {
        "problem": problem_to_json(problem),
        "seconds": args.seconds,
        "rounds": args.rounds,
        "seed": args.seed,
        "processes": args.processes,
    }
    plans: list[dict[str, Any]] = []
    stopped = False
    with SolverChild(question, kernel_cache=settings.kernel_cache_folder) as child:
        try:
            plans.extend(_plans(child))
        except KeyboardInterrupt:
            stopped = True
    if not plans:
        print(translate("Đã dừng theo yêu cầu, chưa có phương án nào."), file=sys.stderr)
        return STOPPED
    solution = solution_from_json(plans[-1])
    text = json.dumps(solution_to_json(solution), ensure_ascii=False, indent=1)
    args.output.write_text(text + "\n", encoding="utf-8")
    print_summary(problem, solution)
    if stopped:
        print(translate("Đã dừng theo yêu cầu. Phương án tốt nhất đã ghi vào {path}.", path=args.output))
    return STOPPED if stopped else 0


def try_to_write(path: Path) -> None:
    """Know before the work whether `path` can be written; leave it as it was."""
    is_new = not path.exists()
    path.open("a", encoding="utf-8").close()
    if is_new:
        path.unlink()


def _plans(child: SolverChild) -> Iterator[dict[str, Any]]:
    """Each better plan, telling how it goes; the last one is the answer."""
    while (heard := child.hear(LOOK_EVERY_S)) is not None:
        for answer in heard:
            if "error" in answer:
                raise OutreachError("Không xếp được lịch: {why}", why=answer["error"]["message"])
            if answer.get("solution"):
                yield answer["solution"]
            if answer.get("done"):
                return
            tell(answer)
    raise OutreachError("Bộ xếp lịch dừng giữa chừng: {why}", why=child.last_words().strip().rpartition("\n")[2])


def check(_settings: Settings, args: argparse.Namespace) -> int:
    """Judge a solution: 0 and one line when it is sound, 1 and a line for each breach."""
    problem = read(args.problem, problem_from_json)
    validate(problem)
    breaches = judge(problem, read(args.solution, solution_from_json))
    names = names_of(problem)
    for breach in breaches:
        print(f"{breach.rule.value}: {breach_text(breach, names)}")
    if not breaches:
        print(translate("Không có vi phạm nào."))
    return 1 if breaches else 0


def names_of(problem: Problem) -> Names:
    """How the problem itself calls its things."""
    sites = {site.id: site.name for site in problem.sites}
    return Names(
        vehicles={vehicle.id: vehicle.name for vehicle in problem.vehicles},
        sites=sites,
        bases={place.id.removeprefix("base:"): place.name for place in problem.places},
        needs={need.id: sites[need.site_id] for need in problem.needs},
    )


def read(path: Path, parse: Callable[[object], T]) -> T:
    """What is in a JSON file, as `parse` has it; InvalidValue where it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        why = str(error)
        raise InvalidValue("{path} không phải JSON: {why}", field="file", path=str(path), why=why) from error
    return parse(data)


def tell(answer: Mapping[str, Any]) -> None:
    """Say on the error output how far a run is."""
    line = f"{number(answer['elapsed_s'], 1):>6} s  {translate(PHASES[Phase(answer['phase'])])}"
    if figures := answer["figures"]:
        done = translate("{visits}/{wanted} buổi", visits=number(figures["visits"]), wanted=number(figures["wanted"]))
        line += f"  {done}  {kilometres(figures['distance_m'])}"
    print(line, file=sys.stderr, flush=True)

"""`mend`: a published plan in a file mended after disruptions, with a table of what changes."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from outreach.cli.files import STOPPED, names_of, read, tell, try_to_write
from outreach.cli.summary import print_summary
from outreach.domain.errors import OutreachError
from outreach.i18n import number, translate
from outreach.jobs.child import SolverChild
from outreach.routing.disruptions import disturbed
from outreach.routing.formats import (
    changes_from_json,
    disruptions_from_json,
    disruptions_to_json,
    problem_from_json,
    problem_to_json,
    solution_from_json,
    solution_to_json,
)
from outreach.routing.validate import validate
from outreach.services.visit_changes import ChangeLine, change_lines
from outreach.settings import Settings

LOOK_EVERY_S = 0.5


def mend(settings: Settings, args: argparse.Namespace) -> int:
    """Mend a plan into another file and print every change; the problem as it is then on request."""
    problem = read(args.problem, problem_from_json)
    validate(problem)
    plan = read(args.plan, solution_from_json)
    disruptions = read(args.disruptions, disruptions_from_json)
    validate(disturbed(problem, disruptions))
    outputs = [path for path in (args.output, args.problem_output, args.changes_output) if path is not None]
    for path in outputs:
        try_to_write(path)
    question = {
        "problem": problem_to_json(problem),
        "published": solution_to_json(plan),
        "disruptions": disruptions_to_json(disruptions),
        "today": args.today.isoformat(),
        "seconds": args.seconds,
        "seed": args.seed,
    }
    answer = _answer(settings, question)
    if answer is None:
        print(translate("Đã dừng theo yêu cầu, chưa có phương án nào."), file=sys.stderr)
        return STOPPED
    _write(args.output, answer["solution"])
    _write(args.problem_output, answer["problem"])
    _write(args.changes_output, answer["changes"])
    after, solution = problem_from_json(answer["problem"]), solution_from_json(answer["solution"])
    lines = change_lines(changes_from_json(answer["changes"]), disruptions, names_of(after))
    _print_changes(lines, lost=int(answer["lost"]))
    print_summary(after, solution)
    return 0


def _answer(settings: Settings, question: dict[str, Any]) -> dict[str, Any] | None:
    """The solver's last word; None on Ctrl-C."""
    with SolverChild(question, kernel_cache=settings.kernel_cache_folder) as child:
        try:
            while (heard := child.hear(LOOK_EVERY_S)) is not None:
                for answer in heard:
                    if "error" in answer:
                        raise OutreachError("Không xếp được lịch: {why}", why=answer["error"]["message"])
                    if answer.get("done"):
                        return answer
                    tell(answer)
        except KeyboardInterrupt:
            return None
        why = child.last_words().strip().rpartition("\n")[2]
    raise OutreachError("Bộ xếp lịch dừng giữa chừng: {why}", why=why)


def _write(path: Path | None, data: object) -> None:
    if path is not None:
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _print_changes(lines: tuple[ChangeLine, ...], *, lost: int) -> None:
    """The table of changes, or one sentence where there are none."""
    if not lines:
        print(translate("Không buổi nào phải đổi."))
        return
    said = translate("Đổi {count} buổi; {lost} buổi đã báo mất chỗ.", count=number(len(lines)), lost=number(lost))
    print(said)
    titles = [translate(title) for title in ("Thay đổi", "Nhu cầu", "Đã báo", "Nay là", "Vì")]
    table = [titles, *([line.kind, line.need, line.was, line.now, line.why] for line in lines)]
    widths = [max(len(row[i]) for row in table) for i in range(len(titles))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    print()

"""The solver's process: `python -m outreach.routing.child`.

Reads one line of JSON from stdin and answers in lines of JSON; ends at once when stdin closes, so
that no solver outlives the program that asked for it. docs/routing.md has the protocol.
"""

import json
import os
import sys
import threading
from collections.abc import Mapping
from datetime import date
from typing import Any

from outreach.domain.errors import OutreachError
from outreach.routing.formats import (
    changes_to_json,
    disruptions_from_json,
    figures_to_json,
    problem_from_json,
    problem_to_json,
    solution_from_json,
    solution_to_json,
)
from outreach.routing.mending import mend
from outreach.routing.solution import Progress
from outreach.routing.solve import solve

KINDNESS = 5  # pages stay quick while a plan is made


def main() -> int:
    """Answer one question; 0 when answered, 2 when the question was wrong."""
    if hasattr(os, "nice"):
        os.nice(KINDNESS)
    line = sys.stdin.readline()
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        question = json.loads(line)
        if question.get("published"):
            _tell(_mended(question))
            return 0
        problem = problem_from_json(question.get("problem"))
        start = solution_from_json(question["start"]) if question.get("start") else None
        rounds = question.get("rounds")
        solution = solve(
            problem,
            seconds=float(question.get("seconds", 45)) if rounds is None else None,
            rounds=None if rounds is None else int(rounds),
            seed=int(question.get("seed", 1)),
            processes=int(question.get("processes", 1)),
            start=start,
            report=_tell_progress,
        )
    except OutreachError as error:
        _tell({"error": {"code": error.code, "message": str(error)}})
        return 2
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        _tell({"error": {"code": "invalid-value", "message": str(error)}})
        return 2
    _tell({"done": True, "ending": solution.ending.value, "solution": solution_to_json(solution)})
    return 0


def _mended(question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a question about a published plan and its disruptions."""
    found = mend(
        problem_from_json(question.get("problem")),
        solution_from_json(question["published"]),
        disruptions_from_json(question.get("disruptions")),
        today=date.fromisoformat(question["today"]),
        seconds=float(question.get("seconds", 10)),
        seed=int(question.get("seed", 1)),
        report=_tell_progress,
    )
    return {
        "done": True,
        "ending": found.solution.ending.value,
        "solution": solution_to_json(found.solution),
        "problem": problem_to_json(found.problem),
        "changes": changes_to_json(found.changes),
        "lost": found.lost,
    }


def _tell_progress(progress: Progress) -> None:
    _tell(
        {
            "phase": progress.phase.value,
            "elapsed_s": round(progress.elapsed_s, 2),
            "figures": figures_to_json(progress.figures) if progress.figures else None,
            "solution": solution_to_json(progress.solution) if progress.solution else None,
        }
    )


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _end_with_stdin() -> None:
    while sys.stdin.readline():
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())

"""The solver's process: `python -m outreach.routing.child`.

Reads one line of JSON from stdin and answers in lines of JSON; ends at once when stdin closes, so
that no solver outlives the program that asked for it. docs/routing.md has the protocol.
"""

import json
import os
import sys
import threading
from typing import Any

from outreach.domain.errors import OutreachError
from outreach.routing.formats import figures_to_json, problem_from_json, solution_from_json, solution_to_json
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
    except (AttributeError, TypeError, ValueError) as error:
        _tell({"error": {"code": "invalid-value", "message": str(error)}})
        return 2
    _tell({"done": True, "ending": solution.ending.value, "solution": solution_to_json(solution)})
    return 0


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

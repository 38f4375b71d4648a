"""The solver's process: one question in, lines of JSON out, and it never outlives whoever asked."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from outreach.routing.checks import check
from outreach.routing.formats import figures_to_json, problem_to_json, solution_from_json
from outreach.routing.objective import measure
from outreach.routing.solution import Phase
from tests.routing.small import need, problem, site, two_schools_one_bus


@contextmanager
def child() -> Iterator[subprocess.Popen[str]]:
    """A solver that waits for its question; ended with the test."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "outreach.routing.child"]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def answers(process: subprocess.Popen[str]) -> list[dict]:
    """Everything it says until it ends of its own, with stdin still open."""
    assert process.stdout is not None
    assert process.stderr is not None
    lines = [json.loads(line) for line in process.stdout]
    process.wait(timeout=30)
    assert process.stderr.read() == ""
    return lines


@pytest.mark.usefixtures("warm_kernel")
def test_child_tells_every_phase_and_ends_with_a_sound_plan():
    """Phases in order, the figures are those of the plan beside them, the last line says how it ended."""
    asked = two_schools_one_bus()
    with child() as process:
        ask(process, json.dumps({"problem": problem_to_json(asked), "seconds": 2, "seed": 3}))
        *told, last = answers(process)
        assert process.returncode == 0
    phases = [phase.value for phase in Phase if phase not in (Phase.COMPILING, Phase.BOUNDING)]  # warm, and short
    assert list(dict.fromkeys(line["phase"] for line in told)) == phases
    plans = [line for line in told if line["solution"]]
    assert plans
    for line in plans:
        solution = solution_from_json(line["solution"])
        assert check(asked, solution) == ()
        assert line["figures"] == json.loads(json.dumps(figures_to_json(measure(asked, solution))))
    assert last["done"] is True
    assert last["ending"] in {"finished", "time-up"}
    final = solution_from_json(last["solution"])
    assert check(asked, final) == ()
    assert (final.seed, final.unserved) == (3, ())


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "null",
        "[]",
        "{}",
        '{"problem": {}}',
        '{"problem": 3, "seconds": 1}',
        '{"problem": null, "seconds": "x"}',
    ],
)
def test_wrong_question_is_answered_with_an_error(line):
    """One line with a code and a sentence, exit code 2, no traceback."""
    with child() as process:
        ask(process, line)
        (answer,) = answers(process)
        assert process.returncode == 2
    assert answer["error"]["code"] == "invalid-value"
    assert answer["error"]["message"]


def test_problem_that_does_not_fit_together_names_its_field():
    """A need of a site nobody knows."""
    data = problem_to_json(two_schools_one_bus())
    data["needs"][0]["site_id"] = "nowhere"
    with child() as process:
        ask(process, json.dumps({"problem": data, "seconds": 1}))
        answer = answers(process)[-1]
        assert process.returncode == 2
    assert "needs[0].site_id" in answer["error"]["message"]


def test_child_ends_when_stdin_closes():
    """A run of ten minutes is under way; whoever asked goes away, and so does the solver."""
    names = [f"s{i}" for i in range(30)]
    asked = problem(
        {"base": 0, **{name: 10.0 + 3 * i for i, name in enumerate(names)}},
        sites=[site(name) for name in names],
        needs=[need(name) for name in names],
        days=12,
    )
    with child() as process:
        ask(process, json.dumps({"problem": problem_to_json(asked), "seconds": 600}))
        assert process.stdout is not None
        assert process.stdin is not None
        assert json.loads(process.stdout.readline())["phase"] == Phase.CHECKING.value
        process.stdin.close()
        assert process.wait(timeout=10) == 1

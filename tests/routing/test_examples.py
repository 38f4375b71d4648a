"""The examples of docs/routing.md are run, and its tables hold every rule and reason."""

import json
import re
from pathlib import Path

from outreach.routing.checks import check
from outreach.routing.formats import problem_from_json, solution_from_json
from outreach.routing.solution import Hurdle, ReasonCode, RuleName
from outreach.routing.solve import solve

PAGE = (Path(__file__).parents[2] / "docs" / "routing.md").read_text(encoding="utf-8")
PROBLEM, SOLUTION = (json.loads(found) for found in re.findall(r"```json\n(.*?)```", PAGE, re.S))


def test_problem_of_the_page_is_planned_in_one_day():
    """Morning in the north, afternoon in the west, one tour."""
    asked = problem_from_json(PROBLEM)
    solution = solve(asked, seconds=1)
    assert check(asked, solution) == ()
    assert solution.unserved == ()
    (tour,) = solution.tours()
    assert [stop.need_id for stop in tour.stops] == ["n1", "w1"]


def test_plan_of_the_page_is_sound():
    """Nobody is visited, and it says so."""
    assert check(problem_from_json(PROBLEM), solution_from_json(SOLUTION)) == ()


def test_every_rule_and_reason_stands_on_the_page():
    """Whoever adds one is reminded of the page."""
    named = [member.value for kind in (RuleName, ReasonCode, Hurdle) for member in kind]
    assert [name for name in named if f"`{name}`" not in PAGE] == []

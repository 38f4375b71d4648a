"""Several searches at once: what they find together, members that die, and parents that do."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from outreach.domain.errors import InvalidValue
from outreach.routing import team
from outreach.routing.checks import check
from outreach.routing.formats import problem_to_json
from outreach.routing.problem import Problem
from outreach.routing.solution import Ending, Progress
from outreach.routing.solve import solve
from outreach.routing.team import Quest, Schedule, Sign, Team
from tests.routing.small import need, problem, site, two_schools_one_bus

PATIENCE_S = 60.0  # a busy machine; nothing here waits that long by itself


def forty_schools() -> Problem:
    """Up and down one road, so that the first plan is far from the best and the search has news at once."""
    kilometres = {"base": 0.0, **{f"s{i}": float(29 * i * i % 83 - 41) for i in range(40)}}
    names = list(kilometres)[1:]
    return problem(kilometres, sites=[site(name) for name in names], needs=[need(name) for name in names], days=26)


@pytest.mark.usefixtures("warm_kernel")
def test_two_searches_find_the_plan_that_one_would():
    """Both schools on one day, 24 km; each plan told on the way is sound and none is dearer than the one before."""
    heard: list[Progress] = []
    asked = two_schools_one_bus()
    solution = solve(asked, seconds=3, processes=2, seed=5, report=heard.append)
    assert check(asked, solution) == ()
    assert [(len(tour.stops), tour.distance_m) for tour in solution.tours()] == [(2, 24_000)]
    assert (solution.seed, solution.processes) == (5, 2)
    plans = [progress.solution for progress in heard if progress.solution is not None]
    assert all(check(asked, plan) == () for plan in plans)
    assert plans[-1] == solution


@pytest.mark.parametrize(("processes", "rounds"), [(0, None), (65, None), (-1, 10), (2, 10)])
def test_processes_are_one_at_least_and_one_with_rounds(processes, rounds):
    """Two searches that trade plans as they come would not give the same plan again."""
    with pytest.raises(InvalidValue) as caught:
        solve(two_schools_one_bus(), rounds=rounds, processes=processes)
    assert caught.value.field == "processes"


def quest(seconds: float) -> Quest:
    return Quest(forty_schools(), 1, Schedule(), warm=False, until=time.monotonic() + seconds, recombine_s=0.1)


@pytest.mark.usefixtures("warm_kernel")
def test_the_rest_go_on_when_a_member_dies():
    """Of two searches one is killed at work: the other comes to its end and has served all forty schools."""
    with Team(quest(5.0), 2) as both:
        words = both.words()
        found = [next(word for word in words if word.sign is Sign.FOUND)]
        both.kill(0)
        rest = list(words)
    found += [word for word in rest if word.sign is Sign.FOUND]
    assert [word.sign for word in rest].count(Sign.DONE) == 1
    best = min(found, key=lambda word: word.price)
    assert sorted(u for needs in best.plan.rounds.values() for u in needs) == list(range(40))


def test_a_team_that_dies_leaves_the_first_plan(monkeypatch):
    """No member lives long enough to say a word: the plan of before is judged and given."""
    monkeypatch.setattr(team, "COMMAND", (sys.executable, "-c", "pass"))
    asked = two_schools_one_bus()
    solution = solve(asked, seconds=30, processes=3)
    assert check(asked, solution) == ()
    assert (solution.unserved, solution.rounds, solution.ending) == ((), 0, Ending.STOPPED)


@contextmanager
def solver_at_work(phase: str) -> Iterator[subprocess.Popen[str]]:
    """A solver with two members that has told of a plan and come to `phase` after it."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "outreach.routing.child"]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        question = {"problem": problem_to_json(forty_schools()), "seconds": 600, "processes": 2}
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        plans = 0
        for line in process.stdout:
            answer = json.loads(line)
            if plans and answer["phase"] == phase:
                break
            plans += answer["solution"] is not None
        yield process


def all_are_gone(process: subprocess.Popen[str]) -> bool:
    """Members hold the error output open as long as they live."""
    process.communicate(timeout=PATIENCE_S)
    return True


@pytest.mark.usefixtures("warm_kernel")
def test_no_member_outlives_a_parent_killed_at_work():
    """Ten minutes are asked for; the parent is killed by force after the first plan of its members."""
    with solver_at_work("days") as process:
        process.send_signal(signal.SIGKILL)
        assert all_are_gone(process)


def test_no_member_outlives_a_parent_killed_while_the_search_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An empty cache: a judged plan is told, then that the search is made ready; the parent is killed in the middle."""
    monkeypatch.setenv("OUTREACH_KERNEL_CACHE", str(tmp_path))
    with solver_at_work("compiling") as process:
        process.send_signal(signal.SIGKILL)
        assert all_are_gone(process)


@pytest.mark.usefixtures("warm_kernel")
def test_members_end_with_a_parent_whose_input_closes():
    """Whoever asked goes away: the parent ends with code 1, and its members with it."""
    with solver_at_work("days") as process:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        assert all_are_gone(process)
        assert process.returncode == 1

"""The compiled search: its clock against the plain one, its journal, its chance, and its cache on disk."""

import itertools
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.domain.times import Period
from outreach.routing import kernel
from outreach.routing.expand import Horizon
from outreach.routing.formats import problem_to_json
from outreach.routing.kernel.clock import earliest_return, first_departures, working_day
from outreach.routing.kernel.world import NOWHERE
from outreach.routing.model import world_of
from outreach.routing.problem import Absence, Problem, Rules
from outreach.routing.search import Budget, Search
from outreach.routing.team import Schedule
from outreach.routing.timeline import Clock, Failure, call_of
from tests.routing.small import MONDAY, H, need, problem, site
from tests.routing.test_properties import provinces

KERNEL = Path(kernel.__file__).parent
STEADY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def ring(count: int, *, rules: Rules | None = None) -> Problem:
    """Schools on both sides of the base, each farther out than the one before."""
    names = {f"s{i}": (2 + 3 * i) * (-1) ** i for i in range(count)}
    return problem(
        {"base": 0, **names},
        sites=[site(name) for name in names],
        needs=[need(name, quota=1 + i % 2, min_gap_days=3) for i, name in enumerate(names)],
        days=12,
        rules=rules,
    )


@STEADY
@given(provinces(), st.sampled_from([Rules().shift_max_s, 7 * H, 5 * H]))
def test_kernel_and_plain_clock_agree_on_every_short_tour(asked, shift):
    """Up to three visits in any order on any vehicle-day: both find a day or neither, and the kernel's is no longer."""
    asked = replace(asked, rules=replace(asked.rules, shift_max_s=shift))
    horizon = Horizon(asked)
    world = world_of(horizon, seed=1)
    stops, rows = world["stop"], world["hour"]["row"].reshape(world.number("forms"), world.number("tours"))
    for k, vd in enumerate(horizon.vehicle_days[:4]):
        rules = horizon.rules_on(vd.vehicle, vd.day)
        clock = Clock(horizon, rules)
        may = [u for u in range(len(asked.needs)) if rows[u, k] != NOWHERE]
        for order in itertools.chain.from_iterable(itertools.permutations(may[:4], n) for n in (1, 2, 3)):
            calls = [call_of(horizon, asked.needs[u], vd.vehicle, vd.day) for u in order]
            home = (horizon.travel.index[vd.depot_id],) * 2
            times = clock.times(home, calls)
            stops["need"][: len(order)], stops["row"][: len(order)] = order, rows[list(order), k]
            leave = first_departures(world.record, rules.leave_earliest_s)
            back, state = earliest_return(world.record, k, len(order), 0, *leave)
            drive = clock.drive_of(home, calls)
            work = drive + sum(call.set_up_s + call.service_s + call.pack_up_s for call in calls)
            day = working_day(world.record, k, len(order), work, back, state)
            short_enough = drive <= rules.drive_max_s and len(order) <= (rules.stops_max or len(order))
            if isinstance(times, Failure):
                assert day == NOWHERE or not short_enough
            else:
                assert NOWHERE < day <= times.return_s - times.leave_s <= rules.shift_max_s


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_journal_leaves_nothing_behind(seed):
    """After thousands of rounds taken back, the plan priced anew from its tours costs what the search believed."""
    search = Search(Horizon(ring(9)), seed=seed)
    search.run(Budget(rounds=5_000), hot_s=2_000.0, look=lambda _: None)
    believed = search.best_price
    assert search.world["crew"]["left"].min() >= 0
    search.back_to_best()
    assert search.best_price == pytest.approx(believed)
    assert search.world.number("absent_count") == 0


def test_a_plan_of_others_that_costs_less_is_gone_on_from():
    """Three schools: a search that has nothing yet learns of a plan with two of them and of one with all."""
    search, other = (Search(Horizon(ring(3)), seed=seed) for seed in (1, 2))
    other.run(Budget(rounds=500), hot_s=100.0, look=lambda _: None)
    whole = other.best_rounds()
    part = Schedule(dict(list(whole.items())[:1]))
    search.learn([part, other.best(), part])
    assert search.best_rounds() == search.rounds() == whole
    assert search.best_price == pytest.approx(other.best_price)


@STEADY
@given(st.integers(1, 4), st.integers(1, 5), st.none() | st.integers(0, 6), st.sets(st.integers(0, 11), min_size=1))
def test_linked_visits_are_as_many_as_the_gaps_allow(quota, least, more, open_days):
    """One school, some open days: no choice of days by hand serves more visits than the search does."""
    most = None if more is None else least + more
    dates = [MONDAY + timedelta(days=day) for day in range(12)]
    closed = tuple(Absence(Period(date, date)) for day, date in enumerate(dates) if day not in open_days)
    wanted = need("a", quota=quota, min_gap_days=least, max_gap_days=most)
    asked = problem(
        {"base": 0, "a": 10},
        sites=[site("a", blocked=closed)],
        needs=[wanted],
        days=12,
    )
    search = Search(Horizon(asked), seed=1)
    search.run(Budget(rounds=200), hot_s=1_000.0, look=lambda _: None)
    found = sum(len(order) for order in search.best_rounds().values())
    work = [day for day in sorted(open_days) if dates[day].weekday() < 5]
    best = max(
        (
            count
            for count in range(quota + 1)
            for days in itertools.combinations(work, count)
            if all(least <= b - a and (most is None or b - a <= most) for a, b in itertools.pairwise(days))
        ),
        default=0,
    )
    assert found == best


def test_same_seed_and_rounds_give_the_same_plan_byte_for_byte(tmp_path):
    """Two processes, one command each, two files that are one."""
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(problem_to_json(ring(9))), encoding="utf-8")
    plans = []
    for name in ("one.json", "two.json"):
        command = [sys.executable, "-m", "outreach", "solve", str(path), "-o", str(tmp_path / name), "--rounds", "2000"]
        subprocess.run(command, check=True, capture_output=True)
        plans.append((tmp_path / name).read_bytes())
    assert plans[0] == plans[1]


DRAWS = """
import numpy as np
from outreach.routing.kernel.insertion import is_old_news
from outreach.routing.kernel.world import TABLES, World
world = World({name: np.ones(1, dtype) for name, dtype in TABLES.items()}, {"chance": 88172645463325252, "round": 5})
print([int(is_old_news(world.record, 0)) for _ in range(200)])
"""


def test_a_change_in_a_function_that_another_file_calls_is_seen(tmp_path):
    """A copy of the kernel, run, changed in chance.py alone and run again with the same cache: another result."""
    package = tmp_path / "outreach" / "routing" / "kernel"
    shutil.copytree(KERNEL, package, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in (tmp_path / "outreach", tmp_path / "outreach" / "routing"):
        (folder / "__init__.py").touch()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "OUTREACH_KERNEL_CACHE": str(tmp_path / "cache")}

    def draws() -> str:
        command = [sys.executable, "-c", DRAWS]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=tmp_path).stdout

    before = draws()
    assert draws() == before
    chance = package / "chance.py"
    chance.write_text(chance.read_text(encoding="utf-8").replace("np.uint64(12)", "np.uint64(13)"), encoding="utf-8")
    assert draws() != before

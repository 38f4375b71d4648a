"""Problems and solutions as JSON: nothing is lost, and what is wrong is named by its field."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.domain.errors import InvalidValue
from outreach.routing.formats import (
    figures_to_json,
    problem_from_json,
    problem_to_json,
    solution_from_json,
    solution_to_json,
)
from outreach.routing.objective import measure
from outreach.routing.solution import Reason, ReasonCode, Solution, Unserved
from outreach.routing.solve import solve
from tests.routing.small import two_schools_one_bus


def test_round_trip_keeps_everything():
    """Problem, solution and figures come back equal through real JSON text."""
    asked = two_schools_one_bus()
    again = problem_from_json(json.loads(json.dumps(problem_to_json(asked))))
    assert replace(again, travel=None) == replace(asked, travel=None)
    assert (again.travel.seconds == asked.travel.seconds).all()
    solution = solve(asked, seconds=0.5)
    assert solution_from_json(json.loads(json.dumps(solution_to_json(solution)))) == solution
    figures = measure(asked, solution)
    told = json.loads(json.dumps(figures_to_json(figures)))
    assert (told["visits"], told["drive_s"], told["distance_m"]) == (2, 24 * 60, 24_000)


def test_reason_details_keep_numbers_and_words():
    """A detail is a whole number or a word; both come back as they were."""
    reason = Reason(ReasonCode.VEHICLE_TOO_BIG, (("measure", "length_cm"), ("size", 810)))
    solution = Solution((), (Unserved("need a", 1, (reason,)),))
    assert solution_from_json(json.loads(json.dumps(solution_to_json(solution)))) == solution


def broken(path: list[str | int], value: object) -> dict:
    data = problem_to_json(two_schools_one_bus())
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["horizon", "first"], "1/3/2027", "problem.horizon.first"),
        (["horizon", "last"], "2020-01-01", "problem.horizon"),
        (["needs", 0, "quota"], "two", "problem.needs[0].quota"),
        (["needs", 0, "quota"], 10**12, "problem.needs[0].quota"),
        (["needs", 1, "site_id"], ..., "problem.needs[1].site_id"),
        (["sites", 0, "windows"], "always", "problem.sites[0].windows"),
        (["places", 0, "at", "lat"], 912.0, "problem.places[0].at"),
        (["places", 0, "terrain"], "swamp", "problem.places[0].terrain"),
        (["vehicles", 0, "colour"], "red", "problem.vehicles[0]"),
        (["travel", "seconds"], [[0]], "problem.travel.seconds"),
        (["travel", "metres"], None, "problem.travel.metres"),
        (["travel", "seconds", 0, 1], 1.9, "problem.travel.seconds"),
        (["travel", "seconds", 0, 1], "7", "problem.travel.seconds"),
        (["travel", "metres", 0, 1], 2**31, "problem.travel.metres"),
        (["travel", "secconds"], [], "problem.travel"),
        (["rules"], [], "problem.rules"),
        (["schema"], 2, "problem.schema"),
    ],
)
def test_wrong_field_is_named(path, value, field):
    """The error names the place in the file; nothing else is raised."""
    with pytest.raises(InvalidValue) as caught:
        problem_from_json(broken(path, value))
    assert caught.value.field == field
    assert str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), junk=JSON)
def test_any_junk_in_any_field_is_an_error_with_a_name(data, junk):
    """Whatever stands in a field, the answer is a problem or an InvalidValue."""
    document = problem_to_json(two_schools_one_bus())
    part = document
    while isinstance(part, dict | list) and part:
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(part[key], dict | list) or not part[key] or data.draw(st.booleans()):
            part[key] = junk
            break
        part = part[key]
    found = None
    try:
        problem_from_json(document)
    except InvalidValue as error:
        found = error
    assert found is None or found.field.startswith("problem")

"""`mend` on files: a plan after disruptions, the table of what changes, and what is wrong said by name."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outreach.cli import main
from outreach.domain.times import Period
from outreach.i18n import use_language
from outreach.routing.disruptions import (
    CrewIll,
    Disruption,
    LaterStart,
    RoadClosed,
    SiteClosed,
    UrgentNeed,
    VehicleAway,
)
from outreach.routing.formats import disruptions_to_json, problem_to_json, solution_from_json, solution_to_json
from outreach.routing.problem import Need
from outreach.routing.solve import solve
from outreach.services.reasons import Names
from outreach.services.visit_changes import disruption_text
from tests.test_cli import PROBLEM

PLAN = solve(PROBLEM, rounds=300)
LAST = max(tour.day for tour in PLAN.tours())
TODAY = PROBLEM.horizon.first


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A problem and its published plan in files."""
    for name, data in (("problem", problem_to_json(PROBLEM)), ("plan", solution_to_json(PLAN))):
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    return tmp_path


def mended(folder: Path, disruptions: Any, today: date = TODAY) -> int:
    (folder / "disruptions.json").write_text(json.dumps(disruptions), encoding="utf-8")
    files = [str(folder / f"{name}.json") for name in ("problem", "plan", "disruptions")]
    out = ["-o", str(folder / "out.json"), "--problem-output", str(folder / "after.json")]
    return main(
        [
            "mend",
            *files,
            "--today",
            str(today),
            *out,
            "--changes-output",
            str(folder / "changes.json"),
            "--seconds",
            "2",
        ]
    )


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def test_a_plan_is_mended_and_every_change_told(folder, capsys):
    """The bus is away on the last day it was to drive; its visits go elsewhere, and the judge accepts the new plan."""
    hit = disruptions_to_json([VehicleAway("bus", Period(LAST, LAST), "máy hỏng")])
    assert mended(folder, hit) == 0
    said = capsys.readouterr().out
    assert "Đã báo" in said
    assert "Xe 1 không chạy (máy hỏng)" in said
    assert LAST not in {tour.day for tour in solution_from_json(read(folder, "out")).tours()}
    lost = sum(tour.day == LAST for tour, _ in PLAN.stops())
    assert len(read(folder, "changes")) == lost
    assert main(["check", str(folder / "after.json"), str(folder / "out.json")]) == 0


def test_where_nothing_happened_no_visit_changes(folder, capsys):
    assert mended(folder, {"disruptions": []}) == 0
    assert "Không buổi nào phải đổi." in capsys.readouterr().out
    assert read(folder, "out")["trips"] == json.loads(json.dumps(solution_to_json(PLAN)))["trips"]


@pytest.mark.parametrize(
    ("disruptions", "named"),
    [
        ({"disruptions": [{"kind": "flood"}]}, "disruptions[0].kind"),
        (disruptions_to_json([SiteClosed("z", Period(LAST, LAST))]), "disruptions[0].site_id"),
        ([], "file"),
    ],
)
def test_a_wrong_disruption_is_named_and_nothing_written(folder, capsys, disruptions, named):
    assert mended(folder, disruptions) == 2
    assert named in capsys.readouterr().err
    assert not (folder / "out.json").exists()


def test_a_plan_whose_past_breaks_a_rule_is_not_mended(folder, capsys):
    """The last tour was driven on a Sunday."""
    plan = solution_to_json(PLAN)
    plan["trips"][0]["tours"][0]["day"] = "2027-03-07"
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert mended(folder, {"disruptions": []}, date(2027, 3, 14)) == 2
    assert "07/03/2027" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("one", "vi", "en"),
    [
        (VehicleAway("bus", Period(LAST, LAST)), "Xe 1 không chạy", "Xe 1 does not drive"),
        (
            LaterStart("bus", Period(LAST, LAST), 30_600),
            "Xe 1 chỉ rời cơ sở từ 08:30",
            "Xe 1 leaves no earlier than 08:30",
        ),
        (CrewIll("d", Period(LAST, LAST), "ốm"), "vị trí d vắng mặt (ốm)", "post d is away (ốm)"),
        (SiteClosed("a", Period(LAST, LAST)), "Trường A đóng cửa", "Trường A is closed"),
        (RoadClosed("base", "b"), "đường đi b bị chặn", "the road to b is closed"),
        (UrgentNeed(Need("u", "a")), "nhu cầu gấp", "urgent need"),
    ],
)
def test_every_disruption_has_its_words(one: Disruption, vi: str, en: str) -> None:
    names = Names(vehicles={"bus": "Xe 1"}, sites={"a": "Trường A"})
    assert disruption_text(one, names) == vi
    with use_language("en"):
        assert disruption_text(one, names) == en

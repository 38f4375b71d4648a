"""Every reason and every broken rule has a sentence with its figures."""

import pytest

from outreach.routing.solution import Breach, Reason, ReasonCode, RuleName
from outreach.services.reasons import Names, breach_text, reason_from_json, reason_text, reason_title
from tests.factories import MONDAY


@pytest.mark.parametrize("code", list(ReasonCode))
def test_each_reason_is_a_whole_sentence_even_without_figures(code: ReasonCode) -> None:
    sentence = reason_text(Reason(code))
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert reason_title(code.value)


@pytest.mark.parametrize(
    ("code", "details", "said"),
    [
        ("vehicle-too-big", {"measure": "length_cm", "size": 920, "limit": 700}, "dài tới 7,0 m"),
        ("vehicle-too-big", {"measure": "weight_kg", "size": 9500, "limit": 5000}, "nặng tới 5,0 tấn"),
        ("vehicle-too-big", {"measure": "height_cm", "size": 340, "limit": 300}, "cao tới 3,0 m"),
        ("too-far", {"days": 60, "drive_s": 22_200, "over_s": 600, "shift_s": 39_600}, "6 giờ 10 phút lái xe"),
        ("service-too-long", {"service_s": 14_400, "window_s": 10_800}, "chỉ có 3 giờ"),
        ("no-open-day", {"open_days": 26}, "26 ngày"),
        ("spacing", {"days": 4, "min_gap_days": 45}, "ít nhất 45 ngày"),
        ("no-crew", {"days": 3}, "3 ngày"),
        ("full", {"days": 1200, "priority": 3}, "1.200 ngày"),
        ("time", {"days": 9, "over_s": 1080}, "thiếu 18 phút"),
    ],
)
def test_the_figures_that_decided_stand_in_the_sentence(code: str, details: dict[str, int | str], said: str) -> None:
    assert said in reason_text(reason_from_json({"code": code, "details": details}))


@pytest.mark.parametrize("rule", list(RuleName))
def test_each_broken_rule_has_a_line(rule: RuleName) -> None:
    line = breach_text(Breach(rule, "7", 1800, MONDAY))
    assert line.startswith("01/03/2027: ")
    assert "{" not in line


def test_a_breach_names_site_and_vehicle_when_they_are_known() -> None:
    names = Names(sites={"7": "Trường Tiểu học Diên Thọ"}, vehicles={"2": "Xe 2"}, bases={"1": "Nha Trang"})
    assert (
        breach_text(Breach(RuleName.LATE, "7", 1200), names)
        == "tới Trường Tiểu học Diên Thọ trễ 20 phút so với đường đi"
    )
    assert breach_text(Breach(RuleName.SHIFT_TOO_LONG, "2", 600), names) == "Xe 2 làm quá ca 10 phút"
    assert "Nha Trang" in breach_text(Breach(RuleName.LATE, "base:1", 60), names)

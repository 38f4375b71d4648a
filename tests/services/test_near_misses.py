"""Each near miss as a sentence with its figures, in both languages, and through the tables and back."""

from datetime import date

import pytest

from outreach.domain.sheets import VehicleSign
from outreach.i18n import use_language
from outreach.routing.solution import Hurdle, NearMiss, Reason, ReasonCode, Unserved
from outreach.services.near_misses import NearDays, near_words, nearest_in, reasons_in, reasons_to_json
from outreach.services.reasons import Names

TUESDAY = date(2027, 1, 12)
BUS = VehicleSign(7, "Xe 1", 1, "Nha Trang")


def miss(rule: Hurdle, amount: int = 1, other_day: date | None = None, other_need: str = "") -> NearMiss:
    return NearMiss(rule, amount, "7", TUESDAY, other_day, other_need)


@pytest.mark.parametrize("rule", list(Hurdle))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_rule_ends_a_sentence(rule: Hurdle, language: str) -> None:
    with use_language(language):
        words = near_words(miss(rule, 60, TUESDAY, "3"), Names())
        (near,) = NearDays({"7": BUS}, Names()).of([miss(rule, 60, TUESDAY, "3")])
    assert words.startswith("nếu " if language == "vi" else ("if ", "with "))
    assert near.text.endswith(f"{words}.")
    assert "{" not in near.text


@pytest.mark.parametrize(
    ("near", "vietnamese", "english"),
    [
        (miss(Hurdle.SHIFT, 1080), "nếu ca làm việc dài thêm 18 phút", "if the shift could be 18 min longer"),
        (miss(Hurdle.CLOSES_LATER, 4441), "nếu nơi này nhận xe muộn thêm 1 giờ 15 phút", "1 h 15 min longer"),
        (miss(Hurdle.LIBRARIANS), "nếu có thêm 1 thủ thư", "with 1 more librarian"),
        (miss(Hurdle.NEED_DATES, 2), "nếu được lệch 2 ngày so với", "2 days outside"),
        (miss(Hurdle.TOO_NEAR, 2, date(2027, 1, 10)), "gần buổi ngày 10/01/2027 hơn quy định 2 ngày", "2 days nearer"),
        (miss(Hurdle.LENGTH, 160), "dài thêm 1,60 m", "1.60 m longer"),
        (miss(Hurdle.WEIGHT, 1900), "nặng thêm 1.900 kg", "bore 1,900 kg more"),
        (miss(Hurdle.VEHICLE_WEEKDAY), "nếu xe chạy cả thứ Ba", "also ran on Tuesdays"),
        (miss(Hurdle.ROOM, other_need="3"), "nếu buổi ở Trường Tiểu học Diên Thọ nhường chỗ", "gave up its place"),
    ],
)
def test_the_words_say_how_much_would_have_to_give(near: NearMiss, vietnamese: str, english: str) -> None:
    names = Names(needs={"3": "Trường Tiểu học Diên Thọ"})
    assert vietnamese in near_words(near, names)
    with use_language("en"):
        assert english in near_words(near, names)


def test_a_near_miss_names_day_and_vehicle_and_is_left_out_when_that_is_gone() -> None:
    (near,) = NearDays({"7": BUS}, Names()).of([miss(Hurdle.SHIFT, 1080)])
    assert near.text == "Thứ Ba, 12/01/2027, Xe 1: vừa nếu ca làm việc dài thêm 18 phút."
    assert NearDays({}, Names()).of([miss(Hurdle.SHIFT, 1080)]) == ()


def test_reasons_and_near_misses_share_a_list_in_the_tables() -> None:
    reasons = (Reason(ReasonCode.FULL, (("days", 2), ("priority", 3))),)
    nearest = (miss(Hurdle.TOO_NEAR, 2, date(2027, 1, 10)), miss(Hurdle.ROOM, other_need="3"))
    kept = reasons_to_json(Unserved("4", 1, reasons, nearest))
    assert (reasons_in(kept), nearest_in(kept)) == (reasons, nearest)

"""Fixes in words, in both languages, and as the tables of a plan give them."""

from datetime import date

import pytest
from sqlalchemy import select

from outreach.domain.errors import NotFound
from outreach.domain.sheets import VehicleSign
from outreach.domain.times import TimeWindow
from outreach.i18n import use_language
from outreach.routing.changes import Change
from outreach.routing.fixes import Disturbed, Fix
from outreach.routing.solution import Hurdle
from outreach.services.fixes import FixWords, cost_words, need_fixes
from outreach.services.near_misses import NearDays
from outreach.services.reasons import Names
from outreach.store.fleet import StaffMember
from outreach.store.plans import Plan, UnservedNeed
from outreach.store.sites import Need
from tests.factories import make_small_province

H = 3600
TUESDAY, WEDNESDAY = date(2027, 1, 12), date(2027, 1, 13)
BUS, VAN = VehicleSign(7, "Xe 1", 1, "Nha Trang"), VehicleSign(8, "Xe 2", 2, "Phan Rang")
WORDS = FixWords(NearDays({"7": BUS, "8": VAN}, Names(needs={"3": "Trường Diên Thọ"})))


def fix(rule: Hurdle | None, *disturbed: Disturbed, **more: object) -> Fix:
    change = Change(rule, "4", "7", TUESDAY, **{"amount": 1, "other_need_id": "3", **more})
    return Fix(change, 8 * H, 10 * H, 0, disturbed, 0.5, ())


@pytest.mark.parametrize("rule", [None, *Hurdle])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_rule_is_a_sentence(rule: Hurdle | None, language: str) -> None:
    posts = ("librarian",) if rule in (Hurdle.CREW, Hurdle.DRIVERS, Hurdle.LIBRARIANS) else ()
    with use_language(language):
        row = WORDS.row(fix(rule, posts=posts, other_day=WEDNESDAY, before=H, after=2 * H))
    assert row.text.endswith(".")
    assert "{" not in row.text
    assert row.text[0].isupper() or row.text[0].isdigit()


@pytest.mark.parametrize(
    ("rule", "more", "vietnamese", "english"),
    [
        (Hurdle.OPENS_EARLIER, {"before": 27_000, "after": 25_200}, "từ 07:00 thay vì 07:30", "from 07:00 instead of"),
        (Hurdle.SITE_CLOSED, {"hours": (TimeWindow(27_000, 37_800),)}, "hôm đó, 07:30–10:30", "that day, 07:30–10:30"),
        (Hurdle.SHIFT, {"before": 39_600, "after": 40_200}, "11 giờ 10 phút thay vì 11 giờ", "11 h 10 min instead"),
        (Hurdle.LENGTH, {"before": 650, "after": 810}, "dài tới 8,10 m thay vì 6,50 m", "8.10 m long instead"),
        (Hurdle.TOO_NEAR, {"before": 45, "after": 24, "other_day": WEDNESDAY}, "ít nhất 24 ngày thay vì 45", "24 days"),
        (Hurdle.NEED_DATES, {"amount": 1, "other_day": WEDNESDAY}, "sớm hơn 1 ngày so với ngày đầu", "1 day before"),
        (Hurdle.NEED_DATES, {"amount": 2, "other_day": date(2027, 1, 10)}, "muộn hơn 2 ngày so", "2 days after"),
        (Hurdle.LIBRARIANS, {"posts": ("librarian",)}, "Thêm 1 thủ thư cho Nha Trang hôm đó", "1 more librarian for"),
        (Hurdle.CREW, {"posts": ("driver", "librarian", "librarian")}, "1 lái xe và 2 thủ thư", "drivers 1, librar"),
        (Hurdle.ROOM, {}, "Buổi ở Trường Diên Thọ nhường chỗ và sang chỗ khác", "gives up its place and gets"),
    ],
)
def test_the_words_say_what_is_and_what_would_be(
    rule: Hurdle, more: dict[str, object], vietnamese: str, english: str
) -> None:
    assert vietnamese in WORDS.text(fix(rule, **more))
    with use_language("en"):
        assert english in WORDS.text(fix(rule, **more))


def test_whoever_is_disturbed_is_named_with_what_becomes_of_the_visit() -> None:
    later = Disturbed("3", "7", TUESDAY, 8 * H, "7", TUESDAY, 9 * H)
    away = Disturbed("3", "7", TUESDAY, 8 * H, "8", WEDNESDAY, 14 * H)
    gone = Disturbed("3", "7", TUESDAY, 8 * H)
    row = WORDS.row(fix(Hurdle.ROOM, later, away, gone))
    assert [visit.text for visit in row.moved] == [
        "Trường Diên Thọ: 09:00 thay vì 08:00.",
        "Trường Diên Thọ: sang Thứ Tư, 13/01/2027, 14:00, Xe 2.",
        "Trường Diên Thọ: bỏ buổi Thứ Ba, 12/01/2027, 08:00.",
    ]
    assert row.drops
    assert row.text == "Bỏ buổi ở Trường Diên Thọ để nhường chỗ."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1200, "thêm 20 phút lái xe"), (-5400, "bớt 1 giờ 30 phút lái xe"), (29, "không thêm giờ lái")],
)
def test_cost_is_minutes_of_driving(seconds: int, words: str) -> None:
    assert cost_words(seconds) == words


def test_fixes_are_found_for_the_plan_as_it_is_and_say_its_version(session) -> None:
    """An empty plan of a province whose librarians have left: two of them for a day are what is missing."""
    plan: Plan = make_small_province(session)
    for member in session.scalars(select(StaffMember)):
        member.active = member.post.value == "driver"
    need = session.scalars(select(Need).order_by(Need.id)).first()
    session.add(UnservedNeed(plan_id=plan.id, need_id=need.id, missing=need.quota, reasons=[]))
    session.flush()
    found = need_fixes(session, plan.id, need.id, today=plan.first_day)
    assert (found.version, found.missing) == (plan.version, need.quota)
    assert [row.rule for row in found.fixes] == ["librarians"]
    (row,) = found.fixes
    assert row.amount == 2
    assert row.day > plan.first_day
    assert row.moved == ()


def test_need_of_another_period_is_not_found(session) -> None:
    plan: Plan = make_small_province(session)
    with pytest.raises(NotFound):
        need_fixes(session, plan.id, 999_999, today=plan.first_day)

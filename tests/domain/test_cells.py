"""Cells: what is written reads back as it was, whatever is read gives a value or says what would be right."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.domain import cells
from outreach.domain.cells import DaysOff, ServiceHours
from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period

LANGUAGE = st.sampled_from(["vi", "en"])
EARLY, LATE = date(cells.YEARS[0], 1, 1), date(cells.YEARS[1], 12, 31)
DAY = st.dates(EARLY, LATE)
SECOND = st.integers(0, 86_399)
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
LINE = st.text(max_size=40).map(cells.tidy)


def in_order(first, last):
    return (first, last) if first <= last else (last, first)


PERIOD = st.builds(lambda one, two: Period(*in_order(one, two)), DAY, DAY)
HOURS = st.builds(
    lambda days, ends, term: ServiceHours(days, *ends, term),
    WEEKDAYS,
    st.tuples(SECOND, SECOND).filter(lambda ends: ends[0] != ends[1]).map(lambda ends: in_order(*ends)),
    st.sampled_from(["", "term", "summer"]),
)
# a reason as reading gives it: on one line, no semicolon, no colon or comma at its ends
REASON = LINE.map(lambda text: cells.tidy(text.replace(";", "").strip(" :,")).strip(" :,"))
OFF = st.builds(DaysOff, PERIOD, REASON)

READERS: dict[str, Callable[[str], object]] = {
    "text": lambda text: cells.read_text(text, most=50),
    "long text": lambda text: cells.read_long_text(text, most=50),
    "whole": lambda text: cells.read_whole(text, least=-5, most=9_999),
    "number": lambda text: cells.read_number(text, least=-5, most=9_999),
    "yes or no": cells.read_yes_no,
    "day": cells.read_day,
    "time": cells.read_time,
    "weekdays": cells.read_weekdays,
    "hours": cells.read_hours,
    "days off": cells.read_days_off,
}
# letters of the words that readers know, so that near misses are as likely as plain noise
NEARLY = st.text(alphabet="0123456789.,:;/-+ hHgTtCcNnôđếàứáyx²٣\u200b\x00\n()", max_size=60)


def reads_back(write: Callable[..., str], read: Callable[[str], object], value: object, **how: object) -> None:
    text = write(value, **how)
    assert read(text) == value, text


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@given(text=st.text(max_size=200) | NEARLY)
@settings(deadline=None, max_examples=300)
def test_any_text_gives_a_value_or_says_what_would_be_right(read, text):
    said = None
    try:
        read(text)
    except InvalidValue as error:
        said = error
    assert said is None or (str(said) and said.field == "")


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "text", ["1" * 1_000_000, " " * 1_000_000 + "x", "T2-" * 300_000, "01/05/2027;" * 50_000 + "x"]
)
def test_a_cell_of_a_million_characters_is_refused(read, text):
    if text.strip() == "x" and read in (READERS["text"], READERS["long text"], READERS["yes or no"]):
        return  # a long way to a short answer
    with pytest.raises(InvalidValue):
        read(text)


@given(DAY)
def test_days_read_back(value):
    reads_back(cells.write_day, cells.read_day, value)


@given(SECOND)
def test_times_read_back(value):
    reads_back(cells.write_time, cells.read_time, value)


@given(st.integers(-99_999, 999_999))
def test_whole_numbers_read_back(value):
    reads_back(str, lambda text: cells.read_whole(text, least=-99_999, most=999_999), value)


@given(st.floats(-1e12, 1e12) | st.floats(-180, 180) | st.integers(0, 5000).map(lambda metres: metres / 1000))
def test_numbers_read_back(value):
    text = cells.write_number(value)
    if len(text) <= 40:  # a longer one is smaller than anything we measure
        assert cells.read_number(text, least=-1e12, most=1e12) == value
    assert "e" not in text


@given(st.booleans())
def test_yes_and_no_read_back(value):
    reads_back(cells.write_yes_no, cells.read_yes_no, value)


@given(WEEKDAYS, LANGUAGE)
def test_weekdays_read_back_in_either_language(value, language):
    reads_back(cells.write_weekdays, cells.read_weekdays, value, language=language)


@given(st.sets(HOURS, max_size=4).map(lambda found: tuple(sorted(found))), LANGUAGE)
@settings(deadline=None)
def test_hours_read_back_in_either_language(value, language):
    reads_back(cells.write_hours, cells.read_hours, value, language=language)


@given(st.lists(OFF, max_size=4))
@settings(deadline=None)
def test_days_off_read_back(found):
    value = tuple(sorted(set(found), key=lambda one: (one.period.first, one.period.last, one.reason)))
    reads_back(cells.write_days_off, cells.read_days_off, value)


@pytest.mark.parametrize(
    "reason", ["02/05/2027 nghỉ", "- 3 buổi", "đến 02/05/2027", "5 lớp thi", "to 03/05/2027", "2/2"]
)
def test_a_reason_that_begins_like_a_day_stays_a_reason(reason):
    value = (DaysOff(Period(date(2027, 5, 1), date(2027, 5, 1)), cells.tidy(reason)),)
    reads_back(cells.write_days_off, cells.read_days_off, value)


@given(st.text(max_size=60))
def test_texts_read_back_as_they_were_read(text):
    line, lines = cells.read_text(text, most=400), cells.read_long_text(text, most=400)
    assert cells.read_text(line, most=400) == line
    assert cells.read_long_text(lines, most=400) == lines


def test_texts_lose_what_nobody_sees():
    assert cells.read_text("  Trường\u00a0Tiểu \x00học\u200b \u202eX\ufeff ", most=80) == "Trường Tiểu học X"
    assert cells.read_long_text(" một \x00dòng\r\n\n hai\t dòng ") == "một dòng\n\nhai dòng"
    assert cells.visible("é\ud800") == "é"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8,1", 8.1),
        ("8.1", 8.1),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("12 345,5", 12345.5),
        (",5", 0.5),
        ("-3", -3.0),
    ],
)
def test_numbers_come_with_comma_or_point(text, value):
    assert cells.read_number(text, least=-1e6, most=1e6) == value


@pytest.mark.parametrize("text", ["1,2,3", "1e5", "nan", "inf", "--1", "1.2.3", "0x10", "½", "một"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InvalidValue, match="không phải số"):
        cells.read_number(text, least=-1e6, most=1e6)


@pytest.mark.parametrize(("text", "value"), [("120", 120), ("1.250", 1250), ("1 250", 1250), ("+7", 7), ("30,0", 30)])
def test_whole_numbers_may_be_grouped(text, value):
    assert cells.read_whole(text, least=0, most=9_999) == value


@pytest.mark.parametrize(
    "text", ["5/3/2027", "05-03-2027", "5.3.2027", "2027-03-05", "2027-03-05 00:00:00", " 05/03/2027 "]
)
def test_days_come_in_several_ways(text):
    assert cells.read_day(text) == date(2027, 3, 5)


@pytest.mark.parametrize(
    ("text", "said"), [("31/02/2027", "không có ngày"), ("05/03/0207", "năm"), ("thứ Ba", "ghi ngày")]
)
def test_what_is_no_day_says_why(text, said):
    with pytest.raises(InvalidValue, match=said):
        cells.read_day(text)


@pytest.mark.parametrize(("text", "seconds"), [("7h30", 27_000), ("07:30", 27_000), ("7g", 25_200), ("13.30", 48_600),
                                               ("07:30:00", 27_000), ("7:30:15", 27_015)])  # fmt: skip
def test_times_come_in_several_ways(text, seconds):
    assert cells.read_time(text) == seconds


@pytest.mark.parametrize(
    ("text", "days"),
    [("T2-T6", (0, 1, 2, 3, 4)), ("thứ Ba và thứ Năm", (1, 3)), ("Mon-Fri", (0, 1, 2, 3, 4)), ("T2, T4", (0, 2)),
     ("2 đến 4", (0, 1, 2)), ("CN", (6,)), ("Sat to Sun; T2", (0, 5, 6))],
)  # fmt: skip
def test_weekdays_come_in_several_ways(text, days):
    assert cells.read_weekdays(text) == days


@pytest.mark.parametrize("text", ["T6-T2", "T9", "T2-T3-T4", ",", "mỗi ngày"])
def test_what_are_no_weekdays_says_how_to_write_them(text):
    with pytest.raises(InvalidValue, match="T2-T6"):
        cells.read_weekdays(text)


def test_hours_without_weekdays_take_those_before_or_all_of_the_week():
    week, morning, noon = (0, 1, 2, 3, 4), (27_000, 37_800), (48_600, 59_400)
    assert cells.read_hours("7h30-10h30; 13:30 đến 16:30") == (ServiceHours(week, *morning), ServiceHours(week, *noon))
    assert cells.read_hours("T3: 7:30-10:30\n13:30-16:30 (hè)") == (
        ServiceHours((1,), *morning),
        ServiceHours((1,), *noon, "summer"),
    )


@pytest.mark.parametrize(("text", "said"), [("T2 10:30-7:30", "sau giờ bắt đầu"), ("sáng", "ghi như"),
                                            ("T2 7:30-10:30 (đêm)", "ghi như"), ("T2 7:30", "ghi như")])  # fmt: skip
def test_what_are_no_hours_says_how_to_write_them(text, said):
    with pytest.raises(InvalidValue, match=said):
        cells.read_hours(text)


def test_days_off_come_with_reasons_and_in_order():
    found = cells.read_days_off("20/11/2027; 01/05/2027 đến 10/05/2027: sửa sân")
    assert [(one.period.first, one.period.last, one.reason) for one in found] == [
        (date(2027, 5, 1), date(2027, 5, 10), "sửa sân"),
        (date(2027, 11, 20), date(2027, 11, 20), ""),
    ]


@pytest.mark.parametrize("text", ["10/05/2027-01/05/2027", "hè", "32/01/2027", "01/05/2027; nghỉ"])
def test_what_are_no_days_off_is_refused(text):
    with pytest.raises(InvalidValue):
        cells.read_days_off(text)

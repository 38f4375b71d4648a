"""The days of a school-year decision: found in its own words, doubtful ones marked, none lost."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.school_years import Event, Found, read_school_year

DECISION = """ỦY BAN NHÂN DÂN TỈNH THỬ NGHIỆM
Quyết định số 2045/QĐ-UBND ngày 12 tháng 8 năm 2026 ban hành Kế hoạch thời gian năm học 2026-2027
Căn cứ Quyết định số 2269/QĐ-BGDĐT ngày 31/7/2026 của Bộ trưởng Bộ Giáo dục và Đào tạo;
1. Tựu trường sớm nhất trước 01 tuần so với ngày tổ chức khai giảng. Riêng lớp 1, lớp 9 và lớp 12, tựu trường:
- Lớp 1, lớp 9, lớp 12: ngày 24/8/2026
- Các lớp khác: ngày 31/8/2026
2. Tổ chức khai giảng vào ngày 05/9/2026.
3. Kết thúc học kỳ I trước ngày 18/01/2027, hoàn thành chương trình và kết thúc năm học trước ngày 31/5/2027.
4. Xét công nhận hoàn thành chương trình tiểu học trước ngày 30/6/2027.
5. Hoàn thành tuyển sinh các lớp đầu cấp chậm nhất ngày 31/7/2027.
6. Nghỉ Tết Nguyên đán Đinh Mùi: từ ngày 01/02/2027 đến hết ngày 14/02/2027 (tức ngày 25 tháng Chạp năm Bính Ngọ
đến mùng 9 tháng Giêng năm Đinh Mùi).
7. Kiểm tra cuối học kỳ I từ ngày 21/12 đến ngày 31/12/2026. Thi tốt nghiệp THPT: ngày 11 và 12/6/2027.
8. Nghỉ lễ Giỗ Tổ Hùng Vương ngày 16 tháng 4.
9. Hội khỏe Phù Đổng từ 10 đến 14/3/2027
"""


def only(text: str) -> list[Found]:
    return list(read_school_year(text).days)


def test_a_decision_gives_its_days_with_what_they_are():
    found = read_school_year(DECISION)
    assert found.years == (2026, 2027)
    assert found.decision == "Quyết định số 2045/QĐ-UBND"
    assert [(day.event, day.first, day.last) for day in found.days] == [
        (Event.CITED, date(2026, 8, 12), date(2026, 8, 12)),
        (Event.CITED, date(2026, 7, 31), date(2026, 7, 31)),
        (Event.REOPENING, date(2026, 8, 24), date(2026, 8, 24)),
        (Event.REOPENING, date(2026, 8, 31), date(2026, 8, 31)),
        (Event.OPENING, date(2026, 9, 5), date(2026, 9, 5)),
        (Event.FIRST_TERM_END, date(2027, 1, 18), date(2027, 1, 18)),
        (Event.PROGRAMME_END, date(2027, 5, 31), date(2027, 5, 31)),
        (Event.YEAR_END, date(2027, 5, 31), date(2027, 5, 31)),
        (Event.OTHER, date(2027, 6, 30), date(2027, 6, 30)),
        (Event.OTHER, date(2027, 7, 31), date(2027, 7, 31)),
        (Event.BREAK, date(2027, 2, 1), date(2027, 2, 14)),
        (Event.EXAM, date(2026, 12, 21), date(2026, 12, 31)),
        (Event.EXAM, date(2027, 6, 11), date(2027, 6, 12)),
        (Event.HOLIDAY, date(2027, 4, 16), date(2027, 4, 16)),
        (Event.UNKNOWN, date(2027, 3, 10), date(2027, 3, 14)),
    ]
    assert [day.first for day in found.days if day.deadline] == [
        date(2027, 1, 18), date(2027, 5, 31), date(2027, 5, 31), date(2027, 6, 30),
    ]  # fmt: skip
    assert [day.name for day in found.days if day.guessed] == ["Nghỉ lễ Giỗ Tổ Hùng Vương"]


def test_each_day_keeps_its_sentence_and_its_name():
    (tet,) = only("6. Nghỉ Tết Nguyên đán Đinh Mùi: từ ngày 01/02/2027 đến hết ngày 14/02/2027.")
    assert tet.name == "Nghỉ Tết Nguyên đán Đinh Mùi"
    assert tet.sentence.startswith("Nghỉ Tết")


def test_a_table_pasted_from_a_document_is_read():
    text = "Năm học 2026 - 2027\nTựu trường\tNgày 31/8/2026\nHọc kỳ I\tTừ 05/9 đến 15/01\nHọc kỳ II\t18/01-28/5/2027"
    assert [(day.event, day.first, day.last, day.guessed) for day in only(text)] == [
        (Event.REOPENING, date(2026, 8, 31), date(2026, 8, 31), False),
        (Event.FIRST_TERM, date(2026, 9, 5), date(2027, 1, 15), True),
        (Event.SECOND_TERM, date(2027, 1, 18), date(2027, 5, 28), False),
    ]


def test_a_stretch_over_new_year_begins_in_the_old_one():
    (days,) = only("Nghỉ Tết từ 28/12 đến 03/01/2027")
    assert (days.first, days.last) == (date(2026, 12, 28), date(2027, 1, 3))


def test_other_signs_between_day_and_month_are_read():
    assert [day.first for day in only("Tựu trường ngày 31-8-2026. Bế giảng 29.5.2027.")] == [
        date(2026, 8, 31), date(2027, 5, 29),
    ]  # fmt: skip


def test_a_day_no_calendar_has_is_told_and_a_fraction_is_none():
    found = read_school_year("Nghỉ từ ngày 31/2/2027. Đạt 1/2 số lớp. Số 12/2026/QĐ.")
    assert found.days == ()
    assert found.impossible == ("31/2/2027",)


def test_a_day_without_any_year_in_the_text_is_left_out_of_reach():
    assert read_school_year("Khai giảng ngày 5/9").days == ()


def test_letters_with_marks_of_their_own_are_the_same_letters():
    decomposed = "Khai gia\u0309ng nga\u0300y 05/9/2026"
    assert [day.event for day in only(decomposed)] == [Event.OPENING]


@given(st.text(max_size=400) | st.text("0123456789/.-– ngaythumđếnntừrưcđó()\n;", max_size=400))
def test_any_text_is_read_without_a_fault(text: str):
    for day in read_school_year(text).days:
        assert day.first <= day.last

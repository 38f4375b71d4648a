"""The public timetable's index of communes."""

from datetime import date

from outreach.domain.names import first_letter, keep_together
from outreach.domain.places import SiteKind
from outreach.domain.sheets import TimetableEntry, VehicleSign
from outreach.web.public.timetable import commune_index

BUS = VehicleSign(1, "Xe 1", 1, "Nha Trang")


def _visit(commune: str, day: int) -> TimetableEntry:
    return TimetableEntry(date(2027, 3, day), 27_000, 34_200, "Trường", SiteKind.PRIMARY_SCHOOL, commune, BUS)


def test_communes_stand_in_dictionary_order_with_their_next_visit() -> None:
    visits = (
        _visit("Xã Đại Lãnh", 1),
        _visit("Xã Diên Khánh", 2),
        _visit("Phường Ba Ngòi", 3),
        _visit("Xã Đại Lãnh", 9),
    )
    index = commune_index(visits)
    assert list(index) == ["B", "D", "Đ"]
    assert [(line.name, line.next_visit.day, line.visits) for line in index["Đ"]] == [("Xã Đại Lãnh", 1, 2)]


def test_a_visit_without_a_commune_is_left_out_of_the_index() -> None:
    assert commune_index((_visit("", 1),)) == {}


def test_letters_lose_their_marks_but_not_the_bar_of_d() -> None:
    assert [first_letter(name) for name in ("Ấp Bắc", "Đại Lãnh", "Ủ", "")] == ["A", "Đ", "U", ""]


def test_compounds_of_one_sense_stay_on_one_line() -> None:
    assert keep_together("Trường Tiểu học Vĩnh Thạnh") == "Trường Tiểu\u00a0học Vĩnh Thạnh"

"""Every text a person reads stands in Vietnamese in the code and in English in the catalogue."""

import ast

from outreach import i18n
from tools import catalogues


def _texts_of(source: str, errors: frozenset[str] = frozenset()) -> catalogues.Texts:
    texts = catalogues.Texts()
    catalogues._python_texts(ast.parse(source), set(errors), texts, where="here.py", data=False)
    return texts


def test_the_catalogue_is_complete_and_compiled():
    assert catalogues.faults() == []


def test_texts_are_found_in_calls_errors_and_tables():
    source = (
        '"""Tài liệu."""\na = translate("Luu")\nraise NotFound("Khong thay")\nb = {"x": "Điểm phục vụ", "y": "plain"}\n'
    )
    found = _texts_of(source, frozenset({"NotFound"}))
    assert set(found.files) == {"Luu", "Khong thay", "Điểm phục vụ"}


def test_an_f_string_in_vietnamese_is_a_fault():
    assert len(_texts_of('a = f"Còn {n} điểm"').faults) == 1


def test_a_missing_translation_and_a_lost_place_are_faults():
    catalogue = catalogues.Catalog(locale="en")
    catalogue.add("Đã lưu", "")
    catalogue.add("Đã gửi {count} phiếu", "Reports sent")
    assert len(list(catalogues.faults_of(catalogue))) == 2


def test_vietnamese_needs_no_catalogue_and_english_has_two_forms():
    with i18n.use_language("vi"):
        assert i18n.translate("thứ Hai") == "thứ Hai"
    with i18n.use_language("en"):
        assert i18n.translate("thứ Hai") == "Monday"
        assert i18n.duration(2 * 3600) == "2 h"

"""Vietnamese names: search without marks, order of the dictionary."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.names import search_key, sort_key


def test_search_key_drops_marks_capitals_and_double_spaces():
    assert search_key("Trường  Tiểu học ĐẠI Lãnh") == "truong tieu hoc dai lanh"


def test_search_key_is_the_same_for_composed_and_decomposed_letters():
    assert search_key("Ninh Hòa") == search_key("Ninh Ho\u0300a")


def test_sort_key_orders_as_the_dictionary_does():
    words = ["đa", "da", "an", "ăn", "ân", "bà", "bả", "bã", "bá", "bạ", "ba"]
    ordered = ["an", "ăn", "ân", "ba", "bà", "bả", "bã", "bá", "bạ", "da", "đa"]
    assert sorted(words, key=sort_key) == ordered


@given(st.text())
def test_search_key_holds_no_mark_no_capital_and_changes_no_more(text):
    key = search_key(text)
    assert search_key(key) == key == key.strip()
    assert key == search_key(unicodedata.normalize("NFD", text)) == search_key(unicodedata.normalize("NFC", text))
    assert not any(unicodedata.combining(char) for char in unicodedata.normalize("NFD", key))

"""Notes on a sheet: every code has its sentence."""

from outreach.exchange import notes


def test_every_code_has_a_sentence_and_only_codes_have():
    codes = {value for name, value in vars(notes).items() if name.isupper() and isinstance(value, str)}
    assert set(notes.SENTENCES) == codes


def test_note_is_split_into_what_it_was_made_of():
    for code in notes.SENTENCES:
        assert notes.split_note(notes.note(code)) == (code, "")
        assert notes.split_note(notes.note(code, "A: b, 3")) == (code, "A: b, 3")
    assert notes.split_note(notes.note(notes.ROWS_ABOVE, 0)) == (notes.ROWS_ABOVE, "0")

"""Every list that goes out comes back in: the same rows, in the same library or an empty one, in either language."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from outreach.i18n import use_language
from outreach.services.registers.catalogue import REGISTERS
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register
from tests.services.registers.rows import other_library
from tests.services.registers.values import ROWS, furnish

LANGUAGE = st.sampled_from(["vi", "en"])


@pytest.fixture
def libraries(session: Session) -> Iterator[tuple[Session, Session]]:
    """Two libraries of one transaction, each with its own bases, vehicles, units and sites of the same names."""
    with other_library(session) as other:
        furnish(session)
        furnish(other)
        yield session, other


def sheet_of(session: Session, register: Register, ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """Rows as an export writes them."""
    looks, records = Lookups(session), register.load(session, ids)
    with use_language(language):
        return {number: register.texts_of(records[number].values, looks) for number in ids}


@pytest.mark.parametrize("name", REGISTERS)
@given(data=st.data(), written=LANGUAGE, read=LANGUAGE)
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_list_that_goes_out_comes_back_the_same(libraries, name, data, written, read):
    ours, theirs = libraries
    register = REGISTERS[name]
    rows = data.draw(ROWS[name](ours))
    saved = [ours.begin_nested(), theirs.begin_nested()]
    try:
        ids = register.insert(ours, rows)
        kept = register.load(ours, ids)
        sheet = sheet_of(ours, register, ids, written)
        with use_language(read):
            looks = Lookups(ours)
            for number, texts in sheet.items():
                again = register.read(texts, looks, known=kept[number].values)
                assert (again.faults, again.values) == ([], kept[number].values)
                new = register.read(texts, looks)
                assert (new.faults, new.values) == ([], kept[number].values)
                assert register.keys(ours)[register.key_of(new.values)] == number
            looks = Lookups(theirs)
            readings = [register.read(texts, looks) for texts in sheet.values()]
            assert [reading.faults for reading in readings] == [[] for _ in readings]
            copies = register.insert(theirs, [reading.values for reading in readings])
        assert list(sheet_of(theirs, register, copies, written).values()) == list(sheet.values())
    finally:
        for point in reversed(saved):
            point.rollback()
        ours.expire_all()
        theirs.expire_all()


def test_every_register_has_its_rows_in_the_order_in_which_they_name_each_other():
    assert list(ROWS) == list(REGISTERS)

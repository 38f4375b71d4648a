"""Whatever stands in a sheet, each row of each register gets a verdict, and nothing is written by looking."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from outreach.services.intake.checking import Checker
from outreach.services.intake.columns import columns_of, guess, missing
from outreach.services.intake.verdicts import Verdict
from outreach.services.registers.catalogue import REGISTERS
from outreach.services.registers.lookups import Lookups
from tests.factories import make_base, make_site, make_unit, make_vehicle

PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
TEMPTING = st.sampled_from(
    ["", " ", "0", "-1", "1e999", "NaN", "12,25", "109,10", "12.25;109.10", "=1+1", "'", "31/02/2027", "2027-13-40",
     "05/03/2027", "05/03/2027-01/03/2027", "25:70", "07:30", "T2-T9", "T2-T6 10:30-07:30", "có", "<script>", "D1",
     "Trường tiểu học", "Nha Trang", "9" * 400, "Xe 1", "\u202e", "https://maps.app.goo.gl/x", "0,0"]
)  # fmt: skip
CELLS = st.one_of(TEMPTING, PLAIN)


@pytest.fixture
def furnished(session):
    """A library with something of the kinds that rows refer to."""
    base = make_base(session)
    make_site(session, base=base, code="D1", need=1, commune=make_unit(session))
    make_vehicle(session, base=base)
    return session


@pytest.mark.parametrize("name", REGISTERS)
def test_any_table_gets_a_verdict_for_each_row(furnished, name):
    register = REGISTERS[name]
    names = [field.name for field in register.fields]
    before = furnished.scalar(select(func.count(register.table.id)))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=4))
    def holds(rows):
        checker = Checker(register, dict(enumerate(names)), clear=False)
        numbered = list(enumerate(rows, start=2))
        checker.look(furnished, numbered)
        found = checker.check(furnished, numbered)
        assert {one.row for one in found} == {number for number, _ in numbered}
        for one in found:
            assert (one.verdict is Verdict.WRONG) == bool(one.faults)
            assert all(str(fault) for fault in one.faults)
            assert all(fault.field in names or fault.field == "" for fault in one.faults)

    holds()
    assert furnished.scalar(select(func.count(register.table.id))) == before


@pytest.mark.parametrize("name", REGISTERS)
def test_any_headings_give_a_guess_that_names_a_field_once(furnished, name):
    register = REGISTERS[name]
    looks = Lookups(furnished)
    known = [field.heading for field in register.fields] + [field.name for field in register.fields]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.one_of(st.sampled_from(known), PLAIN), min_size=1, max_size=8), st.data())
    def holds(headings, data):
        rows = data.draw(st.lists(st.lists(CELLS, min_size=len(headings), max_size=len(headings)), max_size=3))
        found = guess(register, columns_of(headings, rows), looks)
        assert set(found) <= set(range(len(headings)))
        assert len(set(found.values())) == len(found)
        assert {field.name for field in missing(register, found)}.isdisjoint(found.values())

    holds()


def test_a_serial_number_is_left_out_unless_it_is_what_the_field_is_called(session):
    """A request is numbered "Số thứ tự"; an STT beside a vehicle only counts lines."""
    looks = Lookups(session)
    rows = [["1", "x"], ["2", "y"]]
    assert guess(REGISTERS["requests"], columns_of(["Số thứ tự", "Lạ"], rows), looks) == {0: "number"}
    for name in ("vehicles", "requests", "sites"):
        assert 0 not in guess(REGISTERS[name], columns_of(["STT", "Lạ"], rows), looks)

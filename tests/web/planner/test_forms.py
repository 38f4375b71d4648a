"""Forms of registers: what a form shows is what it reads back, and a fault stands beside its row."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from outreach.domain.cells import DaysOff, ServiceHours
from outreach.domain.times import Period
from outreach.services.registers.catalogue import REGISTERS
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.sites import Sites
from outreach.web.planner import forms
from tests.factories import make_base, make_site, make_small_province

SITES = Sites()
A_DAY = st.dates(date(2000, 1, 1), date(2099, 12, 31))
HOURS = st.builds(
    lambda days, ends, term: ServiceHours(tuple(sorted(days)), min(ends) * 60, max(ends) * 60, term),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.integers(0, 24 * 60 - 1), min_size=2, max_size=2),
    st.sampled_from(["", "term", "summer"]),
)
REASON = st.text("abc xyz ố,-/().0123456789", max_size=30).map(lambda text: " ".join(text.split()))
OFF = st.builds(
    lambda days, reason: DaysOff(Period(min(days), max(days)), reason),
    st.tuples(A_DAY, A_DAY),
    REASON.map(lambda text: text.strip(" :,")),
)


def test_every_row_of_every_register_reads_back_from_its_form(session: Session):
    make_small_province(session)
    looks, seen = Lookups(session), 0
    for register in REGISTERS.values():
        for record in register.load(session).values():
            form = forms.form_of(register, record.values, looks)
            sent = forms.read_form(register, form)
            reading = register.read(sent.texts, looks, known=record.values)
            changed = {name: value for name, value in reading.values.items() if value != record.values[name]}
            assert (sent.faults, reading.faults, changed) == ({}, [], {}), register.name
            seen += 1
    assert seen > 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(hours=st.lists(HOURS, max_size=5), off=st.lists(OFF, max_size=4))
def test_rows_of_hours_and_days_off_read_back(session: Session, hours: list[ServiceHours], off: list[DaysOff]):
    looks = Lookups(session)
    values = {"windows": tuple(sorted(set(hours))), "blocked": tuple(off)}
    form = forms.form_of(SITES, SITES.defaults() | values, looks)
    form["windows.99.term"] = form["blocked.99.reason"] = ""  # the spare rows that every page shows
    sent = forms.read_form(SITES, form)
    assert sent.faults == {}
    assert (SITES.field("windows").value_of(sent.texts["windows"], looks) or ()) == values["windows"]
    read = SITES.field("blocked").value_of(sent.texts["blocked"], looks)
    assert set(read) == set(off)


def test_a_row_of_hours_says_what_it_lacks():
    form = MultiDict({
        "windows.0.start": "07:30", "windows.0.end": "10:30",
        "windows.1.days": "1", "windows.1.start": "09:00",
        "windows.2.days": "1", "windows.2.start": "16:30", "windows.2.end": "13:30",
        "windows.3.days": "1",
        "windows.4.days": "2", "windows.4.start": "730", "windows.4.end": "0930",
    })  # fmt: skip
    sent = forms.read_form(SITES, form)
    assert set(sent.faults) == {"windows.0", "windows.1", "windows.2"}
    assert sent.texts["windows"] == "T4 07:30-09:30"


def test_days_off_need_a_day_and_stand_in_order():
    form = MultiDict({
        "blocked.0.reason": "sửa sân",
        "blocked.1.first": "2027-05-10", "blocked.1.last": "2027-05-01",
        "blocked.2.first": "2027-05-10", "blocked.2.reason": "thi; chấm thi",
        "blocked.3.first": "mai",
    })  # fmt: skip
    sent = forms.read_form(SITES, form)
    assert set(sent.faults) == {"blocked.0", "blocked.1", "blocked.3"}
    assert sent.texts["blocked"] == "10/05/2027-10/05/2027 thi, chấm thi"


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "[" * 5000, '"x"'])
def test_a_lost_memory_of_what_was_seen_is_empty(text: str):
    assert forms.read_seen(text) == {}


def test_a_vehicle_without_a_weekday_is_refused_on_the_form():
    vehicles = REGISTERS["vehicles"]
    assert set(forms.read_form(vehicles, MultiDict({"weekdays": ""})).faults) == {"weekdays"}


def test_a_choice_that_is_offered_no_more_stays_on_the_form(session: Session):
    base = make_base(session)
    site = make_site(session, base=base)
    looks = Lookups(session)
    record = SITES.load(session, [site.id])[site.id]
    form = forms.form_of(SITES, record.values, looks)
    assert form["base_id"] == base.name
    assert form["kind"] == "school_primary"
    assert "active" in form

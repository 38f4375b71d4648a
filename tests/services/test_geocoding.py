"""The geocoder: off unless allowed, polite, and never worse than one sentence."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from outreach import __version__
from outreach.domain.errors import InvalidValue, NotAllowed, Unavailable
from outreach.domain.places import Coordinates
from outreach.domain.roles import Role
from outreach.services import careful_http, geocoding
from outreach.services.geocoding import FoundPlace, Question, ask_server, keep_answer, kept_answer, question_for
from outreach.settings import Settings
from tests.factories import make_actor, make_base
from tests.services.map_server import SCHOOLS, MapServer, map_server, place

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEXT = "Trường Tiểu học Vĩnh Thử, Xã Vĩnh Thử, Thử Nghiệm"


@pytest.fixture
def server() -> Iterator[MapServer]:
    with map_server() as state:
        yield state


@pytest.fixture
def allowed(server: MapServer, tmp_path: Path) -> Settings:
    """Settings with which the geocoder asks the test's own server."""
    return Settings(instance=str(tmp_path), geocoder="on", geocoder_url=server.address)


def ask(
    settings: Settings, text: str = TEXT, *, box: tuple[int, int, int, int] | None = None
) -> tuple[FoundPlace, ...]:
    return ask_server(settings, Question(settings.geocoder_url, text, box), wait=lambda _: None)


def refused(settings: Settings) -> str:
    with pytest.raises(Unavailable) as caught:
        ask(settings)
    return str(caught.value)


def test_it_is_off_unless_the_operator_turns_it_on(session: Session) -> None:
    assert not geocoding.is_on(Settings())
    with pytest.raises(Unavailable, match="OUTREACH_GEOCODER=on"):
        question_for(session, make_actor(session), Settings(), name="Trường A", commune="Xã B")


def test_only_who_edits_registers_may_ask(session: Session, allowed: Settings) -> None:
    with pytest.raises(NotAllowed):
        question_for(session, make_actor(session, Role.DRIVER), allowed, name="Trường A", commune="Xã B")


def test_a_question_names_site_commune_and_province_and_prefers_the_bases(session: Session, allowed: Settings) -> None:
    make_base(session, at=(12.2451, 109.1943))
    make_base(session, at=(11.92, 109.16))
    asked = question_for(session, make_actor(session), allowed, name="  Trường \n A ", commune="Xã B")
    assert asked.text == "Trường A, Xã B, Thử Nghiệm"
    assert asked.box == (108, 10, 111, 14)


def test_a_question_needs_a_name(session: Session, allowed: Settings) -> None:
    with pytest.raises(InvalidValue, match="tên điểm"):
        question_for(session, make_actor(session), allowed, name=" ", commune="Xã B")


def test_places_come_with_their_names_and_points(server: MapServer, allowed: Settings) -> None:
    found = ask(allowed, box=(108, 10, 111, 14))
    assert [place.name for place in found] == [school["display_name"] for school in SCHOOLS]
    assert found[0].at == Coordinates(lat=12.2671234, lon=109.1012345)
    (asked,) = server.asked
    assert (asked["q"], asked["limit"], asked["viewbox"]) == (TEXT, "5", "108.0,10.0,111.0,14.0")
    assert server.agents == [f"outreach/{__version__}"]


def test_at_most_five_places_are_taken_and_broken_ones_left_out(server: MapServer, allowed: Settings) -> None:
    wrong = [
        place(9, "", "12.1", "109.1"),
        {"display_name": "Không có điểm"},
    ]
    server.says(wrong + [place(n, f"Nơi {n}", f"12.{n}", "109.1") for n in range(1, 9)])
    assert [found.name for found in ask(allowed)] == ["Nơi 1", "Nơi 2", "Nơi 3"]


def test_nothing_found_is_an_answer(server: MapServer, allowed: Settings) -> None:
    server.says([])
    assert ask(allowed) == ()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"{not json", "không trả lời được"),
        (200, b"\xff\xfe", "không trả lời được"),
        (200, b"[" * 100_000, "không trả lời được"),
        (200, b'["text"]', "không trả lời được"),
        (200, b'{"error": "Query failed"}', "không trả lời được"),
        (200, b'[{"lat": "north", "lon": "east", "display_name": "A"}]', "không trả lời được"),
        (200, b" " * (careful_http.LARGEST + 1), "không trả lời được"),
        (403, b"blocked", "không trả lời được"),
        (429, b"slow down", "quá nhiều yêu cầu"),
        (500, b"oops", "không trả lời được"),
        (503, b"", "không trả lời"),
    ],
)
def test_a_server_in_trouble_is_one_sentence(
    server: MapServer, allowed: Settings, status: int, body: bytes, said: str
) -> None:
    server.status, server.body = status, body
    assert said in refused(allowed)


def test_a_redirect_is_not_followed(server: MapServer, allowed: Settings) -> None:
    server.status, server.headers = 302, {"Location": f"{server.address}/elsewhere"}
    assert "không trả lời được" in refused(allowed)
    assert len(server.asked) == 1


@pytest.mark.parametrize("way", ["hangs", "drips"])
def test_a_slow_server_is_left(server: MapServer, allowed: Settings, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(geocoding, "TIMEOUT_S", 0.3)
    setattr(server, way, True)
    assert "không trả lời kịp" in refused(allowed)


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with map_server() as gone:
        address = gone.address
    settings = Settings(instance=str(tmp_path), geocoder="on", geocoder_url=address)
    assert "không trả lời được" in refused(settings)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "ftp://example.org", "nominatim.example.org", "https://", "http://a:b@c.d", "http://["],
)
def test_an_address_that_cannot_be_right_is_named_as_the_setting(allowed: Settings, address: str) -> None:
    said = refused(replace(allowed, geocoder_url=address))
    assert "OUTREACH_GEOCODER_URL" in said


def test_a_server_may_live_below_a_path(server: MapServer, allowed: Settings) -> None:
    assert ask(replace(allowed, geocoder_url=f"{server.address}/nominatim/")) != ()


def test_turns_are_kept_between_questions(server: MapServer, allowed: Settings) -> None:
    waits: list[float] = []
    for _ in range(2):
        ask_server(allowed, Question(allowed.geocoder_url, TEXT, None), wait=waits.append)
    assert waits[0] == 0
    assert 0 < waits[1] <= geocoding.EVERY_S


def test_an_answer_is_kept_and_asked_again_after_ninety_days(both_session: Session) -> None:
    asked = Question("https://nominatim.example.org", TEXT, (108, 10, 111, 14))
    assert kept_answer(both_session, asked, now=NOW) is None
    places = (FoundPlace("Trường A", Coordinates(lat=12.25, lon=109.1)),)
    keep_answer(both_session, asked, places, now=NOW)
    assert kept_answer(both_session, asked, now=NOW + timedelta(days=89)) == places
    assert kept_answer(both_session, replace(asked, text=TEXT.upper()), now=NOW) == places
    assert kept_answer(both_session, replace(asked, server="https://other.example.org"), now=NOW) is None
    assert kept_answer(both_session, asked, now=NOW + timedelta(days=91)) is None
    keep_answer(both_session, asked, (), now=NOW + timedelta(days=91))
    assert kept_answer(both_session, asked, now=NOW + timedelta(days=92)) == ()


def test_the_longest_question_still_has_a_key_of_its_own(session: Session, allowed: Settings) -> None:
    asked = question_for(session, make_actor(session), allowed, name="Trường " * 100, commune="Xã B")
    assert len(asked.text) <= geocoding.LONGEST
    assert len(asked.key) <= 400
    assert re.match(r"http://127", asked.key)

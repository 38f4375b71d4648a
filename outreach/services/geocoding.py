"""One site's place asked of a Nominatim server: only on a click, each question once, never faster than its rules."""

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from geopy.exc import GeocoderRateLimited, GeocoderTimedOut, GeopyError
from geopy.geocoders import Nominatim
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach import __version__
from outreach.domain.errors import InvalidValue, Unavailable
from outreach.domain.places import Coordinates
from outreach.domain.roles import Actor, Right, require
from outreach.services.careful_http import CarefulAdapter
from outreach.services.turns import take_turn
from outreach.settings import Settings
from outreach.store.fleet import Base
from outreach.store.geocodes import GeocodeAnswer
from outreach.store.organisations import Organisation

log = logging.getLogger("outreach.geocoding")

USER_AGENT = f"outreach/{__version__}"
TIMEOUT_S = 5.0
EVERY_S = 1.1  # the public server's rule is one a second for all users of an installation together
PATIENCE_S = 4.0  # three people ahead
MOST = 5
KEPT_FOR = timedelta(days=90)  # the map grows: an older answer is asked for again
AROUND_DEGREES = 1.0  # round the bases: places there come first
LONGEST = 300  # letters of a question; the column holds server, box and text
CREDIT = "© những người đóng góp OpenStreetMap"


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place as the server names it."""

    name: str
    at: Coordinates


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of which server; answers in the box (west, south, east, north) are wanted first."""

    server: str
    text: str
    box: tuple[int, int, int, int] | None

    @property
    def key(self) -> str:
        """By what its answer is kept."""
        box = ",".join(map(str, self.box)) if self.box else "-"
        return f"{self.server} {box} {self.text.casefold()}"[:400]


def is_on(settings: Settings) -> bool:
    """Whether the operator allows asking."""
    return settings.geocoder == "on"


def question_for(session: Session, actor: Actor, settings: Settings, *, name: str, commune: str) -> Question:
    """The question for a site; raises Unavailable when asking is off, InvalidValue without a name."""
    require(actor, Right.EDIT_REGISTERS)
    if not is_on(settings):
        raise Unavailable(
            "Tìm theo tên đang tắt, vì tên điểm sẽ được gửi tới một máy chủ bản đồ bên ngoài. Người quản trị bật bằng "
            "OUTREACH_GEOCODER=on. Bạn vẫn có thể chấm trên bản đồ hoặc dán tọa độ."
        )
    if not name.strip():
        raise InvalidValue("Nhập tên điểm trước, rồi tìm.", field="name", value=name)
    library = session.get(Organisation, session.info["organisation_id"])
    parts = (name, commune, library.place_name if library else "")
    text = ", ".join(dict.fromkeys(part for part in (" ".join(part.split()) for part in parts) if part))
    bases = session.execute(select(Base.lat, Base.lon).where(Base.active.is_(True))).all()
    return Question(
        settings.geocoder_url.rstrip("/"), text[:LONGEST], _box_around([(row.lat, row.lon) for row in bases])
    )


def _box_around(points: Sequence[tuple[float, float]]) -> tuple[int, int, int, int] | None:
    """Whole degrees, so that a base that moves down the street does not make every kept answer unknown."""
    if not points:
        return None
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    return (
        max(-180, math.floor(min(lons) - AROUND_DEGREES)),
        max(-90, math.floor(min(lats) - AROUND_DEGREES)),
        min(180, math.ceil(max(lons) + AROUND_DEGREES)),
        min(90, math.ceil(max(lats) + AROUND_DEGREES)),
    )


def kept_answer(session: Session, question: Question, *, now: datetime) -> tuple[FoundPlace, ...] | None:
    """What the server said of this question earlier; None when it has to be asked."""
    row = session.scalars(select(GeocodeAnswer).where(GeocodeAnswer.query == question.key)).first()
    if row is None or now - row.asked_at > KEPT_FOR:
        return None
    return tuple(FoundPlace(place["name"], Coordinates(lat=place["lat"], lon=place["lon"])) for place in row.places)


def keep_answer(session: Session, question: Question, places: Sequence[FoundPlace], *, now: datetime) -> None:
    """Keep an answer for all libraries of the installation; it is no change of theirs and stands in no log."""
    said = [{"name": place.name, "lat": place.at.lat, "lon": place.at.lon} for place in places]
    row = session.scalars(select(GeocodeAnswer).where(GeocodeAnswer.query == question.key)).first()
    if row is not None:
        row.places, row.asked_at = said, now
        session.flush()
        return
    try:
        with session.begin_nested():
            session.add(GeocodeAnswer(query=question.key, places=said, asked_at=now))
    except IntegrityError:
        pass  # somebody else asked the same at the same moment


def ask_server(
    settings: Settings, question: Question, *, wait: Callable[[float], None] = time.sleep
) -> tuple[FoundPlace, ...]:
    """Ask the server, at most five places; call it while no transaction is open, as it may take seconds.

    Raises Unavailable with a sentence for whatever goes wrong.
    """
    server = _server(question.server)
    wait(
        take_turn(settings.instance_folder / "geocoder.turn", every_s=EVERY_S, patience_s=PATIENCE_S, now_s=time.time())
    )
    box = None
    if question.box:
        west, south, east, north = question.box
        box = [(south, west), (north, east)]
    try:
        found = server.geocode(question.text, exactly_one=False, limit=MOST, viewbox=box, language="vi")
    except GeocoderRateLimited as error:
        raise Unavailable("Máy chủ bản đồ đang từ chối vì có quá nhiều yêu cầu. Xin thử lại sau vài phút.") from error
    except GeocoderTimedOut as error:
        raise Unavailable("Máy chủ bản đồ không trả lời kịp. Xin thử lại.") from error
    except (GeopyError, ValueError, TypeError, AttributeError) as error:
        log.warning("%s: %s", question.server, error)
        raise Unavailable("Máy chủ bản đồ không trả lời được. Xin thử lại sau, hoặc chấm trên bản đồ.") from error
    return _places(found or ())


def _server(address: str) -> Nominatim:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.username and not parts.query
    except ValueError:
        usable = False
    if not usable:
        raise Unavailable(
            "OUTREACH_GEOCODER_URL phải là địa chỉ http hoặc https của một máy chủ Nominatim, ví dụ {example}.",
            example="https://nominatim.openstreetmap.org",
        )
    return Nominatim(
        scheme=parts.scheme,
        domain=f"{parts.netloc}{parts.path}",
        user_agent=USER_AGENT,
        timeout=TIMEOUT_S,
        adapter_factory=CarefulAdapter,
    )


def _places(found: Sequence[object]) -> tuple[FoundPlace, ...]:
    """What can be shown of an answer: a place with a name and a point on the globe."""
    places = []
    for location in list(found)[:MOST]:
        name = str(getattr(location, "address", "") or "").strip()
        lat, lon = getattr(location, "latitude", None), getattr(location, "longitude", None)
        if not name or not isinstance(lat, float) or not isinstance(lon, float):
            continue
        if abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0):  # 0, 0 is geopy's word for no point
            places.append(FoundPlace(name[:300], Coordinates(lat=lat, lon=lon)))
    return tuple(dict.fromkeys(places))

"""Answers of the geocoder, kept so that the same place is never asked for twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.store.base import Table, UtcDateTime, utc_now


class GeocodeAnswer(Table):
    """What one server said of one query; `places` is a list of {"name", "lat", "lon"}. Common to all libraries."""

    __tablename__ = "geocode_answer"

    query: Mapped[str] = mapped_column(String(400), unique=True)  # server and text
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

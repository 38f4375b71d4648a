"""The public timetable: published visits only."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, g, render_template, request

from outreach.domain.names import first_letter, proper_part, sort_key
from outreach.domain.sheets import TimetableEntry
from outreach.services import timetable
from outreach.web.auth import public
from outreach.web.clock import today
from outreach.web.library import library_in_view

desk = Blueprint("timetable", __name__)

FIRST = 8
MOST = 400


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """A commune in the index: its next visit and how many are coming."""

    name: str
    next_visit: date
    visits: int


def commune_index(entries: tuple[TimetableEntry, ...]) -> dict[str, list[CommuneLine]]:
    """Communes with coming visits under their letter, in dictionary order; `entries` are in order of time."""
    coming: dict[str, list[date]] = {}
    for entry in entries:
        if entry.commune:
            coming.setdefault(entry.commune, []).append(entry.day)
    index: dict[str, list[CommuneLine]] = {}
    for name in sorted(coming, key=lambda commune: sort_key(proper_part(commune))):
        line = CommuneLine(name, coming[name][0], len(coming[name]))
        index.setdefault(first_letter(proper_part(name)), []).append(line)
    return index


@desk.get("/lich")
@public
def show() -> str:
    """The next visits, or those at the places a reader looks for."""
    search = " ".join(request.args.get("q", "").split())[:100]
    found: tuple[TimetableEntry, ...] = ()
    if library_in_view() is not None:
        found = timetable.published_visits(g.session, search=search, today=today(), limit=MOST)
    all_of_them = request.args.get("all") == "1" or bool(search)
    part = request.headers.get("HX-Target") == "results"
    return render_template(
        "timetable/results.html" if part else "timetable/timetable.html",
        entries=found if all_of_them else found[:FIRST],
        more=not all_of_them and len(found) > FIRST,
        todays=() if search else tuple(entry for entry in found if entry.day == today()),
        index={} if search else commune_index(found),
        search=search,
        today=today(),
    )

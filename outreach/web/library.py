"""The library whose page this is: the reader's own, else the one the public sees."""

from flask import g

from outreach.services import organisations, timetable
from outreach.services.organisations import Library
from outreach.web.session import house


def library_in_view() -> Library | None:
    """The library of this page, or None on a server that is not set up; sets whose rows `g.session` reads."""
    if "library" not in g:
        g.library = None
        with house().session(everywhere=True, write=False) as everywhere:
            number = g.actor.organisation_id if g.actor else timetable.library_of_the_public(everywhere)
            if number is not None:
                g.library = organisations.library(everywhere, number)
        g.organisation_id = number
    found: Library | None = g.library
    return found

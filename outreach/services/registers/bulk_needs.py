"""One need each for many sites: all primary schools of these communes ask for one visit of 150 minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from outreach.domain.cells import write_day
from outreach.domain.places import SiteKind
from outreach.domain.roles import Actor, require
from outreach.domain.words import word_of
from outreach.i18n import use_language
from outreach.services import audit
from outreach.services.registers.editing import RefusedRecord
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.needs import Needs, coming_half_year
from outreach.services.registers.register import Values, chunks
from outreach.services.sites import months_before
from outreach.services.visit_counts import counted
from outreach.store.sites import Need, Site
from outreach.store.visits import VisitRecord

NEEDS = Needs()
IDENTITY = ("service", "first_day", "last_day")  # with the site: by these a need is the same one
ASKED = ("quota", "minutes", "min_gap_days", "max_gap_days", "priority")
SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which sites in use: each set narrows, an empty one does not."""

    kinds: frozenset[SiteKind] = frozenset()
    commune_ids: frozenset[int] = frozenset()
    former_unit_ids: frozenset[int] = frozenset()
    base_ids: frozenset[int] = frozenset()
    not_visited_months: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A site that fits, and what it asks for already on these very days."""

    id: int
    code: str
    name: str
    need_id: int | None
    changes: Values  # what its need would have to change


@dataclass(frozen=True, slots=True)
class Preview:
    """What asking for many would do; a need that is there already is changed or left, as the person chooses."""

    sites: int
    new: int
    same: int  # ask for just this already
    other: int  # have such a need with other numbers
    overlapping: int  # ask for the service on other days that overlap; these needs stay beside the new ones
    names: tuple[str, ...]  # of the first sites


@dataclass(frozen=True, slots=True)
class Done:
    """What was written."""

    added: int
    changed: int
    left: int


def read_terms(session: Session, texts: Mapping[str, str]) -> Values:
    """What is asked for, from the texts of a form: days, service, visits, minutes, gaps, priority.

    Days that are left out are those of the coming half-year. Raises RefusedRecord with every fault.
    """
    first, last = coming_half_year(session)
    silent = not texts.get("first_day", "").strip() and not texts.get("last_day", "").strip()
    known = {**NEEDS.defaults(), "first_day": first, "last_day": last} if silent else NEEDS.defaults()
    names = [name for name in (*IDENTITY, *ASKED) if not (silent and name in ("first_day", "last_day"))]
    sent = {name: texts[name] for name in names if name in texts}
    reading = NEEDS.read(sent, Lookups(session), known=known)
    if reading.faults:
        raise RefusedRecord(reading)
    return {name: {**known, **reading.values}[name] for name in (*IDENTITY, *ASKED)}


def preview_needs(session: Session, actor: Actor, choice: Choice, terms: Values, *, today: date) -> Preview:
    """How many sites fit, and how many have such a need already."""
    require(actor, NEEDS.write_right)
    chosen = _chosen(session, choice, terms, today=today)
    there = [one for one in chosen if one.need_id is not None]
    return Preview(
        sites=len(chosen),
        new=len(chosen) - len(there),
        same=sum(not one.changes for one in there),
        other=sum(bool(one.changes) for one in there),
        overlapping=_overlapping(session, chosen, terms),
        names=tuple(one.name for one in chosen[:SHOWN]),
    )


def give_needs(session: Session, actor: Actor, choice: Choice, terms: Values, *, change: bool, today: date) -> Done:
    """Give each site that fits such a need; those that have one are changed, or left as they are.

    Doing it again does nothing. One line of the log tells it all.
    """
    require(actor, NEEDS.write_right)
    chosen = _chosen(session, choice, terms, today=today)
    new = [{**NEEDS.defaults(), **terms, "site_id": one.id} for one in chosen if one.need_id is None]
    changed = [(one.need_id, one.changes) for one in chosen if change and one.need_id is not None and one.changes]
    for rows in chunks(new):
        NEEDS.insert(session, rows)
    for changes in chunks(changed):
        NEEDS.update(session, changes)
    session.expire_all()
    if new or changed:
        _log(session, actor, terms, added=len(new), changed=len(changed))
    return Done(len(new), len(changed), len(chosen) - len(new) - len(changed))


def _sites(choice: Choice, today: date) -> Select[int, str, str]:
    wanted = select(Site.id, Site.code, Site.name).where(Site.active.is_(True)).order_by(Site.sort_key, Site.code)
    for column, among in (
        (Site.kind, choice.kinds),
        (Site.admin_unit_id, choice.commune_ids),
        (Site.former_unit_id, choice.former_unit_ids),
        (Site.base_id, choice.base_ids),
    ):
        if among:
            wanted = wanted.where(column.in_(among))
    if choice.not_visited_months is not None:
        since = months_before(today, choice.not_visited_months)
        lately = VisitRecord.day.between(since, today)
        wanted = wanted.where(Site.id.not_in(select(VisitRecord.site_id).where(lately, *counted())))
    return wanted


def _chosen(session: Session, choice: Choice, terms: Values, *, today: date) -> list[Chosen]:
    sites = session.execute(_sites(choice, today)).all()
    asked = [getattr(Need, name) for name in ASKED]
    same = select(Need.site_id, Need.id, *asked).where(*(getattr(Need, name) == terms[name] for name in IDENTITY))
    there = {row[0]: row for row in session.execute(same.order_by(Need.id.desc()))}
    found = []
    for site_id, code, name in sites:
        row = there.get(site_id)
        now = dict(zip(ASKED, row[2:], strict=True)) if row is not None else {}
        changes = {name: terms[name] for name, value in now.items() if value != terms[name]}
        found.append(Chosen(site_id, code, name, row[1] if row is not None else None, changes))
    return found


def _overlapping(session: Session, chosen: list[Chosen], terms: Values) -> int:
    new = {one.id for one in chosen if one.need_id is None}
    other = select(Need.site_id).where(
        Need.service == terms["service"], Need.first_day <= terms["last_day"], Need.last_day >= terms["first_day"]
    )
    return len(new & set(session.scalars(other)))


def _log(session: Session, actor: Actor, terms: Values, *, added: int, changed: int) -> None:
    with use_language("vi"):
        texts = NEEDS.texts_of({**NEEDS.defaults(), **terms}, Lookups(session))
    days = f"{write_day(terms['first_day'])} - {write_day(terms['last_day'])}"
    changes: dict[str, list[Any]] = {name: [None, texts[name]] for name in (*IDENTITY, *ASKED) if texts[name]}
    changes |= {name: [None, count] for name, count in (("new", added), ("changed", changed)) if count}
    audit.record(session, actor, "bulk-needs", NEEDS.name, None, f"{word_of(terms['service'])} {days}", changes)

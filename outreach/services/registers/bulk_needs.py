"""One need each for many sites: all primary schools of these communes ask for one visit of 150 minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from outreach.domain.cells import write_day
from outreach.domain.errors import StaleEdit
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
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Need, Site
from outreach.store.visits import VisitRecord

NEEDS = Needs()
IDENTITY = ("service", "first_day", "last_day")  # with the site: by these a need is the same one
ASKED = ("quota", "minutes", "min_gap_days", "max_gap_days", "priority")
Unit, Former = aliased(AdminUnit), aliased(AdminUnit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which sites in use, by names of communes and former districts; each set narrows, an empty one does not."""

    kinds: frozenset[SiteKind] = frozenset()
    communes: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    base_ids: frozenset[int] = frozenset()
    not_visited_months: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A site that fits, and what it asks for already on these very days."""

    id: int
    code: str
    name: str
    commune: str
    last_visit: date | None
    need_id: int | None
    changes: Values  # what its need would have to change


@dataclass(frozen=True, slots=True)
class Preview:
    """What asking for many would do."""

    new: tuple[Chosen, ...]  # get a need
    other: tuple[Chosen, ...]  # have one for these very days with other numbers: it is changed or left, as one chooses
    same: tuple[Chosen, ...]  # ask for just this already
    overlapping: tuple[Chosen, ...]  # ask for the service on days that overlap: left, or the site would ask twice

    @property
    def token(self) -> str:
        """What was looked at, so that nothing else is written."""
        seen = repr([[one.id for one in part] for part in (self.new, self.other)])
        return sha256(seen.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Done:
    """What was written."""

    added: int
    changed: int


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


def choices(session: Session) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Communes and former districts in which there are sites in use."""
    asked = (
        select(unit.name).join(Site, column == unit.id).where(Site.active.is_(True)).distinct().order_by(unit.name)
        for unit, column in ((Unit, Site.admin_unit_id), (Former, Site.former_unit_id))
    )
    communes, districts = (tuple(session.scalars(one)) for one in asked)
    return communes, districts


def preview_needs(session: Session, actor: Actor, choice: Choice, terms: Values, *, today: date) -> Preview:
    """The sites that fit, parted by whether they have such a need already."""
    require(actor, NEEDS.write_right)
    chosen = _chosen(session, choice, terms, today=today)
    overlapping = _overlapping(session, terms)
    return Preview(
        new=tuple(one for one in chosen if one.need_id is None and one.id not in overlapping),
        other=tuple(one for one in chosen if one.changes),
        same=tuple(one for one in chosen if one.need_id is not None and not one.changes),
        overlapping=tuple(one for one in chosen if one.need_id is None and one.id in overlapping),
    )


def give_needs(
    session: Session,
    actor: Actor,
    choice: Choice,
    terms: Values,
    *,
    change: bool,
    today: date,
    token: str | None = None,
) -> Done:
    """Give each site that fits such a need; those that have one are changed, or left as they are.

    Doing it again does nothing. One line of the log tells it all. Raises StaleEdit when sites or needs changed
    since the preview with this `token`.
    """
    found = preview_needs(session, actor, choice, terms, today=today)
    if token is not None and token != found.token:
        raise StaleEdit("Danh sách điểm vừa thay đổi. Xin xem lại rồi bấm thêm lần nữa.")
    new = [{**NEEDS.defaults(), **terms, "site_id": one.id} for one in found.new]
    changed = [(one.need_id, one.changes) for one in found.other if change and one.need_id is not None]
    for rows in chunks(new):
        NEEDS.insert(session, rows)
    for changes in chunks(changed):
        NEEDS.update(session, changes)
    session.expire_all()
    if new or changed:
        _log(session, actor, terms, added=len(new), changed=len(changed))
    return Done(len(new), len(changed))


def _sites(choice: Choice, today: date) -> Select[int, str, str, str, date]:
    last = (
        select(VisitRecord.site_id, func.max(VisitRecord.day).label("day"))
        .where(VisitRecord.day <= today, *counted())
        .group_by(VisitRecord.site_id)
        .subquery()
    )
    wanted = (
        select(Site.id, Site.code, Site.name, Unit.name, last.c.day)
        .outerjoin(Unit, Unit.id == Site.admin_unit_id)
        .outerjoin(Former, Former.id == Site.former_unit_id)
        .outerjoin(last, last.c.site_id == Site.id)
        .where(Site.active.is_(True))
        .order_by(Site.sort_key, Site.code)
    )
    among: tuple[tuple[Any, frozenset[Any]], ...] = (
        (Site.kind, choice.kinds),
        (Unit.name, choice.communes),
        (Former.name, choice.districts),
        (Site.base_id, choice.base_ids),
    )
    for column, names in among:
        if names:
            wanted = wanted.where(column.in_(names))
    if choice.not_visited_months is not None:
        since = months_before(today, choice.not_visited_months)
        wanted = wanted.where(or_(last.c.day.is_(None), last.c.day < since))
    return wanted


def _chosen(session: Session, choice: Choice, terms: Values, *, today: date) -> list[Chosen]:
    asked = [getattr(Need, name) for name in ASKED]
    same = select(Need.site_id, Need.id, *asked).where(*(getattr(Need, name) == terms[name] for name in IDENTITY))
    there = {row[0]: row for row in session.execute(same.order_by(Need.id.desc()))}
    found = []
    for site_id, code, name, commune, last_visit in session.execute(_sites(choice, today)):
        row = there.get(site_id)
        now = dict(zip(ASKED, row[2:], strict=True)) if row is not None else {}
        changes = {word: terms[word] for word, value in now.items() if value != terms[word]}
        need_id = row[1] if row is not None else None
        found.append(Chosen(site_id, code, name, commune or "", last_visit, need_id, changes))
    return found


def _overlapping(session: Session, terms: Values) -> set[int]:
    """Sites that ask for the service on some of these days."""
    asked = select(Need.site_id).where(
        Need.service == terms["service"], Need.first_day <= terms["last_day"], Need.last_day >= terms["first_day"]
    )
    return set(session.scalars(asked))


def _log(session: Session, actor: Actor, terms: Values, *, added: int, changed: int) -> None:
    with use_language("vi"):
        texts = NEEDS.texts_of({**NEEDS.defaults(), **terms}, Lookups(session))
    days = f"{write_day(terms['first_day'])} - {write_day(terms['last_day'])}"
    changes: dict[str, list[Any]] = {name: [None, texts[name]] for name in (*IDENTITY, *ASKED) if texts[name]}
    changes |= {name: [None, count] for name, count in (("new", added), ("changed", changed)) if count}
    audit.record(session, actor, "bulk-needs", NEEDS.name, None, f"{word_of(terms['service'])} {days}", changes)

"""Needs for many sites at once: "all primary schools of these communes: one visit of 150 minutes"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from outreach.domain.errors import InvalidValue
from outreach.domain.places import SiteKind
from outreach.domain.roles import Actor, Right, require
from outreach.domain.visits import VisitOutcome
from outreach.i18n import translate
from outreach.services import audit
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.needs import Needs
from outreach.services.registers.register import Reading, Values
from outreach.services.sites import months_before
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Need, Site
from outreach.store.visits import VisitRecord

SERVED = (VisitOutcome.DONE, VisitOutcome.PART)
Unit, Former = aliased(AdminUnit), aliased(AdminUnit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which sites are meant; what is empty narrows nothing."""

    kinds: tuple[SiteKind, ...] = ()
    communes: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    base_id: int | None = None
    not_visited_months: int | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """A site that fits, with the needs of this service and these days that it has already."""

    id: int
    code: str
    name: str
    commune: str
    last_visit: date | None
    there: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What adding would do: sites that get a need, and sites that have one already and are left alone."""

    new: tuple[Picked, ...]
    there: tuple[Picked, ...]
    values: Values


def read_wish(session: Session, texts: Mapping[str, str]) -> Reading:
    """The need each site would get; faults as a single need would have them, apart from the site's own."""
    register, looks = Needs(), Lookups(session)
    code = next(iter(looks.site_codes.values()), "")
    reading = register.read({**texts, "site_id": code}, looks)
    reading.values.pop("site_id", None)
    reading.faults[:] = [fault for fault in reading.faults if fault.field != "site_id"]
    return reading


def choices(session: Session) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Communes and former districts in which there are active sites."""
    communes = select(Unit.name).join(Site, Site.admin_unit_id == Unit.id).where(Site.active.is_(True)).distinct()
    districts = select(Former.name).join(Site, Site.former_unit_id == Former.id).where(Site.active.is_(True)).distinct()
    return tuple(session.scalars(communes)), tuple(session.scalars(districts))


def preview(session: Session, which: Which, values: Values, *, today: date) -> Preview:
    """The sites that fit, parted by whether they have such a need already."""
    picked = _picked(session, which, values, today)
    return Preview(tuple(one for one in picked if not one.there), tuple(one for one in picked if one.there), values)


def _picked(session: Session, which: Which, values: Values, today: date) -> list[Picked]:
    served = (
        select(VisitRecord.site_id, func.max(VisitRecord.day).label("day"))
        .where(VisitRecord.checked.is_(True), VisitRecord.outcome.in_(SERVED), VisitRecord.day <= today)
        .group_by(VisitRecord.site_id)
        .subquery()
    )
    wanted: Any = (
        select(Site.id, Site.code, Site.name, Unit.name, served.c.day)
        .outerjoin(Unit, Unit.id == Site.admin_unit_id)
        .outerjoin(Former, Former.id == Site.former_unit_id)
        .outerjoin(served, served.c.site_id == Site.id)
        .where(Site.active.is_(True))
        .order_by(Site.sort_key, Site.id)
    )
    if which.kinds:
        wanted = wanted.where(Site.kind.in_(which.kinds))
    if which.communes:
        wanted = wanted.where(Unit.name.in_(which.communes))
    if which.districts:
        wanted = wanted.where(Former.name.in_(which.districts))
    if which.base_id is not None:
        wanted = wanted.where(Site.base_id == which.base_id)
    if which.not_visited_months is not None:
        first = months_before(today, which.not_visited_months)
        wanted = wanted.where((served.c.day.is_(None)) | (served.c.day < first))
    there = _there(session, values)
    return [
        Picked(number, code, name, commune or "", last, there.get(number, 0))
        for number, code, name, commune, last in session.execute(wanted)
    ]


def _there(session: Session, values: Values) -> dict[int, int]:
    """How many needs of this service touch these days, by site."""
    same = select(Need.site_id, func.count(Need.id)).where(
        Need.service == values["service"],
        Need.first_day <= values["last_day"],
        Need.last_day >= values["first_day"],
    )
    return dict(iter(session.execute(same.group_by(Need.site_id))))


def add_needs(session: Session, actor: Actor, which: Which, texts: Mapping[str, str], *, today: date,
              expected: Sequence[int]) -> int:  # fmt: skip
    """Add the need to the `expected` sites, those of the preview that a person looked at; returns how many.

    Raises InvalidValue when the sites that fit are no longer those: somebody changed sites or needs meanwhile.
    """
    require(actor, Right.EDIT_REGISTERS)
    reading = read_wish(session, texts)
    if reading.faults:
        raise reading.faults[0]
    found = preview(session, which, reading.values, today=today)
    if [one.id for one in found.new] != list(expected):
        raise InvalidValue("Danh sách điểm vừa thay đổi. Xin xem lại rồi bấm thêm lần nữa.", field="")
    register = Needs()
    rows = [{**register.defaults(), **reading.values, "site_id": one.id} for one in found.new]
    register.insert(session, rows)
    if rows:
        texts_kept = register.texts_of(rows[0], Lookups(session))
        shown = {name: [None, text] for name, text in texts_kept.items() if text and name != "site_id"}
        name = translate("{count} điểm", count=len(rows))
        audit.record(session, actor, "add-needs", "needs", None, name, shown)
    return len(rows)

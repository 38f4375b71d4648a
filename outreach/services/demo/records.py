"""The figures of the demo's past visits, within the ranges of real reports, and what went wrong."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from outreach.domain.places import SiteKind
from outreach.domain.times import HalfDay, HalfYear
from outreach.domain.visits import CancelReason, ServiceKind, VisitOutcome
from outreach.services.demo.fleet import Fleet, bases
from outreach.services.demo.frame import Frame
from outreach.services.demo.history import PastVisit, distance_km, drives, growth, is_open, past_visits
from outreach.services.demo.sites import generator
from outreach.store.visits import VisitRecord

TROUBLE_EVERY = 15  # one visit in fifteen cancelled or moved: 6.7 %
SCHOOL_READERS = (250, 650)
SCHOOL_ITEMS = (350, 900)
OTHER_RANGE = (40, 200)
ROAD_FACTOR = 1.4

_REASONS: dict[CancelReason, str] = {
    CancelReason.RAIN: "Mưa lớn, trường cho học sinh nghỉ.",
    CancelReason.ROAD: "Đường sạt lở, xe không vào được.",
    CancelReason.EXAM: "Trùng lịch kiểm tra của trường.",
    CancelReason.VEHICLE: "Xe hỏng máy phát điện.",
    CancelReason.CREW: "Thiếu thủ thư.",
    CancelReason.HOST: "Đơn vị xin hoãn.",
}
_RAINY_MONTHS = (9, 10, 11, 12)


def add_records(
    session: Session, organisation_id: int, frame: Frame, *, fleet: Fleet, site_ids: dict[str, int]
) -> dict[str, date]:
    """Write the recorded visits; returns the last day each site was served, by code."""
    rows: list[dict[str, Any]] = []
    last: dict[str, date] = {}
    for half_year, passed in frame.behind:
        for visit, row in _half_year_records(frame, half_year):
            if visit.day > passed.last:
                continue
            owner = {"organisation_id": organisation_id, "site_id": site_ids[visit.facts.code]}
            rows.append(row | owner | {"vehicle_id": fleet.vehicle_ids[visit.bus]})
            if row["outcome"] is VisitOutcome.DONE:
                last[visit.facts.code] = max(visit.day, last.get(visit.facts.code, visit.day))
    session.execute(insert(VisitRecord), rows)
    return last


def _half_year_records(frame: Frame, half_year: HalfYear) -> Iterator[tuple[PastVisit, dict[str, Any]]]:
    visits = past_visits(frame, half_year)
    taken = {(visit.bus, visit.day) for visit in visits}
    scale = growth(frame, half_year)
    for number, visit in enumerate(visits):
        random = generator("record", half_year.year, half_year.half, number)
        if number % TROUBLE_EVERY != half_year.half * 5:
            yield visit, _done(visit, random, scale)
            continue
        later = _free_day(frame, half_year, visit, taken) if random.random() < 0.5 else None
        yield visit, _missed(visit, random, moved_to=later)
        if later:
            taken.add((visit.bus, later))
            instead = PastVisit(visit.facts, visit.bus, later, visit.half)
            yield instead, _done(instead, random, scale) | {"note": f"Dời từ ngày {visit.day:%d/%m/%Y}."}


def _free_day(frame: Frame, half_year: HalfYear, visit: PastVisit, taken: set[tuple[int, date]]) -> date | None:
    """A day within five weeks on which the bus stood still and the host was open."""
    for offset in range(1, 36):
        day = visit.day + timedelta(days=offset)
        free = day in half_year.period and drives(frame, visit.bus, day) and (visit.bus, day) not in taken
        if free and is_open(frame, visit.facts, day, visit.half):
            return day
    return None


def _row(visit: PastVisit, random: Random) -> dict[str, Any]:
    """What every record has; figures are filled in by the outcome."""
    service = ServiceKind.BUS_VISIT
    if visit.facts.site_kind is SiteKind.BORDER_POST:
        service = ServiceKind.ROTATION
    elif visit.facts.site_kind is SiteKind.COMMUNE_LIBRARY and random.random() < 0.2:
        service = ServiceKind.SUPPORT
    figures = ("start_s", "end_s", "readers_child", "readers_adult", "items", "computer_uses", "cards", "distance_m")
    blank: dict[str, Any] = dict.fromkeys((*figures, "cancel_reason", "stop_id"))
    return blank | {
        "record_key": f"demo-{visit.day:%Y%m%d}-{visit.facts.code}-{visit.half.value}",
        "service": service,
        "day": visit.day,
        "note": "",
        "checked": True,
    }


def _missed(visit: PastVisit, random: Random, *, moved_to: date | None) -> dict[str, Any]:
    likely = [CancelReason.VEHICLE, CancelReason.CREW, CancelReason.HOST]
    if visit.day.month in _RAINY_MONTHS:
        likely += [CancelReason.RAIN] * 4 + [CancelReason.ROAD] * (3 if visit.facts.in_mountains else 0)
    if visit.facts.is_school and visit.day.month in (4, 5, 12):
        likely += [CancelReason.EXAM] * 3
    reason = random.choice(likely)
    note = _REASONS[reason]
    if reason is CancelReason.RAIN and not visit.facts.is_school:
        note = "Mưa lớn, đường ngập."
    if moved_to:
        note = f"{note} Dời sang ngày {moved_to:%d/%m/%Y}."
    outcome = VisitOutcome.MOVED if moved_to else VisitOutcome.CANCELLED
    return _row(visit, random) | {"outcome": outcome, "cancel_reason": reason, "note": note}


def _done(visit: PastVisit, random: Random, scale: float) -> dict[str, Any]:
    school = visit.facts.is_school
    low, high = SCHOOL_READERS if school else OTHER_RANGE
    readers = _within(random.triangular(low, high, (2 * low + high) / 3) * scale, (low, high))
    items = _within(readers * random.uniform(1.2, 1.6), SCHOOL_ITEMS if school else OTHER_RANGE)
    adults = random.randint(8, 25) if school else round(readers * _adult_share(visit.facts.site_kind))
    start_s = (8 if visit.half is HalfDay.MORNING else 14) * 3600 + random.choice((0, 15, 30)) * 60
    return _row(visit, random) | {
        "outcome": VisitOutcome.DONE,
        "start_s": start_s,
        "end_s": start_s + (120 if school else 75) * 60,
        "readers_child": readers - adults,
        "readers_adult": adults,
        "items": items,
        "computer_uses": round(readers * random.uniform(0.05, 0.12)),
        "cards": round(readers * random.uniform(0.02, 0.06)),
        "distance_m": _share_of_tour_m(visit),
    }


def _adult_share(kind: SiteKind) -> float:
    return 0.3 if kind is SiteKind.COMMUNE_LIBRARY else 1.0


def _within(value: float, bounds: tuple[int, int]) -> int:
    return round(min(max(value, bounds[0]), bounds[1]))


def _share_of_tour_m(visit: PastVisit) -> int:
    """Half of the way there and back: two visits share a tour."""
    return round(distance_km(bases()[visit.bus], visit.facts) * ROAD_FACTOR * 1000)


def served_since(last: dict[str, date], first: date) -> frozenset[str]:
    """Codes of the sites served on or after `first`."""
    return frozenset(code for code, day in last.items() if day >= first)


def waiting_order(codes: Sequence[str], last: dict[str, date]) -> list[str]:
    """Codes by how long they have waited, the longest first."""
    return sorted(codes, key=lambda code: (last.get(code, date.min), code))

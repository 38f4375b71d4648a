"""What the demo's sites ask for: more than the buses can do, and some of it impossible for true reasons."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from outreach.domain.places import SiteKind
from outreach.domain.times import Period
from outreach.domain.visits import ServiceKind
from outreach.services.demo.fleet import base_index, bases, bus_days
from outreach.services.demo.frame import Frame
from outreach.services.demo.history import distance_km
from outreach.services.demo.records import served_since, waiting_order
from outreach.services.demo.register import SiteFacts
from outreach.services.demo.sites import (
    BUILDING_SCHOOL,
    FRIDAY_POST,
    ISLAND_SCHOOL,
    LONG_SERVICE_SCHOOL,
    NARROW_ROAD_SCHOOL,
    generator,
    service_sites,
)
from outreach.store.sites import Need

WANTED = 165  # visits of a whole half-year
SCHOOL_LOAD = 0.86  # of the half-days on which schools and buses meet
MIN_GAP_DAYS = 45
HURRIED_SCHOOLS = 2  # ask for two visits within five weeks, 45 days apart: one is too many
HURRY_DAYS = 32
LONG_DAY_MINUTES = 240
CAMPAIGN_OVER = 3  # schools more than the week has half-days
SHORT_PLAN_HALF_DAYS = 105  # a plan with less time for schools gets one impossible wish less of either kind
CAMPAIGN_KM = 22.0
HARD = frozenset({ISLAND_SCHOOL, NARROW_ROAD_SCHOOL, FRIDAY_POST, BUILDING_SCHOOL, LONG_SERVICE_SCHOOL})


@dataclass(frozen=True, slots=True)
class Wish:
    """One row of the table of needs."""

    facts: SiteFacts
    first: date
    last: date
    minutes: int
    quota: int = 1
    priority: int = 3
    min_gap_days: int = 0
    service: ServiceKind = ServiceKind.BUS_VISIT
    weeks: tuple[date, ...] = ()


def add_needs(
    session: Session, organisation_id: int, frame: Frame, *, site_ids: dict[str, int], last: dict[str, date]
) -> int:
    """Write the needs of the period to plan; returns the number of visits asked for."""
    chosen = list(wishes(frame, last))
    session.execute(insert(Need), [_row(wish, organisation_id, site_ids, frame) for wish in chosen])
    return sum(wish.quota for wish in chosen)


def wishes(frame: Frame, last: dict[str, date]) -> Iterator[Wish]:
    """Impossible ones first, then the campaign week, the mountains, other hosts, and schools that waited longest."""
    by_code = {facts.code: facts for facts in service_sites()}
    done = served_since(last, frame.half_year.period.first)
    hard = [*_hard_wishes(frame, by_code), *_hurried_wishes(frame, by_code, last)]
    yield from hard
    used = HARD | {wish.facts.code for wish in hard}
    order = [by_code[code] for code in waiting_order(sorted(by_code.keys() - used), last)]
    campaign = [_campaign_wish(frame, facts) for facts in _campaign_schools(frame, order, done)]
    yield from campaign
    used |= {wish.facts.code for wish in campaign}
    rest = [facts for facts in order if facts.code not in used]
    others = [_wish(frame, facts) for facts in rest if not facts.is_school and facts.code not in done]
    yield from others
    room = round(SCHOOL_LOAD * _school_half_days(frame)) - len(campaign)
    room = min(room, WANTED - sum(wish.quota for wish in (*hard, *campaign, *others)))
    for wish in _school_wishes(frame, rest, done):
        if wish.quota <= room:
            room -= wish.quota
            yield wish


def _school_half_days(frame: Frame) -> int:
    """Half-days on which a bus may drive and schools are open."""
    return 2 * sum(day in frame.school_days for bus in (0, 1) for day in bus_days(frame, bus, frame.period))


def _short(frame: Frame) -> int:
    """1 where little of the half-year is left, else 0."""
    return int(_school_half_days(frame) < SHORT_PLAN_HALF_DAYS)


def _school_wishes(frame: Frame, rest: Iterable[SiteFacts], done: frozenset[str]) -> list[Wish]:
    """Mountain schools first, two visits each where there is time for both; then the others."""
    schools = [facts for facts in rest if facts.is_school]
    mountain = [_mountain_wish(frame, facts, facts.code in done) for facts in schools if facts.in_mountains]
    return mountain + [_wish(frame, f) for f in schools if not f.in_mountains and f.code not in done]


def _wish(frame: Frame, facts: SiteFacts) -> Wish:
    random = generator("need", facts.code)
    minutes, priority, service = 120, random.choice((2, 3, 3, 3, 4)), ServiceKind.BUS_VISIT
    weeks: tuple[date, ...] = ()
    match facts.site_kind:
        case SiteKind.COMMUNE_LIBRARY:
            minutes = random.choice((60, 75, 90))
            service = random.choice((ServiceKind.BUS_VISIT,) * 3 + (ServiceKind.SUPPORT, ServiceKind.ROTATION))
        case SiteKind.BORDER_POST:
            minutes, priority, service = 60, 4, ServiceKind.ROTATION
        case SiteKind.INDUSTRIAL_PARK:
            minutes, service = 90, random.choice((ServiceKind.BUS_VISIT, ServiceKind.DISPLAY))
        case SiteKind.PRISON:
            minutes, priority = 90, 4
        case _:
            minutes = 90 if facts.in_mountains else random.choice((90, 105, 120, 120))
            weeks = _preferred_week(frame, facts) if random.random() < 0.1 else ()
    return Wish(facts, frame.period.first, frame.period.last, minutes, priority=priority, service=service, weeks=weeks)


def _preferred_week(frame: Frame, facts: SiteFacts) -> tuple[date, ...]:
    days = sorted(day for day in frame.school_days if day in frame.period and day.weekday() == 0)
    return (generator("week", facts.code, frame.period.first).choice(days),) if days else ()


def _mountain_wish(frame: Frame, facts: SiteFacts, visited: bool) -> Wish:
    once = _wish(frame, facts)
    days = [day for day in frame.school_days if day in frame.period]
    twice = not visited and (max(days) - min(days)).days > 2 * MIN_GAP_DAYS
    return replace(once, quota=2 if twice else 1, min_gap_days=MIN_GAP_DAYS, priority=5)


def _campaign_schools(frame: Frame, order: Iterable[SiteFacts], done: frozenset[str]) -> list[SiteFacts]:
    """Schools near the bases that wish for the same week: a few more than there are half-days."""
    slots = [2 * len(_campaign_days(frame, bus)) for bus in (0, 1)]
    found: list[SiteFacts] = []
    for bus in (0, 1):
        near = [
            facts
            for facts in order
            if facts.site_kind is SiteKind.PRIMARY_SCHOOL
            and base_index(facts) == bus
            and not facts.in_mountains
            and facts.code not in done
            and distance_km(facts, bases()[bus]) < CAMPAIGN_KM
        ]
        found += near[: slots[bus] + (CAMPAIGN_OVER - _short(frame) if bus == 0 else 0)]
    return found


def _campaign_days(frame: Frame, bus: int) -> list[date]:
    return [day for day in bus_days(frame, bus, frame.campaign_week) if day in frame.school_days]


def _campaign_wish(frame: Frame, facts: SiteFacts) -> Wish:
    week = frame.campaign_week
    return Wish(facts, week.first, week.last, 105, priority=4)


def _hard_wishes(frame: Frame, by_code: dict[str, SiteFacts]) -> Iterator[Wish]:
    """What cannot be done, each for another reason."""
    yield replace(_wish(frame, by_code[ISLAND_SCHOOL]), priority=5, weeks=())
    yield replace(_wish(frame, by_code[NARROW_ROAD_SCHOOL]), quota=2, min_gap_days=MIN_GAP_DAYS, priority=5)
    yield _wish(frame, by_code[FRIDAY_POST])
    yield replace(_wish(frame, by_code[BUILDING_SCHOOL]), weeks=())
    yield replace(_wish(frame, by_code[LONG_SERVICE_SCHOOL]), minutes=LONG_DAY_MINUTES, weeks=())


def _hurried_wishes(frame: Frame, by_code: dict[str, SiteFacts], last: dict[str, date]) -> Iterator[Wish]:
    """Mountain schools that waited longest and wish for two visits in a row."""
    stretch = _hurry(frame)
    mountain = sorted(code for code, facts in by_code.items() if facts.in_mountains and facts.is_school)
    for code in waiting_order([code for code in mountain if code not in HARD], last)[: HURRIED_SCHOOLS - _short(frame)]:
        wish = replace(_wish(frame, by_code[code]), quota=2, min_gap_days=MIN_GAP_DAYS, priority=5, weeks=())
        yield replace(wish, first=stretch.first, last=stretch.last)


def _hurry(frame: Frame) -> Period:
    """The stretch of the plan with the most school days in it, for those who wish for two visits in a row."""
    mondays = [day for day in frame.period.days() if day.weekday() == 0]
    ends = timedelta(days=HURRY_DAYS)
    fitting = [Period(monday, monday + ends) for monday in mondays if monday + ends <= frame.period.last]
    return max(fitting, key=lambda stretch: sum(day in frame.school_days for day in stretch.days()))


def _row(wish: Wish, organisation_id: int, site_ids: dict[str, int], frame: Frame) -> dict[str, Any]:
    random = generator("letter", wish.facts.code)
    asked_on = frame.today - timedelta(days=random.randint(5, 40))
    host = "Ban Giám hiệu" if wish.facts.is_school else f"Ủy ban nhân dân {wish.facts.commune}"
    return {
        "organisation_id": organisation_id,
        "site_id": site_ids[wish.facts.code],
        "service": wish.service,
        "first_day": wish.first,
        "last_day": wish.last,
        "quota": wish.quota,
        "minutes": wish.minutes,
        "min_gap_days": wish.min_gap_days,
        "max_gap_days": None,
        "preferred_weeks": [monday.isoformat() for monday in wish.weeks],
        "priority": wish.priority,
        "asked_by": host,
        "asked_on": asked_on,
        "letter": f"{random.randint(12, 480)}/CV (minh họa)",
    }

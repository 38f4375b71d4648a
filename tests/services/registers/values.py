"""Any row that a register may hold, for property tests; and a library that has what such rows name."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from outreach.domain import cells
from outreach.domain.cells import DaysOff, ServiceHours
from outreach.domain.places import CoordinateQuality, SiteKind, Terrain
from outreach.domain.times import Period
from outreach.domain.visits import (
    CalendarKind,
    CancelReason,
    Post,
    RequestState,
    ServiceKind,
    VehicleKind,
    VisitOutcome,
)
from outreach.domain.words import TERM_KINDS, UNIT_KINDS
from outreach.services.registers.register import Values
from outreach.services.registers.visits import TOOK_PLACE
from outreach.store.fleet import Base, StaffMember, Vehicle
from outreach.store.sites import Site
from tests.factories import make_base, make_site, make_staff, make_unit, make_vehicle

Rows = st.SearchStrategy[list[Values]]
DECREED = date(2026, 1, 1)
ENDED, BEGAN = date(2025, 6, 30), date(2025, 7, 1)
FLAG = st.booleans()


def line(most: int, *, least: int = 0) -> st.SearchStrategy[str]:
    """A line as it is kept: any letters, no spaces too many."""
    tidied = st.text(max_size=min(most, 30)).map(lambda text: cells.tidy(cells.tidy(text)[:most]))
    return tidied.filter(lambda text: len(text) >= least)


LINES = st.text(max_size=60).map(cells.read_long_text)
DAY = st.dates(date(1990, 1, 1), date(2100, 12, 31))
PAST = st.dates(date(1990, 1, 1), date.today())
WEEKDAYS = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))


def maybe(some: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | some


def decimal(least: float, most: float) -> st.SearchStrategy[float]:
    return st.floats(least, most).map(lambda value: round(value, 9))


def span(longest: int, days: st.SearchStrategy[date] = DAY) -> st.SearchStrategy[tuple[date, date]]:
    late = date(2100, 12, 31)
    return st.tuples(days, st.integers(0, longest - 1)).map(
        lambda pair: (pair[0], min(late, pair[0] + timedelta(days=pair[1])))
    )


def times(pair: tuple[int, int]) -> tuple[int, int]:
    return min(pair), max(pair) + 1


TIMES = st.tuples(st.integers(0, 86_398), st.integers(0, 86_398)).map(times)
HOURS = st.sets(
    st.builds(lambda days, ends, term: ServiceHours(days, *ends, term), WEEKDAYS, TIMES,
              st.sampled_from(["", "term", "summer"])),
    max_size=3,
).map(lambda found: tuple(sorted(found)))  # fmt: skip
REASON = line(60).map(lambda text: cells.tidy(text.replace(";", "").strip(" :,")).strip(" :,"))
OFF = st.sets(st.builds(lambda ends, reason: DaysOff(Period(*ends), reason), span(60), REASON), max_size=3).map(
    lambda found: tuple(sorted(found, key=lambda one: (one.period.first, one.period.last, one.reason)))
)
POINT = st.tuples(decimal(-90, 90), decimal(-180, 180)).filter(lambda at: at != (0, 0))


def point(at: tuple[float, float] | None) -> Values:
    return {"lat": at and at[0], "lon": at and at[1]}


def days(ends: tuple[date, date]) -> Values:
    return {"first_day": ends[0], "last_day": ends[1]}


def each(parts: dict[str, st.SearchStrategy[Any]], *more: st.SearchStrategy[Values]) -> st.SearchStrategy[Values]:
    return st.tuples(st.fixed_dictionaries(parts), *more).map(
        lambda found: {name: value for part in found for name, value in part.items()}
    )


def unlike(rows: st.SearchStrategy[Values], *key: str, most: int = 4) -> Rows:
    """Some rows, no two of one key."""

    def marks(values: Values) -> tuple[Any, ...]:
        return tuple(part.casefold() if isinstance(part := values[name], str) else part for name in key)

    return st.lists(rows, min_size=1, max_size=most, unique_by=marks)


# ---- the library that rows name things of


def furnish(session: Session) -> None:
    """Two bases, vehicles that share a name, posts, units of both epochs and three sites."""
    north, south = make_base(session, name="Cơ sở Nha Trang"), make_base(session, name="Cơ sở Phan Rang")
    make_vehicle(session, base=north, sign=1, name="Xe Một")
    make_vehicle(session, base=south, sign=2, name="Xe Một")
    make_vehicle(session, base=south, sign=3, name="2")
    for label in ("Thủ thư Lan", "Thủ thư Lân", "Lái xe 1"):
        make_staff(session, base=north, label=label)
    for number in range(3):
        make_unit(session, code=f"c{number}", name=f"Xã Số {number}", valid_from=BEGAN)
        make_unit(session, code=f"h{number}", name=f"Huyện Số {number}", kind="huyện", valid_to=ENDED)
    for code in ("S1", "Đ1", "D1"):
        make_site(session, base=north, code=code, name=f"Trường {code}")
    session.flush()


def of(session: Session, column: Any) -> st.SearchStrategy[int]:
    table = column.class_
    return st.sampled_from([row.id for row in session.query(table).order_by(column)])


# ---- rows of each register


def bases(_: Session) -> Rows:
    return unlike(each({"name": line(200, least=1), "short_name": line(80, least=1),
                        "terrain": st.sampled_from(Terrain), "active": FLAG}, POINT.map(point)), "name")  # fmt: skip


def vehicles(session: Session) -> Rows:
    numbers = {name: maybe(st.integers(0, 99)) for name in ("seats", "books", "computers")}
    sizes = {"length_m": (1, 30), "height_m": (0.5, 10), "weight_kg": (50, 60_000)}
    return unlike(each({
        "sign": st.integers(4, 99), "name": line(80, least=1), "plate": line(20), "kind": st.sampled_from(VehicleKind),
        "base_id": of(session, Base.id), "weekdays": WEEKDAYS, "set_up_minutes": st.integers(0, 240),
        "pack_up_minutes": st.integers(0, 240), "active": FLAG,
        **numbers, **{name: maybe(decimal(*ends)) for name, ends in sizes.items()},
    }), "sign")  # fmt: skip


def vehicle_days(session: Session) -> Rows:
    row = each({"vehicle_id": of(session, Vehicle.id), "reason": line(200)}, span(1500).map(days))
    return unlike(row, "vehicle_id", "first_day")


def staff(session: Session) -> Rows:
    label = line(80, least=1).filter(lambda text: not text.casefold().startswith(("thủ thư", "lái xe")))
    return unlike(each({"label": label, "post": st.sampled_from(Post), "base_id": of(session, Base.id),
                        "weekdays": WEEKDAYS, "active": FLAG}), "label")  # fmt: skip


def staff_days(session: Session) -> Rows:
    row = each({"staff_member_id": of(session, StaffMember.id), "reason": line(200)}, span(1500).map(days))
    return unlike(row, "staff_member_id", "first_day")


def calendar_days(_: Session) -> Rows:
    return unlike(each({"day": DAY, "kind": st.sampled_from(CalendarKind), "name": line(200, least=1),
                        "source": line(200)}), "day", "kind")  # fmt: skip


def terms(_: Session) -> Rows:
    row = each({"name": line(120, least=1), "kind": st.sampled_from(list(TERM_KINDS))}, span(366).map(days))
    return unlike(row, "name")


def units(_: Session) -> Rows:
    flags = dict.fromkeys(("border", "island", "ethnic_minority", "remote"), FLAG)
    lives = st.tuples(maybe(DAY), maybe(DAY)).filter(lambda ends: None in ends or ends[0] <= ends[1])
    return unlike(each(
        {"code": line(36, least=1).map(lambda code: f"new {code}"), "name": line(200, least=1),
         "kind": st.sampled_from(list(UNIT_KINDS)), "parent_code": maybe(line(40, least=1)), **flags},
        maybe(POINT).map(point), lives.map(lambda ends: {"valid_from": ends[0], "valid_to": ends[1]}),
    ), "code", "valid_from")  # fmt: skip


def unit_changes(_: Session) -> Rows:
    old = st.integers(0, 2).map(lambda number: {"old_code": f"c{number}", "old_name": f"Xã Số {number}"})
    new = st.tuples(st.integers(0, 9), line(60, least=1)).map(
        lambda pair: {"new_code": f"n{pair[0]}", "new_name": f"Xã Mới {pair[0]}"}
    )
    return unlike(each({"whole": FLAG, "decree": line(200), "day": st.just(DECREED)}, old, new), "old_code", "new_code")


def sites(session: Session) -> Rows:
    known = st.integers(0, 2).map(lambda number: {"commune": f"Xã Số {number}", "commune_code": f"c{number}"})
    fresh = st.integers(3, 9).map(lambda number: {"commune": f"Phường Mới {number}", "commune_code": f"p{number}"})
    none = st.just({"commune": "", "commune_code": ""})
    district = st.sampled_from(["", "Huyện Số 0", "Huyện Số 1", "Thị xã Hoàn Toàn Mới"])
    limits = {"max_length_m": (1, 30), "max_height_m": (1, 10), "max_weight_kg": (100, 60_000)}
    return unlike(each({
        "code": line(34, least=1).map(lambda code: f"site {code}"), "name": line(200, least=1),
        "kind": st.sampled_from(SiteKind), "former_district": district, "quality": st.sampled_from(CoordinateQuality),
        "terrain": st.sampled_from(Terrain), "base_id": of(session, Base.id), "windows": HOURS, "blocked": OFF,
        "people": maybe(st.integers(0, 100_000)), "contact": line(200), "access_note": LINES, "reached_by_road": FLAG,
        "set_up_minutes": st.integers(0, 240), "source": line(300), "active": FLAG,
        **{name: maybe(decimal(*ends)) for name, ends in limits.items()},
    }, POINT.map(point), known | fresh | none), "code")  # fmt: skip


def spacing(gaps: tuple[int, int | None], weeks: int | None, rule: bool) -> Values:
    """Gaps, and a rhythm where it goes with them."""
    fits = weeks is not None and gaps[0] <= 7 * weeks <= (gaps[1] or 999)
    return {
        "min_gap_days": gaps[0], "max_gap_days": gaps[1],
        "rhythm_weeks": weeks if fits else None, "rhythm_rule": rule and fits,
    }  # fmt: skip


def needs(session: Session) -> Rows:
    monday = DAY.map(lambda day: day - timedelta(days=day.weekday()))
    weeks = st.sets(monday.filter(lambda day: day.year >= 1990).map(date.isoformat), max_size=3).map(sorted)
    gaps = st.tuples(st.integers(0, 366), maybe(st.integers(1, 366))).filter(lambda gap: (gap[1] or 999) >= gap[0])
    return unlike(each(
        {"site_id": of(session, Site.code), "service": st.sampled_from(ServiceKind), "quota": st.integers(1, 60),
         "minutes": st.integers(5, 600), "preferred_weeks": weeks, "priority": st.integers(1, 5),
         "asked_by": line(200), "asked_on": maybe(DAY), "letter": line(80)},
        span(400).map(days), st.builds(spacing, gaps, maybe(st.integers(1, 26)), st.booleans()),
    ), "site_id", "service", "first_day", "last_day")  # fmt: skip


def visits(session: Session) -> Rows:
    counts = {name: maybe(st.integers(0, 9999)) for name in
              ("readers_child", "readers_adult", "items", "computer_uses", "cards")}  # fmt: skip
    took_place = st.sampled_from(TOOK_PLACE).map(lambda one: {"outcome": one, "cancel_reason": None})
    called_off = st.tuples(
        st.sampled_from([VisitOutcome.CANCELLED, VisitOutcome.MOVED]), maybe(st.sampled_from(CancelReason))
    ).map(lambda pair: {"outcome": pair[0], "cancel_reason": pair[1]})
    clock = maybe(TIMES).map(lambda ends: {"start_s": ends and ends[0], "end_s": ends and ends[1]})
    return unlike(each({
        "record_key": line(60, least=1), "site_id": of(session, Site.code), "day": PAST,
        "service": st.sampled_from(ServiceKind), "vehicle_id": maybe(of(session, Vehicle.id)),
        "distance_m": maybe(st.integers(0, 2_000_000)), "estimated": FLAG, "checked": FLAG, "note": LINES, **counts,
    }, took_place | called_off, clock), "record_key")  # fmt: skip


def requests(session: Session) -> Rows:
    where = (of(session, Site.code).map(lambda number: {"site_id": number, "place": ""})
             | line(200, least=1).map(lambda text: {"site_id": None, "place": text}))  # fmt: skip
    asked = st.tuples(DAY, maybe(DAY)).filter(lambda pair: pair[1] is None or pair[0] <= pair[1])
    return unlike(each(
        {"number": st.integers(1, 9_999_999), "asked_by": line(200, least=1), "letter": line(80),
         "service": st.sampled_from(ServiceKind), "wish": LINES, "state": st.sampled_from(RequestState),
         "answer": LINES},
        where, asked.map(lambda pair: {"asked_on": pair[0], "decided_on": pair[1]}),
        maybe(span(400)).map(lambda ends: {"first_day": ends and ends[0], "last_day": ends and ends[1]}),
    ), "number")  # fmt: skip


ROWS: dict[str, Callable[[Session], Rows]] = {
    "bases": bases, "vehicles": vehicles, "vehicle-days": vehicle_days, "staff": staff, "staff-days": staff_days,
    "calendar-days": calendar_days, "terms": terms, "units": units, "unit-changes": unit_changes, "sites": sites,
    "needs": needs, "visits": visits, "requests": requests,
}  # fmt: skip

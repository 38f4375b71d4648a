"""The demo's two bases, two buses and crews, scarce on purpose: each bus drives three days a week."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from outreach.domain.times import Period
from outreach.domain.visits import Post, VehicleKind
from outreach.services.demo.frame import Frame, monday_from
from outreach.services.demo.register import SiteFacts, read_sites
from outreach.store.fleet import Base, StaffAbsence, StaffMember, Vehicle, VehicleAbsence

# 0 is Monday. Nobody drives on Fridays: books are sorted and the buses looked after.
DRIVING_DAYS = ((0, 1, 3), (0, 2, 3))
WORKSHOP_BUS = 1  # the second one
SET_UP_MINUTES = 15
PACK_UP_MINUTES = 15
SHORT_NAMES = ("Nha Trang", "Phan Rang")


@dataclass(frozen=True, slots=True)
class Fleet:
    """Ids of what was written; index 0 is Nha Trang, 1 is Phan Rang."""

    base_ids: tuple[int, ...]
    vehicle_ids: tuple[int, ...]


def bases() -> tuple[SiteFacts, ...]:
    """The two bases as facts."""
    return tuple(facts for facts in read_sites() if facts.kind == "depot")


def base_index(facts: SiteFacts) -> int:
    """Which base looks after a site: the library of its former province."""
    return 1 if facts.former_province == "Ninh Thuận" else 0


def workshop(frame: Frame) -> Period:
    """Ten working days in the workshop: in March or August, or five weeks into a shorter plan."""
    year = frame.half_year.year
    usual = date(year, 3, 1) if frame.half_year.half == 1 else date(year, 8, 3)
    monday = monday_from(max(usual, frame.period.first + timedelta(weeks=5)))
    return Period(monday, monday + timedelta(days=11))


def bus_days(frame: Frame, bus: int, period: Period) -> tuple[date, ...]:
    """Days of `period` on which a bus may drive: its weekdays, no holiday, not in the workshop, crew complete."""
    away = set(workshop(frame).days()) if bus == WORKSHOP_BUS else set()
    for absence in (*_training(frame), *_leave(frame)):
        if absence[0] == bus:
            away.update(absence[2].days())
    return tuple(
        day
        for day in period.days()
        if day.weekday() in DRIVING_DAYS[bus] and day not in frame.days_off and day not in away
    )


def _training(frame: Frame) -> tuple[tuple[int, int, Period, str], ...]:
    """Base, post (0 driver, 1 and 2 librarians), days, reason."""
    monday = monday_from(frame.period.first + timedelta(weeks=3))
    return ((0, 1, Period(monday, monday + timedelta(days=1)), "Tập huấn nghiệp vụ thư viện"),)


def _leave(frame: Frame) -> tuple[tuple[int, int, Period, str], ...]:
    monday = monday_from(frame.period.first + timedelta(weeks=9))
    return (
        (1, 0, Period(monday, monday + timedelta(days=2)), "Nghỉ phép"),
        (1, 2, Period(monday + timedelta(days=14), monday + timedelta(days=14)), "Họp tại Sở"),
    )


def add_fleet(session: Session, organisation_id: int, frame: Frame) -> Fleet:
    """Write bases, buses, posts and the days they are away."""
    base_rows = [
        Base(
            organisation_id=organisation_id,
            name=f"Thư viện tỉnh Khánh Hòa - cơ sở {short}",
            short_name=short,
            lat=facts.at.lat,
            lon=facts.at.lon,
            terrain=facts.terrain,
        )
        for short, facts in zip(SHORT_NAMES, bases(), strict=True)
    ]
    session.add_all(base_rows)
    session.flush()
    buses = [
        Vehicle(
            organisation_id=organisation_id,
            name=f"Xe {index + 1}",
            sign=index + 1,
            kind=VehicleKind.BUS,
            base_id=base.id,
            weekdays=list(DRIVING_DAYS[index]),
            set_up_minutes=SET_UP_MINUTES,
            pack_up_minutes=PACK_UP_MINUTES,
            length_m=8.1,
            height_m=3.4,
            weight_kg=8900,
            seats=5,
            books=4500 if index else 3500,
            computers=6,
        )
        for index, base in enumerate(base_rows)
    ]
    session.add_all(buses)
    session.flush()
    days = workshop(frame)
    session.add(
        VehicleAbsence(
            vehicle_id=buses[WORKSHOP_BUS].id,
            first_day=days.first,
            last_day=days.last,
            reason="Vào xưởng bảo dưỡng, đăng kiểm",
        )
    )
    _add_posts(session, organisation_id, base_rows, frame)
    return Fleet(tuple(base.id for base in base_rows), tuple(bus.id for bus in buses))


def _add_posts(session: Session, organisation_id: int, base_rows: list[Base], frame: Frame) -> None:
    labels = (("Lái xe", Post.DRIVER), ("Thủ thư 1", Post.LIBRARIAN), ("Thủ thư 2", Post.LIBRARIAN))
    posts = [
        [
            StaffMember(
                organisation_id=organisation_id,
                label=f"{label} ({base.short_name})",
                post=post,
                base_id=base.id,
                weekdays=[0, 1, 2, 3, 4],
            )
            for label, post in labels
        ]
        for base in base_rows
    ]
    session.add_all([row for rows in posts for row in rows])
    session.flush()
    for base, post, days, reason in (*_training(frame), *_leave(frame)):
        session.add(
            StaffAbsence(staff_member_id=posts[base][post].id, first_day=days.first, last_day=days.last, reason=reason)
        )

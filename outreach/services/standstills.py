"""Why a vehicle stands still on a day, and what is special about a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.calendar import STOPS_VEHICLES
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind, Post
from outreach.i18n import short_day, translate
from outreach.routing.problem import Rules
from outreach.store.calendars import CalendarDay, Term
from outreach.store.fleet import StaffAbsence, StaffMember, Vehicle, VehicleAbsence


class Standstills:
    """The calendar, the vehicles' and the posts' days of one period, read once in five statements."""

    def __init__(self, session: Session, period: Period) -> None:
        self.period = period
        self._rules = Rules()
        self._days: dict[date, list[CalendarDay]] = defaultdict(list)
        inside = CalendarDay.day.between(period.first, period.last)
        for special in session.scalars(select(CalendarDay).where(inside).order_by(CalendarDay.day, CalendarDay.id)):
            self._days[special.day].append(special)
        self._summers = [
            Period(term.first_day, term.last_day) for term in session.scalars(select(Term).where(Term.kind == "summer"))
        ]
        self._away: dict[int, list[tuple[Period, str]]] = defaultdict(list)
        for absence in session.scalars(select(VehicleAbsence).join(Vehicle, Vehicle.id == VehicleAbsence.vehicle_id)):
            days = Period(absence.first_day, absence.last_day)
            self._away[absence.vehicle_id].append((days, absence.reason))
        self._posts = list(session.scalars(select(StaffMember).where(StaffMember.active)))
        self._posts_away: dict[int, list[Period]] = defaultdict(list)
        staff_absences = select(StaffAbsence).join(StaffMember, StaffMember.id == StaffAbsence.staff_member_id)
        for gone in session.scalars(staff_absences):
            self._posts_away[gone.staff_member_id].append(Period(gone.first_day, gone.last_day))

    def of_everybody(self, day: date) -> str:
        """Why nobody drives on `day`; empty if the calendar leaves it open."""
        if day < self.period.first:
            return translate("Trước kỳ")
        if day > self.period.last:
            return translate("Sau kỳ")
        return next((special.name for special in self._days[day] if special.kind in STOPS_VEHICLES), "")

    def of_vehicle(self, vehicle: Vehicle, day: date) -> str:
        """Why `vehicle` stands still on `day`; empty if it may drive."""
        made_up = any(special.kind is CalendarKind.MADE_UP_DAY for special in self._days[day])
        if day.weekday() not in vehicle.weekdays and not made_up:
            return translate("Không chạy")
        for period, reason in self._away[vehicle.id]:
            if day in period:
                return reason or translate("Xe không dùng được")
        return self._missing_post(vehicle.base_id, day, made_up=made_up)

    def _missing_post(self, base_id: int, day: date, *, made_up: bool) -> str:
        here = [
            post.post
            for post in self._posts
            if post.base_id == base_id
            and (made_up or day.weekday() in post.weekdays)
            and not any(day in period for period in self._posts_away[post.id])
        ]
        if here.count(Post.DRIVER) < self._rules.drivers_per_vehicle:
            return translate("Thiếu lái xe")
        if here.count(Post.LIBRARIAN) < self._rules.librarians_per_vehicle:
            return translate("Thiếu thủ thư")
        return ""

    def works_on(self, day: date) -> bool:
        """Whether `day` is a made-up working day."""
        return any(special.kind is CalendarKind.MADE_UP_DAY for special in self._days[day])

    def note(self, day: date) -> str:
        """What is special about a day on which one may drive; empty on an ordinary day."""
        names = [
            translate("Làm bù: {name}", name=special.name) if special.kind is CalendarKind.MADE_UP_DAY else special.name
            for special in self._days[day]
            if special.kind not in STOPS_VEHICLES
        ]
        return " · ".join(dict.fromkeys(names))

    def week_note(self, days: Iterable[date]) -> str:
        """The special things of a week in a few words, each once; a campaign with its day."""
        days = list(days)
        notes: dict[str, None] = {}
        for day in days:
            for special in self._days[day]:
                if special.kind is CalendarKind.CAMPAIGN:
                    notes[f"{short_day(day)} {special.name}"] = None
                elif special.kind not in STOPS_VEHICLES:
                    notes[special.name] = None
        if any(all(day in summer for day in days) for summer in self._summers):
            notes[translate("Nghỉ hè")] = None
        return " · ".join(notes)

    def coming(self, first: date, last: date) -> list[tuple[date, str]]:
        """Days off and campaigns between two days, in order; runs of one name give their first day only."""
        found: list[tuple[date, str]] = []
        for day in Period(first, last).days():
            for special in self._days[day]:
                if special.name not in {name for _, name in found}:
                    found.append((day, special.name))
        return found

    def absences(self, first: date, last: date) -> list[tuple[int, Period, str]]:
        """Stretches in which a vehicle is away that begin between two days: vehicle, days, reason."""
        return [
            (vehicle_id, period, reason)
            for vehicle_id, stretches in self._away.items()
            for period, reason in stretches
            if first <= period.first <= last
        ]

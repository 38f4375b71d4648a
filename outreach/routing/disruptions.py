"""What upsets a published plan, as data, and the problem as it is after it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar

from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.routing.problem import (
    EVERY_DAY,
    Absence,
    Need,
    Problem,
    Site,
    StaffMember,
    Vehicle,
    WorkingHours,
)


class DisruptionKind(StrEnum):
    """Every kind of disruption, as JSON names it."""

    VEHICLE_AWAY = "vehicle-away"
    CREW_ILL = "crew-ill"
    SITE_CLOSED = "site-closed"
    ROAD_CLOSED = "road-closed"
    URGENT_NEED = "urgent-need"
    LATER_START = "later-start"


@dataclass(frozen=True, slots=True)
class VehicleAway:
    """A vehicle does not drive."""

    kind: ClassVar = DisruptionKind.VEHICLE_AWAY
    vehicle_id: str
    period: Period
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CrewIll:
    """A post is not there."""

    kind: ClassVar = DisruptionKind.CREW_ILL
    staff_id: str
    period: Period
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SiteClosed:
    """A site receives no bus."""

    kind: ClassVar = DisruptionKind.SITE_CLOSED
    site_id: str
    period: Period
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoadClosed:
    """No bus drives between two places, in either direction; without a period for the rest of the horizon.

    Travel is one table for all days. So what is behind the closed road is not visited while it is closed: the sites at
    `to_place`, or at `from_place` where `to_place` is a base. That is on the safe side: a way round over a third place
    is not looked for.
    """

    kind: ClassVar = DisruptionKind.ROAD_CLOSED
    from_place: str
    to_place: str
    period: Period | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UrgentNeed:
    """A site asks for visits that were not planned."""

    kind: ClassVar = DisruptionKind.URGENT_NEED
    need: Need


@dataclass(frozen=True, slots=True)
class LaterStart:
    """A vehicle leaves its base no earlier than at `leave_s`."""

    kind: ClassVar = DisruptionKind.LATER_START
    vehicle_id: str
    period: Period
    leave_s: int


Disruption = VehicleAway | CrewIll | SiteClosed | RoadClosed | UrgentNeed | LaterStart


def disturbed(problem: Problem, disruptions: Sequence[Disruption]) -> Problem:
    """`problem` as it is with all of `disruptions`, from `problem.today` on where that is said.

    Raises InvalidValue where one speaks of what the problem does not have.
    """
    for i, one in enumerate(disruptions):
        problem = _with(problem, one, f"disruptions[{i}]")
    return problem


def days_of(problem: Problem, disruption: Disruption) -> Period | None:
    """The days of the horizon that are not past on which it holds; None where there are none."""
    horizon = problem.horizon
    asked = None if isinstance(disruption, UrgentNeed) else disruption.period
    first = max(horizon.first, problem.today or date.min, asked.first if asked else date.min)
    last = min(horizon.last, asked.last if asked else date.max)
    return Period(first, last) if first <= last else None


def cut_off(problem: Problem, road: RoadClosed) -> frozenset[str]:
    """The sites behind a closed road."""
    bases = {base for one in problem.vehicles for base in (one.depot_id, *(loan.depot_id for loan in one.loans))}
    behind = road.from_place if road.to_place in bases else road.to_place
    return frozenset(site.id for site in problem.sites if site.place_id == behind)


def _with(problem: Problem, one: Disruption, field: str) -> Problem:
    _known(problem, one, field)
    if isinstance(one, UrgentNeed):
        return replace(problem, needs=(*problem.needs, one.need))
    days = days_of(problem, one)
    return problem if days is None else _on(problem, one, days)


def _on(problem: Problem, one: VehicleAway | CrewIll | SiteClosed | RoadClosed | LaterStart, days: Period) -> Problem:
    match one:
        case VehicleAway():
            return _vehicle(problem, one.vehicle_id, absence=Absence(days, one.reason))
        case CrewIll():
            return replace(problem, staff=tuple(_ill(post, one, days) for post in problem.staff))
        case SiteClosed():
            return _closed(problem, frozenset({one.site_id}), Absence(days, one.reason))
        case RoadClosed():
            return _closed(problem, cut_off(problem, one), Absence(days, one.reason))
        case LaterStart():
            return _vehicle(problem, one.vehicle_id, later=(days, one.leave_s))


def _vehicle(
    problem: Problem, vehicle_id: str, *, absence: Absence | None = None, later: tuple[Period, int] | None = None
) -> Problem:
    """The problem with one vehicle changed."""

    def changed(vehicle: Vehicle) -> Vehicle:
        if absence:
            vehicle = replace(vehicle, absences=(*vehicle.absences, absence))
        if later:
            vehicle = replace(vehicle, hours=(*_later_hours(problem, vehicle, *later), *vehicle.hours))
        return vehicle

    vehicles = (changed(one) if one.id == vehicle_id else one for one in problem.vehicles)
    return replace(problem, vehicles=tuple(vehicles))


def _later_hours(problem: Problem, vehicle: Vehicle, days: Period, leave_s: int) -> Iterator[WorkingHours]:
    """What comes before a vehicle's own hours: each of them on those days, and the usual ones, leaving later.

    Of a day the first entry counts; so each entry of its own is there once more, cut to the days.
    """
    usual = problem.rules.leave_earliest_s
    for hours in vehicle.hours:
        first, last = days.first, days.last
        if hours.period is not None:
            first, last = max(first, hours.period.first), min(last, hours.period.last)
        if first <= last:
            early = usual if hours.leave_earliest_s is None else hours.leave_earliest_s
            yield replace(hours, period=Period(first, last), leave_earliest_s=max(leave_s, early))
    yield WorkingHours(EVERY_DAY, days, leave_earliest_s=max(leave_s, usual))


def _ill(post: StaffMember, one: CrewIll, days: Period) -> StaffMember:
    if post.id != one.staff_id:
        return post
    return replace(post, absences=(*post.absences, Absence(days, one.reason)))


def _closed(problem: Problem, site_ids: frozenset[str], absence: Absence) -> Problem:
    def changed(site: Site) -> Site:
        return replace(site, blocked=(*site.blocked, absence)) if site.id in site_ids else site

    return replace(problem, sites=tuple(changed(site) for site in problem.sites))


def _known(problem: Problem, one: Disruption, field: str) -> None:
    """Raise InvalidValue where `one` names what the problem does not have, or has already."""
    match one:
        case VehicleAway() | LaterStart():
            _among(f"{field}.vehicle_id", one.vehicle_id, {vehicle.id for vehicle in problem.vehicles})
        case CrewIll():
            _among(f"{field}.staff_id", one.staff_id, {post.id for post in problem.staff})
        case SiteClosed():
            _among(f"{field}.site_id", one.site_id, {site.id for site in problem.sites})
        case RoadClosed():
            places = {place.id for place in problem.places}
            _among(f"{field}.from_place", one.from_place, places)
            _among(f"{field}.to_place", one.to_place, places)
            if not cut_off(problem, one):
                raise InvalidValue(
                    "{field}: không có điểm phục vụ nào ở nơi {value}", field=f"{field}.to_place", value=one.to_place
                )
        case UrgentNeed():
            _among(f"{field}.need.site_id", one.need.site_id, {site.id for site in problem.sites})
            if one.need.id in {need.id for need in problem.needs}:
                raise InvalidValue("{field}: mã {value} đứng hai lần", field=f"{field}.need.id", value=one.need.id)
    if isinstance(one, LaterStart):
        _leaves_before_it_returns(problem, one, field)


def _leaves_before_it_returns(problem: Problem, one: LaterStart, field: str) -> None:
    vehicle = next(vehicle for vehicle in problem.vehicles if vehicle.id == one.vehicle_id)
    returns = [hours.return_latest_s for hours in vehicle.hours if hours.return_latest_s is not None]
    most = min([problem.rules.return_latest_s, *returns]) - 1
    if not 0 <= one.leave_s <= most:
        raise InvalidValue(
            "{field}: {value} phải từ {least} đến {most}",
            field=f"{field}.leave_s",
            value=one.leave_s,
            least=0,
            most=most,
        )


def _among(field: str, value: str, known: set[str]) -> None:
    if value not in known:
        raise InvalidValue("{field}: không có mã {value}", field=field, value=value)

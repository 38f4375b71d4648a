"""The judge of rhythms; like the rest of the judge it reads the problem itself."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from outreach.routing.problem import Need
from outreach.routing.solution import Breach, RuleName, Solution

if TYPE_CHECKING:
    from outreach.routing.checks import _Judge


class RhythmJudge:
    """Whether visits keep the rhythm of their need where that is a rule."""

    def __init__(self, judge: "_Judge") -> None:
        self.judge = judge

    def rhythms_are_kept(self, solution: Solution) -> Iterator[Breach]:
        """Where a rhythm is a rule: one weekday, one half-day, in step, and in one series of the quota's length."""
        starts: defaultdict[str, list[tuple[date, bool]]] = defaultdict(list)
        rules = self.judge.rules
        noon = (rules.lunch_from_s + rules.lunch_to_s) // 2 if rules.lunch_s else 12 * 3600
        noon += -noon % rules.step_s
        for tour, stop in solution.stops():
            starts[stop.need_id].append((tour.day, stop.start_s < noon))
        for need in self.judge.problem.needs:
            if need.rhythm is None or not need.rhythm.rule or len(starts[need.id]) < 2 or need.quota < 2:
                continue
            step = 7 * need.rhythm.weeks
            visits = sorted(starts[need.id])
            beats = Counter((day.toordinal() % step, morning) for day, morning in visits)
            beat, most = max(beats.items(), key=lambda item: item[1])
            if most < len(visits):
                off = next(day for day, morning in visits if (day.toordinal() % step, morning) != beat)
                yield Breach(RuleName.WRONG_RHYTHM, need.id, len(visits) - most, off)
                continue
            made, morning = {day for day, _ in visits}, visits[0][1]
            span = range(visits[0][0].toordinal(), visits[-1][0].toordinal() + 1, step)
            dates = [date.fromordinal(day) for day in span]
            series = sum(day in made or self.could_be_visited(need, day, noon, morning=morning) for day in dates)
            if series > need.quota:
                yield Breach(RuleName.WRONG_RHYTHM, need.id, series - need.quota, visits[-1][0])

    def could_be_visited(self, need: Need, day: date, noon: int, *, morning: bool) -> bool:
        """Whether somebody drives on the day and the site receives them in that half of it."""
        site, rules = self.judge.sites[need.site_id], self.judge.rules
        spans = (
            (
                max(start, 0 if morning else noon),
                min(end - need.service_s, noon - 1) if morning else end - need.service_s,
            )
            for start, end in self.judge.hours(site, day)
        )
        asked = (need.first is None or day >= need.first) and (need.last is None or day <= need.last)
        rested = need.last_visit is None or (day - need.last_visit).days >= max(need.min_gap_days, 1)
        past = self.judge.problem.today is not None and day < self.judge.problem.today
        off = past or any(closure.stops_vehicles and day in closure.period for closure in self.judge.problem.closures)
        if (
            self.judge.is_closed(site, day)
            or not any(first <= last for first, last in spans)
            or not asked
            or not rested
            or off
        ):
            return False
        return any(
            self.judge.can_get_there(vehicle, site)
            and need.equipment <= vehicle.equipment
            and (day.weekday() in vehicle.weekdays or day in rules.extra_days)
            and not any(day in absence.period for absence in vehicle.absences)
            and self.crews_there(vehicle.depot_id, day)
            for vehicle in self.judge.problem.vehicles
        )

    def crews_there(self, depot_id: str, day: date) -> bool:
        """Whether a depot has the posts for one vehicle on the day."""
        wanted = {"driver": self.judge.rules.drivers_per_vehicle, "librarian": self.judge.rules.librarians_per_vehicle}
        return not self.judge.problem.staff or all(
            sum(
                member.depot_id == depot_id
                and member.post == post
                and (day.weekday() in member.weekdays or day in self.judge.rules.extra_days)
                and not any(day in absence.period for absence in member.absences)
                for member in self.judge.problem.staff
            )
            >= each
            for post, each in wanted.items()
        )

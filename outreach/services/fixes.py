"""Fixes of a plan's unserved needs, found when somebody asks: as the plan, its sites and vehicles are at that moment.

Nothing is kept: a fix of yesterday's plan could not be made today. Each answer names the version it holds for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.errors import NotFound
from outreach.domain.sheets import VehicleSign
from outreach.domain.unserved import FixRow, MovedVisit, NeedFixes
from outreach.i18n import clock, duration, long_day, number, translate, translate_count
from outreach.i18n import day as day_text
from outreach.routing.changes import Change
from outreach.routing.explain import in_step
from outreach.routing.fixes import Disturbed, Fix, Workbench
from outreach.routing.solution import Hurdle
from outreach.services.near_misses import NearDays, near_days
from outreach.services.problems import build_problem
from outreach.services.saving import load_plan_row, load_solution
from outreach.store.sites import Need, Site

SECONDS = 2.0  # at most, for one need
SLIGHT_S = 30  # less driving than this rounds to no minute


def need_fixes(session: Session, plan_id: int, need_id: int, *, today: date) -> NeedFixes:
    """What would have to change for one more visit of a need, from tomorrow on; raises NotFound."""
    plan = load_plan_row(session, plan_id)
    problem = build_problem(session, plan_id, today=None)
    found = session.execute(
        select(Need, Site).join(Site, Site.id == Need.site_id).where(Need.id == need_id)
    ).one_or_none()
    if found is None or not any(need.id == str(need_id) for need in problem.needs):
        raise NotFound("Kế hoạch này không có nhu cầu số {need_id}.", need_id=need_id)
    need, site = found
    solution = in_step(problem, load_solution(session, plan_id))
    missing = next((left.missing for left in solution.unserved if left.need_id == str(need_id)), 0)
    fixes: tuple[Fix, ...] = ()
    if missing:
        first = max(plan.first_day, today + timedelta(days=1))
        bench = Workbench(problem, solution, first=first)
        fixes = bench.fixes(str(need_id), seconds=SECONDS)
    words = FixWords(near_days(session))
    return NeedFixes(need.id, site.id, site.name, missing, plan.version, tuple(words.row(fix) for fix in fixes))


def _clock_by(change: Change) -> dict[str, str]:
    """From and to as times of day."""
    return {"before": clock(change.before or 0), "after": clock(change.after or 0)}


def _lasting_by(change: Change) -> dict[str, str]:
    """From and to as durations."""
    return {"before": duration(change.before or 0), "after": duration(change.after or 0)}


def _number_by(change: Change, units: int = 1, decimals: int = 0) -> dict[str, str]:
    """From and to as numbers."""
    before, after = ((value or 0) / units for value in (change.before, change.after))
    return {"before": number(before, decimals), "after": number(after, decimals)}


def _other(change: Change) -> str:
    return day_text(change.other_day) if change.other_day else ""


def _dates(change: Change) -> str:
    if change.other_day is not None and change.day < change.other_day:
        return translate_count(
            "Buổi này được sớm hơn {count} ngày so với ngày đầu đã đề nghị, {other}.",
            change.amount,
            other=_other(change),
        )
    return translate_count(
        "Buổi này được muộn hơn {count} ngày so với ngày cuối đã đề nghị, {other}.", change.amount, other=_other(change)
    )


def _hours(change: Change) -> str:
    return ", ".join(f"{clock(hours.start_s)}–{clock(hours.end_s)}" for hours in change.hours)


def _posts(change: Change, base: str) -> str:
    drivers, librarians = change.posts.count("driver"), change.posts.count("librarian")
    if drivers and librarians:
        return translate(
            "Thêm {drivers} lái xe và {librarians} thủ thư cho {base} hôm đó.",
            drivers=number(drivers),
            librarians=number(librarians),
            base=base,
        )
    if drivers:
        return translate_count("Thêm {count} lái xe cho {base} hôm đó.", drivers, base=base)
    return translate_count("Thêm {count} thủ thư cho {base} hôm đó.", librarians, base=base)


# What would change, as a sentence; the day and the vehicle stand beside it.
_WRITERS: dict[Hurdle | None, Callable[[Change], str]] = {
    None: lambda _: translate("Kế hoạch vẫn còn chỗ cho buổi này, không cần đổi gì."),
    Hurdle.OPENS_EARLIER: lambda c: translate(
        "Nơi này nhận xe hôm đó từ {after} thay vì {before}.", **_clock_by(c)
    ),
    Hurdle.CLOSES_LATER: lambda c: translate("Nơi này nhận xe hôm đó tới {after} thay vì {before}.", **_clock_by(c)),
    Hurdle.SITE_CLOSED: lambda c: translate("Nơi này nhận xe hôm đó, {hours}.", hours=_hours(c)),
    Hurdle.SHIFT: lambda c: translate("Ca làm việc hôm đó dài tới {after} thay vì {before}.", **_lasting_by(c)),
    Hurdle.LEAVE_EARLIER: lambda c: translate("Xe rời cơ sở hôm đó từ {after} thay vì {before}.", **_clock_by(c)),
    Hurdle.RETURN_LATER: lambda c: translate("Xe về cơ sở hôm đó tới {after} thay vì {before}.", **_clock_by(c)),
    Hurdle.DRIVE: lambda c: translate("Hôm đó được lái xe tới {after} thay vì {before}.", **_lasting_by(c)),
    Hurdle.LUNCH: lambda c: translate("Nghỉ trưa {after} thay vì {before}.", **_lasting_by(c)),
    Hurdle.STOPS: lambda c: translate_count("Xe được ghé thêm {count} điểm trong ngày.", c.amount),
    Hurdle.NEED_DATES: _dates,
    Hurdle.TOO_NEAR: lambda c: translate(
        "Hai buổi ở đây cách nhau ít nhất {after} ngày thay vì {before}; buổi kia ngày {other}.",
        **_number_by(c), other=_other(c),
    ),
    Hurdle.TOO_FAR_APART: lambda c: translate(
        "Hai buổi ở đây cách nhau nhiều nhất {after} ngày thay vì {before}; buổi kia ngày {other}.",
        **_number_by(c), other=_other(c),
    ),
    Hurdle.PATTERN: lambda c: translate(
        "Thêm bộ ngày {days} vào những bộ ngày cho phép.", days=", ".join(day_text(day) for day in c.days)
    ),
    Hurdle.RHYTHM: lambda _: translate("Nhu cầu này không cần giữ nhịp đều."),
    Hurdle.LENGTH: lambda c: translate(
        "Đường vào nhận xe dài tới {after} m thay vì {before} m.", **_number_by(c, 100, 2)
    ),
    Hurdle.HEIGHT: lambda c: translate(
        "Đường vào nhận xe cao tới {after} m thay vì {before} m.", **_number_by(c, 100, 2)
    ),
    Hurdle.WEIGHT: lambda c: translate("Đường vào nhận xe nặng tới {after} kg thay vì {before} kg.", **_number_by(c)),
    Hurdle.EQUIPMENT: lambda c: translate("Xe mang thêm: {equipment}.", equipment=", ".join(c.equipment)),
    Hurdle.LOAD: lambda c: translate("Xe chở được {after} thùng thay vì {before}.", **_number_by(c)),
    Hurdle.VEHICLE_KIND: lambda _: translate("Loại xe này được tới nơi đây."),
    Hurdle.VEHICLE_WEEKDAY: lambda c: translate("Xe chạy thêm {day}.", day=long_day(c.day)),
    Hurdle.VEHICLE_AWAY: lambda _: translate("Xe không vắng hôm đó."),
    Hurdle.DAY_OFF: lambda _: translate("Xe chạy hôm đó dù là ngày nghỉ của mọi xe."),
    Hurdle.PINNED: lambda _: translate("Bỏ ghim của nhu cầu này."),
    Hurdle.DAY_FROZEN: lambda _: translate("Mở khóa ngày này của xe."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FixWords:
    """Fixes written with the names of an organisation."""

    near: NearDays

    def row(self, fix: Fix) -> FixRow:
        """A fix for a page."""
        change = fix.change
        return FixRow(
            kind=change.kind.value,
            rule=change.rule.value if change.rule else "",
            amount=change.amount,
            day=change.day,
            vehicle=self._sign(change.vehicle_id),
            start_s=fix.start_s,
            end_s=fix.end_s,
            drive_s=fix.drive_s,
            moved=tuple(self._moved(one) for one in fix.disturbed),
            text=self.text(fix),
            cost=cost_words(fix.drive_s),
        )

    def text(self, fix: Fix) -> str:
        """What would change, as a sentence."""
        change = fix.change
        if change.posts:
            return _posts(change, self._sign(change.vehicle_id).base_name)
        if change.rule is Hurdle.ROOM:
            site = self._site(change.other_need_id)
            if fix.drops:
                return translate("Bỏ buổi ở {site} để nhường chỗ.", site=site)
            return translate("Buổi ở {site} nhường chỗ và sang chỗ khác.", site=site)
        return _WRITERS[change.rule](change)

    def _site(self, need_id: str) -> str:
        return self.near.names.needs.get(need_id) or translate("điểm khác")

    def _sign(self, vehicle_id: str) -> VehicleSign:
        return self.near.signs[vehicle_id]

    def _moved(self, one: Disturbed) -> MovedVisit:
        site, sign = self._site(one.need_id), self._sign(one.vehicle_id)
        to = self._sign(one.to_vehicle_id) if one.to_day else None
        return MovedVisit(
            need_id=int(one.need_id),
            site_name=site,
            day=one.day,
            start_s=one.start_s,
            vehicle=sign,
            to_day=one.to_day,
            to_start_s=one.to_start_s,
            to_vehicle=to,
            text=_moved_words(one, site, to),
        )


def _moved_words(one: Disturbed, site: str, to: VehicleSign | None) -> str:
    """What happens to a visit of the plan."""
    if one.to_day is None or to is None:
        return translate("{site}: bỏ buổi {day}, {time}.", site=site, day=long_day(one.day), time=clock(one.start_s))
    if one.to_day == one.day and one.to_vehicle_id == one.vehicle_id:
        return translate(
            "{site}: {after} thay vì {before}.", site=site, after=clock(one.to_start_s), before=clock(one.start_s)
        )
    return translate(
        "{site}: sang {day}, {time}, {vehicle}.",
        site=site, day=long_day(one.to_day), time=clock(one.to_start_s), vehicle=to.name,
    )  # fmt: skip


def cost_words(drive_s: int) -> str:
    """What a fix costs in driving."""
    if abs(drive_s) < SLIGHT_S:
        return translate("không thêm giờ lái")
    if drive_s > 0:
        return translate("thêm {duration} lái xe", duration=duration(drive_s))
    return translate("bớt {duration} lái xe", duration=duration(-drive_s))

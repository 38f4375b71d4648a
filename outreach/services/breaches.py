"""What the judge found in a plan, in words: by rule, by day, and as marks on the board."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.i18n import translate
from outreach.routing.solution import Breach, RuleName
from outreach.services.plan_rows import load_plan
from outreach.services.reasons import OF_NEEDS, OF_VEHICLES, Names, breach_from_json, breach_words, load_all_names
from outreach.store.fleet import Vehicle
from outreach.store.plans import Stop, Tour

# A heading for each rule.
TITLES: dict[RuleName, str] = {
    RuleName.UNKNOWN_SITE: "Điểm không còn dùng",
    RuleName.UNKNOWN_NEED: "Nhu cầu không còn",
    RuleName.UNKNOWN_VEHICLE: "Xe không còn dùng",
    RuleName.WRONG_VEHICLE: "Xe không tới được điểm",
    RuleName.VEHICLE_AWAY: "Xe không chạy ngày này",
    RuleName.DAY_OFF: "Ngày nghỉ",
    RuleName.OUTSIDE_HORIZON: "Ngoài kỳ kế hoạch",
    RuleName.SITE_CLOSED: "Điểm đóng cửa",
    RuleName.OUTSIDE_WINDOW: "Ngoài khung giờ nhận",
    RuleName.SHORT_SERVICE: "Buổi ngắn hơn nhu cầu",
    RuleName.NO_SET_UP: "Thiếu giờ bày và dọn",
    RuleName.LATE: "Không kịp đường đi",
    RuleName.WRONG_DRIVE: "Giờ lái ghi không đúng",
    RuleName.NO_LUNCH: "Không có nghỉ trưa",
    RuleName.SHIFT_TOO_LONG: "Quá ca làm việc",
    RuleName.SHIFT_TOO_EARLY: "Rời cơ sở quá sớm",
    RuleName.SHIFT_TOO_LATE: "Về cơ sở quá muộn",
    RuleName.DRIVE_TOO_LONG: "Lái quá lâu",
    RuleName.TOO_MANY_STOPS: "Quá nhiều điểm một ngày",
    RuleName.NO_EQUIPMENT: "Xe thiếu thiết bị",
    RuleName.PIN_BROKEN: "Không đúng như đã ghim",
    RuleName.DAY_FROZEN: "Ngày đã khóa có buổi khác",
    RuleName.OVERLOADED: "Xe chở quá sức",
    RuleName.WRONG_PATTERN: "Sai bộ ngày cho phép",
    RuleName.TOO_NEAR: "Hai buổi quá gần nhau",
    RuleName.TOO_FAR_APART: "Hai buổi quá xa nhau",
    RuleName.OVER_QUOTA: "Thừa buổi",
    RuleName.NEED_OUTSIDE_DATES: "Ngoài những ngày đề nghị",
    RuleName.NO_CREW: "Thiếu người",
    RuleName.TWO_TOURS: "Một xe hai lượt một ngày",
    RuleName.BROKEN_TRIP: "Chuyến không liền ngày",
    RuleName.NO_LODGING: "Không có chỗ nghỉ đêm",
    RuleName.TOO_MANY_NIGHTS: "Quá nhiều đêm xa nhà",
    RuleName.WRONG_COUNT: "Số buổi không khớp",
    RuleName.WRONG_RHYTHM: "Lệch nhịp đều",
}


@dataclass(frozen=True, slots=True)
class BreachLine:
    """One breach: what is wrong, on which day, and the sign of the bus where one is meant."""

    text: str
    day: date | None
    sign: int | None


@dataclass(frozen=True, slots=True)
class BreachGroup:
    """The breaches of one rule, by day."""

    title: str
    lines: tuple[BreachLine, ...]


def rule_title(rule: RuleName) -> str:
    """The heading of a rule."""
    return translate(TITLES[rule])


class PlanBreaches:
    """What the judge found in a plan when it last looked."""

    def __init__(self, session: Session, plan_id: int) -> None:
        raw = load_plan(session, plan_id).breaches or []
        self.breaches = tuple(breach_from_json(one) for one in raw)
        self._names = load_all_names(session) if raw else Names()
        self._signs = _Signs(session, plan_id, {breach.day for breach in self.breaches if breach.day})

    def __len__(self) -> int:
        return len(self.breaches)

    def groups(self) -> tuple[BreachGroup, ...]:
        """By rule, the most frequent first."""
        return grouped(self.breaches, self._names, signs=self._signs)

    def of_day(self, day: date, sign: int | None = None) -> tuple[BreachLine, ...]:
        """Those of a day; with `sign`, those of one bus and those that concern no single bus."""
        lines = [_line(breach, self._names, self._signs) for breach in self.breaches if breach.day == day]
        return tuple(line for line in lines if sign is None or line.sign in (None, sign))

    def marks(self) -> dict[tuple[date, int | None], int]:
        """How many there are by day and sign of the bus; None where no single bus is meant."""
        return dict(Counter((breach.day, self._signs.of(breach)) for breach in self.breaches if breach.day))


class _Signs:
    """Which bus a breach is about: the one it names, or the one that serves the site it names that day."""

    def __init__(self, session: Session, plan_id: int, days: set[date]) -> None:
        self._vehicles: dict[str, int] = {}
        self._sites: dict[tuple[date, str], int] = {}
        self._needs: dict[tuple[date, str], int] = {}
        if not days:
            return
        for vehicle in session.scalars(select(Vehicle)):
            self._vehicles[str(vehicle.id)] = vehicle.sign
        served = (
            select(Tour.day, Tour.vehicle_id, Stop.site_id, Stop.need_id)
            .join(Stop, Stop.tour_id == Tour.id)
            .where(Tour.plan_id == plan_id)
        )
        for day, vehicle_id, site_id, need_id in session.execute(served):
            sign = self._vehicles.get(str(vehicle_id))
            if day in days and sign is not None:
                self._sites[day, str(site_id)] = self._needs[day, str(need_id)] = sign

    def of(self, breach: Breach) -> int | None:
        """The sign of the bus."""
        if breach.day is None or breach.rule is RuleName.NO_CREW:
            return None
        if breach.rule in OF_VEHICLES:
            return self._vehicles.get(breach.where)
        table = self._needs if breach.rule in OF_NEEDS else self._sites
        return table.get((breach.day, breach.where))


def _line(breach: Breach, names: Names, signs: "_Signs | None") -> BreachLine:
    words = breach_words(breach, names)
    return BreachLine(words[:1].upper() + words[1:], breach.day, signs.of(breach) if signs else None)


def grouped(breaches: Iterable[Breach], names: Names, *, signs: "_Signs | None" = None) -> tuple[BreachGroup, ...]:
    """Breaches by rule, the most frequent first, each group by day."""
    by_rule: dict[RuleName, list[BreachLine]] = defaultdict(list)
    for breach in sorted(breaches, key=lambda one: one.day or date.min):
        by_rule[breach.rule].append(_line(breach, names, signs))
    ordered = sorted(by_rule.items(), key=lambda item: (-len(item[1]), list(TITLES).index(item[0])))
    return tuple(BreachGroup(rule_title(rule), tuple(lines)) for rule, lines in ordered)

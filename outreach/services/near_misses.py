"""Near misses in the tables and as sentences: on which day, with which vehicle, and what would have to give."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.sheets import VehicleSign
from outreach.domain.unserved import NearDay
from outreach.i18n import day as day_text
from outreach.i18n import duration, long_day, number, translate, translate_count, weekday
from outreach.routing.solution import Hurdle, NearMiss, Reason, Unserved
from outreach.services.reasons import Names, load_all_names, reason_from_json
from outreach.store.fleet import Base, Vehicle

NEAR = "near"  # the key that tells a near miss from a reason in the list they share


def near_to_json(miss: NearMiss) -> dict[str, Any]:
    """A near miss as it stands in the tables, beside the reasons of its need."""
    return {
        NEAR: miss.rule.value, "amount": miss.amount, "vehicle": miss.vehicle_id, "day": miss.day.isoformat(),
        "other_day": miss.other_day.isoformat() if miss.other_day else None, "other_need": miss.other_need_id,
    }  # fmt: skip


def near_from_json(raw: Mapping[str, Any]) -> NearMiss:
    """A near miss from the tables; raises ValueError for an unknown rule."""
    other = date.fromisoformat(raw["other_day"]) if raw["other_day"] else None
    day = date.fromisoformat(raw["day"])
    return NearMiss(Hurdle(raw[NEAR]), raw["amount"], raw["vehicle"], day, other, raw["other_need"])


def reasons_to_json(unserved: Unserved) -> list[dict[str, Any]]:
    """Reasons and near misses of a need in one list, as the tables keep it."""
    reasons = [{"code": reason.code.value, "details": dict(reason.details)} for reason in unserved.reasons]
    return [*reasons, *(near_to_json(miss) for miss in unserved.nearest)]


def reasons_in(kept: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """The reasons of a list of the tables."""
    return tuple(reason_from_json(raw) for raw in kept if NEAR not in raw)


def nearest_in(kept: Iterable[Mapping[str, Any]]) -> tuple[NearMiss, ...]:
    """The near misses of a list of the tables."""
    return tuple(near_from_json(raw) for raw in kept if NEAR in raw)


def _time(miss: NearMiss) -> str:
    """Whole minutes, rounded up: what is said must be enough."""
    return duration(-(-miss.amount // 60) * 60)


def _other_day(miss: NearMiss) -> str:
    return day_text(miss.other_day) if miss.other_day else ""


# What would have to give, as the end of a sentence.
_WRITERS: dict[Hurdle, Callable[[NearMiss, Names], str]] = {
    Hurdle.OPENS_EARLIER: lambda miss, _: translate(
        "nếu nơi này bắt đầu nhận xe sớm hơn {duration}", duration=_time(miss)
    ),
    Hurdle.CLOSES_LATER: lambda miss, _: translate("nếu nơi này nhận xe muộn thêm {duration}", duration=_time(miss)),
    Hurdle.SHIFT: lambda miss, _: translate("nếu ca làm việc dài thêm {duration}", duration=_time(miss)),
    Hurdle.LEAVE_EARLIER: lambda miss, _: translate(
        "nếu xe rời cơ sở sớm hơn giờ quy định {duration}", duration=_time(miss)
    ),
    Hurdle.RETURN_LATER: lambda miss, _: translate(
        "nếu xe về cơ sở muộn hơn giờ quy định {duration}", duration=_time(miss)
    ),
    Hurdle.DRIVE: lambda miss, _: translate("nếu hôm đó được lái xe thêm {duration}", duration=_time(miss)),
    Hurdle.LUNCH: lambda miss, _: translate("nếu nghỉ trưa ngắn lại {duration}", duration=_time(miss)),
    Hurdle.NEED_DATES: lambda miss, _: translate_count(
        "nếu được lệch {count} ngày so với những ngày đã đề nghị", miss.amount
    ),
    Hurdle.TOO_NEAR: lambda miss, _: translate_count(
        "nếu buổi này được gần buổi ngày {other} hơn quy định {count} ngày", miss.amount, other=_other_day(miss)
    ),
    Hurdle.TOO_FAR_APART: lambda miss, _: translate_count(
        "nếu buổi này được xa buổi ngày {other} hơn quy định {count} ngày", miss.amount, other=_other_day(miss)
    ),
    Hurdle.STOPS: lambda miss, _: translate_count("nếu hôm đó xe được ghé thêm {count} điểm", miss.amount),
    Hurdle.LOAD: lambda miss, _: translate_count("nếu xe chở thêm được {count} thùng", miss.amount),
    Hurdle.LENGTH: lambda miss, _: translate(
        "nếu đường vào nhận xe dài thêm {size} m", size=number(miss.amount / 100, 2)
    ),
    Hurdle.HEIGHT: lambda miss, _: translate(
        "nếu đường vào nhận xe cao thêm {size} m", size=number(miss.amount / 100, 2)
    ),
    Hurdle.WEIGHT: lambda miss, _: translate(
        "nếu đường vào chịu được xe nặng thêm {kilograms} kg", kilograms=number(miss.amount)
    ),
    Hurdle.EQUIPMENT: lambda miss, _: translate_count("nếu xe có thêm {count} thiết bị mà buổi này cần", miss.amount),
    Hurdle.LIBRARIANS: lambda miss, _: translate_count("nếu có thêm {count} thủ thư", miss.amount),
    Hurdle.DRIVERS: lambda miss, _: translate_count("nếu có thêm {count} lái xe", miss.amount),
    Hurdle.CREW: lambda miss, _: translate_count(
        "nếu có thêm {count} người cho đủ tổ phục vụ, cả lái xe và thủ thư", miss.amount
    ),
    Hurdle.SITE_CLOSED: lambda _miss, _: translate("nếu nơi này nhận xe hôm đó"),
    Hurdle.DAY_FROZEN: lambda _miss, _: translate("nếu ngày này của xe không bị khóa"),
    Hurdle.PATTERN: lambda _miss, _: translate("nếu ngày này được thêm vào những bộ ngày cho phép"),
    Hurdle.RHYTHM: lambda _miss, _: translate("nếu buổi này được lệch nhịp với các buổi khác ở đây"),
    Hurdle.PINNED: lambda _miss, _: translate("nếu bỏ ghim của nhu cầu này"),
    Hurdle.VEHICLE_WEEKDAY: lambda miss, _: translate("nếu xe chạy cả {weekday}", weekday=weekday(miss.day)),
    Hurdle.VEHICLE_AWAY: lambda _miss, _: translate("nếu xe không vắng hôm đó"),
    Hurdle.ROOM: lambda miss, names: translate(
        "nếu buổi ở {site} nhường chỗ", site=names.needs.get(miss.other_need_id) or translate("điểm khác")
    ),
    Hurdle.VEHICLE_KIND: lambda _miss, _: translate("nếu loại xe này tới được nơi đây"),
    Hurdle.DAY_OFF: lambda _miss, _: translate("nếu hôm đó không phải ngày nghỉ của mọi xe"),
}


def near_words(miss: NearMiss, names: Names) -> str:
    """What would have to give, as the end of a sentence: "nếu ca làm việc dài thêm 18 phút"."""
    return _WRITERS[miss.rule](miss, names)


@dataclass(frozen=True, slots=True)
class NearDays:
    """The vehicles and names that near misses speak of."""

    signs: Mapping[str, VehicleSign]
    names: Names

    def of(self, nearest: Sequence[NearMiss]) -> tuple[NearDay, ...]:
        """Near misses for a page; those of a vehicle that is gone are left out."""
        return tuple(self._day(miss) for miss in nearest if miss.vehicle_id in self.signs)

    def _day(self, miss: NearMiss) -> NearDay:
        sign, words = self.signs[miss.vehicle_id], near_words(miss, self.names)
        text = translate(
            "{day}, {vehicle}: vừa {condition}.", day=long_day(miss.day), vehicle=sign.name, condition=words
        )
        return NearDay(rule=miss.rule.value, amount=miss.amount, day=miss.day, vehicle=sign, words=words, text=text)


def near_days(session: Session) -> NearDays:
    """The organisation's vehicles and names, to write near misses with."""
    statement = select(Vehicle, Base.short_name).join(Base, Base.id == Vehicle.base_id)
    signs = {
        str(vehicle.id): VehicleSign(vehicle.id, vehicle.name, vehicle.sign, base_name)
        for vehicle, base_name in session.execute(statement)
    }
    return NearDays(signs, load_all_names(session))

"""Reasons and broken rules as sentences in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.i18n import day as day_text
from outreach.i18n import duration, number, translate, translate_count
from outreach.routing.solution import Breach, Reason, ReasonCode, RuleName
from outreach.store.fleet import Base, Vehicle
from outreach.store.sites import Need, Site


@dataclass(frozen=True, slots=True)
class Names:
    """How ids of routing are called by people; an unknown id is said as it is."""

    vehicles: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)  # need -> the name of its site

    def vehicle(self, found: object) -> str:
        """A vehicle's name."""
        return self.vehicles.get(str(found)) or translate("xe {id}", id=found)

    def site(self, found: object) -> str:
        """A site's name."""
        key = str(found).removeprefix("site:")
        return self.sites.get(key) or translate("điểm {id}", id=key)

    def base(self, found: object) -> str:
        """A base's name."""
        key = str(found).removeprefix("base:")
        return self.bases.get(key) or translate("cơ sở {id}", id=key)

    def need(self, found: object) -> str:
        """A need, by its site."""
        site = self.needs.get(str(found))
        return translate("nhu cầu của {site}", site=site) if site else translate("nhu cầu {id}", id=found)


def load_all_names(session: Session) -> Names:
    """The names of the organisation's vehicles, sites and bases, and whose each need is."""
    return Names(
        vehicles={str(row.id): row.name for row in session.scalars(select(Vehicle))},
        sites={str(site_id): name for site_id, name in session.execute(select(Site.id, Site.name))},
        bases={str(row.id): row.short_name for row in session.scalars(select(Base))},
        needs={
            str(need_id): name
            for need_id, name in session.execute(select(Need.id, Site.name).join(Site, Site.id == Need.site_id))
        },
    )


def reason_from_json(raw: Mapping[str, Any]) -> Reason:
    """A reason as it stands in the tables: {"code", "details"}; raises ValueError for an unknown code."""
    details = raw.get("details") or {}
    pairs = details.items() if isinstance(details, Mapping) else (tuple(pair) for pair in details)
    return Reason(ReasonCode(raw["code"]), tuple((str(key), value) for key, value in pairs))


def breach_to_json(breach: Breach) -> dict[str, Any]:
    """A breach as it stands in the tables."""
    day = breach.day.isoformat() if breach.day else None
    return {"rule": breach.rule.value, "where": breach.where, "amount": breach.amount, "day": day}


def breach_from_json(raw: Mapping[str, Any]) -> Breach:
    """A breach from the tables; raises ValueError for an unknown rule."""
    day = date.fromisoformat(raw["day"]) if raw.get("day") else None
    return Breach(RuleName(raw["rule"]), str(raw["where"]), int(raw.get("amount", 0)), day)


# A heading for each code, for counts and filters.
TITLES: dict[ReasonCode, str] = {
    ReasonCode.NO_ROAD: "Không có đường bộ tới nơi",
    ReasonCode.VEHICLE_TOO_BIG: "Xe quá khổ với đường vào",
    ReasonCode.TOO_FAR: "Quá xa cho một ngày",
    ReasonCode.SERVICE_TOO_LONG: "Buổi phục vụ dài hơn khung giờ nhận",
    ReasonCode.NO_OPEN_DAY: "Không có ngày nào cả hai bên cùng rảnh",
    ReasonCode.SPACING: "Chưa đủ khoảng cách giữa hai buổi",
    ReasonCode.NO_CREW: "Thiếu người đi cùng xe",
    ReasonCode.FULL: "Xe đã kín lịch",
    ReasonCode.NO_EQUIPMENT: "Không xe nào có đủ thiết bị",
    ReasonCode.PINNED: "Ghim không để lại chỗ nào",
    ReasonCode.LOAD: "Xe không chở thêm được",
    ReasonCode.TIME: "Không đủ thời gian trong ngày",
    ReasonCode.RHYTHM: "Những ngày còn lại lệch nhịp",
    ReasonCode.LEFT_OUT: "Lịch nhập vào bỏ qua, dù còn chỗ",
    ReasonCode.TWO_RULES: "Phải nới hơn một quy tắc",
}


def reason_title(code: str) -> str:
    """The heading of a reason's code."""
    return translate(TITLES[ReasonCode(code)])


Details = Mapping[str, int | str]


def _no_road(_details: Details) -> str:
    return translate("Không xe nào của thư viện đi được tới đây: không có đường bộ từ cơ sở nào.")


def _too_big(details: Details) -> str:
    size, limit = float(details.get("size", 0)), float(details.get("limit", 0))
    match details.get("measure"):
        case "length_cm":
            return translate(
                "Đường vào chỉ nhận xe dài tới {limit} m; xe ngắn nhất của thư viện dài {size} m.",
                limit=number(limit / 100, 1),
                size=number(size / 100, 1),
            )
        case "height_cm":
            return translate(
                "Đường vào chỉ nhận xe cao tới {limit} m; xe thấp nhất của thư viện cao {size} m.",
                limit=number(limit / 100, 1),
                size=number(size / 100, 1),
            )
        case "weight_kg":
            return translate(
                "Đường vào chỉ chịu được xe nặng tới {limit} tấn; xe nhẹ nhất của thư viện nặng {size} tấn.",
                limit=number(limit / 1000, 1),
                size=number(size / 1000, 1),
            )
    return translate("Đường vào không nhận xe cỡ này; mọi xe của thư viện đều quá dài, quá cao hoặc quá nặng.")


def _too_far(details: Details) -> str:
    if "drive_s" not in details:
        return translate("Đường quá xa: dù cả ngày chỉ tới một điểm này vẫn quá giờ làm việc.")
    return translate(
        "Đi và về trong ngày mất {drive} lái xe. Dù cả ngày chỉ tới một điểm này vẫn quá giờ làm việc.",
        drive=duration(float(details["drive_s"])),
    )


def _too_long(details: Details) -> str:
    if "service_s" not in details or "window_s" not in details:
        return translate("Buổi phục vụ dài hơn mọi khung giờ mà nơi này nhận xe.")
    return translate(
        "Buổi phục vụ cần {service}, trong khi khung giờ nhận dài nhất chỉ có {window}.",
        service=duration(float(details["service_s"])),
        window=duration(float(details["window_s"])),
    )


def _no_open_day(details: Details) -> str:
    if open_days := int(details.get("open_days", 0)):
        return translate_count("Nơi này nhận xe {count} ngày trong kỳ, nhưng không ngày nào xe chạy được.", open_days)
    return translate("Trong kỳ không có ngày nào nơi này nhận xe.")


def _spacing(details: Details) -> str:
    gap = int(details.get("min_gap_days", 0))
    if not gap:
        return translate("Những ngày còn lại đều quá gần một buổi khác ở chính nơi này.")
    return translate(
        "Hai buổi ở đây phải cách nhau ít nhất {gap} ngày; những ngày còn lại đều quá gần buổi kia.", gap=number(gap)
    )


def _no_crew(details: Details) -> str:
    if days := int(details.get("days", 0)):
        return translate_count("Có {count} ngày xe còn trống, nhưng hôm đó không đủ lái xe hoặc thủ thư.", days)
    return translate("Có ngày xe còn trống, nhưng hôm đó không đủ lái xe hoặc thủ thư.")


def _full(details: Details) -> str:
    if days := int(details.get("days", 0)):
        return translate_count("{count} ngày phù hợp đều đã kín những buổi cần hơn hoặc ngang bằng.", days)
    return translate("Mọi ngày phù hợp đều đã kín những buổi cần hơn hoặc ngang bằng.")


def _no_equipment(details: Details) -> str:
    return translate(
        "Không xe nào tới được đây có đủ thiết bị cần mang: {missing}.", missing=details.get("missing", "")
    )


def _pinned(_details: Details) -> str:
    return translate("Những gì đã ghim (ngày, xe, giờ, ngày đã khóa) không để lại chỗ nào cho buổi này.")


def _load(details: Details) -> str:
    if days := int(details.get("days", 0)):
        return translate_count("{count} ngày phù hợp đều đã chở đủ, không thêm được thùng nào cho nơi này.", days)
    return translate("Mọi ngày phù hợp đều đã chở đủ, không thêm được thùng nào cho nơi này.")


def _time(details: Details) -> str:
    over_s = float(details.get("over_s", 0))
    if over_s < 60:  # under a minute says nothing to a person
        return translate("Còn buổi trống, nhưng đường đi, nghỉ trưa hoặc giờ làm việc không cho ghép thêm buổi này.")
    return translate(
        "Còn buổi trống, nhưng tính cả đường đi và nghỉ trưa thì ngày gần vừa nhất vẫn thiếu {over}.",
        over=duration(over_s),
    )


def _rhythm(details: Details) -> str:
    if weeks := int(details.get("weeks", 0)):
        return translate_count(
            "Các buổi ở đây cùng thứ, cùng buổi sáng hoặc chiều, cách đều {count} tuần; những ngày còn lại lệch nhịp.",
            weeks,
        )
    return translate("Những ngày còn lại lệch nhịp với các buổi đã có ở đây.")


def _left_out(details: Details) -> str:
    if days := int(details.get("days", 0)):
        return translate_count("Bảng lịch nhập vào không có buổi này, dù còn {count} ngày xe nhận được.", days)
    return translate("Bảng lịch nhập vào không có buổi này, dù còn ngày xe nhận được.")


def _two_rules(_details: Details) -> str:
    return translate("Nới riêng một quy tắc nào cũng chưa đủ để xếp thêm buổi này, dù vào ngày nào.")


_WRITERS: dict[ReasonCode, Callable[[Details], str]] = {
    ReasonCode.NO_ROAD: _no_road,
    ReasonCode.VEHICLE_TOO_BIG: _too_big,
    ReasonCode.TOO_FAR: _too_far,
    ReasonCode.SERVICE_TOO_LONG: _too_long,
    ReasonCode.NO_OPEN_DAY: _no_open_day,
    ReasonCode.SPACING: _spacing,
    ReasonCode.NO_CREW: _no_crew,
    ReasonCode.FULL: _full,
    ReasonCode.NO_EQUIPMENT: _no_equipment,
    ReasonCode.PINNED: _pinned,
    ReasonCode.LOAD: _load,
    ReasonCode.TIME: _time,
    ReasonCode.RHYTHM: _rhythm,
    ReasonCode.LEFT_OUT: _left_out,
    ReasonCode.TWO_RULES: _two_rules,
}


def reason_text(reason: Reason) -> str:
    """One or two sentences that say why a need found no day, with the figures that decided."""
    return _WRITERS[reason.code](dict(reason.details))


# What each broken rule says; "{where}" is the vehicle or the site, "{amount}" the excess in its own unit.
RULES: dict[RuleName, str] = {
    RuleName.UNKNOWN_SITE: "không có điểm này: {where}",
    RuleName.UNKNOWN_NEED: "không có nhu cầu này: {where}",
    RuleName.UNKNOWN_VEHICLE: "không có xe này: {where}",
    RuleName.WRONG_VEHICLE: "xe không tới được {where}",
    RuleName.VEHICLE_AWAY: "{where} không chạy ngày này",
    RuleName.DAY_OFF: "ngày nghỉ, {where} không được chạy",
    RuleName.OUTSIDE_HORIZON: "ngày này nằm ngoài kỳ của kế hoạch ({where})",
    RuleName.SITE_CLOSED: "{where} không nhận xe ngày này",
    RuleName.OUTSIDE_WINDOW: "buổi ở {where} nằm ngoài khung giờ nhận",
    RuleName.SHORT_SERVICE: "buổi ở {where} ngắn hơn cần {duration}",
    RuleName.NO_SET_UP: "ở {where} thiếu {duration} để bày và dọn",
    RuleName.LATE: "tới {where} trễ {duration} so với đường đi",
    RuleName.WRONG_DRIVE: "giờ lái hoặc quãng đường ghi cho {where} không đúng",
    RuleName.NO_LUNCH: "{where} không có giờ nghỉ trưa đủ dài",
    RuleName.SHIFT_TOO_LONG: "{where} làm quá ca {duration}",
    RuleName.SHIFT_TOO_EARLY: "{where} rời cơ sở sớm hơn {duration} so với giờ cho phép",
    RuleName.SHIFT_TOO_LATE: "{where} về cơ sở muộn hơn {duration} so với giờ cho phép",
    RuleName.DRIVE_TOO_LONG: "{where} lái quá {duration} trong ngày",
    RuleName.TOO_MANY_STOPS: "{where} có nhiều hơn {amount} điểm so với mức cho phép",
    RuleName.NO_EQUIPMENT: "xe tới {where} thiếu {amount} loại thiết bị",
    RuleName.PIN_BROKEN: "buổi của {where} không đúng như đã ghim",
    RuleName.DAY_FROZEN: "ngày này của {where} đã khóa mà vẫn có buổi khác",
    RuleName.OVERLOADED: "{where} chở quá sức {amount} thùng",
    RuleName.WRONG_PATTERN: "các ngày phục vụ {where} không đúng bộ ngày nào đã cho phép",
    RuleName.TOO_NEAR: "hai buổi của {where} gần nhau hơn {amount} ngày so với yêu cầu",
    RuleName.TOO_FAR_APART: "hai buổi của {where} cách xa hơn {amount} ngày so với yêu cầu",
    RuleName.OVER_QUOTA: "{where} có thừa {amount} buổi",
    RuleName.NEED_OUTSIDE_DATES: "buổi của {where} nằm ngoài những ngày được đề nghị",
    RuleName.NO_CREW: "{where} thiếu {amount} người",
    RuleName.TWO_TOURS: "{where} chạy hai lượt trong một ngày",
    RuleName.BROKEN_TRIP: "chuyến của {where} không liền ngày hoặc không về đúng cơ sở",
    RuleName.NO_LODGING: "{where} không phải là chỗ nghỉ đêm của tổ phục vụ",
    RuleName.TOO_MANY_NIGHTS: "người của {where} ngủ xa nhà nhiều hơn {amount} đêm so với mức cho phép trong tháng",
    RuleName.WRONG_RHYTHM: "các buổi của {where} lệch nhịp đều {amount} buổi",
    RuleName.WRONG_COUNT: "số buổi chưa xếp của {where} không khớp",
}
OF_VEHICLES = frozenset({
    RuleName.UNKNOWN_VEHICLE, RuleName.VEHICLE_AWAY, RuleName.DAY_OFF, RuleName.OUTSIDE_HORIZON, RuleName.WRONG_DRIVE,
    RuleName.NO_LUNCH, RuleName.SHIFT_TOO_LONG, RuleName.SHIFT_TOO_EARLY, RuleName.SHIFT_TOO_LATE,
    RuleName.DRIVE_TOO_LONG, RuleName.TOO_MANY_STOPS, RuleName.TWO_TOURS, RuleName.BROKEN_TRIP, RuleName.OVERLOADED,
    RuleName.DAY_FROZEN,
})  # fmt: skip
OF_NEEDS = frozenset({
    RuleName.UNKNOWN_NEED, RuleName.TOO_NEAR, RuleName.TOO_FAR_APART, RuleName.OVER_QUOTA, RuleName.NEED_OUTSIDE_DATES,
    RuleName.WRONG_COUNT, RuleName.WRONG_PATTERN, RuleName.PIN_BROKEN, RuleName.WRONG_RHYTHM,
})  # fmt: skip


def breach_text(breach: Breach, names: Names | None = None) -> str:
    """One line about a broken rule: the day, where, and by how much."""
    return f"{_day(breach.day)}{breach_words(breach, names or Names())}"


def breach_words(breach: Breach, names: Names) -> str:
    """The same without the day."""
    if breach.where.startswith("base:") or breach.rule is RuleName.NO_CREW:
        where = names.base(breach.where)
    elif breach.rule in OF_VEHICLES:
        where = names.vehicle(breach.where)
    elif breach.rule in OF_NEEDS:
        where = names.need(breach.where)
    else:
        where = names.site(breach.where.removeprefix("site:"))
    return translate(
        RULES[breach.rule], where=where, amount=number(breach.amount), duration=duration(abs(breach.amount))
    )


def _day(day: date | None) -> str:
    return f"{day_text(day)}: " if day else ""

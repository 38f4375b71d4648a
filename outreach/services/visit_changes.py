"""What a mended plan changes, in words: the kind of change, before and after, and what is behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.i18n import clock, day, translate
from outreach.routing.differences import Slot, VisitChange, VisitChangeKind
from outreach.routing.disruptions import (
    CrewIll,
    Disruption,
    LaterStart,
    RoadClosed,
    SiteClosed,
    UrgentNeed,
    VehicleAway,
)
from outreach.services.reasons import Names

KINDS = {
    VisitChangeKind.DROPPED: "Bỏ buổi",
    VisitChangeKind.MOVED: "Sang ngày khác",
    VisitChangeKind.OTHER_VEHICLE: "Đổi xe",
    VisitChangeKind.OTHER_TIME: "Đổi giờ",
    VisitChangeKind.ADDED: "Thêm buổi",
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as a line of a table."""

    kind: str
    need: str
    was: str
    now: str
    why: str


def change_lines(
    changes: Sequence[VisitChange], disruptions: Sequence[Disruption], names: Names
) -> tuple[ChangeLine, ...]:
    """Each change in words, in the order given."""
    return tuple(
        ChangeLine(
            translate(KINDS[change.kind]),
            names.need(change.need_id),
            _slot(change.was, names),
            _slot(change.now, names),
            _why(change, disruptions, names),
        )
        for change in changes
    )


def _slot(slot: Slot | None, names: Names) -> str:
    if slot is None:
        return ""
    return f"{day(slot.day)} {clock(slot.start_s)}, {names.vehicle(slot.vehicle_id)}"


def _why(change: VisitChange, disruptions: Sequence[Disruption], names: Names) -> str:
    if change.disruption is not None:
        return disruption_text(disruptions[change.disruption], names)
    if change.for_need == change.need_id:
        return translate("một buổi khác của cùng nhu cầu đã dời")
    if change.for_need is not None:
        return translate("nhường chỗ cho {need}", need=names.need(change.for_need))
    if change.kind is VisitChangeKind.ADDED:
        return translate("có chỗ trống")
    return translate("để cả kế hoạch gọn hơn")


def disruption_text(one: Disruption, names: Names) -> str:
    """A disruption in a few words, with the reason people gave."""
    match one:
        case VehicleAway():
            said = translate("{vehicle} không chạy", vehicle=names.vehicle(one.vehicle_id))
        case LaterStart():
            said = translate(
                "{vehicle} chỉ rời cơ sở từ {time}", vehicle=names.vehicle(one.vehicle_id), time=clock(one.leave_s)
            )
        case CrewIll():
            said = translate("vị trí {post} vắng mặt", post=one.staff_id)
        case SiteClosed():
            said = translate("{site} đóng cửa", site=names.site(one.site_id))
        case RoadClosed():
            said = translate("đường đi {place} bị chặn", place=one.to_place)
        case UrgentNeed():
            return translate("nhu cầu gấp")
    return f"{said} ({one.reason})" if not isinstance(one, LaterStart) and one.reason else said

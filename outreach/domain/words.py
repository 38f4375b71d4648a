"""The closed sets of the work in Vietnamese words: the source texts of pages, sheets and messages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from outreach.domain.places import CoordinateQuality, SiteKind, Terrain
from outreach.domain.roles import Role
from outreach.domain.visits import (
    CalendarKind,
    CancelReason,
    PlanState,
    Post,
    RequestState,
    ServiceKind,
    VehicleKind,
    VisitOutcome,
)

SITE_KINDS = {
    SiteKind.PRIMARY_SCHOOL: "Trường tiểu học",
    SiteKind.LOWER_SECONDARY_SCHOOL: "Trường trung học cơ sở",
    SiteKind.COMBINED_SCHOOL: "Trường nhiều cấp",
    SiteKind.ETHNIC_BOARDING_SCHOOL: "Trường dân tộc nội trú, bán trú",
    SiteKind.COMMUNE_LIBRARY: "Thư viện xã",
    SiteKind.COMMUNITY_LIBRARY: "Thư viện cộng đồng",
    SiteKind.BORDER_POST: "Đồn biên phòng",
    SiteKind.INDUSTRIAL_PARK: "Khu công nghiệp",
    SiteKind.PRISON: "Trại giam",
}

ROLES = {
    Role.ADMIN: "Quản trị",
    Role.PLANNER: "Cán bộ kế hoạch",
    Role.DRIVER: "Lái xe, cán bộ theo xe",
    Role.OFFICE: "Văn phòng",
    Role.PUBLIC: "Bạn đọc",
}

SERVICES = {
    ServiceKind.BUS_VISIT: "Xe về phục vụ",
    ServiceKind.ROTATION: "Luân chuyển sách",
    ServiceKind.SUPPORT: "Hỗ trợ nghiệp vụ",
    ServiceKind.DISPLAY: "Trưng bày",
}

OUTCOMES = {
    VisitOutcome.DONE: "Đã phục vụ",
    VisitOutcome.PART: "Phục vụ một phần",
    VisitOutcome.CANCELLED: "Đã hủy",
    VisitOutcome.MOVED: "Đã dời",
}

PLAN_STATES = {
    PlanState.DRAFT: "Nháp",
    PlanState.SUBMITTED: "Đã trình",
    PlanState.APPROVED: "Đã duyệt",
    PlanState.PUBLISHED: "Đã công bố",
    PlanState.CLOSED: "Đã đóng",
}

TERRAINS = {
    Terrain.COAST: "Đồng bằng, ven biển",
    Terrain.HILLS: "Đồi, trung du",
    Terrain.MOUNTAIN: "Núi",
}

QUALITIES = {
    CoordinateQuality.SURVEYED: "Đã đo tại chỗ",
    CoordinateQuality.APPROXIMATE: "Gần đúng",
    CoordinateQuality.COMMUNE_POINT: "Điểm giữa xã",
}

VEHICLE_KINDS = {
    VehicleKind.BUS: "Xe ô tô thư viện",
    VehicleKind.VAN: "Xe con, xe tải nhỏ",
    VehicleKind.BOAT: "Xuồng, tàu",
}

POSTS = {
    Post.DRIVER: "Lái xe",
    Post.LIBRARIAN: "Thủ thư",
}

CALENDAR_KINDS = {
    CalendarKind.HOLIDAY: "Nghỉ lễ",
    CalendarKind.SWAP_DAY: "Nghỉ hoán đổi",
    CalendarKind.MADE_UP_DAY: "Làm bù",
    CalendarKind.SCHOOL_BREAK: "Trường nghỉ",
    CalendarKind.EXAM: "Thi, kiểm tra",
    CalendarKind.CAMPAIGN: "Đợt tuyên truyền",
}

CANCEL_REASONS = {
    CancelReason.RAIN: "Mưa bão",
    CancelReason.ROAD: "Đường không đi được",
    CancelReason.EXAM: "Trường thi, kiểm tra",
    CancelReason.VEHICLE: "Xe hỏng, xe bận",
    CancelReason.CREW: "Thiếu người",
    CancelReason.HOST: "Nơi đón hoãn",
}

REQUEST_STATES = {
    RequestState.OPEN: "Chờ trả lời",
    RequestState.ACCEPTED: "Đã nhận",
    RequestState.DECLINED: "Không nhận",
    RequestState.WITHDRAWN: "Đã rút",
}

TERMS = {"term": "trong năm học", "summer": "trong hè"}
TERM_KINDS = {"term": "Năm học", "summer": "Hè"}
UNIT_KINDS = {
    "tỉnh": "Tỉnh",
    "thành phố": "Thành phố",
    "huyện": "Huyện",
    "quận": "Quận",
    "thị xã": "Thị xã",
    "thị trấn": "Thị trấn",
    "xã": "Xã",
    "phường": "Phường",
    "đặc khu": "Đặc khu",
}

# members of two sets may share their text ("driver" is a role and a post), so the set is looked up first
_WORDS: dict[type[StrEnum], Mapping[Any, str]] = {
    SiteKind: SITE_KINDS,
    Role: ROLES,
    ServiceKind: SERVICES,
    VisitOutcome: OUTCOMES,
    PlanState: PLAN_STATES,
    Terrain: TERRAINS,
    CoordinateQuality: QUALITIES,
    VehicleKind: VEHICLE_KINDS,
    Post: POSTS,
    CalendarKind: CALENDAR_KINDS,
    CancelReason: CANCEL_REASONS,
    RequestState: REQUEST_STATES,
}


def words_of(kind: type[StrEnum]) -> Mapping[Any, str]:
    """The Vietnamese words of all members of a closed set, in its order."""
    return _WORDS[kind]


def word_of(member: StrEnum) -> str:
    """The Vietnamese word of a member of a closed set."""
    word: str = _WORDS[type(member)][member]
    return word

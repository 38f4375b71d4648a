"""Models of plans: a plan with its figures, tours with their stops, needs that found no day."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from outreach.domain.visits import PlanState, ServiceKind
from outreach.web.api.models import Given

_NUMBER = "Số hiệu, không đổi."


class Plan(Given):
    """A plan."""

    id: Annotated[int, Field(description=_NUMBER)]
    name: Annotated[str, Field(description="Tên kế hoạch.")]
    first_day: Annotated[date, Field(description="Ngày đầu của kỳ.")]
    last_day: Annotated[date, Field(description="Ngày cuối của kỳ.")]
    state: Annotated[PlanState, Field(description="Bước duyệt.")]
    version: Annotated[int, Field(description="Bản, tăng sau mỗi lần lưu.")]
    updated_at: Annotated[datetime, Field(description="Lần lưu gần nhất.")]
    visits: Annotated[int, Field(description="Số buổi đã xếp.")]
    wanted: Annotated[int, Field(description="Số buổi các điểm cần.")]
    approval: Annotated[str, Field(description="Số văn bản duyệt.")]
    approved_on: Annotated[date | None, Field(description="Ngày văn bản duyệt.")]


class PlanVehicle(Given):
    """A vehicle of a plan."""

    id: Annotated[int, Field(description=_NUMBER)]
    name: Annotated[str, Field(description="Tên xe.")]
    sign: Annotated[int, Field(description="Số xe.")]
    base: Annotated[str, Field(description="Cơ sở.")]


class Share(Given):
    """What one vehicle does in a plan."""

    vehicle: PlanVehicle
    visits: Annotated[int, Field(description="Số buổi.")]
    tours: Annotated[int, Field(description="Số ngày xe chạy.")]
    work_s: Annotated[int, Field(description="Thời gian từ lúc rời đến lúc về, tính bằng giây.")]
    drive_s: Annotated[int, Field(description="Thời gian lái xe, tính bằng giây.")]
    distance_m: Annotated[int, Field(description="Quãng đường (m)")]


class Figures(Given):
    """A plan in figures."""

    visits: Annotated[int, Field(description="Số buổi đã xếp.")]
    wanted: Annotated[int, Field(description="Số buổi các điểm cần.")]
    sites_reached: Annotated[int, Field(description="Số điểm được phục vụ.")]
    sites_total: Annotated[int, Field(description="Số điểm đang dùng.")]
    trips: Annotated[int, Field(description="Số chuyến.")]
    trips_with_nights: Annotated[int, Field(description="Số chuyến ngủ lại.")]
    tours: Annotated[int, Field(description="Số ngày xe chạy.")]
    distance_m: Annotated[int, Field(description="Quãng đường (m)")]
    drive_s: Annotated[int, Field(description="Thời gian lái xe, tính bằng giây.")]
    service_s: Annotated[int, Field(description="Thời gian phục vụ, tính bằng giây.")]
    longest_day_s: Annotated[int, Field(description="Ngày dài nhất, tính bằng giây.")]
    shares: Annotated[list[Share], Field(description="Phần của từng xe.")]


class PlanWithFigures(Plan):
    """A plan with its figures."""

    figures: Figures


class PlanList(Given):
    """A page of plans."""

    items: Annotated[list[Plan], Field(description="Các dòng của trang này, theo thứ tự số hiệu.")]
    total: Annotated[int, Field(description="Số dòng tìm thấy ở mọi trang.")]
    next: Annotated[str | None, Field(description="Giá trị cursor của trang sau; null ở trang cuối.")]


class Place(Given):
    """Where a day begins or ends: a base, or the lodging of a night."""

    id: Annotated[int, Field(description=_NUMBER)]
    name: Annotated[str, Field(description="Tên.")]
    lat: Annotated[float, Field(description="Vĩ độ")]
    lon: Annotated[float, Field(description="Kinh độ")]


class TourStop(Given):
    """A stop: the bus arrives, serves, departs."""

    position: Annotated[int, Field(description="Thứ tự trong ngày.")]
    site: Annotated[str, Field(description="Mã điểm", examples=["NT012"])]
    site_id: Annotated[int, Field(description="Số hiệu điểm phục vụ.")]
    site_name: Annotated[str, Field(description="Tên điểm")]
    commune: Annotated[str, Field(description="Xã, phường")]
    lat: Annotated[float, Field(description="Vĩ độ")]
    lon: Annotated[float, Field(description="Kinh độ")]
    service: Annotated[ServiceKind, Field(description="Dịch vụ")]
    arrive: Annotated[str, Field(description="Giờ đến.", examples=["07:20"])]
    start: Annotated[str, Field(description="Giờ bắt đầu phục vụ.", examples=["07:30"])]
    end: Annotated[str, Field(description="Giờ kết thúc phục vụ.", examples=["09:30"])]
    depart: Annotated[str, Field(description="Giờ rời đi.", examples=["09:40"])]
    drive_s: Annotated[int, Field(description="Thời gian lái xe đến đây, tính bằng giây.")]
    distance_m: Annotated[int, Field(description="Quãng đường đến đây (m)")]


class PlanTour(Given):
    """One vehicle on one day."""

    day: Annotated[date, Field(description="Ngày")]
    vehicle: PlanVehicle
    trip: Annotated[int, Field(description="Số chuyến trong kế hoạch.")]
    day_of_trip: Annotated[int, Field(description="Ngày thứ mấy của chuyến.")]
    trip_days: Annotated[int, Field(description="Số ngày của chuyến.")]
    start: Annotated[Place, Field(description="Nơi xuất phát.")]
    end: Annotated[Place, Field(description="Nơi về, hoặc nơi ngủ lại.")]
    overnight: Annotated[bool, Field(description="Có ngủ lại không.")]
    leave: Annotated[str, Field(description="Giờ rời.", examples=["06:40"])]
    back: Annotated[str, Field(description="Giờ về.", examples=["16:55"])]
    lunch_start: Annotated[str | None, Field(description="Giờ nghỉ trưa từ.", examples=["11:30"])]
    lunch_end: Annotated[str | None, Field(description="Giờ nghỉ trưa đến.", examples=["13:00"])]
    drive_s: Annotated[int, Field(description="Thời gian lái xe, tính bằng giây.")]
    distance_m: Annotated[int, Field(description="Quãng đường (m)")]
    estimated: Annotated[bool, Field(description="Quãng đường và thời gian là ước tính.")]
    stops: Annotated[list[TourStop], Field(description="Các điểm dừng, theo thứ tự.")]


class TourList(Given):
    """A page of tours."""

    items: Annotated[list[PlanTour], Field(description="Các dòng của trang này, theo ngày và số xe.")]
    total: Annotated[int, Field(description="Số dòng tìm thấy ở mọi trang.")]
    next: Annotated[str | None, Field(description="Giá trị cursor của trang sau; null ở trang cuối.")]


class Reason(Given):
    """Why a need found no day."""

    code: Annotated[str, Field(description="Mã lý do.")]
    text: Annotated[str, Field(description="Lý do bằng lời.")]


class Near(Given):
    """A day on which the need would find a place if one rule gave way."""

    rule: Annotated[str, Field(description="Mã của quy tắc phải nới.", examples=["shift"])]
    amount: Annotated[
        int,
        Field(
            description="Phải nới bao nhiêu, theo đơn vị của quy tắc: giây, ngày, cm, kg, thùng, người, điểm.",
            examples=[1080],
        ),
    ]
    day: Annotated[date, Field(description="Ngày")]
    vehicle: Annotated[PlanVehicle, Field(description="Xe")]
    text: Annotated[str, Field(description="Cách nới bằng lời.")]


class Unserved(Given):
    """A need that found too few days."""

    need_id: Annotated[int, Field(description="Số hiệu nhu cầu.")]
    site: Annotated[str, Field(description="Mã điểm", examples=["NT012"])]
    site_id: Annotated[int, Field(description="Số hiệu điểm phục vụ.")]
    site_name: Annotated[str, Field(description="Tên điểm")]
    commune: Annotated[str, Field(description="Xã, phường")]
    service: Annotated[ServiceKind, Field(description="Dịch vụ")]
    quota: Annotated[int, Field(description="Số buổi cần.")]
    missing: Annotated[int, Field(description="Số buổi còn thiếu.")]
    reasons: Annotated[list[Reason], Field(description="Vì sao chưa xếp được.")]
    nearest: Annotated[
        list[Near], Field(description="Nếu nới riêng từng quy tắc thì ngày nào gần vừa nhất; gần nhất trước.")
    ]


class UnservedList(Given):
    """A page of needs that found too few days."""

    items: list[Unserved]
    total: Annotated[int, Field(description="Số dòng tìm thấy ở mọi trang.")]
    next: Annotated[str | None, Field(description="Giá trị cursor của trang sau; null ở trang cuối.")]


class MovedVisit(Given):
    """A visit that a fix moves or drops."""

    need_id: Annotated[int, Field(description="Số hiệu nhu cầu.")]
    site_name: Annotated[str, Field(description="Tên điểm")]
    day: Annotated[date, Field(description="Ngày")]
    start: Annotated[str, Field(description="Giờ bắt đầu phục vụ.", examples=["07:30"])]
    vehicle: Annotated[PlanVehicle, Field(description="Xe")]
    to_day: Annotated[date | None, Field(description="Ngày mới; null khi buổi bị bỏ.")]
    to_start: Annotated[str | None, Field(description="Giờ bắt đầu mới.", examples=["08:00"])]
    to_vehicle: Annotated[PlanVehicle | None, Field(description="Xe mới.")]
    text: Annotated[str, Field(description="Điều xảy ra với buổi này, bằng lời.")]


class Fix(Given):
    """A change, made and judged, with which the need would be served."""

    kind: Annotated[
        str,
        Field(
            description="Ai phải nhường: none, room, window, workday, dates, crew, vehicle, vehicle-day hoặc pins.",
            examples=["window"],
        ),
    ]
    rule: Annotated[
        str | None, Field(description="Mã của quy tắc phải nới; null khi không phải đổi gì.", examples=["shift"])
    ]
    amount: Annotated[
        int,
        Field(
            description="Phải nới bao nhiêu, theo đơn vị của quy tắc: giây, ngày, cm, kg, thùng, người, điểm.",
            examples=[1080],
        ),
    ]
    day: Annotated[date, Field(description="Ngày")]
    vehicle: Annotated[PlanVehicle, Field(description="Xe")]
    start: Annotated[str, Field(description="Giờ bắt đầu phục vụ.", examples=["07:30"])]
    end: Annotated[str, Field(description="Giờ kết thúc phục vụ.", examples=["09:30"])]
    drive_s: Annotated[int, Field(description="Cả kế hoạch thêm bao nhiêu giờ lái, tính bằng giây; âm là bớt.")]
    text: Annotated[str, Field(description="Thay đổi bằng lời.")]
    moved: Annotated[list[MovedVisit], Field(description="Những buổi phải đổi theo, hoặc bị bỏ.")]


class FixList(Given):
    """The fixes of a need."""

    need_id: Annotated[int, Field(description="Số hiệu nhu cầu.")]
    missing: Annotated[int, Field(description="Số buổi còn thiếu.")]
    plan_version: Annotated[int, Field(description="Bản của kế hoạch mà các cách này đúng.")]
    items: Annotated[list[Fix], Field(description="Các cách gỡ, thay đổi nhỏ nhất trước.")]

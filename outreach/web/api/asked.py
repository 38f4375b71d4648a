"""What requests may ask for beside a body: pages, periods, versions, keys; and the headers of answers."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.services.kept_answers import KEY_MOST
from outreach.web.api.models import Given
from outreach.web.api.once import KEY

YEARS = (1990, 2100)


class PageAsked(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    limit: Annotated[int, Field(ge=1, le=200, description="Số dòng một trang.")] = 50
    cursor: Annotated[
        str | SkipJsonSchema[None], Field(max_length=100, description="Giá trị next của trang trước.")
    ] = None


class ListAsked(PageAsked):
    """Which rows of a register."""

    search: Annotated[
        str | SkipJsonSchema[None],
        Field(max_length=200, description="Tìm không phân biệt dấu; mọi từ đều phải có.", examples=["khanh vinh"]),
    ] = None
    updated_since: Annotated[
        AwareDatetime | SkipJsonSchema[None],
        Field(
            description="Chỉ những dòng đã lưu từ thời điểm này, có múi giờ.",
            examples=["2027-03-01T00:00:00+07:00"],
        ),
    ] = None


class SomeDays(BaseModel):
    """Days from and to, each as one likes."""

    first: Annotated[date | SkipJsonSchema[None], Field(description="Từ ngày này.", examples=["2027-03-01"])] = None
    last: Annotated[date | SkipJsonSchema[None], Field(description="Đến hết ngày này.", examples=["2027-03-31"])] = None


class DayListAsked(ListAsked, SomeDays):
    """Which rows of a register whose rows each lie on a day."""


class VisitListAsked(DayListAsked):
    """Which recorded visits."""

    counted: Annotated[bool, Field(description="Chỉ những buổi được tính vào số liệu: đã kiểm, và xe đã phục vụ.")] = (
        False
    )


class PeriodAsked(BaseModel):
    """A period, both days included."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    first: Annotated[date, Field(description="Ngày đầu của kỳ.", examples=["2026-12-15"])]
    last: Annotated[date, Field(description="Ngày cuối của kỳ.", examples=["2027-06-14"])]


class TourPageAsked(PageAsked, SomeDays):
    """Which tours of a plan."""


class Version(BaseModel):
    """Which version a change is made to."""

    # required, says the description; without it the answer is 428, not 422
    if_match: Annotated[
        str | SkipJsonSchema[None],
        Field(description="ETag của bản đang sửa, hoặc * để sửa bản nào cũng được.", examples=['"3"']),
    ] = None


class MaybeAgain(BaseModel):
    """By what a repeated creation is known again."""

    idempotency_key: Annotated[
        str | SkipJsonSchema[None],
        Field(
            json_schema_extra={"minLength": 1, "maxLength": KEY_MOST, "pattern": KEY},
            examples=["nhap-2027-03-01-0001"],
            description="Khóa tự đặt cho lần thêm này: gửi lại cùng khóa trong 24 giờ thì nhận lại câu trả lời cũ.",
        ),
    ] = None


class MaybeKnown(BaseModel):
    """What a reader may have already."""

    if_none_match: Annotated[
        str | SkipJsonSchema[None], Field(description="ETag đã có; trả 304 nếu còn đúng.", examples=['"3"'])
    ] = None


class ListHeaders(Given):
    """Headers of a page."""

    link: Annotated[str, Field(description="Địa chỉ trang đầu và trang sau (rel=first, rel=next).")]


class RowHeaders(Given):
    """Headers of a row."""

    etag: Annotated[str, Field(description="Bản của dòng, dùng cho If-Match và If-None-Match.")]


class MadeHeaders(RowHeaders):
    """Headers of a row that was made."""

    location: Annotated[str, Field(description="Địa chỉ của dòng mới.")]


def since(moment: datetime | None) -> datetime | None:
    """A moment of our times; raises InvalidValue."""
    if moment is not None:
        _in_our_times(moment, "updated_since")
    return moment


def _in_our_times(moment: date, name: str) -> None:
    if not YEARS[0] <= moment.year < YEARS[1]:
        raise InvalidValue(
            "năm của {value} nằm ngoài khoảng {early} đến {late}", field=name, value=moment.isoformat(),
            early=YEARS[0], late=YEARS[1],
        )  # fmt: skip


def period_asked(first: date, last: date, *, most: int) -> Period:
    """The period of a request, at most `most` days; raises InvalidValue."""
    _in_our_times(first, "first")
    _in_our_times(last, "last")
    if last < first:
        raise InvalidValue("ngày cuối phải bằng hoặc sau ngày đầu", field="last", value=last.isoformat())
    if (last - first).days >= most:
        raise InvalidValue("kỳ dài nhất {most} ngày", field="last", value=last.isoformat(), most=most)
    return Period(first, last)

"""Models of the equity report of a plan."""

from datetime import date
from typing import Annotated

from pydantic import Field

from outreach.domain.equity import Area
from outreach.web.api.models import Given

_SITES = "Số điểm."


class Waiting(Given):
    """How long sites have waited on a day."""

    on: Annotated[date, Field(description="Ngày")]
    median: Annotated[int | None, Field(description="Một nửa số điểm từng được tới chờ không quá số ngày này.")]
    ninth_tenth: Annotated[
        int | None, Field(description="Chín phần mười số điểm từng được tới chờ không quá số ngày này.")
    ]
    long: Annotated[int, Field(description="Số điểm chờ quá 180 ngày.")]
    never: Annotated[int, Field(description="Số điểm chưa từng được tới.")]


class AreaPart(Given):
    """The part of one kind of commune."""

    area: Annotated[Area | None, Field(description="Loại xã; null là cả bốn loại gộp lại.")]
    sites: Annotated[int, Field(description=_SITES)]
    reached: Annotated[int, Field(description="Số điểm được phục vụ.")]
    wanted: Annotated[int, Field(description="Số buổi các điểm cần.")]
    visits: Annotated[int, Field(description="Số buổi đã xếp.")]


class Unreached(Given):
    """A site without any visit."""

    site: Annotated[str, Field(description="Mã điểm", examples=["NT012"])]
    site_id: Annotated[int, Field(description="Số hiệu điểm phục vụ.")]
    site_name: Annotated[str, Field(description="Tên điểm")]
    commune: Annotated[str, Field(description="Xã, phường")]
    wanted: Annotated[int, Field(description="Số buổi cần.")]
    areas: Annotated[list[Area], Field(description="Các loại xã của điểm.")]
    waited: Annotated[int | None, Field(description="Số ngày đã chờ tới cuối kỳ; null là chưa từng được tới.")]


class EquityReport(Given):
    """Whom a plan reaches."""

    sites: Annotated[int, Field(description="Số điểm có nhu cầu trong kế hoạch.")]
    reached: Annotated[int, Field(description="Số điểm được phục vụ.")]
    wanted: Annotated[int, Field(description="Số buổi các điểm cần.")]
    visits: Annotated[int, Field(description="Số buổi đã xếp.")]
    before: Annotated[Waiting, Field(description="Ngày đầu kỳ, trước mọi buổi của kế hoạch.")]
    after: Annotated[Waiting, Field(description="Ngày cuối kỳ, sau mọi buổi của kế hoạch.")]
    areas: Annotated[list[AreaPart], Field(description="Cả bốn loại xã gộp lại, rồi từng loại.")]
    unreached: Annotated[
        list[Unreached], Field(description="Điểm không được tới; chưa từng được tới và chờ lâu nhất trước.")
    ]

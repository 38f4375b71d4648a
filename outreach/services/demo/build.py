"""The demonstration: an organisation of its own with a province in it, and the list of what is real."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from outreach.i18n import translate
from outreach.services.calendars import SEED_SOURCE, add_special_days, public_holidays
from outreach.services.demo.fleet import add_fleet
from outreach.services.demo.frame import Frame, frame_of
from outreach.services.demo.needs import add_needs
from outreach.services.demo.records import add_records
from outreach.services.demo.register import add_admin_units
from outreach.services.demo.requests import add_requests
from outreach.services.demo.sites import add_sites
from outreach.store.calendars import Term
from outreach.store.organisations import Organisation
from outreach.store.plans import Plan

INVENTED_SOURCE = "minh họa"
TRIP_DAYS, NIGHTS_A_MONTH = 3, 6


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made."""

    organisation_id: int
    plan_id: int


@dataclass(frozen=True, slots=True)
class DemoFact:
    """One line of the page behind the banner; `state` is "real", "approximate" or "invented"."""

    subject: str
    state: str
    text: str


def build_demo(session: Session, *, today: date) -> Demo:
    """Make the demonstration as it looks on `today`; the session belongs to no organisation yet."""
    frame = frame_of(today)
    organisation = Organisation(
        name="Thư viện tỉnh Khánh Hòa (trình diễn)",
        parent_body="Sở Văn hóa, Thể thao và Du lịch tỉnh Khánh Hòa",
        abbreviation="TVT",
        place_name="Khánh Hòa",
        demo=True,
    )
    session.add(organisation)
    session.flush()
    owner = organisation.id
    _add_calendar(session, owner, frame)
    fleet = add_fleet(session, owner, frame)
    site_ids = add_sites(session, owner, frame, fleet=fleet, unit_ids=add_admin_units(session, owner))
    last = add_records(session, owner, frame, fleet=fleet, site_ids=site_ids)
    add_needs(session, owner, frame, site_ids=site_ids, last=last)
    add_requests(session, owner, frame, site_ids=site_ids)
    plan = Plan(
        organisation_id=owner,
        name=frame.plan_name,
        first_day=frame.period.first,
        last_day=frame.period.last,
        trip_days_max=TRIP_DAYS,
        nights_per_month_max=NIGHTS_A_MONTH,
    )
    session.add(plan)
    session.flush()
    return Demo(owner, plan.id)


def _add_calendar(session: Session, organisation_id: int, frame: Frame) -> None:
    public = public_holidays({day.day.year for day in frame.days})
    add_special_days(session, organisation_id, public, source=SEED_SOURCE)
    add_special_days(session, organisation_id, frame.days, source=INVENTED_SOURCE)
    session.execute(
        insert(Term),
        [
            {
                "organisation_id": organisation_id,
                "name": term.name,
                "kind": term.span.kind,
                "first_day": term.span.period.first,
                "last_day": term.span.period.last,
            }
            for term in frame.terms
        ],
    )


def what_is_real(session: Session) -> tuple[DemoFact, ...]:
    """What a reader of the demonstration may believe; nothing if this library is no demonstration."""
    organisation_id = session.info.get("organisation_id")
    statement = select(Organisation.demo).where(Organisation.id == organisation_id)
    if not session.scalar(statement):
        return ()
    return (
        DemoFact(translate("Xã, phường và đặc khu"), "real", translate("Tên, mã và việc sáp nhập ngày 01/07/2025.")),
        DemoFact(translate("Trường học"), "real", translate("Tên và xã của 118 trường, theo OpenStreetMap (ODbL).")),
        DemoFact(
            translate("Thư viện, trại giam, khu công nghiệp"),
            "real",
            translate("Có thật; vị trí trại giam và thư viện xã là phỏng đoán, tên khu công nghiệp chưa kiểm tra."),
        ),
        DemoFact(
            translate("Vị trí trên bản đồ"), "approximate", translate("Mọi tọa độ đều gần đúng, chưa đo tại chỗ.")
        ),
        DemoFact(
            translate("Thời gian và quãng đường đi"),
            "approximate",
            translate("Ước tính theo đường chim bay và địa hình, chưa đối chiếu với chuyến xe thật."),
        ),
        DemoFact(
            translate("Ngày lễ"), "approximate", translate("Tính sẵn bằng phần mềm; các năm tới chưa được công bố.")
        ),
        DemoFact(
            translate("Năm học"),
            "invented",
            translate("Học kỳ, nghỉ Tết và tuần kiểm tra phỏng theo năm học 2025-2026."),
        ),
        DemoFact(translate("Đồn biên phòng"), "invented", translate("Cả 5 đồn đều là minh họa.")),
        DemoFact(
            translate("Xe, tổ phục vụ, khung giờ, nhu cầu"),
            "invented",
            translate("Số xe, ngày chạy, giờ đón, số buổi, công văn, đề nghị và đầu mối đều là giả định."),
        ),
        DemoFact(
            translate("Lượt phục vụ đã ghi"),
            "invented",
            translate("Số bạn đọc và lượt tài liệu là giả định, trong khoảng các báo cáo thật của thư viện tỉnh."),
        ),
    )

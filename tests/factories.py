"""Rows with sensible defaults: `make_site(session, need=3)` is a site that asks for three visits."""

from collections.abc import Sequence
from datetime import date
from itertools import count

from sqlalchemy.orm import Session

from outreach.domain.names import search_key, sort_key
from outreach.domain.places import SiteKind
from outreach.domain.roles import Actor, Role
from outreach.domain.times import Period
from outreach.domain.visits import PlanState, Post, ServiceKind, VisitOutcome
from outreach.store.calendars import Term
from outreach.store.fleet import Base, StaffMember, Vehicle
from outreach.store.organisations import AdminUnit, Organisation
from outreach.store.people import User
from outreach.store.plans import Plan, Stop, Tour, Trip
from outreach.store.sites import Need, Site, SiteWindow
from outreach.store.visits import VisitRecord

# A Monday, and the half-year of four weeks that begins on it.
MONDAY = date(2027, 3, 1)
FOUR_WEEKS = Period(MONDAY, date(2027, 3, 28))
MORNING = (7 * 3600 + 1800, 10 * 3600 + 1800)
AFTERNOON = (13 * 3600 + 1800, 16 * 3600 + 1800)
NHA_TRANG = (12.2451, 109.1943)

_numbers = count(1)


def _owner(session: Session, organisation_id: int | None) -> int:
    owner = organisation_id or session.info["organisation_id"]
    assert owner is not None, "a session of everywhere needs organisation_id"
    return int(owner)


def make_organisation(session: Session, *, name: str = "Thư viện tỉnh Thử Nghiệm", demo: bool = False) -> Organisation:
    """A library; needs a session of everywhere."""
    row = Organisation(name=name, abbreviation="TVT", place_name="Thử Nghiệm", demo=demo)
    session.add(row)
    session.flush()
    return row


def make_actor(session: Session, role: Role = Role.PLANNER, *, organisation_id: int | None = None) -> Actor:
    """A person of the session's organisation, without an account."""
    return Actor(None, _owner(session, organisation_id), role, "Người thử")


def make_user(
    session: Session,
    *,
    login: str = "",
    role: Role = Role.PLANNER,
    display_name: str = "Cán bộ thử",
    password_hash: str = "!",
    active: bool = True,
    organisation_id: int | None = None,
) -> User:
    """An account; nobody can sign in with the default hash."""
    row = User(
        organisation_id=_owner(session, organisation_id),
        login=login or f"nguoi.{next(_numbers)}",
        display_name=display_name,
        password_hash=password_hash,
        role=role,
        active=active,
    )
    session.add(row)
    session.flush()
    return row


def make_unit(session: Session, *, name: str = "Xã Vĩnh Thử", kind: str = "xã", **columns: object) -> AdminUnit:
    """A commune, or a former district with `kind="huyện"`."""
    columns.setdefault("organisation_id", session.info["organisation_id"])
    row = AdminUnit(code=str(columns.pop("code", f"u{next(_numbers)}")), name=name, kind=kind, **columns)
    session.add(row)
    session.flush()
    return row


def make_base(
    session: Session,
    *,
    name: str = "Cơ sở Nha Trang",
    at: tuple[float, float] = NHA_TRANG,
    organisation_id: int | None = None,
) -> Base:
    """A base; `at` is lat, lon."""
    row = Base(
        organisation_id=_owner(session, organisation_id),
        name=name,
        short_name=name.removeprefix("Cơ sở "),
        lat=at[0],
        lon=at[1],
    )
    session.add(row)
    session.flush()
    return row


def make_vehicle(
    session: Session,
    *,
    base: Base | None = None,
    sign: int = 1,
    weekdays: Sequence[int] = (0, 1, 2, 3, 4),
    **columns: object,
) -> Vehicle:
    """A bus that drives from Monday to Friday."""
    base = base or make_base(session)
    row = Vehicle(
        organisation_id=base.organisation_id,
        name=str(columns.pop("name", f"Xe {sign}")),
        sign=sign,
        base_id=base.id,
        weekdays=list(weekdays),
        **columns,
    )
    session.add(row)
    session.flush()
    return row


def make_staff(session: Session, *, base: Base, post: Post = Post.DRIVER, label: str = "") -> StaffMember:
    """A post that works from Monday to Friday."""
    name = label or f"{'Lái xe' if post is Post.DRIVER else 'Thủ thư'} {next(_numbers)}"
    row = StaffMember(
        organisation_id=base.organisation_id, label=name, post=post, base_id=base.id, weekdays=[0, 1, 2, 3, 4]
    )
    session.add(row)
    session.flush()
    return row


def make_site(
    session: Session,
    *,
    name: str = "Trường Tiểu học Thử Nghiệm",
    base: Base | None = None,
    kind: SiteKind = SiteKind.PRIMARY_SCHOOL,
    at: tuple[float, float] = (12.30, 109.15),
    windows: Sequence[tuple[int, int]] = (MORNING, AFTERNOON),
    weekdays: Sequence[int] = (0, 1, 2, 3, 4),
    need: int = 0,
    commune: AdminUnit | None = None,
    former: AdminUnit | None = None,
    period: Period = FOUR_WEEKS,
    **columns: object,
) -> Site:
    """A site with its service hours; `need` is the number of visits it asks for in `period` (0: none)."""
    base = base or make_base(session)
    code = str(columns.pop("code", f"D{next(_numbers):03d}"))
    places = [unit.name for unit in (commune, former) if unit is not None]
    row = Site(
        organisation_id=base.organisation_id,
        code=code,
        name=name,
        search_key=search_key(" ".join([name, code, *places])),
        sort_key=sort_key(name),
        kind=kind,
        base_id=base.id,
        admin_unit_id=commune.id if commune else None,
        former_unit_id=former.id if former else None,
        lat=at[0],
        lon=at[1],
        **columns,
    )
    session.add(row)
    session.flush()
    for start_s, end_s in windows:
        session.add(SiteWindow(site_id=row.id, weekdays=list(weekdays), start_s=start_s, end_s=end_s))
    if need:
        make_need(session, site=row, quota=need, period=period)
    session.flush()
    return row


def make_need(
    session: Session, *, site: Site, quota: int = 1, period: Period = FOUR_WEEKS, minutes: int = 120, **columns: object
) -> Need:
    """A wish for `quota` bus visits of two hours."""
    row = Need(
        organisation_id=site.organisation_id,
        site_id=site.id,
        first_day=period.first,
        last_day=period.last,
        quota=quota,
        minutes=minutes,
        **columns,
    )
    session.add(row)
    session.flush()
    return row


def make_plan(
    session: Session,
    *,
    name: str = "Kế hoạch thử",
    period: Period = FOUR_WEEKS,
    state: PlanState = PlanState.DRAFT,
    organisation_id: int | None = None,
    **columns: object,
) -> Plan:
    """A plan without tours."""
    row = Plan(
        organisation_id=_owner(session, organisation_id),
        name=name,
        first_day=period.first,
        last_day=period.last,
        state=state,
        **columns,
    )
    session.add(row)
    session.flush()
    return row


def make_visit(
    session: Session, *, plan: Plan, vehicle: Vehicle, day: date, needs: Sequence[Need], trip_number: int = 0
) -> Tour:
    """A trip of one day with one stop of its need's minutes for each of `needs`, hourly from 07:30, 10 km each."""
    number = trip_number or next(_numbers)
    trip = Trip(plan_id=plan.id, number=number, vehicle_id=vehicle.id, first_day=day, last_day=day)
    session.add(trip)
    session.flush()
    place = f"base:{vehicle.base_id}"
    legs = len(needs) + 1
    tour = Tour(
        plan_id=plan.id, trip_id=trip.id, vehicle_id=vehicle.id, day=day, start_place=place, end_place=place,
        leave_s=6 * 3600 + 1800, return_s=12 * 3600, drive_s=900 * legs, distance_m=10_000 * legs,
    )  # fmt: skip
    session.add(tour)
    session.flush()
    start = MORNING[0]
    for position, need in enumerate(needs, start=1):
        end = start + need.minutes * 60
        stop = Stop(
            tour_id=tour.id, position=position, need_id=need.id, site_id=need.site_id, service=need.service,
            arrive_s=start - 900, start_s=start, end_s=end, depart_s=end + 900, drive_s=900, distance_m=10_000,
        )  # fmt: skip
        session.add(stop)
        start = end + 3600
    session.flush()
    return tour


def make_record(
    session: Session, *, site: Site, day: date, outcome: VisitOutcome = VisitOutcome.DONE, **columns: object
) -> VisitRecord:
    """A recorded and checked bus visit."""
    values: dict[str, object] = {"service": ServiceKind.BUS_VISIT, "checked": True, "readers_child": 80, **columns}
    row = VisitRecord(
        organisation_id=site.organisation_id,
        record_key=f"r{next(_numbers)}",
        site_id=site.id,
        day=day,
        outcome=outcome,
        **values,
    )
    session.add(row)
    session.flush()
    return row


# Eight sites within an hour of the base: kind, name, lat, lon, visits asked for.
_PROVINCE = (
    (SiteKind.PRIMARY_SCHOOL, "Trường Tiểu học Vĩnh Thạnh", 12.262, 109.120, 2),
    (SiteKind.PRIMARY_SCHOOL, "Trường Tiểu học Vĩnh Trung", 12.268, 109.108, 2),
    (SiteKind.LOWER_SECONDARY_SCHOOL, "Trường THCS Suối Hiệp", 12.228, 109.055, 2),
    (SiteKind.PRIMARY_SCHOOL, "Trường Tiểu học Suối Cát", 12.165, 109.062, 1),
    (SiteKind.COMMUNE_LIBRARY, "Thư viện xã Diên Khánh", 12.258, 109.095, 1),
    (SiteKind.BORDER_POST, "Đồn Biên phòng Vĩnh Lương", 12.338, 109.198, 1),
    (SiteKind.COMMUNITY_LIBRARY, "Tủ sách thôn Đắc Lộc", 12.325, 109.165, 1),
    (SiteKind.COMBINED_SCHOOL, "Trường TH và THCS Ninh Ích", 12.395, 109.160, 2),
)


def make_small_province(session: Session, *, buses: int = 1, period: Period = FOUR_WEEKS) -> Plan:
    """Eight sites that ask for twelve visits, one base, `buses` buses with crews, and an empty plan of four weeks."""
    base = make_base(session)
    for sign in range(1, buses + 1):
        make_vehicle(session, base=base, sign=sign)
        make_staff(session, base=base, post=Post.DRIVER)
        for _ in range(2):  # Circular 05/2022/TT-BVHTTDL: two professionals beside the driver
            make_staff(session, base=base, post=Post.LIBRARIAN)
    commune = make_unit(session, name="Xã Diên Khánh")
    for kind, name, lat, lon, quota in _PROVINCE:
        make_site(
            session, name=name, base=base, kind=kind, at=(lat, lon), need=quota, commune=commune, period=period
        )  # fmt: skip
    session.add(
        Term(
            organisation_id=base.organisation_id, name="Học kỳ II", kind="term",
            first_day=period.first, last_day=period.last,
        )
    )  # fmt: skip
    session.flush()
    return make_plan(session, period=period, organisation_id=base.organisation_id)

"""How each register is shown: what it is for, which columns its list has, and how its form is parted."""

from dataclasses import dataclass

from flask import url_for

from outreach.services.registers.listing import ListSpec
from outreach.services.registers.register import Register

Section = tuple[str, tuple[str, ...]]  # heading (a Vietnamese source text), names of fields
HIDDEN = frozenset({"active"})  # put away and taken back by buttons of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """What the pages of a register need beyond its fields. `purpose` and `plural` are Vietnamese source texts."""

    icon: str
    purpose: str
    listed: ListSpec
    heading: str = ""  # of the first column, where it is not the heading of its field
    before: str = ""  # what an empty list needs first
    sections: tuple[Section, ...] = ()
    hidden: frozenset[str] = frozenset()


VIEWS: dict[str, RegisterView] = {
    "bases": RegisterView(
        icon="house",
        purpose="Nơi xe xuất phát và về nghỉ. Cần có trước mọi danh mục khác.",
        listed=ListSpec(title="name", columns=("short_name", "lat", "lon", "terrain")),
        sections=(("Cơ sở", ("name", "short_name")), ("Vị trí", ("point", "lat", "lon", "terrain"))),
    ),
    "vehicles": RegisterView(
        icon="bus",
        purpose="Xe, tàu của thư viện: ngày chạy, kích thước, sức chở.",
        listed=ListSpec(
            title="name", columns=("sign", "plate", "kind", "base_id", "weekdays"), choices=("base_id",), order="sign"
        ),
        before="Cần có cơ sở trước.",
        sections=(
            ("Xe", ("name", "sign", "plate", "kind", "base_id")),
            ("Ngày chạy", ("weekdays", "set_up_minutes", "pack_up_minutes")),
            ("Kích thước và sức chở", ("length_m", "height_m", "weight_kg", "seats", "books", "computers")),
        ),
    ),
    "vehicle-days": RegisterView(
        icon="calendar-x",
        purpose="Ngày xe vào xưởng, đăng kiểm hay bận việc khác.",
        listed=ListSpec(
            title="vehicle_id",
            columns=("first_day", "last_day", "reason"),
            choices=("vehicle_id",),
            days=("first_day", "last_day"),
            newest_first=True,
        ),
        before="Cần có xe trước.",
    ),
    "staff": RegisterView(
        icon="users",
        purpose="Lái xe và thủ thư theo chức danh; mỗi chuyến cần một tổ.",
        listed=ListSpec(title="label", columns=("post", "base_id", "weekdays"), choices=("post", "base_id")),
        before="Cần có cơ sở trước.",
    ),
    "staff-days": RegisterView(
        icon="user-x",
        purpose="Ngày nghỉ phép, đi học, đi công tác của từng vị trí.",
        listed=ListSpec(
            title="staff_member_id",
            columns=("first_day", "last_day", "reason"),
            choices=("staff_member_id",),
            days=("first_day", "last_day"),
            newest_first=True,
        ),
        before="Cần có tổ phục vụ trước.",
    ),
    "calendar-days": RegisterView(
        icon="calendar-days",
        purpose="Nghỉ lễ, hoán đổi, làm bù, ngày trường nghỉ, thi, đợt tuyên truyền.",
        listed=ListSpec(title="day", columns=("kind", "name", "source"), choices=("kind",), days=("day", "day")),
    ),
    "terms": RegisterView(
        icon="school",
        purpose="Học kỳ và hè: giờ nhận “trong năm học” hay “trong hè” theo đó.",
        listed=ListSpec(title="name", columns=("kind", "first_day", "last_day"), days=("first_day", "last_day")),
    ),
    "sites": RegisterView(
        icon="map-pin",
        before="Cần có cơ sở trước.",
        purpose="Trường, thư viện xã, đồn biên phòng và những nơi khác xe tới.",
        listed=ListSpec(
            title="name", columns=("kind", "commune", "base_id", "windows"), choices=("kind", "base_id", "quality")
        ),
        sections=(
            ("Điểm", ("code", "name", "kind", "people", "source")),
            (
                "Vị trí",
                ("point", "lat", "lon", "quality", "commune", "commune_code", "former_district", "terrain", "base_id"),
            ),
            ("Giờ nhận", ("windows", "blocked")),
            (
                "Đường vào",
                (
                    "access_note",
                    "reached_by_road",
                    "lodging",
                    "max_length_m",
                    "max_height_m",
                    "max_weight_kg",
                    "set_up_minutes",
                ),
            ),
            ("Liên hệ", ("contact",)),
        ),
    ),
    "needs": RegisterView(
        icon="clipboard-list",
        purpose="Mỗi điểm cần bao nhiêu buổi, bao nhiêu phút, trong kỳ nào.",
        listed=ListSpec(
            title="site_id",
            columns=("service", "first_day", "last_day", "quota", "minutes", "priority"),
            choices=("service",),
            days=("first_day", "last_day"),
            by_half_year=True,
            by_site=True,
        ),
        heading="Điểm",
        before="Cần có điểm phục vụ trước.",
        sections=(
            ("Nhu cầu", ("site_id", "service", "quota", "minutes", "priority")),
            ("Thời gian", ("first_day", "last_day", "min_gap_days", "max_gap_days", "preferred_weeks")),
            ("Nhịp đều", ("rhythm_weeks", "rhythm_rule")),
            ("Ai đề nghị", ("asked_by", "asked_on", "letter")),
        ),
    ),
    "units": RegisterView(
        icon="landmark",
        purpose="Xã, phường, đặc khu hiện nay và đơn vị cũ, với vùng biên giới, hải đảo, khó khăn.",
        listed=ListSpec(title="name", columns=("code", "kind", "valid_from", "valid_to"), choices=("kind",)),
        sections=(
            ("Đơn vị", ("name", "code", "kind", "parent_code")),
            ("Vùng", ("border", "island", "ethnic_minority", "remote")),
            ("Thời gian", ("valid_from", "valid_to")),
            ("Vị trí", ("point", "lat", "lon")),
        ),
    ),
    "unit-changes": RegisterView(
        icon="git-compare",
        purpose="Đơn vị cũ nào thành đơn vị mới nào, theo nghị quyết nào.",
        listed=ListSpec(title="old_name", columns=("new_name", "whole", "day", "decree"), days=("day", "day")),
    ),
    "visits": RegisterView(
        icon="history",
        purpose="Những buổi đã đi: số liệu của từng buổi, kể cả buổi bị hủy.",
        listed=ListSpec(
            title="site_id",
            columns=("day", "service", "outcome", "readers_child", "readers_adult", "items"),
            choices=("service", "outcome", "vehicle_id"),
            days=("day", "day"),
            by_site=True,
            newest_first=True,
        ),
        heading="Điểm",
        before="Cần có điểm phục vụ trước.",
    ),
    "requests": RegisterView(
        icon="mail",
        purpose="Ai đề nghị xe về, theo công văn nào, đã trả lời ra sao.",
        listed=ListSpec(
            title="asked_by",
            columns=("number", "asked_on", "place", "letter", "state"),
            choices=("state",),
            order="asked_on",
            newest_first=True,
        ),
        sections=(
            ("Đề nghị", ("asked_by", "asked_on", "letter", "number")),
            ("Ở đâu", ("site_id", "place", "service")),
            ("Muốn gì", ("first_day", "last_day", "wish")),
        ),
        hidden=frozenset({"state", "decided_on", "answer"}),  # decided on a page of its own
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Pages of its own that a register has; endpoints, "" where the general page serves. `key` names the id."""

    rows: str = ""
    new: str = ""
    edit: str = ""
    key: str = "record_id"

    def address(self, record_id: int) -> str:
        """The page of one row."""
        return url_for(self.edit, **{self.key: record_id})  # type: ignore[arg-type]


HOMES: dict[str, Home] = {
    "sites": Home(new="site_editor.new", edit="site_editor.edit", key="site_id"),
    "calendar-days": Home(rows="calendar.show"),
    "requests": Home(rows="requests.show", new="requests.new", edit="requests.one", key="request_id"),
}


def view_of(register: Register) -> RegisterView:
    """The view of a register; one that has none of its own shows its first fields."""
    found = VIEWS.get(register.name)
    if found is not None:
        return found
    names = [one.name for one in register.kept if one.name not in HIDDEN]
    return RegisterView(icon="list", purpose=register.title, listed=ListSpec(title=names[0], columns=tuple(names[1:6])))


def sections_of(register: Register, *, new: bool) -> tuple[Section, ...]:
    """The parts of the form with the fields that the register has; those nobody sorted come last."""
    known = {one.name for one in register.fields} - HIDDEN - view_of(register).hidden
    if not new:
        known.discard(register.spreads)  # one row of the list is one row
    sections = [
        (heading, tuple(name for name in names if name in known)) for heading, names in view_of(register).sections
    ]
    sorted_in = {name for _, names in sections for name in names}
    rest = tuple(one.name for one in register.fields if one.name in known - sorted_in)
    if rest:
        sections.append(("Khác" if sections else register.title, rest))
    return tuple(section for section in sections if section[1])

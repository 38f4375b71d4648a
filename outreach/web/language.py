"""The language and theme of a page, and the filters that write dates and numbers."""

from datetime import date

from flask import Flask, g, request

from outreach import i18n
from outreach.domain.names import keep_together, search_key
from outreach.domain.places import SiteKind
from outreach.domain.roles import Role
from outreach.domain.visits import PlanState, ServiceKind, VisitOutcome
from outreach.i18n import translate
from outreach.web.session import house

LANGUAGE_COOKIE = "outreach_language"
THEME_COOKIE = "outreach_theme"
THEMES = ("system", "light", "dark")
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


def current_theme() -> str:
    """ "light", "dark", or "system" when the reader has not chosen."""
    chosen = request.cookies.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


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


def role_name(role: Role) -> str:
    """A role in words."""
    return translate(ROLES[role])


def service_name(service: ServiceKind) -> str:
    """A kind of service in words."""
    return translate(SERVICES[service])


def outcome_name(outcome: VisitOutcome) -> str:
    """What became of a visit, in words."""
    return translate(OUTCOMES[outcome])


def state_name(state: PlanState) -> str:
    """The state of a plan in words."""
    return translate(PLAN_STATES[state])


def kind_name(kind: SiteKind) -> str:
    """A kind of site in words."""
    return translate(SITE_KINDS[kind])


def month_name(day: date) -> str:
    """ "tháng 11", for the date tile."""
    return translate("tháng {month}", month=day.month)


def weekday_title(day: date) -> str:
    """ "Thứ Hai": the day of the week at the beginning of a line."""
    name = i18n.weekday(day)
    return name[:1].upper() + name[1:]


def short_weekdays(weekdays: tuple[int, ...]) -> str:
    """ "T2-T6", "T2, T4": weekdays (0 is Monday) as a timetable writes them."""
    letters = (
        translate("T2"), translate("T3"), translate("T4"), translate("T5"), translate("T6"), translate("T7"),
        translate("CN"),
    )  # fmt: skip
    days = sorted(weekdays)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{letters[days[0]]}–{letters[days[-1]]}"
    return ", ".join(letters[day] for day in days)


def _choose() -> None:
    """Cookie first, then the account's language, then the server's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen not in i18n.LANGUAGES:
        chosen = g.actor.language if g.actor else house().settings.language
    i18n.set_language(chosen)


def install(app: Flask) -> None:
    """Choose the language of each request; give templates their words, dates and numbers."""
    app.before_request(_choose)
    app.jinja_env.globals.update(
        _=translate, _n=i18n.translate_count, language=i18n.current_language, theme=current_theme, number=i18n.number
    )
    app.jinja_env.filters.update(
        number=i18n.number,
        day=i18n.day,
        short_day=i18n.short_day,
        long_day=i18n.long_day,
        weekday=i18n.weekday,
        weekday_title=weekday_title,
        month_name=month_name,
        clock=i18n.clock,
        duration=i18n.duration,
        kilometres=i18n.kilometres,
        moment=i18n.moment,
        keep_together=keep_together,
        kind_name=kind_name,
        outcome_name=outcome_name,
        role_name=role_name,
        service_name=service_name,
        state_name=state_name,
        short_weekdays=short_weekdays,
        search_key=search_key,
    )

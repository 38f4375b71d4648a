"""The calendar: a year at a glance, special days added and changed by hand, and a school-year decision read."""

from collections.abc import Iterable, Mapping
from datetime import date

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.cells import YEARS, read_day
from outreach.domain.errors import InvalidValue, StaleEdit
from outreach.domain.roles import Right
from outreach.domain.times import Period
from outreach.domain.visits import CalendarKind
from outreach.i18n import WEEKDAYS, translate, translate_count
from outreach.i18n import day as day_text
from outreach.services import calendar_pages as pages
from outreach.web.auth import allow
from outreach.web.clock import today
from outreach.web.numbers import whole
from outreach.web.planner import school_year
from outreach.web.planner.forms import said

desk = Blueprint("calendar", __name__)
desk.register_blueprint(school_year.desk)

# what a kind is called by one letter, and whom it closes; Vietnamese source texts
LETTERS = {
    CalendarKind.HOLIDAY: "Lễ",
    CalendarKind.SWAP_DAY: "Hoán đổi",
    CalendarKind.MADE_UP_DAY: "Bù",
    CalendarKind.SCHOOL_BREAK: "Trường",
    CalendarKind.EXAM: "Kiểm tra",
    CalendarKind.CAMPAIGN: "Đợt",
}
CLOSES = {
    CalendarKind.HOLIDAY: "xe không chạy",
    CalendarKind.SWAP_DAY: "xe không chạy",
    CalendarKind.MADE_UP_DAY: "cuối tuần mà xe được chạy",
    CalendarKind.SCHOOL_BREAK: "trường không nhận xe, nơi khác vẫn nhận",
    CalendarKind.EXAM: "trường không nhận xe, nơi khác vẫn nhận",
    CalendarKind.CAMPAIGN: "không đóng gì, đáng để tới",
}
HAND_KINDS = (CalendarKind.HOLIDAY, CalendarKind.SCHOOL_BREAK, CalendarKind.EXAM, CalendarKind.CAMPAIGN)


def letter(kind: CalendarKind) -> str:
    """The letter that marks a day of this kind."""
    return translate(LETTERS[kind])[:1].upper()


def term_of(terms: Iterable[pages.TermRow], day: date) -> str:
    """ "term" or "summer" for a day of the school year."""
    return next((term.kind for term in terms if day in term.period), "")


def _year() -> int:
    asked = request.values.get("nam", today().year, type=whole)
    return min(max(asked, YEARS[0]), YEARS[1])


def _page(year: int, *, form: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> str:
    """The year; `form` and `errors` are those of a form that was refused, `errors` by "form.field"."""
    return render_template(
        "calendar/year.html",
        page=pages.year_page(g.session, year),
        form=form or {},
        errors=errors or {},
        kinds=tuple(CalendarKind),
        hand_kinds=HAND_KINDS,
        letter=letter,
        closes=CLOSES,
        today=today(),
        term_of=term_of,
        weekday_names=[translate(name) for name in WEEKDAYS],
        last_year=YEARS[1],
        first_year=YEARS[0],
    )


@desk.get("/lich-nghi")
@allow(Right.SEE_SITES)
def show() -> str:
    """A year as twelve months, with its list beside."""
    return _page(_year(), form={name: text[:10] for name, text in request.args.items() if name == "first"})


class Refused(Exception):
    """A form with faults, by the name of the input."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


def read_days(form: MultiDict[str, str], *names: str, optional: str = "") -> list[date]:
    """The days of these inputs; an `optional` one that is empty is the one before it. Raises Refused."""
    found: list[date] = []
    errors: dict[str, str] = {}
    for name in names:
        text = form.get(name, "").strip()
        try:
            if not text and name == optional and found:
                found.append(found[-1])
            elif not text:
                errors[name] = translate("Chọn ngày.")
            else:
                found.append(read_day(text))
        except InvalidValue as error:
            errors[name] = said(error)
    if errors:
        raise Refused(errors)
    return found


def _stretch(form: MultiDict[str, str]) -> tuple[Period, CalendarKind, str, str]:
    """Days, kind, name and source of a stretch; raises Refused with every fault."""
    errors: dict[str, str] = {}
    days: list[date] = []
    try:
        days = read_days(form, "first", "last", optional="last")
    except Refused as refused:
        errors |= refused.errors
    if len(days) == 2 and days[1] < days[0]:
        errors["last"] = translate("Ngày cuối phải bằng hoặc sau ngày đầu.")
    kind = form.get("kind", "")
    if kind not in set(CalendarKind):
        errors["kind"] = translate("Chọn loại ngày.")
    if not form.get("name", "").strip():
        errors["name"] = translate("Đặt tên, ví dụ “Nghỉ Tết Nguyên đán”.")
    if errors:
        raise Refused(errors)
    return Period(*days), CalendarKind(kind), form["name"], form.get("source", "")


def _refusal(refused: Refused, form: str) -> AnyResponse:
    g.session.rollback()
    errors = {f"{form}-{name}": text for name, text in refused.errors.items()}
    typed = {f"{form}-{name}": text for name, text in request.form.items()}
    return Response(_page(_year(), form=typed, errors=errors), 422)


@desk.post("/lich-nghi/ngay")
@allow(Right.EDIT_REGISTERS)
def add() -> AnyResponse:
    """A day or a stretch."""
    try:
        period, kind, name, source = _stretch(request.form)
        added = pages.add_stretch(g.session, g.actor, period, kind=kind, name=name, source=source)
    except Refused as refused:
        return _refusal(refused, "add")
    except InvalidValue as error:
        return _refusal(Refused({error.field: said(error)}), "add")
    flash(translate_count("Đã thêm {count} ngày vào lịch.", added.new), "message" if added.new else "info")
    if added.there:
        days = ", ".join(day_text(day) for day in added.there[:8])
        flash(translate_count("{count} ngày đã có sẵn loại này nên giữ nguyên: {days}.", len(added.there), days=days),
              "info")  # fmt: skip
    return redirect(url_for("calendar.show", nam=period.first.year), 303)


@desk.post("/lich-nghi/hoan-doi")
@allow(Right.EDIT_REGISTERS)
def swap() -> AnyResponse:
    """A day off and the day worked instead."""
    try:
        off, worked = read_days(request.form, "off", "worked")
        pages.swap_days(g.session, g.actor, off=off, worked=worked, source=request.form.get("source", ""))
    except Refused as refused:
        return _refusal(refused, "swap")
    except InvalidValue as error:
        return _refusal(Refused({error.field: said(error)}), "swap")
    flash(translate("Đã hoán đổi: nghỉ {off}, làm bù {worked}.", off=day_text(off), worked=day_text(worked)))
    return redirect(url_for("calendar.show", nam=off.year), 303)


@desk.post("/lich-nghi/nghi-le")
@allow(Right.EDIT_REGISTERS)
def public_holidays() -> AnyResponse:
    """The public holidays of a year that the calendar lacks."""
    year = _year()
    count = pages.add_public_holidays(g.session, g.actor, year)
    flash(translate_count("Đã thêm {count} ngày nghỉ lễ năm {year}.", count, year=year))
    if count:
        flash(translate("Hoán đổi và nghỉ bù theo thông báo từng năm; hãy đối chiếu với văn bản của năm ấy."), "info")
    return redirect(url_for("calendar.show", nam=year), 303)


# ---- one stretch


def _stretch_page(stretch: pages.Stretch, form: Mapping[str, str], errors: Mapping[str, str], *,
                  stale: bool = False) -> str:  # fmt: skip
    return render_template(
        "calendar/stretch.html", stretch=stretch, form=form, errors=errors, stale=stale,
        kinds=tuple(CalendarKind), closes=CLOSES,
    )  # fmt: skip


def _form_of(stretch: pages.Stretch) -> dict[str, str]:
    return {
        "first": stretch.period.first.isoformat(),
        "last": stretch.period.last.isoformat(),
        "kind": stretch.kind.value,
        "name": stretch.name,
        "source": stretch.source,
    }


@desk.get("/lich-nghi/dot/<int:day_id>")
@allow(Right.EDIT_REGISTERS)
def edit(day_id: int) -> str:
    """The stretch that a special day belongs to."""
    stretch = pages.stretch_of(g.session, day_id)
    return _stretch_page(stretch, _form_of(stretch), {})


@desk.post("/lich-nghi/dot/<int:day_id>")
@allow(Right.EDIT_REGISTERS)
def change(day_id: int) -> AnyResponse:
    """Store the stretch; when somebody else was faster, both are shown."""
    form = request.form
    try:
        period, kind, name, source = _stretch(form)
        stretch = pages.change_stretch(
            g.session, g.actor, day_id, seen=form.get("seen", ""), period=period, kind=kind, name=name, source=source
        )
    except Refused as refused:
        return Response(_stretch_page(pages.stretch_of(g.session, day_id), form, refused.errors), 422)
    except InvalidValue as error:
        g.session.rollback()
        return Response(_stretch_page(pages.stretch_of(g.session, day_id), form, {error.field: said(error)}), 422)
    except StaleEdit:
        return Response(_stretch_page(pages.stretch_of(g.session, day_id), form, {}, stale=True), 409)
    flash(translate("Đã lưu “{name}”.", name=stretch.name))
    return redirect(url_for("calendar.show", nam=stretch.period.first.year), 303)


@desk.post("/lich-nghi/dot/<int:day_id>/xoa")
@allow(Right.EDIT_REGISTERS)
def delete(day_id: int) -> AnyResponse:
    """Delete the stretch."""
    try:
        gone = pages.delete_stretch(g.session, g.actor, day_id, seen=request.form.get("seen", ""))
    except StaleEdit:
        stretch = pages.stretch_of(g.session, day_id)
        return Response(_stretch_page(stretch, _form_of(stretch), {}, stale=True), 409)
    flash(translate("Đã xóa “{name}” khỏi lịch.", name=gone.name))
    return redirect(url_for("calendar.show", nam=gone.period.first.year), 303)

"""The registers of special days and of terms."""

from datetime import timedelta
from typing import ClassVar

from outreach.domain.cells import write_day
from outreach.domain.errors import InvalidValue
from outreach.domain.visits import CalendarKind
from outreach.domain.words import TERM_KINDS, word_of
from outreach.i18n import translate
from outreach.services.registers import fields as f
from outreach.services.registers.absences import first_day_field, last_day_field, refuse_disorder
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Reading, Register, Values
from outreach.store.calendars import CalendarDay, Term

MOST_DAYS = 366  # of one row of a sheet
_KINDS = {
    "le": CalendarKind.HOLIDAY, "nghi le tet": CalendarKind.HOLIDAY, "ngay le": CalendarKind.HOLIDAY,
    "nghi tet": CalendarKind.HOLIDAY, "hoan doi": CalendarKind.SWAP_DAY, "nghi bu": CalendarKind.SWAP_DAY,
    "lam bu": CalendarKind.MADE_UP_DAY, "ngay lam bu": CalendarKind.MADE_UP_DAY,
    "hoc sinh nghi": CalendarKind.SCHOOL_BREAK, "nghi hoc": CalendarKind.SCHOOL_BREAK,
    "thi": CalendarKind.EXAM, "kiem tra": CalendarKind.EXAM, "ky thi": CalendarKind.EXAM,
    "tuyen truyen": CalendarKind.CAMPAIGN, "dot": CalendarKind.CAMPAIGN, "su kien": CalendarKind.CAMPAIGN,
}  # fmt: skip


class CalendarDays(Register):
    """Special days, known again by day and kind; a row of a sheet may name a stretch of them."""

    name: ClassVar[str] = "calendar-days"
    title: ClassVar[str] = "Ngày đặc biệt"
    noun: ClassVar[str] = "ngày đặc biệt"
    table = CalendarDay
    key = ("day", "kind")
    spreads: ClassVar[str] = "last_day"
    fields = (
        f.day("day", "Ngày", required=True, aliases="tu ngay; ngay dau; bat dau; date; from"),
        last_day_field(entry_only=True, hint="Nhiều ngày liền thì ghi ngày cuối; mỗi ngày thành một dòng."),
        f.choice("kind", "Loại ngày", CalendarKind, required=True, also=_KINDS, aliases="loai; loai nghi; kind; type"),
        f.line("name", "Tên ngày", most=200, required=True, aliases="ten; noi dung; su kien; ten ngay le; name"),
        f.line("source", "Căn cứ", most=200, aliases="van ban; quyet dinh; nguon; source; decision"),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:  # noqa: ARG002 - as in Register
        """The last day lies behind the first one, at most a year."""
        first = {**(known or {}), **reading.values}.get("day")
        last = reading.values.get("last_day")
        if first is None or last is None:
            return
        if last < first:
            raise InvalidValue("ngày cuối phải bằng hoặc sau ngày đầu", field="last_day", value=write_day(last))
        if (last - first).days >= MOST_DAYS:
            raise InvalidValue("dài nhất {most} ngày; xem lại năm của hai ngày", field="last_day",
                               value=write_day(last), most=MOST_DAYS)  # fmt: skip

    def records_of(self, reading: Reading) -> list[Values]:
        """One row for each day."""
        first, last = reading.values.get("day"), reading.entered.get("last_day")
        if first is None or last is None:
            return [reading.values]
        return [{**reading.values, "day": first + timedelta(days=n)} for n in range((last - first).days + 1)]

    def subject(self, values: Values, looks: Lookups) -> str:  # noqa: ARG002 - as in Register
        """Day and name."""
        return f"{write_day(values['day'])} {values.get('name') or translate(word_of(values['kind']))}"


class Terms(Register):
    """Stretches of the school year, known again by name."""

    name: ClassVar[str] = "terms"
    title: ClassVar[str] = "Học kỳ và hè"
    noun: ClassVar[str] = "học kỳ"
    table = Term
    key = ("name",)
    fields = (
        f.line("name", "Tên", most=120, required=True, aliases="hoc ky; ten hoc ky; nam hoc; term"),
        f.word(
            "kind",
            "Loại",
            TERM_KINDS,
            required=True,
            also={"hoc ky": "term", "trong nam hoc": "term", "nghi he": "summer", "ky he": "summer"},
            aliases="loai hoc ky; kind; type",
        ),
        first_day_field(required=True),
        last_day_field(required=True),
    )

    def complete(self, reading: Reading, looks: Lookups, *, known: Values | None) -> None:  # noqa: ARG002 - as in Register
        """Days in order."""
        refuse_disorder(reading, known, most=MOST_DAYS)

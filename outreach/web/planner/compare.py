"""Two plans side by side, and the choice of which two."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.roles import Right
from outreach.i18n import duration, number, translate
from outreach.services import boards
from outreach.services.comparing import Comparison, Difference, Side, compare
from outreach.web.auth import allow
from outreach.web.numbers import whole

desk = Blueprint("compare", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of both plans, with what B has more or less than A ("" where a difference says nothing)."""

    name: str
    a: str
    b: str
    change: str
    note: str = ""


@dataclass
class Choice:
    """Which two plans; `errors` say what is still to be chosen."""

    a: int | None = None
    b: int | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Choice":
        """From the address: `a` and `b`, or the boxes ticked in the list of plans."""
        ticked = list(dict.fromkeys(request.args.getlist("chon", type=whole)))
        if not ticked:
            choice = cls(request.args.get("a", type=whole), request.args.get("b", type=whole))
            if choice.a is not None and choice.a == choice.b:
                choice.errors["b"] = translate("Chọn một kế hoạch khác để so với kế hoạch A.")
            return choice
        choice = cls(ticked[0], ticked[1] if len(ticked) > 1 else None)
        if len(ticked) == 1:
            choice.errors["b"] = translate("Bạn mới đánh dấu một kế hoạch. Chọn thêm kế hoạch B.")
        elif len(ticked) > 2:
            choice.errors["b"] = translate("Mỗi lần so được hai kế hoạch; bạn đã đánh dấu {count}.", count=len(ticked))
        return choice


@desk.get("/ke-hoach/so-sanh")
@allow(Right.SEE_PLANS)
def show() -> AnyResponse:
    """The comparison of `?a=1&b=2`; without both, the form that asks for them."""
    choice = Choice.read()
    if choice.errors or choice.a is None or choice.b is None:
        plans = boards.list_plans(g.session)
        page = render_template("planner/compare_choice.html", plans=plans, choice=choice)
        return Response(page, 422 if choice.errors else 200)
    if request.args.getlist("chon"):
        return redirect(url_for("compare.show", a=choice.a, b=choice.b), 303)
    found = compare(g.session, choice.a, choice.b)
    return Response(
        render_template(
            "planner/compare.html",
            found=found,
            lines=lines_of(found),
            groups=[(title, found.of_kind(kind)) for kind, title in _titles() if found.of_kind(kind)],
        )
    )


def _titles() -> list[tuple[Difference, str]]:
    return [
        (Difference.ONLY_A, translate("Chỉ A tới")),
        (Difference.ONLY_B, translate("Chỉ B tới")),
        (Difference.NUMBER, translate("Khác số buổi")),
        (Difference.DAY, translate("Khác ngày")),
        (Difference.TIME, translate("Cùng ngày, khác giờ hoặc khác xe")),
    ]


def lines_of(found: Comparison) -> list[Line]:
    """The figures of both plans, one a line."""
    a, b = found.a.figures, found.b.figures
    return [
        _count(translate("Buổi đã xếp"), a.visits, b.visits),
        _count(translate("Buổi cần"), a.wanted, b.wanted),
        _count(translate("Điểm được tới"), a.sites_reached, b.sites_reached),
        _count(
            translate("Điểm quá 6 tháng chưa được tới"),
            found.a.waiting,
            found.b.waiting,
            note=translate("tính tới ngày cuối kỳ, kể cả buổi đã ghi nhận trước kỳ"),
        ),
        _count(translate("Ngày có xe chạy"), found.a.days_used, found.b.days_used),
        _count(translate("Lượt xe"), a.tours, b.tours),
        _count(translate("Đêm nghỉ xa"), found.a.nights, found.b.nights),
        _length(translate("Quãng đường"), a.distance_m, b.distance_m),
        _length(
            translate("Quãng đường mỗi buổi"),
            a.distance_m / (a.visits or 1),
            b.distance_m / (b.visits or 1),
            decimals=1,
        ),
        _hours(translate("Giờ lái"), a.drive_s, b.drive_s),
        _hours(translate("Giờ phục vụ"), a.service_s, b.service_s),
        Line(
            translate("Ngày dài nhất"),
            duration(a.longest_day_s),
            duration(b.longest_day_s),
            _signed(b.longest_day_s - a.longest_day_s, duration),
        ),
        Line(
            translate("Cân bằng các xe"),
            _balance(found.a),
            _balance(found.b),
            "",
            note=translate("phần giờ làm việc của từng xe"),
        ),
        _count(translate("Chỗ vi phạm"), found.a.plan.breaches, found.b.plan.breaches),
    ]


def _signed(difference: float, write: Callable[[float], str]) -> str:
    """A difference with its sign; "=" where there is none to be seen."""
    text = write(abs(difference))
    if text == write(0):
        return "="
    return f"+{text}" if difference > 0 else f"−{text}"


def _count(name: str, a: int, b: int, *, note: str = "") -> Line:
    return Line(name, number(a), number(b), _signed(b - a, number), note)


def _length(name: str, a: float, b: float, *, decimals: int = 0) -> Line:
    def km(value: float) -> str:
        return f"{number(value, decimals)} km"

    return _rounded(name, (a / 1000, b / 1000), km, decimals=decimals, note=translate("ước tính"))


def _hours(name: str, a: int, b: int) -> Line:
    def hours(value: float) -> str:
        return translate("{hours} giờ", hours=number(value))

    return _rounded(name, (a / 3600, b / 3600), hours)


def _rounded(
    name: str, pair: tuple[float, float], write: Callable[[float], str], *, decimals: int = 0, note: str = ""
) -> Line:
    """Both values as they are shown, and the difference of just these: no reader shall find a sum that is wrong."""
    a, b = (round(value, decimals) for value in pair)
    return Line(name, write(a), write(b), _signed(b - a, write), note)


def _balance(side: Side) -> str:
    return " · ".join(f"{vehicle.name} {percent}%" for vehicle, percent in side.shares) or "-"

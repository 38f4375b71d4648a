"""A plan in a few lines of text."""

from collections.abc import Sequence

from outreach.domain.equity import Equity
from outreach.i18n import kilometres, number, translate
from outreach.routing.checks import check
from outreach.routing.objective import measure
from outreach.routing.problem import Problem
from outreach.routing.solution import Figures, Phase, Solution
from outreach.services.equity import area_name
from outreach.services.proofs import driving_text, served_text
from outreach.services.reasons import reason_title

PHASES = {
    Phase.CHECKING: "Kiểm tra dữ liệu",
    Phase.TRAVEL: "Tính thời gian đi lại",
    Phase.COMPILING: "Chuẩn bị bộ tìm, một lần sau mỗi lần nâng cấp, khoảng hai mươi giây",
    Phase.DAYS: "Chọn ngày và xe cho từng nơi",
    Phase.TIMES: "Sắp giờ từng ngày",
    Phase.JUDGING: "Kiểm tra độc lập",
    Phase.BOUNDING: "Chứng minh còn cách mức tốt nhất bao xa",
}


def bounds_lines(figures: Figures) -> list[tuple[str, str]]:
    """What is proven of a plan, each with its name; nothing where nobody looked."""
    lines = []
    if figures.served_bound is not None:
        lines.append((translate("Số buổi có thể"), served_text(figures.visits, figures.served_bound)))
    if figures.driving_bound_s:
        lines.append((translate("So với mức tốt nhất"), driving_text(figures.drive_s, figures.driving_bound_s)))
    return lines


def print_summary(problem: Problem, solution: Solution, *, seconds: float | None = None) -> None:
    """Print what was planned, what was not and why, the road, and what the judge says."""
    figures = measure(problem, solution)
    breaches = check(problem, solution)
    missing = sum(unserved.missing for unserved in solution.unserved)
    lines: list[tuple[str, str]] = [
        (translate("Điểm phục vụ"), number(len(problem.sites))),
        (translate("Nhu cầu"), number(len(problem.needs))),
        (translate("Buổi đã xếp"), f"{number(figures.visits)} / {number(figures.wanted)}"),
        (translate("Buổi chưa xếp"), number(missing)),
    ]
    lines += [(f"  {reason_title(code)}", number(count)) for code, count in figures.unserved_by_reason]
    lines += [
        (translate("Chuyến"), number(figures.trips)),
        (translate("Quãng đường"), kilometres(figures.distance_m)),
        (translate("Thời gian lái xe"), translate("{hours} giờ", hours=number(figures.drive_s / 3600, 1))),
    ]
    lines += bounds_lines(figures)
    if seconds is not None:
        lines.append((translate("Thời gian xếp lịch"), translate("{seconds} giây", seconds=number(seconds, 1))))
    verdict = translate("không có vi phạm nào") if not breaches else translate("{n} vi phạm", n=number(len(breaches)))
    lines.append((translate("Kiểm tra độc lập"), verdict))
    if solution.versions:
        lines += [
            (translate("Hạt giống"), number(solution.seed)),
            (translate("Vòng tìm"), number(solution.rounds)),
            (translate("Phép tìm cùng lúc"), number(solution.processes)),
            (translate("Phiên bản"), ", ".join(f"{name} {version}" for name, version in solution.versions)),
        ]
    _print(lines)


def print_equity(equity: Equity) -> None:
    """Print how long sites wait before and after a plan, the share of the hardest communes, and who is left out."""
    before, after, hard = equity.before, equity.after, equity.areas[0]
    lines = [
        (translate("Một nửa số điểm chờ không quá"), _from_to(before.median, after.median)),
        (translate("Chín phần mười số điểm chờ không quá"), _from_to(before.ninth_tenth, after.ninth_tenth)),
        (translate("Điểm chờ quá 180 ngày"), f"{number(before.long)} -> {number(after.long)}"),
        (translate("Điểm chưa từng được tới"), f"{number(before.never)} -> {number(after.never)}"),
        (area_name(hard.area), f"{number(hard.visits)} / {number(hard.wanted)}"),
        (translate("Điểm không được tới"), number(len(equity.unreached))),
    ]
    _print(lines)


def _from_to(before: int | None, after: int | None) -> str:
    return translate("{before} -> {after} ngày", before=number(before), after=number(after))


def _print(lines: Sequence[tuple[str, str]]) -> None:
    width = max(len(name) for name, _ in lines) + 2
    for name, value in lines:
        print(f"{name:<{width}}{value}")

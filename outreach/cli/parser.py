"""The commands, their arguments and what each is for, in the current language."""

import argparse
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from outreach.domain.roles import Role
from outreach.i18n import translate
from outreach.settings import Settings

Handler = Callable[[Settings, argparse.Namespace], int]
# What argparse calls the object that collects commands; it has no public name.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

DIGITS = 9  # no number of ours is longer; databases and solvers keep 32 bits


def _handler(module: str, name: str) -> Handler:
    """A command's function; its module is loaded when it runs, so that `check` needs neither web nor database."""

    def run(settings: Settings, args: argparse.Namespace) -> int:
        found: Handler = getattr(import_module(f"outreach.cli.{module}"), name)
        return found(settings, args)

    return run


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="outreach", description=translate("Xếp lịch phục vụ lưu động cho thư viện tỉnh.")
    )
    commands = parser.add_subparsers(metavar=translate("lệnh"), required=True)
    _add_servers(commands)
    _add_plan(commands)
    _add_sheets(commands)
    _add_files(commands)
    _add_care(commands)
    return parser


def _add(commands: Commands, name: str, help_text: str, run: Handler | None = None) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=help_text, description=help_text)
    if run is not None:
        command.set_defaults(run=run)
    return command


def _group(commands: Commands, name: str, help_text: str) -> Commands:
    return _add(commands, name, help_text).add_subparsers(metavar=translate("lệnh"), required=True)


def _add_servers(commands: Commands) -> None:
    demo = _add(
        commands,
        "demo",
        translate("Mở máy chủ với một tỉnh mẫu; lịch đầu tiên được xếp ngay."),
        _handler("serve", "demo"),
    )
    demo.add_argument("--no-serve", action="store_true", help=translate("chỉ xếp lịch, in kết quả rồi dừng"))
    demo.add_argument("--seconds", type=_seconds, default=45.0, help=translate("thời gian xếp lịch, tính bằng giây"))
    _add(commands, "serve", translate("Mở máy chủ."), _handler("serve", "serve"))
    _add(
        commands,
        "worker",
        translate("Chạy phần việc nền riêng khỏi máy chủ (OUTREACH_CONSUMER=off)."),
        _handler("serve", "worker"),
    )


def _add_plan(commands: Commands) -> None:
    plan = _group(commands, "plan", translate("Làm việc với kế hoạch."))
    new = _add(plan, "new", translate("Lập một kế hoạch trống."), _handler("plans", "new"))
    new.add_argument("name", help=translate("tên kế hoạch"))
    new.add_argument("--first", type=_day, required=True, metavar="YYYY-MM-DD", help=translate("ngày đầu"))
    new.add_argument("--last", type=_day, required=True, metavar="YYYY-MM-DD", help=translate("ngày cuối"))
    new.add_argument(
        "--trip-days", type=int, default=1, metavar="N", help=translate("chuyến dài nhất, tính bằng ngày (mặc định 1)")
    )
    new.add_argument(
        "--nights", type=int, metavar="N", help=translate("số đêm xa nhà nhiều nhất của một người trong tháng")
    )
    solve = _add(plan, "solve", translate("Xếp lịch cho một bản nháp."), _handler("plans", "solve"))
    solve.add_argument("plan", type=_number, help=translate("số của kế hoạch"))
    _add_limits(solve)
    show = _add(plan, "show", translate("In tóm tắt một kế hoạch, hoặc danh sách."), _handler("plans", "show"))
    show.add_argument("plan", type=_number, nargs="?", help=translate("số của kế hoạch; bỏ trống: mọi kế hoạch"))
    publish = _add(
        plan, "publish", translate("Phê duyệt (nếu chưa) và công bố kế hoạch."), _handler("plans", "publish")
    )
    publish.add_argument("plan", type=_number, help=translate("số của kế hoạch"))
    publish.add_argument("--number", default="", help=translate("số văn bản phê duyệt"))
    publish.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help=translate("ngày phê duyệt; bỏ trống: hôm nay"))


def _add_sheets(commands: Commands) -> None:
    kind_help = translate("danh sách: sites, needs, vehicles, staff, calendar-days, ...")
    bring_in = _add(
        commands, "import", translate("Nhập một bảng tính vào một danh sách."), _handler("sheets", "bring_in")
    )
    bring_in.add_argument("kind", help=kind_help)
    bring_in.add_argument("file", type=Path, help=translate("tệp .xlsx hoặc .csv"))
    bring_in.add_argument(
        "--map",
        action="append",
        default=[],
        metavar=translate("TIÊU-ĐỀ=MỤC"),
        help=translate("cột nào là mục nào, khi máy không đoán ra; dùng được nhiều lần"),
    )
    bring_in.add_argument("--dry-run", action="store_true", help=translate("chỉ xem, không ghi gì"))
    bring_in.add_argument("--skip-wrong", action="store_true", help=translate("để dòng sai ở ngoài, nhập phần còn lại"))
    take_out = _add(commands, "export", translate("Tải một danh sách ra tệp."), _handler("sheets", "take_out"))
    take_out.add_argument("kind", help=kind_help)
    take_out.add_argument("-o", "--output", type=Path, help=translate("tệp ghi; bỏ trống: in ra màn hình"))
    take_out.add_argument(
        "--format",
        choices=("csv", "xlsx", "geojson"),
        help=translate("dạng tệp; bỏ trống: theo tên tệp, hoặc csv"),
    )


def _add_files(commands: Commands) -> None:
    solve = _add(
        commands, "solve", translate("Giải một bài toán trong tệp JSON, không cần cơ sở dữ liệu."),
        _handler("files", "solve"),
    )  # fmt: skip
    solve.add_argument("problem", type=Path, metavar="PROBLEM.json", help=translate("tệp bài toán"))
    solve.add_argument("-o", "--output", type=Path, required=True, metavar="SOLUTION.json", help=translate("tệp ghi"))
    _add_limits(solve)
    either = solve.add_mutually_exclusive_group()
    either.add_argument(
        "--rounds", type=_number, help=translate("số vòng tìm thay cho thời gian: cùng hạt giống cho cùng một lời giải")
    )
    either.add_argument(
        "--processes", type=_number, default=1, help=translate("số phép tìm chạy cùng lúc, mỗi phép một nhân máy")
    )
    _add_mend(commands)
    check = _add(
        commands, "check", translate("Kiểm tra một lời giải: mỗi vi phạm một dòng, mã thoát 1 nếu có."),
        _handler("files", "check"),
    )  # fmt: skip
    check.add_argument("problem", type=Path, metavar="PROBLEM.json", help=translate("tệp bài toán"))
    check.add_argument("solution", type=Path, metavar="SOLUTION.json", help=translate("tệp lời giải"))


def _add_mend(commands: Commands) -> None:
    mend = _add(
        commands,
        "mend",
        translate("Sửa một kế hoạch đã công bố sau sự cố, đổi ít buổi nhất, và in từng buổi phải đổi."),
        _handler("mending", "mend"),
    )
    mend.add_argument("problem", type=Path, metavar="PROBLEM.json", help=translate("tệp bài toán"))
    mend.add_argument("plan", type=Path, metavar="PLAN.json", help=translate("tệp lời giải đã công bố"))
    mend.add_argument("disruptions", type=Path, metavar="DISRUPTIONS.json", help=translate("tệp sự cố"))
    mend.add_argument("--today", type=_day, required=True, metavar="YYYY-MM-DD", help=translate("ngày đầu được đổi"))
    mend.add_argument("-o", "--output", type=Path, required=True, metavar="SOLUTION.json", help=translate("tệp ghi"))
    mend.add_argument(
        "--problem-output",
        type=Path,
        metavar="PROBLEM.json",
        help=translate("tệp ghi bài toán sau sự cố, để kiểm tra"),
    )
    mend.add_argument(
        "--changes-output", type=Path, metavar="CHANGES.json", help=translate("tệp ghi danh sách buổi phải đổi")
    )
    _add_limits(mend, seconds=10.0)


def _add_limits(command: argparse.ArgumentParser, *, seconds: float = 45.0) -> None:
    command.add_argument("--seconds", type=_seconds, default=seconds, help=translate("thời gian tính, tính bằng giây"))
    command.add_argument("--seed", type=_number, default=1, help=translate("hạt giống ngẫu nhiên"))


def _add_care(commands: Commands) -> None:
    user = _group(commands, "user", translate("Làm việc với tài khoản."))
    add = _add(
        user, "add", translate("Thêm một tài khoản; mật khẩu được hỏi, không ghi ra."), _handler("care", "user_add")
    )
    add.add_argument("login", help=translate("tên đăng nhập"))
    add.add_argument("--name", required=True, help=translate("tên hiển thị"))
    roles = [role.value for role in Role if role is not Role.PUBLIC]
    add.add_argument("--role", choices=roles, default=Role.PLANNER.value, help=translate("vai trò"))
    add.add_argument("--password-stdin", action="store_true", help=translate("đọc mật khẩu từ dòng đầu của stdin"))
    database = _group(commands, "db", translate("Chăm sóc cơ sở dữ liệu."))
    _add(database, "upgrade", translate("Sao lưu rồi đưa các bảng lên bản mới."), _handler("care", "db_upgrade"))
    _add(database, "backup", translate("Sao lưu ngay."), _handler("care", "db_backup"))
    restore = _add(
        database, "restore", translate("Lấy lại dữ liệu từ một bản sao lưu."), _handler("care", "db_restore")
    )
    restore.add_argument("backup", type=Path, help=translate("tệp sao lưu"))
    _add(commands, "doctor", translate("Xem máy này có đủ những gì cần không."), _handler("care", "doctor"))


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > DIGITS:
        raise argparse.ArgumentTypeError(
            translate("{text} không phải số nguyên có tối đa {most} chữ số", text=text, most=DIGITS)
        )
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        sentence = translate("{text} không phải ngày dạng 2027-01-31", text=text)
        raise argparse.ArgumentTypeError(sentence) from None


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 3600:
        raise argparse.ArgumentTypeError(translate("{text} không nằm trong khoảng 1 đến 3600 giây", text=text))
    return value

"""`user add`, `db` and `doctor`: looking after an installation."""

import argparse
import getpass
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from outreach.cli.lock import hold
from outreach.cli.plans import opened
from outreach.cli.ports import first_port
from outreach.cli.sentences import sentence_of
from outreach.domain.errors import InvalidValue, OutreachError
from outreach.domain.roles import Role
from outreach.i18n import number, translate
from outreach.services import accounts, backups, jobs
from outreach.settings import Settings
from outreach.wiring import open_house

LIBRARIES = ("flask", "ortools", "folium", "SQLAlchemy", "alembic", "huey", "waitress", "geopy", "holidays")
SPACE_WANTED = 500_000_000  # bytes: a database, its backups and room to work


def user_add(settings: Settings, args: argparse.Namespace) -> int:
    """Add an account for the installation's library."""
    password = sys.stdin.readline().rstrip("\r\n") if args.password_stdin else _ask_password()
    with opened(settings) as (house, actor), house.session(organisation_id=actor.organisation_id) as session:
        accounts.add_user(
            session,
            actor,
            login=args.login,
            display_name=args.name,
            password=password,
            role=Role(args.role),
        )
    print(translate("Đã thêm tài khoản {login}.", login=args.login))
    return 0


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise InvalidValue(
            "Không có ai ngồi trước màn hình để gõ mật khẩu. Xin đưa mật khẩu vào bằng --password-stdin.",
            field="password",
        )
    password = getpass.getpass(translate("Mật khẩu: "))
    if password != getpass.getpass(translate("Nhập lại mật khẩu: ")):
        raise InvalidValue("Hai lần nhập mật khẩu không giống nhau.", field="password")
    return password


def db_upgrade(settings: Settings, _args: argparse.Namespace) -> int:
    """Bring the tables to the newest version; a backup is taken first and nobody may be working with it."""
    with hold(settings.instance_folder, "server"), hold(settings.instance_folder, "worker"):
        backups.ready_database(open_house(settings))
    print(translate("Cơ sở dữ liệu đã ở bản mới nhất."))
    return 0


def db_backup(settings: Settings, _args: argparse.Namespace) -> int:
    """Take a backup now."""
    print(translate("Đã sao lưu vào {path}", path=backups.back_up(open_house(settings))))
    return 0


def db_restore(settings: Settings, args: argparse.Namespace) -> int:
    """Put a backup in the place of the database; nobody may be working with it."""
    with hold(settings.instance_folder, "server"), hold(settings.instance_folder, "worker"):
        backups.restore(settings, args.backup)
    print(translate("Đã lấy lại dữ liệu từ {path}", path=args.backup))
    return 0


def doctor(settings: Settings, _args: argparse.Namespace) -> int:
    """Look at everything the product needs; 0 when all is well, 1 otherwise."""
    ill = 0
    for name, look in _looks(settings):
        try:
            found, well = look(), True
        except Exception as error:  # what is ill is said, and the next thing is looked at
            found, well = sentence_of(error, settings), False
        ill += not well
        print(f"{'✓' if well else '✗'} {name}: {found}")
    return 1 if ill else 0


def _looks(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each thing looked at, and how; the look answers in words or raises."""
    yield "Python", lambda: ".".join(str(part) for part in sys.version_info[:3])
    yield translate("Thư viện phần mềm"), _libraries
    yield translate("Thư mục dữ liệu"), lambda: _folder(settings)
    yield translate("Chỗ trống trên đĩa"), lambda: _space(settings)
    yield translate("Cơ sở dữ liệu"), lambda: _database(settings)
    yield translate("Phép tìm cùng lúc"), lambda: number(settings.searches)
    yield translate("Cổng"), lambda: _port(settings)


def _libraries() -> str:
    try:
        return ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    except PackageNotFoundError as error:
        raise OutreachError("thiếu {name}: pip install -r requirements.txt", name=str(error.name)) from error


def _folder(settings: Settings) -> str:
    folder = settings.instance_folder
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".write-probe"
    probe.write_bytes(b"ok")
    probe.unlink()
    return str(folder)


def _space(settings: Settings) -> str:
    free = shutil.disk_usage(settings.instance_folder).free
    if free < SPACE_WANTED:
        raise OutreachError("chỉ còn {mb} MB, cần ít nhất {wanted} MB", mb=free // 10**6, wanted=SPACE_WANTED // 10**6)
    return f"{number(free / 10**9, 1)} GB"


def _database(settings: Settings) -> str:
    house = open_house(settings)
    try:
        state = backups.database_state(house)
        with house.session(everywhere=True, write=False) as session:
            waiting = len(jobs.open_jobs(session))
        return translate("{state}; {jobs} việc nền đang chờ hoặc đang chạy", state=state, jobs=number(waiting))
    finally:
        house.close()


def _port(settings: Settings) -> str:
    port = first_port(settings)
    with socket.socket() as probe:
        busy = probe.connect_ex((settings.host, port)) == 0
    return f"{port}: " + (
        translate("đang có chương trình dùng; máy chủ sẽ tự chọn cổng kế") if busy else translate("rảnh")
    )

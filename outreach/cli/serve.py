"""`demo`, `serve` and `worker`: everything in one process, or the background work in one of its own."""

import argparse
import signal
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from waitress.server import create_server

from outreach.cli.lock import hold
from outreach.cli.main import log_to_console
from outreach.cli.plans import local_today, operator, solve_here
from outreach.cli.ports import first_port
from outreach.domain.errors import Unavailable, WrongState
from outreach.domain.visits import PlanState
from outreach.i18n import translate
from outreach.jobs.queue import enqueue
from outreach.jobs.worker import Worker
from outreach.services import accounts, boards, planning, timetable
from outreach.services.backups import ready_database
from outreach.services.demo import build_demo
from outreach.settings import Settings
from outreach.web.app import create_app
from outreach.wiring import House, open_house

THREADS = 8
PORTS_TRIED = 50
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - only compared with


def demo(settings: Settings, args: argparse.Namespace) -> int:
    """Build the demo province when the database is empty; plan it, and serve it while it is planned."""
    with ExitStack() as held:
        house = _open_alone(settings, held)
        plan_id = _build_demo_once(house)
        if args.no_serve:
            return _plan_demo(house, plan_id, seconds=args.seconds)
        if plan_id is not None:
            actor = operator(house)
            with house.session(organisation_id=actor.organisation_id) as session:
                run = planning.start_run(session, actor, plan_id, limit_s=args.seconds)
            enqueue(house, run.job_id)
        return _serve(house)


def serve(settings: Settings, _args: argparse.Namespace) -> int:
    """Serve what the database holds."""
    with ExitStack() as held:
        return _serve(_open_alone(settings, held))


def worker(settings: Settings, _args: argparse.Namespace) -> int:
    """Do background work until told to end."""
    with ExitStack() as held:
        held.enter_context(hold(settings.instance_folder, "worker"))
        house = open_house(settings)
        held.callback(house.close)
        ready_database(house)
        _end_on_terminate()
        log_to_console()
        background = Worker(house, alone=not settings.database_url)
        print(translate("Phần việc nền đang chạy. Dừng bằng Ctrl-C."), flush=True)
        try:
            background.run()
        except (KeyboardInterrupt, SystemExit):
            background.close()
    return 0


def _open_alone(settings: Settings, held: ExitStack) -> House:
    """The house, locked against a second server, its tables on the newest version."""
    held.enter_context(hold(settings.instance_folder, "server"))
    if settings.consumer == "on":
        held.enter_context(hold(settings.instance_folder, "worker"))
    house = open_house(settings)
    held.callback(house.close)
    ready_database(house)
    return house


def _build_demo_once(house: House) -> int | None:
    """The demo's plan, when it was built just now; None when the database holds a library already."""
    with house.session(everywhere=True) as session:
        if timetable.library_of_the_public(session) is not None:
            return None
        print(translate("Đang dựng tỉnh mẫu..."), flush=True)
        return build_demo(session, today=local_today()).plan_id


def _plan_demo(house: House, plan_id: int | None, *, seconds: float) -> int:
    actor = operator(house)
    if plan_id is None:
        with house.session(organisation_id=actor.organisation_id, write=False) as session:
            drafts = (row.id for row in boards.list_plans(session) if row.state is PlanState.DRAFT)
            plan_id = next(drafts, None)
    if plan_id is None:
        raise WrongState("Mọi kế hoạch ở đây đã qua bản nháp. Xin lập kế hoạch mới bằng lệnh plan new.")
    return solve_here(house, actor, plan_id, seconds=seconds)


def _serve(house: House) -> int:
    """Answer requests until Ctrl-C."""
    log_to_console()
    server, port = _bind(house)
    background = Worker(house, alone=not house.settings.database_url) if house.settings.consumer == "on" else None
    if background:
        background.start()
    _print_box(house, port)
    _end_on_terminate()
    try:
        server.run()  # ends by itself on Ctrl-C
    finally:
        if background:
            background.close()
        server.close()
    print(translate("Đã dừng."), flush=True)
    return 0


def _bind(house: House) -> tuple[Any, int]:
    """A server on the wanted port, or on the next free one."""
    settings = house.settings
    app = create_app(house)
    first = first_port(settings)
    for port in range(first, min(first + PORTS_TRIED, 65_536)):
        try:
            server = create_server(app, host=settings.host, port=port, threads=THREADS, ident=None)
        except (OSError, ValueError):  # taken; or an address that is none, which waitress calls a value
            continue
        if port != first:
            print(translate("Cổng {first} đang bận, dùng cổng {port}.", first=first, port=port), flush=True)
        return server, port
    raise Unavailable(
        "Không mở được cổng nào từ {first} trên {host}. Xin đặt OUTREACH_PORT hoặc OUTREACH_HOST.",
        first=first,
        host=settings.host,
    )


def _print_box(house: House, port: int) -> None:
    host = "127.0.0.1" if house.settings.host in EVERYWHERE else house.settings.host
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    lines = [translate("Outreach đang chạy: {address}", address=f"{address}/")]
    token = _setup_token(house)
    if token:
        lines += [translate("Lần đầu, mở liên kết này để lập tài khoản (dùng một lần, trong 24 giờ):")]
        lines += [f"{address}/thiet-lap/{token}"]
    lines += [translate("Dừng bằng Ctrl-C.")]
    width = max(len(line) for line in lines)
    print("┌" + "─" * (width + 2) + "┐")
    for line in lines:
        print(f"│ {line:<{width}} │")
    print("└" + "─" * (width + 2) + "┘", flush=True)


def _setup_token(house: House) -> str:
    """A new one-time link while nobody has an account; empty afterwards."""
    with house.session(everywhere=True) as session:
        if accounts.any_user(session):
            return ""
        organisation_id = timetable.library_of_the_public(session)
        return accounts.make_setup_link(session, organisation_id=organisation_id, now=datetime.now(UTC))


def _end_on_terminate() -> None:
    """Let a service manager's polite request end us as Ctrl-C does, where there is such a thing."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)

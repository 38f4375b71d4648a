"""A real server on a folder of its own, and Debian's chromium to look at it."""

import os
import queue
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tools.browser_needs import CHROMIUM

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LINK = re.compile(r"(http://127\.0\.0\.1:\d+)(/thiet-lap/[\w-]+)")
START_S = 60


@dataclass(frozen=True)
class Server:
    """Where the server listens, and the path of its one-time set-up link."""

    address: str
    link: str


@dataclass
class Watch:
    """What browsers asked of others, and what they complained about."""

    address: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "about:")):
            self.outside.append(request.url)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} at {message.location.get('url', '')}")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _link(lines: "queue.Queue[str | None]") -> Server:
    said = []
    while (line := lines.get(timeout=START_S)) is not None:
        said.append(line)
        found = LINK.search(line)
        if found:
            return Server(found[1], found[2])
    raise AssertionError("the server ended: " + "".join(said))


@pytest.fixture(scope="module")
def start() -> str:
    """The command of the server; a module may want another one."""
    return "demo"


@pytest.fixture(scope="module")
def server(start: str, width: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`python -m outreach <start>` in a process of its own, a new one for each width."""
    environment = {
        **os.environ,
        "OUTREACH_INSTANCE": str(tmp_path_factory.mktemp("instance")),
        "OUTREACH_PORT": str(_free_port()),
    }
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "outreach", start],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield _link(lines)
        said = list(iter(lines.get_nowait, None)) if process.poll() is not None else []
        assert not said, f"the server ended by itself ({process.returncode}): {''.join(said)}"
    finally:
        process.terminate()
        process.wait(timeout=20)
        reader.join(timeout=20)
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def watch(server: Server) -> Watch:
    """What happened beside the pages."""
    return Watch(server.address)


def open_browser(chromium: Browser, watch: Watch, *, width: int, theme: str = "light") -> BrowserContext:
    """A browser window of `width` pixels that stands still and is watched."""
    context = chromium.new_context(
        viewport={"width": width, "height": 844 if width < 700 else 1080},
        base_url=watch.address,
        reduced_motion="reduce",
        color_scheme=theme,
        has_touch=width < 700,
        service_workers="block",
    )
    context.on("request", watch.request)
    context.on("console", watch.console)
    context.set_default_timeout(20_000)
    return context


def picture(page: Page, name: str) -> None:
    """Keep a screenshot for a person to look at."""
    folder = PROJECT / "screenshots"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")

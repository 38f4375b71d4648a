"""A small server on this machine that answers as Nominatim documents, or misbehaves in the ways servers do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

LICENCE = "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright"


def place(number: int, name: str, lat: str, lon: str) -> dict[str, object]:
    """One place in the form of the server's documentation (format=json)."""
    return {
        "place_id": 240_000_000 + number, "licence": LICENCE, "osm_type": "way", "osm_id": 500_000_000 + number,
        "lat": lat, "lon": lon, "class": "amenity", "type": "school", "place_rank": 30, "importance": 0.0000995,
        "addresstype": "amenity", "name": name.partition(",")[0], "display_name": name,
        "boundingbox": [lat, lat, lon, lon],
    }  # fmt: skip


SCHOOLS = [
    place(1, "Trường Tiểu học Vĩnh Thử, Xã Vĩnh Thử, Tỉnh Khánh Hòa, 57000, Việt Nam", "12.2671234", "109.1012345"),
    place(2, "Trường Tiểu học Vĩnh Thử 2, Xã Vĩnh Thử, Tỉnh Khánh Hòa, Việt Nam", "12.2712300", "109.1101200"),
]


@dataclass
class MapServer:
    """What the server says next, and what it was asked."""

    address: str = ""
    status: int = 200
    body: bytes = field(default_factory=lambda: json.dumps(SCHOOLS).encode())
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    hangs: bool = False
    drips: bool = False

    def says(self, answer: object) -> None:
        """Answer with this value as JSON."""
        self.body = json.dumps(answer).encode()


@contextmanager
def map_server() -> Iterator[MapServer]:
    """The server, listening until the end of the block."""
    state = MapServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(dict(parse_qsl(urlsplit(self.path).query)))
            state.agents.append(self.headers.get("User-Agent", ""))
            if state.hangs:
                state.let_go.wait(30)
                return
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.end_headers()
            if state.drips:  # a byte now and then keeps each single read from timing out
                while not state.let_go.wait(0.05):
                    self.wfile.write(b" ")
                return
            self.wfile.write(state.body)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked may have gone
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    state.let_go.set()
    server.shutdown()
    server.server_close()

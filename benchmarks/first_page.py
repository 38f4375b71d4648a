"""Seconds from the start command to the first page, and the server's memory while nobody asks.

    python benchmarks/first_page.py

Starts `python -m outreach serve` three times on an empty folder of its own; Linux only (reads /proc).
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROUNDS = 3
QUIET_S = 10
LONGEST_S = 60


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def resident_mb(pid: int) -> float:
    """The resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} tells no memory")


def measure(folder: str) -> tuple[float, float]:
    """Seconds to the first page, and MB after ten quiet seconds."""
    port = free_port()
    environment = {**os.environ, "OUTREACH_INSTANCE": folder, "OUTREACH_PORT": str(port)}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "outreach", "serve"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        while time.monotonic() - began < LONGEST_S:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/lich", timeout=5) as answer:
                    answer.read()
                break
            except OSError:
                time.sleep(0.02)
        seconds = time.monotonic() - began
        time.sleep(QUIET_S)
        return seconds, resident_mb(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def main() -> None:
    """Print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        rounds = [measure(folder) for _ in range(ROUNDS)]
    print(f"first page: {statistics.median(seconds for seconds, _ in rounds):.2f} s after the command")
    print(f"idle memory: {statistics.median(memory for _, memory in rounds):.0f} MB")


if __name__ == "__main__":
    main()

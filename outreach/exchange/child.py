"""The process that reads a sheet: `python -m outreach.exchange.child`.

Reads one line of JSON from stdin, limits itself, answers in lines of JSON: {"rows": n} while it works, then
{"facts": ...} or {"error": ...}. Ends at once when stdin closes, so that it never outlives whoever asked.
"""

import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from outreach.domain.errors import InvalidValue, OutreachError, Unavailable
from outreach.exchange.parsing import parse_file
from outreach.exchange.sheets import ReadLimits

if sys.platform != "win32":  # which has no such limits: there the time limit of the parent stands alone
    import resource

KINDNESS = 5  # pages stay quick while a sheet is read


def main() -> int:
    """Answer one question; 0 when answered, 2 when the file was refused."""
    question = json.loads(sys.stdin.readline())
    limits = ReadLimits(**question["limits"])
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    _limit_itself(limits)
    try:
        facts = parse_file(
            Path(question["source"]),
            Path(question["target"]),
            file_name=question["file_name"],
            limits=limits,
            told=lambda rows: _tell({"rows": rows}),
        )
    except OutreachError as error:
        _tell({"error": {"code": error.code, "message": error.message, "values": error.values}})
        return 2
    except MemoryError:
        _tell_error(
            InvalidValue(
                "Tệp “{file_name}” cần quá nhiều bộ nhớ. Hãy chia thành nhiều tệp, hoặc chép riêng bảng cần nhập "
                "sang một tệp mới.",
                field="file",
                value=question["file_name"],
                file_name=question["file_name"],
            )
        )
        return 2
    except OSError:
        _tell_error(Unavailable("Máy chủ không đọc hoặc ghi được tệp. Xin xem ổ đĩa còn chỗ trống không rồi thử lại."))
        return 2
    _tell({"facts": asdict(facts)})
    return 0


def _limit_itself(limits: ReadLimits) -> None:
    if hasattr(os, "nice"):
        os.nice(KINDNESS)
    if sys.platform == "win32":
        return
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, int(limits.seconds_most) + 5),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):  # macOS knows the name RLIMIT_AS and refuses it
            continue


def _tell_error(error: OutreachError) -> None:
    _tell({"error": {"code": error.code, "message": error.message, "values": error.values}})


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _end_with_stdin() -> None:
    while os.read(0, 1024):  # not sys.stdin, whose lock the end of the program would wait for
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
